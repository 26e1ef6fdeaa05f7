"""A stored run opened again: its question made anew from what the store holds, and its roster."""

from dataclasses import dataclass, replace

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover import recover
from bcp_kit.cores.staff_cover.attendance_factors import CountMode, HealthMode
from bcp_kit.cores.staff_cover.instance import Assignment, Lock
from bcp_kit.domain.cover import CoverRun, ShiftAssignment
from bcp_kit.services import cover_locks
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, scenario_of_run
from bcp_kit.services.cover_inputs import CoverFacts, CoverQuestion, question, who_can_come

ABSENT = "absent"  # in the settings of a run: who called in, as "id@day id@day"


@dataclass(frozen=True)
class Reopened:
    """The command that would ask the same, what the store holds now, the question, and the run's roster.

    People who left since are not in the roster. Who had called in is absent in the question as well.
    """

    command: CoverCommand
    facts: CoverFacts
    asked: CoverQuestion
    roster: tuple[Assignment, ...]


def reopened(ctx: Context, run: CoverRun, work_limit: float) -> Reopened:
    """Return a run opened again. Raises: BcpKitError U-002 for a scenario or site that is gone."""
    for facility_id in run.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    settings = run.settings
    command = CoverCommand(
        facility_ids=run.facility_ids,
        scenario=scenario_of_run(ctx, run),
        seed=run.seed,
        work_limit=work_limit,
        count_mode=CountMode(str(settings.get("count_mode", CountMode.EXPECTED))),
        health_mode=HealthMode(str(settings.get("health_mode", HealthMode.EXPECTED))),
        call_id=str(settings.get("call_id", "")),
        locks=_kept_locks(run),
    )
    facts = facts_of(ctx, command)
    asked = question(facts, command.scenario, who_can_come(facts, command.scenario, command.seed))
    known = asked.instance.worker_of
    asked = cover_locks.with_locks(asked, tuple(k for k in command.locks if k.worker_id in known))
    roster = tuple(a for a in map(_assignment, run.assignments) if a.worker_id in known)
    absent = {key: day for key, day in absences_of(run).items() if key in known}
    if absent:
        asked = replace(asked, instance=recover.without(asked.instance, absent))
    return Reopened(command, facts, asked, roster)


def _kept_locks(run: CoverRun) -> tuple[Lock, ...]:
    made, released = (str(run.settings.get(k, "")) for k in (cover_locks.LOCKS, cover_locks.RELEASED))
    return tuple(k for k in cover_locks.locks_from(made) if k not in cover_locks.locks_from(released))


def absences_of(run: CoverRun) -> dict[str, int]:
    """Return who had called in when the run was made, with the day from which."""
    parts = (part.rsplit("@", maxsplit=1) for part in str(run.settings.get(ABSENT, "")).split())
    return {key: int(day) for key, day in parts}


def _assignment(a: ShiftAssignment) -> Assignment:
    return Assignment(
        worker_id=a.staff_id or a.helper_id, site=a.facility_id, day=a.day, shift=a.shift, group=a.post
    )
