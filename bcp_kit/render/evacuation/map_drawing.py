"""The schematic map of a plan: home, where to go first and next, north and a scale bar, in black only."""

from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, hypot, radians

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.geo.schematic import DrawnPlace, Place, SchematicMap, fit, local_metres
from bcp_kit.geo.zones import METRES_PER_DEGREE
from bcp_kit.render.evacuation.case import PlanCase, PlannedRoute
from bcp_kit.render.evacuation.layout import style
from bcp_kit.render.evacuation.values import distance_words, joined, say
from bcp_kit.render.evacuation.wording import printable, width_of, without_readings
from bcp_kit.render.japara import TextStyle, draw_lines, line_height, set_lines, text_width
from bcp_kit.render.tagpdf import TaggedCanvas

Points = tuple[tuple[float, float], ...]
_LEGEND_SHARE = 0.42
_ROUGH_FROM_M = 50.0
_HOME = "home"
_LETTERS = "ABCDEFGH"
_HALF_SYMBOL_PT = 6.5
_HATCH_PT = 6.0
_NON_ZERO = 1  # ReportLab's filling rule by which overlapping outlines are one area
_MOST_LANDMARKS, _LANDMARKS_LOOKED_AT, _LANDMARKS_WITHIN_M = 3, 12, 5_000.0


@dataclass(frozen=True)
class Legend:
    """One place of the map: its letter, its words, and whether it is a first place."""

    letter: str
    words: str
    first: bool


@dataclass(frozen=True)
class MapPlan:
    """What the map shows, and the same in words for those who do not see it."""

    drawn: SchematicMap
    legend: tuple[Legend, ...]
    rough_home: bool
    dangers: tuple[Points, ...] = ()
    danger_names: str = ""
    landmarks: tuple[tuple[str, tuple[float, float]], ...] = ()

    @property
    def danger_words(self) -> str:
        """What the hatching means, "" without any."""
        return say("map_dangers", hazards=self.danger_names) if self.dangers else ""

    @property
    def alt(self) -> str:
        """The map in words."""
        words = (*(entry.words for entry in self.legend), self.danger_words)
        return say("map_alt", places="。".join(word for word in words if word))


def _destinations(case: PlanCase) -> list[tuple[Shelter, bool]]:
    """Return the places of the plan that have a position, first places before those to move on to."""
    found: dict[str, tuple[Shelter, bool]] = {}
    for stage in sorted(case.plan.stages, key=lambda stage: stage.stage):
        shelter = case.shelters.get(stage.shelter_id)
        if shelter is not None and shelter.location is not None:
            found.setdefault(shelter.id, (shelter, stage.stage == 1))
    return list(found.values())[: len(_LETTERS)]


def map_of(case: PlanCase, width: float, height: float) -> MapPlan | None:
    """Return the map in a box of the given size in points, or None where no position is known."""
    home = case.person.location
    places = _destinations(case)
    if home is None or not places:
        return None
    located = [Place(shelter.id, shelter.location) for shelter, _ in places if shelter.location]
    routes = {shelter.id: case.routes[shelter.id] for shelter, _ in places if shelter.id in case.routes}
    landmarks = _landmarks(case, home)
    drawn = fit(
        Place(_HOME, home),
        located,
        (width * (1 - _LEGEND_SHARE), height),
        roads=[*case.roads, *([at] for _, at in landmarks)],
        ways={key: route.points for key, route in routes.items()},
    )
    roads, more = drawn.roads[: len(case.roads)], drawn.roads[len(case.roads) :]
    drawn = replace(drawn, roads=roads)
    dangers = _dangers(case, home, drawn)
    legend = tuple(
        Legend(letter, _words(letter, shelter.name, at, routes.get(shelter.id)), first)
        for letter, (shelter, first), at in zip(_LETTERS, places, drawn.places[1:], strict=False)
    )
    return MapPlan(
        drawn,
        legend,
        home.uncertainty_m >= _ROUGH_FROM_M,
        tuple(ring for rings in dangers.values() for ring in rings),
        joined(say(f"hazard.{hazard.value}") for hazard in dangers),
        tuple((name, shape[0]) for (name, _), shape in zip(landmarks, more, strict=True)),
    )


def _dangers(case: PlanCase, home: Location, drawn: SchematicMap) -> dict[HazardKind, tuple[Points, ...]]:
    """Return the outlines of the zones that the map shows, in its points, by the plan's hazards."""
    if case.dangers is None:
        return {}
    (x, y), scale = drawn.places[0].at, drawn.bar_pt / drawn.bar_m
    wide = METRES_PER_DEGREE * cos(radians(home.latitude)) * scale
    tall = METRES_PER_DEGREE * scale
    box = (
        home.longitude - x / wide,
        home.latitude - y / tall,
        home.longitude + (drawn.width_pt - x) / wide,
        home.latitude + (drawn.height_pt - y) / tall,
    )
    hazards = dict.fromkeys(s.hazard for s in case.plan.stages if s.hazard is not HazardKind.EARTHQUAKE)
    return {
        hazard: tuple(
            tuple((x + (lon - home.longitude) * wide, y + (lat - home.latitude) * tall) for lon, lat in ring)
            for ring in rings
        )
        for hazard, rings in case.dangers.within(box, hazards).items()
    }


def _landmarks(case: PlanCase, home: Location) -> list[tuple[str, Location]]:
    """Return well-known places near the home to find one's way by, the nearest first.

    General shelters only (schools, halls): a welfare shelter that is not the person's own is not announced.
    """
    own = set(case.plan.place_ids)
    found = [
        (shelter.name, shelter.location)
        for shelter in case.shelters.values()
        if shelter.location and shelter.kind is DestinationKind.GENERAL and shelter.id not in own
    ]
    near = [(hypot(*local_metres(home, at)), name, at) for name, at in found]
    return [(name, at) for far, name, at in sorted(near)[:_LANDMARKS_LOOKED_AT] if far < _LANDMARKS_WITHIN_M]


def _words(letter: str, name: str, at: DrawnPlace, route: PlannedRoute | None) -> str:
    away = distance_words(at.distance_m, say("straight"), None).replace("\n", "")
    if route is not None:
        note = say("route_through") if route.through_hazard else say("route_along")
        away = distance_words(route.metres, note, None).replace("\n", "")
    if not at.bearing:
        return f"{letter}：{name}　{away}"
    return say("map_place", letter=letter, name=name, bearing=say(f"bearing.{at.bearing}"), distance=away)


def draw_map(canvas: TaggedCanvas, found: MapPlan, left: float, bottom: float, width: float) -> None:
    """Draw the map with its lower left corner at (left, bottom); the legend stands to its right."""
    drawn = found.drawn
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(left, bottom, drawn.width_pt, drawn.height_pt)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.translate(left, bottom)
    _draw_dangers(canvas, found)
    _draw_roads(canvas, drawn)
    _draw_ways(canvas, drawn)
    _draw_landmarks(canvas, found)
    _draw_places(canvas, found)
    canvas.restoreState()
    _draw_north_and_scale(canvas, drawn, left, bottom)
    _draw_legend(canvas, found, left + drawn.width_pt + 8, bottom, width - drawn.width_pt - 8)


def _draw_dangers(canvas: TaggedCanvas, found: MapPlan) -> None:
    """Hatch the danger zones: slanting lines are seen in black and white, and through them the streets."""
    if not found.dangers:
        return
    width, height = found.drawn.width_pt, found.drawn.height_pt
    canvas.saveState()
    path = canvas.beginPath()
    for ring in found.dangers:
        path.moveTo(*ring[0])
        for at in ring[1:]:
            path.lineTo(*at)
        path.close()
    canvas.setLineWidth(0.7)
    canvas.setStrokeGray(0.45)
    canvas.clipPath(path, stroke=1, fill=0, fillMode=_NON_ZERO)
    canvas.setLineWidth(0.4)
    lines = canvas.beginPath()
    start = -height
    while start < width:
        lines.moveTo(start, 0)
        lines.lineTo(start + height, height)
        start += _HATCH_PT
    canvas.drawPath(lines, stroke=1, fill=0)
    canvas.restoreState()


def _draw_landmarks(canvas: TaggedCanvas, found: MapPlan) -> None:
    """Draw what helps to find the way as small squares with names, as far as they hide nothing."""
    kind, taken = style("foot"), [place.at for place in found.drawn.places]
    taken += [at for way in found.drawn.ways.values() for at in way[::4]]
    left = _MOST_LANDMARKS
    for name, (x, y) in found.landmarks:
        width = text_width(name, kind)
        inside = 4 < x < found.drawn.width_pt - width - 8 and 14 < y < found.drawn.height_pt - 14
        free = all(not (x - 14 < a < x + width + 14 and abs(b - y) < 14) for a, b in taken)
        if not (inside and free and left):
            continue
        left -= 1
        taken += [(x, y), (x + width / 2, y), (x + width, y)]
        canvas.setFillGray(1)
        canvas.rect(x + 4, y - kind.size_pt * 0.6, width + 3, kind.size_pt * 1.3, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.rect(x - 2.5, y - 2.5, 5, 5, stroke=0, fill=1)
        text = set_lines(name, kind, width + 2)
        draw_lines(canvas, (x + 5, y + kind.leading_pt * 0.5, width + 2), text, kind)


def _draw_roads(canvas: TaggedCanvas, drawn: SchematicMap) -> None:
    canvas.setLineWidth(0.5)
    canvas.setStrokeGray(0.72)
    for road in drawn.roads:
        for (x1, y1), (x2, y2) in pairwise(road):
            canvas.line(x1, y1, x2, y2)


def _draw_ways(canvas: TaggedCanvas, drawn: SchematicMap) -> None:
    """Draw ways over roads as unbroken lines, straight ones broken: nobody walks them."""
    canvas.setStrokeGray(0)
    home = drawn.places[0].at
    for place in drawn.places[1:]:
        way = drawn.ways.get(place.key)
        canvas.setLineWidth(1.2 if way is None else 1.8)
        canvas.setDash(4, 3) if way is None else canvas.setDash()
        for start, end in pairwise(way or (home, place.at)):
            canvas.line(*start, *end)
    canvas.setDash()


def _draw_places(canvas: TaggedCanvas, found: MapPlan) -> None:
    half, home = _HALF_SYMBOL_PT, found.drawn.places[0]
    if found.rough_home and home.uncertainty_pt > half:
        canvas.setDash(2, 2)
        canvas.setLineWidth(0.8)
        canvas.circle(*home.at, home.uncertainty_pt)
        canvas.setDash()
    for entry, place in zip(found.legend, found.drawn.places[1:], strict=True):
        x, y = place.at
        canvas.setFillGray(0 if entry.first else 1)
        canvas.setLineWidth(1.4)
        canvas.circle(x, y, half + 1.5, fill=1)
        _draw_letter(canvas, entry.letter, x, y, "#ffffff" if entry.first else "#000000")
    x, y = home.at
    canvas.setFillGray(1)
    canvas.setLineWidth(1.6)
    house = canvas.beginPath()
    house.moveTo(x - half, y - half)
    for dx, dy in ((half, -half), (half, half * 0.3), (0, half * 1.3), (-half, half * 0.3)):
        house.lineTo(x + dx, y + dy)
    house.close()
    canvas.drawPath(house, stroke=1, fill=1)
    words = say("map_home_rough") if found.rough_home else say("map_home")
    _draw_beside(canvas, found.drawn, words, x, y)


def _draw_letter(canvas: TaggedCanvas, letter: str, x: float, y: float, color: str) -> None:
    base = style("label")
    kind = TextStyle(base.size_pt, base.weight, 1.0, color)
    text = set_lines(letter, kind, 20)
    draw_lines(canvas, (x - text_width(letter, kind) / 2, y + kind.size_pt * 0.5, 20), text, kind)


def _draw_beside(canvas: TaggedCanvas, drawn: SchematicMap, words: str, x: float, y: float) -> None:
    """Write words beside a place, on the side where they stay inside the map."""
    kind = style("label")
    width = width_of(words, kind)
    left = x + 11 if x + 11 + width < drawn.width_pt else max(x - 11 - width, 0)
    text = set_lines(printable(words), kind, width + 2)
    canvas.setFillGray(1)
    canvas.rect(left - 1, y - kind.size_pt * 0.62, width + 2, kind.size_pt * 1.24, stroke=0, fill=1)
    draw_lines(canvas, (left, y + kind.leading_pt * 0.5, width + 2), text, kind)


def _draw_north_and_scale(canvas: TaggedCanvas, drawn: SchematicMap, left: float, bottom: float) -> None:
    canvas.setStrokeGray(0)
    canvas.setFillGray(0)
    x, y = left + 9, bottom + drawn.height_pt - 12
    arrow = canvas.beginPath()
    arrow.moveTo(x, y + 10)
    arrow.lineTo(x - 4, y - 4)
    arrow.lineTo(x + 4, y - 4)
    arrow.close()
    canvas.drawPath(arrow, stroke=0, fill=1)
    kind = style("label")
    draw_lines(canvas, (x - 5, y - 5, 14), set_lines(without_readings(say("map_north")), kind, 14), kind)
    canvas.setLineWidth(1.6)
    start, base = left + 4, bottom + 5
    canvas.line(start, base, start + drawn.bar_pt, base)
    for end in (start, start + drawn.bar_pt):
        canvas.line(end, base - 2.5, end, base + 4)
    metres = drawn.bar_m
    words = say("map_bar_m", number=metres) if metres < 1000 else say("map_bar_km", number=metres / 1000)
    top = base + 5 + kind.leading_pt * 0.55
    draw_lines(canvas, (start + drawn.bar_pt + 5, top, 80), set_lines(printable(words), kind, 80), kind)


def _draw_legend(canvas: TaggedCanvas, found: MapPlan, left: float, bottom: float, width: float) -> None:
    """Write the places one below the other; what does not fit the map's height stands in the table anyway."""
    top = bottom + found.drawn.height_pt
    note, drawn_roads = style("text"), bool(found.drawn.ways)
    notes = [say("map_note_roads" if drawn_roads else "map_note"), found.danger_words]
    notes += [say("map_landmarks")] if found.landmarks else []
    last = set_lines(printable("\n".join(part for part in notes if part)), note, width)
    floor = bottom + line_height(last, note) * len(last.lines)
    words = [(say("map_signs"), style("label")), *((entry.words, style("text")) for entry in found.legend)]
    for sentence, kind in words:
        text = set_lines(printable(sentence), kind, width)
        if top - line_height(text, kind) * len(text.lines) < floor:
            break
        top = draw_lines(canvas, (left, top, width), text, kind) - 2
    draw_lines(canvas, (left, floor, width), last, note)
