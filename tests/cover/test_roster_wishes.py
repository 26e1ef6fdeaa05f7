"""Wishes for days off: from the facility's own roster to the goal, the board, the sheets and back."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.domain.rosters import RosterDecisions
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import WISH_OFF
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.intake.parsed import Cell
from bcp_kit.intake.vocabulary import parse_shift
from bcp_kit.render.roster_html import GridWords, board_html
from bcp_kit.render.roster_table import wish_words
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, run_cover
from bcp_kit.services.cover_inputs import question, who_can_come
from bcp_kit.services.exporting_sheets import list_sheet
from bcp_kit.services.roster_board import board_in_force, board_of_run, export_board, print_board
from bcp_kit.services.roster_import import RosterFile, RosterPlan, accept_roster, plan_roster
from tests.render.paper_checks import failed_rules, page_texts, squeezed

Make = Callable[..., Scenario]
MARKS = ["希", "希望休", "日", "", "早", "リク休", "休"]
NAME = "見本 A4"


def month_of(*rows: list[object], first_day: int = 23) -> RosterFile:
    """A week of November from the day of the event on."""
    book = Workbook()
    tab: Any = book.active
    for row in (["2026年11月"], ["職種", "氏名", *range(first_day, first_day + 7)], *rows):
        tab.append(row)
    out = BytesIO()
    book.save(out)
    return RosterFile(out.getvalue(), "勤務表.xlsx")


def brought_in(ctx: Context, *rows: list[object]) -> RosterPlan:
    """A roster of site A that is stored."""
    plan = plan_roster(ctx, "A", month_of(*rows), RosterDecisions(months={"Sheet": date(2026, 11, 1)}))
    assert plan.is_ready, plan.problems
    accept_roster(ctx, plan)
    return plan


def test_a_wish_is_read_kept_and_asked_for(ctx: Context, scenario: Make) -> None:
    """Each usual word for a wish is one; it counts in the question and is no shift in force."""
    plan = brought_in(ctx, ["介護職員", NAME, *MARKS])
    assert plan.wishes == 3 and plan.shifts == 2
    assert {day.day: shift for (_, day), (shift, _) in plan.entries.items()} == {
        23: WISH_OFF, 24: WISH_OFF, 25: "day", 26: DAY_OFF, 27: "early", 28: WISH_OFF, 29: DAY_OFF,
    }  # fmt: skip
    asked = scenario(days=7)
    facts = facts_of(ctx, CoverCommand(("A",), asked))
    found = question(facts, asked, who_can_come(facts, asked, 0)).instance.worker_of["A04"]
    assert found.wishes_off == {0, 1, 5}
    assert set(found.in_force) == {2, 4}


def test_a_wish_stands_back_behind_work_in_another_row(ctx: Context) -> None:
    """Of two rows of one person, a shift counts more than a wish, and a wish more than an empty cell."""
    rows = (
        ["介護職員", NAME, "希", "希", "", "", "", "", ""],
        ["介護職員", NAME, "日", "", "", "", "", "", ""],
    )
    plan = plan_roster(ctx, "A", month_of(*rows), RosterDecisions(months={"Sheet": date(2026, 11, 1)}))
    assert ErrorCode.ROSTER_NAME_TWICE not in {p.code for _, p in plan.problems}
    assert {day.day: s for (_, day), (s, _) in plan.entries.items() if s != DAY_OFF} == {
        23: "day",
        24: WISH_OFF,
    }


def test_wishes_stand_on_board_and_paper_and_come_back(ctx: Context, scenario: Make) -> None:
    """On screen, on the wall and in Excel a wish is told apart from a day off; the file comes back."""
    brought_in(ctx, ["介護職員", NAME, *MARKS])
    board = board_in_force(ctx, "A", date(2026, 11, 23), 7)
    line = next(line for line in board.lines if line.name == NAME)
    assert {day.day for day in line.wishes} == {23, 24, 28} and {day.day for day in line.cells} == {25, 27}
    again = RosterFile(export_board(ctx, board, "A").content, "out.xlsx")
    plan = plan_roster(ctx, "A", again)
    assert {day.day for (who, day), (shift, _) in plan.entries.items() if shift == WISH_OFF} == {23, 24, 28}
    run = run_cover(ctx, CoverCommand(("A",), scenario(days=3), work_limit=2, own_process=False))
    table = board_of_run(ctx, run.id, "A")
    words = wish_words(table, table.days)
    asked, unmet = table.wishes(table.days)
    assert asked == 2 and unmet == run.values["unmet_wishes"] and f"（{asked}日のうち" in words
    assert "希" in board_html(table, table.days, table.lines, GridWords("", "", ()), "")
    pdf = print_board(ctx, table, run.id).pdf_bytes
    assert failed_rules(pdf) == [] and squeezed("希＝休みの希望") in "".join(page_texts(pdf))


def test_the_sheet_of_rosters_says_it_in_words(ctx: Context) -> None:
    """The tool's own sheet writes 希望休 and not a key, and reads it back."""
    brought_in(ctx, ["介護職員", NAME, *MARKS])
    cells, _ = list_sheet(ctx, SheetKind.ROSTERS)
    row = next(row for row in cells if "希望休" in row.values())
    assert WISH_OFF not in row.values()
    read = parse_shift(Cell("希望休", None, date(2026, 11, 23)), sheet(SheetKind.ROSTERS).columns[0])
    assert read.value == WISH_OFF
