"""The command line of staff cover: what it prints, what it writes, how it ends."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import cover as cli
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import Scenario
from bcp_kit.services import cover as service
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, run_cover

Make = Callable[..., Scenario]


@pytest.fixture
def runner(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A command line over the invented store that solves in this process."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    monkeypatch.setattr(cli.console, "width", 200)
    monkeypatch.setattr(
        cli, "run_cover", lambda context, command: run_cover(context, replace(command, own_process=False))
    )
    return CliRunner()


def test_scenarios_are_listed(runner: CliRunner) -> None:
    """Six scenarios with key, Japanese name and days."""
    result = runner.invoke(cli.app, ["scenarios"])
    assert result.exit_code == 0
    assert "earthquake_night" in result.stdout and "一斉の休校" in result.stdout
    rows = json.loads(runner.invoke(cli.app, ["scenarios", "--json", "-"]).stdout)["scenarios"]
    assert rows[0]["id"] == "earthquake_night" and len(rows) == 6


def test_a_run_is_shown_in_words(runner: CliRunner) -> None:
    """Who comes, roster with names, operations and places stand there in Japanese; no key is left over."""
    result = runner.invoke(cli.app, ["run", "--facility", "A", "--scenario", "flood_evening", "--work", "5"])
    assert result.exit_code == 0, result.output
    for words in (
        "だれが来られるか",
        "勤務の案",
        "業務の続け方",
        "受け入れられる人数",
        "見本 A",
        "計画上の初期値",
    ):
        assert words in result.stdout
    assert "cover." not in result.stdout and "night12" not in result.stdout


def test_standard_output_holds_the_json_alone(runner: CliRunner, ctx: Context, scenario: Make) -> None:
    """`--json -` gives one object that reads back as the stored run."""
    made = run_cover(ctx, CoverCommand(("A",), scenario(), work_limit=5, own_process=False))
    result = runner.invoke(cli.app, ["show", "--json", "-"])
    assert json.loads(result.stdout) == made.model_dump(mode="json")


def test_capacity_names_the_binding_limit_and_what_is_unknown(
    runner: CliRunner, ctx: Context, scenario: Make
) -> None:
    """Each day and class stands with places and limit; unknown numbers are listed below the table."""
    run_cover(ctx, CoverCommand(("A",), scenario(power_back_day=2), work_limit=5, own_process=False))
    result = runner.invoke(cli.app, ["capacity", "--facility", "A"])
    assert result.exit_code == 0
    assert "医療機器の電源が要る人" in result.stdout and "発電機の出力" in result.stdout
    rows = json.loads(runner.invoke(cli.app, ["capacity", "--json", "-"]).stdout)["capacity"]
    assert len(rows) == 12


def test_uncovered_posts_are_shown_with_reason_and_remedy(
    runner: CliRunner, ctx: Context, scenario: Make
) -> None:
    """A site without nurses shows the empty post, that nobody is qualified, and whom to ask."""
    with ctx.open_store() as uow:
        for person in ("A01", "A02"):
            uow.staff.remove(person)
        uow.help_offers.remove("offer-dwat")
        uow.commit()
    run_cover(ctx, CoverCommand(("A",), scenario(), work_limit=5, own_process=False))
    shown = runner.invoke(cli.app, ["show"]).stdout
    assert "就ける資格のある人が一人もいません" in shown
    assert "協定先の施設へ看護師を1人頼む" in shown.replace("\n", "") or "看護師を1人頼む" in shown


def test_what_is_not_there_ends_with_its_code(runner: CliRunner) -> None:
    """No run yet, no such facility, no such scenario: the error has a code."""
    for arguments in (
        ["show"],
        ["capacity"],
        ["run", "--facility", "X"],
        ["run", "--facility", "A", "--scenario", "no_such"],
    ):
        result = runner.invoke(cli.app, arguments)
        assert isinstance(result.exception, BcpKitError), arguments
        assert result.exception.code.value == "U-002"


def test_a_stopped_run_ends_with_130(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was stopped is shown and ends with the code for it."""
    stopped = service.run_cover

    def stop(context: Context, command: CoverCommand) -> object:
        quiet = replace(context, progress=lambda done, stage: False)
        return stopped(quiet, replace(command, own_process=False))

    monkeypatch.setattr(cli, "run_cover", stop)
    result = runner.invoke(cli.app, ["run", "--facility", "A"])
    assert result.exit_code == 130 and "途中で止めたときまでの案" in result.stdout


def test_places_are_traced_to_what_they_were_counted_from(
    runner: CliRunner, ctx: Context, scenario: Make
) -> None:
    """`cover capacity --why` names each limit with its numbers; the run keeps them for every place."""
    made = run_cover(ctx, CoverCommand(("A",), scenario(), work_limit=5, own_process=False))
    assert all(set(c.inputs) == {k for k, v in c.limits.items() if v is not None} for c in made.capacity)
    result = runner.invoke(cli.app, ["capacity", "--facility", "A", "--why", "1"])
    assert result.exit_code == 0 and "余裕として" in result.stdout and "80㎡" in result.stdout
    assert "capacity_why" not in result.stdout
