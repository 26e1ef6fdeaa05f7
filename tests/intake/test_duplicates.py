"""Two records of one person: proposed, decided by an officer, merged with everything that hangs on them."""

from datetime import UTC, date, datetime

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.locks import MatchingLock
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.plan_changes import ChangeKind, PlanChange
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.services.base import Context
from bcp_kit.services.duplicates import (
    MergeCommand,
    Side,
    compare_people,
    find_duplicates,
    mark_different,
    merge_people,
)
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.undoing import undo_last
from tests.intake.conftest import HEADINGS, TODAY, csv_bytes
from tests.intake.test_undoing import _state

BORN = date(1937, 3, 4)
FIRST = Person(
    id="a",
    register_no="1",
    name="髙橋　花子",
    birth_date=BORN,
    address="本町1丁目2番3号",
    needs=("dementia",),
)
SECOND = Person(
    id="b",
    register_no="2",
    resident_no="77",
    name="高橋花子",
    birth_date=BORN,
    address="本町1-2-3",
    phone_home="0123-45-6789",
    verified_on=TODAY,
)


def _consent(consent_id: str, giver: str, answer: ConsentAnswer, **more: object) -> Consent:
    fields = {"kind": ConsentKind.SHARE_PLAN, "person_id": giver, "given_on": date(2026, 6, 1)} | more
    return Consent(id=consent_id, giver_id=giver, answer=answer, **fields)


def _plan(plan_id: str, person: str, day: int) -> EvacuationPlan:
    when = date(2026, 6, day)
    return EvacuationPlan(id=plan_id, person_id=person, created_on=when, updated_on=when)


def _lock(lock_id: str, person: str, stage: int) -> MatchingLock:
    made = {"reason": "家族の希望", "made_by": "試験", "made_at": datetime(2026, 6, 1, tzinfo=UTC)}
    return MatchingLock(id=lock_id, person_id=person, shelter_id="W1", stage=stage, **made)


@pytest.fixture
def town(ctx: Context) -> Context:
    """One person in two records, each with consents, supporters and a plan, and a third person."""
    with ctx.open_store() as uow:
        uow.people.add_many(
            [FIRST, SECOND, Person(id="c", name="若葉　次郎", address="海町1", birth_date=BORN)]
        )
        uow.supporters.add_many([Supporter(id=s, name=s) for s in ("S1", "S2")])
        uow.links.add_many(
            SupportLink(person_id=p, supporter_id=s, rank=rank)
            for p, s, rank in (("a", "S1", 1), ("b", "S2", 1), ("b", "S1", 2))
        )
        uow.consents.add_many(
            [
                _consent("k1", "a", ConsentAnswer.GIVEN),
                _consent("k2", "b", ConsentAnswer.REFUSED),
                _consent("k3", "b", ConsentAnswer.GIVEN, kind=ConsentKind.MAKE_PLAN),
                _consent("k4", "S2", ConsentAnswer.GIVEN, kind=ConsentKind.BE_NAMED, person_id="b"),
            ]
        )
        uow.matching_locks.add_many([_lock("l1", "a", 1), _lock("l2", "b", 1), _lock("l3", "b", 2)])
        uow.evacuation_plans.add_many([_plan("old", "a", 1), _plan("new", "b", 9)])
        uow.commit()
    return ctx


def test_pairs_are_proposed_until_they_are_decided(town: Context) -> None:
    """One pair is proposed; said to be two people, it is proposed no more, and the decision is in the log."""
    (pair,) = find_duplicates(town).pairs
    assert (pair.first.id, pair.second.id, pair.likeness.score >= 90) == ("a", "b", True)
    mark_different(town, "b", "a")
    mark_different(town, "a", "b")
    assert find_duplicates(town).total == 0
    with town.open_store() as uow:
        assert [e.subject_id for e in uow.audit.newest(kind="person_pairs")] == ["a|b"]


def test_nothing_is_merged_by_looking(town: Context) -> None:
    """Finding and comparing changes no record."""
    before = _state(town)
    find_duplicates(town)
    view = compare_people(town, "a", "b")
    assert _state(town) == before
    assert set(view.differing) == {
        *("name", "register_no", "resident_no", "address", "needs", "phone_home", "verified_on")
    }
    assert view.proposed["phone_home"] is Side.OTHER and view.proposed["needs"] is Side.KEPT
    assert view.proposed["register_no"] is Side.KEPT and view.proposed["name"] is Side.OTHER


def test_the_answer_that_discloses_less_is_proposed(town: Context) -> None:
    """Given on one side and refused on the other: the refusal is proposed, whichever record is kept."""
    for kept, other, side in (("a", "b", Side.OTHER), ("b", "a", Side.KEPT)):
        assert compare_people(town, kept, other).proposed["share_plan"] is side


def test_merging_carries_everything_over(town: Context) -> None:
    """One person is left: chosen fields, all supporters, the newer plan, the consent that protects."""
    outcome = merge_people(town, MergeCommand("a", "b", {"name": Side.KEPT}))
    with town.open_store() as uow:
        assert uow.people.ids() == ["a", "c"]
        person = uow.people.need("a")
        assert (person.name, person.phone_home, person.needs) == ("髙橋　花子", "0123-45-6789", ("dementia",))
        assert [(k.supporter_id, k.rank) for k in uow.links.list(person_id="a")] == [("S1", 1), ("S2", 2)]
        assert [plan.id for plan in uow.evacuation_plans.list(person_id="a")] == ["new"]
        assert {(c.id, c.answer.value) for c in uow.consents.list(giver_id="a")} == {
            *(("k2", "refused"), ("k3", "given"))
        }
        assert [c.person_id for c in uow.consents.list(giver_id="S2")] == ["a"]
        assert [lock.id for lock in uow.matching_locks.list(person_id="a")] == ["l1", "l3"]
        assert not uow.links.list(person_id="b") and not uow.evacuation_plans.list(person_id="b")
        (entry,) = [e for e in uow.audit.newest(subject_id="a") if e.action == "merge"]
        assert entry.why == "from=b"
    assert (outcome.consents, outcome.links, outcome.plans) == (3, 1, 1)


def test_changes_that_wait_for_approval_follow_the_person(town: Context) -> None:
    """What was proposed for the merged record is still there to be decided, for the kept one."""
    change = PlanChange(
        id="change",
        person_id="b",
        kind=ChangeKind.END_SUPPORTER,
        supporter_id="S2",
        reason="転居",
        proposed_by="試験",
        proposed_at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    with town.open_store() as uow:
        uow.plan_changes.add(change)
        uow.commit()
    merge_people(town, MergeCommand("a", "b"))
    with town.open_store() as uow:
        assert [each.person_id for each in uow.plan_changes.list()] == ["a"]


def test_a_merge_is_undone_exactly(town: Context) -> None:
    """Both records with all that hung on them are back."""
    before = _state(town)
    merge_people(town, MergeCommand("b", "a", {"share_plan": Side.OTHER}))
    with town.open_store() as uow:
        assert {c.id for c in uow.consents.list(giver_id="b", kind="share_plan")} == {"k1"}
    undo_last(town)
    after = _state(town)
    assert {t: sorted(map(repr, r)) for t, r in after.items()} == {
        t: sorted(map(repr, r)) for t, r in before.items()
    }


def test_a_list_that_still_uses_the_other_number_finds_the_kept_record(town: Context) -> None:
    """After the merge, a file with the number of the removed record changes the kept one and adds nobody."""
    merge_people(town, MergeCommand("a", "b"))
    import_inspection(
        town, inspect_file(town, csv_bytes([HEADINGS, ("2", "高橋花子", "", "港町5")]), "a.csv")
    )
    with town.open_store() as uow:
        assert uow.people.count() == 2
        assert uow.people.need("a").address == "港町5"


def test_what_cannot_be_merged_is_told(town: Context) -> None:
    """A record with itself, and a record that is nowhere, are refused with a code."""
    for other, code in (("a", ErrorCode.MERGE_SAME_RECORD), ("z", ErrorCode.NOT_FOUND)):
        with pytest.raises(BcpKitError) as refused:
            merge_people(town, MergeCommand("a", other))
        assert refused.value.code is code


def test_only_those_who_may_import_decide(town: Context) -> None:
    """A case worker neither sees the pairs nor merges."""
    denied = Context(
        actor=town.actor.model_copy(update={"role": Role.CASE_WORKER}),
        open_store=town.open_store,
        clock=town.clock,
    )
    for work in (find_duplicates, lambda ctx: merge_people(ctx, MergeCommand("a", "b"))):
        with pytest.raises(BcpKitError) as refused:
            work(denied)
        assert refused.value.code is ErrorCode.ACTION_DENIED
