"""The seven steps of making a plan as states with dates: for the town, for a district, for one person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.domain.plan_steps import PlanStep, StepScope, StepState
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

STEPS = 7
CATALOGUE = "process_steps"


@dataclass(frozen=True)
class StepCommand:
    """A step begun or done. `scope_ids`: people's ids or districts' names; none for the town."""

    step: int
    scope: StepScope = StepScope.PERSON
    scope_ids: tuple[str, ...] = ()
    state: StepState = StepState.DONE
    on: date | None = None
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class StepView:
    """Where one step of one person stands: the entry that counts, None while nobody began it."""

    number: int
    entry: PlanStep | None

    @property
    def done(self) -> bool:
        """True when the step is done."""
        return self.entry is not None and self.entry.state is StepState.DONE


def step_words(number: int, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the name of a step (catalogue `process_steps`, unverified order)."""
    return catalogue(CATALOGUE).need(f"step_{number}").label(language)


def record_step(ctx: Context, command: StepCommand) -> tuple[PlanStep, ...]:
    """Record a step for the town, for districts or for people, all or none; entries are only added to.

    Raises: BcpKitError P-050 (number, day or for whom is missing or impossible), U-002 (no such person).
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        entries = put_step(ctx, uow, command)
        uow.commit()
    return entries


def put_step(ctx: Context, uow: UnitOfWork, command: StepCommand) -> tuple[PlanStep, ...]:
    """Record a step within a unit of work; see `record_step`. The caller commits."""
    _demand_sound(ctx, command)
    if command.scope is StepScope.PERSON:
        known = set(uow.people.ids(id=command.scope_ids))
        if not set(command.scope_ids) <= known:
            raise BcpKitError(ErrorCode.NOT_FOUND)
    entries = tuple(
        PlanStep(
            id=ctx.new_id(),
            step=command.step,
            scope=command.scope,
            scope_id=scope_id,
            state=command.state,
            on=command.on or ctx.today(),
            by=command.by.strip() or ctx.actor.name,
            note=command.note,
        )
        for scope_id in (command.scope_ids or ("",))
    )
    uow.plan_steps.add_many(entries, why=f"step={command.step} {command.state.value}")
    return entries


def _names_its_scope(command: StepCommand) -> bool:
    """True for a step of the town without ids, and of districts or people with none of them blank."""
    if command.scope is StepScope.TOWN:
        return not command.scope_ids
    return bool(command.scope_ids) and all(scope_id.strip() for scope_id in command.scope_ids)


def _demand_sound(ctx: Context, command: StepCommand) -> None:
    wrong = None
    if not 1 <= command.step <= STEPS:
        wrong = "number"
    elif command.on is not None and command.on > ctx.today():
        wrong = "future"
    elif not _names_its_scope(command):
        wrong = "scope"
    if wrong:
        why = text(f"plan_steps.wrong.{wrong}", DEFAULT_LANGUAGE)
        raise BcpKitError(ErrorCode.PLAN_STEP_WRONG, why=why)


@dataclass(frozen=True)
class TownSteps:
    """The entries that count for everybody: of the town, and by district."""

    town: Mapping[int, PlanStep]
    districts: Mapping[str, Mapping[int, PlanStep]]

    @classmethod
    def of(cls, uow: UnitOfWork) -> "TownSteps":
        """Read the entries of town and districts."""
        districts: dict[str, list[PlanStep]] = {}
        for entry in uow.plan_steps.list(scope=StepScope.DISTRICT):
            districts.setdefault(entry.scope_id, []).append(entry)
        return cls(
            _counting(uow.plan_steps.list(scope=StepScope.TOWN)),
            {name: _counting(entries) for name, entries in districts.items()},
        )


def _counting(entries: Iterable[PlanStep]) -> Mapping[int, PlanStep]:
    """Return the entry that counts for each step: the last one, none where it was taken back."""
    last = {entry.step: entry for entry in entries}
    return {number: entry for number, entry in last.items() if entry.state is not StepState.TAKEN_BACK}


def steps_of_people(
    uow: UnitOfWork, people: Sequence[Person], town: TownSteps
) -> Mapping[str, tuple[StepView, ...]]:
    """Return the seven steps of each person; what is done counts before what is begun, one's own first."""
    own: dict[str, list[PlanStep]] = {person.id: [] for person in people}
    for entry in uow.plan_steps.list(scope=StepScope.PERSON, scope_id=list(own)):
        own[entry.scope_id].append(entry)
    return {
        person.id: _views((_counting(own[person.id]), town.districts.get(person.district, {}), town.town))
        for person in people
    }


def _views(levels: Sequence[Mapping[int, PlanStep]]) -> tuple[StepView, ...]:
    found = []
    for number in range(1, STEPS + 1):
        entries = [level[number] for level in levels if number in level]
        done = next((entry for entry in entries if entry.state is StepState.DONE), None)
        found.append(StepView(number, done or next(iter(entries), None)))
    return tuple(found)


def next_step(views: Iterable[StepView]) -> int:
    """Return the number of the first step that is not done, 0 when all are."""
    return next((view.number for view in views if not view.done), 0)


def read_steps(ctx: Context, person_id: str) -> tuple[StepView, ...]:
    """Return the seven steps of one person.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        person = uow.people.need(person_id)
        return steps_of_people(uow, [person], TownSteps.of(uow))[person_id]
