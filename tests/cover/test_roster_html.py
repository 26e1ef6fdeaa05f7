"""Rosters on screen: what people typed stays text, marks stand beside colours."""

from datetime import date

from bcp_kit.render.roster_html import GridCell, GridRow, GridWords, board_html, grid_html
from bcp_kit.render.roster_table import RosterCell, RosterLine, RosterTable, look_of

DAYS = (date(2026, 11, 30), date(2026, 12, 1))
WORDS = GridWords("表", "氏名", ())


def board(name: str) -> str:
    """A board of one person who works a night on the first day and is away on the second."""
    line = RosterLine(
        "1", name, "介護職員", cells={DAYS[0]: RosterCell("night", "care")}, away=frozenset(DAYS[1:])
    )
    table = RosterTable("表", "見本苑", "", DAYS, (line,), day_zero=DAYS[0])
    return board_html(table, DAYS, table.lines, WORDS, "不在")


def test_a_name_is_never_markup() -> None:
    """A name with a tag in it is shown letter by letter."""
    shown = board("<img src=x onerror=alert(1)>")
    assert "<img" not in shown and "&lt;img src=x" in shown


def test_cells_have_mark_post_colour_and_what_they_mean() -> None:
    """The night cell says 夜 and 介 on its colour; the other day says that the person is away."""
    shown, night = board("見本 太郎"), look_of("night")
    assert f"background:{night.fill};color:{night.ink}" in shown
    assert ">夜<small>介</small>" in shown and "<small>不在</small>" in shown
    assert 'title="夜勤 22:00～翌7:00"' in shown
    assert "0<br>11/30<br>月" in shown and "1<br>12/1<br>火" in shown


def test_every_word_of_a_grid_is_escaped() -> None:
    """Names, cells, headings, captions."""
    bad = "<b>&"
    shown = grid_html(GridWords(bad, bad, (bad,)), [GridRow(bad, bad, [GridCell(bad, bad, bad, bad, bad)])])
    assert "<b>" not in shown


def test_a_shift_without_a_mark_of_its_own_is_shown_by_its_first_letters() -> None:
    """A shift that the catalogue of marks does not know is legible all the same."""
    assert look_of("somewhere").mark == "so"
