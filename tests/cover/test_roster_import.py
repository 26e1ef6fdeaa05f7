"""A roster of the facility's own shape: understood, decided on, stored, remembered, taken back."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook
from roster_corpus import LAYOUTS, Planted, fill, save

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.rosters import NEW, SKIP, RosterDecisions
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.intake.identity_keys import name_key
from bcp_kit.services.base import Context
from bcp_kit.services.cover_inputs import rosters_by_day
from bcp_kit.services.roster_import import (
    RosterFile,
    RosterPlan,
    accept_roster,
    forget_mapping,
    plan_roster,
)
from bcp_kit.services.undoing import plan_undo, undo_last

FIRST = date(2026, 12, 1)
ALL_NEW = RosterDecisions(new_for_unknown=True)
MEANT = {"早": "early", "日": "day", "遅": "late", "夜": "night", "明": DAY_OFF, "休": DAY_OFF, "有": DAY_OFF}
LETTERS = {"A": "early", "B": "day", "C": "late", "N": "night", "/": DAY_OFF, "×": DAY_OFF}


def file_of(*rows: list[object], month: str = "2026年12月") -> RosterFile:
    """A roster of December with these rows below the days."""
    book = Workbook()
    tab: Any = book.active
    tab.title = "表"
    for number, row in enumerate([[month], ["職種", "形態", "氏名", *range(1, 32)], *rows], start=1):
        fill(tab, number, row)
    return RosterFile(save(book), "勤務表.xlsx")


def codes(plan: RosterPlan) -> list[ErrorCode]:
    """The findings that ask for something."""
    return [p.code for _, p in plan.problems if p.severity is not Severity.NOTICE]


def stored(ctx: Context) -> dict[str, dict[date, str]]:
    """The stored rosters by the name of the person."""
    with ctx.open_store() as uow:
        names = {s.id: s.name for s in uow.staff.list()}
        return {names[i]: shifts for i, shifts in rosters_by_day(uow.rosters.list()).items()}


@pytest.mark.parametrize("layout", LAYOUTS[1::3], ids=lambda layout: layout.__name__)
def test_a_file_becomes_staff_and_shifts(ctx: Context, layout: Callable[[Random], Planted]) -> None:
    """From each layout, new staff and exactly the planted shifts are stored."""
    made = layout(Random(11))  # noqa: S311 - invented people
    plan = plan_roster(ctx, "B", RosterFile(made.content, "a.xlsx"), ALL_NEW)
    assert plan.is_ready, plan.problems
    accept_roster(ctx, plan)
    meant = {**MEANT, **LETTERS}
    wanted: dict[str, dict[date, str]] = {}
    for (name, day), mark in made.marks.items():
        shift = meant[mark.translate(str.maketrans("ＡＢＣＤＮ", "ABCDN"))]
        if shift != DAY_OFF:
            wanted.setdefault(name, {})[day] = shift
    assert {name: days for name, days in stored(ctx).items() if name in wanted} == wanted


def test_unknown_marks_wait_for_a_decision_and_are_remembered(ctx: Context) -> None:
    """研 is named with its cells; decided once, it is known in the next file too."""
    file = file_of(["介護職員", "A", "見本 太郎", "研", "日", "研"])
    plan = plan_roster(ctx, "A", file, ALL_NEW)
    found = next(p for _, p in plan.problems if p.code is ErrorCode.ROSTER_MARK_UNKNOWN)
    assert found.values["cells"] == "表!D3、表!F3" and found.values["count"] == 2
    with pytest.raises(BcpKitError) as refused:
        accept_roster(ctx, plan)
    assert refused.value.code is ErrorCode.IMPORT_TABLE_REFUSED
    told = RosterDecisions(new_for_unknown=True, marks={"研": "day"})
    accept_roster(ctx, plan_roster(ctx, "A", file, told))
    assert len(stored(ctx)["見本 太郎"]) == 3
    again = plan_roster(ctx, "A", file)
    assert codes(again) == [] and {(u.mark, u.why) for u in again.marks} == {
        ("研", "remembered"),
        ("日", "remembered"),
    }


def test_names_are_found_whatever_their_spaces(ctx: Context) -> None:
    """A stored person is found by name; the roster adds nobody."""
    with ctx.open_store() as uow:
        person = uow.staff.list(facility_id="A")[0]
    spaced = "　".join(person.name) if " " not in person.name else person.name.replace(" ", "　")
    plan = plan_roster(ctx, "A", file_of(["介護職員", "A", spaced, "早", "休"]))
    assert codes(plan) == [] and plan.people[0].staff_id == person.id
    assert name_key(spaced) == name_key(person.name)


def test_nobody_known_is_named_with_the_cell(ctx: Context) -> None:
    """A name that is not stored stops until it is added, chosen or left out."""
    file = file_of(["看護職員", "C", "見本 花子", "日", "夜"])
    plan = plan_roster(ctx, "A", file)
    (found,) = [p for _, p in plan.problems]
    assert found.code is ErrorCode.ROSTER_NAME_UNKNOWN and found.values["cell"] == "C3"
    skipped = plan_roster(ctx, "A", file, RosterDecisions(people={"表!C3": SKIP}))
    assert skipped.errors == 0 and not skipped.is_ready
    added = plan_roster(ctx, "A", file, RosterDecisions(people={"表!C3": NEW})).people[0].new
    assert added is not None and added.night_ok
    assert (added.qualifications[0].value, added.employment.value) == ("nurse", "part_time")


def test_two_of_one_name_are_asked_about(ctx: Context) -> None:
    """Two stored people of one name at the facility: which one is decided, not guessed."""
    with ctx.open_store() as uow:
        person = uow.staff.list(facility_id="A")[0]
        uow.staff.add(person.model_copy(update={"id": "twin", "version": 0}))
        uow.commit()
    file = file_of(["介護職員", "A", person.name, "早"])
    plan = plan_roster(ctx, "A", file)
    assert codes(plan) == [ErrorCode.ROSTER_NAME_AMBIGUOUS] and len(plan.people[0].candidates) == 2
    assert plan_roster(ctx, "A", file, RosterDecisions(people={"表!C3": "twin"})).is_ready


def test_a_person_of_another_facility_is_asked_about(ctx: Context) -> None:
    """Staff of B in the roster of A: named with B; with homes in both, a warning."""
    with ctx.open_store() as uow:
        person = uow.staff.list(facility_id="B")[0].model_copy(update={"name": "出向 一郎"})
        uow.staff.save(person)
        uow.commit()
    file = file_of(["介護職員", "A", "出向 一郎", "早"])
    plan = plan_roster(ctx, "A", file)
    assert codes(plan) == [ErrorCode.ROSTER_TWO_HOMES] and plan.errors == 1
    chosen = plan_roster(ctx, "A", file, RosterDecisions(people={"表!C3": person.id}))
    assert chosen.is_ready
    with ctx.open_store() as uow:
        uow.staff.add(person.model_copy(update={"id": "second", "facility_id": "A", "version": 0}))
        uow.commit()
    both = plan_roster(ctx, "A", file)
    assert codes(both) == [ErrorCode.ROSTER_TWO_HOMES] and both.is_ready


def test_one_person_in_two_rows_is_joined_or_asked_about(ctx: Context) -> None:
    """Rows that do not clash become one roster; rows that do are named with both cells and the day."""
    calm = file_of(
        ["管理者", "B", "兼務 太郎", "日", "休", "日"], ["介護職員", "B", "兼務 太郎", "", "夜", ""]
    )
    plan = plan_roster(ctx, "A", calm, ALL_NEW)
    assert codes(plan) == [ErrorCode.ROSTER_ROWS_JOINED] and plan.is_ready
    accept_roster(ctx, plan)
    assert stored(ctx)["兼務 太郎"] == {
        date(2026, 12, 1): "day",
        date(2026, 12, 2): "night",
        date(2026, 12, 3): "day",
    }
    clash = file_of(["管理者", "B", "兼務 次郎", "日"], ["介護職員", "B", "兼務 次郎", "夜"])
    refused = plan_roster(ctx, "A", clash, ALL_NEW)
    (found,) = [p for _, p in refused.problems]
    assert found.code is ErrorCode.ROSTER_NAME_TWICE
    assert (found.values["cell"], found.values["other"], found.values["day"]) == ("C3", "C4", "12/1")


def test_an_empty_cell_is_a_day_off_unless_told_otherwise(ctx: Context) -> None:
    """A new file of the month takes away a shift whose cell is empty now, or leaves it when told to."""
    accept_roster(ctx, plan_roster(ctx, "A", file_of(["", "", "見本 太郎", "日", "日"]), ALL_NEW))
    second = file_of(["", "", "見本 太郎", "早", ""])
    kept = plan_roster(ctx, "A", second, RosterDecisions(blank_is_off=False))
    assert set(kept.entries) == {(kept.people[0].staff_id, FIRST)}
    accept_roster(ctx, plan_roster(ctx, "A", second))
    assert stored(ctx)["見本 太郎"] == {FIRST: "early"}


def test_a_manager_takes_the_roster_back(ctx: Context) -> None:
    """Undo removes the new staff and shifts and leaves what was there before."""
    before = stored(ctx)
    accept_roster(ctx, plan_roster(ctx, "A", file_of(["", "", "見本 太郎", "日", "夜"]), ALL_NEW))
    assert plan_undo(ctx).to_remove == 3
    undo_last(ctx)
    assert stored(ctx) == before


def test_nobody_in_the_file_is_told(ctx: Context) -> None:
    """A roster without staff is refused with its reason, and nothing is stored."""
    plan = plan_roster(ctx, "A", file_of())
    assert codes(plan) == [ErrorCode.ROSTER_NO_NAMES] and not plan.is_ready


def test_a_changed_cell_alone_is_corrected(ctx: Context) -> None:
    """A mark put right on the screen counts in place of the file's."""
    file = file_of(["", "", "見本 太郎", "？？", "日"])
    plan = plan_roster(ctx, "A", file, RosterDecisions(new_for_unknown=True, fixes={"表!D3": "夜"}))
    assert plan.is_ready and sorted(shift for shift, _ in plan.entries.values() if shift != DAY_OFF) == [
        "day",
        "night",
    ]


def test_what_is_remembered_can_be_forgotten(ctx: Context) -> None:
    """A skipped name stays skipped next month, until the mapping is forgotten or the row decided anew."""
    file = file_of(["", "", "見本 太郎", "日"], ["", "", "部外 者子", "日"])
    people = {"表!C3": NEW, "表!C4": SKIP}
    accept_roster(ctx, plan_roster(ctx, "A", file, RosterDecisions(people=people)))
    again = plan_roster(ctx, "A", file)
    assert again.is_ready and [use.skipped for use in again.people] == [False, True]
    assert plan_roster(ctx, "A", file, RosterDecisions(people={"表!C4": NEW})).people[1].new is not None
    forget_mapping(ctx, "A")
    assert codes(plan_roster(ctx, "A", file)) == [ErrorCode.ROSTER_NAME_UNKNOWN]


def test_a_remembered_person_who_left_is_asked_about_again(ctx: Context) -> None:
    """The mapping never leads to a member of staff who is gone."""
    file = file_of(["", "", "見本 太郎", "日"])
    plan = plan_roster(ctx, "A", file, ALL_NEW)
    accept_roster(ctx, plan)
    with ctx.open_store() as uow:
        uow.rosters.remove_all("test", staff_id=[plan.people[0].staff_id])
        uow.staff.remove(plan.people[0].staff_id)
        uow.commit()
    assert codes(plan_roster(ctx, "A", file)) == [ErrorCode.ROSTER_NAME_UNKNOWN]
