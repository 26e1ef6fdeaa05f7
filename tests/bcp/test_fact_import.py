"""Tables that a facility keeps in Excel: understood by their headings, shown first, taken over whole."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.fact_tables import fact_tables
from bcp_kit.intake.fact_sheets import known_headings
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.fact_import import LineState, accept_facts, export_facts, preview_facts
from bcp_kit.services.site_facts import FactChange, read_facts, save_fact, save_fact_table
from tests.bcp.conftest import HOME_ID

Rows = Sequence[Sequence[object]]

STOCK: Rows = (
    ("備蓄品リスト（2026年4月現在）", None, None, None, None, None),
    (),
    ("No", "品目", "備蓄量（数量）", "単位", "使用期限", "保管場所"),
    ("【飲料・食品】", None, None, None, None, None),
    (1, "飲料水", 900, "L", "2029年3月", "2階倉庫"),
    (2, "α米", 300, "食", "2028年11月", "2階倉庫"),
    ("【防護具・消毒】", None, None, None, None, None),
    (3, "マスク", "900", "枚", "", "看護室"),
    ("合計", "合計", 2100, "", "", ""),
)
CONTACTS: Rows = (
    ("連絡先一覧", None, None, None),
    ("区分", "名称", "電話番号", "業務内容"),
    ("業者", "見本電設", "03-1234-5678", "受変電設備"),
    ("", "髙𠮷水道", 312345678, "給水"),
    ("医療機関", "見本医院", "03-1111-2222（夜間も可）", "往診"),
)
TREE: Rows = (
    ("職員緊急連絡網", None, None, None, None),
    ("所属", "役職", "氏名", "電話番号（自宅・携帯）", "通勤手段"),
    ("1階", "主任", "見本 桜", "090-0000-0001", "車"),
    ("1階", "介護職", "﨑田 葵", "090-0000-0002", "徒歩"),
)
STRUCTURE: Rows = (
    ("災害対策本部 体制表", None, None, None),
    ("班・役割", "主な任務", "責任者", "代替者"),
    ("対策本部長", "全体の指揮", "見本 花子", "主任 見本 桜"),
    ("介護班", "利用者の移動", "見本 学", ""),
)


def _file(sheets: Mapping[str, Rows], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """An Excel file of these sheets, with these ranges merged."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        tab = book.create_sheet(name)
        for row in rows:
            tab.append(list(row))
        for cells in (merged or {}).get(name, ()):
            tab.merge_cells(cells)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


EVERYTHING = _file(
    {
        "備蓄": STOCK,
        "業者・医療機関": CONTACTS,
        "連絡網": TREE,
        "体制": STRUCTURE,
        "年間予定": (("4月", "訓練"),),
    },
    {"備蓄": ["A1:F1"], "業者・医療機関": ["A1:D1", "A3:A4"]},
)


def _cells(ctx: Context, table: str) -> list[Mapping[str, str]]:
    return [row.cells for row in read_facts(ctx, HOME_ID).facts.tables.get(table, ())]


def test_sheets_are_known_by_their_headings(ctx: Context, plan: ContinuityPlan) -> None:
    """Stock, contacts, contact tree and structure are each found; a sheet that is none of them is named."""
    preview = preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx")
    found = {sheet.sheet.sheet_name: sheet.table.id for sheet in preview.sheets}
    assert found == {"備蓄": "stock", "業者・医療機関": "contacts", "連絡網": "people", "体制": "roles"}
    assert preview.unknown == ("年間予定",)
    assert _cells(ctx, "stock") == []


def test_rows_come_over_as_they_were_written(ctx: Context, plan: ContinuityPlan) -> None:
    """Units join their numbers, sections and merged cells give the kind, totals are left out, 外字 stays."""
    preview = preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx")
    accept_facts(ctx, preview)
    assert [(c["kind"], c["article"], c["quantity"]) for c in _cells(ctx, "stock")] == [
        ("food", "飲料水", "900L"),
        ("food", "α米", "300食"),
        ("ppe", "マスク", "900枚"),
    ]
    assert [(c["kind"], c["name"], c["contact"]) for c in _cells(ctx, "contacts")] == [
        ("vendor", "見本電設", "03-1234-5678"),
        ("vendor", "髙𠮷水道", "0312345678"),
        ("medical", "見本医院", "03-1111-2222（夜間も可）"),
    ]
    assert [c["name"] for c in _cells(ctx, "people")] == ["見本 桜", "﨑田 葵"]
    assert [(c["kind"], c["deputy"]) for c in _cells(ctx, "roles") if "deputy" in c] == [
        ("command", "主任 見本 桜")
    ]
    noted = {(problem.code, problem.row) for sheet in preview.sheets for problem in sheet.problems}
    assert {(ErrorCode.TOTAL_ROW, 9), (ErrorCode.ZERO_RESTORED, 4), (ErrorCode.CELLS_MERGED, 4)} <= noted


def test_what_was_imported_stands_in_the_plan(ctx: Context, plan: ContinuityPlan) -> None:
    """Stock, vendors, structure and deputies of the plan show the rows of the file at once."""
    accept_facts(ctx, preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx"))
    answers = read_content(ctx, plan.id).plan.answers
    assert [row["article"] for row in answers["nd_stock_food"].rows] == ["飲料水", "α米"]
    assert [row["vendor"] for row in answers["nd_vendors"].rows] == ["見本電設", "髙𠮷水道"]
    assert answers["nd_deputies"].rows == ({"manager": "見本 花子", "deputy_1": "主任 見本 桜"},)


def test_a_second_look_says_what_changed(ctx: Context, plan: ContinuityPlan) -> None:
    """The same file again brings nothing; a changed cell is shown old and new, and only it is written."""
    accept_facts(ctx, preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx"))
    again = preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx")
    assert {line.state for sheet in again.sheets for line in sheet.lines} == {LineState.SAME}
    with pytest.raises(BcpKitError) as caught:
        accept_facts(ctx, again)
    assert caught.value.code is ErrorCode.IMPORT_NOTHING
    rows = (("品名", "数量"), ("マスク", "700枚"), ("毛布", "40枚"))
    changed = preview_facts(ctx, HOME_ID, _file({"備蓄": rows}), "new.xlsx")
    masks, blankets = changed.sheets[0].lines
    assert (masks.state, masks.changes) == (LineState.CHANGED, {"quantity": ("900枚", "700枚")})
    assert blankets.state is LineState.NEW
    accept_facts(ctx, changed)
    found = {c["article"]: c for c in _cells(ctx, "stock")}
    assert (found["マスク"]["quantity"], found["マスク"]["storage_place"]) == ("700枚", "看護室")
    assert found["毛布"]["kind"] == "equipment"


def test_what_changed_since_the_look_stays(ctx: Context, plan: ContinuityPlan) -> None:
    """A cell that somebody changed between preview and acceptance is not overwritten."""
    mask = save_fact(
        ctx, HOME_ID, FactChange("stock", {"kind": "ppe", "article": "マスク", "quantity": "1枚"})
    )
    preview = preview_facts(ctx, HOME_ID, EVERYTHING, "bcp.xlsx")
    save_fact(ctx, HOME_ID, FactChange("stock", {"quantity": "5枚"}, mask.changed[0]))
    accept_facts(ctx, preview)
    assert [c["quantity"] for c in _cells(ctx, "stock") if c["article"] == "マスク"] == ["5枚"]


def test_a_file_that_is_no_table_is_refused(ctx: Context, plan: ContinuityPlan) -> None:
    """The guard stands before it: a picture named xlsx is refused with its code, nothing is stored."""
    with pytest.raises(BcpKitError) as caught:
        preview_facts(ctx, HOME_ID, b"\x89PNG\r\n\x1a\n" + b"0" * 100, "list.xlsx")
    assert caught.value.code is ErrorCode.FILE_TYPE_UNKNOWN


def test_headings_name_columns_that_are_there() -> None:
    """Every table and column of fact_headings.yaml exists; kinds are those of the table."""
    for table_id, known in known_headings().items():
        table = fact_tables()[table_id]
        assert set(known.columns) - {"unit"} <= {column.key for column in table.columns}, table_id
        assert {*known.kinds, *([known.default_kind] if known.default_kind else [])} <= {
            option.key for option in table.kinds
        }


_WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda word: word.strip(" 　【】■●") == word and not word.startswith("#")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(_WORDS, min_size=2, max_size=4, unique=True), note=_WORDS)
def test_an_export_reads_back(ctx: Context, plan: ContinuityPlan, names: list[str], note: str) -> None:
    """Whatever stands in the facts, formulas included: the exported file comes back without a change."""
    rows = [{"kind": "vendor", "name": f"業者{name}", "contact": "03-1", "note": note} for name in names]
    save_fact_table(ctx, HOME_ID, "contacts", rows, drop_shared=True)
    written = export_facts(ctx, HOME_ID)
    preview = preview_facts(ctx, HOME_ID, written.content, "facts.xlsx")
    states = {line.state for sheet in preview.sheets for line in sheet.lines}
    assert states == {LineState.SAME}
    assert sum(len(sheet.lines) for sheet in preview.sheets if sheet.table.id == "contacts") == len(names)
