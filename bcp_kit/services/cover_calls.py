"""The call list of a cover run: whom to call, for which posts, in the order in which to call.

Order: tier of the most urgent post, its day, then own staff before the routes of help in their order.
Each person and each offer is called once, with all posts that the call is about.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover.check import ROUTE_RANK
from bcp_kit.cores.staff_cover.instance import PostGroup, Shift, Tier
from bcp_kit.domain.cover import CoverRun, ShiftAssignment, UncoveredPost
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification, StaffMember
from bcp_kit.services import cover_catalogue
from bcp_kit.services.base import Context
from bcp_kit.services.cover import read_run

OWN_STAFF = "own_staff"
MOST_OWN = 5  # own people called for one post
OWN_RANK = 0


class CallReason(StrEnum):
    """Why somebody is called."""

    PLANNED = "planned"  # an offer that the roster uses: ask for it
    MORE = "more"  # an offer that could cover an empty post
    MAY_COME = "may_come"  # own staff whom the roster does not count on that day
    NO_OFFER = "no_offer"  # nobody has promised anything that fits: look for a partner


@dataclass(frozen=True)
class CalledPost:
    """One post that a call is about; `missing` is 0 for a post that the roster gives to the one called."""

    day: int
    shift: str
    post: str
    facility_id: str
    operation_class: str
    missing: int


@dataclass(frozen=True)
class Call:
    """One call. `subject_id` is a staff or offer id, "" where nobody is known; `phone` "" where unknown.

    `route` is `own_staff` or a value of HelpRoute. `people` are asked for at least. `chance` is that of own
    staff on the first day of the posts, else None. `from_day` is the day from which an offer holds.
    """

    order: int
    reason: CallReason
    subject_id: str
    name: str
    phone: str
    route: str
    qualifications: tuple[str, ...]
    people: int
    posts: tuple[CalledPost, ...]
    chance: float | None = None
    from_day: int | None = None


@dataclass(frozen=True)
class _Known:
    """What the store knows of the people and offers of a run."""

    run: CoverRun
    staff: Mapping[str, StaffMember]
    offers: Mapping[str, HelpOffer]
    groups: Mapping[str, PostGroup]
    shifts: Mapping[str, Shift]


def call_list(ctx: Context, run_id: str = "", facility_id: str = "") -> tuple[Call, ...]:
    """Return the calls of a run (default: the newest, of `facility_id` if given), first call first.

    Telephone numbers are personal: the actor must be allowed to see staff of every site of the run.
    Raises: BcpKitError U-002 when there is no such run.
    """
    run = read_run(ctx, run_id, facility_id)
    for site in run.facility_ids:
        ctx.demand(Action.SEE_STAFF, site)
    with ctx.open_store() as uow:
        ids = list(run.facility_ids)
        known = _Known(
            run=run,
            staff={s.id: s for s in uow.staff.list(facility_id=ids)},
            offers={o.id: o for o in uow.help_offers.list(facility_id=ids)},
            groups={g.key: g for g in cover_catalogue.post_groups()},
            shifts={k.shift.key: k.shift for k in cover_catalogue.known_shifts()},
        )
    found = [
        c for c in _calls(known) if not facility_id or any(p.facility_id == facility_id for p in c.posts)
    ]
    found.sort(key=lambda c: _urgency(known, c))
    return tuple(replace(c, order=n) for n, c in enumerate(found, start=1))


def _calls(known: _Known) -> Iterator[Call]:
    empty = sorted(known.run.uncovered, key=lambda p: _post_order(known, _post(p, p.missing)))
    yield from _own_staff(known, empty)
    yield from _offers(known, empty)
    yield from _no_offer(known, empty)


def _post(post: UncoveredPost, missing: int) -> CalledPost:
    return CalledPost(post.day, post.shift, post.post, post.facility_id, post.operation_class, missing)


def _post_order(known: _Known, post: CalledPost) -> tuple[int, int, int, str]:
    tiers = [t.value for t in Tier]
    start = known.shifts[post.shift].start_min if post.shift in known.shifts else 0
    return (tiers.index(post.operation_class), post.day, start, post.facility_id)


def _urgency(known: _Known, call: Call) -> tuple[int, int, int, float, str]:
    rank = OWN_RANK if call.route == OWN_STAFF else ROUTE_RANK[HelpRoute(call.route)]
    tier, day, _, _ = min(_post_order(known, p) for p in call.posts)
    return (tier, day, rank, -(call.chance or 0.0), call.subject_id)


def _own_staff(known: _Known, empty: Sequence[UncoveredPost]) -> Iterator[Call]:
    """Yield people who might come although the roster does not count on them, likeliest first."""
    chances = {(e.staff_id, e.day): e.chance for e in known.run.attendance if not e.counted}
    posts: dict[str, list[CalledPost]] = defaultdict(list)
    for post in empty:
        able = [
            s for s in known.staff.values() if chances.get((s.id, post.day), 0) > 0 and _fits(known, s, post)
        ]
        able.sort(key=lambda s: (-chances[s.id, post.day], s.id))
        for person in able[:MOST_OWN]:
            posts[person.id].append(_post(post, post.missing))
    for staff_id, about in posts.items():
        person = known.staff[staff_id]
        yield Call(
            order=0,
            reason=CallReason.MAY_COME,
            subject_id=staff_id,
            name=person.name,
            phone=person.phone,
            route=OWN_STAFF,
            qualifications=tuple(q.value for q in person.qualifications),
            people=1,
            posts=tuple(about),
            chance=chances[staff_id, about[0].day],
        )


def _fits(known: _Known, person: StaffMember, post: UncoveredPost) -> bool:
    group, shift = known.groups.get(post.post), known.shifts.get(post.shift)
    if group is None or shift is None or person.facility_id != post.facility_id:
        return False
    return group.may_fill(person.qualifications) and (person.night_ok or not shift.night)


def _offers(known: _Known, empty: Sequence[UncoveredPost]) -> Iterator[Call]:
    """Yield the offers that the roster uses, and those that could cover an empty post."""
    used: dict[str, list[ShiftAssignment]] = defaultdict(list)
    for a in known.run.assignments:
        if a.helper_id:
            used[a.helper_id.split("#", maxsplit=1)[0]].append(a)
    for offer in known.offers.values():
        more = [_post(p, p.missing) for p in empty if _offer_fits(known, offer, p)]
        planned = [CalledPost(a.day, a.shift, a.post, a.facility_id, Tier.LIFE, 0) for a in used[offer.id]]
        if not planned and not more:
            continue
        yield Call(
            order=0,
            reason=CallReason.PLANNED if planned else CallReason.MORE,
            subject_id=offer.id,
            name=offer.name,
            phone=offer.contact,
            route=offer.route.value,
            qualifications=(offer.qualification.value,),
            people=len({a.helper_id for a in used[offer.id]}) + _most_missing(more),
            posts=(*planned, *more),
            from_day=offer.from_day,
        )


def _most_missing(posts: Iterable[CalledPost]) -> int:
    """Return the most people missing at one time: one person can work several days."""
    at: dict[tuple[int, str], int] = defaultdict(int)
    for p in posts:
        at[p.day, p.shift] += p.missing
    return max(at.values(), default=0)


def _offer_fits(known: _Known, offer: HelpOffer, post: UncoveredPost) -> bool:
    group = known.groups.get(post.post)
    return (
        group is not None and offer.facility_id == post.facility_id and group.may_fill((offer.qualification,))
    )


def _no_offer(known: _Known, empty: Sequence[UncoveredPost]) -> Iterator[Call]:
    """Yield one call to a partner yet to be found for each qualification that no offer of the site has."""
    posts: dict[tuple[str, Qualification], list[CalledPost]] = defaultdict(list)
    for post in empty:
        if post.post in known.groups and not any(_offer_fits(known, o, post) for o in known.offers.values()):
            wanted = min(known.groups[post.post].qualified)
            posts[post.facility_id, wanted].append(_post(post, post.missing))
    for (_, qualification), about in posts.items():
        yield Call(
            order=0,
            reason=CallReason.NO_OFFER,
            subject_id="",
            name="",
            phone="",
            route=HelpRoute.PARTNER.value,
            qualifications=(qualification.value,),
            people=_most_missing(about),
            posts=tuple(about),
        )
