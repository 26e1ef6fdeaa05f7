"""Smallest changes for everybody and changes for the town, kept with the run; a stop keeps what was found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from small_town import hall, person, quick

from bcp_kit.cores.shelter_matching import mending
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.stress import one_by_one
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import LANGUAGES
from bcp_kit.services import matching_solve
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_read import read_run
from bcp_kit.services.matching_remedies import try_changes
from bcp_kit.services.matching_town import (
    TownChangeKept,
    kept_changes,
    mended_counts,
    store_advice,
    store_remedies,
)
from bcp_kit.services.matching_words import changes_of, sentence
from bcp_kit.services.worker_pool import PoolRunner

Filled = Callable[..., Context]


@pytest.fixture
def crowded(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Twelve people and room for three; too large a town for changes to come with the run."""
    monkeypatch.setattr(matching_solve, "HAMLET_PAIRS", 0)
    people = [person(f"p{n:02}", register_no=f"{n:05}") for n in range(12)]
    ctx = filled(people, [hall("a", capacity_people=3), hall("b", capacity_people=2)])
    match(ctx, quick())
    return ctx


def test_everybody_left_over_gets_a_change_that_places(crowded: Context) -> None:
    """N3: after the batch each person without a place has a change, and the change tried places somebody."""
    before = read_run(crowded)
    assert before.unplaced and not any(x.placement.remedies for x in before.unplaced)
    found = store_remedies(crowded, limit_s=60, runner=one_by_one)
    assert found.left == 0 and not found.stopped and found.looked == len(before.unplaced)
    after = read_run(crowded)
    assert after.run.id == before.run.id
    assert mended_counts(after.run) == (len(before.unplaced), len(before.unplaced))
    for line in after.unplaced[:2]:
        changes = changes_of(line.placement.remedies[0])
        tried = try_changes(crowded, after.run.id, changes, own_process=False)
        assert sum(p.shelter_id is not None for p in tried.placements) > len(before.lines) - len(
            before.unplaced
        )


def test_a_stop_keeps_what_was_found_and_the_next_goes_on(crowded: Context) -> None:
    """A stop after two people leaves their changes with the run; the next call looks at the others only."""
    asked = iter(range(100))
    stopping = replace(crowded, progress=lambda _done, _stage: next(asked) < 1)

    first = store_remedies(stopping, limit_s=60, runner=one_by_one)
    assert first.stopped and first.looked == 2 and first.left > 0
    assert mended_counts(read_run(crowded).run)[0] == 2
    rest = store_remedies(crowded, limit_s=60, runner=one_by_one)
    assert rest.looked == first.left and rest.left == 0


def test_the_limit_ends_the_search(crowded: Context) -> None:
    """A limit that has passed ends the batch with the rest counted as left."""
    found = store_remedies(crowded, limit_s=0.0)
    assert found.stopped and found.left > 0


def test_a_pool_hears_a_stop_between_results() -> None:
    """A runner of processes asks for a stop while it waits, and ends."""
    runner = PoolRunner(2, lambda _done, _stage: False, portion=1)
    with pytest.raises(BcpKitError) as stopped:
        list(runner(pow, 2, range(20)))
    assert stopped.value.code is ErrorCode.STOPPED_BY_USER


def test_a_pool_gives_results_in_order_in_any_portion() -> None:
    """Portions that do not come out even lose nothing: results come in the order of the items."""
    assert list(PoolRunner(2, portion=7)(pow, 2, range(20))) == [2**n for n in range(20)]


def test_what_the_town_should_do_is_kept_and_ranked(crowded: Context) -> None:
    """Changes for the town stay with the run, most people first, each with people by unit in words."""
    run = store_advice(crowded)
    kept = kept_changes(read_run(crowded).run)
    assert run.advised and kept and kept[0].people >= kept[-1].people >= 0
    for language in LANGUAGES:
        assert all("{" not in one.each_words(language) for one in kept)


@pytest.mark.parametrize("kind", [k for k in ChangeKind if k is not ChangeKind.SEVERAL])
def test_people_by_unit_are_told_for_every_kind(kind: ChangeKind) -> None:
    """Each kind of change has a unit; room counts square metres, not square decimetres."""
    resource = Resource.AREA if kind is ChangeKind.ROOM else None
    change = Change(kind=kind, destination_id="a", fact="elderly", resource=resource, amount=400)
    kept = TownChangeKept(change, {1: 1, 2: 1, 3: 0}, {1: 0, 2: 0, 3: 0}, proven=True)
    assert kept.each == pytest.approx(0.5) if resource else kept.each > 0
    assert all("{" not in kept.each_words(language) for language in LANGUAGES)


def test_a_trial_gets_no_kept_answers(crowded: Context) -> None:
    """A what-if is not stored, so nothing can be kept with it."""
    with pytest.raises(BcpKitError):
        store_remedies(crowded, "no such run")


def test_a_change_not_proven_smallest_says_so(filled: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    """F52: what a search could not prove within its time is told with that word; what it proved is not."""
    monkeypatch.setattr(matching_solve, "HAMLET_PAIRS", 0)
    ctx = filled([person(f"p{n}", companions=1) for n in range(3)], [hall(capacity_people=3)])
    solved = mending._solved

    def unproven(*asked: Any) -> mending.Mended | None:
        found = solved(*asked)
        return None if found is None else replace(found, proven=False)

    for proven, search in ((1, solved), (0, unproven)):
        monkeypatch.setattr(mending, "_solved", search)
        match(ctx, quick())
        store_remedies(ctx, limit_s=60)
        view = read_run(ctx)
        (remedy, *_) = view.unplaced[0].placement.remedies
        assert remedy.values["amount"] == 2 and remedy.values["proven"] == proven
        assert ("証明していません" in sentence(remedy, view.shelters)) is not bool(proven)
