"""Rooms and confirmations in our sheet: they come back identical, and what is broken is told."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from shelter_makers import HOME

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import ConfirmedHow, Space, SpaceKind
from bcp_kit.forms.record_lines import from_lines, to_lines
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.services.base import Context
from bcp_kit.services.exporting_sheets import FileFormat, export_sheets
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.shelters import HowConfirmed, confirm_facts, read_shelter, save_spaces
from bcp_kit.services.store import StoreSettings, open_store

SPACES = (
    Space(name="体育館", kind=SpaceKind.GYM, floor=1, area_m2=600.5, capacity_people=0),
    Space(name='相談室｜"奥"', kind=SpaceKind.QUIET, floor=-1, accessible_toilet=Known.NO, note="二行\nある"),
    Space(name="ホール", floor_height_m=3.5),
)
PHONE = HowConfirmed(ConfirmedHow.PHONE, "施設長")


@given(st.lists(st.lists(st.text("あ｜\"'\n, a"), min_size=2, max_size=4).filter(any), max_size=4))
def test_lines_give_records_back(records: list[list[str]]) -> None:
    """Bars, quotes and line ends inside a part survive."""
    assert from_lines(to_lines(records)) == records


@pytest.mark.parametrize("written_as", [FileFormat.XLSX, FileFormat.CSV])
def test_rooms_and_confirmations_come_back(ctx: Context, tmp_path: Path, written_as: FileFormat) -> None:
    """A place with rooms and confirmations is the same in another store, a plain "no" among them."""
    saved = save_spaces(ctx, HOME, SPACES, HowConfirmed(ConfirmedHow.VISIT))
    saved = confirm_facts(ctx, saved, {"toilets": 6, "exposures.landslide.special": False}, PHONE)
    saved = confirm_facts(ctx, saved, {"feature.wifi": Known.YES}, PHONE)
    content = export_sheets(ctx, (SheetKind.SHELTERS,), written_as)[0].content
    handle = open_store(StoreSettings(data_dir=tmp_path / "other", plain=True))
    other = Context(Actor(name="別", role=Role.DISASTER_OFFICER), handle.open, ctx.clock)
    inspection = inspect_file(other, content, f"a.{written_as.value}")
    import_inspection(other, inspection, False)
    there = read_shelter(other, "W1")
    handle.close()
    assert there.spaces == SPACES
    assert there.confirmations == saved.confirmations
    assert there.model_copy(update={"version": 0}) == saved.model_copy(update={"version": 0})


def test_broken_rooms_and_confirmations_are_told(ctx: Context) -> None:
    """A room with a floor that is no number, or a changed confirmation, is named; nothing raises."""
    confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    save_spaces(ctx, read_shelter(ctx, "W1"), SPACES, PHONE)
    book = load_workbook(BytesIO(export_sheets(ctx, (SheetKind.SHELTERS,))[0].content))
    tab = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in tab[1]}
    tab.cell(2, heads["部屋と場所"]).value = "体育館｜体育館｜一番上"
    tab.cell(2, heads["項目ごとの確認"]).value = "きのう｜電話"
    out = BytesIO()
    book.save(out)
    (part,) = inspect_file(ctx, out.getvalue(), "a.xlsx").parts
    told = {problem.column for record in part.records for problem in record.problems}
    assert {"部屋と場所", "項目ごとの確認"} <= told
