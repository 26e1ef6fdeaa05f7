"""Flowing documents: page numbers, tables over pages, tags, the same bytes each time."""

import io
from collections.abc import Sequence
from dataclasses import replace

import page
import paper_checks as checks
import pikepdf
import pytest
from reportlab.platypus import Flowable

from bcp_kit.render.document import (
    LANDSCAPE,
    Entry,
    Heading,
    PageFrame,
    Pages,
    Panel,
    PrintedDocument,
    build,
    contents,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.safe_text import template_ruby
from bcp_kit.render.tagpdf import DocumentFacts

BODY = TextStyle()
HEAD = TextStyle(size_pt=15, weight=Weight.BOLD)


def _story(pages: Pages) -> Sequence[Flowable]:
    rows = [[JaPara("項目", BODY), JaPara("内容", BODY)]]
    rows += [[JaPara(f"行{i}", BODY), JaPara("長い答え。" * (700 if i == 3 else 5), BODY)] for i in range(12)]
    return [
        *contents([Entry("first", "はじめに"), Entry("last", "おわりに", 10)], pages, BODY),
        Panel(Heading("はじめに <b>&｜漢《か》", HEAD, 1, "first"), fill="#dddddd", border="#000000"),
        JaPara(template_ruby("避難する｜場所《ばしょ》"), BODY),
        JaPara("段落の文。" * 900, BODY),
        grid(rows, [90, 380], head_columns=1),
        *new_page(LANDSCAPE),
        Heading("おわりに", HEAD, 1, "last"),
        JaPara("𠮷田 \U0001f600", BODY),
    ]


def _printed(facts: DocumentFacts) -> PrintedDocument:
    return build(_story, facts, PageFrame(head="試験", first_page_bare=True), "試験.pdf")


def test_contents_name_the_page_on_which_a_heading_stands(facts: DocumentFacts) -> None:
    """The last heading's page is found by running again until the numbers stand still."""
    printed = _printed(facts)
    texts = checks.page_texts(printed.pdf_bytes)
    assert "おわりに" in texts[-1] and f"おわりに{printed.pages}" in texts[0]


def test_a_row_longer_than_a_page_loses_nothing(facts: DocumentFacts) -> None:
    """All words of a long cell and of a long paragraph stand on some page."""
    texts = "".join(checks.page_texts(_printed(facts).pdf_bytes))
    assert (
        texts.count("長い答え。") >= 700 + 11 * 5 - 40
    )  # words that a page end cuts are counted as two halves
    assert texts.count("答") == 700 + 11 * 5 and texts.count("段") == 900


def test_it_passes_the_accessibility_rules(facts: DocumentFacts) -> None:
    """Tables, furigana, contents and a sheet on its side pass PDF/UA-1 without a failed rule."""
    assert checks.failed_rules(_printed(facts).pdf_bytes) == []


def test_an_archive_copy_passes_pdf_a(facts: DocumentFacts) -> None:
    """With `archive` the same document is PDF/A-2a."""
    printed = _printed(replace(facts, archive=True))
    report = page.validate_pdf_bytes(printed.pdf_bytes, profile=page.ValidationProfile.PDF_A_2A)
    assert report.is_compliant, report.failures
    with pikepdf.open(io.BytesIO(printed.pdf_bytes)) as pdf:
        profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    assert profile[24:36] == bytes.fromhex("07ea00010001000000000000")  # no clock in the colour profile


def test_every_font_is_embedded(facts: DocumentFacts) -> None:
    """No page asks the reader's system for a font."""
    assert checks.fonts_not_embedded(_printed(facts).pdf_bytes) == []


def test_same_input_gives_the_same_bytes(facts: DocumentFacts) -> None:
    """Nothing in the file comes from a clock or a random number."""
    assert _printed(facts).pdf_bytes == _printed(facts).pdf_bytes


def test_characters_that_fail_are_reported(facts: DocumentFacts) -> None:
    """The screen can say which characters the paper does not show."""
    assert _printed(facts).missing_glyphs == ("\U0001f600",)


def test_a_password_locks_the_file(facts: DocumentFacts) -> None:
    """A file with a password opens with it and not without."""
    locked = _printed(replace(facts, password="合言葉")).pdf_bytes
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked))
    with pikepdf.open(io.BytesIO(locked), password="合言葉") as pdf:
        assert pdf.encryption.R == 6
