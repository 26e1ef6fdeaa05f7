"""The ledger of printed copies: numbers, hand-out and return, what is overdue or stale."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState, HolderKind, copy_number, read_copy_number
from bcp_kit.domain.people import RegisterStatus
from bcp_kit.render.pdf_words import page_words
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.copies import (
    CopyQuery,
    HandOut,
    StaleReason,
    by_holder,
    close_copies,
    find_copy,
    hand_out,
    list_copies,
    stale_copies,
)
from bcp_kit.services.copies_lost import report_lost
from bcp_kit.services.copies_table import ledger_workbook
from bcp_kit.services.plans import confirm_plan, draft_plans, latest_run_ids, read_plan, save_plan_answers
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.store import StoreSettings
from tests.render.paper_checks import failed_rules, fonts_not_embedded

TO_GROUP = HandOut(HolderKind.ORGANISATION, "見本自主防災会", due_on=date(2027, 3, 31))


@pytest.fixture
def printed(ctx: Context, tmp_path: Path) -> Context:
    """The officer with four copies printed for people (1 to 4) and two for supporters (5 and 6)."""
    draft_plans(ctx, latest_run_ids(ctx))
    print_plans(ctx, PrintOrder(tmp_path / "a", purpose="訓練"))
    print_plans(ctx, PrintOrder(tmp_path / "b", Edition.SUPPORTER))
    return ctx


def numbers(*serials: int) -> list[str]:
    """Return the numbers of these serials."""
    return [copy_number(serial) for serial in serials]


@given(st.integers(1, 9_999_999), st.integers(0, 7), st.integers(1, 9))
def test_a_wrong_digit_is_seen(serial: int, place: int, more: int) -> None:
    """Every single wrong digit, the check digit too, gives no number or none of the same copy."""
    number = copy_number(serial)
    assert read_copy_number(number) == read_copy_number(number.replace("-", "")) == number
    digits = number.replace("-", "")
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert read_copy_number(wrong) is None


def test_every_print_is_in_the_ledger(printed: Context) -> None:
    """Six copies with six numbers: whose, which edition, where in which file, what for."""
    copies = list_copies(printed, CopyQuery())
    assert [copy.number for copy in copies] == numbers(1, 2, 3, 4, 5, 6)
    assert [copy.state for copy in copies] == [CopyState.PRINTED] * 6
    assert [copy.person_id for copy in copies] == ["full", "alone", "hidden", "nowhere", "full", "hidden"]
    first = copies[0]
    assert (first.file_name, first.first_page, first.pages) == ("plans_person_001.pdf", 1, 2)
    assert first.purpose == "訓練" and [step.state for step in first.steps] == ["reserved", "printed"]


def test_a_copy_for_the_screen_is_in_the_ledger(printed: Context) -> None:
    """What is shown can be printed there, so it has a number too."""
    plan_pdf(printed, "full", Edition.PERSON)
    newest = list_copies(printed, CopyQuery())[-1]
    assert (newest.number, newest.state, newest.purpose) == (*numbers(7), CopyState.PRINTED, "screen")


def test_handing_out_and_taking_back(printed: Context) -> None:
    """The holder's line counts what is out; what came back is no longer there."""
    hand_out(printed, numbers(5, 6), TO_GROUP)
    (line,) = by_holder(printed, stale_copies(printed))
    assert (line.holder, line.copies, line.overdue, line.stale) == ("見本自主防災会", 2, 0, 0)
    close_copies(printed, numbers(5), CopyState.RETURNED, "年度末")
    assert [copy.number for copy in list_copies(printed, CopyQuery(state=CopyState.HANDED_OUT))] == numbers(6)
    back = find_copy(printed, numbers(5)[0])
    assert back.steps[-1].note == "年度末" and back.holder == "見本自主防災会"


def test_copies_out_longer_than_agreed_are_overdue(printed: Context) -> None:
    """The day after the agreed one they stand on the list, not on the day itself."""
    hand_out(printed, numbers(5), TO_GROUP)
    moment = printed.clock.now()
    for days, expected in ((0, 0), (1, 1)):
        day = moment.replace(year=2027, month=3, day=31) + timedelta(days=days)
        then = replace(printed, clock=FixedClock(day))
        assert len(list_copies(then, CopyQuery(overdue_only=True))) == expected
        assert by_holder(then, stale_copies(then))[0].overdue == expected


def test_steps_that_cannot_be_are_refused_whole(printed: Context) -> None:
    """A copy that was never handed out cannot come back; then none of the order is written."""
    hand_out(printed, numbers(5), TO_GROUP)
    with pytest.raises(BcpKitError) as failure:
        close_copies(printed, numbers(5, 6), CopyState.RETURNED)
    assert failure.value.code is ErrorCode.COPY_STEP_WRONG
    assert failure.value.values["state"] == "手もとにある"
    assert find_copy(printed, numbers(5)[0]).state is CopyState.HANDED_OUT


def test_a_slip_in_a_number_is_told(printed: Context) -> None:
    """A wrong check digit and a number that was never given out are both unknown."""
    for typed in ("0000005-0", copy_number(99), "", "控え"):
        with pytest.raises(BcpKitError) as failure:
            find_copy(printed, typed)
        assert failure.value.code is ErrorCode.COPY_UNKNOWN
    assert find_copy(printed, "00000059").number == numbers(5)[0]


def test_an_organisation_without_a_name_gets_nothing(printed: Context) -> None:
    """Nobody can be asked to give back what nobody is written down for."""
    with pytest.raises(BcpKitError) as failure:
        hand_out(printed, numbers(5), HandOut(HolderKind.ORGANISATION, "　"))
    assert failure.value.code is ErrorCode.HOLDER_MISSING


def test_a_consent_withdrawn_since_printing_stops_the_hand_out(printed: Context) -> None:
    """The copy stays in the house, the refusal is in the audit log, and the copy is stale."""
    with printed.open_store() as uow:
        consent = next(c for c in uow.consents.list(giver_id="full") if c.kind == "share_plan")
        uow.consents.save(consent.model_copy(update={"withdrawn_on": printed.today()}))
        uow.commit()
    with pytest.raises(BcpKitError) as failure:
        hand_out(printed, numbers(5, 6), TO_GROUP)
    assert failure.value.code is ErrorCode.COPY_NOT_ALLOWED
    assert find_copy(printed, numbers(6)[0]).state is CopyState.PRINTED
    with printed.open_store() as uow:
        assert uow.audit.newest("paper_copies", limit=1)[0].action == "deny"
    assert [(s.copy.number, s.reason) for s in stale_copies(printed)] == [
        (numbers(5)[0], StaleReason.NOT_ALLOWED)
    ]


def test_a_change_of_what_a_copy_says_makes_it_stale(printed: Context) -> None:
    """The supporter's telephone number stands on the copies of those whom the supporter helps, only there."""
    assert stale_copies(printed) == ()
    with printed.open_store() as uow:
        helper = uow.supporters.need("near")
        uow.supporters.save(helper.model_copy(update={"phone": "090-2"}))
        uow.commit()
    assert [s.copy.number for s in stale_copies(printed)] == numbers(1, 5)
    close_copies(printed, numbers(1, 5), CopyState.DESTROYED)
    assert stale_copies(printed) == ()


def test_a_change_that_a_copy_does_not_show_leaves_it(printed: Context) -> None:
    """Medicines stand on the person's copy and not on the supporter's; a new check changes neither."""
    view = read_plan(printed, "full")
    assert view.plan is not None
    saved = save_plan_answers(printed, view.plan.id, {"medicines": "朝の薬"}, view.plan.version)
    assert [s.copy.number for s in stale_copies(printed)] == numbers(1)
    confirm_plan(printed, saved.id, saved.version)
    assert [s.copy.number for s in stale_copies(printed)] == numbers(1)


def test_a_place_that_changed_and_a_person_who_moved(printed: Context) -> None:
    """The school's new address marks all copies that send people there; who moved away, has stale copies."""
    with printed.open_store() as uow:
        uow.people.save(
            uow.people.need("hidden").model_copy(update={"register_status": RegisterStatus.MOVED_OUT})
        )
        school = uow.shelters.need("school")
        uow.shelters.save(school.model_copy(update={"address": "見本市南町"}))
        uow.commit()
    reasons = {s.copy.number: s.reason for s in stale_copies(printed)}
    assert reasons[numbers(3)[0]] is reasons[numbers(6)[0]] is StaleReason.LEFT
    assert reasons[numbers(1)[0]] is StaleReason.CHANGED


def test_a_lost_copy_gives_a_sheet_of_what_was_on_it_and_whom_to_tell(printed: Context) -> None:
    """The person, both supporters and their numbers stand on it, and what kinds of facts the copy held."""
    hand_out(printed, numbers(5), TO_GROUP)
    sheet = report_lost(printed, numbers(5)[0], "会館で見当たらない")
    words = "".join(page_words(sheet.pdf_bytes))
    for expected in (
        "0000005-9",
        "𠮷田葛子",
        "髙橋一郎",
        "090-1",
        "見本自主防災会",
        "会館で見当たらない",
        "避難先",
    ):
        assert expected in words
    assert failed_rules(sheet.pdf_bytes) == [] and fonts_not_embedded(sheet.pdf_bytes) == []
    assert find_copy(printed, numbers(5)[0]).state is CopyState.LOST
    assert report_lost(printed, numbers(5)[0]).pages == sheet.pages


def test_the_list_for_excel_names_copies_and_holders_but_no_people(printed: Context) -> None:
    """Number, plan, state, holder; that it was taken out stands in the audit log."""
    hand_out(printed, numbers(5), TO_GROUP)
    book = load_workbook(io.BytesIO(ledger_workbook(printed)))
    cells = [str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert "0000005-9" in cells and any("見本自主防災会" in cell for cell in cells)
    assert not any(name in "".join(cells) for name in ("葛子", "独歩", "秘匿"))
    with printed.open_store() as uow:
        assert uow.audit.newest("paper_copies", limit=1)[0].action == "export"


def test_the_command_line_follows_a_copy(
    printed: Context, settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out, overdue, stale, back, lost: each by number, with JSON; stale copies end with exit code 5."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    run, data = CliRunner(), ["--data", str(settings.data_dir)]
    number = numbers(5)[0]
    out = run.invoke(app, ["ledger", "out", number, "--to", "見本自主防災会", "--due", "2027-03-31", *data])
    assert out.exit_code == 0 and "1枚を「渡してある」" in out.output
    target = tmp_path / "list.json"
    listed = run.invoke(app, ["ledger", "list", "--state", "handed_out", "--json", str(target), *data])
    assert listed.exit_code == 0
    assert [c["number"] for c in json.loads(target.read_text(encoding="utf-8"))["copies"]] == [number]
    assert run.invoke(app, ["ledger", "stale", *data]).exit_code == 0
    with printed.open_store() as uow:
        helper = uow.supporters.need("near")
        uow.supporters.save(helper.model_copy(update={"phone": "090-2"}))
        uow.commit()
    stale = run.invoke(app, ["ledger", "stale", *data])
    assert stale.exit_code == 5 and "印刷した" in stale.output
    holders = run.invoke(app, ["ledger", "holders", *data])
    assert holders.exit_code == 0 and "見本自主防災会" in holders.output
    lost = run.invoke(app, ["ledger", "lost", number, "--out", str(tmp_path / "loss.pdf"), *data])
    assert lost.exit_code == 0 and (tmp_path / "loss.pdf").stat().st_size > 0
    back = run.invoke(app, ["ledger", "back", number, "--note", "見つかった", *data])
    assert back.exit_code == 0
    shown = run.invoke(app, ["ledger", "show", number, *data])
    assert shown.exit_code == 0 and "見つかった" in shown.output
    assert run.invoke(app, ["ledger", "runs", *data]).exit_code == 0
