"""A roster as it is shown: people by days, each cell a shift with mark and colour; what stays empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from bcp_kit.catalogues import load
from bcp_kit.forms.messages import text

WEEKDAYS = "月火水木金土日"
_LONGEST_FALLBACK = 2
_DAY_H = 24


@dataclass(frozen=True)
class Look:
    """How a shift is shown: its mark, the colour behind it, the colour of the mark, its hours in words."""

    mark: str
    fill: str
    ink: str
    label: str
    hours: str


@dataclass(frozen=True)
class RosterCell:
    """One person's work on one day: keys of the catalogues `shifts` and `post_groups`."""

    shift: str
    post: str = ""


@dataclass(frozen=True)
class RosterLine:
    """One person. `away` are days on which nobody counts on the person; `helper` comes from outside.

    `wishes` are days on which the person asked to be off.
    """

    number: str
    name: str
    role: str
    form: str = ""
    cells: Mapping[date, RosterCell] = field(default_factory=dict)
    away: frozenset[date] = frozenset()
    helper: bool = False
    wishes: frozenset[date] = frozenset()


@dataclass(frozen=True)
class EmptyPost:
    """Posts of one kind that nobody fills in one shift of a day."""

    day: date
    shift: str
    post: str
    operation_class: str
    missing: int


@dataclass(frozen=True)
class RosterTable:
    """A roster to show. `day_zero` is the day of the event, None for a roster in force."""

    title: str
    facility: str
    operator: str
    days: Sequence[date]
    lines: Sequence[RosterLine]
    empty: Sequence[EmptyPost] = ()
    day_zero: date | None = None
    about: str = ""

    def shifts(self) -> tuple[str, ...]:
        """Return the shifts that appear or stay empty, in the order of the catalogue."""
        used = {cell.shift for line in self.lines for cell in line.cells.values()}
        used |= {post.shift for post in self.empty}
        known = load.catalogue("shifts").rows
        return (*(key for key in known if key in used), *sorted(used - known.keys()))

    def posts(self) -> tuple[str, ...]:
        """Return the posts that appear or stay empty, in the order of the catalogue."""
        used = {cell.post for line in self.lines for cell in line.cells.values() if cell.post}
        used |= {post.post for post in self.empty}
        return tuple(key for key in load.catalogue("post_groups").rows if key in used)

    def wishes(self, days: Sequence[date]) -> tuple[int, int]:
        """Return how many days off people asked for, and on how many of them they work."""
        asked = [(line, day) for line in self.lines for day in line.wishes if day in days]
        return len(asked), sum(day in line.cells for line, day in asked)

    def heads(self, day: date, shift: str) -> int:
        """Return how many people work a shift on a day."""
        return sum(line.cells[day].shift == shift for line in self.lines if day in line.cells)


def wish_words(table: RosterTable, days: Sequence[date]) -> str:
    """Return how many wishes for days off are kept, and what their mark means; "" where there is none."""
    asked, unmet = table.wishes(days)
    return text("rosters.wish.legend", asked=asked, unmet=unmet) if asked else ""


@cache
def look_of(shift: str) -> Look:
    """Return how a shift is shown; one that has no mark of its own is shown by its first letters."""
    shifts, marks = load.catalogue("shifts").rows, load.catalogue("roster_marks").rows
    row, own = shifts.get(shift), marks.get(shift)
    label = row.label_ja if row else shift
    hours = f"{clock(row.data['start_h'])}～{clock(row.data['end_h'])}" if row else ""
    if own is None:
        return Look(label[:_LONGEST_FALLBACK], "#FFFFFF", "#000000", label, hours)
    return Look(own.data["mark"], own.data["fill"], own.data["ink"], label, hours)


def clock(hour: float) -> str:
    """Return an hour of the day as a clock says it; hours after midnight are those of the next day."""
    whole, minutes = int(hour), round(60 * (hour - int(hour)))
    return f"翌{whole - _DAY_H}:{minutes:02}" if whole >= _DAY_H else f"{whole}:{minutes:02}"


def post_letter(post: str) -> str:
    """Return the first letter of a post's label: 看 for 看護."""
    row = load.catalogue("post_groups").rows.get(post)
    return (row.label_ja if row else post)[:1]


def post_label(post: str) -> str:
    """Return the label of a post."""
    row = load.catalogue("post_groups").rows.get(post)
    return row.label_ja if row else post


def weekday(day: date) -> str:
    """Return the letter of the weekday."""
    return WEEKDAYS[day.weekday()]
