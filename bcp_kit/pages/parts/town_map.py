"""A map without a network: homes, destinations and hazard zones as one drawing (SVG) from coordinates."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import cos, radians

from bcp_kit.domain.units import Location

WIDTH, HEIGHT, MARGIN = 1100, 620, 36
SMALLEST_DEG = 1e-4  # about ten metres: one place alone is not blown up without end
LABEL_WIDTH = 28
Ring = Sequence[tuple[float, float]]  # longitude, latitude


@dataclass(frozen=True)
class Home:
    """A person's home: where, whether a place was found, and where that place is. The map holds no name.

    `way` are the points of the way over roads, empty where only a straight line is known.
    """

    at: Location
    placed: bool
    goes_to: Location | None = None
    on_guess: bool = False
    way: Sequence[Location] = ()


@dataclass(frozen=True)
class Destination:
    """A destination with the short label that the table beside the map explains."""

    at: Location
    label: str
    welfare: bool


@dataclass(frozen=True)
class Frame:
    """How degrees become points of the drawing: equal scale both ways, the middle in the middle."""

    longitude: float
    latitude: float
    scale: float
    squeeze: float

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return x and y of a place."""
        x = WIDTH / 2 + (longitude - self.longitude) * self.squeeze * self.scale
        return round(x, 1), round(HEIGHT / 2 + (self.latitude - latitude) * self.scale, 1)


def frame_of(places: Sequence[Location]) -> Frame:
    """Return the frame that shows all `places` (at least one)."""
    south, north = min(p.latitude for p in places), max(p.latitude for p in places)
    west, east = min(p.longitude for p in places), max(p.longitude for p in places)
    squeeze = cos(radians((south + north) / 2))
    wide, high = max((east - west) * squeeze, SMALLEST_DEG), max(north - south, SMALLEST_DEG)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    return Frame((west + east) / 2, (south + north) / 2, scale, squeeze)


def _zone(frame: Frame, ring: Ring) -> str:
    points = " ".join(f"{x},{y}" for x, y in (frame.point(*corner[:2]) for corner in ring))
    return (
        f'<polygon points="{points}" fill="#9CC9F0" fill-opacity="0.45" stroke="#2F7DC0" stroke-width="1"/>'
    )


def _line(frame: Frame, home: Home) -> str:
    if home.goes_to is None:
        return ""
    points = home.way or (home.at, home.goes_to)
    corners = " ".join(f"{x},{y}" for x, y in (frame.point(p.longitude, p.latitude) for p in points))
    dash = ' stroke-dasharray="5 4"' if home.on_guess else ""
    width = ' stroke-width="1.6"' if home.way else ""
    return f'<polyline points="{corners}" fill="none" stroke="#5A6672" stroke-opacity="0.55"{width}{dash}/>'


def _home(frame: Frame, home: Home) -> str:
    x, y = frame.point(home.at.longitude, home.at.latitude)
    if home.placed:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="#1B7F3B"/>'
    return f'<path d="M{x - 5},{y - 5} l10,10 m0,-10 l-10,10" stroke="#C00000" stroke-width="3"/>'


def _destination(frame: Frame, place: Destination, neighbours: int) -> str:
    """Draw one label; `neighbours` others of the same spot stand to its left."""
    x, y = frame.point(place.at.longitude, place.at.latitude)
    x = round(x + neighbours * LABEL_WIDTH, 1)
    colour = "#005BAC" if place.welfare else "#6B4E00"
    return (
        f'<rect x="{x - 13}" y="{y - 11}" width="26" height="22" rx="4" fill="{colour}" stroke="#FFFFFF"/>'
        f'<text x="{x}" y="{y + 5}" font-size="14" font-weight="bold" fill="#FFFFFF" text-anchor="middle">'
        f"{escape(place.label)}</text>"
    )


def draw_zones(rings: Sequence[Ring]) -> str:
    """Return zones alone as SVG text, fitted into the drawing; empty for none."""
    corners = [Location(latitude=y, longitude=x) for ring in rings for x, y in ring]
    if not corners:
        return ""
    frame = frame_of(corners)
    return _svg([_zone(frame, ring) for ring in rings])


def draw_map(homes: Sequence[Home], destinations: Sequence[Destination], zones: Iterable[Ring] = ()) -> str:
    """Return the drawing as SVG text; empty when nothing has a place.

    Zones lie under lines, lines under homes, homes under destinations. The view is fitted to homes and
    destinations; zones may run out of it.
    """
    places = [h.at for h in homes] + [d.at for d in destinations]
    if not places:
        return ""
    frame = frame_of(places)
    parts = [_zone(frame, ring) for ring in zones]
    parts += [_line(frame, home) for home in homes]
    parts += [_home(frame, home) for home in homes]
    spots: Counter[tuple[float, float]] = Counter()
    for place in destinations:
        spot = frame.point(place.at.longitude, place.at.latitude)
        parts.append(_destination(frame, place, spots[spot]))
        spots[spot] += 1
    return _svg(parts)


def _svg(parts: Iterable[str]) -> str:
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif"'
    ground = '<rect width="100%" height="100%" fill="#FBFBF8"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{"".join(parts)}</svg>'
