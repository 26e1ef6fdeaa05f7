"""Paper that comes back: found by its number, typed in the paper's order, twice where it counts (N8)."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.common import Exit
from bcp_kit.cli.plans import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.form_entries import EntryState
from bcp_kit.domain.paper_copies import CopyState, HolderKind, copy_number
from bcp_kit.domain.plan_answers import AnswerWay
from bcp_kit.forms.plan_form import named_document, named_form, standard_form
from bcp_kit.services.base import Context
from bcp_kit.services.copies import HandOut, find_copy, hand_out
from bcp_kit.services.form_entry import (
    Typed,
    find_form,
    open_entries,
    resolve_rows,
    row_differences,
    type_form,
)
from bcp_kit.services.form_rows import canonical, field_of_row, numbered_options, paper_fields, read_rows
from bcp_kit.services.plan_form_print import blank_form
from bcp_kit.services.plan_forms import FORM_LAYER
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_print import PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings
from tests.render.paper_checks import page_texts, squeezed

FORM = standard_form()
# Preferred contact (boxes), phone, building (one box), route (words), emergency contacts (table).
ROWS = {"27": "13", "24": "090-0000-0001", "58": "1", "81": "橋の手前で右", "46": "1;見本 花子;長女;000-9"}


@pytest.fixture
def sent(ctx: Context, tmp_path: Path) -> Context:
    """The officer after forms 1 to 4 were handed out."""
    draft_plans(ctx, latest_run_ids(ctx))
    print_plans(ctx, PrintOrder(tmp_path))
    hand_out(ctx, [copy_number(n) for n in (1, 2, 3)], HandOut(HolderKind.PERSON, ""))
    return ctx


@pytest.fixture
def second(ctx: Context) -> Context:
    """Another officer."""
    return replace(ctx, actor=Actor(name="福祉担当", role=Role.TOWN_WELFARE))


def _code(failure: pytest.ExceptionInfo[BcpKitError]) -> ErrorCode:
    return failure.value.code


def test_the_number_opens_the_form_and_a_slip_is_told(sent: Context) -> None:
    """Whose form it is stands beside it; a wrong digit opens nothing."""
    found = find_form(sent, "00000018")
    assert (found.person_name, found.copy.plan_number) == ("𠮷田 葛子", "000001")
    with pytest.raises(BcpKitError) as failure:
        find_form(sent, "0000001-9")
    assert _code(failure) is ErrorCode.COPY_UNKNOWN


def test_rows_stand_in_the_order_of_the_paper() -> None:
    """Row numbers are those of the form, each once, and rising in the standard form."""
    rows = [field.row for field in paper_fields(FORM)]
    assert len(rows) > 80 and rows == sorted(set(rows))
    assert all(FORM.field(field.id).row == field.row for field in paper_fields(FORM))


@pytest.mark.parametrize("form_id", ["standard", "aoba_city", "umibe_town"])
def test_rows_and_boxes_of_the_screen_are_those_of_the_paper(ctx: Context, form_id: str) -> None:
    """Each row stands on the printed form with its title, each box with the number that is typed."""
    form = named_form(form_id)
    if form_id != "standard":
        with ctx.open_store() as uow:
            uow.layers.put(FORM_LAYER, named_document(form_id))
            uow.commit()
    paper = "".join(page_texts(blank_form(ctx).pdf_bytes))
    places = [paper.index(squeezed(f"{field.row}{field.item.title_ja}")) for field in paper_fields(form)]
    assert places == sorted(places)
    boxes = [f"{n}□{words}" for field in paper_fields(form) for n, _, words in numbered_options(field)]
    assert len(boxes) > 20 and [box for box in boxes if squeezed(box) not in paper] == []


@pytest.mark.parametrize(
    ("row", "typed", "kept"),
    [
        ("27", "13", ("1", "3")),
        ("27", "１、３", ("1", "3")),
        ("27", "3 1", ("3", "1")),
        ("58", "2", ("2",)),
        ("30", "10 2", ("10", "2")),
        ("38", "1", ("1",)),
    ],
)
def test_digits_are_tick_boxes(row: str, typed: str, kept: tuple[str, ...]) -> None:
    """Digits mean the boxes of the row, whatever their width; many boxes are kept apart by blanks."""
    field = field_of_row(FORM, row)
    keys = {str(number): key for number, key, _ in numbered_options(field)}
    assert canonical(field, typed) == ",".join(keys[number] for number in kept)


@pytest.mark.parametrize(("row", "typed"), [("27", "9"), ("58", "12"), ("58", "0"), ("30", "99")])
def test_a_number_without_a_box_is_told(row: str, typed: str) -> None:
    """A slip is not taken for another box."""
    with pytest.raises(BcpKitError) as failure:
        canonical(field_of_row(FORM, row), typed)
    assert _code(failure) is ErrorCode.FORM_VALUE_WRONG


@pytest.mark.parametrize("row", ["1", "13", "54", "999", "", "x"])
def test_a_row_that_is_not_on_the_paper_is_told(row: str) -> None:
    """Rows of the resident record, cells of tables and unknown ones take nothing."""
    with pytest.raises(BcpKitError) as failure:
        read_rows(FORM, {row: "1"})
    assert _code(failure) is ErrorCode.FORM_ROW_UNKNOWN


def test_one_keying_is_stored_with_paper_and_number(sent: Context) -> None:
    """Answers say that they came on paper and from which copy; the copy is back."""
    entry = type_form(sent, Typed("0000001-8", ROWS, seconds=41.0))
    assert entry.state is EntryState.STORED and entry.first.seconds == 41.0
    view = read_plan(sent, "full")
    assert view.plan is not None and view.plan.answers["route_text"] == "橋の手前で右"
    origin = view.plan.origins["route_text"]
    assert (origin.way, origin.copy_number, origin.by) == (AnswerWay.PAPER, "0000001-8", "防災担当")
    assert view.person.phone_mobile == "090-0000-0001"
    assert [c.name for c in view.person.emergency_contacts] == ["見本 花子"]
    assert find_copy(sent, "0000001-8").state is CopyState.RETURNED
    with pytest.raises(BcpKitError) as failure:
        type_form(sent, Typed("0000001-8", ROWS))
    assert _code(failure) is ErrorCode.FORM_STORED


def test_empty_rows_change_nothing(sent: Context) -> None:
    """What stood there stays; paper that says nothing takes nothing back."""
    type_form(sent, Typed("0000001-8", {**ROWS, "82": ""}))
    type_form(sent, Typed("0000002-6", {"27": ""}))
    assert read_plan(sent, "full").person.phone_home == "000-1"
    assert read_plan(sent, "alone").plan.answers == {}  # type: ignore[union-attr]


def test_a_row_that_cannot_be_read_keeps_the_whole_form_out(sent: Context) -> None:
    """No half form: neither plan, nor person, nor ledger changes."""
    with pytest.raises(BcpKitError):
        type_form(sent, Typed("0000001-8", {**ROWS, "135": "きのうのきのう"}))
    assert read_plan(sent, "full").plan.answers == {}  # type: ignore[union-attr]
    assert find_copy(sent, "0000001-8").state is CopyState.HANDED_OUT


def test_two_people_who_type_the_same_are_stored(sent: Context, second: Context) -> None:
    """Width and blanks are no difference; the same person twice is refused."""
    first = type_form(sent, Typed("0000001-8", ROWS, twice=True))
    assert first.state is EntryState.TYPED_ONCE
    assert read_plan(sent, "full").plan.answers == {}  # type: ignore[union-attr]
    with pytest.raises(BcpKitError) as failure:
        type_form(sent, Typed("0000001-8", ROWS, twice=True))
    assert _code(failure) is ErrorCode.SECOND_NAME_NEEDED
    entry = type_form(second, Typed("00000018", {**ROWS, "27": "１ ３", "81": " 橋の手前で右 "}, twice=True))
    assert entry.state is EntryState.STORED and entry.differences == ()
    plan = read_plan(sent, "full").plan
    assert plan is not None and plan.origins["route_text"].by == "防災担当・福祉担当"


def test_differences_are_chosen_row_by_row(sent: Context, second: Context) -> None:
    """A row that only one typed differs too; the plan gets it all when the last row is decided."""
    type_form(sent, Typed("0000001-8", ROWS, twice=True))
    other = {**ROWS, "58": "2", "82": "坂の下"}
    entry = type_form(second, Typed("0000001-8", other, twice=True))
    found = row_differences(sent, entry)
    assert [row.row for row in found] == ["58", "82"] and found[1].first == ""
    words = {key: label for _, key, label in numbered_options(FORM.field("building_structure"))}
    assert (found[0].first_words, found[0].second_words) == (words[found[0].first], words[found[0].second])
    assert [each.copy_number for each in open_entries(sent)] == ["0000001-8"]
    assert resolve_rows(sent, "0000001-8", {"58": "1"}).state is EntryState.DIFFERS
    assert read_plan(sent, "full").plan.answers == {}  # type: ignore[union-attr]
    done = resolve_rows(sent, "0000001-8", {"82": "坂の下"})
    assert done.state is EntryState.STORED and open_entries(sent) == ()
    plan = read_plan(sent, "full").plan
    first_box = numbered_options(FORM.field("building_structure"))[0][1]
    assert plan is not None and plan.answers["building_structure"] == first_box
    assert plan.answers["route_alternative"] == "坂の下"


def _write(path: Path, forms: dict[str, dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("copy", "row", "value"))
        writer.writerows((number, *cell) for number, rows in forms.items() for cell in rows.items())
    return path


def test_a_batch_by_command(
    sent: Context, settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two files are compared, a wrong number is told, the difference is decided by command."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    runner, data = CliRunner(), ["--data", str(settings.data_dir), "--json", "-"]
    one = _write(tmp_path / "a.csv", {"0000001-8": ROWS, "0000002-6": {"81": "坂の下"}, "7": ROWS})
    two = _write(tmp_path / "b.csv", {"0000001-8": {**ROWS, "58": "2"}, "0000002-6": {"81": "坂の下"}})
    both = ["--by", "甲", "--second", str(two), "--second-by", "乙"]
    done = runner.invoke(app, ["enter", str(one), *both, *data])
    assert done.exit_code == int(Exit.FAULTS_FOUND), (done.output, done.exception)
    told = json.loads(done.stdout)
    assert [entry["state"] for entry in told["entries"]] == ["differs", "stored"]
    assert told["refused"] == [{"copy": "7", "code": "P-006"}]
    waiting = json.loads(runner.invoke(app, ["entries", *data]).stdout)
    assert [each["row"] for each in waiting["entries"][0]["differences"]] == ["58"]
    chosen = runner.invoke(app, ["resolve", "0000001-8", "--row", "58=1", "--by", "丙", *data])
    assert json.loads(chosen.stdout)["state"] == "stored"
    assert read_plan(sent, "alone").plan.answers["route_text"] == "坂の下"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a,b,c\n", 1),
        ("copy,row,value\n0000001-8,27\n", 2),
        ("copy,row,value\n0000001-8,27,1\n0000001-8,27,2\n", 3),
    ],
)
def test_a_broken_file_is_told_by_its_line(
    sent: Context, tmp_path: Path, settings: StoreSettings, content: str, line: int
) -> None:
    """Other headings, a missing cell, a row twice."""
    path = tmp_path / "broken.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BCP_KIT_PLAIN", "true")
        done = CliRunner().invoke(app, ["enter", str(path), "--by", "甲", "--data", str(settings.data_dir)])
    assert isinstance(done.exception, BcpKitError) and done.exception.values == {"line": line}
