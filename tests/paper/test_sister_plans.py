"""The two sister plans on paper and in Word, filled by facts and the other plan; lists in Excel."""

import io

import pytest
from openpyxl import load_workbook

from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers, start_plan
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from tests.paper.reading import spoken_text, word_text
from tests.render.paper_checks import failed_rules, fonts_not_embedded, squeezed

SISTERS = (PlanKind.EVACUATION_SECURING, PlanKind.EMERGENCY_DISASTER)


@pytest.mark.slow
@pytest.mark.parametrize("category", list(ServiceCategory))
@pytest.mark.parametrize("kind", SISTERS)
def test_a_sister_plan_is_whole_on_paper_and_in_word(
    ctx: Context, category: ServiceCategory, kind: PlanKind
) -> None:
    """Every item asked and every word shown, those taken over among them, stands in PDF and Word."""
    facility = load_sample_plans(ctx, category).facility
    plan = start_plan(ctx, facility.id, kind)
    content = read_content(ctx, plan.id)
    own = {
        item.id: Answer(text=f"{item.title_ja}についての自分の言葉。")
        for item in content.items
        if item.input.type.value in ("text", "line") and item.id not in content.plan.answers
    }
    save_answers(ctx, plan.id, own)
    shown = read_content(ctx, plan.id)
    assert shown.plan.answers
    pdf = print_plans(ctx, [plan.id], Wish())
    word = print_plans(ctx, [plan.id], Wish(PaperFormat.DOCX))
    for whole in (spoken_text(pdf.content), word_text(word.content)):
        for item in shown.items:
            answer = shown.plan.answers.get(item.id, Answer())
            words = [item.title_ja, answer.text, *(cell for row in answer.rows for cell in row.values())]
            assert [each for each in words if squeezed(each) not in whole] == [], item.id
    assert failed_rules(pdf.content) == []
    assert fonts_not_embedded(pdf.content) == []
    assert pdf.missing_glyphs == ()


def test_excel_has_the_sites_lists(ctx: Context, sample: SamplePlans) -> None:
    """Stock and contacts of the site stand on sheets of their own; people only where names may be shown."""
    plan_id = sample.plans[PlanKind.NATURAL_DISASTER].id
    facts = read_content(ctx, plan_id).facts
    assert facts is not None
    for without in (False, True):
        made = print_plans(ctx, [plan_id], Wish(PaperFormat.XLSX, without_personal=without))
        book = load_workbook(io.BytesIO(made.content))
        for key in ("stock", "contacts", "people"):
            table, rows = fact_table(key), facts.tables.get(key, ())
            title = f"一覧　{table.title_ja}"
            expected = bool(rows) and not (table.personal and without)
            assert (title in book.sheetnames) is expected, title
            if expected:
                assert book[title].max_row == len(rows) + 1
    assert facts.tables.get("stock")
