"""The solver agrees with brute force, is repeatable, and never answers with a broken rule."""

from collections.abc import Callable
from itertools import product
from random import Random

import pytest
from cover_makers import CARE, NURSE, ask, helper, instance, put, random_more, random_tiny, worker

from bcp_kit.cores.staff_cover import check, search
from bcp_kit.cores.staff_cover.greedy import greedy
from bcp_kit.cores.staff_cover.instance import (
    Assignment,
    CoverInstance,
    Goal,
    LockKind,
    Waiver,
    WorkLimits,
)
from bcp_kit.cores.staff_cover.solve import WorkBudget, solve
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.staff import HelpRoute

SMALL = WorkBudget(deterministic_s=5)


def _plans_of(asked: CoverInstance, worker_id: str) -> list[tuple[Assignment, ...]]:
    """All sound plans of one worker, by trying everything."""
    worker_ = asked.worker_of[worker_id]
    posts = [d for d in asked.demands if d.heads]
    choices = []
    for day in range(asked.days):
        here = [
            Assignment(worker_id=worker_id, site=d.site, day=d.day, shift=d.shift, group=d.group)
            for d in posts
            if d.day == day and d.group in asked.groups_of(worker_) and worker_.is_present(day, d.shift)
        ]
        choices.append([None, *here])
    plans = []
    for days in product(*choices):
        own = tuple(a for a in days if a is not None)
        if not check.worker_violations(asked, worker_, own):
            plans.append(own)
    return plans


def brute_force(asked: CoverInstance) -> tuple[int, ...]:
    """The fewest locks released, then the best score, over every roster there is."""
    best: tuple[int, ...] | None = None
    free = asked.changed(locks=tuple(k for k in asked.locks if k.kind is not LockKind.WORKS))
    for combination in product(*(_plans_of(asked, w.id) for w in asked.workers)):
        roster = [a for own in combination for a in own]
        works = {(a.worker_id, a.day, a.shift) for a in roster}
        broken = sum((k.worker_id, k.day, k.shift) not in works for k in asked.locked_work)
        found = (broken, *check.order(check.score(asked, roster)))
        if (best is None or found < best) and not check.violations(free, roster):
            best = found
    assert best is not None
    return best


def _small_enough(asked: CoverInstance) -> bool:
    size = 1
    for w in asked.workers:
        size *= len(_plans_of(asked, w.id))
    return size <= 20_000


TRIED = [seed for seed in range(260) if _small_enough(random_tiny(seed))][:160]


def test_enough_instances_are_small_enough_for_brute_force() -> None:
    """At least a hundred seeded instances are compared."""
    assert len(TRIED) >= 100


@pytest.mark.parametrize("maker", [random_tiny, random_more])
@pytest.mark.parametrize("block", range(8))
def test_the_solver_agrees_with_brute_force(block: int, maker: Callable[[int], CoverInstance]) -> None:
    """On tiny instances the proven answer has exactly the best score there is, goal by goal.

    Locks that clash are released, and no more of them than must be.
    """
    for seed in TRIED[block::8]:
        asked = maker(seed)
        result = solve(asked, SMALL)
        kept = asked.changed(locks=tuple(k for k in asked.locks if k not in result.released))
        assert check.violations(kept, result.assignments) == (), seed
        assert result.status is SolveStatus.OPTIMAL, seed
        assert result.gap == 0 and result.bounds == result.values, seed
        best = brute_force(asked)
        assert len(result.released) == best[0], seed
        if not result.released:
            assert check.order(result.values) == best[1:], seed


@pytest.mark.parametrize("seed", range(1000, 1060))
def test_the_greedy_answer_breaks_no_rule(seed: int) -> None:
    """The fallback is sound on instances of any make."""
    asked = random_more(seed)
    free = asked.changed(locks=tuple(k for k in asked.locks if k.kind is not LockKind.WORKS))
    assert check.violations(free, greedy(free)) == ()


def _ward(people: int, days: int, seed: int = 7) -> CoverInstance:
    dice = Random(seed)  # noqa: S311 - invented data
    crew = [
        worker(
            f"w{n:02}",
            days,
            qualifications=frozenset({NURSE} if n % 6 == 0 else {CARE}),
            newcomer=n % 7 == 3,
            night_ok=n % 5 != 2,
            in_force={d: dice.choice(["day", "late", "night"]) for d in range(days) if dice.random() < 0.6},
        )
        for n in range(people)
    ]
    demands = [
        ask(d, s, g, life=1 if g == "nurse" else 2, standard=int(g == "care"), other=int(s == "day"))
        for d in range(days)
        for s in ("day", "late", "night")
        for g in ("care", "nurse")
    ]
    return instance(crew, demands, days=days)


def test_parts_of_a_roster_decided_anew_end_where_the_whole_question_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without CP-SAT on the whole question: sound, never below the proven best, and near it."""
    for seed in (0,):
        asked = _ward(8, 3, seed)
        whole = solve(asked, SMALL)
        with monkeypatch.context() as patch:
            patch.setattr(search, "TINY", 0)
            patch.setattr(search, "SMALL", 0)
            patch.setattr(search, "PART_CELLS", dict.fromkeys(Goal, 24))
            parts = solve(asked, WorkBudget(deterministic_s=1, linear_s=1))
        assert check.violations(asked, parts.assignments) == ()
        assert all(parts.bounds[g] <= parts.values[g] for g in Goal)
        assert whole.status is SolveStatus.OPTIMAL
        assert check.order(parts.values) >= check.order(whole.values), seed
        assert check.order(parts.values)[:2] == check.order(whole.values)[:2], seed


def test_same_seed_same_bytes() -> None:
    """The same instance, seed and work give the same answer, byte for byte."""
    asked = _ward(12, 4)
    budget = WorkBudget(deterministic_s=1)
    first, second = solve(asked, budget, seed=3), solve(asked, budget, seed=3)
    assert first.model_dump_json() == second.model_dump_json()


def test_order_of_input_keeps_the_values() -> None:
    """Turning the lists of workers and demands around changes no goal's value."""
    asked = random_tiny(11)
    turned = asked.changed(workers=asked.workers[::-1], demands=asked.demands[::-1])
    assert solve(asked, SMALL).values == solve(turned, SMALL).values


def test_stopping_gives_the_best_answer_so_far() -> None:
    """Progress that says stop ends with a sound roster and the status of a stopped run."""
    asked = _ward(12, 4)
    result = solve(asked, progress=lambda done, stage: False)
    assert result.status is SolveStatus.STOPPED
    assert check.violations(asked, result.assignments) == ()
    assert result.values == check.score(asked, result.assignments)


def test_progress_runs_to_its_end_over_named_stages() -> None:
    """Every goal is a stage with a text of its own, and the last call says done."""
    seen: list[tuple[float, str]] = []

    def watch(done: float, stage: str) -> bool:
        seen.append((done, stage))
        return True

    solve(_ward(6, 2), SMALL, progress=watch)
    assert seen[-1][1] == "cover.stage.done"
    assert {f"cover.stage.{g.value}" for g in Goal} <= {stage for _, stage in seen}


def test_nobody_at_all_is_an_answer() -> None:
    """Without any staff every post is uncovered, proven, and nothing fails."""
    result = solve(instance([], [ask(0, "day"), ask(1, "night", life=2, other=1)]))
    assert result.status is SolveStatus.OPTIMAL
    assert result.values[Goal.LIFE] == 3 and result.values[Goal.OTHER] == 1


def test_life_comes_before_any_number_of_other_heads() -> None:
    """One person covers the single life-keeping head, though other posts would count more."""
    demands = [ask(0, "night"), ask(0, "day", life=0, other=3), ask(1, "day", life=0, other=3)]
    result = solve(instance([worker("a")], demands))
    assert put("a", 0, "night") in result.assignments
    assert result.values[Goal.LIFE] == 0


def test_own_staff_before_helpers_and_partners_before_dwat() -> None:
    """A helper is asked only when own staff does not suffice, in the order of the routes."""
    people = [
        worker("own", shifts=("day",)),
        helper("dwat", route=HelpRoute.DWAT),
        helper("partner", route=HelpRoute.PARTNER),
    ]
    demands = [ask(0, "day", life=2)]
    used = {a.worker_id for a in solve(instance(people, demands)).assignments}
    assert used == {"own", "partner"}


def test_a_newcomer_is_not_left_alone_even_if_the_post_stays_empty() -> None:
    """The post counts as uncovered; waiving the rule for that person fills it."""
    people = [worker("new", newcomer=True)]
    asked = instance(people, [ask(0, "night")])
    assert solve(asked).values[Goal.LIFE] == 1
    waived = instance(people, [ask(0, "night")], waivers=(Waiver(rule="newcomer_pair", worker_id="new"),))
    assert solve(waived).values[Goal.LIFE] == 0


def test_load_is_shared() -> None:
    """Two people share four days evenly instead of one working all."""
    demands = [ask(d, "day") for d in range(4)]
    result = solve(instance([worker("a", 4), worker("b", 4)], demands, days=4))
    assert result.values[Goal.FAIR_SHARES] == 2 * 480


def test_the_roster_in_force_is_kept_where_it_can_be() -> None:
    """Of equal answers the one nearest to the old roster is taken."""
    old = {0: "late", 1: "late"}
    people = [worker("a", 2, in_force=old), worker("b", 2, in_force={0: "day", 1: "day"})]
    demands = [ask(d, s) for d in range(2) for s in ("day", "late")]
    result = solve(instance(people, demands, days=2))
    assert result.values[Goal.CHANGE] == 0


def test_overload_is_avoided_before_shares_are_evened() -> None:
    """A part-time person is not driven over the contract while a full-time person has room."""
    people = [worker("part", week_min=480), worker("full")]
    demands = [ask(d, "day") for d in range(3)]
    result = solve(instance(people, demands, limits=WorkLimits(overtime_week_min=600)))
    assert result.values[Goal.OVERLOAD] == 0
    assert sum(a.worker_id == "part" for a in result.assignments) == 1
