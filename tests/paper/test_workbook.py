"""The Excel file: a sheet for each table, cells that stay text, personal tables left out when asked."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.forms.schema import InputType, form, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.sample_plans import SamplePlans

EXCEL = Wish(PaperFormat.XLSX)


def _book(ctx: Context, sample: SamplePlans, wish: Wish = EXCEL) -> Workbook:
    plan_id = sample.plans[PlanKind.NATURAL_DISASTER].id
    return load_workbook(io.BytesIO(print_plans(ctx, [plan_id], wish).content))


def test_each_table_has_its_sheet_with_every_cell(ctx: Context, sample: SamplePlans) -> None:
    """Each table that is asked stands on a sheet of its own, heading first, each cell as written."""
    book = _book(ctx, sample)
    content = read_content(ctx, sample.plans[PlanKind.NATURAL_DISASTER].id)
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book]
    tables = [
        item
        for item in items_for(content.form, content.facility.category)
        if item.input.type is InputType.TABLE
    ]
    assert len(book.sheetnames) >= len(tables) + 2
    for item in tables:
        heads = tuple(column.label_ja for column in item.input.columns)
        rows = [
            tuple(row.get(column.key, "") or None for column in item.input.columns)
            for row in content.plan.answers.get(item.id, Answer()).rows
        ]
        assert any(found[0] == heads and found[1:] == rows for found in sheets), item.id


def test_nothing_runs_and_no_zero_is_lost(ctx: Context, sample: SamplePlans) -> None:
    """A formula, a phone number and a control character that somebody typed are text in the file."""
    plan_id = sample.plans[PlanKind.NATURAL_DISASTER].id
    row = {"equipment": '=HYPERLINK("x")', "alternative": "0120-000-000\x07"}
    save_answers(ctx, plan_id, {"nd_gas": Answer(rows=(row,))})
    cells = [
        cell for sheet in _book(ctx, sample) for cells in sheet.iter_rows() for cell in cells if cell.value
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(cell.value == '=HYPERLINK("x")' and cell.number_format == "@" for cell in cells)
    assert any(cell.value == "0120-000-000" for cell in cells)


def test_headings_stay_in_view_and_names_fit(ctx: Context, sample: SamplePlans) -> None:
    """Each sheet keeps its heading row in view; names of sheets differ and keep to what Excel allows."""
    book = _book(ctx, sample)
    assert {sheet.freeze_panes for sheet in book} == {"B2"}
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)


@pytest.mark.parametrize("without", [True, False])
def test_a_file_without_personal_data_has_no_personal_sheet(
    ctx: Context, sample: SamplePlans, without: bool
) -> None:
    """The edition for outsiders holds no name from the list of staff; the other does."""
    content = read_content(ctx, sample.plans[PlanKind.NATURAL_DISASTER].id)
    names = {row["home_district"] for row in content.plan.answers["nd_callin_list"].rows}
    book = _book(ctx, sample, Wish(PaperFormat.XLSX, without_personal=without))
    seen = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert bool(names & seen) is not without
    assert form(content.plan.form_id).item("nd_callin_list").personal
