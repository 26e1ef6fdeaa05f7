"""Staff cover as a use case: who can come, what goes on, what stays uncovered, how many can be taken in."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit import __version__
from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues import load
from bcp_kit.cores.staff_cover import check, demand, explain
from bcp_kit.cores.staff_cover.answers import ToldPresence
from bcp_kit.cores.staff_cover.attendance_factors import CountMode, HealthMode
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, CoverResult, Lock, Tier
from bcp_kit.cores.staff_cover.solve import Asked, Preference, WorkBudget, solve
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import CoverRun, OperationLevel, ShiftAssignment
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facility_event import CanCome, SafetyCall
from bcp_kit.domain.progress import Progress
from bcp_kit.domain.scenario import Scenario
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.roll_call import hours_until, newest
from bcp_kit.intake.identity_keys import name_key
from bcp_kit.services import cover_catalogue, cover_locks, cover_settings
from bcp_kit.services.base import Context
from bcp_kit.services.capacity import capacities
from bcp_kit.services.cover_inputs import (
    CoverFacts,
    CoverQuestion,
    question,
    rosters_by_day,
    who_can_come,
)
from bcp_kit.services.solver_process import run_in_process

MEMORY_MB = 4096
TWO_HOMES = "two_homes"  # in the settings of a run: staff whose name stands at more than one site
LINEAR_SHARE = 3.0  # real seconds that HiGHS may take for one goal, per deterministic second of the limit
TEMPLATE_STAGES = ((7, "d7"), (3, "d3"), (1, "d1"), (0, "h6"))  # from which day which row of the template


@dataclass(frozen=True)
class CoverCommand:
    """Which sites of one operator, in which scenario.

    `work_limit` is in deterministic seconds for all goals together. `own_process` False solves in this
    process, where a stop is heard as well but memory has no limit of its own. `call_id`: a roll call whose
    answers take the place of chances; its start stands for the strike of the event.
    """

    facility_ids: tuple[str, ...]
    scenario: Scenario
    seed: int = 0
    work_limit: float = 20.0
    count_mode: CountMode = CountMode.EXPECTED
    health_mode: HealthMode = HealthMode.EXPECTED
    own_process: bool = True
    call_id: str = ""
    preference: Preference = Preference.OUTSIDE_HELP
    locks: tuple[Lock, ...] = ()

    @property
    def budget(self) -> WorkBudget:
        """The work that the limit stands for."""
        return WorkBudget(deterministic_s=self.work_limit, linear_s=LINEAR_SHARE * self.work_limit)


class CoverJob(DomainModel):
    """What travels to the solving process."""

    instance: CoverInstance
    budget: WorkBudget
    seed: int
    asked: Asked = Asked()


def solve_job(job: CoverJob, progress: Progress) -> CoverResult:
    """Solve in whatever process this is called in."""
    return solve(job.instance, job.budget, job.seed, progress, job.asked)


def default_scenarios(ctx: Context) -> tuple[Scenario, ...]:
    """Return the scenarios of the catalogue, as if they started today in the local time of the clock."""
    return cover_catalogue.default_scenarios(ctx.today(), ctx.clock.now().tzinfo)


def scenario_of(ctx: Context, key: str) -> Scenario:
    """Return a scenario of the catalogue, else a stored one, by its key.

    Raises: BcpKitError U-002 when neither has it.
    """
    ctx.demand(Action.RUN_COVER)
    found = next((s for s in default_scenarios(ctx) if s.id == key), None)
    if found is not None:
        return found
    with ctx.open_store() as uow:
        return uow.scenarios.need(key)


def scenario_of_run(ctx: Context, run: CoverRun) -> Scenario:
    """Return the scenario of a run; one of the catalogue starts on the day on which the run was made."""
    zone = ctx.clock.now().tzinfo
    known = cover_catalogue.default_scenarios(run.made_at.astimezone(zone).date(), zone)
    found = next((s for s in known if s.id == run.scenario_id), None)
    if found is not None:
        return found
    with ctx.open_store() as uow:
        return uow.scenarios.need(run.scenario_id)


def run_cover(ctx: Context, command: CoverCommand) -> CoverRun:
    """Compute and store a cover run with its capacity, and the scenario when it is new.

    Raises: BcpKitError U-002 for an unknown facility, U-001 for none, C-001 for sites of different
    operators, C-003 when the checker refuses the answer (then nothing is stored).
    """
    for facility_id in command.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    facts = facts_of(ctx, command)
    started = monotonic()
    presences = who_can_come(facts, command.scenario, command.seed)
    asked = cover_locks.with_locks(question(facts, command.scenario, presences), command.locks)
    result = solved(ctx, command, asked.instance, Asked(preference=command.preference))
    run = run_of(ctx, command, facts, asked, result)
    run = run.model_copy(update={"seconds": round(monotonic() - started, 1)})
    keep_run(ctx, run, command.scenario)
    return run


def solved(ctx: Context, command: CoverCommand, instance: CoverInstance, how: Asked) -> CoverResult:
    """Return the answer to a question, from a process of its own where the command asks for it."""
    job = CoverJob(instance=instance, budget=command.budget, seed=command.seed, asked=how)
    if command.own_process:
        return run_in_process(solve_job, job, ctx.progress, MEMORY_MB)
    return solve_job(job, ctx.progress)


def keep_run(ctx: Context, run: CoverRun, scenario: Scenario) -> None:
    """Store a run, and its scenario when that is new."""
    for facility_id in run.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    with ctx.open_store() as uow:
        if uow.scenarios.get(scenario.id) is None:
            uow.scenarios.add(scenario)
        uow.cover_runs.add(run)
        uow.commit()


def told_presences(call: SafetyCall) -> dict[str, ToldPresence]:
    """Return what the answers of a roll call say for the roster; who did not say when is left to chance."""
    found = {}
    for staff_id, reply in newest(call).items():
        hours = hours_until(reply, call.started_at)
        if hours is not None or reply.can_come is CanCome.CANNOT:
            found[staff_id] = ToldPresence(hours=hours)
    return found


def facts_of(ctx: Context, command: CoverCommand) -> CoverFacts:
    """Return what the store holds about the sites of a command.

    Raises: BcpKitError U-001 for no site, U-002 for an unknown one, C-001 for sites of different operators.
    """
    if not command.facility_ids:
        raise BcpKitError(ErrorCode.WRONG_USE)
    ids = list(dict.fromkeys(command.facility_ids))
    with ctx.open_store() as uow:
        facilities = tuple(uow.facilities.need(i) for i in ids)
        if len({f.operator for f in facilities}) > 1:
            raise BcpKitError(ErrorCode.COVER_DIFFERENT_OPERATORS)
        staff = tuple(uow.staff.list(facility_id=ids))
        entries = uow.rosters.list(staff_id=[s.id for s in staff])
        offers = tuple(uow.help_offers.list(facility_id=ids))
        document = uow.layers.get(cover_settings.LAYER)
        told = told_presences(uow.safety_calls.need(command.call_id)) if command.call_id else {}
    settings = {
        i: cover_settings.settings_of(
            cover_settings.overrides_of(document, i), command.count_mode, command.health_mode
        )
        for i in ids
    }
    return CoverFacts(facilities, staff, rosters_by_day(entries), offers, settings, told)


def run_of(
    ctx: Context, command: CoverCommand, facts: CoverFacts, asked: CoverQuestion, result: CoverResult
) -> CoverRun:
    """Return an answer as a run, not stored yet. Raises: BcpKitError C-003 when the checker refuses it."""
    why = cover_locks.why_of(asked.instance, result.released)
    kept = tuple(k for k in asked.instance.locks if k not in result.released)
    asked = replace(asked, instance=asked.instance.changed(locks=kept))
    broken = check.violations(asked.instance, result.assignments)
    if broken:
        raise BcpKitError(ErrorCode.COVER_CHECK_FAILED, violations=len(broken))
    roster = explain.Roster.of(asked.instance, result.assignments)
    posts = explain.uncovered(roster, facts.offers)
    return CoverRun(
        id=ctx.new_id(),
        facility_ids=tuple(f.id for f in facts.facilities),
        scenario_id=command.scenario.id,
        made_at=ctx.clock.now(),
        made_by=ctx.actor.name,
        seed=command.seed,
        software=f"bcp_kit {__version__}, {result.software}",
        settings={**_settings(command, asked, result), cover_locks.WHY: why, TWO_HOMES: _two_homes(facts)},
        status=result.status,
        values={goal.value: float(v) for goal, v in result.values.items()},
        bounds={goal.value: float(v) for goal, v in result.bounds.items()},
        gap=result.gap,
        violations=len(broken),
        attendance=tuple(e for p in asked.presences for e in p.estimates),
        assignments=tuple(_assignment(asked.instance, a) for a in result.assignments),
        uncovered=posts,
        operations=_operations(asked, result.assignments),
        single_points=explain.single_points(asked.instance),
        capacity=capacities(facts, command.scenario, asked, result.assignments, posts),
    )


def _two_homes(facts: CoverFacts) -> str:
    """Return the ids of those whose name stands in the staff of more than one site, parted by a space."""
    sites: dict[str, set[str]] = defaultdict(set)
    for person in facts.staff:
        sites[name_key(person.name)].add(person.facility_id)
    return " ".join(p.id for p in facts.staff if len(sites[name_key(p.name)]) > 1)


def _settings(
    command: CoverCommand, asked: CoverQuestion, result: CoverResult
) -> dict[str, str | int | float | bool]:
    return {
        "scenario_name": command.scenario.name,
        "count_mode": command.count_mode.value,
        "health_mode": command.health_mode.value,
        "work_limit": command.work_limit,
        "repeatable": result.repeatable,
        "standard_unknown": asked.standard_unknown,
        "call_id": command.call_id,
        "preference": command.preference.value,
        cover_locks.LOCKS: cover_locks.words_of(command.locks),
        cover_locks.RELEASED: cover_locks.words_of(result.released),
    }


def _assignment(instance: CoverInstance, a: Assignment) -> ShiftAssignment:
    outside = instance.worker_of[a.worker_id].route is not None
    return ShiftAssignment(
        day=a.day,
        shift=a.shift,
        post=a.group,
        facility_id=a.site,
        staff_id="" if outside else a.worker_id,
        helper_id=a.worker_id if outside else "",
    )


def _operations(asked: CoverQuestion, assignments: Sequence[Assignment]) -> tuple[OperationLevel, ...]:
    minutes: dict[tuple[str, int], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for a in assignments:
        shift = asked.instance.shift_of[a.shift]
        minutes[a.site, a.day][a.group] += demand.productive_min(shift, asked.plan)
    found: list[OperationLevel] = []
    for site, needs in asked.needs.items():
        for day, shifts in asked.shifts[site].items():
            slots = tuple(slot for s in shifts for slot in asked.plan.slots_of[s.key])
            force = demand.Workforce(day=day, minutes=minutes[site, day], slots=slots)
            found += demand.operation_levels(needs, force, asked.plan)
    return tuple(found)


def read_run(ctx: Context, run_id: str = "", facility_id: str = "") -> CoverRun:
    """Return a run by its id, or the newest one (of a facility).

    Raises: BcpKitError U-002 when there is none.
    """
    ctx.demand(Action.RUN_COVER, facility_id)
    with ctx.open_store() as uow:
        if run_id:
            return uow.cover_runs.need(run_id)
        found = uow.cover_runs.latest(**({"facility_id": facility_id} if facility_id else {}))
    if found is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found


@dataclass(frozen=True)
class CoverNames:
    """Names of the sites, staff and offers of a run by id, for screens and paper."""

    names: Mapping[str, str]

    def of(self, key: str) -> str:
        """Return the name; a helper is named by the offer, an id that nobody knows by itself."""
        return self.names.get(key.split("#", maxsplit=1)[0], key)


def names_of(ctx: Context, run: CoverRun) -> CoverNames:
    """Return the names that a run speaks of; staff by name only for those who may see staff."""
    for facility_id in run.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    with ctx.open_store() as uow:
        ids = list(run.facility_ids)
        names = {f.id: f.name for f in uow.facilities.list(id=ids)}
        names |= {o.id: o.name for o in uow.help_offers.list(facility_id=ids)}
        if decide(ctx.actor, Action.SEE_STAFF).allowed:
            names |= {s.id: s.name for s in uow.staff.list(facility_id=ids)}
    return CoverNames(names)


def two_homes_words(run: CoverRun, name_of: Callable[[str], str], language: str = DEFAULT_LANGUAGE) -> str:
    """Return a sentence that names people who stand in the staff of more than one site; "" for nobody."""
    ids = str(run.settings.get(TWO_HOMES, "")).split()
    who = "、".join(dict.fromkeys(name_of(key) for key in ids))
    return text("cover_answers.two_homes", language, who=who) if ids else ""


@dataclass(frozen=True)
class DayAttendance:
    """One day: how many staff there are, how many are expected, counted on, and on site from the start.

    `template_percent` is the share in the BCP template's example for the same day, to lay beside it.
    """

    day: int
    staff: int
    expected: float
    counted: int
    on_site: int
    template_percent: float


def who_comes(run: CoverRun) -> tuple[DayAttendance, ...]:
    """Return by day who can come."""
    stages = load.catalogue("attendance_stages")
    days = sorted({e.day for e in run.attendance})
    found = []
    for day in days:
        here = [e for e in run.attendance if e.day == day]
        stage = next(key for first, key in TEMPLATE_STAGES if day >= first)
        found.append(
            DayAttendance(
                day=day,
                staff=len(here),
                expected=round(sum(e.chance for e in here), 1),
                counted=sum(e.counted for e in here),
                on_site=sum(e.on_site for e in here),
                template_percent=stages.need(stage).value or 0.0,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class CoverSummary:
    """A run in a few numbers: missing heads by tier, the days on which life-keeping posts stay empty,
    operations by level over all days, places on the first and the worst day by need class."""

    run: CoverRun
    missing: Mapping[str, int]
    life_short_days: tuple[int, ...]
    operations: Mapping[str, int]
    helper_shifts: int
    places_first_day: Mapping[str, int]
    places_fewest: Mapping[str, int]


def summary(run: CoverRun) -> CoverSummary:
    """Return a run in a few numbers, over all its sites."""
    levels: dict[str, int] = defaultdict(int)
    for operation in run.operations:
        levels[operation.level] += 1
    places: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for c in run.capacity:
        places[c.need_class][c.day] += c.places
    return CoverSummary(
        run=run,
        missing={tier.value: n for tier, n in explain.tier_totals(run.uncovered).items()},
        life_short_days=tuple(sorted({p.day for p in run.uncovered if p.operation_class == Tier.LIFE.value})),
        operations=dict(levels),
        helper_shifts=sum(bool(a.helper_id) for a in run.assignments),
        places_first_day={key: days[0] for key, days in places.items()},
        places_fewest={key: min(days.values()) for key, days in places.items()},
    )
