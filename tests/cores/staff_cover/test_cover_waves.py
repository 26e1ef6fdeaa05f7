"""Waves: the fast rosters keep every rule, and lie between the proven optimum and the bound of each day."""

from itertools import product

import numpy as np
import pytest
from cover_makers import CARE, NURSE, ask, helper, instance, random_tiny, worker
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.cores.staff_cover import check, waves_exact
from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Site, Tier
from bcp_kit.cores.staff_cover.waves import holds_by_shift, rosters
from bcp_kit.cores.staff_cover.waves_board import Board
from bcp_kit.cores.staff_cover.waves_bound import Kinds, ceilings, most_filled


def all_here(asked: CoverInstance, draws: int = 1) -> Presence:
    """Everybody is there on every day."""
    return np.ones((draws, len(asked.workers), asked.days), dtype=bool)


def fast(asked: CoverInstance, present: Presence | None = None) -> tuple[int, int]:
    """Life-keeping heads missing in the fast roster of the only draw, and in the bound; rules are checked."""
    here = all_here(asked) if present is None else present
    found = rosters(asked, here)
    for draw in range(len(here)):
        only = waves_exact.of_draw(asked, here, draw)
        assert check.violations(only, found.assignments(draw)) == ()
        gaps = check.missing(only, found.assignments(draw)).values()
        assert sum(gap[Tier.LIFE] for gap in gaps) == int(found.short()[draw])
    bound = ceilings(found.board, here, found.missing)
    return int(found.short()[0]), int(bound.by_day[0].sum())


def least_by_hand(asked: CoverInstance) -> int:
    """The fewest life-keeping heads missing over all rosters, by trying every one of them."""
    cells = [(d.site, d.day, d.shift, d.group) for d in asked.demands if d.life]
    plans = []
    for w in asked.workers:
        options: list[tuple[Assignment, ...]] = [()]
        for day in range(asked.days):
            here = [
                Assignment(worker_id=w.id, site=s, day=d, shift=shift, group=g)
                for s, d, shift, g in cells
                if d == day
            ]
            options = [(*plan, *more) for plan in options for more in [(), *((a,) for a in here)]]
        plans.append([plan for plan in options if not check.worker_violations(asked, w, plan)])
    best = sum(d.life for d in asked.demands)
    for chosen in product(*plans):
        roster = [a for plan in chosen for a in plan]
        gaps = check.missing(asked, roster).values()
        missing = sum(gap[Tier.LIFE] for gap in gaps)
        if missing < best and not check.violations(asked, roster):
            best = missing
    return best


@pytest.mark.parametrize(
    ("workers", "demands", "expected"),
    [
        ([], [ask(0, "day")], (1, 1)),
        ([worker("a")], [ask(0, "day")], (0, 0)),
        ([worker("a")], [ask(0, "day"), ask(0, "late")], (1, 1)),
        ([worker("a", night_ok=False)], [ask(0, "night")], (1, 1)),
        ([worker("a")], [ask(0, "day", "nurse")], (1, 1)),
        ([worker("a"), worker("b", qualifications={NURSE})], [ask(0, "day", "nurse"), ask(0, "day")], (0, 0)),
        ([worker("a", shifts=("late",))], [ask(0, "day")], (1, 1)),
        ([worker("a")], [ask(0, "night"), ask(1, "day")], (1, 0)),
        ([worker("a"), worker("b")], [ask(0, "night"), ask(1, "day")], (0, 0)),
        ([worker("a", newcomer=True)], [ask(0, "night")], (1, 0)),
        ([worker("a", newcomer=True), worker("b")], [ask(0, "night", life=2)], (0, 0)),
        ([worker("a", free_from_min=900)], [ask(0, "late")], (1, 1)),
        ([worker("a", week_min=0)], [ask(d, "day") for d in range(3)], (1, 0)),
    ],
    ids=(
        "nobody",
        "one for one",
        "one shift a day",
        "no nights",
        "not qualified",
        "the nurse nurses",
        "shift not open",
        "rests after a night",
        "another rests",
        "newcomer alone",
        "newcomer beside somebody",
        "rests after the duty",
        "hours of the week",
    ),
)
def test_each_rule_alone(workers: list, demands: list, expected: tuple[int, int]) -> None:  # type: ignore[type-arg]
    """A tiny case for each rule: heads missing in the fast roster, and those that no roster covers."""
    assert fast(instance(workers, demands)) == expected


def test_absence_empties_a_post() -> None:
    """Of two draws one lacks the only nurse on day 1: only there something is missing, on that day."""
    asked = instance([worker("a", qualifications={NURSE})], [ask(d, "day", "nurse") for d in range(2)])
    here = all_here(asked, 2)
    here[1, 0, 1] = False
    found = rosters(asked, here)
    held = holds_by_shift(found.board, found.missing)
    assert held[0, "day"].tolist() == [True, True] and held[1, "day"].tolist() == [True, False]


def test_helpers_sleep_where_there_are_beds() -> None:
    """Two helpers, one bed: the fast roster uses one of them."""
    helpers = [helper("x", offer_id="o1"), helper("y", offer_id="o2")]
    asked = instance(helpers, [ask(0, "day", life=2)], sites=(Site(id="A", lodging_places=1),))
    assert fast(asked) == (1, 0)
    assert fast(asked.changed(sites=(Site(id="A", lodging_places=0),))) == (2, 2)
    assert fast(asked.changed(sites=(Site(id="A"),))) == (0, 0)


def test_a_chain_of_moves_fills_what_the_order_left_empty() -> None:
    """Nurse on care, carer who can only come late: she must move for all three posts to be filled."""
    crew = [
        worker("a", qualifications={NURSE}),
        worker("b", qualifications={NURSE}, shifts=("day",)),
        worker("c", shifts=("day", "late")),
    ]
    posts = [ask(0, "day"), ask(0, "late", "nurse"), ask(0, "day", "nurse")]
    assert fast(instance(crew, posts)) == (0, 0)


@given(st.integers(0, 10**6), st.lists(st.booleans(), min_size=12, max_size=12))
@settings(max_examples=120, deadline=None)
def test_the_fast_answer_brackets_the_best_roster(seed: int, luck: list[bool]) -> None:
    """On tiny instances with every rule: bound ≤ best of all rosters ≤ fast roster, which breaks no rule."""
    asked = random_tiny(seed)
    here = np.array(luck).reshape(1, 4, 3)[:, : len(asked.workers), : asked.days]
    missing, bound = fast(asked, here)
    assert bound <= least_by_hand(waves_exact.of_draw(asked, here, 0)) <= missing


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_single_day_is_answered_exactly(seed: int) -> None:
    """Without newcomers and beds to share out, one day alone is a matching: the chains find the best."""
    asked = random_tiny(seed)
    asked = asked.changed(
        days=1,
        workers=tuple(
            w.model_copy(
                update={
                    "available": {0: w.available.get(0, ())},
                    "newcomer": False,
                    "needs_lodging": False,
                    "in_force": {},
                }
            )
            for w in asked.workers
        ),
        demands=tuple(d for d in asked.demands if d.day == 0),
    )
    missing, bound = fast(asked)
    assert missing == bound


@given(st.integers(0, 10**6), st.integers(0, 2), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_most_filled_is_what_trying_finds(seed: int, spare: int, dice: int) -> None:
    """Maximum flow over kinds of people gives the largest number of filled posts of one day."""
    asked = random_tiny(seed)
    board = Board(asked)
    posts = board.days[0]
    if not posts:
        return
    here = np.random.default_rng(dice).random(len(asked.workers)) < 0.4 + 0.3 * spare
    kinds = Kinds.of_posts(board, posts)
    heads = [board.posts[p].life for p in posts]
    found = most_filled(kinds, (here.astype(int) @ kinds.of).tolist(), heads)
    options = [
        [None, *np.flatnonzero(board.may[list(posts), w])] if here[w] else [None] for w in range(len(here))
    ]
    best = 0
    for chosen in product(*options):
        used = [sum(c == n for c in chosen if c is not None) for n in range(len(posts))]
        best = max(best, sum(min(u, h) for u, h in zip(used, heads, strict=True)))
    assert found == best


def test_the_full_model_agrees_on_samples() -> None:
    """On seeded instances the full model proves a value between the bound and the fast roster."""
    for seed in range(12):
        asked = random_tiny(seed)
        here = all_here(asked)
        found = rosters(asked, here)
        bound = ceilings(found.board, here, found.missing)
        (one,) = waves_exact.compared(found, bound, here, [0])
        assert one.bound <= one.least == one.most <= one.fast


def test_more_people_never_undo_what_held() -> None:
    """With a helper more, every draw that held holds, and what was short is short no more than before."""
    crew = [worker(f"w{n}", qualifications={CARE}) for n in range(4)]
    asked = instance(crew, [ask(d, s) for d in range(3) for s in ("day", "night")])
    here = np.random.default_rng(1).random((60, 4, 3)) < 0.6
    before = rosters(asked, here)
    wider = asked.changed(workers=(*crew, helper("x", needs_lodging=False)))
    more = np.concatenate([here, np.ones((60, 1, 3), dtype=bool)], axis=1)
    after = rosters(wider, more, held=before)
    assert (after.short() <= before.short()).all() and after.short().sum() < before.short().sum()


def test_rosters_that_no_longer_fit_are_built_anew() -> None:
    """A roster of before is kept only where its people are still there."""
    asked = instance([worker("a"), worker("b")], [ask(0, "day")])
    here = all_here(asked)
    before = rosters(asked, here)
    gone = here.copy()
    gone[0, 0] = False
    after = rosters(asked, gone, held=before)
    assert [a.worker_id for a in after.assignments(0)] == ["b"]
