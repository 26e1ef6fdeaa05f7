"""業務継続計画未策定減算: is a plan or its measures missing, in which months, at which rate.

Law: 報酬告示 and 告示第95号 as the catalogues `penalties`, `penalty_transitional` and `service_types`
give them, each with source and mark. This is no legal advice, and whoever shows a result says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bcp_kit.catalogues.load import Row, catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.practice_settings import Measures
from bcp_kit.forms.practice.years import months_from, months_later

# Rows of the catalogue `penalties` that say what is decided here.
RULE_ROWS = (
    "basis",
    "what_counts_1",
    "what_counts_2",
    "what_counts_3",
    "retroactive",
    "start_rule",
    "filing",
)
NOT_ASKED_ROWS = tuple(f"not_requirement_{number}" for number in range(1, 6))


class Reading(StrEnum):
    """How the two conditions are joined: the care Q&A joins them with かつ, the disability Q&A with や."""

    AND = "and"
    OR = "or"


class Verdict(StrEnum):
    """What the facts say. AT_RISK: only the other sector's reading says that the deduction applies."""

    APPLIES = "applies"
    AT_RISK = "at_risk"
    NOT_APPLIES = "not_applies"
    NOT_KNOWN = "not_known"
    EXEMPT = "exempt"


class LackKind(StrEnum):
    """What is missing of one plan."""

    PLAN = "plan"
    MEASURES = "measures"
    MEASURES_UNKNOWN = "measures_unknown"


@dataclass(frozen=True)
class Lack:
    """One thing that is missing today, and since when (None: since the duty began, or not known)."""

    kind: LackKind
    plan_kind: PlanKind
    since: date | None = None


@dataclass(frozen=True)
class PenaltyFacts:
    """What the facility says. A plan that `plans_made_on` lacks was never made.

    Units: `monthly_units` units of the fee schedule per month, `unit_price_yen` yen per unit.
    """

    service_key: str
    checked_on: date
    designated_on: date | None = None
    plans_made_on: Mapping[PlanKind, date] = field(default_factory=dict)
    measures: Mapping[PlanKind, Measures] = field(default_factory=dict)
    guideline_on: date | None = None
    disaster_plan_on: date | None = None
    monthly_units: float | None = None
    unit_price_yen: float | None = None


@dataclass(frozen=True)
class ReadingResult:
    """The months (first days) in which the deduction applies by one reading; `running` until today."""

    reading: Reading
    months: tuple[date, ...] = ()
    running: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class PenaltyCheck:
    """The answer. `percent` None: the rate is not known; 0: the service is exempt. Amounts in yen."""

    verdict: Verdict
    service: Row | None
    percent: float | None
    penalty_from: date | None
    own_reading: Reading
    readings: tuple[ReadingResult, ...]
    lacks: tuple[Lack, ...]
    month_yen: float | None
    total_yen: float | None

    @property
    def shown(self) -> ReadingResult:
        """The reading that the verdict rests on."""
        own = next(r for r in self.readings if r.reading is self.own_reading)
        if self.verdict is Verdict.AT_RISK:
            return next(r for r in self.readings if r.reading is not self.own_reading)
        return own

    @property
    def since(self) -> date | None:
        """The first month of the deduction, None when there is none."""
        return self.shown.months[0] if self.shown.months else None


def _exempt_by_transition(service: Row, facts: PenaltyFacts, day: date) -> bool:
    """True where the transitional rule of the service's group frees the day (to the end of March 2025)."""
    rule = catalogue("penalty_transitional").need(str(service.data["transitional_group"]))
    if day > date.fromisoformat(str(rule.data["valid_until"])):
        return False
    if rule.key == "home_visit_type":
        return True
    both = (facts.guideline_on, facts.disaster_plan_on)
    return all(there is not None and there <= day for there in both)


def _plan_missing(facts: PenaltyFacts, kind: PlanKind, day: date) -> bool:
    made_on = facts.plans_made_on.get(kind)
    return made_on is None or made_on > day


def _measures(facts: PenaltyFacts, kind: PlanKind, day: date) -> Known:
    """Return whether the measures of a plan that stands were taken on that day."""
    said = facts.measures.get(kind, Measures())
    if said.taken is Known.YES and said.since is not None and said.since > day:
        return Known.NO
    return said.taken


def _fails(facts: PenaltyFacts, reading: Reading, day: date) -> Known:
    """Return whether the standard is not met on that day.

    Measures are taken by a plan: without the plan there are none, so a missing plan alone fulfils かつ too
    (catalogue `what_counts_1`). A plan without measures fails by や only.
    """
    if any(_plan_missing(facts, kind, day) for kind in CONTINUITY_KINDS):
        return Known.YES
    if reading is Reading.AND:
        return Known.NO
    taken = [_measures(facts, kind, day) for kind in CONTINUITY_KINDS]
    if Known.NO in taken:
        return Known.YES
    return Known.UNKNOWN if Known.UNKNOWN in taken else Known.NO


def _turning_days(service: Row, facts: PenaltyFacts, start: date) -> list[date]:
    """Return the days on which something may have changed, the first day and the day after the check too."""
    rule = catalogue("penalty_transitional").need(str(service.data["transitional_group"]))
    days = [date.fromisoformat(str(rule.data["valid_until"])) + timedelta(days=1)]
    days += [day for day in (facts.guideline_on, facts.disaster_plan_on) if day]
    days += facts.plans_made_on.values()
    days += [said.since for said in facts.measures.values() if said.since]
    end = facts.checked_on + timedelta(days=1)
    return sorted({start, end, *(day for day in days if start < day < end)})


def _failing_spans(
    service: Row, facts: PenaltyFacts, reading: Reading, start: date
) -> Iterator[tuple[date, date]]:
    """Yield spans of days (first, day after the last) on which the standard is not met, joined."""
    days = _turning_days(service, facts, start)
    open_since: date | None = None
    for day in days[:-1]:
        fails = not _exempt_by_transition(service, facts, day) and _fails(facts, reading, day) is Known.YES
        if fails and open_since is None:
            open_since = day
        elif not fails and open_since is not None:
            yield open_since, day
            open_since = None
    if open_since is not None:
        yield open_since, days[-1]


def _months(span: tuple[date, date]) -> Iterator[date]:
    """Yield the months of the deduction for one span.

    From the month after the fact arose (the same month where it arose on its first day) to the month in
    which it ended. Source: catalogue `penalties` row `start_rule` (unverified).
    """
    first, after = span
    begin = first if first.day == 1 else months_later(first.replace(day=1), 1)
    yield from months_from(begin, after - timedelta(days=1))


def _read(service: Row, facts: PenaltyFacts, reading: Reading, start: date) -> ReadingResult:
    spans = list(_failing_spans(service, facts, reading, start))
    months = tuple(sorted({month for span in spans for month in _months(span)}))
    today = _fails(facts, reading, facts.checked_on)
    exempt = _exempt_by_transition(service, facts, facts.checked_on)
    return ReadingResult(
        reading, months, today is Known.YES and not exempt, today is Known.UNKNOWN and not exempt
    )


def _lacks(facts: PenaltyFacts) -> Iterator[Lack]:
    for kind in CONTINUITY_KINDS:
        if _plan_missing(facts, kind, facts.checked_on):
            yield Lack(LackKind.PLAN, kind)
            continue
        taken = _measures(facts, kind, facts.checked_on)
        if taken is Known.NO:
            yield Lack(LackKind.MEASURES, kind, facts.plans_made_on[kind])
        elif taken is Known.UNKNOWN:
            yield Lack(LackKind.MEASURES_UNKNOWN, kind, facts.plans_made_on[kind])


def _verdict(percent: float | None, own: ReadingResult, other: ReadingResult) -> Verdict:
    if percent == 0:
        return Verdict.EXEMPT
    if percent is None:
        return Verdict.NOT_KNOWN
    if own.months:
        return Verdict.APPLIES
    if other.months:
        return Verdict.AT_RISK
    if own.unknown or other.unknown:
        return Verdict.NOT_KNOWN
    return Verdict.NOT_APPLIES


def check_penalty(facts: PenaltyFacts) -> PenaltyCheck:
    """Return whether the deduction applies, since which month, at which rate, and what it comes to.

    The amount is monthly units × rate × price per unit, and only where both were entered; rounding per
    service code and the users' share are left out. A month not yet over counts whole.
    """
    service = catalogue("service_types").rows.get(facts.service_key)
    if service is None:
        none = tuple(ReadingResult(reading) for reading in Reading)
        return PenaltyCheck(
            Verdict.NOT_KNOWN, None, None, None, Reading.AND, none, tuple(_lacks(facts)), None, None
        )
    own_reading = Reading.AND if service.data["sector"] == "care" else Reading.OR
    begins = service.data.get("penalty_from")
    penalty_from = date.fromisoformat(str(begins)) if begins else None
    readings = tuple(ReadingResult(reading) for reading in Reading)
    if penalty_from is not None and service.value:
        start = max(penalty_from, facts.designated_on or penalty_from)
        readings = tuple(_read(service, facts, reading, start) for reading in Reading)
    own = next(r for r in readings if r.reading is own_reading)
    other = next(r for r in readings if r.reading is not own_reading)
    verdict = _verdict(service.value, own, other)
    counted = other.months if verdict is Verdict.AT_RISK else own.months
    month_yen = None
    if facts.monthly_units is not None and facts.unit_price_yen is not None and service.value:
        month_yen = facts.monthly_units * facts.unit_price_yen * service.value / 100
    return PenaltyCheck(
        verdict=verdict,
        service=service,
        percent=service.value,
        penalty_from=penalty_from,
        own_reading=own_reading,
        readings=readings,
        lacks=tuple(_lacks(facts)),
        month_yen=month_yen,
        total_yen=None if month_yen is None else month_yen * len(counted),
    )
