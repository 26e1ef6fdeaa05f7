"""Rosters as they are shown: one facility's part of a cover run, or the roster in force of some days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bcp_kit.access.policy import Action
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.staff import WISH_OFF, Employment, StaffMember
from bcp_kit.forms.messages import text
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.roster_table import EmptyPost, RosterCell, RosterLine, RosterTable
from bcp_kit.render.roster_wall import WallSheet, wall_sheet
from bcp_kit.render.roster_workbook import roster_workbook
from bcp_kit.render.spreadsheet import Written
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverNames, names_of, read_run
from bcp_kit.services.cover_inputs import rosters_by_day
from bcp_kit.services.roster_import import RosterPlan, new_staff
from bcp_kit.storage.unit_of_work import UnitOfWork

LONGEST_DAYS = 62


def board_of_run(ctx: Context, run_id: str = "", facility_id: str = "") -> RosterTable:
    """Return the roster of a run (default: the newest, of `facility_id` if given) for one of its sites.

    Raises: BcpKitError U-002 when there is no such run or the run is not about that facility; A-001.
    """
    run = read_run(ctx, run_id, facility_id)
    site = facility_id or run.facility_ids[0]
    if site not in run.facility_ids:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    ctx.demand(Action.SEE_STAFF, site)
    names = names_of(ctx, run)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(site)
        staff = {s.id: s for s in uow.staff.list(facility_id=list(run.facility_ids))}
        first = _first_day(uow, run)
        stored = rosters_by_day(uow.rosters.list(staff_id=list(staff)))
    length = 1 + max((e.day for e in run.attendance), default=0)
    days = tuple(first + timedelta(days=n) for n in range(length))
    about = text(
        "rosters.sheet.about", scenario=_scenario(run), made=f"{run.made_at.astimezone():%Y-%m-%d %H:%M}"
    )
    return RosterTable(
        title=text("rosters.sheet.title_run"),
        facility=facility.name,
        operator=facility.operator,
        days=days,
        lines=tuple(
            replace(line, wishes=wished(stored.get(line.number, {}), days))
            for line in _lines_of_run(run, site, staff, names, days)
        ),
        empty=tuple(
            EmptyPost(days[p.day], p.shift, p.post, p.operation_class, p.missing)
            for p in run.uncovered
            if p.facility_id == site
        ),
        day_zero=first,
        about=about,
    )


def _scenario(run: CoverRun) -> str:
    return str(run.settings.get("scenario_name", run.scenario_id))


def _first_day(uow: UnitOfWork, run: CoverRun) -> date:
    """Return the day of the event; a scenario that is not stored counts from the day of the run."""
    scenario = uow.scenarios.get(run.scenario_id)
    return (run.made_at if scenario is None else scenario.starts_at).date()


def _lines_of_run(
    run: CoverRun,
    site: str,
    staff: Mapping[str, StaffMember],
    names: CoverNames,
    days: Sequence[date],
) -> tuple[RosterLine, ...]:
    """Return the site's staff by occupation, staff of sister sites who help here, then outside helpers."""
    cells: dict[str, dict[date, RosterCell]] = {}
    for a in run.assignments:
        if a.facility_id == site:
            cells.setdefault(a.staff_id or a.helper_id, {})[days[a.day]] = RosterCell(a.shift, a.post)
    away: dict[str, set[date]] = {}
    for estimate in run.attendance:
        if not (estimate.counted or estimate.on_site):
            away.setdefault(estimate.staff_id, set()).add(days[estimate.day])
    own = [s for s in staff.values() if s.facility_id == site or s.id in cells]
    lines = [_line(s, cells.get(s.id, {}), frozenset(away.get(s.id, ()))) for s in sorted(own, key=_order)]
    outside = [key for key in cells if key not in staff]
    lines += [
        RosterLine(
            number="",
            name=f"{names.of(key)}（{number}）",
            role=text("rosters.sheet.outside"),
            cells=cells[key],
            helper=True,
        )
        for number, key in enumerate(sorted(outside), start=1)
    ]
    return tuple(lines)


def _order(person: StaffMember) -> tuple[int, str, str]:
    order = [q.value for q in type(person.qualifications[0])] if person.qualifications else []
    first = order.index(person.qualifications[0].value) if order else 99
    return (first, person.name_kana or person.name, person.id)


def _line(
    person: StaffMember, cells: Mapping[date, RosterCell], away: frozenset[date] = frozenset()
) -> RosterLine:
    role = text(f"cover.qualification.{person.qualifications[0].value}") if person.qualifications else ""
    form = "full" if person.employment is Employment.FULL_TIME else "part"
    return RosterLine(person.id, person.name, role, text(f"rosters.sheet.form_{form}"), cells, away)


def board_in_force(ctx: Context, facility_id: str, first: date, days: int) -> RosterTable:
    """Return the stored roster of a facility for some days from `first` on.

    Raises: BcpKitError U-001 for no day or more than 62, U-002, A-001.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    if not 1 <= days <= LONGEST_DAYS:
        raise BcpKitError(ErrorCode.WRONG_USE)
    shown = tuple(first + timedelta(days=n) for n in range(days))
    with ctx.open_store() as uow:
        facility: Facility = uow.facilities.need(facility_id)
        staff = uow.staff.list(facility_id=facility_id)
        stored = rosters_by_day(uow.rosters.list(staff_id=[s.id for s in staff]))
    shifts = {
        key: {day: RosterCell(own[day]) for day in shown if own.get(day, WISH_OFF) != WISH_OFF}
        for key, own in stored.items()
    }
    wishes = {key: wished(own, shown) for key, own in stored.items()}
    return RosterTable(
        title=text("rosters.sheet.title_force"),
        facility=facility.name,
        operator=facility.operator,
        days=shown,
        lines=tuple(line for line in board_lines(staff, shifts, wishes) if line.cells or line.wishes),
    )


def wished(roster: Mapping[date, str], days: Sequence[date]) -> frozenset[date]:
    """Return on which of the days the person asked to be off."""
    return frozenset(day for day in days if roster.get(day) == WISH_OFF)


def board_lines(
    staff: Sequence[StaffMember],
    shifts: Mapping[str, Mapping[date, RosterCell]],
    wishes: Mapping[str, frozenset[date]] | None = None,
) -> tuple[RosterLine, ...]:
    """Return staff with their shifts and wishes by day, by occupation and name."""
    return tuple(
        replace(_line(person, shifts.get(person.id, {})), wishes=(wishes or {}).get(person.id, frozenset()))
        for person in sorted(staff, key=_order)
    )


def staff_of(ctx: Context, facility_id: str) -> tuple[StaffMember, ...]:
    """Return the staff of a facility by occupation and name. Raises: BcpKitError A-001."""
    ctx.demand(Action.SEE_STAFF, facility_id)
    with ctx.open_store() as uow:
        return tuple(sorted(uow.staff.list(facility_id=facility_id), key=_order))


def board_of_plan(ctx: Context, plan: RosterPlan) -> RosterTable:
    """Return a roster that is about to be brought in, as it will be stored."""
    ctx.demand(Action.SEE_STAFF, plan.facility_id)
    days = sorted({day for _, day in plan.entries})
    with ctx.open_store() as uow:
        facility = uow.facilities.need(plan.facility_id)
        known = {s.id: s for s in uow.staff.list(id=list({staff_id for staff_id, _ in plan.entries}))}
    known |= {member.id: member for _, member in new_staff(plan)}
    shifts: dict[str, dict[date, RosterCell]] = {staff_id: {} for staff_id, _ in plan.entries}
    wishes: dict[str, frozenset[date]] = {}
    for (staff_id, day), (shift, _) in plan.entries.items():
        if shift == WISH_OFF:
            wishes[staff_id] = wishes.get(staff_id, frozenset()) | {day}
        elif shift != DAY_OFF:
            shifts[staff_id][day] = RosterCell(shift)
    return RosterTable(
        title=text("rosters.sheet.title_force"),
        facility=facility.name,
        operator=facility.operator,
        days=days,
        lines=board_lines([known[i] for i in shifts if i in known], shifts, wishes),
    )


def export_board(ctx: Context, table: RosterTable, key: str) -> Written:
    """Return a roster as an Excel file; that it left the store is noted under `key` (a run or facility)."""
    _note(ctx, "export", key)
    return roster_workbook(table)


def print_board(ctx: Context, table: RosterTable, key: str) -> PrintedDocument:
    """Return a roster as a sheet for the wall, A3; that it was printed is noted under `key`."""
    _note(ctx, "print", key)
    return wall_sheet(WallSheet(table, ctx.clock.now()))


def _note(ctx: Context, what: str, key: str) -> None:
    with ctx.open_store() as uow:
        uow.audit.note(what, "rosters", key, "sheet")
        uow.commit()
