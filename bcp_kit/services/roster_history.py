"""Earlier cover runs of a facility, in a few numbers each."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.cover import CoverRun
from bcp_kit.services.base import Context


@dataclass(frozen=True)
class RunLine:
    """One run: its length in days, missing heads of life-keeping and other posts, stopped operation-days.

    The counts are those of one facility.
    """

    run: CoverRun
    days: int
    missing_life: int
    missing_other: int
    stopped: int


def list_runs(ctx: Context, facility_id: str, limit: int = 20) -> tuple[RunLine, ...]:
    """Return the newest runs of a facility, newest first. Raises: BcpKitError A-001."""
    ctx.demand(Action.RUN_COVER, facility_id)
    with ctx.open_store() as uow:
        ids = uow.cover_runs.ids(facility_id=facility_id)[-limit:]
        runs = uow.cover_runs.list(id=ids)
    return tuple(_line(run, facility_id) for run in reversed(runs))


def _line(run: CoverRun, facility_id: str) -> RunLine:
    posts = [p for p in run.uncovered if p.facility_id == facility_id]
    life = sum(p.missing for p in posts if p.operation_class == "life")
    return RunLine(
        run=run,
        days=len({e.day for e in run.attendance}),
        missing_life=life,
        missing_other=sum(p.missing for p in posts) - life,
        stopped=sum(o.level == "stopped" for o in run.operations if o.facility_id == facility_id),
    )
