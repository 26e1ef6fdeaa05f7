"""Years and months as the standards count them: from April, and twelve months back."""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

FISCAL_START_MONTH = 4


def fiscal_start(day: date) -> date:
    """Return the first day of the fiscal year (April to March) that `day` lies in.

    >>> fiscal_start(date(2027, 3, 31))
    datetime.date(2026, 4, 1)
    """
    return date(day.year - (day.month < FISCAL_START_MONTH), FISCAL_START_MONTH, 1)


def fiscal_end(day: date) -> date:
    """Return the last day of the fiscal year that `day` lies in.

    >>> fiscal_end(date(2026, 11, 23))
    datetime.date(2027, 3, 31)
    """
    start = fiscal_start(day)
    return date(start.year + 1, FISCAL_START_MONTH, 1) - timedelta(days=1)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later (earlier when negative), or the last day of a shorter month.

    >>> months_later(date(2024, 2, 29), 12)
    datetime.date(2025, 2, 28)
    """
    whole = day.year * 12 + day.month - 1 + months
    year, month = divmod(whole, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def count_between(days: Iterable[date], first: date, last: date) -> int:
    """Return how many of `days` lie from `first` to `last`, both included."""
    return sum(first <= day <= last for day in days)


def months_from(first: date, last: date) -> Iterator[date]:
    """Yield the first day of each month from the month of `first` to that of `last`."""
    month, end = first.replace(day=1), last.replace(day=1)
    while month <= end:
        yield month
        month = months_later(month, 1)
