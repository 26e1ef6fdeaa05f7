"""Ways over roads for the map of a plan: from the home to the first place, from there to the next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bcp_kit.access.policy import Action
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.geo.danger_rings import DangerRings
from bcp_kit.geo.road_table import RoadTable
from bcp_kit.geo.street_rules import Travel, travel_of
from bcp_kit.geo.ways import TownRoads
from bcp_kit.render.evacuation.case import PlanCase, PlannedRoute
from bcp_kit.services.base import Context
from bcp_kit.services.hazard_maps import zones_of
from bcp_kit.services.matching_geo import cut_streets, homes_in_zones
from bcp_kit.services.matching_read import Line, RunView
from bcp_kit.services.road_maps import stored_table
from bcp_kit.storage.unit_of_work import UnitOfWork

MOST_STREETS = 400  # more lines than this hide the way on a small map
_MARGIN = 0.15  # of the extent of a map, around what is drawn on it


@dataclass(frozen=True)
class _Wanted:
    """One way that a plan asks for."""

    person_id: str
    shelter_id: str
    start: Location


def placement_ways(ctx: Context, view: RunView) -> Mapping[str, PlannedRoute]:
    """Return by person id the way to the first place of a run, as far as a road net knows it.

    People whose address is protected are left out: a line on a map would lead to their door.
    """
    ctx.demand(Action.SEE_MATCHING)
    hazard = view.run.hazard
    found: dict[str, PlannedRoute] = {}
    groups: dict[tuple[Travel, str], list[Line]] = defaultdict(list)
    for line in view.lines:
        drawn = line.person.location is not None and not line.person.protected_address
        if line.placement.stage == 1 and line.shelter and drawn:
            groups[travel_of(line.placement.vehicle_kind), line.shelter.id].append(line)
    with ctx.open_store() as uow:
        table = stored_table(uow)
        town = None if table is None else TownRoads(table, cut_streets(table, hazard, zones_of(uow, hazard)))
    for (travel, shelter_id), lines in groups.items() if town else ():
        end = view.shelters[shelter_id].location
        starts = [line.person.location for line in lines if line.person.location]
        if end is None or town is None:
            continue
        for line, way in zip(lines, _routes(town, travel, starts, end), strict=True):
            if way is not None:
                found[line.person.id] = way
    return found


class PlanRoutes:
    """Ways for many plans; the nets and searches are shared. Without a road net there are none."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._table = stored_table(uow)
        self._uow = uow
        self._towns: dict[HazardKind, TownRoads] = {}

    def of(
        self, plans: Sequence[tuple[Person, EvacuationPlan]], shelters: Mapping[str, Shelter]
    ) -> Mapping[str, Mapping[str, PlannedRoute]]:
        """Return routes by person id and the id of the place that they lead to.

        The first hazard that names a place decides its way. A person whose home has no point has no way.
        """
        found: dict[str, dict[str, PlannedRoute]] = defaultdict(dict)
        if self._table is None:
            return found
        groups: dict[tuple[HazardKind, Travel, str], list[_Wanted]] = defaultdict(list)
        for person, plan in plans:
            for key, wanted in _wanted(person, plan, shelters):
                groups[key].append(wanted)
        for (hazard, travel, shelter_id), some in groups.items():
            end = shelters[shelter_id].location
            if end is None:
                continue
            routes = _routes(self._town(hazard), travel, [w.start for w in some], end)
            for wanted, route in zip(some, routes, strict=True):
                if route is not None:
                    found[wanted.person_id].setdefault(shelter_id, route)
        return found

    def _town(self, hazard: HazardKind) -> TownRoads:
        if hazard not in self._towns:
            table = self._need_table()
            cut = cut_streets(table, hazard, zones_of(self._uow, hazard))
            self._towns[hazard] = TownRoads(table, cut)
        return self._towns[hazard]

    def _need_table(self) -> RoadTable:
        if self._table is None:
            raise ValueError("asked for ways without a road net")
        return self._table

    def streets_around(self, routes: Mapping[str, PlannedRoute]) -> tuple[tuple[Location, ...], ...]:
        """Return the streets around some routes as lines; of very many the longest."""
        if self._table is None or not routes:
            return ()
        points = [point for route in routes.values() for point in route.points]
        lats, lons = [p.latitude for p in points], [p.longitude for p in points]
        high, wide = (max(some) - min(some) for some in (lats, lons))
        table, up, aside = self._table, max(high * _MARGIN, 5e-4), max(wide * _MARGIN, 5e-4)
        inside = (table.latitude >= min(lats) - up) & (table.latitude <= max(lats) + up)
        inside &= (table.longitude >= min(lons) - aside) & (table.longitude <= max(lons) + aside)
        ends = np.column_stack((table.tail, table.head))
        chosen = np.flatnonzero(inside[ends].any(axis=1))
        low, top = ends[chosen].min(axis=1), ends[chosen].max(axis=1)
        chosen = chosen[np.unique(low.astype(np.int64) * len(table.latitude) + top, return_index=True)[1]]
        if len(chosen) > MOST_STREETS:
            chosen = np.sort(chosen[np.argsort(-table.length_m[chosen], kind="stable")[:MOST_STREETS]])
        return _lines(table, chosen)


def _lines(table: RoadTable, streets: np.ndarray) -> tuple[tuple[Location, ...], ...]:
    points, owner = table.lines(streets)
    lines: list[list[Location]] = [[] for _ in streets]
    for (longitude, latitude), line in zip(points.tolist(), owner.tolist(), strict=True):
        lines[line].append(Location(latitude=latitude, longitude=longitude))
    return tuple(tuple(line) for line in lines)


def _wanted(
    person: Person, plan: EvacuationPlan, shelters: Mapping[str, Shelter]
) -> list[tuple[tuple[HazardKind, Travel, str], _Wanted]]:
    """Return the ways that a plan asks for: each place once, from where the person is before."""
    found, seen = [], set[str]()
    at: dict[HazardKind, Location | None] = {}
    for stage in sorted(plan.stages, key=lambda stage: stage.stage):
        shelter = shelters.get(stage.shelter_id)
        start = at.get(stage.hazard, person.location)
        if shelter is None or shelter.location is None or start is None:
            continue
        at[stage.hazard] = shelter.location
        if shelter.id not in seen:
            seen.add(shelter.id)
            key = (stage.hazard, travel_of(stage.transport), shelter.id)
            found.append((key, _Wanted(person.id, shelter.id, start)))
    return found


def _routes(
    town: TownRoads, travel: Travel, starts: Sequence[Location], end: Location
) -> list[PlannedRoute | None]:
    """Return the clear way of each start, else the one through the hazard, None where there is no way."""
    clear = town.net(travel).routes(starts, end)
    blocked = [i for i, way in enumerate(clear) if way is None]
    through = (
        town.net(travel, clear=False).routes([starts[i] for i in blocked], end)
        if blocked and town.cut is not None
        else [None] * len(blocked)
    )
    found = [None if way is None else PlannedRoute(way.points, way.metres) for way in clear]
    for i, way in zip(blocked, through, strict=True):
        found[i] = None if way is None else PlannedRoute(way.points, way.metres, through_hazard=True)
    return found


def with_maps(uow: UnitOfWork, cases: Sequence[PlanCase]) -> list[PlanCase]:
    """Return the copies with what the kept maps add: hazards that nobody recorded, ways over roads.

    A copy that must not say where the person lives gets no way. Without maps the copies stay as they are.
    """
    zones = zones_of(uow)
    people: Sequence[Person] = [case.person for case in cases]
    for hazard in zones.hazards if zones else ():
        people = homes_in_zones(people, zones, hazard)
    found = _with_routes(
        uow, [replace(case, person=person) for case, person in zip(cases, people, strict=True)]
    )
    rings = DangerRings(zones) if zones else None
    return [case if case.hides_home else replace(case, dangers=rings) for case in found] if rings else found


def _with_routes(uow: UnitOfWork, cases: Sequence[PlanCase]) -> list[PlanCase]:
    shown = [case for case in cases if not case.hides_home]
    ways = PlanRoutes(uow)
    shelters = {key: shelter for case in shown for key, shelter in case.shelters.items()}
    found = ways.of([(case.person, case.plan) for case in shown], shelters)
    return [
        replace(case, routes=found[case.person.id], roads=ways.streets_around(found[case.person.id]))
        if case.person.id in found and not case.hides_home
        else case
        for case in cases
    ]
