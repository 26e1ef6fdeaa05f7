"""Editions in easy Japanese, with furigana, in English: our words change, a person's words do not."""

import re
import string
from dataclasses import replace
from datetime import date

import paper_checks as checks
import paper_makers as make
import pytest

from bcp_kit.catalogues.load import catalogue, read_yaml
from bcp_kit.forms.messages import messages
from bcp_kit.forms.schema import form
from bcp_kit.render.evacuation.case import FORM_ID
from bcp_kit.render.evacuation.layout import Edition, Variant, plan_layout, set_in
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.evacuation.plain_text import text_copy
from bcp_kit.render.evacuation.values import say, short_date
from bcp_kit.render.evacuation.wording import (
    Wording,
    printable,
    sentence,
    with_readings,
    without_readings,
    worded_as,
)
from bcp_kit.render.safe_text import Ruby, plain
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.resources import locate

NUMBER = "0000001-8"
PAPER = "plans.paper."
NOT_ON_PLANS = (
    "edition.drill",
    "loss",
    "index",
    "document_title",
    "wording",
    "variant",
    "edition.district",
    "edition.arrival",
)
KANJI = re.compile("[一-鿿々]")
PRINT = locate("templates") / "print"
PAPERS = [variant for variant in Variant if variant is not Variant.TEXT]


def _fixed_texts() -> list[str]:
    """Return every text of our own that a plan can print in Japanese."""
    found = [
        words
        for key, words in messages("ja").items()
        if key.startswith(PAPER) and not key.removeprefix(PAPER).startswith(NOT_ON_PLANS)
    ]
    apart = ("other_site", "same_site", "dry", "own_zone", "same_zone", "zone_unknown", "own_power")
    found += [messages("ja")[f"second.{key}"] for key in (*apart, "same_power")]
    fields = {field for box in plan_layout().boxes.values() for field in box.fields} | {"supporter_role"}
    for item in form(FORM_ID).items:
        if item.id in fields:
            found += [item.title_ja, *(option.label_ja for option in item.input.options)]
    for name in ("needs", "transport_modes", "equipment_power", "law_minimum", "alert_levels"):
        for row in catalogue(name).rows.values():
            more = (row.data.get(key, "") for key in ("vulnerable_people", "level_name_2026"))
            found += [row.label_ja, *more]
    easy = read_yaml(PRINT / "wording_easy.yaml")
    return found + [words for group in easy.values() if isinstance(group, dict) for words in group.values()]


def test_every_kanji_of_our_own_texts_has_a_reading() -> None:
    """No kanji of labels, sentences, choices or names of catalogues is left without furigana."""
    bare = {}
    for words in _fixed_texts():
        found = printable(with_readings(words))
        rest = "".join(
            part for part in ([found] if isinstance(found, str) else found) if isinstance(part, str)
        )
        if KANJI.search(rest):
            bare[words] = rest
    assert not bare


def test_readings_leave_the_words_as_they_are() -> None:
    """Without the furigana each text is what it was."""
    assert all(without_readings(with_readings(words)) == words for words in _fixed_texts())


@pytest.mark.parametrize(
    ("number", "reading"), [(1, "ひとり"), (2, "ふたり"), (3, "にん"), (11, "にん"), (12, "にん")]
)
def test_people_are_counted_as_one_says(number: int, reading: str) -> None:
    """1人 is ひとり, 2人 ふたり, 12人 no ふたり."""
    with worded_as(Wording.FURIGANA):
        found = printable(sentence("companions", people=number))
    assert any(isinstance(part, Ruby) and part.reading == reading for part in found)


@pytest.mark.parametrize(
    ("day", "reading"),
    [(1, "ついたち"), (8, "ようか"), (11, "11にち"), (20, "はつか"), (24, "にじゅうよっか")],
)
def test_days_are_read_as_one_says(day: int, reading: str) -> None:
    """The first ten days, the 14th, 20th and 24th have readings of their own."""
    with worded_as(Wording.EASY):
        found = printable(short_date(date(2026, 11, day)))
    assert isinstance(found, tuple) and found[-1] == Ruby(f"{day}日", reading)
    assert plain(found) == f"2026年11月{day}日"


def test_easy_sentences_fill_in_the_same_values() -> None:
    """Each sentence of its own belongs to one of the paper and names no other values."""

    def names(words: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(words) if name}

    for wording in ("easy", "english"):
        for key, words in read_yaml(PRINT / f"wording_{wording}.yaml")["say"].items():
            assert names(words) <= names(messages("ja")[f"{PAPER}{key}"]), key


def test_every_name_and_choice_of_the_form_exists_in_english() -> None:
    """Labels, choices and catalogue names that a plan prints have English words."""
    own = read_yaml(PRINT / "wording_english.yaml")
    fields = {field for box in plan_layout().boxes.values() for field in box.fields} | {"supporter_role"}
    on_consent = {"consent_share_person", "consent_share_supporter"}  # printed as answers of our own
    missing = [
        f"{item.id}.{option.key}"
        for item in form(FORM_ID).items
        if item.id in fields - on_consent
        for option in item.input.options
        if option.key not in own.get(f"options.{item.id}", {})
    ]
    for name in ("needs", "transport_modes", "equipment_power", "law_minimum", "alert_levels"):
        rows = catalogue(name).rows.values()
        missing += [f"{name}.{r.key}" for r in rows if not (r.label_en or r.key in own.get(name, {}))]
    assert not missing


@pytest.mark.parametrize("wording", list(Wording))
@pytest.mark.parametrize("variant", PAPERS)
def test_the_stamp_of_an_unchecked_plan_stands_whole(
    wording: Wording, variant: Variant, facts: DocumentFacts
) -> None:
    """That nobody has checked a plan is the first thing to see: its stamp is cut on no paper."""
    case = replace(make.empty_case(), copy_number=NUMBER, variant=variant, wording=wording)
    with worded_as(wording):
        stamp = printable(say("unverified"))
    parts = (stamp,) if isinstance(stamp, str) else stamp
    read = "".join(f"{one.base}{one.reading}" if isinstance(one, Ruby) else one for one in parts)
    first, *_ = checks.page_texts(print_copies([case], facts).pdf_bytes)
    assert "".join(read.split()) in "".join(first.split())


@pytest.mark.parametrize("wording", [w for w in Wording if w is not Wording.PLAIN])
@pytest.mark.parametrize("variant", PAPERS)
def test_each_wording_on_each_paper_is_accessible_and_complete(
    wording: Wording, variant: Variant, facts: DocumentFacts
) -> None:
    """PDF/UA-1 without a failed rule; what people wrote, names and numbers stand there whole."""
    for edition in Edition:
        case = replace(make.full_case(edition), copy_number=NUMBER, variant=variant, wording=wording)
        made = print_copies(
            [case, replace(make.empty_case(edition), copy_number=NUMBER, variant=variant)], facts
        )
        assert checks.failed_rules(made.pdf_bytes) == [] and checks.fonts_not_embedded(made.pdf_bytes) == []
        words = "".join(checks.page_texts(made.pdf_bytes))
        typed = (
            "たばこや火を近づけない。右うでを引っぱらない。",
            "見本市立ひがし小学校体育館",
            "090-0000-0001",
        )
        for expected in typed:
            assert expected in words, (expected, edition)
        assert not made.copies[0].missing_glyphs


def test_an_english_copy_has_english_words_and_says_what_is_japanese(facts: DocumentFacts) -> None:
    """Titles, labels, choices and advice are English; a person's own sentence is marked as Japanese."""
    case = replace(make.full_case(), copy_number=NUMBER, wording=Wording.ENGLISH)
    words = text_copy(case).text
    for expected in ("[Where to go]", "Way to move: Wheelchair van, Wheelchair pushed.", "Home oxygen"):
        assert expected in words
    assert "(in Japanese) たばこや火を近づけない" in words
    ours = words
    for typed in re.findall(r"\(in Japanese\) .*", words):
        ours = ours.replace(typed, "")
    assert "避難" not in ours and "警戒" not in ours


def test_a_persons_own_marks_make_no_furigana(facts: DocumentFacts) -> None:
    """｜漢字《かんじ》 that somebody typed is printed as typed, in every wording."""
    typed = "｜漢字《かんじ》{page}<ruby>"
    person = make.full_person(never_do=typed)
    for wording in Wording:
        case = replace(make.full_case(person=person), copy_number=NUMBER, wording=wording)
        assert typed in "".join(checks.page_texts(print_copies([case], facts).pdf_bytes))


def test_words_of_one_copy_do_not_stay_for_the_next(facts: DocumentFacts) -> None:
    """After an easy copy the usual one is the usual one."""
    plain_case = replace(make.full_case(), copy_number=NUMBER)
    mixed = print_copies([replace(plain_case, wording=Wording.EASY), plain_case], facts)
    alone = checks.page_texts(print_copies([plain_case], facts).pdf_bytes)
    assert checks.page_texts(mixed.pdf_bytes)[-2:] == alone
    with set_in(Variant.STANDARD):
        assert say("box.leave") == messages("ja")["plans.paper.box.leave"]
