"""The damage report: filled from what is known, numbered, compared, printed, exported, refused."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from bcp_kit.catalogues.load import source_titles
from bcp_kit.cli import build
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facility_event import CanCome
from bcp_kit.forms.damage import HandOver, damage_form, sections_for
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.damage_reports import (
    ALL_SHEETS,
    begin_report,
    export_report,
    list_reports,
    print_report,
    read_report,
    save_report,
)
from bcp_kit.services.safety_calls import Note, note_reply, start_call
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed
from tests.roll_call.conftest import HOME_ID

EVENT = "令和8年 見本地震"


def test_what_is_known_is_filled_in(ctx: Context) -> None:
    """By hand: 43 people drink 129 L a day, so 600 L last 4.6 days; 300 meals at 129 a day last 2.3."""
    view = begin_report(ctx, HOME_ID, EVENT)
    values = view.report.values
    assert (values["facility_name"], values["users_present"]) == ("特別養護老人ホーム ひだまり苑", "38")
    assert (values["water_days"], values["food_days"], values["generator_hours"]) == ("4.6", "2.3", "48")
    assert "staff_confirmed" not in values and "users_dead" not in values


def test_reports_of_an_event_are_numbered_and_go_on(ctx: Context) -> None:
    """The second report keeps what the first said, takes the roll call as it is now, says what changed."""
    first = begin_report(ctx, HOME_ID, EVENT)
    save_report(ctx, first.report.id, {"power": "停電", "water_days": "3", "urgency": "day"})
    call = start_call(ctx, HOME_ID)
    note_reply(ctx, call.id, Note("s0003", safe="ok", can_come=CanCome.NOW))
    second = begin_report(ctx, HOME_ID)
    assert (first.report.number, second.report.number, second.report.event) == (1, 2, EVENT)
    assert (second.report.values["power"], second.report.values["water_days"]) == ("out", "3")
    view = save_report(ctx, second.report.id, {"power": "normal"})
    told = {c.item.id: (c.before, c.after) for c in view.changes}
    assert told["power"] == ("停電", "通常") and told["staff_now"] == ("", "1人") and "urgency" not in told


def test_drills_are_kept_apart(ctx: Context) -> None:
    """A drill has numbers of its own, and takes no answers of a real roll call."""
    begin_report(ctx, HOME_ID, EVENT)
    start_call(ctx, HOME_ID)
    drill = begin_report(ctx, HOME_ID, EVENT, drill=True)
    assert drill.report.number == 1 and "staff_now" not in drill.report.values
    assert [r.drill for r in list_reports(ctx, HOME_ID)] == [True, False]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("no_such", "1", ErrorCode.DAMAGE_FIELD_UNKNOWN),
        ("power", "たぶん", ErrorCode.DAMAGE_VALUE_WRONG),
        ("users_dead", "-1", ErrorCode.DAMAGE_VALUE_WRONG),
        ("users_dead", "1.5", ErrorCode.DAMAGE_VALUE_WRONG),
        ("users_dead", "多数", ErrorCode.DAMAGE_VALUE_WRONG),
        ("remarks", "長" * 4001, ErrorCode.DAMAGE_VALUE_WRONG),
    ],
)
def test_wrong_values_are_refused_whole(ctx: Context, field: str, value: str, code: ErrorCode) -> None:
    """A wrong value is refused with what would be right; nothing of the same save is written."""
    report = begin_report(ctx, HOME_ID, EVENT).report
    with pytest.raises(BcpKitError) as refused:
        save_report(ctx, report.id, {"gas": "out", field: value})
    assert refused.value.code is code
    assert "gas" not in read_report(ctx, report.id).report.values


def test_full_width_digits_and_units_are_read(ctx: Context) -> None:
    """１２人 is 12; an empty value takes the item out."""
    report = begin_report(ctx, HOME_ID, EVENT).report
    values = save_report(ctx, report.id, {"users_injured_light": "１２人", "manager": ""}).report.values
    assert values["users_injured_light"] == "12" and "manager" not in values


def test_an_older_page_does_not_overwrite(ctx: Context) -> None:
    """Saving onto a version that somebody else has changed since is a conflict."""
    report = begin_report(ctx, HOME_ID, EVENT).report
    save_report(ctx, report.id, {"gas": "out"}, report.version)
    with pytest.raises(BcpKitError) as conflict:
        save_report(ctx, report.id, {"gas": "normal"}, report.version)
    assert conflict.value.code.value == "D-001"


def test_the_paper_has_every_item_and_says_what_is_not_checked(ctx: Context) -> None:
    """Report and both hand-over sheets hold their items in order, with room to write and the warning."""
    report = begin_report(ctx, HOME_ID, EVENT).report
    save_report(ctx, report.id, {"supplies_needed": "おむつM 200枚\n軽油 200L", "power": "generator"})
    printed = print_report(ctx, report.id, ALL_SHEETS)
    whole = "".join(page_texts(printed.pdf_bytes))
    for target in (None, HandOver.D24H, HandOver.DWAT):
        for _, items in sections_for(target):
            assert all(squeezed(item.title_ja) in whole for item in items)
    assert whole.count(squeezed(text("damage.not_checked"))) == 3
    assert "おむつM200枚" in whole and "□通れる" in whole
    assert failed_rules(printed.pdf_bytes) == [] and fonts_not_embedded(printed.pdf_bytes) == []


def test_the_hand_over_sheets_tell_people_equipment_staff_water_power() -> None:
    """What DWAT and D24H need first stands on their sheets: people, power, water, staff, what is missing."""
    needed = {"users_present", "medical_care", "power", "generator_hours", "water", "water_days", "staff_now"}
    needed |= {"staff_needed", "supplies_needed", "urgency", "contact_phone"}
    for target in HandOver:
        assert needed <= {item.id for _, items in sections_for(target) for item in items}


def test_no_field_claims_more_than_was_read() -> None:
    """Every source is listed; only the emergency contact of the form counts as read."""
    items = damage_form().items
    assert all(source_titles(item.sources) for item in items)
    assert {i.id for i in items if i.verification == "read"} == {
        "contact_name",
        "contact_phone",
        "contact_email",
    }


def test_files_hold_one_row_for_each_item(ctx: Context) -> None:
    """CSV and Excel hold all items in order with value, last value and how sure the field is."""
    first = begin_report(ctx, HOME_ID, EVENT).report
    save_report(ctx, first.id, {"remarks": "=1+1"})
    report = begin_report(ctx, HOME_ID).report
    rows = list(
        csv.reader(io.StringIO(export_report(ctx, report.id, as_csv=True).content.decode("utf-8-sig")))
    )
    assert [row[5] for row in rows[5:]] == [item.id for item in damage_form().items]
    assert rows[-1][3:5] == ["'=1+1", "'=1+1"]
    sheet = openpyxl.load_workbook(io.BytesIO(export_report(ctx, report.id).content)).active
    assert sheet.max_row == len(rows) and sheet.cell(sheet.max_row, 4).data_type == "s"


def test_commands(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """new, set, fields, print and export do on the command line what the services do."""
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(build(["bcp"]), ["bcp", "damage", *words])
        assert done.exit_code == code, done.output
        return done.stdout

    told = json.loads(run("new", "--event", EVENT, "--set", "power=out", "--json", "-"))
    assert told["number"] == 1 and told["values"]["power"] == "out"
    run("set", "water=断水中", code=1)
    assert (
        json.loads(run("set", "water=partly", "remarks=次は18時", "--json", "-"))["values"]["water"]
        == "partly"
    )
    assert "停電" in run("new")
    assert len(json.loads(run("fields", "--json", "-"))["fields"]) == len(damage_form().items)
    run("print", "--out", str(tmp_path))
    run("export", "--out", str(tmp_path), "--format", "csv")
    assert list(tmp_path.glob("damage_report_*.pdf")) and list(tmp_path.glob("damage_report_*.csv"))
