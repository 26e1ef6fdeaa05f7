"""Places inside the city: homes around district centres, and sites inside or outside hazard zones."""

from dataclasses import dataclass
from math import dist
from random import Random

from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.services.sample_city.terrain import Degrees, District, Terrain

MARGIN_M = 60.0
TRIES = 20_000


@dataclass(frozen=True)
class Home:
    """Where somebody lives or something stands: address, district, degrees, hazards."""

    address: str
    district: str
    place: Degrees
    exposures: tuple[Exposure, ...]

    @property
    def location(self) -> Location:
        """The place as the domain writes it."""
        return Location(longitude=self.place[0], latitude=self.place[1])


def draw_home(rng: Random, terrain: Terrain, spread_m: float) -> Home:
    """Return a home near a district's centre, inside the city's frame."""
    return _home(rng, terrain, *_near_district(rng, terrain, spread_m))


def draw_in_district(rng: Random, terrain: Terrain, name: str, spread_m: float) -> Home:
    """Return a home around the centre of the district of that name."""
    centre = next(district for district in terrain.districts if district.name == name)
    return _home(rng, terrain, *_around(rng, terrain, centre.x_m, centre.y_m, spread_m))


def draw_near(rng: Random, terrain: Terrain, home: Home, spread_m: float) -> Home:
    """Return another place in the neighbourhood of `home`."""
    x, y = metres(terrain, home.place)
    return _home(rng, terrain, *_around(rng, terrain, x, y, spread_m))


def metres(terrain: Terrain, place: Degrees) -> tuple[float, float]:
    """Return metres east and north of the frame's corner."""
    box, frame = terrain.frame.box, terrain.frame
    x = (place[0] - box.west) / (box.east - box.west) * frame.width_m
    return x, (place[1] - box.south) / (box.north - box.south) * frame.height_m


def draw_site(rng: Random, terrain: Terrain, hazard: HazardKind | None, spread_m: float) -> Home:
    """Return a place that lies in zones of `hazard` and of no other (None: in no zone at all)."""
    wanted = {hazard} - {None}
    for _ in range(TRIES):
        x, y = _candidate(rng, terrain, hazard, spread_m)
        if {zone.hazard for zone in terrain.zones_at(terrain.frame.degrees(x, y))} == wanted:
            return _home(rng, terrain, x, y)
    raise RuntimeError("the terrain has no such place")


def _candidate(
    rng: Random, terrain: Terrain, hazard: HazardKind | None, spread_m: float
) -> tuple[float, float]:
    """Slopes are small, so a place on one is drawn around a corner of its zone."""
    if hazard is not HazardKind.LANDSLIDE:
        return _near_district(rng, terrain, spread_m * (2 if hazard else 1))
    slopes = [zone for zone in terrain.zones if zone.hazard is hazard]
    x, y = metres(terrain, rng.choice(rng.choice(slopes).ring))
    return _around(rng, terrain, x, y, MARGIN_M)


def _near_district(rng: Random, terrain: Terrain, spread_m: float) -> tuple[float, float]:
    district = rng.choice(terrain.districts)
    return _around(rng, terrain, district.x_m, district.y_m, spread_m)


def _around(rng: Random, terrain: Terrain, x: float, y: float, spread_m: float) -> tuple[float, float]:
    """Return a place near (x, y), drawn again until it lies on land inside the city's margins."""
    frame = terrain.frame
    while True:
        near_x, near_y = rng.gauss(x, spread_m), rng.gauss(y, spread_m)
        across = MARGIN_M <= near_x <= frame.width_m - MARGIN_M
        along = MARGIN_M <= near_y <= frame.height_m - MARGIN_M
        if across and along and not terrain.in_river(near_x, near_y):
            return near_x, near_y


def _home(rng: Random, terrain: Terrain, x: float, y: float) -> Home:
    place = terrain.frame.degrees(x, y)
    district = _nearest(terrain, x, y)
    block = f"{rng.randint(1, 6)}丁目{rng.randint(1, 30)}番{rng.randint(1, 25)}号"
    return Home(f"{district.name}{block}", district.name, place, terrain.exposures(place))


def _nearest(terrain: Terrain, x: float, y: float) -> District:
    return min(terrain.districts, key=lambda d: dist((x, y), (d.x_m, d.y_m)))
