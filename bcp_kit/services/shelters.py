"""Destinations on screen: find them, change what is confirmed about one."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context

Fact = str | int | float | None | Mapping[str, Known]


@dataclass(frozen=True)
class SheltersFound:
    """The destinations that were found (at most the limit), and how many are stored in all."""

    shelters: tuple[Shelter, ...]
    total: int


def find_shelters(ctx: Context, part: str = "", limit: int = 200) -> SheltersFound:
    """Return destinations with `part` in name, reading or address (all for an empty text)."""
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return SheltersFound(tuple(uow.shelters.search(part, limit)), uow.shelters.count())


def read_shelter(ctx: Context, shelter_id: str) -> Shelter:
    """Return one destination.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return uow.shelters.need(shelter_id)


def confirm_shelter(ctx: Context, seen: Shelter, facts: Mapping[str, Fact]) -> Shelter:
    """Store `facts` (fields of Shelter) as confirmed today, onto the record as it was `seen`.

    Raises: Conflict (D-001) when somebody saved in between, BcpKitError U-004 for facts that cannot be.
    """
    ctx.demand(Action.EDIT_SHELTER)
    try:
        changed = Shelter.model_validate({**seen.model_dump(), **facts, "confirmed_on": ctx.today()})
    except ValidationError:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE) from None
    with ctx.open_store() as uow:
        saved = uow.shelters.save(changed)
        uow.commit()
    return saved
