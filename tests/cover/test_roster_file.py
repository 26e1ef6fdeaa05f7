"""`bcp-kit cover roster-file`: a public shift-scheduling text is solved, checked, written; others refused."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import build
from bcp_kit.cli.common import exit_code
from bcp_kit.cores.rostering import check
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.roster_file import RosterCommand, read_roster_file, solve_here, solve_roster_file

SMALL = """# an invented week
SECTION_HORIZON
7

SECTION_SHIFTS
D,480,
N,600,D

SECTION_STAFF
# ID, MaxShifts, MaxTotalMinutes, MinTotalMinutes, MaxConsecutive, MinConsecutive, MinDaysOff, MaxWeekends
P1,D=7|N=0,2400,960,5,2,1,1
P2,D=7|N=2,2400,960,5,1,1,1

SECTION_DAYS_OFF
P1,0,1
P2,6

SECTION_SHIFT_ON_REQUESTS
P2,2,N,3

SECTION_SHIFT_OFF_REQUESTS
P1,3,D,4

SECTION_COVER
0,D,1,100,1
2,N,1,100,1
3,D,1,100,1
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An invented file of two people and a week."""
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_every_section_is_read(small: Path) -> None:
    """Horizon, shifts with what may not follow, people with rules and days off, requests, covers."""
    asked = read_roster_file(small)
    first, second = asked.people
    assert (asked.days, asked.shift["N"].minutes, asked.shift["N"].not_before) == (7, 600, frozenset("D"))
    assert (first.most_shifts, first.days_off) == ({"D": 7, "N": 0}, frozenset({0, 1}))
    assert (second.max_minutes, second.min_minutes, second.max_consecutive) == (2400, 960, 5)
    assert (first.min_consecutive, first.min_days_off, first.max_weekends) == (2, 1, 1)
    assert [(r.person, r.day, r.shift, r.weight, r.wanted) for r in asked.requests] == [
        ("P2", 2, "N", 3, True),
        ("P1", 3, "D", 4, False),
    ]
    first_cover = asked.covers[0]
    assert (first_cover.heads, first_cover.under, first_cover.over) == (1, 100, 1)


def test_the_command_solves_checks_and_writes(small: Path, tmp_path: Path) -> None:
    """One call gives figures, the bound that proves them, and the plan as a table and as JSON."""
    plan, told = tmp_path / "plan.csv", tmp_path / "told.json"
    words = ["cover", "roster-file", str(small), "--seconds", "20", "--plan", str(plan), "--json", str(told)]
    result = CliRunner().invoke(build(words), words)
    assert result.exit_code == 0, result.output
    figures, asked = json.loads(told.read_text(encoding="utf-8")), read_roster_file(small)
    rows = {row[0]: tuple(row[1:]) for row in csv.reader(plan.read_text(encoding="utf-8").splitlines())}
    assert rows == {who: tuple(roster) for who, roster in figures["plan"].items()}
    assert check.violations(asked, rows) == ()
    assert figures["penalty"] == check.penalty(asked, rows) == figures["bound"]
    assert (figures["status"], figures["gap"]) == ("optimal", 0)
    assert "これ以上良い案はない" in result.output


def test_people_whose_rules_clash_are_named(tmp_path: Path) -> None:
    """More minutes asked for than the days left can hold: named, planned off, an exit code of its own."""
    path = tmp_path / "clash.txt"
    path.write_text(SMALL.replace("2400,960,5,2,1,1", "2400,2400,5,2,1,0"), encoding="utf-8")
    words = ["cover", "roster-file", str(path), "--seconds", "20", "--json", "-"]
    result = CliRunner().invoke(build(words), words)
    assert result.exit_code == 4, result.output
    assert json.loads(result.stdout)["impossible"] == ["P1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,shift\n",
        SMALL.replace("480,", "long,"),
        SMALL.replace("P1,D=7|N=0", "P1,D=7|X=0"),
        SMALL.replace("0,D,1,100,1", "0,D,1,100"),
        SMALL.replace("0,D,1,100,1", "70,D,1,100,1"),
        SMALL.replace("P2,6", "P2,x"),
        SMALL.replace("\n7\n", "\nseven\n"),
        SMALL.replace("\n7\n", "\n70000000\n"),
    ],
)
def test_what_is_not_such_a_file_is_refused(text: str, tmp_path: Path) -> None:
    """A text of another kind, an unknown shift, a missing field, a day too late: named, never a traceback."""
    path = tmp_path / "wrong.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BcpKitError) as refused:
        read_roster_file(path)
    assert refused.value.code is ErrorCode.ROSTER_FILE_UNREADABLE
    assert exit_code(refused.value.code) == 3


@pytest.mark.shared
@pytest.mark.parametrize(("number", "best"), [(1, 607), (2, 828)])
def test_small_public_files_reach_the_best_known_value(
    number: int, best: int, shared: Callable[[str], Path]
) -> None:
    """Files 1 and 2 of the public set in a few seconds: the best known penalties."""
    path = shared(f"bench/instances/shift_scheduling/Instance{number}.txt")
    outcome = solve_here(RosterCommand(path, seconds=60, rounds=2))
    assert outcome.figures["penalty"] == best
    assert outcome.figures["bound"] <= best


def test_two_searches_run_beside_each_other_and_the_best_plan_is_kept(tmp_path: Path) -> None:
    """The best penalty under the best bound; the seed is the one that was asked for."""
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    alone = [
        solve_here(RosterCommand(path, seconds=20, rounds=2, seed=s, searches=1)).figures for s in (4, 5)
    ]
    both = solve_roster_file(RosterCommand(path, seconds=20, rounds=2, seed=4)).figures
    assert both["penalty"] == min(one["penalty"] for one in alone)
    assert both["bound"] == max(one["bound"] for one in alone)
    assert (both["seed"], both["status"]) == (4, "optimal")


def test_a_stop_ends_all_searches(tmp_path: Path) -> None:
    """Whoever stops gets a checked plan from searches that have all ended."""
    path = tmp_path / "small.txt"
    path.write_text(SMALL, encoding="utf-8")
    found = solve_roster_file(RosterCommand(path, seconds=20), lambda _done, _stage: False)
    assert found.figures["status"] in {"stopped", "optimal"}
