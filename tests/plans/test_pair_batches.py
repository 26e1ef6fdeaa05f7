"""Pairs of person and supporter that come in a file wait for another person, as one list."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_changes import ChangeState
from bcp_kit.domain.plan_rules import PairRule
from bcp_kit.services.base import Context
from bcp_kit.services.importing import ImportOutcome, import_inspection, inspect_file
from bcp_kit.services.plan_changes import SupporterChange, open_changes, propose_supporter
from bcp_kit.services.plan_pair_batches import batch_differences, batch_workbook, decide_batch, open_batches
from bcp_kit.services.plan_rules import read_plan_rules, set_plan_rules
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.store import StoreSettings
from bcp_kit.services.undoing import undo_last
from tests.render.paper_checks import page_texts

NEW = "新緑 五郎"
HEADS = ("名簿番号", "氏名", "住所", "支援者1の番号", "支援者2の番号")
FULL, ALONE = ("1", "𠮷田 葛子", "見本市﨑町１"), ("2", "見本 独歩", "見本市西町２")


def _file(*rows: tuple[str, ...]) -> bytes:
    """A list in which supporter N1 is new and OLD is one that stands (near)."""
    book = Workbook()
    people = book.active
    assert people is not None
    people.title = "要支援者"
    for row in (HEADS, *rows):
        people.append(list(row))
    tab = book.create_sheet("支援者")
    for row in (("支援者番号", "氏名又は名称", "住所", "電話"), ("N1", NEW, "見本市東町9", "000-9")):
        tab.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _bring(ctx: Context, *rows: tuple[str, ...]) -> ImportOutcome:
    return import_inspection(ctx, inspect_file(ctx, _file(*rows), "名簿.xlsx"))


def _pairs(ctx: Context, person_id: str) -> set[str]:
    with ctx.open_store() as uow:
        named = {s.id: s.name for s in uow.supporters.list()}
        return {named[link.supporter_id] for link in uow.links.list(person_id=person_id)}


@pytest.fixture
def running(ctx: Context) -> Context:
    """The officer of a town that has plans."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


@pytest.fixture
def second(ctx: Context) -> Context:
    """Another officer."""
    return replace(ctx, actor=Actor(name="福祉担当", role=Role.TOWN_WELFARE))


def test_while_a_town_is_set_up_pairs_count_at_once(ctx: Context) -> None:
    """Before the first plan nothing is on paper: no approval, nothing waits."""
    done = _bring(ctx, (*ALONE, "N1", ""))
    assert done.counts["links"].waiting == 0 and _pairs(ctx, "alone") == {NEW}
    assert open_batches(ctx) == ()


def test_afterwards_they_wait_and_stand_on_no_paper(running: Context, tmp_path: Path) -> None:
    """Neither register nor own copy has the new pair; no copy for supporters is printed meanwhile."""
    before = _pairs(running, "full")
    done = _bring(running, (*FULL, "N1", ""))
    assert done.counts["links"].waiting == 3 and done.counts["links"].new == 0
    assert _pairs(running, "full") == before
    own = "".join(page_texts(plan_pdf(running, "full", Edition.PERSON).pdf_bytes))
    assert NEW.replace(" ", "") not in own and "髙橋一郎" in own
    printed = print_plans(running, PrintOrder(tmp_path, Edition.SUPPORTER, ("full",)))
    assert printed.people == 0 and printed.skipped[0].reason == "disclose.change_open"
    assert open_changes(running) == ()  # the list is decided on as a whole


def test_the_list_shows_who_helps_before_and_after(running: Context) -> None:
    """Person by person; in Excel with a column to tick."""
    _bring(running, (*FULL, "N1", ""), (*ALONE, "N1", ""))
    (batch,) = open_batches(running)
    assert (batch.named, batch.ended, batch.people, batch.proposed_by) == (2, 3, 2, "防災担当")
    lines = {line.person.id: line for line in batch_differences(running, batch.id)}
    assert [s.name for s in lines["full"].before] == ["髙橋 一郎", "見本自主防災会"]
    assert [s.name for s in lines["full"].after] == [NEW] == [s.name for s in lines["full"].added]
    tab = load_workbook(BytesIO(batch_workbook(running, batch.id[:8]))).worksheets[0]
    cells = [cell.value for row in tab.iter_rows() for cell in row]
    assert any(NEW in str(cell) for cell in cells) and any("髙橋" in str(cell) for cell in cells)


def test_another_person_approves_the_whole_list(running: Context, second: Context) -> None:
    """The one who imported is refused; approval stores the pairs and the plans say what they lack."""
    _bring(running, (*FULL, "N1", ""), (*ALONE, "N1", ""))
    (batch,) = open_batches(running)
    with pytest.raises(BcpKitError) as same:
        decide_batch(running, batch.id, approve=True)
    assert same.value.code is ErrorCode.SECOND_NAME_NEEDED
    done = decide_batch(second, batch.id, approve=True)
    assert (done.approved, done.refused, done.outdated) == (5, 0, 0)
    assert _pairs(running, "full") == _pairs(running, "alone") == {NEW}
    plan = read_plan(running, "full").plan
    assert plan is not None and "content_7" not in plan.missing and open_batches(running) == ()
    with pytest.raises(BcpKitError):
        decide_batch(second, batch.id, approve=True)


def test_who_looks_wrong_is_left_out_with_the_reason(running: Context, second: Context) -> None:
    """One person's pairs are refused, the others count; without a reason nothing happens."""
    _bring(running, (*FULL, "N1", ""), (*ALONE, "N1", ""))
    (batch,) = open_batches(running)
    with pytest.raises(BcpKitError):
        decide_batch(second, batch.id, approve=True, leave_out=["2"])
    with pytest.raises(BcpKitError) as unknown:
        decide_batch(second, batch.id, approve=True, words="住所がちがう", leave_out=["999"])
    assert unknown.value.code is ErrorCode.NOT_FOUND
    done = decide_batch(second, batch.id, approve=True, words="住所がちがう", leave_out=["2"])
    assert (done.approved, done.refused) == (3, 2)
    assert _pairs(running, "full") == {NEW} and _pairs(running, "alone") == {"答えぬ 人"}


def test_refusing_changes_nothing(running: Context, second: Context) -> None:
    """With the reason; the register stays as it was."""
    before = _pairs(running, "full")
    _bring(running, (*FULL, "N1", ""))
    done = decide_batch(second, open_batches(running)[0].id, approve=False, words="古い表だった")
    assert done.refused == 3 and _pairs(running, "full") == before


def test_what_cannot_be_done_any_more_is_counted(running: Context, second: Context) -> None:
    """A pair that somebody ended meanwhile is not approved over."""
    _bring(running, (*FULL, "N1", ""))
    with running.open_store() as uow:
        uow.links.remove(("full", "near"))
        uow.commit()
    done = decide_batch(second, open_batches(running)[0].id, approve=True)
    assert (done.approved, done.outdated) == (2, 1) and _pairs(running, "full") == {NEW}


def test_a_newer_list_takes_the_place_of_what_waits(running: Context) -> None:
    """The same list again proposes nothing twice; another one takes back what it no longer names."""
    _bring(running, (*ALONE, "N1", ""))
    again = _bring(running, (*ALONE, "N1", ""))
    assert again.counts["links"].waiting == 2 and len(open_batches(running)) == 1
    with running.open_store() as uow:
        uow.supporters.save(uow.supporters.need("silent").model_copy(update={"id": "silent"}))
        uow.commit()
    _bring(running, (*ALONE, "silent", ""))
    assert open_batches(running) == ()
    with running.open_store() as uow:
        states = {change.state for change in uow.plan_changes.list(person_id="alone")}
    assert states == {ChangeState.REFUSED} and _pairs(running, "alone") == {"答えぬ 人"}


def test_undoing_the_import_takes_the_proposals_back(running: Context) -> None:
    """Also the new supporter goes; what was proposed by hand stays."""
    propose_supporter(running, SupporterChange("alone", "near", "近い"))
    _bring(running, (*FULL, "N1", ""))
    undo_last(running)
    assert open_batches(running) == () and len(open_changes(running)) == 1
    with running.open_store() as uow:
        assert not [s for s in uow.supporters.list() if s.name == NEW]


@pytest.mark.parametrize(("rule", "waits"), [(PairRule.ALWAYS, True), (PairRule.NEVER, False)])
def test_the_rule_is_the_towns(ctx: Context, rule: PairRule, waits: bool) -> None:
    """Always: from the first list on. Never: even where plans stand."""
    set_plan_rules(ctx, read_plan_rules(ctx).model_copy(update={"approve_imported": rule}))
    if rule is PairRule.NEVER:
        draft_plans(ctx, latest_run_ids(ctx))
    _bring(ctx, (*ALONE, "N1", ""))
    assert bool(open_batches(ctx)) is waits and (_pairs(ctx, "alone") == {NEW}) is not waits


def test_by_command(running: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """batches, batch, approve-batch; list tells that some wait."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    _bring(running, (*FULL, "N1", ""))
    run, data = CliRunner(), ["--data", str(settings.data_dir), "--json", "-"]
    listed = run.invoke(app, ["changes", "list", *data])
    assert listed.exit_code == 5 and "1件" in listed.output
    found = run.invoke(app, ["changes", "batches", *data])
    assert found.exit_code == 5
    number = json.loads(found.stdout)["batches"][0]["id"][:8]
    (line,) = json.loads(run.invoke(app, ["changes", "batch", number, *data]).stdout)["people"]
    assert line["person"] == "full" and line["before"] == ["near", "group"]
    done = run.invoke(app, ["changes", "approve-batch", number, "--by", "福祉担当", *data])
    assert json.loads(done.stdout)["approved"] == 3
    assert run.invoke(app, ["changes", "batches", *data]).exit_code == 0
