"""A change of supporters counts when another person approved it; until then no paper says so (N5)."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.common import Exit
from bcp_kit.cli.plans import app
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind, Emergency
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_changes import ChangeState
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, StaleReason, list_copies, stale_copies
from bcp_kit.services.plan_changes import (
    AnswerChange,
    SupporterChange,
    changes_of,
    decide_change,
    open_changes,
    propose_answer,
    propose_end,
    propose_supporter,
)
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.plans_worklist import work_list
from bcp_kit.services.store import StoreSettings

NEW = SupporterChange("full", "silent", "前の支援者が引っ越すため", replaces_id="near")


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


@pytest.fixture
def second(ctx: Context) -> Context:
    """Another officer."""
    return replace(ctx, actor=Actor(name="福祉担当", role=Role.TOWN_WELFARE))


def _helpers(ctx: Context) -> list[tuple[str, int]]:
    return [(named.supporter.id, named.link.rank) for named in read_plan(ctx, "full").supporters]


def _code(failure: pytest.ExceptionInfo[BcpKitError]) -> ErrorCode:
    return failure.value.code


def test_nothing_changes_before_another_person_approves(drafted: Context, second: Context) -> None:
    """The supporter stays who it was; then the new one has the old one's place, and the story is kept."""
    change = propose_supporter(drafted, NEW)
    assert _helpers(drafted) == [("near", 1), ("group", 2)]
    decide_change(second, change.id, approve=True, words="電話で確かめた")
    assert _helpers(drafted) == [("silent", 1), ("group", 2)]
    (line,) = changes_of(drafted, "full")
    assert line.change.state is ChangeState.APPROVED and line.change.decided_words == "電話で確かめた"
    assert (line.change.proposed_by, line.change.decided_by) == ("防災担当", "福祉担当")
    assert line.supporter and line.replaced and line.replaced.name == "髙橋 一郎"


@pytest.mark.parametrize("name", ["防災担当", "防災 担当", "　防災担当", ""])
def test_nobody_approves_the_own_change(drafted: Context, name: str) -> None:
    """The same name, however it is spaced, is the same person; the change stays open."""
    change = propose_supporter(drafted, NEW)
    same = replace(drafted, actor=Actor(name=name, role=Role.DISASTER_OFFICER))
    with pytest.raises(BcpKitError) as failure:
        decide_change(same, change.id, approve=True)
    assert _code(failure) is ErrorCode.SECOND_NAME_NEEDED
    assert [line.change.id for line in open_changes(drafted)] == [change.id]
    assert _helpers(drafted) == [("near", 1), ("group", 2)]


def test_a_care_worker_proposes_and_does_not_approve(drafted: Context) -> None:
    """Who may edit a person need not be one who may approve."""
    worker = replace(drafted, actor=Actor(name="ケアマネ", role=Role.CASE_WORKER))
    change = propose_supporter(worker, NEW)
    other = replace(worker, actor=Actor(name="別のケアマネ", role=Role.CASE_WORKER))
    with pytest.raises(BcpKitError) as failure:
        decide_change(other, change.id, approve=True)
    assert _code(failure) is ErrorCode.ACTION_DENIED


def test_refusing_needs_a_reason_and_does_nothing(drafted: Context, second: Context) -> None:
    """A refused change leaves all as it was and cannot be approved afterwards."""
    change = propose_end(drafted, "full", "near", "引っ越した")
    with pytest.raises(BcpKitError) as failure:
        decide_change(second, change.id, approve=False)
    assert _code(failure) is ErrorCode.REASON_MISSING
    decide_change(second, change.id, approve=False, words="同姓の別人だった")
    assert _helpers(drafted) == [("near", 1), ("group", 2)]
    with pytest.raises(BcpKitError) as failure:
        decide_change(second, change.id, approve=True)
    assert _code(failure) is ErrorCode.CHANGE_DECIDED


def test_supporters_copies_wait_for_the_decision(drafted: Context, second: Context, tmp_path: Path) -> None:
    """No supporter's copy is printed while a change is open; those that are out are named."""
    print_plans(drafted, PrintOrder(tmp_path / "before", Edition.SUPPORTER, ("full",)))
    change = propose_end(drafted, "full", "near", "引っ越した")
    printed = print_plans(drafted, PrintOrder(tmp_path / "during", Edition.SUPPORTER, ("full",)))
    assert printed.people == 0 and [s.reason for s in printed.skipped] == ["disclose.change_open"]
    with pytest.raises(BcpKitError) as failure:
        plan_pdf(drafted, "full", Edition.SUPPORTER)
    assert _code(failure) is ErrorCode.COPY_NOT_ALLOWED
    assert [each.reason for each in stale_copies(drafted)] == [StaleReason.AWAITING]
    (town,) = work_list(drafted)
    assert "approve_change" in next(line.tasks for line in town.lines if line.person.id == "full")
    assert plan_pdf(drafted, "full", Edition.PERSON).pages == 2
    decide_change(second, change.id, approve=True)
    assert print_plans(drafted, PrintOrder(tmp_path / "after", Edition.SUPPORTER, ("full",))).people == 1
    old = list_copies(drafted, CopyQuery(person_id="full"))[0].number
    assert (old, StaleReason.CHANGED) in [(each.copy.number, each.reason) for each in stale_copies(drafted)]


def test_an_emergency_does_not_wait(drafted: Context, tmp_path: Path) -> None:
    """Where life is at stake the copy is given with the supporters as they stand."""
    propose_end(drafted, "full", "near", "引っ越した")
    now = drafted.clock.now()
    decided = Emergency(decided_by="市長", reason="洪水", starts_at=now, ends_at=now.replace(hour=20))
    with drafted.open_store() as uow:
        uow.layers.put("emergency", decided.model_dump(mode="json"))
        uow.commit()
    assert print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER, ("full",))).people == 1


def test_a_new_supporter_without_consent_still_keeps_the_paper_back(
    drafted: Context, second: Context, tmp_path: Path
) -> None:
    """Approval takes the place of no consent: the new supporter must have agreed to be named."""
    change = propose_supporter(drafted, NEW)
    decide_change(second, change.id, approve=True)
    printed = print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER, ("full",)))
    assert [s.reason for s in printed.skipped] == ["disclose.supporter_missing"]
    agreed = Consent(
        id="new",
        kind=ConsentKind.BE_NAMED,
        giver_id="silent",
        person_id="full",
        answer=ConsentAnswer.GIVEN,
        given_on=drafted.today(),
    )
    with drafted.open_store() as uow:
        uow.consents.add(agreed)
        uow.commit()
    assert print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER, ("full",))).people == 1


def test_one_change_at_a_time_for_a_supporter(drafted: Context) -> None:
    """A supporter who is named, or whose change is open, is not proposed again."""
    for twice in (SupporterChange("full", "near", "もう一度"), NEW, NEW):
        if twice is NEW and not open_changes(drafted):
            propose_supporter(drafted, NEW)
        with pytest.raises(BcpKitError) as failure:
            propose_supporter(drafted, twice)
        assert _code(failure) is ErrorCode.CHANGE_TWICE


def test_an_answer_is_written_only_on_what_was_seen(drafted: Context, second: Context) -> None:
    """Of two proposals for one field the second no longer fits once the first is approved."""
    first = propose_answer(drafted, AnswerChange("full", "route_text", "橋を通らない", "訓練で渡れなかった"))
    other = propose_answer(drafted, AnswerChange("full", "route_text", "坂を避ける", "訓練で押せなかった"))
    decide_change(second, first.id, approve=True)
    plan = read_plan(drafted, "full").plan
    assert plan is not None and plan.answers["route_text"] == "橋を通らない"
    assert "content_8" not in plan.missing
    with pytest.raises(BcpKitError) as failure:
        decide_change(second, other.id, approve=True)
    assert _code(failure) is ErrorCode.CHANGE_OUTDATED


def test_by_command(drafted: Context, settings: StoreSettings) -> None:
    """Propose, see it on the list, approve in another name; one's own name is refused."""
    runner, data = CliRunner(), ["--data", str(settings.data_dir)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BCP_KIT_PLAIN", "true")
        named = ["changes", "name", "1", "silent", "--replaces", "near", "--reason", "転居", "--by", "甲"]
        made = json.loads(runner.invoke(app, [*named, *data, "--json", "-"]).stdout)
        listed = runner.invoke(app, ["changes", "list", *data])
        assert listed.exit_code == int(Exit.FAULTS_FOUND) and made["id"][:8] in listed.stdout
        own = runner.invoke(app, ["changes", "approve", made["id"], "--by", "甲", *data])
        assert isinstance(own.exception, BcpKitError)
        assert own.exception.code is ErrorCode.SECOND_NAME_NEEDED
        done = runner.invoke(app, ["changes", "approve", made["id"][:8], "--by", "乙", *data])
        assert done.exit_code == 0
        ended = ["changes", "end", "1", "自主防災", "--reason", "解散", "--by", "甲", *data, "--json", "-"]
        second = json.loads(runner.invoke(app, ended).stdout)["id"]
        refused = ["changes", "refuse", second, "--by", "乙", "--reason", "続けている", *data]
        assert runner.invoke(app, refused).exit_code == 0
        story = json.loads(
            runner.invoke(app, ["changes", "list", "--person", "1", *data, "--json", "-"]).stdout
        )
    assert [change["state"] for change in story["changes"]] == ["refused", "approved"]
    assert _helpers(drafted) == [("silent", 1), ("group", 2)]
