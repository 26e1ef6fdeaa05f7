"""Long, wide and strange answers: the page holds them, in PDF and in Word."""

import re

import pytest

from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.sample_plans import SamplePlans
from tests.paper.reading import spoken_text, word_text
from tests.render.paper_checks import failed_rules


@pytest.fixture
def plan_id(sample: SamplePlans) -> str:
    """The plan for natural disasters of the invented home."""
    return sample.plans[PlanKind.NATURAL_DISASTER].id


def _both(ctx: Context, plan_id: str) -> tuple[bytes, str, str]:
    pdf = print_plans(ctx, [plan_id], Wish()).content
    return pdf, spoken_text(pdf), word_text(print_plans(ctx, [plan_id], Wish(PaperFormat.DOCX)).content)


@pytest.mark.slow
def test_twenty_thousand_characters_in_one_field(ctx: Context, plan_id: str) -> None:
    """A text of 20,000 characters and a cell as long print whole, over pages, with clean tags."""
    numbered = "".join(f"第{number:05}文です。" for number in range(2000))
    assert len(numbered) == 20_000
    save_answers(
        ctx,
        plan_id,
        {
            "nd_network": Answer(text=numbered),
            "nd_gas": Answer(rows=({"equipment": "暖房", "alternative": numbered},)),
        },
    )
    pdf, paper, word = _both(ctx, plan_id)
    for whole in (paper, word):
        assert whole.count(numbered) == 2
    assert failed_rules(pdf) == []


@pytest.mark.slow
def test_five_hundred_rows(ctx: Context, plan_id: str) -> None:
    """A table of 500 rows prints row by row; its heading stands on each of its pages as decoration."""
    rows = tuple(
        {"equipment": f"設備{number:03}号", "alternative": f"代替{number:03}"} for number in range(500)
    )
    save_answers(ctx, plan_id, {"nd_gas": Answer(rows=rows)})
    pdf, paper, word = _both(ctx, plan_id)
    for whole in (paper, word):
        assert re.findall(r"設備(\d{3})号代替(\d{3})", whole) == [(f"{n:03}", f"{n:03}") for n in range(500)]
    assert failed_rules(pdf) == []


def test_markup_formulas_rare_kanji_and_emoji(ctx: Context, plan_id: str) -> None:
    """What looks like markup, a formula or a format is only words; what no font has is told by name."""
    typed = "<b>太字</b>&lt;=1+1{page}%s𠮷田﨑子葛󠄀城｜漢字《かんじ》"
    save_answers(ctx, plan_id, {"nd_network": Answer(text=f"{typed}🚒外字\ue000終")})
    made = print_plans(ctx, [plan_id], Wish())
    assert typed in spoken_text(made.content)
    assert made.missing_glyphs == ("🚒", "\ue000")
    assert f"{typed}🚒" in word_text(print_plans(ctx, [plan_id], Wish(PaperFormat.DOCX)).content)
