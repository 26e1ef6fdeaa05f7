"""The roll call of a facility's staff (安否確認): whom to call, who comes by when, beside the estimate.

Pure: call, staff and cover run in, lines and counts out. Times of answers count from the start of the call.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from unicodedata import normalize

from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facility_event import CanCome, SafetyCall, SafetyReply
from bcp_kit.domain.staff import Qualification, StaffMember
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text

HORIZONS_H = (0, 6, 24, 72, 168)  # the columns of the plan's table of operations, and at once
DAY_H = 24
ESTIMATE_DAY = {6: 0, 24: 1, 72: 3, 168: 7}  # which day of a cover run stands beside which horizon
_CLOCK = re.compile(r"(明日|あした|翌日|明後日|あさって)?の?(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分|(半))?)$")
_AFTER = re.compile(r"(\d{1,3})(時間|分|日)後$")
_LATER_DAYS = {"明日": 1, "あした": 1, "翌日": 1, "明後日": 2, "あさって": 2}
_AFTER_MINUTES = {"分": 1, "時間": 60, "日": 1440}


class Condition(StrEnum):
    """How somebody or something is; empty text: not asked yet."""

    OK = "ok"
    HIT = "hit"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CallLine:
    """One member of staff in the order of calling, with the newest answer."""

    number: int
    person: StaffMember
    distance_km: float | None
    reply: SafetyReply | None

    @property
    def open(self) -> bool:
        """True while nobody knows whether this person can come."""
        return self.reply is None or self.reply.can_come is CanCome.NO_ANSWER


@dataclass(frozen=True)
class Within:
    """How many people come within `hours` of the start, all together and by qualification."""

    hours: int
    people: int
    by_qualification: Mapping[Qualification, int]


@dataclass(frozen=True)
class Tally:
    """The answers counted. `no_time`: people who will come and did not say when; they are in no horizon."""

    staff: int
    answered: int
    safe: int
    hit: int
    family_hit: int
    home_hit: int
    cannot: int
    no_time: int
    within: tuple[Within, ...]

    @property
    def open(self) -> int:
        """How many still have to be reached."""
        return self.staff - self.answered


@dataclass(frozen=True)
class BesideEstimate:
    """One horizon: what the cover run expected, and what the answers say so far. `open` have not answered."""

    hours: int
    day: int
    expected: float
    counted: int
    answered_come: int
    open: int


def horizon_words(hours: int, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a horizon as people say it: at once, within so many hours, within so many days."""
    if not hours:
        return text("calls.cli.now", language)
    if hours > DAY_H and hours % DAY_H == 0:
        return text("calls.cli.days", language, days=hours // DAY_H)
    return text("calls.cli.hours", language, hours=hours)


def newest(call: SafetyCall) -> dict[str, SafetyReply]:
    """Return the answer that counts, by staff id: the last one written."""
    return {reply.staff_id: reply for reply in call.replies}


def call_lines(
    call: SafetyCall, staff: Iterable[StaffMember], site: Location | None = None
) -> tuple[CallLine, ...]:
    """Return the staff in the order of calling: managers, then by distance from work, unknown last."""
    answers = newest(call)
    measured = [(_distance_km(person, site), person) for person in staff]

    def rank(pair: tuple[float | None, StaffMember]) -> tuple[bool, bool, float, str]:
        km, person = pair
        return Qualification.MANAGER not in person.qualifications, km is None, km or 0.0, person.id

    return tuple(
        CallLine(number, person, km, answers.get(person.id))
        for number, (km, person) in enumerate(sorted(measured, key=rank), start=1)
    )


def _distance_km(person: StaffMember, site: Location | None) -> float | None:
    if person.home_distance_m is not None:
        return person.home_distance_m / 1000
    if person.home_location is not None and site is not None:
        return straight_distance_m(person.home_location, site) / 1000
    return None


def open_lines(lines: Iterable[CallLine]) -> tuple[CallLine, ...]:
    """Return who is still to be called, in order."""
    return tuple(line for line in lines if line.open)


def hours_until(reply: SafetyReply, started_at: datetime) -> float | None:
    """Return after how many hours from the start of the call the person comes; None: never or unknown."""
    if reply.can_come is CanCome.NOW:
        return 0.0
    if reply.can_come is CanCome.LATER and reply.expected_at is not None:
        return max(0.0, (reply.expected_at - started_at) / timedelta(hours=1))
    return None


def tally(call: SafetyCall, lines: Sequence[CallLine]) -> Tally:
    """Return the answers counted; horizons count everybody who has come by then."""
    answered = [line for line in lines if not line.open and line.reply is not None]
    replies = [line.reply for line in lines if line.reply is not None]
    coming = [
        (hours, line.person)
        for line in answered
        if line.reply is not None and (hours := hours_until(line.reply, call.started_at)) is not None
    ]
    cannot = sum(reply.can_come is CanCome.CANNOT for reply in replies)
    return Tally(
        staff=len(lines),
        answered=len(answered),
        safe=sum(reply.safe == Condition.OK for reply in replies),
        hit=sum(reply.safe == Condition.HIT for reply in replies),
        family_hit=sum(reply.family == Condition.HIT for reply in replies),
        home_hit=sum(reply.home == Condition.HIT for reply in replies),
        cannot=cannot,
        no_time=len(answered) - cannot - len(coming),
        within=tuple(_within(hours, coming) for hours in HORIZONS_H),
    )


def _within(hours: int, coming: Sequence[tuple[float, StaffMember]]) -> Within:
    here = [person for after, person in coming if after <= hours]
    held = {q: sum(q in person.qualifications for person in here) for q in Qualification}
    return Within(hours, len(here), {q: count for q, count in held.items() if count})


def beside_estimate(
    run: CoverRun | None, counts: Tally, staff_ids: Iterable[str]
) -> tuple[BesideEstimate, ...]:
    """Return the answers beside the newest estimate, for the days that the run reaches."""
    if run is None:
        return ()
    own, found = frozenset(staff_ids), []
    by_hours = {within.hours: within.people for within in counts.within}
    for hours, day in ESTIMATE_DAY.items():
        here = [e for e in run.attendance if e.day == day and e.staff_id in own]
        if here:
            expected, counted = sum(e.chance for e in here), sum(e.counted for e in here)
            found.append(
                BesideEstimate(hours, day, round(expected, 1), counted, by_hours[hours], counts.open)
            )
    return tuple(found)


def read_time(words: str, now: datetime) -> datetime | None:
    """Return the moment that somebody typed, None when it cannot be read.

    18:30, 8時半, 明日8時, 3時間後, 2026-11-25 08:00. A clock time that has passed today means tomorrow.
    """
    typed = normalize("NFKC", words).strip()
    after, clock = _AFTER.match(typed), _CLOCK.match(typed.replace(" ", ""))
    try:
        if after:
            return now + timedelta(minutes=int(after[1]) * _AFTER_MINUTES[after[2]])
        if clock:
            minute = 30 if clock[5] else int(clock[3] or clock[4] or 0)
            moment = now.replace(hour=int(clock[2]), minute=minute, second=0, microsecond=0)
            late = _LATER_DAYS.get(clock[1] or "", 1 if moment < now else 0)
            return moment + timedelta(days=late)
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
