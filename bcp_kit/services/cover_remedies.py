"""The smallest proven remedy of each empty post, and what breaks when one more person is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover.explain import Roster
from bcp_kit.cores.staff_cover.instance import Tier
from bcp_kit.cores.staff_cover.remedies import Remedy, RemedyKind, breaks_without, smallest
from bcp_kit.domain.cover import CoverRun, UncoveredPost
from bcp_kit.domain.placements import Reason
from bcp_kit.services.base import Context
from bcp_kit.services.cover import read_run
from bcp_kit.services.cover_reopen import reopened

WORK_S = 5.0


@dataclass(frozen=True)
class PostRemedies:
    """One empty post and its smallest proven remedies, as sentences; none: nothing tried fills it."""

    post: UncoveredPost
    remedies: tuple[Reason, ...]


@dataclass(frozen=True)
class Breaking:
    """One person without whom life-keeping heads stay empty although the roster is decided anew."""

    staff_id: str
    heads: int


def post_remedies(
    ctx: Context, run_id: str = "", facility_id: str = "", posts: int = 5, most: int = 3
) -> tuple[PostRemedies, ...]:
    """Return remedies for the most urgent empty posts of a run, each proven by solving again.

    Raises: BcpKitError U-002 when there is no such run.
    """
    run = read_run(ctx, run_id, facility_id)
    again = reopened(ctx, run, WORK_S)
    roster = Roster.of(again.asked.instance, again.roster)
    found = []
    for number, post in enumerate(chosen := _most_urgent(run, facility_id, posts)):
        if not ctx.progress(number / len(chosen), "cover.stage.life_uncovered"):
            break
        demand = again.asked.instance.demand_of.get((post.facility_id, post.day, post.shift, post.post))
        proven = smallest(roster, demand, again.facts.offers, most, run.seed) if demand else ()
        found.append(PostRemedies(post, tuple(_words(r) for r in proven)))
    return tuple(found)


def _most_urgent(run: CoverRun, facility_id: str, posts: int) -> list[UncoveredPost]:
    """One line for each post: its most urgent tier; by tier, then day."""
    tiers = [t.value for t in Tier]
    seen: dict[tuple[str, int, str, str], UncoveredPost] = {}
    for post in sorted(run.uncovered, key=lambda p: (tiers.index(p.operation_class), p.day)):
        if not facility_id or post.facility_id == facility_id:
            seen.setdefault((post.facility_id, post.day, post.shift, post.post), post)
    return list(seen.values())[:posts]


def _words(remedy: Remedy) -> Reason:
    values: dict[str, str | int | float] = {
        "day": remedy.day,
        "shift": remedy.shift,
        "people": remedy.people,
        "rule": remedy.rule,
    }
    if remedy.qualification:
        values["qualification"] = remedy.qualification.value
    if remedy.route:
        values["route"] = remedy.route.value
    if remedy.kind is RemedyKind.LEND:
        topic = "lend_known" if remedy.offer_id else "lend_new"
        message, subject = f"cover_answers.remedy.{topic}", remedy.offer_id
    elif remedy.kind is RemedyKind.WAIVE:
        message, subject = f"cover.remedy.waive_{remedy.rule}", remedy.worker_id
    else:
        message, subject = "cover_answers.remedy.qualify", remedy.worker_id
    return Reason(rule=remedy.rule or remedy.kind.value, message=message, subject_id=subject, values=values)


def breaking_people(
    ctx: Context, run_id: str = "", facility_id: str = "", people: Sequence[str] = ()
) -> tuple[Breaking, ...]:
    """Return who may not fall out: for each, the roster is decided anew without them. Worst first.

    `people`: whom to try; by default those who stand in the roster's single points.
    Raises: BcpKitError U-002 when there is no such run.
    """
    run = read_run(ctx, run_id, facility_id)
    for site in run.facility_ids:
        ctx.demand(Action.SEE_STAFF, site)
    again = reopened(ctx, run, WORK_S)
    known = again.asked.instance.worker_of
    tried = list(dict.fromkeys(people or [p.staff_id for p in run.single_points]))
    found = []
    for number, staff_id in enumerate(tried):
        if not ctx.progress(number / len(tried), "cover.stage.life_uncovered"):
            break
        if staff_id in known:
            heads = breaks_without(again.asked.instance, again.roster, staff_id, run.seed)
            found.append(Breaking(staff_id, heads))
    return tuple(sorted((b for b in found if b.heads > 0), key=lambda b: (-b.heads, b.staff_id)))
