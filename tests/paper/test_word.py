"""The Word file: looks stand in styles, Japanese everywhere, heads and feet with fields, the same bytes."""

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.render.plan_blocks import Annex, Facts, Grid, Heading, PlanPages, Reference, Stamp, Words
from bcp_kit.render.plan_pages import stamp_words
from bcp_kit.render.word.plan import render_word
from tests.paper.reading import word_part, word_text

_LOOKS_IN_RUNS = ("b", "i", "sz", "color", "rFonts", "u", "shd", "highlight")
_LOOKS_IN_PARAGRAPHS = ("jc", "spacing", "ind", "shd", "pBdr", "keepNext", "pageBreakBefore")
HARD = "<b>&amp;</b> {page} 𠮷﨑葛󠄀 👩‍🚒 =1+1\u0007\ud800終"


def pages(**changes: object) -> PlanPages:
    """A small plan with one block of each kind and a wide sheet."""
    made = {
        "title": "見本の計画",
        "facility": "見本苑",
        "operator": "見本会",
        "cover": (("版", "第3版"),),
        "how_to_read": (Heading(2, "読み方", "how"),),
        "chapters": (
            (
                Heading(1, "1　総論", "c1"),
                Heading(2, "1(1)　方針", "s1"),
                Heading(3, "基本方針", "i1", "［未確認］", "法令"),
                Words(f"一行目\n{HARD}"),
                Grid(("品名", "数"), (("水", "=SUM(A1)"), ("米\n缶", "")), row_headings=True),
                Facts((("名", "値"),)),
                Reference(1, "a1"),
            ),
        ),
        "still_open": (Heading(1, "まだ", "open"), Words("（未記入）", "open")),
        "annexes": (
            Annex(Heading(1, "別表1", "a1"), (Grid(tuple("あいうえおかきくけ"), (tuple("123456789"),)),)),
        ),
        "edge": stamp_words(
            Stamp(3, VersionState.APPROVED, False, date(2026, 4, 1), date(2026, 4, 2), "見本 花子")
        ),
        "short_stamp": "第3版",
    }
    return PlanPages(**{**made, **changes})  # type: ignore[arg-type]


@pytest.fixture
def made(noon: datetime) -> bytes:
    """The small plan as a Word file."""
    return render_word(pages(), noon)


def test_every_look_stands_in_a_style(made: bytes) -> None:
    """No run and no paragraph of body, head or foot carries a look of its own, only a style by name."""
    for part in ("word/document.xml", "word/header1.xml", "word/footer1.xml"):
        tree = etree.fromstring(word_part(made, part).encode())
        direct = [
            piece.tag
            for name, looks in (("w:rPr", _LOOKS_IN_RUNS), ("w:pPr", _LOOKS_IN_PARAGRAPHS))
            for properties in tree.iter(qn(name))
            for piece in properties
            if etree.QName(piece).localname in looks
        ]
        assert direct == [], part
    used = set(re.findall(r'<w:(?:pStyle|tblStyle) w:val="([^"]+)"', word_part(made)))
    known = set(re.findall(r'w:styleId="([^"]+)"', word_part(made, "word/styles.xml")))
    assert {"Heading1", "Heading2", "Heading3", "PlanTable", "TOC1", "Title"} <= used <= known


def test_text_is_japanese_in_font_and_language(made: bytes) -> None:
    """Styles name an East Asian font and Japanese; nothing takes its font from a theme; the file says so."""
    styles = word_part(made, "word/styles.xml")
    assert 'w:eastAsia="BIZ UDPGothic"' in styles
    assert 'w:lang w:val="ja-JP" w:eastAsia="ja-JP"' in styles
    assert "Theme" not in styles
    told = Document(io.BytesIO(made)).core_properties
    assert (told.title, told.subject, told.language, told.author) == ("見本の計画", "第3版", "ja-JP", "")


def test_head_and_foot_carry_version_and_page(made: bytes) -> None:
    """Every page but the cover names facility, plan, version, approver, page and number of pages."""
    foot = word_part(made, "word/footer1.xml")
    assert "第3版・2026年4月2日 承認（見本 花子）" in foot
    assert " PAGE " in foot and " NUMPAGES " in foot
    assert "見本苑　見本の計画" in word_part(made, "word/header1.xml")
    assert "w:titlePg" in word_part(made)


def test_headings_of_tables_repeat_and_wide_sheets_lie(made: bytes) -> None:
    """Each grid's first row repeats on every page; the sheet has a run of lying pages of its own."""
    body = Document(io.BytesIO(made))
    heads = [table for table in body.tables if table._tbl.tr_lst[0].find(qn("w:trPr")) is not None]
    assert [table.rows[0].cells[0].text for table in heads] == ["品名", "あ"]
    shapes = [section.orientation for section in body.sections]
    assert shapes == [0, 1, 0]


def test_contents_and_references_are_fields(made: bytes) -> None:
    """The contents are a field over three levels; entries and references lead to headings that exist."""
    body = word_part(made)
    assert 'TOC \\o "1-3"' in body
    places = set(re.findall(r'bookmarkStart [^>]*w:name="([^"]+)"', body))
    wanted = re.findall(r"PAGEREF (\S+) ", body)
    assert len(wanted) == 5  # chapter, section, sheet, open list; one reference
    assert set(wanted) <= places
    assert all(len(name) <= 40 for name in places)


def test_hard_text_comes_out_as_typed(made: bytes) -> None:
    """Markup, formulas, rare kanji and emoji are words; what XML cannot hold is gone or 〓, nothing else."""
    whole = word_text(made)
    assert "<b>&amp;</b>{page}𠮷﨑葛󠄀" in whole
    assert "👩" in whole and "=1+1" in whole and "=SUM(A1)" in whole
    assert "〓終" in whole


def test_the_same_plan_is_the_same_file(made: bytes, noon: datetime) -> None:
    """Writing twice gives the same bytes; no part of the package knows a clock."""
    assert render_word(pages(), noon) == made
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {part.date_time[0] for part in package.infolist()} == {2000}
