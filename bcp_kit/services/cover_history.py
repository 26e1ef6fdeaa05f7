"""What a person's roster says about the time before an event, and about wishes for days off."""

from collections.abc import Mapping
from datetime import date, timedelta

from bcp_kit.cores.staff_cover.instance import WEEK_DAYS
from bcp_kit.domain.staff import WISH_OFF
from bcp_kit.services import cover_catalogue as known

DAYS_LOOKED_BACK = 28


def worked_before(roster: Mapping[date, str], first: date) -> tuple[int, int]:
    """Return the days and the nights in a row that were worked right before `first`."""
    nights = {k.shift.key for k in known.known_shifts() if k.shift.night}
    days_in_a_row = nights_in_a_row = 0
    only_nights = True
    for back in range(1, DAYS_LOOKED_BACK + 1):
        shift = roster.get(first - timedelta(days=back))
        if shift is None or shift == WISH_OFF:
            break
        days_in_a_row += 1
        only_nights = only_nights and shift in nights
        nights_in_a_row += only_nights
    return days_in_a_row, nights_in_a_row


def overtime_before(roster: Mapping[date, str], first: date, week_min: int) -> int:
    """Return the minutes beyond `week_min` in the four weeks before `first`, week by week."""
    work = {k.shift.key: k.shift.work_min for k in known.known_shifts()}
    total = 0
    for week in range(DAYS_LOOKED_BACK // WEEK_DAYS):
        days = (first - timedelta(days=1 + week * WEEK_DAYS + day) for day in range(WEEK_DAYS))
        total += max(0, sum(work.get(roster.get(day, ""), 0) for day in days) - week_min)
    return total


def wishes_off(roster: Mapping[date, str], first: date, days: int) -> frozenset[int]:
    """Return the days, counted from `first`, on which the person asked to be off."""
    return frozenset(day for day in range(days) if roster.get(first + timedelta(days=day)) == WISH_OFF)
