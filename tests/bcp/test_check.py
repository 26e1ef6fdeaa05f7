"""The check of a facility's plans through services and command line."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Role
from bcp_kit.cli.bcp import app
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.check_words import sentences, where
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_check import bring_back, check_facility, let_stand
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans

ND = PlanKind.NATURAL_DISASTER


@pytest.fixture
def sample(ctx: Context) -> SamplePlans:
    """A day service with both plans complete."""
    return load_sample_plans(ctx, ServiceCategory.CARE_DAY)


def _spoil(ctx: Context, sample: SamplePlans) -> None:
    """Two faults: a mark of the template, and nobody to decide about the flood."""
    answers = sample.plans[ND].answers
    rows = [dict(row) for row in answers["nd_trigger_flood"].rows]
    rows[0]["decider"] = ""
    changed = {
        "nd_network": Answer(text="○○の会に出ている。連絡は管理者が受ける。"),
        "nd_trigger_flood": Answer(rows=tuple(rows)),
    }
    save_answers(ctx, sample.plans[ND].id, changed)


@pytest.mark.parametrize("category", ServiceCategory)
def test_sample_plans_are_clean_through_the_service(ctx: Context, category: ServiceCategory) -> None:
    """What the store holds of a clean sample gives no finding, beside another facility in the same store."""
    loaded = load_sample_plans(ctx, category)
    report = check_facility(ctx, loaded.facility.id)
    assert [(one.code, one.item_id, dict(one.values)) for one in report.findings] == []


def test_findings_say_where_why_and_what_to_do(ctx: Context, sample: SamplePlans) -> None:
    """Each finding names plan, item, row and column, and three sentences."""
    _spoil(ctx, sample)
    report = check_facility(ctx, sample.facility.id)
    assert [(one.code, one.item_id) for one in report.findings] == [
        ("no_judge", "nd_trigger_flood"),
        ("sample_marker", "nd_network"),
    ]
    judge = report.findings[0]
    assert (judge.row, judge.column, judge.row_title, judge.column_title) == (
        0,
        "decider",
        "休業の判断",
        "判断者",
    )
    assert "休業の判断" in where(judge)
    assert all(sentences(judge))


def test_a_finding_is_set_aside_with_a_reason_and_comes_back(ctx: Context, sample: SamplePlans) -> None:
    """It is kept with who, when and why; new words bring it back; so does the button."""
    _spoil(ctx, sample)
    key = check_facility(ctx, sample.facility.id).findings[0].key
    let_stand(ctx, sample.facility.id, key, "市と相談して、法人本部が決めることにした")
    report = check_facility(ctx, sample.facility.id)
    assert [one.code for one in report.findings] == ["sample_marker"]
    kept = report.let_stand[0]
    assert (kept.set_aside.who, kept.set_aside.on) == (ctx.actor.name, ctx.clock.now())
    assert "法人本部" in kept.set_aside.reason
    bring_back(ctx, sample.facility.id, key)
    assert len(check_facility(ctx, sample.facility.id).findings) == 2


def test_setting_aside_asks_for_words_and_for_a_finding(ctx: Context, sample: SamplePlans) -> None:
    """No reason, or a finding that is not there: refused with a code."""
    _spoil(ctx, sample)
    key = check_facility(ctx, sample.facility.id).findings[0].key
    with pytest.raises(BcpKitError) as short:
        let_stand(ctx, sample.facility.id, key, "  可 ")
    assert short.value.code is ErrorCode.LET_STAND_REASON
    with pytest.raises(BcpKitError) as unknown:
        let_stand(ctx, sample.facility.id, "0" * 16, "十分に長い理由です")
    assert unknown.value.code is ErrorCode.NOT_FOUND


def test_staff_who_may_not_see_the_list_check_without_it(
    ctx: Context, sample: SamplePlans, acting_as: Callable[[Role, str], Context]
) -> None:
    """For a role that may not see staff, the lists are not compared, but people are still counted."""
    other = replace(acting_as(Role.FACILITY_STAFF, sample.facility.id), clock=ctx.clock)
    assert check_facility(other, sample.facility.id).findings == ()
    with pytest.raises(BcpKitError) as denied:
        let_stand(other, sample.facility.id, "x", "十分に長い理由です")
    assert denied.value.code is ErrorCode.ACTION_DENIED


def test_contacts_that_nobody_rang_for_a_year_are_named(ctx: Context, sample: SamplePlans) -> None:
    """The facts say when each contact was last made sure of; a year later the lists are due."""
    later = replace(ctx, clock=FixedClock(ctx.clock.now() + timedelta(days=400)))
    found = [one for one in check_facility(later, sample.facility.id).findings if one.code == "contacts_old"]
    assert found
    assert all(one.row is not None and one.values["on"] for one in found)


def test_a_facility_without_plans_is_told_so(ctx: Context) -> None:
    """Nothing can be checked before a plan was begun."""
    with pytest.raises(BcpKitError) as nothing:
        check_facility(ctx, "home-1")
    assert nothing.value.code is ErrorCode.NOTHING_TO_CHECK


def test_command_ends_with_5_and_the_findings_as_json(
    ctx: Context, sample: SamplePlans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings: exit 5 and JSON with key, code, sentences; clean: exit 0."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    args = ["check", "--facility", sample.facility.id, "--data", str(tmp_path / "data"), "--json", "-"]
    clean = CliRunner().invoke(app, args)
    assert clean.exit_code == 0, clean.output
    assert json.loads(clean.stdout)["findings"] == []
    _spoil(ctx, sample)
    spoilt = CliRunner().invoke(app, args)
    assert spoilt.exit_code == 5
    told = json.loads(spoilt.stdout)
    assert told["counts"] == {"law": 1, "guideline": 1, "advice": 0}
    first = told["findings"][0]
    assert {"key", "code", "severity", "item", "row", "column", "title", "why", "todo", "sources"} <= set(
        first
    )
    aside = ["--set-aside", first["key"], "--reason", "法人本部が決めることにした"]
    after = json.loads(CliRunner().invoke(app, [*args, *aside]).stdout)
    assert after["set_aside"][0]["reason"] == "法人本部が決めることにした"
    shown = CliRunner().invoke(app, args[:-2])
    assert "sample" not in shown.stdout.replace("sample-cd", "")
    assert "ガイドライン" in shown.stdout
