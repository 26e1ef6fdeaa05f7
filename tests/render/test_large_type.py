"""The large-type copy: a real layout of its own, for people who see badly."""

from dataclasses import replace

import paper_checks as checks
import paper_makers as make
import pytest

from bcp_kit.render.evacuation.layout import Edition, Variant, plan_layout, set_in
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.tagpdf import DocumentFacts

LEAST_PT, FOOT_PT = 16, 12
BOTH = pytest.mark.parametrize("edition", list(Edition))


def test_no_type_is_smaller_than_sixteen_points_but_the_foot() -> None:
    """Body, labels, tables and titles; the line at the lower edge is no less than twelve."""
    with set_in(Variant.LARGE):
        sizes = {name: kind.size_pt for name, kind in plan_layout().type.items()}
    assert min(size for name, size in sizes.items() if name != "foot") >= LEAST_PT
    assert sizes["foot"] >= FOOT_PT


def test_the_standard_arrangement_stands_again_after_a_large_copy(facts: DocumentFacts) -> None:
    """Large and standard copies in one file do not touch each other."""
    before = plan_layout()
    plain = replace(make.full_case(), copy_number="0000001-8")
    mixed = print_copies([replace(plain, variant=Variant.LARGE), plain], facts)
    alone = print_copies([plain], facts)
    assert plan_layout() is before
    assert mixed.copies[1].pages == alone.copies[0].pages == 2 and mixed.copies[0].pages > 2
    assert checks.page_texts(mixed.pdf_bytes)[-2:] == checks.page_texts(alone.pdf_bytes)


@BOTH
def test_a_large_copy_says_what_the_standard_one_says(edition: Edition, facts: DocumentFacts) -> None:
    """Every word of the standard copy but those of head and foot stands on the large one."""
    case = replace(make.full_case(edition), copy_number="0000001-8")
    large = print_copies([replace(case, variant=Variant.LARGE)], facts)
    words = "".join(checks.page_texts(large.pdf_bytes))
    for phone in ("090-0000-0001", "000-777-8888"):
        assert phone in words  # in one piece: no number is broken over two lines
    for expected in (
        "髙橋一郎",
        "見本市立ひがし小学校体育館",
        "特別養護老人ホームひだまり苑",
        "たばこや火を近づけない",
    ):
        assert expected in words


@BOTH
def test_a_large_copy_is_tagged_and_embeds_its_fonts(edition: Edition, facts: DocumentFacts) -> None:
    """PDF/UA-1: no rule fails, for a full and for an empty plan."""
    for case in (make.full_case(edition), make.empty_case(edition)):
        large = print_copies([replace(case, variant=Variant.LARGE, copy_number="0000001-8")], facts)
        assert checks.failed_rules(large.pdf_bytes) == []
        assert checks.fonts_not_embedded(large.pdf_bytes) == []


def test_every_page_of_a_large_copy_carries_number_and_page(facts: DocumentFacts) -> None:
    """The foot is not cut: copy number, and which page of how many."""
    large = print_copies([replace(make.full_case(), variant=Variant.LARGE, copy_number="0000001-8")], facts)
    texts = checks.page_texts(large.pdf_bytes)
    assert all(
        "0000001-8" in text and f"{page}/{len(texts)}ページ" in text
        for page, text in enumerate(texts, start=1)
    )
