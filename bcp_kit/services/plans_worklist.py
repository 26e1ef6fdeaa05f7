"""What is left to do on the plans, person by person: what is missing, and whom to ask for it (N6).

One list for the town hall; by district for 民生委員 and neighbourhoods; by care office for those who write
plans on contract.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind, answer_on, may_make_plan
from bcp_kit.domain.people import STILL_HERE, Person
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.spreadsheet import TableOut, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.plans import PEOPLE_AT_ONCE, chunks
from bcp_kit.services.plans_read import Dossier, TownRules, dossiers, may_hand_out, town_rules

WORK = "plan_work"


class WorkBy(StrEnum):
    """How the list is divided."""

    TOWN = "town"
    DISTRICT = "district"
    CARE_OFFICE = "care_office"


@dataclass(frozen=True)
class WorkLine:
    """One person with what is left to do: keys of the catalogue `plan_work`, in the order of doing."""

    person: Person
    plan_number: str
    tasks: tuple[str, ...]


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

    People whose refusal of a plan is recorded are finished: nobody asks them again from this list.
    """
    ctx.demand(Action.MAKE_PLANS)
    people: Counter[str] = Counter()
    lines: dict[str, list[WorkLine]] = {}
    with ctx.open_store() as uow:
        rules = town_rules(uow)
        names = {f.id: f.name for f in uow.facilities.list()} if by is WorkBy.CARE_OFFICE else {}
        for part in chunks(uow.people.ids(register_status=STILL_HERE), PEOPLE_AT_ONCE):
            for dossier in dossiers(uow, part):
                group = _group(dossier.person, by, names)
                people[group] += 1
                tasks = tuple(_tasks(ctx, dossier, rules))
                if tasks:
                    number = dossier.plan.number if dossier.plan else ""
                    lines.setdefault(group, []).append(WorkLine(dossier.person, number, tasks))
    found = (WorkGroup(name, count, tuple(lines.get(name, ()))) for name, count in people.items())
    return tuple(sorted(found, key=lambda group: (-len(group.lines), group.name)))


def _group(person: Person, by: WorkBy, facilities: Mapping[str, str]) -> str:
    if by is WorkBy.DISTRICT:
        return person.district
    if by is WorkBy.CARE_OFFICE:
        return person.care_provider or facilities.get(person.usual_facility_id, "")
    return ""


def _tasks(ctx: Context, dossier: Dossier, rules: TownRules) -> Iterator[str]:
    """Yield what is left to do for one person, in the order of doing."""
    today, person_id, plan = ctx.today(), dossier.person.id, dossier.plan
    asked = answer_on(dossier.consents, ConsentKind.MAKE_PLAN, person_id, person_id, today)
    if asked is ConsentAnswer.REFUSED:
        return
    if not may_make_plan(dossier.consents, person_id, today).allowed:
        yield "ask_consent"
        return
    if plan is None:
        yield "draft"
        return
    known = catalogue(WORK).rows
    yield from (key for key in plan.missing if key in known)
    if plan.verified_on is None:
        yield "verify"
    elif plan.is_stale(today):
        yield "review"
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


_COLUMNS = ("group", "register_no", "name", "plan", "what", "whom", "done")


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
