"""The Excel file of a plan comes back: unchanged it brings nothing, a corrected number reaches every plan."""

import io

from openpyxl import load_workbook

from bcp_kit.domain.bcp import PlanKind
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.fact_import import LineState, accept_facts, preview_facts
from bcp_kit.services.sample_plans import SamplePlans
from tests.paper.reading import spoken_text

LISTS = tuple(f"一覧　{fact_table(key).title_ja}" for key in ("stock", "contacts"))


def _excel(ctx: Context, sample: SamplePlans) -> bytes:
    plan_id = sample.plans[PlanKind.NATURAL_DISASTER].id
    return print_plans(ctx, [plan_id], Wish(PaperFormat.XLSX)).content


def test_an_unchanged_file_brings_nothing(ctx: Context, sample: SamplePlans) -> None:
    """Every row of the lists and of the tables bound to facts is known again, with no heading unknown."""
    preview = preview_facts(ctx, sample.facility.id, _excel(ctx, sample), "計画.xlsx")
    found = {sheet.sheet.sheet_name: sheet for sheet in preview.sheets}
    for name in (*LISTS, "【飲料・食品】", "【備品】", "② 業者連絡先一覧の整備"):
        assert found[name].lines and found[name].count(LineState.SAME) == len(found[name].lines), name
        assert found[name].unknown_headings == ()
    assert sum(sheet.count(LineState.CHANGED) for sheet in preview.sheets) == 0


def test_a_number_corrected_in_excel_reaches_the_paper(ctx: Context, sample: SamplePlans) -> None:
    """A phone number changed in the list of contacts comes back as one change and is printed in the plan."""
    book = load_workbook(io.BytesIO(_excel(ctx, sample)))
    sheet = book[LISTS[1]]
    heads = [cell.value for cell in sheet[1]]
    phone = heads.index(fact_table("contacts").column("contact").label_ja) + 1
    row = next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, phone).value)
    sheet.cell(row, phone).value = "0999-88-7766"
    out = io.BytesIO()
    book.save(out)
    preview = preview_facts(ctx, sample.facility.id, out.getvalue(), "計画.xlsx")
    changed = {s.sheet.sheet_name: s.count(LineState.CHANGED) for s in preview.sheets}
    assert changed[LISTS[1]] == 1
    accept_facts(ctx, preview, [LISTS[1]])
    whole = spoken_text(print_plans(ctx, [sample.plans[PlanKind.NATURAL_DISASTER].id], Wish()).content)
    assert "0999-88-7766" in whole
