"""A roster of the facility's own shape: understood, decided on, and stored like any other import."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.rosters import SKIP, RosterDecisions, RosterMapping
from bcp_kit.domain.staff import WISH_OFF, RosterEntry, StaffMember
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.intake.guard import SCREEN, Limits
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.intake.identity_keys import name_key
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Item, Record
from bcp_kit.intake.roster_marks import MarkUse, uses_of_marks
from bcp_kit.intake.roster_sheet import RosterReading, read_roster
from bcp_kit.intake.roster_words import REST
from bcp_kit.services.base import Context
from bcp_kit.services.importing import ImportOutcome, import_inspection
from bcp_kit.services.roster_people import KnownStaff, PersonUse, uses_of_people
from bcp_kit.services.roster_store import put_mapping, stored_mapping

_SHOWN_CELLS = 6
NO_DECISIONS = RosterDecisions()
NO_WORK = (DAY_OFF, WISH_OFF)


@dataclass(frozen=True)
class RosterFile:
    """The file as it was handed in."""

    content: bytes
    name: str


@dataclass(frozen=True)
class RosterPlan:
    """How a file is understood with the decisions so far; nothing is stored.

    `entries` are the shifts by staff id and day (DAY_OFF for none, WISH_OFF for a wish to be off) with the
    row that they come from; `problems` the findings with the sheet's name.
    """

    facility_id: str
    file_name: str
    size_bytes: int
    reading: RosterReading
    marks: tuple[MarkUse, ...]
    people: tuple[PersonUse, ...]
    entries: Mapping[tuple[str, date], tuple[str, PersonUse]]
    problems: tuple[tuple[str, Problem], ...]
    blank_is_off: bool

    @property
    def errors(self) -> int:
        """How many findings stand in the way of storing."""
        return sum(p.severity is Severity.ERROR for _, p in self.problems)

    @property
    def is_ready(self) -> bool:
        """True when everything is decided and there is something to store."""
        return self.errors == 0 and bool(self.entries)

    @property
    def shifts(self) -> int:
        """How many shifts will be stored."""
        return sum(shift not in NO_WORK for shift, _ in self.entries.values())

    @property
    def wishes(self) -> int:
        """How many wishes for days off will be stored."""
        return sum(shift == WISH_OFF for shift, _ in self.entries.values())


def meanings() -> tuple[str, ...]:
    """Return what a mark may mean: the shifts of the catalogue, the kinds of rest, SKIP."""
    return (*load.catalogue("shifts").rows, *REST, SKIP)


def meaning_words(meaning: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return how a meaning is said: the label of the shift, or the kind of rest; "？" while unknown."""
    row = load.catalogue("shifts").rows.get(meaning)
    if row is not None:
        return row.label(language)
    return text(f"rosters.meaning.{meaning}", language) if meaning in meanings() else "？"


def plan_roster(
    ctx: Context,
    facility_id: str,
    file: RosterFile,
    decisions: RosterDecisions = NO_DECISIONS,
    limits: Limits = SCREEN,
) -> RosterPlan:
    """Return how a roster is understood and what has still to be decided; nothing is stored.

    What was decided for the facility's last roster holds again, unless `decisions` say otherwise. Raises:
    BcpKitError A-001, U-002 for an unknown facility.
    """
    ctx.demand(Action.EDIT_STAFF, facility_id)
    with ctx.open_store() as uow:
        uow.facilities.need(facility_id)
        facilities = {f.id: f.name for f in uow.facilities.list()}
        known = KnownStaff.of(facility_id, uow.staff.list(), facilities)
        remembered = stored_mapping(uow, facility_id)
    reading = read_roster(file.content, file.name, ctx.today(), decisions.months, decisions.fixes, limits)
    chosen = {folded(mark): meaning for mark, meaning in decisions.marks.items()}
    marks = uses_of_marks(reading.people, reading.legend, chosen, remembered.marks)
    by_mark = {folded(use.mark): use.meaning for use in marks}
    people = uses_of_people(reading.people, known, decisions, remembered, by_mark)
    blank = remembered.blank_is_off if decisions.blank_is_off is None else decisions.blank_is_off
    entries, clashes = _entries(people, by_mark, blank)
    of_people = ((use.row.sheet, use.problem) for use in people if use.problem is not None)
    problems = (*reading.findings(), *_unknown_marks(marks), *of_people, *clashes)
    return RosterPlan(
        facility_id, reading.name, len(file.content), reading, marks, people, entries, problems, blank
    )


def _unknown_marks(marks: Sequence[MarkUse]) -> Iterator[tuple[str, Problem]]:
    for use in marks:
        if use.meaning:
            continue
        more = " …" if len(use.cells) > _SHOWN_CELLS else ""
        cells = "、".join(use.cells[:_SHOWN_CELLS]) + more
        values: dict[str, str | int] = {"mark": use.mark, "count": len(use.cells), "cells": cells}
        yield "", Problem(code=ErrorCode.ROSTER_MARK_UNKNOWN, values=values)


Entries = dict[tuple[str, date], tuple[str, PersonUse]]


def _entries(
    people: Sequence[PersonUse], by_mark: Mapping[str, str], blank_is_off: bool
) -> tuple[Entries, list[tuple[str, Problem]]]:
    """Return the shift of each person and day, and rows of one person that clash or were joined."""
    found: Entries = {}
    problems: list[tuple[str, Problem]] = []
    first: dict[str, PersonUse] = {}
    for use in people:
        if not use.staff_id:
            continue
        clash = None
        for day, shift in _shifts(use, by_mark, blank_is_off):
            stands = found.get((use.staff_id, day))
            if stands is None or (stands[0] in NO_WORK and shift != DAY_OFF):
                found[use.staff_id, day] = (shift, use)
            elif shift not in (*NO_WORK, stands[0]):
                clash = clash or (day, stands[1])
        earlier = first.setdefault(use.staff_id, use)
        if clash is not None:
            problems.append((use.row.sheet, _twice(use, clash[1], clash[0])))
        elif earlier is not use and _meet(earlier, use):
            problems.append((use.row.sheet, _twice(use, earlier, None)))
    return found, problems


def _meet(one: PersonUse, other: PersonUse) -> bool:
    """True when two rows speak of the same days: halves of a month below each other do not."""
    days = {m.day for m in one.row.marks} | set(one.row.blank)
    return any(mark.day in days for mark in other.row.marks)


def _shifts(use: PersonUse, by_mark: Mapping[str, str], blank_is_off: bool) -> Iterator[tuple[date, str]]:
    for mark in use.row.marks:
        meaning = by_mark.get(folded(mark.text), "")
        if meaning and meaning != SKIP:
            yield mark.day, DAY_OFF if meaning in REST and meaning != WISH_OFF else meaning
    if blank_is_off:
        yield from ((day, DAY_OFF) for day in use.row.blank)


def _twice(use: PersonUse, earlier: PersonUse, day: date | None) -> Problem:
    values = {"name": use.row.name, "cell": earlier.row.cell, "other": use.row.cell}
    if day is None:
        return Problem(
            code=ErrorCode.ROSTER_ROWS_JOINED, severity=Severity.WARNING, row=use.row.row, values=values
        )
    values["day"] = f"{day.month}/{day.day}"
    return Problem(code=ErrorCode.ROSTER_NAME_TWICE, row=use.row.row, values=values)


def accept_roster(ctx: Context, plan: RosterPlan) -> ImportOutcome:
    """Store the shifts of a plan, and new staff, in one transaction that can be undone; remember the mapping.

    Raises: BcpKitError A-001, I-403 while something is undecided, I-402 when there is nothing to store.
    """
    outcome = import_inspection(ctx, inspection_of(plan))
    with ctx.open_store() as uow:
        before = stored_mapping(uow, plan.facility_id)
        put_mapping(uow, plan.facility_id, _remembered(plan, before))
        uow.commit()
    return outcome


def forget_mapping(ctx: Context, facility_id: str) -> None:
    """Forget what was decided about marks and names of the facility's rosters. Raises: BcpKitError A-001."""
    ctx.demand(Action.EDIT_STAFF, facility_id)
    with ctx.open_store() as uow:
        put_mapping(uow, facility_id, RosterMapping())
        uow.commit()


def _remembered(plan: RosterPlan, before: RosterMapping) -> RosterMapping:
    """Return what the next file of the facility is read with."""
    names = {
        name_key(use.row.name): SKIP if use.skipped else use.staff_id
        for use in plan.people
        if use.skipped or use.staff_id
    }
    marks = {folded(use.mark): use.meaning for use in plan.marks if use.meaning}
    return RosterMapping(
        marks={**before.marks, **marks}, names={**before.names, **names}, blank_is_off=plan.blank_is_off
    )


def new_staff(plan: RosterPlan) -> tuple[tuple[int, StaffMember], ...]:
    """Return the staff that a plan adds, once each, with the row that names them first.

    Of a person in several rows, a night in any of them counts.
    """
    found: dict[str, tuple[int, StaffMember]] = {}
    for use in plan.people:
        if use.new is None:
            continue
        row, before = found.get(use.new.id, (use.row.row, use.new))
        night_ok = before.night_ok or use.new.night_ok
        found[use.new.id] = (row, before.model_copy(update={"night_ok": night_ok}))
    return tuple(found.values())


def inspection_of(plan: RosterPlan) -> Inspection:
    """Return a plan as any import is handed over: one record for each row with what it brings in."""
    by_row: dict[str, list[Item]] = {}
    for (staff_id, day), (shift, use) in plan.entries.items():
        entry = RosterEntry(staff_id=staff_id, day=day, shift=shift)
        by_row.setdefault(use.row.key, []).append(Item(entry, frozenset({"shift"})))
    rosters = [
        Record(row=use.row.row, items=tuple(by_row[use.row.key]))
        for use in plan.people
        if use.row.key in by_row
    ]
    staff = [
        Record(row=row, items=(Item(member, frozenset(StaffMember.model_fields)),))
        for row, member in new_staff(plan)
    ]
    problems = tuple(p for _, p in plan.problems if p.severity is Severity.ERROR)
    parts = [_part(SheetKind.STAFF, staff, ())] if staff else []
    return Inspection(
        name=plan.file_name,
        size_bytes=plan.size_bytes,
        parts=(*parts, _part(SheetKind.ROSTERS, rosters, problems)),
    )


def _part(kind: SheetKind, records: Sequence[Record], problems: tuple[Problem, ...]) -> Part:
    return Part(
        sheet_name="",
        layout=kind.value,
        title=sheet(kind).title,
        kind=kind.value,
        encoding="",
        rows=len(records),
        records=tuple(records),
        problems=problems,
    )
