"""Ordinance and emergency: who decided, why, until when; what may be printed follows at once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.consent import Ordinance
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.disclosure_rules import begin_emergency, end_emergency, read_rules, record_ordinance
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import Edition, PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def _printed(ctx: Context, folder: Path) -> int:
    return print_plans(ctx, PrintOrder(folder, Edition.SUPPORTER)).people


def test_an_emergency_opens_what_consent_had_closed_and_only_while_it_runs(
    drafted: Context, tmp_path: Path
) -> None:
    """Two of four before, four during, two after the end of the period and after ending it by hand."""
    assert _printed(drafted, tmp_path / "before") == 2
    begun = begin_emergency(drafted, "防災監 架空", "堤防が切れ、救助が要る", 24)
    assert (begun.ends_at - begun.starts_at) == timedelta(hours=24)
    assert read_rules(drafted).running and _printed(drafted, tmp_path / "during") == 4
    after = replace(drafted, clock=FixedClock(drafted.clock.now() + timedelta(hours=24)))
    assert not read_rules(after).running and _printed(after, tmp_path / "after") == 2
    end_emergency(drafted)
    assert _printed(drafted, tmp_path / "ended") == 2


def test_who_decided_why_and_until_when_are_kept_for_each(drafted: Context) -> None:
    """A second decision leaves the first one readable, and the audit log has both."""
    begin_emergency(drafted, "防災監 架空", "地震", 24)
    end_emergency(drafted)
    begin_emergency(drafted, "市長 架空", "余震", 72)
    rules = read_rules(drafted)
    assert rules.emergency is not None and rules.emergency.decided_by == "市長 架空"
    assert [(each.decided_by, each.reason) for each in rules.earlier] == [("防災監 架空", "地震")]
    with drafted.open_store() as uow:
        noted = [entry.why for entry in uow.audit.newest("disclosure_rules")]
    assert noted == ["emergency_begins", "emergency_ends", "emergency_begins"]


@pytest.mark.parametrize(
    ("by", "reason", "hours", "code"),
    [
        ("", "地震", 24, ErrorCode.EMERGENCY_UNSIGNED),
        ("市長", "　", 24, ErrorCode.EMERGENCY_UNSIGNED),
        ("市長", "地震", 0, ErrorCode.EMERGENCY_TOO_LONG),
        ("市長", "地震", 10_000, ErrorCode.EMERGENCY_TOO_LONG),
    ],
)
def test_a_decision_without_name_reason_or_end_is_none(
    drafted: Context, by: str, reason: str, hours: float, code: ErrorCode
) -> None:
    """Nothing is opened by half a decision."""
    with pytest.raises(BcpKitError) as failure:
        begin_emergency(drafted, by, reason, hours)
    assert failure.value.code is code and read_rules(drafted).emergency is None


def test_nothing_to_end_is_told(drafted: Context) -> None:
    """Ending what does not run gives a clear word."""
    with pytest.raises(BcpKitError) as failure:
        end_emergency(drafted)
    assert failure.value.code is ErrorCode.NO_EMERGENCY


def test_an_ordinance_needs_its_name(drafted: Context, tmp_path: Path) -> None:
    """A waiver without the ordinance's name is refused; with it everybody's copy is printed."""
    with pytest.raises(BcpKitError) as failure:
        record_ordinance(drafted, Ordinance(waives_plan_consent=True))
    assert failure.value.code is ErrorCode.ORDINANCE_NAME_MISSING
    record_ordinance(drafted, Ordinance(name="見本市条例", waives_plan_consent=True))
    assert _printed(drafted, tmp_path) == 4


def test_a_case_worker_may_not_open_what_consent_closed(drafted: Context) -> None:
    """Only the town's officers record these decisions."""
    worker = replace(drafted, actor=Actor(name="相談員", role=Role.CASE_WORKER))
    with pytest.raises(BcpKitError) as failure:
        begin_emergency(worker, "相談員", "地震", 24)
    assert failure.value.code is ErrorCode.ACTION_DENIED


def test_the_command_line_records_and_shows(
    drafted: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begin, show and end in Japanese sentences."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    run, data = CliRunner(), ["--data", str(settings.data_dir)]
    begun = run.invoke(app, ["rules", "begin", "--by", "市長 架空", "--reason", "地震", *data])
    assert begun.exit_code == 0 and "決めた人：市長 架空" in begun.output
    shown = run.invoke(app, ["rules", "show", "--json", "-", *data])
    assert shown.exit_code == 0 and '"running": true' in shown.output
    assert run.invoke(app, ["rules", "ordinance", "見本市条例", "--plans", *data]).exit_code == 0
    ended = run.invoke(app, ["rules", "end", *data])
    assert ended.exit_code == 0 and "終えました" in ended.output
