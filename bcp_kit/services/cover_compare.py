"""Alternatives side by side: the same question answered with another goal first, compared goal by goal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Asked, Preference
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.progress import Progress
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, keep_run, run_of, solved
from bcp_kit.services.cover_inputs import question, who_can_come


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
    runs: dict[Preference, CoverRun] = {}
    for number, preference in enumerate(Preference):
        one = replace(command, preference=preference)
        part = replace(ctx, progress=_part(ctx, number))
        started = monotonic()
        run = run_of(ctx, one, facts, asked, solved(part, one, asked.instance, Asked(preference=preference)))
        runs[preference] = run.model_copy(update={"seconds": round(monotonic() - started, 1)})
    first = runs[Preference.OUTSIDE_HELP]
    return tuple(Alternative(p, run, _different(first, run), _best(run, runs)) for p, run in runs.items())


def _part(ctx: Context, number: int) -> Progress:
    parts = len(Preference)
    return lambda done, stage: ctx.progress((number + done) / parts, stage)


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


def keep_alternative(ctx: Context, chosen: Alternative, command: CoverCommand) -> CoverRun:
    """Store the alternative that was chosen as a run, and return it."""
    keep_run(ctx, chosen.run, command.scenario)
    return chosen.run
