"""A town's drill of individual plans: a copy of a district's plans, and what happened against them (F74).

Everything in a drill works on the copy that was taken when it began; live records are read once and written
never. What the drill shows reaches the plans only as a change that another person approves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.domain.plan_drills import (
    DrillResult,
    DrillState,
    DrillSubject,
    Inject,
    Outcome,
    PlanDrill,
)
from bcp_kit.forms.drill_differences import SCENARIOS, Difference, differences
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.base import Context
from bcp_kit.services.plan_steps import StepCommand, put_step
from bcp_kit.services.plans_read import Dossier, all_shelters, dossiers, may_hand_out, town_rules
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.unit_of_work import UnitOfWork

DRILLED = 7  # step of the catalogue process_steps


@dataclass(frozen=True)
class NewDrill:
    """A drill to begin. No `injects` means those of the hazard's example; `district` "" the whole town."""

    title: str
    held_on: date
    hazard: HazardKind
    district: str = ""
    scenario: str = ""
    participants: tuple[str, ...] = ()
    injects: tuple[Inject, ...] = ()


@dataclass(frozen=True)
class NewResult:
    """What happened with one person, to be written down; see `DrillResult` for the fields."""

    person_id: str
    outcome: Outcome
    way: str = ""
    minutes: float | None = None
    supporter_came: Known = Known.UNKNOWN
    device_worked: Known = Known.UNKNOWN
    shelter_id: str = ""
    words: str = ""


@dataclass(frozen=True)
class DrillLine:
    """One person of the drill: the copy, what happened (None: not written down yet), what differs."""

    subject: DrillSubject
    result: DrillResult | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class DrillCounts:
    """How many people: in the drill, written down, by outcome, with a difference; findings that are open."""

    people: int
    recorded: int
    came: int
    stayed_home: int
    not_came: int
    different: int
    open_findings: int


def example_scenario(hazard: HazardKind) -> tuple[str, tuple[Inject, ...]]:
    """Return the example for a hazard: what is assumed, and what the leader says when (unverified)."""
    row = catalogue(SCENARIOS).need(hazard.value)
    return row.label_ja, tuple(Inject.model_validate(dict(each)) for each in row.data["injects"])


def drill_districts(ctx: Context) -> Mapping[str, int]:
    """Return the districts with the number of people on the register in each."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        found: dict[str, int] = {}
        for _, district in uow.people.columns("district", register_status=STILL_HERE):
            found[district or ""] = found.get(district or "", 0) + 1
    return dict(sorted(found.items()))


def start_drill(ctx: Context, new: NewDrill) -> PlanDrill:
    """Begin a drill: take the copy of the plans of the district as they stand now.

    Without a title it is called by what is assumed. Raises: BcpKitError P-024 (no plans there), A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    scenario, injects = example_scenario(new.hazard)
    with ctx.open_store() as uow:
        subjects = _copied(ctx, uow, new.district)
        if not subjects:
            raise BcpKitError(ErrorCode.DRILL_EMPTY)
        wanted = {stage.shelter_id for each in subjects for stage in each.plan.stages}
        wanted |= {a.shelter_id for each in subjects for s in each.plan.stages for a in s.alternatives}
        drill = PlanDrill(
            id=ctx.new_id(),
            title=new.title.strip() or scenario,
            held_on=new.held_on,
            district=new.district,
            hazard=new.hazard,
            scenario=new.scenario.strip() or scenario,
            participants=tuple(filter(None, (name.strip() for name in new.participants))),
            injects=new.injects or injects,
            copied_at=ctx.clock.now(),
            subjects=subjects,
            shelters=tuple(place for key, place in all_shelters(uow).items() if key in wanted),
            made_by=ctx.actor.name,
        )
        uow.plan_drills.add(drill)
        uow.commit()
    return drill


def _copied(ctx: Context, uow: UnitOfWork, district: str) -> tuple[DrillSubject, ...]:
    rules, now = town_rules(uow), ctx.clock.now()
    where = {"district": district} if district else {}
    found: list[DrillSubject] = []
    for part in chunks(uow.people.ids(register_status=STILL_HERE, **where), PEOPLE_AT_ONCE):
        for dossier in dossiers(uow, part):
            if dossier.plan is not None:
                shared = may_hand_out(dossier, Edition.SUPPORTER, rules, now).allowed
                found.append(_subject(dossier, shared=shared))
    return tuple(found)


def _subject(dossier: Dossier, *, shared: bool) -> DrillSubject:
    if dossier.plan is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return DrillSubject(
        person=dossier.person,
        plan=dossier.plan,
        supporters=tuple(named.supporter for named in dossier.supporters),
        links=tuple(named.link for named in dossier.supporters),
        may_share=shared,
    )


def list_drills(ctx: Context) -> tuple[PlanDrill, ...]:
    """Return all drills, the newest first."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        found = uow.plan_drills.list()
    return tuple(sorted(found, key=lambda drill: (drill.held_on, drill.copied_at), reverse=True))


def read_drill(ctx: Context, typed: str) -> PlanDrill:
    """Return the drill with this id, or the only one whose id begins so.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return need_drill(uow, typed)


def need_drill(uow: UnitOfWork, typed: str) -> PlanDrill:
    """Return the drill with this id, or the only one whose id begins so. Raises: BcpKitError U-002."""
    found = [key for key in uow.plan_drills.ids() if typed and key.startswith(typed)]
    if typed not in found and len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return uow.plan_drills.need(typed if typed in found else found[0])


def running_drill(uow: UnitOfWork, typed: str) -> PlanDrill:
    """Return a drill that is not closed. Raises: BcpKitError U-002, P-023."""
    drill = need_drill(uow, typed)
    if drill.state is DrillState.CLOSED:
        raise BcpKitError(ErrorCode.DRILL_CLOSED)
    return drill


def subject_named(drill: PlanDrill, typed: str) -> DrillSubject:
    """Return the person of the drill by register number, plan number or id.

    Raises: BcpKitError P-026.
    """
    for subject in drill.subjects:
        if typed and typed in (subject.person.register_no, subject.plan.number, subject.person.id):
            return subject
    raise BcpKitError(ErrorCode.NOT_IN_DRILL)


def record_results(ctx: Context, drill_id: str, results: Sequence[NewResult]) -> PlanDrill:
    """Write down what happened with people of the drill; a later word about a person takes the place.

    Raises: BcpKitError P-023 (closed), P-026 (somebody who is not in the drill), U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        drill = running_drill(uow, drill_id)
        for each in results:
            if drill.subject(each.person_id) is None:
                raise BcpKitError(ErrorCode.NOT_IN_DRILL)
        fresh = {
            each.person_id: DrillResult(
                **vars(each) | {"words": each.words.strip()},
                recorded_by=ctx.actor.name,
                recorded_at=ctx.clock.now(),
            )
            for each in results
        }
        saved = uow.plan_drills.save(drill.model_copy(update={"results": {**drill.results, **fresh}}))
        _note_drilled(ctx, uow, drill, fresh)
        uow.commit()
    return saved


def _note_drilled(ctx: Context, uow: UnitOfWork, drill: PlanDrill, fresh: Mapping[str, DrillResult]) -> None:
    """Note step 7 (drill and verify) as done for those who took part and whose result is new."""
    part = (Outcome.CAME, Outcome.STAYED_HOME)
    took_part = [key for key, result in fresh.items() if result.outcome in part and key not in drill.results]
    here = tuple(uow.people.ids(id=took_part))
    if here:
        put_step(ctx, uow, StepCommand(DRILLED, scope_ids=here, on=min(drill.held_on, ctx.today())))


def drill_lines(drill: PlanDrill) -> tuple[DrillLine, ...]:
    """Return everybody of the drill with what happened and what differs from the plan."""
    found = []
    for subject in drill.subjects:
        result = drill.results.get(subject.person.id)
        found.append(DrillLine(subject, result, differences(drill, subject, result) if result else ()))
    return tuple(found)


def drill_counts(drill: PlanDrill) -> DrillCounts:
    """Return the numbers of a drill."""
    outcomes = [result.outcome for result in drill.results.values()]
    return DrillCounts(
        people=len(drill.subjects),
        recorded=len(outcomes),
        came=outcomes.count(Outcome.CAME),
        stayed_home=outcomes.count(Outcome.STAYED_HOME),
        not_came=outcomes.count(Outcome.NOT_CAME),
        different=sum(bool(line.differences) for line in drill_lines(drill)),
        open_findings=sum(finding.state.value != "closed" for finding in drill.findings),
    )
