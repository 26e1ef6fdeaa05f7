"""Rosters and day-by-day states as HTML tables for the screen: every word escaped, marks beside colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from bcp_kit.forms.messages import text
from bcp_kit.render.roster_table import RosterLine, RosterTable, look_of, post_letter, weekday


@dataclass(frozen=True)
class GridCell:
    """One cell: its words, smaller words below, the colours behind and of them, what it stands for."""

    words: str = ""
    small: str = ""
    fill: str = ""
    ink: str = ""
    title: str = ""


@dataclass(frozen=True)
class GridRow:
    """One row: its name, smaller words below it, its cells."""

    name: str
    small: str
    cells: Sequence[GridCell]


@dataclass(frozen=True)
class GridWords:
    """The caption for those who hear the table, the heading over the names, and those over the columns."""

    caption: str
    corner: str
    heads: Sequence[str]


def grid_html(words: GridWords, rows: Sequence[GridRow]) -> str:
    """Return a table that fills the page's width whatever the number of columns."""
    heads = "".join(f'<th scope="col">{_lines(head)}</th>' for head in words.heads)
    body = "".join(_row(row) for row in rows)
    return (
        f'<table class="bcp-grid"><caption>{escape(words.caption)}</caption>'
        f'<thead><tr><th scope="col" class="bcp-grid-name">{escape(words.corner)}</th>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _lines(words: str) -> str:
    return "<br>".join(escape(line) for line in words.split("\n"))


def _row(row: GridRow) -> str:
    small = f"<small>{escape(row.small)}</small>" if row.small else ""
    cells = "".join(_cell(cell) for cell in row.cells)
    return f'<tr><th scope="row">{escape(row.name)}{small}</th>{cells}</tr>'


def _cell(cell: GridCell) -> str:
    colours = f"background:{cell.fill};color:{cell.ink or '#000000'}" if cell.fill else ""
    style = f' style="{escape(colours)}"' if colours else ""
    title = f' title="{escape(cell.title)}"' if cell.title else ""
    small = f"<small>{escape(cell.small)}</small>" if cell.small else ""
    return f"<td{style}{title}>{escape(cell.words)}{small}</td>"


def day_heads(days: Sequence[date], day_zero: date | None) -> tuple[str, ...]:
    """Return the heading of each day: its number after the event, date and weekday."""
    return tuple(
        (f"{(day - day_zero).days}\n" if day_zero else "") + f"{day.month}/{day.day}\n{weekday(day)}"
        for day in days
    )


def board_html(
    table: RosterTable, days: Sequence[date], lines: Sequence[RosterLine], words: GridWords, away: str
) -> str:
    """Return people × days; `away` is the word for a day on which nobody counts on the person."""
    rows = [GridRow(line.name, line.role, [_day(line, day, away) for day in days]) for line in lines]
    return grid_html(GridWords(words.caption, words.corner, day_heads(days, table.day_zero)), rows)


def _day(line: RosterLine, day: date, away: str) -> GridCell:
    """Return what a person does on a day; a wish to be off stands in an empty cell, else beside the post."""
    cell, wish = line.cells.get(day), text("rosters.wish.mark") if day in line.wishes else ""
    if cell is None:
        if day in line.away:
            return GridCell(small=away, fill="#F0F0F0", ink="#333333")
        return GridCell(small=wish)
    look = look_of(cell.shift)
    letter = (post_letter(cell.post) if cell.post else "") + wish
    return GridCell(look.mark, letter, look.fill, look.ink, f"{look.label} {look.hours}")
