"""What an inspector asks to see, point by point: what is there, what is missing, since when.

The points and their order are those of the catalogue `inspection_checks`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.practice import FindingState, PracticeKind, PracticeRecord
from bcp_kit.domain.practice_settings import Measures, PracticeSettings
from bcp_kit.forms.practice.due import DueKind, DueLine, DueState, default_number
from bcp_kit.forms.practice.years import months_later


@dataclass(frozen=True)
class PlanStanding:
    """One plan: its version in force, and how many items that the law asks for are open in it."""

    begun_on: date
    number: int | None = None
    approved_on: date | None = None
    open_law_items: int = 0


@dataclass(frozen=True)
class InspectionFacts:
    """Everything that the points are judged by. `duty_from`: since when the facility has the duty."""

    today: date
    duty_from: date | None
    plans: Mapping[PlanKind, PlanStanding]
    records: Sequence[PracticeRecord]
    due: Sequence[DueLine]
    settings: PracticeSettings
    stock_items: int = 0
    contacts: int = 0
    contacts_unconfirmed: int = 0


@dataclass(frozen=True)
class Said:
    """One sentence below records.pack.said with its values; `since`: missing since that day."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    plan_kind: PlanKind | None = None
    since: date | None = None


@dataclass(frozen=True)
class CheckStanding:
    """One point of the inspection."""

    key: str
    there: tuple[Said, ...]
    missing: tuple[Said, ...]

    @property
    def complete(self) -> bool:
        """True when nothing is missing."""
        return not self.missing


Found = Iterator[tuple[bool, Said]]


def _two_plans(facts: InspectionFacts) -> Found:
    for kind in CONTINUITY_KINDS:
        plan = facts.plans.get(kind)
        if plan is None:
            yield False, Said("plan_none", plan_kind=kind, since=facts.duty_from)
        elif plan.number is None or plan.approved_on is None:
            yield False, Said("plan_not_approved", plan_kind=kind, since=plan.begun_on)
        else:
            values: dict[str, str | int] = {"number": plan.number, "on": plan.approved_on.isoformat()}
            yield True, Said("plan_in_force", values, kind)


def _content(facts: InspectionFacts) -> Found:
    for kind, plan in facts.plans.items():
        if plan.open_law_items:
            yield False, Said("content_open", {"count": plan.open_law_items}, kind, plan.begun_on)
        else:
            yield True, Said("content_full", plan_kind=kind)
    for kind in CONTINUITY_KINDS:
        if kind not in facts.plans:
            yield False, Said("content_none", plan_kind=kind, since=facts.duty_from)


def _held(facts: InspectionFacts, kind: PracticeKind, plan_kind: PlanKind) -> list[date]:
    days = (r.held_on for r in facts.records if r.kind is kind and plan_kind in r.plan_kinds)
    return sorted(day for day in days if day <= facts.today)


def _records(facts: InspectionFacts, kind: PracticeKind) -> Found:
    """Yield for each plan whether there are records of a kind; none is missing since the duty began."""
    for plan_kind in CONTINUITY_KINDS:
        days = _held(facts, kind, plan_kind)
        if days:
            values: dict[str, str | int] = {"count": len(days), "last": days[-1].isoformat()}
            yield True, Said(f"{kind.value}_there", values, plan_kind)
        else:
            yield False, Said(f"{kind.value}_none", plan_kind=plan_kind, since=facts.duty_from)


def _notice(facts: InspectionFacts) -> Found:
    yield from _records(facts, PracticeKind.NOTICE)
    for kind, plan in facts.plans.items():
        days = _held(facts, PracticeKind.NOTICE, kind)
        if days and plan.approved_on and days[-1] < plan.approved_on:
            values: dict[str, str | int] = {"on": plan.approved_on.isoformat()}
            yield False, Said("notice_old", values, kind, plan.approved_on)


def _short(facts: InspectionFacts, kind: DueKind) -> Found:
    """Yield what falls short of the yearly count although something was held."""
    for line in facts.due:
        if line.kind is not kind or line.plan_kind is None or line.required is None:
            continue
        if not _held(facts, PracticeKind(kind.value), line.plan_kind):
            continue
        if line.state is DueState.OVERDUE:
            values: dict[str, str | int] = {"times": line.required, "done": line.fiscal_done}
            yield False, Said(f"{kind.value}_short", values, line.plan_kind, line.due_on)
        elif line.missed_last_year:
            yield False, Said(f"{kind.value}_gap", {"times": line.required}, line.plan_kind)


def _training(facts: InspectionFacts) -> Found:
    yield from _records(facts, PracticeKind.TRAINING)
    yield from _short(facts, DueKind.TRAINING)
    for line in facts.due:
        if line.kind is DueKind.NEW_HIRES and line.why == "hired_open":
            yield False, Said("new_hires_none", line.values, since=facts.settings.last_hired_on)
        elif line.kind is DueKind.NEW_HIRES and line.why == "hired_done":
            yield True, Said("new_hires_there", line.values)


def _drill(facts: InspectionFacts) -> Found:
    yield from _records(facts, PracticeKind.DRILL)
    yield from _short(facts, DueKind.DRILL)


def _review(facts: InspectionFacts) -> Found:
    yield from _records(facts, PracticeKind.REVIEW)
    for line in facts.due:
        late = line.kind is DueKind.REVIEW and line.state is DueState.OVERDUE
        if late and line.plan_kind and _held(facts, PracticeKind.REVIEW, line.plan_kind):
            yield False, Said("review_late", line.values, line.plan_kind, line.due_on)
    unfinished = [
        finding
        for record in facts.records
        for finding in record.findings
        if finding.state is not FindingState.CLOSED
    ]
    late_ones = [f.due_on for f in unfinished if f.due_on and f.due_on < facts.today]
    if late_ones:
        yield False, Said("findings_late", {"count": len(late_ones)}, since=min(late_ones))
    elif unfinished:
        yield True, Said("findings_open", {"count": len(unfinished)})


def _measures(facts: InspectionFacts) -> Found:
    for kind in CONTINUITY_KINDS:
        said = facts.settings.measures.get(kind, Measures())
        if said.taken is Known.YES:
            values: dict[str, str | int] = {"since": said.since.isoformat() if said.since else ""}
            yield True, Said("measures_taken_since" if said.since else "measures_taken", values, kind)
        else:
            key = "measures_none" if said.taken is Known.NO else "measures_unknown"
            yield False, Said(key, plan_kind=kind, since=facts.duty_from if said.taken is Known.NO else None)
    if facts.stock_items:
        yield True, Said("stock_there", {"count": facts.stock_items})
    else:
        yield False, Said("stock_none")
    expired = [line for line in facts.due if line.kind is DueKind.STOCK and line.state is DueState.OVERDUE]
    if expired:
        days = [line.due_on for line in expired if line.due_on]
        yield False, Said("stock_expired", {"count": len(expired)}, since=min(days, default=None))
    if not facts.contacts:
        yield False, Said("contacts_none")
    elif facts.contacts_unconfirmed:
        counts: dict[str, str | int] = {"count": facts.contacts, "unknown": facts.contacts_unconfirmed}
        yield False, Said("contacts_unconfirmed", counts)
    else:
        yield True, Said("contacts_there", {"count": facts.contacts})


def _consistency(facts: InspectionFacts) -> Found:
    checked = facts.settings.consistency_checked_on
    if checked is None:
        yield False, Said("consistency_none")
        return
    due_on = months_later(checked, default_number("consistency_months"))
    yield (
        due_on >= facts.today,
        Said(
            "consistency_there" if due_on >= facts.today else "consistency_old",
            {"on": checked.isoformat()},
            since=None if due_on >= facts.today else due_on,
        ),
    )


def _filing(facts: InspectionFacts) -> Found:
    if facts.settings.filed is Known.YES:
        on = facts.settings.filed_on
        yield True, Said("filed_on" if on else "filed", {"on": on.isoformat()} if on else {})
    else:
        yield False, Said("filed_no" if facts.settings.filed is Known.NO else "filed_unknown")


_JUDGES: Mapping[str, Callable[[InspectionFacts], Found]] = {
    "ins_two_plans": _two_plans,
    "ins_content": _content,
    "ins_dissemination": _notice,
    "ins_training": _training,
    "ins_drill": _drill,
    "ins_review": _review,
    "ins_measures": _measures,
    "ins_consistency": _consistency,
    "ins_filing": _filing,
}


def inspect(facts: InspectionFacts) -> tuple[CheckStanding, ...]:
    """Return each point of the catalogue `inspection_checks` in its order.

    Raises: KeyError for a point of the catalogue that nothing here judges.
    """
    found = []
    for key in catalogue("inspection_checks").rows:
        said = list(_JUDGES[key](facts))
        there = tuple(words for is_there, words in said if is_there)
        found.append(CheckStanding(key, there, tuple(words for is_there, words in said if not is_there)))
    return tuple(found)
