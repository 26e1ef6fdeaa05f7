"""Rosters in sixteen layouts: every planted cell is read as it stands, and nothing else is."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from random import Random
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from roster_corpus import LAYOUTS, Planted, fill, save

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.messages import text
from bcp_kit.intake.roster_sheet import RosterReading, read_roster

TODAY = date(2026, 11, 24)
SEEDS = range(4)


def marks_of(reading: RosterReading) -> dict[tuple[str, date], str]:
    """Every mark by name and day; a name that stands in two blocks counts as one."""
    found: dict[tuple[str, date], str] = {}
    for person in reading.people:
        for mark in person.marks:
            assert (person.name, mark.day) not in found
            found[person.name, mark.day] = mark.text
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_planted_cell_is_read(layout: Callable[[Random], Planted], seed: int) -> None:
    """The month, every name, every occupation and every mark come back as planted, without an error."""
    made = layout(Random(f"{layout.__name__}/{seed}"))  # noqa: S311 - invented people
    reading = read_roster(made.content, "勤務表.xlsx", TODAY)
    assert not [p for _, p in reading.findings() if p.severity is not Severity.NOTICE]
    assert marks_of(reading) == made.marks
    assert {sheet.month for sheet in reading.sheets} == {made.month}
    assert {p.name: p.role for p in reading.people} == made.roles


@pytest.mark.parametrize("layout", ["simple", "full_width", "legend_tab", "legend_right"])
def test_a_legend_tells_the_hours(layout: str) -> None:
    """Wherever the legend stands, it gives begin and end of the four shifts."""
    made = next(f for f in LAYOUTS if f.__name__ == layout)(Random(7))  # noqa: S311 - invented people
    hours = {e.start_min: e.end_min for e in read_roster(made.content, "a.xlsx", TODAY).legend if e.start_min}
    assert hours == {420: 960, 540: 1080, 780: 1320, 1320: 1860}


def book_of(*rows: list[object]) -> bytes:
    """A sheet with these rows, named 表."""
    book = Workbook()
    tab: Any = book.active
    tab.title = "表"
    for number, row in enumerate(rows, start=1):
        fill(tab, number, row)
    return save(book)


def codes(reading: RosterReading) -> list[tuple[ErrorCode, object]]:
    """The findings with the cell that each names."""
    return [(p.code, p.values.get("cell")) for _, p in reading.findings()]


def test_a_file_without_days_is_no_roster() -> None:
    """A list of names is told to be no roster."""
    reading = read_roster(book_of(["氏名"], ["見本 太郎"]), "a.xlsx", TODAY)
    assert reading.is_refused and codes(reading) == [(ErrorCode.ROSTER_NOT_FOUND, None)]


def test_days_without_names_are_told() -> None:
    """Marks without any column of names are refused with the row of the days."""
    days = list(range(1, 31))
    reading = read_roster(book_of(["2026年11月"], ["", *days], ["", *["日"] * 30]), "a.xlsx", TODAY)
    assert [p.code for _, p in reading.findings()] == [ErrorCode.ROSTER_NO_NAMES]
    assert reading.is_refused


def test_a_roster_without_people_is_told() -> None:
    """Days, headings and nobody: the sheet has no names."""
    reading = read_roster(book_of(["2026年11月"], ["氏名", *range(1, 31)]), "a.xlsx", TODAY)
    assert [p.code for _, p in reading.findings()] == [ErrorCode.ROSTER_NO_NAMES]


def test_a_month_that_nobody_states_is_asked_for() -> None:
    """Without a month nothing is stored; with the chosen one every mark has its day."""
    content = book_of(["氏名", *range(1, 31)], ["見本 太郎", *["日"] * 30])
    reading = read_roster(content, "a.xlsx", TODAY)
    assert reading.is_refused and [p.code for _, p in reading.findings()] == [ErrorCode.ROSTER_MONTH_UNKNOWN]
    chosen = read_roster(content, "a.xlsx", TODAY, {"表": date(2026, 11, 1)})
    assert not chosen.is_refused and len(chosen.people[0].marks) == 30


def test_the_name_of_the_file_may_tell_the_month() -> None:
    """勤務表 令和8年12月.xlsx says what the sheet does not."""
    content = book_of(["氏名", *range(1, 32)], ["見本 太郎", *["日"] * 31])
    reading = read_roster(content, "勤務表 令和8年12月.xlsx", TODAY)
    assert reading.sheets[0].month == date(2026, 12, 1) and not reading.is_refused


def test_weekdays_of_another_month_stop_until_somebody_decides() -> None:
    """The head says November, the weekdays are those of October: the cell is named"""
    october = ["木金土日月火水"[n % 7] for n in range(30)]
    content = book_of(["2026年11月"], ["氏名", *range(1, 31)], ["", *october], ["見本 太郎", *["日"] * 30])
    reading = read_roster(content, "a.xlsx", TODAY)
    assert reading.is_refused and codes(reading) == [(ErrorCode.ROSTER_MONTH_DOUBT, "B3")]
    assert date(2026, 10, 1) in reading.sheets[0].months
    assert not read_roster(content, "a.xlsx", TODAY, {"表": date(2026, 10, 1)}).is_refused
    insisted = read_roster(content, "a.xlsx", TODAY, {"表": date(2026, 11, 1)})
    assert not insisted.is_refused and codes(insisted) == [(ErrorCode.ROSTER_MONTH_DOUBT, "B3")]


def test_a_thirty_first_of_november_is_named() -> None:
    """Thirty-one columns in a month of thirty days: the column is told, and so is the mark in it."""
    content = book_of(
        ["2026年11月"], ["氏名", *range(1, 32)], ["見本 太郎", *["日"] * 31], ["見本 花子", *["休"] * 30]
    )
    reading = read_roster(content, "a.xlsx", TODAY)
    assert not reading.is_refused
    assert codes(reading) == [(ErrorCode.ROSTER_DAY_OUTSIDE, "AF3"), (ErrorCode.ROSTER_NO_SUCH_DAY, "AF2")]
    assert [len(p.marks) for p in reading.people] == [30, 30]


def test_marks_without_a_name_and_names_without_marks_are_told() -> None:
    """Neither is lost without a word."""
    content = book_of(
        ["2026年11月"],
        ["職種", "氏名", *range(1, 31)],
        ["介護職員", "", *["日"] * 30],
        ["介護職員", "見本 太郎", *["夜"] * 30],
        ["介護職員", "休職 花子"],
    )
    reading = read_roster(content, "a.xlsx", TODAY)
    assert codes(reading) == [(ErrorCode.ROSTER_ROW_NAMELESS, "B3"), (ErrorCode.ROSTER_ROW_EMPTY, "B5")]


def test_a_name_without_marks_or_occupation_is_told_and_an_occupation_alone_heads_those_below() -> None:
    """A bare name is never dropped without a word; 看護職員 on a line of its own is no person."""
    content = book_of(
        ["2026年11月"],
        ["氏名", *range(1, 31)],
        ["看護職員"],
        ["見本 花子", *["日"] * 30],
        ["休職 太郎"],
        ["作成：2026年10月20日"],
    )
    reading = read_roster(content, "a.xlsx", TODAY)
    assert codes(reading) == [(ErrorCode.ROSTER_ROW_EMPTY, "A5")]
    assert [(p.name, p.role) for p in reading.people] == [("見本 花子", "看護職員")]


def test_merged_days_are_rest_for_all_of_them_but_a_shift_once() -> None:
    """休 over three days is three days off; 夜 over two days is one night, and both are told."""
    book = Workbook()
    tab: Any = book.active
    fill(tab, 1, ["2026年11月"])
    fill(tab, 2, ["氏名", *range(1, 31)])
    fill(tab, 3, ["見本 太郎", "休", "", "", "夜", "", "日"])
    tab.merge_cells("B3:D3")
    tab.merge_cells("E3:F3")
    reading = read_roster(save(book), "a.xlsx", TODAY)
    assert [(m.day.day, m.text) for m in reading.people[0].marks] == [
        (1, "休"),
        (2, "休"),
        (3, "休"),
        (4, "夜"),
        (6, "日"),
    ]
    assert codes(reading) == [
        (ErrorCode.ROSTER_DAYS_MERGED, "B3:D3"),
        (ErrorCode.ROSTER_DAYS_MERGED, "E3:F3"),
    ]


def test_a_corrected_cell_is_read_in_place_of_the_file_s() -> None:
    """A fix by address changes that cell only."""
    content = book_of(["2026年11月"], ["氏名", *range(1, 31)], ["見本 太郎", "早？", *["日"] * 29])
    reading = read_roster(content, "a.xlsx", TODAY, fixes={"表!B3": "早"})
    assert [m.text for m in reading.people[0].marks] == ["早", *["日"] * 29]


HOSTILE = (
    "",
    None,
    "？",
    31,
    0,
    -5,
    "日",
    "氏名",
    "合計",
    "2026年13月",
    "令和99年1月",
    "<b>",
    "=1+1",
    "凡例",
    "夜/明",
    "　",
)


@pytest.mark.parametrize("seed", range(12))
def test_a_spoilt_roster_is_read_or_refused_never_a_crash(seed: int) -> None:
    """Cells overwritten with what people leave in them: the reader answers, each finding has its sentence."""
    rng = Random(seed)  # noqa: S311 - invented people
    made = rng.choice(LAYOUTS)(rng)
    book = load_workbook(BytesIO(made.content))
    tab: Any = book.active
    for _ in range(rng.randint(5, 40)):
        cell = tab.cell(rng.randint(1, tab.max_row), rng.randint(1, tab.max_column))
        if type(cell).__name__ != "MergedCell":
            cell.value = rng.choice(HOSTILE)
    reading = read_roster(save(book), "a.xlsx", TODAY)
    for _, problem in reading.findings():
        assert text(f"errors.{problem.code.value}.what", row=problem.row or 0, **problem.values)
