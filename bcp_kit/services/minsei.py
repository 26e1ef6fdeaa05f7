"""Which 民生委員 looks after which district: kept by the town, used to divide lists."""

from collections.abc import Mapping

from bcp_kit.access.policy import Action
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

LAYER = "minsei_districts"
MINSEI_WORD = "民生委員"  # as registers write a supporter's relation


def minsei_of(uow: UnitOfWork) -> Mapping[str, str]:
    """Return the name of the 民生委員 by district."""
    return {str(k): str(v) for k, v in (uow.layers.get(LAYER) or {}).items()}


def read_minsei(ctx: Context) -> Mapping[str, str]:
    """Return the name of the 民生委員 by district; districts of the register without one have "" ."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        districts = sorted({district for _, district in uow.people.columns("district") if district})
        return {**dict.fromkeys(districts, ""), **minsei_of(uow)}


def set_minsei(ctx: Context, names: Mapping[str, str]) -> Mapping[str, str]:
    """Note who looks after these districts; an empty name takes it back. Other districts stay as they are."""
    ctx.demand(Action.KEEP_RULES)
    with ctx.open_store() as uow:
        uow.lock()
        kept = {**minsei_of(uow), **{district: name.strip() for district, name in names.items()}}
        uow.layers.put(LAYER, {district: name for district, name in kept.items() if name}, why="minsei")
        uow.commit()
    return read_minsei(ctx)
