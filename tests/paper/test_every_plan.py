"""Both continuity plans of all eight categories on paper and in Word: every word there, every rule kept."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docx import Document

from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.completeness import ItemState
from bcp_kit.forms.schema import Item, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import read_plan
from bcp_kit.services.bcp_content import PlanContent, read_content
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.sample_plans import load_sample_plans
from tests.paper.reading import spoken_text, word_text
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

CASES = [
    pytest.param(category, kind, id=f"{category.value}-{kind.value}")
    for category in ServiceCategory
    for kind in CONTINUITY_KINDS
]


def _words_written(item: Item, answer: Answer) -> Iterator[str]:
    """The words of an answer that must stand on paper: text, cells, chosen labels, number, reason."""
    yield from (answer.text, answer.reason)
    yield from (cell for row in answer.rows for cell in row.values())
    yield from (option.label_ja for option in item.input.options if option.key in answer.choices)
    if answer.number is not None:
        yield f"{answer.number:,.10g}{item.input.unit}"


def _missing(content: PlanContent, whole: str) -> list[tuple[str, str]]:
    """Title or words of items that the text lacks."""
    lost = []
    for item in items_for(content.form, content.facility.category):
        words = [item.title_ja, *_words_written(item, content.plan.answers.get(item.id, Answer()))]
        lost += [(item.id, word) for word in words if squeezed(word) not in whole]
    return lost


@pytest.mark.slow
@pytest.mark.parametrize(("category", "kind"), CASES)
def test_a_finished_plan_is_whole_on_paper_and_in_word(
    ctx: Context, category: ServiceCategory, kind: PlanKind
) -> None:
    """Nothing is open; each word of each answer stands in PDF and Word; PDF/UA-1 has no fault to name."""
    plan_id = load_sample_plans(ctx, category).plans[kind].id
    assert read_plan(ctx, plan_id).completeness.count(ItemState.OPEN) == 0
    content = read_content(ctx, plan_id)
    pdf = print_plans(ctx, [plan_id], Wish())
    whole = spoken_text(pdf.content)
    assert _missing(content, whole) == []
    assert failed_rules(pdf.content) == []
    assert fonts_not_embedded(pdf.content) == []
    assert pdf.missing_glyphs == ()
    assert squeezed("すべての項目が書かれています。") in whole
    word = print_plans(ctx, [plan_id], Wish(PaperFormat.DOCX))
    assert _missing(content, word_text(word.content)) == []
    assert Document(io.BytesIO(word.content)).core_properties.language == "ja-JP"


@pytest.mark.slow
@pytest.mark.parametrize("category", [ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.DIS_CONSULTATION])
def test_libreoffice_opens_the_word_file(
    ctx: Context, category: ServiceCategory, office: Callable[[Path], Path], tmp_path: Path
) -> None:
    """LibreOffice opens both plans without complaint, and its pages hold every item's title."""
    for plan in load_sample_plans(ctx, category).plans.values():
        made = print_plans(ctx, [plan.id], Wish(PaperFormat.DOCX))
        path = tmp_path / f"{plan.id}.docx"
        path.write_bytes(made.content)
        whole = "".join(page_texts(office(path).read_bytes()))
        content = read_content(ctx, plan.id)
        titles = [item.title_ja for item in items_for(content.form, category)]
        assert [title for title in titles if squeezed(title) not in whole] == []
