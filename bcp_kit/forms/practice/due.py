"""Due dates: training and drills per plan and year, new staff, notice, review, contacts, stock, findings.

Counts come from the catalogue `training_frequency` by service, intervals that no law gives from
`practice_defaults` (planning defaults). A facility may set its own with a reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bcp_kit.catalogues.load import Row, catalogue, number
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.practice import FindingState, PracticeKind, PracticeRecord
from bcp_kit.domain.practice_settings import CountBasis, PracticeSettings
from bcp_kit.forms.practice.years import count_between, fiscal_end, fiscal_start, months_later


class DueKind(StrEnum):
    """What is due."""

    TRAINING = "training"
    DRILL = "drill"
    NEW_HIRES = "new_hires"
    NOTICE = "notice"
    REVIEW = "review"
    CONTACTS = "contacts"
    STOCK = "stock"
    FINDING = "finding"


class DueState(StrEnum):
    """How urgent it is; NOT_COUNTED where a fact is missing that only the facility knows."""

    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"
    DONE = "done"
    NOT_COUNTED = "not_counted"


@dataclass(frozen=True)
class Frequency:
    """How often per year and plan. `row` is the catalogue's; `reason` is set where the facility differs.

    `guessed`: the facility has no service type, so the most that its category knows is taken.
    """

    training: int
    drill: int
    row: Row
    reason: str = ""
    guessed: bool = False


@dataclass(frozen=True)
class PlanDates:
    """What is known of one plan: its version in force since `approved_on`, last reviewed on `reviewed_on`."""

    begun_on: date
    approved_on: date | None = None
    reviewed_on: date | None = None


@dataclass(frozen=True)
class DueFacts:
    """Everything that due dates rest on.

    `contacts`: the day on which each contact was confirmed, None where nobody did. `stock`: name and expiry.
    """

    today: date
    frequency: Frequency
    settings: PracticeSettings
    plans: Mapping[PlanKind, PlanDates]
    records: Sequence[PracticeRecord] = ()
    contacts: Sequence[date | None] = ()
    stock: Sequence[tuple[str, date]] = ()


@dataclass(frozen=True)
class DueLine:
    """One due date. `why` is the key of its sentence below records.due.why; `values` fill it in."""

    kind: DueKind
    plan_kind: PlanKind | None
    state: DueState
    due_on: date | None
    why: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    required: int | None = None
    fiscal_done: int = 0
    rolling_done: int = 0
    missed_last_year: bool = False


def frequency_for(service_key: str, category: ServiceCategory, settings: PracticeSettings) -> Frequency:
    """Return how often the facility trains and drills, per year and plan.

    Source: catalogue `training_frequency`; the facility's own counts win and carry their reason.
    """
    rows = list(catalogue("training_frequency").rows.values())
    own = next((row for row in rows if service_key in row.data["service_ids"]), None)
    types = catalogue("service_types").rows
    near = [
        row
        for row in rows
        if any(types[key].data.get("service_category") == category.value for key in row.data["service_ids"])
    ]
    row = own or max(near, key=lambda each: int(each.data["training"]))
    return Frequency(
        training=_first(settings.training_per_year, int(row.data["training"])),
        drill=_first(settings.drill_per_year, int(row.data["drill"])),
        row=row,
        reason=settings.override_reason,
        guessed=own is None,
    )


def _first(own: int | None, listed: int) -> int:
    return listed if own is None else own


def default_number(key: str) -> int:
    """Return a planning default of the catalogue `practice_defaults`, in the unit of its row."""
    return int(number("practice_defaults", key))


def _state(due_on: date, today: date) -> DueState:
    if due_on < today:
        return DueState.OVERDUE
    return DueState.SOON if due_on <= today + timedelta(days=default_number("soon_days")) else DueState.LATER


def _days_of(facts: DueFacts, kind: PracticeKind, plan_kind: PlanKind) -> list[date]:
    """Return the days of the records of a kind that count for a plan, newest first, none to come."""
    days = (r.held_on for r in facts.records if r.kind is kind and plan_kind in r.plan_kinds)
    return sorted((day for day in days if day <= facts.today), reverse=True)


def _fiscal(facts: DueFacts, days: Sequence[date], times: int) -> tuple[date, bool]:
    """Return the day by which the next one is due and whether the last fiscal year was missed.

    A year counts only where the facility existed through it. A missed year stays overdue until this year's
    count is full.
    """
    this = fiscal_start(facts.today)
    before = months_later(this, -12)
    existed = facts.settings.designated_on is None or facts.settings.designated_on <= before
    missed = existed and count_between(days, before, this - timedelta(days=1)) < times
    if count_between(days, this, facts.today) >= times:
        return fiscal_end(months_later(this, 12)), missed
    return (this - timedelta(days=1) if missed else fiscal_end(this)), missed


def _rolling(facts: DueFacts, days: Sequence[date], times: int) -> date:
    """Return the day on which fewer than `times` would lie within twelve months."""
    if len(days) >= times:
        return months_later(days[times - 1], 12)
    began = facts.settings.designated_on
    return months_later(began, 12) if began else facts.today - timedelta(days=1)


def _yearly(facts: DueFacts, kind: DueKind, plan_kind: PlanKind, times: int) -> DueLine:
    days = _days_of(facts, PracticeKind(kind.value), plan_kind)
    year_back = months_later(facts.today, -12) + timedelta(days=1)
    done = count_between(days, fiscal_start(facts.today), facts.today)
    rolling = count_between(days, year_back, facts.today)
    due_on, missed = _fiscal(facts, days, times)
    if facts.settings.basis is CountBasis.ROLLING:
        due_on = _rolling(facts, days, times)
    why = f"yearly_{facts.settings.basis.value}" if days else "yearly_never"
    last = days[0].isoformat() if days else ""
    return DueLine(
        kind=kind,
        plan_kind=plan_kind,
        state=_state(due_on, facts.today),
        due_on=due_on if days or due_on >= facts.today else None,
        why=why,
        values={"times": times, "done": done, "rolling": rolling, "last": last},
        required=times,
        fiscal_done=done,
        rolling_done=rolling,
        missed_last_year=missed,
    )


def _new_hires(facts: DueFacts) -> DueLine:
    hired = facts.settings.last_hired_on
    if hired is None:
        return DueLine(DueKind.NEW_HIRES, None, DueState.NOT_COUNTED, None, "hired_unknown")
    trained = [
        r.held_on
        for r in facts.records
        if r.kind is PracticeKind.TRAINING and r.new_hires and hired <= r.held_on <= facts.today
    ]
    due_on = hired + timedelta(days=default_number("new_hire_days"))
    values: dict[str, str | int] = {
        "hired": hired.isoformat(),
        "last": min(trained).isoformat() if trained else "",
    }
    if trained:
        return DueLine(DueKind.NEW_HIRES, None, DueState.DONE, None, "hired_done", values)
    return DueLine(DueKind.NEW_HIRES, None, _state(due_on, facts.today), due_on, "hired_open", values)


def _notice(facts: DueFacts, kind: PlanKind, plan: PlanDates) -> DueLine:
    told = _days_of(facts, PracticeKind.NOTICE, kind)
    if plan.approved_on is None:
        return DueLine(DueKind.NOTICE, kind, DueState.NOT_COUNTED, None, "notice_no_version")
    due_on = plan.approved_on + timedelta(days=default_number("notice_days"))
    values: dict[str, str | int] = {
        "approved": plan.approved_on.isoformat(),
        "last": told[0].isoformat() if told else "",
    }
    if told and told[0] >= plan.approved_on:
        return DueLine(DueKind.NOTICE, kind, DueState.DONE, None, "notice_done", values)
    return DueLine(DueKind.NOTICE, kind, _state(due_on, facts.today), due_on, "notice_open", values)


def review_interval(settings: PracticeSettings) -> int:
    """Return the facility's review interval in months, the planning default where it has none of its own."""
    return settings.review_months or default_number("review_months")


def _review(facts: DueFacts, kind: PlanKind, plan: PlanDates) -> DueLine:
    reviews = _days_of(facts, PracticeKind.REVIEW, kind)
    known = [day for day in (plan.reviewed_on, *reviews[:1]) if day]
    months = review_interval(facts.settings)
    due_on = months_later(max(known, default=plan.approved_on or plan.begun_on), months)
    values: dict[str, str | int] = {"months": months, "last": max(known).isoformat() if known else ""}
    why = "review" if known else "review_never"
    return DueLine(DueKind.REVIEW, kind, _state(due_on, facts.today), due_on, why, values)


def _contacts(facts: DueFacts) -> Iterator[DueLine]:
    if not facts.contacts:
        return
    confirmed = [day for day in facts.contacts if day]
    unknown = len(facts.contacts) - len(confirmed)
    months = default_number("contact_months")
    values: dict[str, str | int] = {"count": len(facts.contacts), "unknown": unknown, "months": months}
    if not confirmed:
        yield DueLine(DueKind.CONTACTS, None, DueState.OVERDUE, None, "contacts_never", values)
        return
    due_on = months_later(min(confirmed), months)
    values |= {"old": sum(months_later(day, months) < facts.today for day in confirmed)}
    state = DueState.OVERDUE if unknown else _state(due_on, facts.today)
    yield DueLine(DueKind.CONTACTS, None, state, due_on, "contacts", values)


def _stock(facts: DueFacts) -> Iterator[DueLine]:
    for name, expires_on in facts.stock:
        state = _state(expires_on, facts.today)
        if state in (DueState.OVERDUE, DueState.SOON):
            yield DueLine(DueKind.STOCK, None, state, expires_on, "stock", {"name": name})


def _findings(facts: DueFacts) -> Iterator[DueLine]:
    for record in facts.records:
        for finding in record.findings:
            if finding.state is FindingState.CLOSED or finding.due_on is None:
                continue
            state = _state(finding.due_on, facts.today)
            values: dict[str, str | int] = {"words": finding.words, "owner": finding.owner}
            yield DueLine(DueKind.FINDING, finding.plan_kind, state, finding.due_on, "finding", values)


_ORDER = {state: place for place, state in enumerate(DueState)}


def due_lines(facts: DueFacts) -> tuple[DueLine, ...]:
    """Return all due dates, what is overdue first, then by day."""
    found: list[DueLine] = []
    for kind in CONTINUITY_KINDS:
        for due, times in (
            (DueKind.TRAINING, facts.frequency.training),
            (DueKind.DRILL, facts.frequency.drill),
        ):
            if times:
                found.append(_yearly(facts, due, kind, times))
        plan = facts.plans.get(kind)
        if plan is not None:
            found += [_notice(facts, kind, plan), _review(facts, kind, plan)]
    found += [_new_hires(facts), *_contacts(facts), *_stock(facts), *_findings(facts)]
    return tuple(sorted(found, key=lambda line: (_ORDER[line.state], line.due_on or date.min)))
