"""What to do next, computed from what the store holds: one list for a facility, one for a municipality."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_plans
from bcp_kit.services.practice_due import overdue_count


@dataclass(frozen=True)
class Step:
    """One piece of work: its key, the key of its sentence at this state, the page where it is done."""

    key: str
    text_key: str
    page: str
    done: bool
    values: Mapping[str, int] = field(default_factory=dict)


def _counted(key: str, page: str, count: int) -> Step:
    done = count > 0
    return Step(key, f"{key}_done" if done else key, page, done, {"count": count})


def manager_steps(ctx: Context) -> tuple[Step, ...]:
    """Return the steps of a facility, in the order of work."""
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        facilities, staff, runs = uow.facilities.count(), uow.staff.count(), uow.cover_runs.count()
    plans = [(s.plan.kind, s.completeness.share_done) for s in list_plans(ctx, ctx.actor.facility_id)]
    shares = [share for kind, share in plans if kind is PlanKind.NATURAL_DISASTER]
    return (
        _counted("facility", "bcp", facilities),
        _plan_step(min(shares) if len(shares) >= facilities and shares else 0.0),
        _counted("staff", "cover", staff),
        _counted("cover", "cover", runs),
        *_due_steps(ctx, bool(plans)),
    )


def _due_steps(ctx: Context, begun: bool) -> tuple[Step, ...]:
    """Return what is overdue of training, drills, notices and reviews, once a plan was begun."""
    if not begun:
        return ()
    count = overdue_count(ctx, ctx.actor.facility_id)
    return (Step("due", "due" if count else "due_done", "records", not count, {"count": count}),)


def _plan_step(share_done: float) -> Step:
    """Return the step of the continuity plan: to begin, to go on with, or done; the least finished counts."""
    if share_done >= 1:
        return Step("bcp", "bcp_done", "bcp", done=True)
    percent = int(share_done * 100)
    return Step("bcp", "bcp_part" if percent else "bcp", "bcp", done=False, values={"percent": percent})


def officer_steps(ctx: Context) -> tuple[Step, ...]:
    """Return the steps of a municipality, in the order of work."""
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        return (
            _counted("register", "register", uow.people.count()),
            _counted("shelters", "shelters", uow.shelters.count()),
            _counted("matching", "matching", uow.matching_runs.count()),
            _counted("plans", "plans", uow.evacuation_plans.count()),
        )


def store_is_empty(ctx: Context) -> bool:
    """True when neither people, shelters nor facilities are stored."""
    with ctx.open_store() as uow:
        return not (uow.people.count() or uow.shelters.count() or uow.facilities.count())
