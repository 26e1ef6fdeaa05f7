"""What the plan can take over from what is known already: facility record, staff list, cover run, revisions.

Proposals are never saved by themselves. Each says where it comes from; a person looks and takes it over.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bcp_kit.catalogues.load import number
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import Answer, AnswerState, Revision
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.staff import StaffMember
from bcp_kit.domain.units import straight_distance_m
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Item
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.geo.floors import dry_floor_of
from bcp_kit.services.hazard_maps import MapAnswer

Cells = Mapping[str, str]

# Which day of a cover run answers which column of the table of operations; the night column counts who is
# on site when it begins.
STAGE_DAYS = {"h6": 0, "d1": 1, "d3": 3, "d7": 7}
HAZARD_ROWS = {
    HazardKind.EARTHQUAKE: "地震(揺れ)",
    HazardKind.TSUNAMI: "津波",
    HazardKind.RIVER_FLOOD: "洪水",
    HazardKind.INLAND_FLOOD: "内水",
    HazardKind.STORM_SURGE: "高潮",
    HazardKind.LANDSLIDE: "土砂災害",
}
ATTENDANCE_ROW = "出勤率"
_NUMBER = re.compile(r"[0-9０-９]")


@dataclass(frozen=True)
class KnownFacts:
    """Everything that proposals are made from. `staff` is empty for those who may not see it.

    `map_answers` is what the hazard maps say about the facility's place.
    """

    facility: Facility
    staff: tuple[StaffMember, ...] = ()
    cover_run: CoverRun | None = None
    revisions: tuple[Revision, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    map_answers: tuple[MapAnswer, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """An answer that could be taken over, and the key of the sentence that says where it comes from.

    `answer` is what would be saved: for a table the rows that stand there, with the known ones put in.
    """

    item_id: str
    answer: Answer
    origin: str


def merge_rows(same: tuple[str, ...], present: Iterable[Cells], known: Iterable[Cells]) -> tuple[Cells, ...]:
    """Return `present` with `known` put in, each into the row that agrees with it in the columns `same`.

    Without such columns the one known row belongs to the first row. Only cells that are still empty are
    filled, so nothing that a person wrote is lost; a row that nobody has yet is added below.
    """
    rows = [dict(row) for row in present]
    for fact in known:
        matches = [row for row in rows if all(row.get(key, "") == fact.get(key, "") for key in same)]
        if matches:
            matches[0].update(
                {key: cell for key, cell in fact.items() if not matches[0].get(key, "").strip()}
            )
        else:
            rows.append(dict(fact))
    return tuple(rows)


def _exposure_cells(exposure: Exposure) -> Cells:
    known = text(f"bcp.fact.in_zone.{exposure.in_zone.value}")
    estimates = []
    if exposure.depth_m is not None:
        estimates.append(_depth(exposure.depth_m, exposure.depth_min_m))
    floor = dry_floor_of(exposure)
    if floor is not None:
        estimates.append(text("bcp.fact.dry_floor", floor=floor))
    if exposure.arrival_min is not None:
        estimates.append(text("bcp.fact.arrival", minutes=f"{exposure.arrival_min:g}"))
    if exposure.special:
        estimates.append(text("bcp.fact.special_zone"))
    return {"hazard": HAZARD_ROWS[exposure.hazard], "applies": known, "estimate": "、".join(estimates)}


def _depth(depth_m: float, least_m: float | None) -> str:
    """Return a depth, or the class of depths that a map states; a class open above says 以上."""
    if least_m is None:
        return text("bcp.fact.depth", depth_m=f"{depth_m:g}")
    if least_m >= depth_m:
        return text("bcp.fact.depth_from", depth_m=f"{depth_m:g}")
    return text("bcp.fact.depth_range", depth_min_m=f"{least_m:g}", depth_m=f"{depth_m:g}")


def hazard_rows(facility: Facility, answers: Sequence[MapAnswer] = ()) -> tuple[Cells, ...]:
    """Return one row per hazard that somebody looked up for the facility, else that the maps speak of.

    What comes from a map names the map and its year, so that the manager can look it up and put it right.
    """
    looked_up = [exposure for exposure in facility.exposures if exposure.in_zone is not Known.UNKNOWN]
    rows = [_exposure_cells(exposure) for exposure in looked_up]
    own = {exposure.hazard for exposure in looked_up}
    for answer in answers:
        if answer.exposure.hazard not in own and answer.exposure.in_zone is not Known.UNKNOWN:
            origin = "、".join(each.origin for each in answer.maps)
            rows.append({**_exposure_cells(answer.exposure), "document_year": origin})
    return tuple({key: cell for key, cell in row.items() if cell} for row in rows)


def generator_row(facility: Facility) -> Cells:
    """Return what the record knows of the generator (empty when there is none or nobody knows)."""
    cells = {}
    if facility.generator_w:
        cells["rated_output"] = text("bcp.fact.kilowatts", kilowatts=f"{facility.generator_w / 1000:g}")
        if facility.generator_fuel_h is not None:
            cells["runtime_h"] = f"{facility.generator_fuel_h:g}"
    return cells


def attendance_row(run: CoverRun, staff_ids: frozenset[str]) -> Cells:
    """Return the attendance row of the table of operations, from the estimates for `staff_ids`.

    A column that the run does not reach stays out. Units: persons counted as the sum of chances.
    """
    own = [estimate for estimate in run.attendance if estimate.staff_id in staff_ids]
    cells = {}
    first_night = [estimate for estimate in own if estimate.day == 0]
    if first_night:
        cells["night"] = _share_text(sum(estimate.on_site for estimate in first_night), len(first_night))
    for column, day in STAGE_DAYS.items():
        chances = [estimate.chance for estimate in own if estimate.day == day]
        if chances:
            cells[column] = _share_text(sum(chances), len(chances))
    return {"stage_item": ATTENDANCE_ROW, **cells} if cells else {}


def _share_text(present: float, of: int) -> str:
    return text("bcp.fact.attendance", percent=f"{100 * present / of:.0f}", people=f"{present:.0f}", of=of)


def distance_km(person: StaffMember, facility: Facility) -> float | None:
    """Return the straight distance from home to work in kilometres, or None when nobody knows it."""
    if person.home_distance_m is not None:
        return person.home_distance_m / 1000
    if person.home_location is None or facility.location is None:
        return None
    return straight_distance_m(person.home_location, facility.location) / 1000


def district_of(address: str) -> str:
    """Return an address up to its first number: enough to judge the way to work, too little for the door."""
    return _NUMBER.split(address, maxsplit=1)[0].strip()


def _availability(person_id: str, run: CoverRun | None) -> str:
    if run is None:
        return ""
    likely = number("bcp_defaults", "likely_chance")
    days = [e.day for e in run.attendance if e.staff_id == person_id and e.chance >= likely]
    if not days:
        known = any(e.staff_id == person_id for e in run.attendance)
        return text("bcp.fact.not_within_run") if known else ""
    return text("bcp.fact.from_first_day") if min(days) == 0 else text("bcp.fact.from_day", day=min(days) + 1)


def call_in_rows(facility: Facility, staff: Iterable[StaffMember], run: CoverRun | None) -> tuple[Cells, ...]:
    """Return the list of who lives where and can come when, one row per member of staff.

    Walking hours use the catalogue's speed for night and rubble (`staff_attendance`, a planning default).
    """
    words = {column.key: column.choices for column in sheet(SheetKind.STAFF).columns}
    speed_kmh = number("staff_attendance", "walk_speed_kmh")
    rows = []
    for person in staff:
        km = distance_km(person, facility)
        cells = {
            "name": person.name,
            "post_qualification": "、".join(words["qualifications"][q] for q in person.qualifications),
            "home_district": district_of(person.home_address),
            "distance_km": "" if km is None else f"{km:.1f}",
            "commute_means": words["commute"][person.commute],
            "walking_h": "" if km is None else f"{km / speed_kmh:.1f}",
            "can_come_at_night": text("bcp.fact.yes" if person.night_ok else "bcp.fact.no"),
            "family_constraint": _family(person),
            "availability": _availability(person.id, run),
        }
        rows.append({key: cell for key, cell in cells.items() if cell})
    return tuple(rows)


def _family(person: StaffMember) -> str:
    parts = []
    if person.youngest_child_age is not None:
        parts.append(text("bcp.fact.child", age=person.youngest_child_age))
    if person.cares_for_family:
        parts.append(text("bcp.fact.cares_for_family"))
    return "、".join(parts) or text("bcp.fact.none")


def revision_rows(revisions: Iterable[Revision]) -> tuple[Cells, ...]:
    """Return the revision log as rows."""
    return tuple({"updated_on": revision.on.isoformat(), "change": revision.reason} for revision in revisions)


@dataclass(frozen=True)
class _Known:
    """Rows that are known, the columns by which a row is recognised, and where they come from."""

    rows: tuple[Cells, ...]
    same: tuple[str, ...]
    origin: str


def _known(facts: KnownFacts) -> dict[str, _Known]:
    facility, run = facts.facility, facts.cover_run
    attendance = attendance_row(run, frozenset(person.id for person in facts.staff)) if run else {}
    generator = generator_row(facility)
    return {
        "nd_hazard_maps": _Known(
            hazard_rows(facility, facts.map_answers),
            ("hazard",),
            "bcp.origin.maps" if facts.map_answers else "bcp.origin.facility",
        ),
        "nd_generator": _Known((generator,) if generator else (), (), "bcp.origin.facility"),
        "nd_critical_work_table": _Known(
            (attendance,) if attendance else (), ("stage_item",), "bcp.origin.cover_run"
        ),
        "nd_callin_list": _Known(
            call_in_rows(facility, facts.staff, run), ("name", "home_district"), "bcp.origin.staff"
        ),
        "nd_revisions": _Known(
            revision_rows(facts.revisions), ("updated_on", "change"), "bcp.origin.revisions"
        ),
    }


def _row_proposal(item: Item, present: Answer, known: _Known) -> Proposal | None:
    rows = tuple(dict(row) for row in present.rows)
    merged = merge_rows(known.same, rows or item.input.default_rows, known.rows)
    if not known.rows or merged == rows:
        return None
    return Proposal(item.id, Answer(state=AnswerState.ANSWERED, rows=merged), known.origin)


def _water_proposal(facts: KnownFacts, present: Answer) -> Proposal | None:
    litres = facts.facility.water_l
    if litres is None or present.number is not None:
        return None
    return Proposal(
        "nd_drinking_water", Answer(state=AnswerState.ANSWERED, number=litres), "bcp.origin.facility"
    )


def proposals(items: Iterable[Item], facts: KnownFacts) -> dict[str, Proposal]:
    """Return what could be taken over into `items`, by item id; nothing that stands there already."""
    known, found = _known(facts), {}
    for item in items:
        present = facts.answers.get(item.id, Answer())
        proposal = None
        if item.id in known:
            proposal = _row_proposal(item, present, known[item.id])
        elif item.id == "nd_drinking_water":
            proposal = _water_proposal(facts, present)
        if proposal is not None:
            found[item.id] = proposal
    return found
