"""Somebody calls in sick: the roster of a run with the fewest changes, who changes, and the new run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover import recover
from bcp_kit.cores.staff_cover.attendance_factors import CountMode, HealthMode
from bcp_kit.cores.staff_cover.instance import Assignment, Goal
from bcp_kit.domain.cover import CoverRun, ShiftAssignment
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, keep_run, read_run, run_of, scenario_of_run
from bcp_kit.services.cover_inputs import question, who_can_come

RECOVER_WORK_S = 5.0


@dataclass(frozen=True)
class RecoverCommand:
    """Who is missing, by staff id with the day from which; of which run (default: the newest of the site)."""

    absent: Mapping[str, int]
    run_id: str = ""
    facility_id: str = ""
    work_limit: float = RECOVER_WORK_S
    keep: bool = True


@dataclass(frozen=True)
class ChangedDay:
    """One person on one day: what the roster said and what it says now; "" means off.

    `missing`: the person is one of those who called in.
    """

    staff_id: str
    day: int
    shift_before: str
    shift_after: str
    facility_before: str
    facility_after: str
    post_before: str
    post_after: str
    missing: bool

    @property
    def only_post(self) -> bool:
        """Whether shift and site stay and only the post is another."""
        same = (self.shift_before, self.facility_before) == (self.shift_after, self.facility_after)
        return same and bool(self.shift_after)


@dataclass(frozen=True)
class RecoverOutcome:
    """The run before, the run after, who changes, and whether the number of changes is proven the fewest."""

    before: CoverRun
    after: CoverRun
    changes: tuple[ChangedDay, ...]
    fewest_proven: bool

    @property
    def changed_people(self) -> tuple[str, ...]:
        """Ids of those, other than the missing, whose shift or site is another on some day."""
        return tuple(dict.fromkeys(c.staff_id for c in self.changes if not (c.missing or c.only_post)))


def recover_run(ctx: Context, command: RecoverCommand) -> RecoverOutcome:
    """Return the roster of a run after absences, and store it as a new run unless told not to.

    Raises: BcpKitError U-002 for an unknown run, scenario or person; U-001 when nobody is missing.
    """
    if not command.absent:
        raise BcpKitError(ErrorCode.WRONG_USE)
    before = read_run(ctx, command.run_id, command.facility_id)
    for facility_id in before.facility_ids:
        ctx.demand(Action.RUN_COVER, facility_id)
    started = monotonic()
    again = _command_of(ctx, before, command)
    facts = facts_of(ctx, again)
    asked = question(facts, again.scenario, who_can_come(facts, again.scenario, again.seed))
    unknown = set(command.absent) - set(asked.instance.worker_of)
    if unknown:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    roster = tuple(a for a in map(_assignment, before.assignments) if a.worker_id in asked.instance.worker_of)
    missing = recover.asked_again(asked.instance, roster, command.absent)
    found = recover.recover(missing, roster, again.budget, again.seed, ctx.progress)
    kept = missing.changed(locks=tuple(k for k in missing.locks if k not in found.released))
    run = run_of(ctx, again, facts, replace(asked, instance=kept), found)
    after = run.model_copy(
        update={
            "seconds": round(monotonic() - started, 1),
            "settings": {**run.settings, "recovered_from": before.id, "missing_people": len(command.absent)},
        }
    )
    if command.keep:
        keep_run(ctx, after, again.scenario)
    changes = tuple(_changed(c, command.absent) for c in recover.changes(roster, found.assignments))
    fewest = found.bounds[Goal.CHANGE] == found.values[Goal.CHANGE]
    return RecoverOutcome(before, after, changes, fewest)


def _command_of(ctx: Context, run: CoverRun, command: RecoverCommand) -> CoverCommand:
    settings = run.settings
    return CoverCommand(
        facility_ids=run.facility_ids,
        scenario=scenario_of_run(ctx, run),
        seed=run.seed,
        work_limit=command.work_limit,
        count_mode=CountMode(str(settings.get("count_mode", CountMode.EXPECTED))),
        health_mode=HealthMode(str(settings.get("health_mode", HealthMode.EXPECTED))),
        call_id=str(settings.get("call_id", "")),
    )


def _assignment(a: ShiftAssignment) -> Assignment:
    return Assignment(
        worker_id=a.staff_id or a.helper_id, site=a.facility_id, day=a.day, shift=a.shift, group=a.post
    )


def _changed(change: recover.Change, absent: Mapping[str, int]) -> ChangedDay:
    was, now = change.before, change.after
    return ChangedDay(
        staff_id=change.worker_id,
        day=change.day,
        shift_before=was.shift if was else "",
        shift_after=now.shift if now else "",
        facility_before=was.site if was else "",
        facility_after=now.site if now else "",
        post_before=was.group if was else "",
        post_after=now.group if now else "",
        missing=change.worker_id in absent,
    )
