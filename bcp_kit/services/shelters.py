"""Destinations on screen: find them, confirm single facts of one or of several, keep their rooms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pydantic import ValidationError

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelter_facts import (
    FactValue,
    fact_text,
    fact_value,
    with_confirmations,
    with_facts,
)
from bcp_kit.domain.shelters import Confirmation, ConfirmedHow, DestinationKind, Shelter, Space
from bcp_kit.forms.shelter_form import asked_facts
from bcp_kit.forms.shelter_standing import ShelterStanding, shelter_standing
from bcp_kit.services.base import Context
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "confirm"
ACCEPTS, SPACES = "accepts", "spaces"
_ALL = 1_000_000


@dataclass(frozen=True)
class HowConfirmed:
    """How facts were confirmed, by whom at the place, and on which day (today where none is given)."""

    how: ConfirmedHow
    answered_by: str = ""
    on: date | None = None


@dataclass(frozen=True)
class ShelterQuery:
    """Which destinations to list; empty means all. `open_first`: those with most to confirm come first."""

    part: str = ""
    kind: DestinationKind | None = None
    area: str = ""
    open_first: bool = False
    only_open: bool = False
    limit: int = 200


@dataclass(frozen=True)
class ShelterLine:
    """One destination of a list, with where its facts stand (reckoned when asked for)."""

    shelter: Shelter
    today: date

    @cached_property
    def standing(self) -> ShelterStanding:
        """Where its facts stand."""
        return shelter_standing(self.shelter, self.today)


@dataclass(frozen=True)
class SheltersFound:
    """Lines (at most the limit), how many matched, how many are stored, and the areas to choose from."""

    lines: tuple[ShelterLine, ...]
    matched: int
    total: int
    areas: tuple[str, ...] = ()

    @property
    def shelters(self) -> tuple[Shelter, ...]:
        """The destinations of the lines."""
        return tuple(line.shelter for line in self.lines)


def area_of(shelter: Shelter) -> str:
    """Return the district of a destination, or its municipality where no district is known."""
    return shelter.district or shelter.municipality


def find_shelters(ctx: Context, query: ShelterQuery) -> SheltersFound:
    """Return destinations with `query.part` in name, reading or address, of a kind and an area."""
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        stored = uow.shelters.search(query.part, _ALL)
        total = uow.shelters.count()
    areas = tuple(sorted({area_of(s) for s in stored} - {""}))
    kept = [s for s in stored if query.kind in (None, s.kind) and query.area in ("", area_of(s))]
    today = ctx.today()
    lines = [ShelterLine(s, today) for s in kept]
    if query.only_open:
        lines = [line for line in lines if line.standing.open]
    if query.open_first:
        lines.sort(key=lambda line: (-line.standing.open, line.shelter.id))
    return SheltersFound(tuple(lines[: query.limit]), len(lines), total, areas)


def read_shelter(ctx: Context, shelter_id: str) -> Shelter:
    """Return one destination.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        return uow.shelters.need(shelter_id)


def standing_of(ctx: Context, shelter: Shelter) -> ShelterStanding:
    """Return where every fact of one destination stands today."""
    return shelter_standing(shelter, ctx.today())


def confirm_facts(
    ctx: Context, seen: Shelter, facts: Mapping[str, FactValue], how: HowConfirmed, why: str = WHY
) -> Shelter:
    """Store `facts` as confirmed onto the record as it was `seen`; the rest of the record stays as stored.

    Somebody else's change of other facts in between is kept. Raises: Conflict (D-001) when one of the same
    facts was changed in between, BcpKitError U-004 for facts that cannot be, U-002 for a removed record.
    """
    ctx.demand(Action.EDIT_SHELTER)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.shelters.get(seen.id)
        mine = _confirmed(ctx, stored or seen, facts, how)
        touched = [k for k in facts if stored is None or fact_text(stored, k) != fact_text(seen, k)]
        if stored is None or any(fact_text(stored, k) != fact_text(mine, k) for k in touched):
            raise Conflict(_confirmed(ctx, seen, facts, how), stored)
        saved = uow.shelters.save(mine, why)
        uow.commit()
    return saved


def _confirmed(ctx: Context, before: Shelter, facts: Mapping[str, FactValue], how: HowConfirmed) -> Shelter:
    """Return the record with the facts and who confirmed them."""
    confirmation = Confirmation(
        by=ctx.actor.name, on=how.on or ctx.today(), how=how.how, answered_by=how.answered_by.strip()
    )
    try:
        after = with_facts(before, facts)
    except (ValidationError, KeyError, ValueError):
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE) from None
    if ACCEPTS in facts:
        after = after.model_copy(update={"accepts_confirmed": bool(facts[ACCEPTS])})
    return with_confirmations(before, after, dict.fromkeys(facts, confirmation), asked_facts())


@dataclass(frozen=True)
class SeveralConfirmed:
    """One confirmation of several destinations: `facts` are set alike, `as_they_are` confirmed unchanged."""

    shelter_ids: Sequence[str]
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    as_they_are: tuple[str, ...] = ()
    how: HowConfirmed = field(default_factory=lambda: HowConfirmed(ConfirmedHow.MEETING))


def confirm_several(ctx: Context, command: SeveralConfirmed) -> int:
    """Confirm facts of several destinations in one transaction; return how many records were changed.

    A fact that is to be confirmed as it is, and that nobody knows, stays unknown. Raises: BcpKitError U-002
    for a removed record, U-004 for facts that cannot be; nothing is stored then.
    """
    ctx.demand(Action.EDIT_SHELTER)
    changed = 0
    with ctx.open_store() as uow:
        uow.lock()
        for shelter_id in dict.fromkeys(command.shelter_ids):
            stored = uow.shelters.need(shelter_id)
            facts = {**_as_they_are(stored, command.as_they_are), **command.facts}
            if facts:
                uow.shelters.save(_confirmed(ctx, stored, facts, command.how), WHY)
                changed += 1
        uow.commit()
    return changed


def _as_they_are(shelter: Shelter, keys: Iterable[str]) -> dict[str, FactValue]:
    return {key: value for key in keys if (value := fact_value(shelter, key)) is not None}


def save_spaces(ctx: Context, seen: Shelter, spaces: Iterable[Space], how: HowConfirmed) -> Shelter:
    """Store the rooms of a destination as confirmed.

    Raises: Conflict (D-001) when somebody changed the rooms in between, BcpKitError U-004, U-002.
    """
    return confirm_facts(ctx, seen, {SPACES: tuple(spaces)}, how)


def all_shelters(uow: UnitOfWork, ids: Sequence[str] | None) -> list[Shelter]:
    """Return the destinations of these ids in the order of the list, or all.

    Raises: BcpKitError U-002 for an id that is not there.
    """
    if ids is None:
        return uow.shelters.list()
    found = {s.id: s for s in uow.shelters.list(id=list(ids))}
    if set(ids) - found.keys():
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return [found[i] for i in dict.fromkeys(ids)]
