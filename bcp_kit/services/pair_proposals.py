"""Pairs of person and supporter that come in a file: proposed, not stored, where the town wants two people.

A newer file takes the place of what still waits; undoing the import takes its proposals back.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from bcp_kit.domain.people import SupportLink
from bcp_kit.domain.plan_changes import ChangeKind, ChangeState, PlanChange
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.services.plan_rules import pairs_wait
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.unit_of_work import UnitOfWork

Pair = tuple[str, str]


@dataclass(frozen=True)
class PairProposer:
    """Who proposes the pairs of one file; `batch_id` is the id of the import."""

    batch_id: str
    by: str
    at: datetime
    reason: str
    new_id: Callable[[], str]

    def change(self, pair: Pair, kind: ChangeKind, link: SupportLink | None = None) -> PlanChange:
        """Return the proposal for one pair."""
        return PlanChange(
            id=self.new_id(),
            person_id=pair[0],
            kind=kind,
            supporter_id=pair[1],
            rank=link.rank if link else None,
            roles=link.roles if link else (),
            reason=self.reason,
            proposed_by=self.by,
            proposed_at=self.at,
            batch_id=self.batch_id,
        )

    def withdrawn(self, change: PlanChange) -> PlanChange:
        """Return an older proposal of a file as one that a newer file took the place of."""
        update = {
            "state": ChangeState.REFUSED,
            "decided_by": self.by,
            "decided_at": self.at,
            "decided_words": text("changes.batch.superseded", DEFAULT_LANGUAGE),
        }
        return change.model_copy(update=update)


def proposer(ctx: Context, uow: UnitOfWork, title: str) -> PairProposer | None:
    """Return who proposes the pairs of a file, None where they count at once by the town's rule."""
    if not pairs_wait(uow):
        return None
    reason = text("changes.batch.reason", DEFAULT_LANGUAGE, title=title)
    return PairProposer(ctx.new_id(), ctx.actor.name, ctx.clock.now(), reason, ctx.new_id)


@dataclass(frozen=True)
class PairsFound:
    """The pairs of a file against the store: to propose, proposals to take back, pairs that wait already."""

    proposed: Sequence[PlanChange]
    superseded: Sequence[tuple[PlanChange, PlanChange]]
    waiting: int


def find_pairs(
    wanted: Sequence[SupportLink], standing: Iterable[Pair], uow: UnitOfWork, by: PairProposer
) -> PairsFound:
    """Return what a file asks for beyond what stands; for each of its people the file is the whole list.

    `standing` are the pairs of these people in the store.
    """
    links = {(link.person_id, link.supporter_id): link for link in wanted}
    stands, people = set(standing), sorted({person_id for person_id, _ in links})
    kept = chain.from_iterable(
        uow.plan_changes.list(person_id=part, state=ChangeState.OPEN)
        for part in chunks(people, PEOPLE_AT_ONCE)
    )
    waits: set[tuple[Pair, ChangeKind]] = set()
    superseded: list[tuple[PlanChange, PlanChange]] = []
    for change in kept:
        pair = (change.person_id, change.supporter_id)
        agrees = (change.kind is ChangeKind.NAME_SUPPORTER) is (pair in links)
        if not change.is_of_links or (not agrees and not change.batch_id):
            continue  # an answer, or a proposal made by hand: whoever decides on that sees both
        if agrees:
            waits.add((pair, change.kind))
        else:
            superseded.append((change, by.withdrawn(change)))
    asked = [(pair, ChangeKind.NAME_SUPPORTER) for pair in links if pair not in stands]
    asked += [(pair, ChangeKind.END_SUPPORTER) for pair in sorted(stands) if pair not in links]
    fresh = [by.change(pair, kind, links.get(pair)) for pair, kind in asked if (pair, kind) not in waits]
    return PairsFound(fresh, superseded, len(asked))
