"""Facilities: list them, enter one, change its facts."""

from collections.abc import Mapping

from pydantic import ValidationError

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.services.base import Context

Facts = Mapping[str, str | int | float | None]


def list_facilities(ctx: Context) -> tuple[Facility, ...]:
    """Return the facilities that the actor may know of, by name: officers see all as possible shelters."""
    officer = decide(ctx.actor, Action.SEE_SHELTER).allowed
    ctx.demand(Action.SEE_SHELTER if officer else Action.SEE_BCP)
    with ctx.open_store() as uow:
        found = uow.facilities.list()
    own = ctx.actor.facility_id
    return tuple(sorted((f for f in found if own in ("", f.id)), key=lambda f: f.name))


def save_facility(ctx: Context, facts: Facts, facility_id: str = "") -> Facility:
    """Store the `facts` (fields of Facility) as a new facility, or as changes of an existing one.

    Raises: BcpKitError U-002 for an unknown facility, U-004 for facts that cannot be (a negative number,
    no name or kind).
    """
    ctx.demand(Action.EDIT_FACILITY, facility_id)
    with ctx.open_store() as uow:
        if facility_id:
            stored = uow.facilities.need(facility_id)
            saved = uow.facilities.save(_facility({**stored.model_dump(), **facts}))
        else:
            saved = _facility({**facts, "id": ctx.new_id()})
            uow.facilities.add(saved)
        uow.commit()
    return saved


def _facility(fields: Mapping[str, object]) -> Facility:
    """Return the facility; what pydantic found wrong may be personal, so only the code goes on."""
    try:
        made = Facility.model_validate(fields)
    except ValidationError:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE) from None
    if not made.name.strip():
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
    return made
