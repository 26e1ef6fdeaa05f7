"""Alternatives side by side: the same question answered with another goal first, compared goal by goal.

Stopped on the way, the alternatives that were worked out so far stand side by side, at least the first one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Asked, Preference
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.scenario import Scenario
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, keep_run, run_of, solved
from bcp_kit.services.cover_goals import ALTERNATIVE, number_words
from bcp_kit.services.cover_inputs import question, who_can_come
from bcp_kit.services.cover_locks import with_locks
from bcp_kit.services.cover_reopen import ABSENT, Reopened, reopened

COMPARE_WORK_S = 20.0


@dataclass(frozen=True)
class Alternative:
    """One answer: what it prefers, its run (not stored), people it differs in from the first alternative.

    `best_goals` are those in which no other alternative is better and some other is worse.
    """

    preference: Preference
    run: CoverRun
    different_people: int
    best_goals: tuple[Goal, ...]

    @property
    def values(self) -> Mapping[Goal, float]:
        """The goals' values; minutes for overload and the heaviest load."""
        return {goal: self.run.values.get(goal.value, 0.0) for goal in Goal}


def compare(ctx: Context, command: CoverCommand) -> tuple[Alternative, ...]:
    """Return one alternative for each preference, the usual one first. Nothing is stored.

    Raises: as `run_cover`.
    """
    for facility_id in command.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    facts = facts_of(ctx, command)
    asked = question(facts, command.scenario, who_can_come(facts, command.scenario, command.seed))
    return _alternatives(ctx, Reopened(command, facts, with_locks(asked, command.locks), ()))


def compare_of_run(
    ctx: Context, run: CoverRun, work_limit: float = COMPARE_WORK_S, own_process: bool = True
) -> tuple[Alternative, ...]:
    """Return the alternatives to a stored run: its locks stand, and who had called in stays absent.

    Raises: BcpKitError U-002 for a scenario or site that is gone, C-003.
    """
    again = reopened(ctx, run, work_limit)
    again = replace(again, command=replace(again.command, own_process=own_process))
    absent = {key: run.settings[key] for key in (ABSENT,) if run.settings.get(key)}
    return _alternatives(ctx, again, absent)


class _Watched:
    """The progress of one alternative, as a part of the whole; `stopped` once somebody asked for the end."""

    def __init__(self, ctx: Context) -> None:
        self._ctx, self.number, self.stopped = ctx, 0, False

    def __call__(self, done: float, stage: str) -> bool:
        self.stopped = not self._ctx.progress((self.number + done) / len(Preference), stage) or self.stopped
        return not self.stopped


def _alternatives(
    ctx: Context, again: Reopened, settings: Mapping[str, str | int | float | bool] | None = None
) -> tuple[Alternative, ...]:
    watched = _Watched(ctx)
    part = replace(ctx, progress=watched)
    runs: dict[Preference, CoverRun] = {}
    for number, preference in enumerate(Preference):
        if watched.stopped:
            break
        watched.number = number
        one = replace(again.command, preference=preference)
        started = monotonic()
        found = solved(part, one, again.asked.instance, Asked(preference=preference))
        run = run_of(ctx, one, again.facts, again.asked, found)
        runs[preference] = run.model_copy(
            update={
                "seconds": round(monotonic() - started, 1),
                "settings": {**run.settings, **(settings or {})},
            }
        )
    first = runs[Preference.OUTSIDE_HELP]
    return tuple(Alternative(p, run, _different(first, run), _best(run, runs)) for p, run in runs.items())


def _different(one: CoverRun, other: CoverRun) -> int:
    """Count people whose shifts are not the same."""

    def plans(run: CoverRun) -> dict[str, set[tuple[int, str, str]]]:
        found: dict[str, set[tuple[int, str, str]]] = {}
        for a in run.assignments:
            found.setdefault(a.staff_id or a.helper_id, set()).add((a.day, a.shift, a.facility_id))
        return found

    before, after = plans(one), plans(other)
    return sum(before.get(key, set()) != after.get(key, set()) for key in {*before, *after})


def _best(run: CoverRun, runs: Mapping[Preference, CoverRun]) -> tuple[Goal, ...]:
    found = []
    for goal in Goal:
        values = [other.values.get(goal.value, 0.0) for other in runs.values()]
        if run.values.get(goal.value, 0.0) == min(values) < max(values):
            found.append(goal)
    return tuple(found)


def keep_alternative(ctx: Context, chosen: Alternative, scenario: Scenario) -> CoverRun:
    """Store the alternative that was chosen as the newest run, and return it. It may be chosen again."""
    settings = {**chosen.run.settings, ALTERNATIVE: True}
    run = chosen.run.model_copy(update={"id": ctx.new_id(), "made_at": ctx.clock.now(), "settings": settings})
    keep_run(ctx, run, scenario)
    return run


def shown_value(goal: Goal, alternative: Alternative) -> str:
    """Return the value of a goal as people read it: hours where it counts minutes; ◎ for the best."""
    return number_words(goal, alternative.values[goal]) + ("◎" if goal in alternative.best_goals else "")
