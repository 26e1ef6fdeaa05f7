"""The gap of a run is told goal by goal, and a run says from what it came."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import cover as cli
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Preference
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.scenario import Scenario
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, run_cover
from bcp_kit.services.cover_compare import compare_of_run, keep_alternative
from bcp_kit.services.cover_goals import goal_lines, goal_rows, origin_words, worst_goal, worst_words
from bcp_kit.services.cover_recover import RecoverCommand, recover_run

Make = Callable[..., Scenario]


def invented(**settings: str) -> CoverRun:
    """A run whose overload is 1200 minutes and cannot be below 900; all else is proven."""
    return CoverRun(
        id="r",
        facility_ids=("A",),
        scenario_id="s",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
        settings=settings,
        status=SolveStatus.FEASIBLE,
        values={g.value: 1200.0 if g is Goal.OVERLOAD else 2.0 for g in Goal},
        bounds={g.value: 900.0 if g is Goal.OVERLOAD else 2.0 for g in Goal},
        gap=0.25,
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_gap_says_to_which_goal_it_belongs(language: str) -> None:
    """Overload alone is open: named with 25 %, in hours; the others are proven."""
    run = invented()
    worst = worst_goal(run)
    assert worst is not None and worst.goal is Goal.OVERLOAD and worst.gap == run.gap
    words = worst_words(run, language)
    assert text("cover_answers.goals.name.overload_min", language) in words and "25.0%" in words
    rows = [list(row.values()) for row in goal_rows(run, language)]
    proven = text("cover_answers.goals.proven", language)
    assert [row[1:] for row in rows if row[3] != proven] == [["20.0", "15.0", "25.0%"]]
    assert len(rows) == len(Goal)


def test_a_run_that_is_proven_names_no_goal() -> None:
    """No gap: said so, without a percentage."""
    run = invented().model_copy(update={"bounds": invented().values, "gap": 0.0})
    assert worst_goal(run) is None and worst_words(run) == text("cover_answers.goals.all_proven")


def test_goals_stand_in_the_order_in_which_they_were_held() -> None:
    """With the least change first, changes stand before overload."""
    order = [line.goal for line in goal_lines(invented(preference="least_change"))]
    assert order.index(Goal.CHANGE) < order.index(Goal.OVERLOAD)


def test_history_tells_an_absence_and_an_alternative(ctx: Context, scenario: Make) -> None:
    """The plain run says nothing; the others say who was absent and which goal came first."""
    command = CoverCommand(("A",), scenario(days=2), work_limit=1, own_process=False)
    run = run_cover(ctx, command)
    assert not origin_words(run, {})
    gone = next(a.staff_id for a in run.assignments if a.staff_id)
    after = recover_run(ctx, RecoverCommand({gone: 1}, run_id=run.id, work_limit=1)).after
    assert origin_words(after, {gone: "見本 花子"}) == "急な欠勤の組み替え：見本 花子（1日目から）"
    assert goal_lines(after)[-1].goal is Goal.CHANGE
    assert after.gap == max(line.gap for line in goal_lines(after))
    for found in compare_of_run(ctx, run, work_limit=1, own_process=False):
        kept = keep_alternative(ctx, found, command.scenario)
        which = text(f"cover_answers.compare.{found.preference.value}")
        assert origin_words(kept, {}) == f"比べて選んだ案：{which}"
        assert kept.gap == max(line.gap for line in goal_lines(kept))
    assert len(Preference) == 3


@pytest.mark.parametrize("sites", [("A",), ("A", "B")])
def test_one_site_is_named_once_and_several_in_each_row(
    ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch, sites: tuple[str, ...]
) -> None:
    """With one site its name stands above the tables; with two each row of the roster has one."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    monkeypatch.setattr(cli.console, "width", 200)
    run_cover(ctx, CoverCommand(sites, scenario(days=2), work_limit=1, own_process=False))
    shown = CliRunner().invoke(cli.app, ["show"])
    assert shown.exit_code == 0, shown.output
    assert text("cover_answers.goals.title") in shown.stdout
    times = shown.stdout.count("見本苑A")
    assert times == 1 if len(sites) == 1 else times > 10
