"""Individual evacuation plans: draft them from matching runs, read one, write down what a person adds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues import load
from bcp_kit.domain.consent import Decision, may_make_plan, may_prepare
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import AlertLevel, HazardKind
from bcp_kit.domain.people import STILL_HERE, Person
from bcp_kit.domain.plan_preparations import PlanPreparation
from bcp_kit.domain.plans import EvacuationPlan, PlanStatus
from bcp_kit.domain.shelters import Shelter
from bcp_kit.render.evacuation.case import ConsentState, NamedSupporter, form_item
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.base import Context
from bcp_kit.services.plan_preparations import Asking, asking_of, drop_all_but, put_preparations
from bcp_kit.services.plan_rules import rules_of
from bcp_kit.services.plan_steps import StepCommand, put_step
from bcp_kit.services.plan_touched import basis_of, touched_parts
from bcp_kit.services.plans_make import DEFAULTS, Drafting, Runs, draft, missing_contents, months_later
from bcp_kit.services.plans_read import (
    Dossier,
    all_shelters,
    consent_state,
    dossiers,
    may_hand_out,
    supporters_of,
    town_rules,
)
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork

WRITTEN_TOGETHER = 6  # step of the catalogue process_steps
_DRAFTING = "plans.progress.draft"
PLAN_STANDS = "consent.prepare.plan_stands"
DRAFT_COUNTS = (
    "listed",
    "plans",
    "created",
    "updated",
    "unchanged",
    "unplaced",
    "incomplete",
    "without_consent",
    "prepared",
)  # of DraftOutcome, told one by one, in this order
_TRIGGER_LEVELS = {f"level_{int(level)}": level for level in AlertLevel}


@dataclass(frozen=True)
class DraftOutcome:
    """What drafting did. `missing` counts, by key of `law_minimum`, the plans that lack that content.

    `listed` is everybody on the list. `without_consent` counts people who did not agree to a plan; for
    `prepared` of them the town hall has a preparation, `reasons` counts the others by message key.
    `incomplete` counts plans that lack anything.
    """

    listed: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    without_consent: int = 0
    prepared: int = 0
    unplaced: int = 0
    incomplete: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def accounted(self) -> int:
        """People with a plan, a preparation or a named reason for none: everybody, or something is wrong."""
        return self.plans + self.prepared + sum(self.reasons.values())

    @property
    def plans(self) -> int:
        """Number of plans that now stand."""
        return self.created + self.updated + self.unchanged


@dataclass(frozen=True)
class PlanView:
    """A person's plan with everything that it says or rests on.

    `plan` is None while there is none. `may_have_plan` and `may_share` say why or why not. `touched` are the
    parts of what the plan rests on that changed since it was made or checked (services.plan_touched).
    `preparation` is what the town hall has before consent, None for whoever may not see it; `asking` says who
    asks for the consent.
    """

    person: Person
    plan: EvacuationPlan | None
    supporters: tuple[NamedSupporter, ...]
    shelters: Mapping[str, Shelter]
    consent: ConsentState
    may_have_plan: Decision
    may_share: Decision
    stale: bool
    touched: tuple[str, ...] = ()
    preparation: PlanPreparation | None = None
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True)
class PlanLine:
    """One line of a list of plans."""

    person: Person
    plan: EvacuationPlan | None
    stale: bool


def latest_run_ids(ctx: Context) -> tuple[str, ...]:
    """Return the id of the newest matching run of each hazard."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        found = (uow.matching_runs.latest(hazard=hazard) for hazard in HazardKind)
        return tuple(run.id for run in found if run is not None)


def draft_plans(ctx: Context, run_ids: Sequence[str]) -> DraftOutcome:
    """Draft or renew the plan of everyone who agreed to one, from these matching runs, all or nothing.

    For people who were not asked yet a preparation for the town hall is made (where the town wants it); who
    refused gets neither. Existing plans keep their number, answers and date of the last check, and are
    written only when their content changed. Raises: BcpKitError U-002 (no such run), U-003 when progress asks
    to stop.
    """
    ctx.demand(Action.MAKE_PLANS)
    tally = _Tally()
    with ctx.open_store() as uow:
        uow.lock()
        runs = Runs.read(uow, run_ids)
        work = Drafting(runs, all_shelters(uow), ctx.today(), ctx.actor.name, ctx.new_id)
        tally.prepares = rules_of(uow).prepare_before_consent
        ids, number, done = uow.people.ids(register_status=STILL_HERE), _last_number(uow), 0
        for part in chunks(ids, PEOPLE_AT_ONCE):
            if not ctx.progress(done / max(len(ids), 1), _DRAFTING):
                raise BcpKitError(ErrorCode.STOPPED_BY_USER)
            number = _draft_part(ctx, uow, dossiers(uow, part), work, number, tally)
            done += len(part)
        drop_all_but(uow, tally.prepared)
        uow.commit()
    ctx.progress(1.0, _DRAFTING)
    told = {"missing": dict(tally.missing), "reasons": dict(tally.reasons), "prepared": len(tally.prepared)}
    return DraftOutcome(listed=len(ids), **tally.counts, **told)  # type: ignore[arg-type]


@dataclass
class _Tally:
    """What drafting counted so far; `prepared` are the ids of those who have a preparation now."""

    prepares: bool = True
    counts: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    prepared: set[str] = field(default_factory=set)


def _last_number(uow: UnitOfWork) -> int:
    numbers = (str(number) for _, number in uow.evacuation_plans.fields("number"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _draft_part(
    ctx: Context,
    uow: UnitOfWork,
    part: Sequence[Dossier],
    work: Drafting,
    number: int,
    tally: _Tally,
) -> int:
    """Draft the plans of some people, prepare for those not asked yet; return the last number given out."""
    counts = tally.counts
    fresh: list[EvacuationPlan] = []
    waiting: list[Dossier] = []
    for dossier in part:
        if not may_make_plan(dossier.consents, dossier.person.id, ctx.today()).allowed:
            counts["without_consent"] += 1
            _without_consent(ctx, dossier, tally, waiting)
            continue
        before = dossier.plan
        number += before is None
        plan = draft(dossier.person, supporters_of(dossier), before, f"{number:06d}", work)
        if before is None:
            fresh.append(plan)
            counts["created"] += 1
        elif plan is before:
            counts["unchanged"] += 1
        else:
            uow.evacuation_plans.save(plan)
            counts["updated"] += 1
        counts["unplaced"] += bool(plan.unplaced)
        counts["incomplete"] += bool(plan.missing)
        tally.missing.update(plan.missing)
    uow.evacuation_plans.add_many(fresh)
    put_preparations(uow, waiting, work)
    return number


def _without_consent(ctx: Context, dossier: Dossier, tally: _Tally, waiting: list[Dossier]) -> None:
    """Note what becomes of somebody who did not agree: a preparation, or none and why."""
    person_id = dossier.person.id
    decision = may_prepare(dossier.consents, person_id, ctx.today(), town_prepares=tally.prepares)
    if dossier.plan is not None or not decision.allowed:
        tally.reasons[PLAN_STANDS if dossier.plan is not None else decision.reason] += 1
        return
    waiting.append(dossier)
    tally.prepared.add(person_id)


def read_plan(ctx: Context, person_id: str) -> PlanView:
    """Return the person's plan and what it rests on; the look at it is noted in the audit log.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.MAKE_PLANS)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        uow.people.need(person_id)
        (dossier,) = dossiers(uow, [person_id])
        rules, plan = town_rules(uow), dossier.plan
        wanted = plan.place_ids if plan else ()
        shelters = {shelter.id: shelter for shelter in uow.shelters.list(id=wanted)}
        touched = touched_of(dossier, shelters)
        prepared, asking = _before_consent(ctx, uow, dossier)
        if prepared is not None:
            shelters |= {shelter.id: shelter for shelter in uow.shelters.list(id=prepared.place_ids)}
        uow.audit.note("read", "evacuation_plans", plan.id if plan else "")
        uow.commit()
    return PlanView(
        person=dossier.person,
        plan=plan,
        supporters=dossier.supporters,
        shelters=shelters,
        consent=consent_state(dossier, rules, now),
        may_have_plan=may_hand_out(dossier, Edition.PERSON, rules, now),
        may_share=may_hand_out(dossier, Edition.SUPPORTER, rules, now),
        stale=plan is None or plan.is_stale(now.date()) or bool(touched),
        touched=touched,
        preparation=prepared,
        asking=asking,
    )


def _before_consent(ctx: Context, uow: UnitOfWork, dossier: Dossier) -> tuple[PlanPreparation | None, Asking]:
    """Return what is prepared for somebody who was not asked yet, and who asks; only within the town hall."""
    person_id = dossier.person.id
    asked = may_prepare(
        dossier.consents, person_id, ctx.today(), town_prepares=rules_of(uow).prepare_before_consent
    )
    if not asked.allowed or not decide(ctx.actor, Action.SEE_PREPARATIONS).allowed:
        return None, Asking()
    return uow.plan_preparations.get(person_id), asking_of(uow, dossier.person)


def find_plans(ctx: Context, part: str = "", limit: int = 50) -> tuple[PlanLine, ...]:
    """Return people with `part` in name, reading, address or register number, with their plans."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        found = dossiers(uow, [person.id for person in uow.people.search(part, limit)])
        shelters = all_shelters(uow)
    today = ctx.today()
    return tuple(PlanLine(d.person, d.plan, _is_open(d, shelters, today)) for d in found)


def _is_open(dossier: Dossier, shelters: Mapping[str, Shelter], today: date) -> bool:
    """True when there is no plan, nobody checked it in time, or what it rests on changed since."""
    plan = dossier.plan
    return plan is None or plan.is_stale(today) or bool(touched_of(dossier, shelters))


def touched_of(dossier: Dossier, shelters: Mapping[str, Shelter]) -> tuple[str, ...]:
    """Return which parts of what a person's plan rests on changed since it was made or last checked."""
    if dossier.plan is None:
        return ()
    return touched_parts(dossier.person, supporters_of(dossier), dossier.plan, shelters)


def count_plans(ctx: Context) -> Mapping[PlanStatus, int]:
    """Return the number of plans by status."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return {status: uow.evacuation_plans.count(status=status) for status in PlanStatus}


def save_plan_answers(
    ctx: Context, plan_id: str, answers: Mapping[str, str], expected_version: int
) -> EvacuationPlan:
    """Write down what the person, family or helper adds, by field id; an empty text takes it back.

    Choices are keys joined by commas. A chosen trigger sets the alert level at which the person leaves.
    Raises: BcpKitError B-002 for a field that the form lacks, U-002, Conflict (D-001) with both values when
    somebody saved in between.
    """
    ctx.demand(Action.MAKE_PLANS)
    for field_id in answers:
        if form_item(field_id) is None:
            raise BcpKitError(ErrorCode.FORM_ITEM_MISSING, item=field_id)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.evacuation_plans.need(plan_id)
        (dossier,) = dossiers(uow, [plan.person_id])
        merged = {**plan.answers, **answers}
        mine = plan.model_copy(
            update={
                "answers": {key: words for key, words in merged.items() if words.strip()},
                "leave_at": _TRIGGER_LEVELS.get(answers.get("trigger", ""), plan.leave_at),
                "updated_on": ctx.today(),
            }
        )
        mine = mine.model_copy(
            update={"missing": missing_contents(dossier.person, mine, supporters_of(dossier))}
        )
        if plan.version != expected_version:
            raise Conflict(mine, plan)
        saved = uow.evacuation_plans.save(mine)
        uow.commit()
    return saved


def confirm_plan(ctx: Context, plan_id: str, expected_version: int) -> EvacuationPlan:
    """Note that the plan was gone through with the person or family today, and when it is due again.

    What the plan rests on today is what later changes are measured against; step 6 of the making is done.

    Raises: BcpKitError U-002, Conflict (D-001) when somebody saved in between.
    """
    ctx.demand(Action.MAKE_PLANS)
    today = ctx.today()
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.evacuation_plans.need(plan_id)
        (dossier,) = dossiers(uow, [plan.person_id])
        basis = basis_of(dossier.person, supporters_of(dossier), plan, all_shelters(uow))
        due = months_later(today, round(load.number(DEFAULTS, "review_after")))
        agreed = plan.signature is not None and plan.signature.signed_on >= plan.updated_on
        status = PlanStatus.AGREED if agreed else PlanStatus.REVIEWED
        mine = plan.model_copy(
            update={"verified_on": today, "next_review_on": due, "status": status, "basis": basis}
        )
        if plan.version != expected_version:
            raise Conflict(mine, plan)
        saved = uow.evacuation_plans.save(mine)
        put_step(ctx, uow, StepCommand(WRITTEN_TOGETHER, scope_ids=(plan.person_id,)))
        uow.commit()
    return saved
