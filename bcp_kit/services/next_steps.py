"""What to do next, computed from what the store holds: one list for a facility, one for a municipality."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.services.base import Context


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
        return (
            _counted("facility", "bcp", uow.facilities.count()),
            _counted("staff", "cover", uow.staff.count()),
            _counted("cover", "cover", uow.cover_runs.count()),
        )


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
