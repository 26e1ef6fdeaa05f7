"""Where the days of a roster stand: the row of day numbers, the weekdays beside it, the month above it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from bcp_kit.intake.dates import read_date
from bcp_kit.intake.parsed import width_folded
from bcp_kit.intake.roster_words import roster_words
from bcp_kit.intake.table import Row

LEAST_DAYS = 7
LEAST_TOLD = 2
_LAST_DAY = 31
_MONTH_ENDS = (28, 29, 30, 31)
_DAY = re.compile(r"(?:(\d{1,2})\s*[/月]\s*)?(\d{1,2})\s*日?\s*(?:\(?\s*([月火水木金土日])曜?日?\s*\)?)?")
_WEEKDAY = re.compile(r"\(?([月火水木金土日])(?:曜日?)?(?:[・/]?祝)?\)?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_YEAR = r"(?:(?P<year>\d{4})|(?P<era>令和|平成|R|H)\s*(?P<of>元|\d{1,2}))"
_WITH_YEAR = re.compile(
    _YEAR + r"\s*[年./-]\s*(?P<month>\d{1,2})(?!\d)(?P<more>\s*月\s*\d{1,2}\s*日|\s*[./-]\s*\d{1,2})?"
)
_BRACKETS = re.compile(r"[()【】\[\]「」]")
_ALONE = re.compile(r"(?<![\d年./-])\s*(?P<month>\d{1,2})\s*月(?!\s*\d)")


@dataclass(frozen=True)
class DayRow:
    """The row of day numbers: `days` by column index, `dates` where the cells held whole dates.

    `weekdays` by column (0 is Monday) from the same or a neighbouring row, `weekday_row` its number.
    """

    row: int
    days: Mapping[int, int]
    dates: Mapping[int, date] = field(default_factory=dict)
    weekdays: Mapping[int, int] = field(default_factory=dict)
    weekday_row: int = 0

    @property
    def first_column(self) -> int:
        """Index of the first day's column."""
        return min(self.days)

    def places(self, month: date) -> dict[int, date | None]:
        """Return the date of each column in the month that begins on `month`; None for no such day.

        After the end of a month the numbers that begin anew belong to the next one.
        """
        found: dict[int, date | None] = {}
        first, before = month, 0
        for column, day in sorted(self.days.items()):
            if column in self.dates:
                found[column] = self.dates[column]
                continue
            if day < before:
                first = _next_month(first)
            before = day
            try:
                found[column] = first.replace(day=day)
            except ValueError:
                found[column] = None
        return found

    def agrees(self, month: date) -> bool:
        """True when most of the weekdays are those of that month."""
        places = self.places(month)
        told = [(places.get(column), weekday) for column, weekday in self.weekdays.items()]
        right = sum(on is not None and on.weekday() == weekday for on, weekday in told)
        return 2 * right > len(told)


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def day_rows(rows: Sequence[Row]) -> tuple[DayRow, ...]:
    """Return every row of day numbers of a sheet, in its order; a sheet of several blocks has several."""
    found = []
    for place, row in enumerate(rows):
        read = _days_in(row)
        if read is not None:
            near = [rows[i] for i in (place + 1, place - 1) if 0 <= i < len(rows)]
            found.append(_with_weekdays(read, row, near))
    return tuple(found)


def _days_in(row: Row) -> DayRow | None:
    """Return the longest run of rising days of a row, if it is as long as a week at least."""
    best: dict[int, int] = {}
    run: dict[int, int] = {}
    told: set[int] = set()  # columns that say the month too: a few of them are enough
    dates: dict[int, date] = {}
    for column, cell in enumerate(row.cells):
        day = _day(cell)
        if day is None:
            if cell.strip() and len(run) < LEAST_DAYS:
                run = {}
            continue
        last = run[max(run)] if run else None
        follows = last is not None and (day == last + 1 or (day == 1 and last in _MONTH_ENDS))
        run = {**run, column: day} if follows else {column: day}
        if "/" in width_folded(cell) or "月" in width_folded(cell)[:3]:
            told.add(column)
        if _ISO.fullmatch(cell.strip()):
            told.add(column)
            dates[column] = date.fromisoformat(cell.strip())
        if len(run) > len(best):
            best = run
    if len(best) < (LEAST_TOLD if best.keys() <= told else LEAST_DAYS):
        return None
    return DayRow(row.number, best, {c: d for c, d in dates.items() if c in best})


def _day(cell: str) -> int | None:
    plain = width_folded(cell)
    if _ISO.fullmatch(plain):
        return int(plain[-2:])
    found = _DAY.fullmatch(plain)
    day = int(found[2]) if found else 0
    return day if 1 <= day <= _LAST_DAY else None


def _weekday(cell: str) -> int | None:
    found = _WEEKDAY.fullmatch(width_folded(cell))
    return str(roster_words()["weekdays"]).index(found[1]) if found else None


def _with_weekdays(days: DayRow, row: Row, near: Sequence[Row]) -> DayRow:
    own: dict[int, int] = {}
    for column in days.days:
        found = _DAY.fullmatch(width_folded(row.cells[column]))
        if found and found[3]:
            own[column] = str(roster_words()["weekdays"]).index(found[3])
    candidates = [(row.number, own)]
    for other in near:
        read = {c: _weekday(other.cells[c]) for c in days.days if c < len(other.cells)}
        candidates.append((other.number, {c: w for c, w in read.items() if w is not None}))
    number, weekdays = max(candidates, key=lambda item: len(item[1]))
    if 2 * len(weekdays) < len(days.days) or not _is_cycle(weekdays, days):
        return days
    return DayRow(days.row, days.days, days.dates, weekdays, number)


def _is_cycle(weekdays: Mapping[int, int], days: DayRow) -> bool:
    """True when weekdays follow each other: a row of people who all work 日勤 says 日 every day."""
    columns = sorted(days.days)
    pairs = [(a, b) for a, b in pairwise(columns) if a in weekdays and b in weekdays]
    return 5 * sum((weekdays[a] + 1) % 7 == weekdays[b] for a, b in pairs) >= 4 * len(pairs) > 0


def stated_month(texts: Sequence[str], days: DayRow, today: date) -> date | None:
    """Return the first day of the month that the head states; a year that is not stated is guessed.

    `texts` are the lines above the days, nearest last, then the sheet's name. A month is believed before a
    whole date (the day on which the sheet was made); without a year, the year whose weekdays agree and that
    is nearest to `today`.
    """
    if days.dates:
        return min(days.dates.values()).replace(day=1)
    whole: date | None = None
    for text in texts:
        plain = _BRACKETS.sub(" ", width_folded(text).upper())
        for found in _WITH_YEAR.finditer(plain):
            month = _month_of(found)
            iso_first = bool(re.search(r"\d{4}-\d{2}-01", found[0]))
            if month is not None and (not found["more"] or iso_first):
                return month
            whole = whole or month
        alone = _ALONE.search(plain)
        if alone is not None and 1 <= int(alone["month"]) <= 12:
            return _nearest(int(alone["month"]), days, today)
    return whole


def _month_of(found: re.Match[str]) -> date | None:
    year = found["year"] or f"{found['era']}{found['of']}"
    try:
        return read_date(f"{year}年{found['month']}月1日")
    except ValueError:
        return None


def _nearest(month: int, days: DayRow, today: date) -> date:
    years = [date(today.year + step, month, 1) for step in (-1, 0, 1)]
    by_distance = sorted(years, key=lambda first: abs((first - today).days))
    agreeing = [first for first in by_distance if days.weekdays and days.agrees(first)]
    return (agreeing or by_distance)[0]


def months_that_agree(days: DayRow, today: date) -> tuple[date, ...]:
    """Return the months within a year of today whose weekdays are those of the sheet, nearest first."""
    first = today.replace(day=1)
    months = [_shifted(first, step) for step in range(-12, 13)]
    if days.weekdays:
        months = [month for month in months if days.agrees(month)]
    return tuple(sorted(months, key=lambda month: abs((month - first).days)))


def _shifted(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)
