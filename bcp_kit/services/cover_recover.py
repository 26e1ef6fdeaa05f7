"""Somebody calls in sick: the roster of a run with the fewest changes, who changes, and the new run."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit.cores.staff_cover import recover
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context
from bcp_kit.services.cover import keep_run, read_run, run_of
from bcp_kit.services.cover_goals import RECOVERED
from bcp_kit.services.cover_reopen import ABSENT, absences_of, reopened

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
    started = monotonic()
    again = reopened(ctx, before, command.work_limit)
    asked, roster = again.asked, again.roster
    if set(command.absent) - set(asked.instance.worker_of):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    missing = recover.asked_again(asked.instance, roster, command.absent)
    found = recover.recover(missing, roster, again.command.budget, again.command.seed, ctx.progress)
    kept = missing.changed(locks=tuple(k for k in missing.locks if k not in found.released))
    run = run_of(ctx, again.command, again.facts, replace(asked, instance=kept), found)
    gone = absences_of(before) | dict(command.absent)
    absent = " ".join(f"{key}@{day}" for key, day in sorted(gone.items()))
    after = run.model_copy(
        update={
            "seconds": round(monotonic() - started, 1),
            "settings": {**run.settings, RECOVERED: before.id, ABSENT: absent},
        }
    )
    if command.keep:
        keep_run(ctx, after, again.command.scenario)
    changes = tuple(_changed(c, command.absent) for c in recover.changes(roster, found.assignments))
    fewest = found.bounds[Goal.CHANGE] == found.values[Goal.CHANGE]
    return RecoverOutcome(before, after, changes, fewest)


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
