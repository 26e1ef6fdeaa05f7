"""What the maps say about homes, destinations, facilities, supporters, and where sheets contradict it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.hazard_maps import MapAnswer, ask_maps, hazard_maps, zones_of
from bcp_kit.services.matching_geo import cut_streets
from bcp_kit.services.road_maps import stored_table

KINDS = ("people", "shelters", "facilities", "supporters")
_CLOSE_M = 0.05  # depths that differ by less are the same, written otherwise


class ConflictKind(StrEnum):
    """How a sheet and a map contradict each other."""

    SAYS_SAFE = "says_safe"
    SAYS_INSIDE = "says_inside"
    SHALLOWER = "shallower"
    DEEPER = "deeper"
    NOT_SPECIAL = "not_special"


@dataclass(frozen=True)
class Conflict:
    """One contradiction. `number` is what people call the record by, never a name or address of a person."""

    record_kind: str
    number: str
    hazard: HazardKind
    kind: ConflictKind
    sheet: Exposure
    maps: Exposure
    origin: str


@dataclass(frozen=True)
class HazardCheck:
    """What the maps say in numbers: by kind of record and hazard, how many are in, out and in doubt.

    `unplaced` counts records without a point; `streets` by hazard how many streets are cut, of how many.
    """

    counts: Mapping[str, Mapping[HazardKind, Mapping[Known, int]]]
    unplaced: Mapping[str, int]
    conflicts: tuple[Conflict, ...]
    streets: Mapping[HazardKind, tuple[int, int]]


def check_hazards(ctx: Context) -> HazardCheck:
    """Return how all records lie by the maps, and every contradiction with what their sheets say.

    Raises: BcpKitError G-022 without a map.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        if not hazard_maps(uow):
            raise BcpKitError(ErrorCode.MAP_MISSING)
        counts: dict[str, dict[HazardKind, Counter[Known]]] = {}
        unplaced, conflicts = {}, []
        for kind in KINDS:
            records = getattr(uow, kind).list()
            answers = ask_maps(uow, [record.location for record in records])
            counts[kind] = _counted(answers)
            unplaced[kind] = sum(record.location is None for record in records)
            for record, answer in zip(records, answers, strict=True):
                conflicts += conflicts_of(kind, record, answer)
        streets = {}
        table, zones = stored_table(uow), zones_of(uow)
        if table is not None and zones is not None:
            for hazard in zones.hazards:
                cut = cut_streets(table, hazard, zones)
                streets[hazard] = (0 if cut is None else int(cut.sum()), len(table.tail))
    return HazardCheck(counts, unplaced, tuple(conflicts), streets)


def _counted(answers: Sequence[tuple[MapAnswer, ...]]) -> dict[HazardKind, Counter[Known]]:
    found: dict[HazardKind, Counter[Known]] = {}
    for answer in answers:
        for each in answer:
            found.setdefault(each.exposure.hazard, Counter())[each.exposure.in_zone] += 1
    return found


def conflicts_of(
    kind: str, record: Person | Shelter | Facility | Supporter, answers: Sequence[MapAnswer]
) -> list[Conflict]:
    """Return where a record's own words and the maps contradict each other."""
    own = {e.hazard: e for e in _own_exposures(record)}
    found = []
    for answer in answers:
        sheet = own.get(answer.exposure.hazard)
        kind_of = None if sheet is None else _contradiction(sheet, answer.exposure)
        if sheet is not None and kind_of is not None:
            origin = " / ".join(m.origin for m in answer.maps)
            hazard, maps = answer.exposure.hazard, answer.exposure
            found.append(Conflict(kind, _number(record), hazard, kind_of, sheet, maps, origin))
    return found


def _own_exposures(record: Person | Shelter | Facility | Supporter) -> tuple[Exposure, ...]:
    if isinstance(record, Person):
        return record.home_exposures
    return () if isinstance(record, Supporter) else record.exposures


def _number(record: Person | Shelter | Facility | Supporter) -> str:
    if isinstance(record, Person):
        return record.register_no or record.id
    return record.id if isinstance(record, Supporter) else record.name


def _contradiction(sheet: Exposure, maps: Exposure) -> ConflictKind | None:
    """Return how two exposures to one hazard contradict each other, None where they do not."""
    states = (sheet.in_zone, maps.in_zone)
    if states in ((Known.NO, Known.YES), (Known.YES, Known.NO)):
        return ConflictKind.SAYS_SAFE if maps.in_zone is Known.YES else ConflictKind.SAYS_INSIDE
    if states != (Known.YES, Known.YES):
        return None
    if maps.special and not sheet.special:
        return ConflictKind.NOT_SPECIAL
    return _other_depth(sheet, maps)


def _other_depth(sheet: Exposure, maps: Exposure) -> ConflictKind | None:
    if sheet.depth_m is None or maps.depth_m is None:
        return None
    least = maps.depth_m if maps.depth_min_m is None else maps.depth_min_m
    if sheet.depth_m < least - _CLOSE_M:
        return ConflictKind.SHALLOWER
    open_above = maps.depth_min_m is not None and maps.depth_min_m >= maps.depth_m
    if sheet.depth_m > maps.depth_m + _CLOSE_M and not open_above:
        return ConflictKind.DEEPER
    return None
