"""Supporters proposed to people who have none (H13): an officer accepts, nobody is assigned silently."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.supporters import Asking, Helper, Proposal, propose
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import STILL_HERE, Person, Supporter, SupportLink, SupportRole
from bcp_kit.domain.plan_changes import ChangeKind, ChangeState, PlanChange
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.matching_geo import town_roads, way_lengths, zones_of
from bcp_kit.services.matching_people import needs_of, priority_tier
from bcp_kit.services.matching_settings import MatchingSettings, matching_settings
from bcp_kit.services.plan_changes import SupporterChange, supporter_change
from bcp_kit.storage.unit_of_work import UnitOfWork

BY_HANDS = frozenset({"carry", "wheelchair_push", "stretcher_van", "wheelchair_van", "ambulance", "bus_lift"})
HANDS_ROLES = (SupportRole.CARRY_OUT, SupportRole.TRANSPORT)


@dataclass(frozen=True)
class Suggested:
    """One proposal with the people it names; `first` None: nobody near has room."""

    person: Person
    proposal: Proposal
    supporters: Mapping[str, Supporter]
    needs_hands: bool


def needs_hands(person: Person) -> bool:
    """True where the person's needs name a way that takes hands: carried, pushed, or driven lying."""
    return any(mode in BY_HANDS for need in needs_of(person) for mode in need.transport[:1])


def proposed_supporters(ctx: Context, hazard: HazardKind) -> tuple[Suggested, ...]:
    """Return for everybody without a supporter whom to ask, the most urgent first.

    Only supporters who said that they would take more, within their caps, near enough. Raises: BcpKitError
    G-001 and G-002 for layers that cannot be read.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        links = _links(uow)
        helped = {link.person_id for link in links}
        people = [p for p in uow.people.list(register_status=STILL_HERE) if _asks(p, helped)]
        willing = [s for s in uow.supporters.list() if s.willing_to_take_more]
        zones = zones_of(uow, hazard)
        roads = town_roads(uow, hazard, zones)
    settings = matching_settings()
    numbers = settings.numbers
    lives: Sequence[Known] = [Known.UNKNOWN] * len(willing)
    if zones is not None and hazard in zones.hazards:
        found = zones.exposures([s.location for s in willing])
        lives = [next((e.in_zone for e in of if e.hazard is hazard), Known.UNKNOWN) for of in found]
    helpers = _helpers(willing, links, lives, settings)
    starts, ends = [p.location for p in people], [s.location for s in willing]
    on_foot = ["walk"] * len(people)
    metres, _ = way_lengths(starts, ends, on_foot, roads, numbers["detour_factor"])
    asking = [
        Asking(person_id=p.id, tier=priority_tier(p, False, settings), needs_hands=needs_hands(p))
        for p in people
    ]
    known, named = {p.id: p for p in people}, {s.id: s for s in willing}
    return tuple(
        Suggested(known[p.person_id], p, _named(p, named), needs_hands(known[p.person_id]))
        for p in propose(asking, helpers, metres, numbers["supporter_reach_m"], numbers["supporter_zone_m"])
    )


def _asks(person: Person, helped: set[str]) -> bool:
    return person.id not in helped and not person.facility_resident


def _named(proposal: Proposal, willing: Mapping[str, Supporter]) -> dict[str, Supporter]:
    near = [n for n in (proposal.first, *proposal.others) if n is not None]
    return {n.supporter_id: willing[n.supporter_id] for n in near}


def _helpers(
    willing: Sequence[Supporter],
    links: Sequence[SupportLink],
    lives: Sequence[Known],
    settings: MatchingSettings,
) -> list[Helper]:
    """Return what each supporter has room for: the own cap, else the planning default, less who is helped."""
    taken = Counter(link.supporter_id for link in links)
    hands = Counter(link.supporter_id for link in links if set(link.roles) & set(HANDS_ROLES))
    caps = (settings.numbers["supporter_cap.carry"], settings.numbers["supporter_cap.inform"])
    found = []
    for supporter, zone in zip(willing, lives, strict=True):
        own = supporter.max_people
        most = floor(caps[1] if own is None else own)
        left = max(0, most - taken[supporter.id])
        by_hands = max(0, min(left, floor(min(caps[0], most)) - hands[supporter.id]))
        found.append(Helper(supporter_id=supporter.id, room_hands=by_hands, room_word=left, in_zone=zone))
    return found


def accept_supporter(ctx: Context, person_id: str, supporter_id: str) -> PlanChange:
    """Propose a supporter for a person, as an officer decided after asking; another person approves it.

    The consent is recorded elsewhere. Raises: BcpKitError M-012 when the supporter has no room left (H13),
    U-002 for an unknown person or supporter, P-022 when the supporter is named or proposed already.
    """
    ctx.demand(Action.EDIT_PERSON)
    with ctx.open_store() as uow:
        uow.lock()
        person, supporter = uow.people.need(person_id), uow.supporters.need(supporter_id)
        (helper,) = _helpers([supporter], _links(uow), [Known.UNKNOWN], matching_settings())
        asking = Asking(person_id=person.id, tier=3, needs_hands=needs_hands(person))
        if not helper.room(asking):
            raise BcpKitError(ErrorCode.SUPPORTER_FULL)
        roles = (SupportRole.CARRY_OUT,) if asking.needs_hands else (SupportRole.INFORM, SupportRole.CHECK)
        new = SupporterChange(person.id, supporter.id, text("desk.supporters.reason"), roles=roles)
        change = supporter_change(ctx, uow, new)
        uow.plan_changes.add(change)
        uow.commit()
    return change


def _links(uow: UnitOfWork) -> list[SupportLink]:
    """Return the links that stand and those that wait for approval: both take the supporter's room."""
    waiting = uow.plan_changes.list(state=ChangeState.OPEN)
    promised = [
        SupportLink(person_id=c.person_id, supporter_id=c.supporter_id, roles=c.roles)
        for c in waiting
        if c.kind is ChangeKind.NAME_SUPPORTER
    ]
    return [*uow.links.list(), *promised]
