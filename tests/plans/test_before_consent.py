"""Everybody on the list is accounted for; what is prepared before consent never leaves the town hall."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person, RegisterStatus
from bcp_kit.domain.plan_rules import PlanRules
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.disclosure_rules import begin_emergency
from bcp_kit.services.plan_agreement import ConsentCommand, record_consent
from bcp_kit.services.plan_drills import NewDrill, start_drill
from bcp_kit.services.plan_form_print import filled_form
from bcp_kit.services.plan_lists_print import ListKind, ListOrder, Recipient, print_lists
from bcp_kit.services.plan_preparations import read_coverage
from bcp_kit.services.plan_rules import read_plan_rules, set_plan_rules
from bcp_kit.services.plans import DraftOutcome, draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.plans_worklist import work_list
from bcp_kit.services.store import StoreSettings
from tests.render.paper_checks import page_texts

SECRET = "同意前行先学校"  # stands in preparations only, once the school is called so


def _draft(ctx: Context) -> DraftOutcome:
    return draft_plans(ctx, latest_run_ids(ctx))


def _answer(ctx: Context, person_id: str, answer: ConsentAnswer) -> None:
    record_consent(ctx, ConsentCommand(person_id, ConsentKind.MAKE_PLAN, answer))


def _off(ctx: Context) -> None:
    set_plan_rules(ctx, read_plan_rules(ctx).model_copy(update={"prepare_before_consent": False}))


def test_everybody_on_the_list_has_a_draft_or_a_named_reason(ctx: Context) -> None:
    """Plans, preparations and reasons add up to the list, in the batch and when counted anew."""
    assert read_coverage(ctx).not_drafted == 5  # all but the one who refused
    done = _draft(ctx)
    assert (done.listed, done.plans, done.prepared) == (6, 4, 1)
    assert done.reasons == {"consent.prepare.refused": 1} and done.accounted == done.listed
    found = read_coverage(ctx)
    assert (found.listed, found.plans, found.prepared, found.not_drafted) == (6, 4, 1, 0)
    assert found.reasons == done.reasons and found.accounted == found.listed


def test_who_came_since_is_told_as_not_drafted(ctx: Context) -> None:
    """A new entry of the register is no plan and no reason: the next batch takes it in."""
    _draft(ctx)
    with ctx.open_store() as uow:
        uow.people.add(Person(id="new", name="見本 新", address="見本市"))
        uow.commit()
    found = read_coverage(ctx)
    assert (found.listed, found.accounted, found.not_drafted) == (7, 6, 1)
    assert _draft(ctx).prepared == 2 and read_coverage(ctx).not_drafted == 0


def test_a_preparation_says_first_that_consent_is_missing_and_who_asks(
    ctx: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch, change_person: Callable[..., None]
) -> None:
    """Mark, consent with who asks, then the places and what a plan would lack."""
    change_person("no_answer", care_provider="見本ケア")
    _draft(ctx)
    view = read_plan(ctx, "no_answer")
    assert view.plan is None and view.preparation is not None
    assert [s.shelter_id for s in view.preparation.stages if s.stage == 1] == ["school", "home"]
    assert "content_2" in view.preparation.missing and view.asking.care_office == "見本ケア"
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    told = CliRunner().invoke(app, ["show", "未答", "--data", str(settings.data_dir)]).output
    mark, first, place = (told.index(words) for words in ("【同意待ち】", "見本ケア", "見本小学校"))
    assert mark < first < place


def test_no_paper_list_form_drill_or_ledger_takes_it_up(ctx: Context, tmp_path: Path) -> None:
    """Every way out refuses, the copies with the article; an emergency opens the register's entry only."""
    with ctx.open_store() as uow:
        school = uow.shelters.need("school")
        for plan_id in ("full", "alone", "hidden", "nowhere"):
            for consent in uow.consents.list(giver_id=plan_id, kind=ConsentKind.MAKE_PLAN):
                uow.consents.remove(consent.id)
        uow.shelters.save(school.model_copy(update={"name": SECRET}))
        for person in uow.people.list():
            uow.people.save(person.model_copy(update={"district": "西"}))
        uow.commit()
    done = _draft(ctx)
    assert (done.plans, done.prepared) == (0, 5)
    begin_emergency(ctx, "市長", "洪水", 24)
    for edition in Edition:
        printed = print_plans(ctx, PrintOrder(tmp_path / edition.value, edition, ("no_answer", "full")))
        assert printed.people == 0 and not printed.files
        assert {(s.person_id, s.article) for s in printed.skipped} == {
            ("no_answer", "49-14(1)"),
            ("full", "49-14(1)"),
        }
        with pytest.raises(BcpKitError) as refused:
            plan_pdf(ctx, "no_answer", edition)
        assert refused.value.code is ErrorCode.COPY_NOT_ALLOWED
        assert "49条の14" in str(refused.value.values) or "49-14(1)" in str(refused.value.values)
    with pytest.raises(BcpKitError):
        filled_form(ctx, "no_answer")
    with pytest.raises(BcpKitError) as empty:
        start_drill(ctx, NewDrill("訓練", ctx.today(), HazardKind.EARTHQUAKE))
    assert empty.value.code is ErrorCode.DRILL_EMPTY
    for kind in ListKind:
        for reader in (Recipient.SUPPORT_PARTY, Recipient.OFFICE):
            order = ListOrder(kind, tmp_path / kind.value, recipient=reader, second_person="課長")
            for path in print_lists(ctx, order).files:
                assert SECRET not in "".join(page_texts(path.read_bytes()))
    assert all(not copy.person_id and not copy.plans_shown for copy in list_copies(ctx, CopyQuery()))


def test_only_services_that_keep_it_know_of_it() -> None:
    """Nothing that prints, lists, exports or draws reads what is prepared before consent."""
    root = Path(__file__).resolve().parents[2] / "bcp_kit"
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "plan_preparations" in path.read_text(encoding="utf-8")
        or "PlanPreparation" in path.read_text(encoding="utf-8")
    }
    assert found == {
        "cli/plans.py",
        "domain/plan_preparations.py",
        "pages/parts/plan_draft.py",
        "services/duplicates.py",
        "services/erasing_records.py",
        "services/plan_agreement.py",
        "services/plan_preparations.py",
        "services/plan_rules.py",
        "services/plans.py",
        "services/plans_preparation_words.py",
        "services/undoing.py",
        "storage/kinds.py",
        "storage/migrations/versions/0011_before_consent_and_batches.py",
        "storage/unit_of_work.py",
    }


def test_offices_outside_of_the_town_hall_do_not_see_it(ctx: Context) -> None:
    """A care manager on contract is not the town hall (Art. 49-11(1)): no preparation is shown."""
    _draft(ctx)
    worker = replace(ctx, actor=Actor(name="相談員", role=Role.CASE_WORKER))
    assert read_plan(worker, "no_answer").preparation is None
    assert read_plan(ctx, "no_answer").preparation is not None


def test_consent_turns_it_into_a_plan_and_refusal_removes_it(ctx: Context) -> None:
    """With consent the next batch makes the plan; a refusal takes the preparation away at once."""
    _draft(ctx)
    _answer(ctx, "no_answer", ConsentAnswer.GIVEN)
    done = _draft(ctx)
    assert (done.plans, done.prepared) == (5, 0) and read_plan(ctx, "no_answer").plan is not None
    with ctx.open_store() as uow:
        assert uow.plan_preparations.count() == 0
        uow.people.add(Person(id="new", name="見本 新", address="見本市"))
        uow.commit()
    _draft(ctx)
    _answer(ctx, "new", ConsentAnswer.REFUSED)
    with ctx.open_store() as uow:
        assert uow.plan_preparations.count() == 0
    assert read_plan(ctx, "new").preparation is None


def test_a_plan_that_lost_its_consent_is_work_not_silence(ctx: Context) -> None:
    """It is counted by its own reason, and the list of work says to end it."""
    _draft(ctx)
    _answer(ctx, "alone", ConsentAnswer.REFUSED)
    done = _draft(ctx)
    assert done.reasons["consent.prepare.plan_stands"] == 1 and done.accounted == done.listed
    (group,) = work_list(ctx)
    assert next(line.tasks for line in group.lines if line.person.id == "alone") == ("end_refused",)


def test_a_town_that_reads_the_law_otherwise_prepares_nothing(ctx: Context) -> None:
    """Switched off, what was prepared goes at once, and the reason is told."""
    _draft(ctx)
    _off(ctx)
    with ctx.open_store() as uow:
        assert uow.plan_preparations.count() == 0
    done = _draft(ctx)
    assert done.prepared == 0 and done.accounted == done.listed
    assert done.reasons == {"consent.prepare.off": 1, "consent.prepare.refused": 1}
    assert read_coverage(ctx).reasons == done.reasons


def test_a_second_batch_writes_nothing_and_who_left_has_none(
    ctx: Context, change_person: Callable[..., None]
) -> None:
    """An unchanged preparation is not written again; one of somebody who left is removed."""
    _draft(ctx)
    with ctx.open_store() as uow:
        before = uow.plan_preparations.list()
    _draft(ctx)
    with ctx.open_store() as uow:
        assert uow.plan_preparations.list() == before
    change_person("no_answer", register_status=RegisterStatus.MOVED_OUT)
    _draft(ctx)
    with ctx.open_store() as uow:
        assert uow.plan_preparations.count() == 0


def test_rules_are_the_towns_and_need_the_right(ctx: Context) -> None:
    """Defaults are data; a case worker cannot change them."""
    assert read_plan_rules(ctx).prepare_before_consent
    worker = replace(ctx, actor=Actor(name="相談員", role=Role.CASE_WORKER))
    with pytest.raises(BcpKitError):
        set_plan_rules(worker, PlanRules(prepare_before_consent=False, approve_imported="never"))


def test_by_command(ctx: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """draft, coverage and the rules, as sentences and as one object."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    data, run = ["--data", str(settings.data_dir)], CliRunner()
    assert run.invoke(app, ["coverage", *data]).exit_code == 5
    drafted = run.invoke(app, ["draft", *data])
    assert "名簿6人のうち6人" in drafted.output and "同意待ち" in drafted.output
    told = run.invoke(app, ["coverage", *data, "--json", "-"])
    assert told.exit_code == 0 and json.loads(told.stdout)["accounted"] == 6
    rules = run.invoke(app, ["rules", "making", "--no-prepare", *data, "--json", "-"])
    assert json.loads(rules.stdout)["prepare_before_consent"] is False
    assert not read_plan_rules(ctx).prepare_before_consent
