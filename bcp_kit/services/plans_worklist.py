"""What is left to do on the plans, person by person: what is missing, and whom to ask for it (N6).

One list for the town hall; by district for neighbourhoods; by 民生委員; by care office for those who write
plans on contract.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind, answer_on, may_make_plan
from bcp_kit.domain.people import STILL_HERE, Person, RegisterStatus
from bcp_kit.domain.plans import EvacuationPlan, PlanStatus
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.spreadsheet import TableOut, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.minsei import MINSEI_WORD, minsei_of
from bcp_kit.services.plan_agreement import signature_is_older
from bcp_kit.services.plan_steps import TownSteps, next_step, step_words, steps_of_people
from bcp_kit.services.plans import touched_of
from bcp_kit.services.plans_read import (
    Dossier,
    TownRules,
    all_shelters,
    dossiers,
    may_hand_out,
    town_rules,
)
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.unit_of_work import UnitOfWork

WORK = "plan_work"


class WorkBy(StrEnum):
    """How the list is divided."""

    TOWN = "town"
    DISTRICT = "district"
    CARE_OFFICE = "care_office"
    MINSEI = "minsei"


@dataclass(frozen=True)
class WorkLine:
    """One person with what is left to do: keys of the catalogue `plan_work`, in the order of doing.

    `step` is the number of the first of the seven steps that is not done, 0 when all are.
    """

    person: Person
    plan_number: str
    tasks: tuple[str, ...]
    step: int = 0


@dataclass(frozen=True)
class WorkGroup:
    """One district or office: how many people, how many of them are finished, the lines of the others."""

    name: str
    people: int
    lines: tuple[WorkLine, ...]

    @property
    def finished(self) -> int:
        """People on whose plan nothing is left to do."""
        return self.people - len(self.lines)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many people each task is left for, the most first."""
        return dict(Counter(task for line in self.lines for task in line.tasks).most_common())


def work_list(ctx: Context, by: WorkBy = WorkBy.TOWN) -> tuple[WorkGroup, ...]:
    """Return what is left to do, divided as asked; those with most unfinished people first.

    People whose refusal of a plan is recorded are finished, once an earlier plan is ended: nobody asks them
    again from this list.
    """
    ctx.demand(Action.MAKE_PLANS)
    people: Counter[str] = Counter()
    lines: dict[str, list[WorkLine]] = {}
    with ctx.open_store() as uow:
        desk = _Desk(ctx, town_rules(uow), all_shelters(uow), _names(uow, by), by)
        town = TownSteps.of(uow)
        for part in chunks(_everybody(uow), PEOPLE_AT_ONCE):
            found_here = dossiers(uow, part)
            steps = steps_of_people(uow, [dossier.person for dossier in found_here], town)
            for dossier in found_here:
                group = _group(dossier, desk)
                people[group] += 1
                tasks = tuple(_tasks(dossier, desk))
                if tasks:
                    number = dossier.plan.number if dossier.plan else ""
                    line = WorkLine(dossier.person, number, tasks, next_step(steps[dossier.person.id]))
                    lines.setdefault(group, []).append(line)
    found = (WorkGroup(name, count, tuple(lines.get(name, ()))) for name, count in people.items())
    return tuple(sorted(found, key=lambda group: (-len(group.lines), group.name)))


@dataclass(frozen=True)
class _Desk:
    """What making the list takes beside each dossier. `names`: of facilities, or of 民生委員 by district."""

    ctx: Context
    rules: TownRules
    shelters: Mapping[str, Shelter]
    names: Mapping[str, str]
    by: WorkBy


def _names(uow: UnitOfWork, by: WorkBy) -> Mapping[str, str]:
    if by is WorkBy.CARE_OFFICE:
        return {facility.id: facility.name for facility in uow.facilities.list()}
    return minsei_of(uow) if by is WorkBy.MINSEI else {}


def _everybody(uow: UnitOfWork) -> list[str]:
    """Return the ids of those who live here, then of those who left while their plan still stands."""
    with_plan = {
        person_id
        for _, person_id, status in uow.evacuation_plans.columns("person_id", "status")
        if status != PlanStatus.WITHDRAWN.value
    }
    left = uow.people.ids(register_status=[status for status in RegisterStatus if status.has_left])
    return [*uow.people.ids(register_status=STILL_HERE), *(i for i in left if i in with_plan)]


def _group(dossier: Dossier, desk: _Desk) -> str:
    person = dossier.person
    if desk.by is WorkBy.DISTRICT:
        return person.district
    if desk.by is WorkBy.CARE_OFFICE:
        return person.care_provider or desk.names.get(person.usual_facility_id, "")
    if desk.by is WorkBy.MINSEI:
        own = (n.supporter.name for n in dossier.supporters if MINSEI_WORD in n.supporter.relation)
        return next(own, "") or desk.names.get(person.district, "")
    return ""


def _tasks(dossier: Dossier, desk: _Desk) -> Iterator[str]:
    """Yield what is left to do for one person, in the order of doing."""
    ctx, person_id, plan = desk.ctx, dossier.person.id, dossier.plan
    if dossier.person.register_status.has_left:
        yield "end_plan"
        return
    if dossier.person.register_status is RegisterStatus.MISSING:
        yield "check_register"
    asked = answer_on(dossier.consents, ConsentKind.MAKE_PLAN, person_id, person_id, ctx.today())
    if asked is ConsentAnswer.REFUSED:
        if plan is not None and plan.status is not PlanStatus.WITHDRAWN:
            yield "end_refused"
        return
    if not may_make_plan(dossier.consents, person_id, ctx.today()).allowed:
        yield "ask_consent"
    elif plan is None:
        yield "draft"
    else:
        yield from _tasks_of_plan(dossier, plan, desk)


def _tasks_of_plan(dossier: Dossier, plan: EvacuationPlan, desk: _Desk) -> Iterator[str]:
    """Yield what is left to do on a plan that stands."""
    ctx, today, person_id, rules = desk.ctx, desk.ctx.today(), dossier.person.id, desk.rules
    known = catalogue(WORK).rows
    yield from (key for key in plan.missing if key in known)
    if plan.verified_on is None:
        yield "verify"
    elif plan.is_stale(today):
        yield "review"
    yield from (f"touched_{part}" for part in touched_of(dossier, desk.shelters))
    if signature_is_older(plan):
        yield "sign_again"
    if dossier.change_open:
        yield "approve_change"
        return
    decision = may_hand_out(dossier, Edition.SUPPORTER, rules, ctx.clock.now())
    if decision.reason == "disclose.person_missing":
        shared = answer_on(dossier.consents, ConsentKind.SHARE_PLAN, person_id, person_id, today)
        if shared is not ConsentAnswer.REFUSED:
            yield "share_person"
    elif decision.reason == "disclose.supporter_missing":
        yield "share_supporter"


def task_words(key: str) -> tuple[str, str]:
    """Return what to do and whom to ask; the catalogue speaks Japanese."""
    row = catalogue(WORK).need(key)
    return row.label_ja, str(row.data["ask_ja"])


def step_line(step: int, language: str = DEFAULT_LANGUAGE) -> str:
    """Return which of the seven steps comes next, in words."""
    if not step:
        return text("plan_steps.all_done", language)
    return text("plan_steps.next", language, number=step, name=step_words(step, language))


_COLUMNS = ("group", "register_no", "name", "plan", "step", "what", "whom", "done")


def work_workbook(ctx: Context, groups: Sequence[WorkGroup], language: str = DEFAULT_LANGUAGE) -> bytes:
    """Return the list as an Excel file, one row a task, with a column to tick; noted in the audit log."""
    columns = [
        Column(key=name, heading=text(f"plan_work.column.{name}", language), type=ColumnType.TEXT)
        for name in _COLUMNS
    ]
    rows = [
        {
            "group": group.name,
            "register_no": line.person.register_no,
            "name": line.person.name,
            "plan": line.plan_number,
            "step": step_line(line.step, language),
            "what": task_words(task)[0],
            "whom": task_words(task)[1],
            "done": "",
        }
        for group in groups
        for line in group.lines
        for task in line.tasks
    ]
    with ctx.open_store() as uow:
        uow.audit.note("export", "evacuation_plans", "", f"work rows={len(rows)}")
        uow.commit()
    return write_workbook([TableOut(text("plan_work.title", language), columns, rows)]).content
