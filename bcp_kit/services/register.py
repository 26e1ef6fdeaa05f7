"""The register on screen: find people, read one person's record with consents and supporters."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.services.base import Context


@dataclass(frozen=True)
class PeopleFound:
    """The people that were found (at most the limit), and how many are on the register in all."""

    people: tuple[Person, ...]
    total: int


@dataclass(frozen=True)
class PersonView:
    """One person's record: consents of the person, supporters in the order of calling with their consents."""

    person: Person
    consents: tuple[Consent, ...]
    supporters: tuple[tuple[SupportLink, Supporter], ...]
    supporter_consents: tuple[Consent, ...]


def find_people(ctx: Context, part: str = "", limit: int = 50) -> PeopleFound:
    """Return people with `part` in name, reading, address or number (everybody for an empty text)."""
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        return PeopleFound(tuple(uow.people.search(part, limit)), uow.people.count())


def read_person(ctx: Context, person_id: str) -> PersonView:
    """Return one person's record; the look at it is noted in the audit log.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        person = uow.people.need(person_id)
        links = sorted(uow.links.list(person_id=person_id), key=lambda link: link.rank)
        found = {s.id: s for s in (uow.supporters.get(link.supporter_id) for link in links) if s}
        view = PersonView(
            person=person,
            consents=tuple(uow.consents.list(giver_id=person_id)),
            supporters=tuple((k, found[k.supporter_id]) for k in links if k.supporter_id in found),
            supporter_consents=tuple(
                c for c in uow.consents.list(giver_id=list(found)) if c.person_id in ("", person_id)
            ),
        )
        uow.audit.note("read", "people", person_id)
        uow.commit()
    return view


def person_by_number(ctx: Context, number: str) -> Person:
    """Return the person with this register number (or id).

    Raises: BcpKitError U-002 when there is none, or more than one.
    """
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        found = uow.people.list(register_no=number) or uow.people.list(id=[number])
    if len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found[0]


def count_people(ctx: Context) -> int:
    """Return how many people are stored."""
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        return uow.people.count()


def find_supporters(ctx: Context, part: str = "", limit: int = 50) -> tuple[Supporter, ...]:
    """Return supporters with `part` in name, reading or address (the first ones for an empty text)."""
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        return tuple(uow.supporters.search(part, limit))


def one_supporter(ctx: Context, words: str) -> Supporter:
    """Return the supporter with this id, or the only one with `words` in name, reading or address.

    Raises: BcpKitError U-002 when there is none, or more than one.
    """
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        found = uow.supporters.list(id=[words]) or uow.supporters.search(words, 2)
    if len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found[0]
