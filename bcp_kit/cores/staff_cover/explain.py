"""Why a post stays uncovered, the smallest change that covers it, and what hangs on one person.

Every remedy that is named was tried: the change is made to the question, the person put on the post, and the
checker asked; only a change after which no rule is broken is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Demand, Tier, Waiver, Worker
from bcp_kit.domain.cover import SinglePoint, UncoveredPost
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification

MOST_REMEDIES = 3
ONE_PERSON_LENT = "lent"  # id of the person whom a remedy adds


@dataclass(frozen=True)
class Roster:
    """A roster with its assignments by worker at hand."""

    instance: CoverInstance
    assignments: tuple[Assignment, ...]
    own: Mapping[str, list[Assignment]]

    @classmethod
    def of(cls, instance: CoverInstance, assignments: Sequence[Assignment]) -> "Roster":
        """Return the roster of some assignments."""
        return cls(instance, tuple(assignments), check.by_worker(assignments))


def uncovered(roster: Roster, offers: Sequence[HelpOffer]) -> tuple[UncoveredPost, ...]:
    """Return each post that lacks people, by tier, with what stands in the way and what would help."""
    found = []
    for key, gaps in sorted(check.missing(roster.instance, roster.assignments).items(), key=_by_day):
        demand = roster.instance.demand_of[key]
        reasons = blocking_reasons(roster, demand)
        remedies = tuple(_remedies(roster, demand, offers))
        found += [
            UncoveredPost(
                facility_id=demand.site,
                day=demand.day,
                shift=demand.shift,
                post=demand.group,
                operation_class=tier.value,
                missing=missing,
                reasons=reasons,
                remedies=remedies,
            )
            for tier, missing in gaps.items()
            if missing
        ]
    return tuple(found)


def _by_day(item: tuple[tuple[str, int, str, str], object]) -> tuple[int, str, str, str]:
    site, day, shift, group = item[0]
    return (day, site, shift, group)


def _post_for(worker_id: str, demand: Demand) -> Assignment:
    return Assignment(
        worker_id=worker_id, site=demand.site, day=demand.day, shift=demand.shift, group=demand.group
    )


def blockers(roster: Roster, worker: Worker, demand: Demand) -> tuple[str, ...]:
    """Return the rules that keep one worker from one post, given everything else that they do."""
    new = _post_for(worker.id, demand)
    broken = {
        v.rule
        for v in check.worker_violations(roster.instance, worker, [*roster.own.get(worker.id, ()), new])
    }
    if rules.ONE_SHIFT in broken:
        broken -= {rules.REST}
    if _leaves_newcomer_alone(roster, worker, demand):
        broken.add(rules.NEWCOMER_PAIR)
    if _lacks_bed(roster, worker):
        broken.add(rules.LODGING)
    order = {rule.key: n for n, rule in enumerate(rules.HARD_RULES)}
    return tuple(sorted(broken, key=lambda rule: order[rule]))


def _leaves_newcomer_alone(roster: Roster, worker: Worker, demand: Demand) -> bool:
    instance = roster.instance
    if not (worker.newcomer and instance.limits.newcomer_pair and instance.shift_of[demand.shift].night):
        return False
    if (rules.NEWCOMER_PAIR, worker.id) in instance.waived:
        return False
    here = (demand.site, demand.day, demand.shift)
    crew = [a.worker_id for a in roster.assignments if (a.site, a.day, a.shift) == here]
    return not any(check.is_experienced(instance.worker_of[w]) for w in crew)


def _lacks_bed(roster: Roster, worker: Worker) -> bool:
    if worker.route is None or not worker.needs_lodging or worker.id in roster.own:
        return False
    beds = roster.instance.site_of[worker.home].lodging_places
    guests = [
        w
        for w in roster.instance.workers
        if w.route is not None and w.needs_lodging and w.home == worker.home and w.id in roster.own
    ]
    return beds is not None and len(guests) >= beds


def blocking_reasons(roster: Roster, demand: Demand) -> tuple[Reason, ...]:
    """Return what keeps the people from the post: one reason per rule, with how many people it concerns.

    A person counts under the first rule that blocks them. Nobody qualified at all is a reason of its own.
    """
    instance = roster.instance
    able = [w for w in instance.workers if instance.may_fill(w, demand.group)]
    at_hand = [w for w in able if w.home == demand.site or w.route is None]
    if not at_hand:
        return (_reason(rules.QUALIFIED, 0),)
    people: dict[str, list[str]] = defaultdict(list)
    for worker in at_hand:
        broken = blockers(roster, worker, demand)
        people[broken[0] if broken else rules.ASKED_POSTS].append(worker.id)
    return tuple(
        _reason(rule.key, len(people[rule.key]), people[rule.key][0] if len(people[rule.key]) == 1 else "")
        for rule in rules.HARD_RULES
        if rule.key in people
    )


def _reason(rule: str, people: int, subject_id: str = "") -> Reason:
    return Reason(
        rule=rule, message=f"cover.blocked.{rule}", subject_id=subject_id, values={"people": people}
    )


def _remedies(roster: Roster, demand: Demand, offers: Sequence[HelpOffer]) -> Iterator[Reason]:
    """Yield at most MOST_REMEDIES remedies: one person lent, by the order of the routes, then one waiver."""
    yield from islice(chain(_lent_people(roster, demand, offers), _waivers(roster, demand)), MOST_REMEDIES)


def _lent_people(roster: Roster, demand: Demand, offers: Sequence[HelpOffer]) -> Iterator[Reason]:
    group = roster.instance.group_of[demand.group]
    fitting = [
        o for o in offers if o.facility_id == demand.site and group.may_fill((o.qualification,)) and o.people
    ]
    fitting.sort(key=lambda o: (check.ROUTE_RANK[o.route], o.qualification not in group.qualified, o.id))
    for offer in fitting[:1]:
        if _covers(roster, demand, offer.qualification, offer.route):
            topic = "earlier" if offer.from_day > demand.day else "one_more"
            yield _lent(topic, demand, offer.qualification, offer.route, offer.id)
    if not fitting:
        qualification = min(group.qualified)
        if _covers(roster, demand, qualification, HelpRoute.PARTNER):
            yield _lent("ask_partner", demand, qualification, HelpRoute.PARTNER, "")


def _lent(
    topic: str, demand: Demand, qualification: Qualification, route: HelpRoute, offer_id: str
) -> Reason:
    values = {
        "qualification": qualification.value,
        "route": route.value,
        "day": demand.day,
        "shift": demand.shift,
        "site": demand.site,
    }
    return Reason(rule="help", message=f"cover.remedy.{topic}", subject_id=offer_id, values=values)


def lend(
    instance: CoverInstance, demand: Demand, qualification: Qualification, route: HelpRoute
) -> CoverInstance:
    """Return the question with one more helper, for that one shift, who brings their own bed."""
    lent = Worker(
        id=ONE_PERSON_LENT,
        home=demand.site,
        qualifications=frozenset({qualification}),
        available={demand.day: (demand.shift,)},
        route=route,
        offer_id=ONE_PERSON_LENT,
    )
    return instance.changed(workers=(*instance.workers, lent))


def _covers(roster: Roster, demand: Demand, qualification: Qualification, route: HelpRoute) -> bool:
    changed = Roster(lend(roster.instance, demand, qualification, route), roster.assignments, roster.own)
    return not blockers(changed, changed.instance.worker_of[ONE_PERSON_LENT], demand)


def _waivers(roster: Roster, demand: Demand) -> Iterator[Reason]:
    """Yield people whom exactly one waivable rule keeps from the post, and whom the waiver lets in."""
    instance = roster.instance
    own = [w for w in instance.workers if w.home == demand.site and instance.may_fill(w, demand.group)]
    for worker in own:
        broken = blockers(roster, worker, demand)
        if len(broken) != 1 or broken[0] not in rules.WAIVABLE:
            continue
        waiver = Waiver(rule=broken[0], worker_id=worker.id)
        waived = Roster(instance.changed(waivers=(*instance.waivers, waiver)), roster.assignments, roster.own)
        if not blockers(waived, worker, demand):
            values = {"rule": broken[0], "day": demand.day, "shift": demand.shift, "site": demand.site}
            yield Reason(
                rule=broken[0], message=f"cover.remedy.waive_{broken[0]}", subject_id=worker.id, values=values
            )


def single_points(instance: CoverInstance) -> tuple[SinglePoint, ...]:
    """Return the tasks for which only one person can be counted on on a day (helpers count as people too).

    A task that nobody can do is an uncovered post and not listed here.
    """
    found = []
    asked = sorted({(d.day, d.site, d.group) for d in instance.demands if d.heads})
    for day, site, group_key in asked:
        able = [
            w.id
            for w in instance.workers
            if w.available.get(day) and instance.may_fill(w, group_key) and _reaches(instance, w, site, day)
        ]
        if len(able) == 1:
            found.append(SinglePoint(day=day, task=group_key, staff_id=able[0], facility_id=site))
    return tuple(found)


def _reaches(instance: CoverInstance, worker: Worker, site: str, day: int) -> bool:
    if worker.home == site:
        return True
    first = instance.travel_from_day
    return worker.route is None and first is not None and day >= first


def tier_totals(posts: Sequence[UncoveredPost]) -> dict[Tier, int]:
    """Return the missing heads by tier."""
    counted: Counter[str] = Counter()
    for post in posts:
        counted[post.operation_class] += post.missing
    return {tier: counted[tier.value] for tier in Tier}
