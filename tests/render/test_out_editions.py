"""What people wrote comes out of every edition as written: rare kanji, hostile text, endless names (OUT-*).

`BCP_KIT_RARE_PEOPLE` sets for how many invented people the extraction is compared (500 for the full run).
"""

import io
import os
import random
from dataclasses import replace
from functools import cache

import paper_checks as checks
import paper_makers as make
import pikepdf
import pytest
from fontTools.ttLib import TTFont

from bcp_kit.domain.people import EmergencyContact, Supporter, SupportLink
from bcp_kit.render.evacuation.case import NamedSupporter, PlanCase
from bcp_kit.render.evacuation.layout import Edition, Variant
from bcp_kit.render.evacuation.paper import document_title, print_copies
from bcp_kit.render.evacuation.plain_text import text_copy
from bcp_kit.render.evacuation.wording import Wording
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.resources import font_path

PEOPLE = int(os.environ.get("BCP_KIT_RARE_PEOPLE", "6"))
NUMBER = "0000001-8"
LOOKS = (
    (Variant.STANDARD, Wording.PLAIN),
    (Variant.STANDARD, Wording.ENGLISH),
    (Variant.LARGE, Wording.EASY),
    (Variant.A3, Wording.FURIGANA),
    (Variant.A3_LARGE, Wording.PLAIN),
)
LOOK = pytest.mark.parametrize(("variant", "wording"), LOOKS)
HOSTILE = (
    "<b>太字<i>閉じない",
    "<img src='file:///etc/passwd'/><a href='http://example.invalid'>x</a>",
    "{page}{0}%s%(x)s${y}",
    "=1+1@SUM(A1)\t-2\r\n+3",
    "｜漢字《かんじ》[[__class__]]",
    "\u202egnp.exe\u200b\ufeff\x00\x07",
    "\ufdd0前\ufdd1うしろ\ufdd2",
    "a" * 3000,
    "字" * 20_000,
    "👨\u200d👩\u200d👧🚒\ue000\U000f1234",
)


@cache
def _rare() -> tuple[str, ...]:
    """Return the kanji of our fonts outside of the usual sets, and those with a variation selector."""
    with TTFont(font_path("NotoSansJP-Regular.ttf"), lazy=True) as file:
        known = file.getBestCmap()
        ranges = ((0x3400, 0x4DBF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))
        found = [chr(code) for code in known if any(low <= code <= high for low, high in ranges)]
        tables = [table for table in file["cmap"].tables if table.format == 14]
        found += [
            chr(base) + chr(selector)
            for table in tables
            for selector, pairs in table.uvsDict.items()
            if selector >= 0xE0100
            for base, glyph in pairs
            if glyph
        ]
    return tuple(sorted(found))


def _typed(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(_rare()) for _ in range(length))


def _person(number: int) -> tuple[PlanCase, tuple[str, ...]]:
    """Return a copy of somebody whose names and words are of rare kanji, and what was typed."""
    rng = random.Random(number)  # noqa: S311 - invented people
    name, address, helper = _typed(rng, 5), _typed(rng, 12), _typed(rng, 5)
    notes, never, contact = _typed(rng, 20), _typed(rng, 20), _typed(rng, 4)  # notes: one line, in one piece
    person = make.full_person(
        name=name,
        address=address,
        address_building="",
        considerations=notes,
        never_do=never,
        emergency_contacts=(EmergencyContact(name=contact, phone="000-1"),),
    )
    named = NamedSupporter(
        Supporter(id="s", name=helper, phone="000-2"), SupportLink(person_id="p", supporter_id="s")
    )
    return make.full_case(person=person, supporters=(named,)), (name, address, helper, notes, never, contact)


@pytest.mark.parametrize(
    ("variant", "wording"),
    [
        (Variant.STANDARD, Wording.PLAIN),
        (Variant.STANDARD, Wording.FURIGANA),
        (Variant.LARGE, Wording.EASY),
        (Variant.A3, Wording.ENGLISH),
        (Variant.A3_LARGE, Wording.PLAIN),
    ],
)
def test_rare_kanji_are_read_back_as_typed(variant: Variant, wording: Wording, facts: DocumentFacts) -> None:
    """Names, addresses and sentences of many people: the text of the file equals what was typed."""
    people = [_person(number) for number in range(PEOPLE)]
    cases = [replace(case, copy_number=NUMBER, variant=variant, wording=wording) for case, _ in people]
    made = print_copies(cases, facts)
    pages = checks.page_texts(made.pdf_bytes)
    lost = []
    for copy, (_, typed) in zip(made.copies, people, strict=True):
        words = "".join(pages[copy.first_page - 1 : copy.first_page - 1 + copy.pages])
        lost += [each for each in typed if checks.squeezed(each) not in words]
        assert not copy.missing_glyphs
    assert not lost, (len(lost), lost[:3])


def test_rare_kanji_stand_in_the_text_as_typed() -> None:
    """The text for reading voices holds exactly what was typed."""
    for number in range(PEOPLE):
        case, typed = _person(number)
        words = text_copy(replace(case, copy_number=NUMBER)).text
        assert all(each in words for each in typed)


@LOOK
def test_hostile_text_is_only_text_in_every_edition(
    variant: Variant, wording: Wording, facts: DocumentFacts
) -> None:
    """OUT-2: no crash, link, picture or file read; PDF/UA-1; what no font has is told by name (OUT-6)."""
    whole = (variant, wording) == LOOKS[0]
    texts = HOSTILE if whole else HOSTILE[:7]
    cases = []
    for text in texts:
        person = make.full_person(name=text[:40], never_do=text, considerations=text[:200])
        case = replace(make.full_case(person=person), variant=variant, wording=wording)
        cases.append(replace(case, copy_number=NUMBER))
    made = print_copies(cases, facts)
    with pikepdf.open(io.BytesIO(made.pdf_bytes)) as pdf:
        assert not [1 for sheet in pdf.pages if "/Annots" in sheet or "/XObject" in sheet.resources]
    assert checks.failed_rules(made.pdf_bytes) == []
    words = "".join(checks.page_texts(made.pdf_bytes))
    for typed in ("<b>太字<i>閉じない", "{page}{0}%s%(x)s${y}", "=1+1@SUM(A1)", "｜漢字《かんじ》"):
        assert typed in words
    if whole:
        assert words.count("字") >= 20_000 and words.count("a") >= 3000
        assert {"🚒", "\ue000"} <= set(made.copies[-1].missing_glyphs)


@LOOK
def test_a_name_longer_than_its_box_is_printed_whole(
    variant: Variant, wording: Wording, facts: DocumentFacts
) -> None:
    """Beside the head of the back, where … shows that it goes on, the whole name stands in the first box."""
    name = "".join(f"山川田中村木{number}" for number in range(20))
    case = make.full_case(person=make.full_person(name=name))
    made = print_copies([replace(case, copy_number=NUMBER, variant=variant, wording=wording)], facts)
    assert name in "".join(checks.page_texts(made.pdf_bytes))


@pytest.mark.parametrize("edition", list(Edition))
def test_a_files_description_names_nobody_in_any_edition(edition: Edition, facts: DocumentFacts) -> None:
    """OUT-7: title and XMP say what kind of paper it is; the language is that of the words."""
    for wording in Wording:
        case = replace(make.full_case(edition), copy_number=NUMBER, variant=Variant.A3, wording=wording)
        made = print_copies([case], replace(facts, title=document_title(edition)))
        with pikepdf.open(io.BytesIO(made.pdf_bytes)) as pdf:
            described = bytes(pdf.Root.Metadata.read_bytes()).decode() + str(dict(pdf.docinfo))
            assert str(pdf.Root.Lang) == ("en" if wording is Wording.ENGLISH else "ja-JP")
        assert not [secret for secret in ("葛", "見本市", "090-", "酸素") if secret in described]
