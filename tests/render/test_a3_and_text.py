"""A3 (folded, large) and the text for reading voices: whole, in order, numbered on every side."""

import io
from dataclasses import replace

import paper_checks as checks
import paper_makers as make
import pikepdf
import pypdfium2
import pytest

from bcp_kit.render.evacuation.layout import Edition, Sheet, Variant, plan_layout, set_in
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.evacuation.plain_text import text_copy
from bcp_kit.render.evacuation.sheets import filled, sides_of
from bcp_kit.render.tagpdf import DocumentFacts

NUMBER = "0000001-8"
A3_LANDSCAPE = (1190.55, 841.89)
BOTH = pytest.mark.parametrize("edition", list(Edition))


def _case(edition: Edition = Edition.PERSON, **changes: object):
    return replace(make.full_case(edition), copy_number=NUMBER, **changes)


def test_a_folded_sheet_has_its_first_page_outside() -> None:
    """Outside: the last and the first page; inside: the second and third; further sheets likewise."""
    folded = Sheet(width_pt=595, height_pt=842, panels=2, booklet=True)
    assert list(sides_of(8, folded)) == [(3, 0), (1, 2), (7, 4), (5, 6)]
    side_by_side = Sheet(width_pt=595, height_pt=842, panels=2)
    assert list(sides_of(4, side_by_side)) == [(0, 1), (2, 3)]
    assert [filled(pages, folded) for pages in (1, 4, 5)] == [4, 4, 8]


@pytest.mark.parametrize("variant", [Variant.A3, Variant.A3_LARGE])
def test_the_paper_is_a3_and_every_side_has_number_and_page(variant: Variant, facts: DocumentFacts) -> None:
    """Each side is A3 across; each page on it says the copy's number and which page it is."""
    made = print_copies([_case(variant=variant)], facts)
    document = pypdfium2.PdfDocument(made.pdf_bytes)
    for page in document:
        assert page.get_size() == pytest.approx(A3_LANDSCAPE, abs=0.1)
    texts = checks.page_texts(made.pdf_bytes)
    assert made.pages == len(texts) and made.pages % 2 == 0
    assert all(text.count(NUMBER) == 2 for text in texts)
    total = 2 * len(texts)
    assert all(f"{number}/{total}ページ" in "".join(texts) for number in range(1, total + 1))


def test_a3_is_in_large_type() -> None:
    """Folded: nothing below 12 points but the foot. Large: nothing below 18 but the foot (13)."""
    for variant, least, foot in ((Variant.A3, 12, 9), (Variant.A3_LARGE, 18, 13)):
        with set_in(variant):
            sizes = {name: kind.size_pt for name, kind in plan_layout().type.items()}
        assert min(size for name, size in sizes.items() if name != "foot") >= least
        assert sizes["foot"] >= foot


@BOTH
@pytest.mark.parametrize("variant", [Variant.A3, Variant.A3_LARGE])
def test_a3_is_accessible_also_when_texts_go_on(
    variant: Variant, edition: Edition, facts: DocumentFacts
) -> None:
    """Full, empty and overlong copies pass PDF/UA-1; no line of the long text is lost."""
    long = "\n".join(f"第{number:04}文です。" for number in range(300))
    cases = [
        _case(edition, variant=variant),
        replace(make.empty_case(edition), copy_number=NUMBER, variant=variant),
        _case(edition, variant=variant, person=make.full_person(never_do=long)),
    ]
    made = print_copies(cases, facts)
    assert checks.failed_rules(made.pdf_bytes) == []
    words = "".join(checks.page_texts(made.pdf_bytes))
    assert all(f"第{number:04}文です。" in words for number in range(300))


def test_the_first_page_of_a_folded_sheet_is_read_first(facts: DocumentFacts) -> None:
    """A reading voice follows the pages, not how they lie on the sheet: who comes before the time line."""
    made = print_copies([_case(variant=Variant.A3)], facts)
    with pikepdf.open(io.BytesIO(made.pdf_bytes)) as pdf:
        copy = pdf.Root.StructTreeRoot.K[0].K
        pages = [part.get("/Pg") for part in _first_marks(copy)]
        order = [[page.obj.objgen for page in pdf.pages].index(page.objgen) for page in pages]
    assert order == [0, 1, 1, 0]


def _first_marks(copy):
    """Return the first element with a page below each page's section."""
    for part in copy.K:
        node = part
        while "/Pg" not in node:
            node = node.K[0] if isinstance(node.K, pikepdf.Array) else node.K
        yield node


@BOTH
def test_the_text_says_what_the_paper_says(edition: Edition, facts: DocumentFacts) -> None:
    """Every word of the text stands on the paper and every word of the paper in the text."""
    case = _case(edition)
    paper = "".join(checks.page_texts(print_copies([case], facts).pdf_bytes))
    lines = text_copy(case).text.split("\r\n")
    for line in lines:
        for piece in line.strip("【】。").split("："):
            words = checks.squeezed(piece).strip("。")
            if words and not words.isdecimal() and "この文章" not in words and "ここで終わり" not in words:
                assert words in paper or words == f"控え番号{NUMBER}版3", words
    spoken = checks.squeezed("".join(lines))
    for box in ("どこへ行くか", "だれが助けるか", "同意と、この紙の扱い"):
        assert box in spoken
    missing = [phrase for phrase in _phrases(paper) if phrase not in spoken]
    assert not missing, missing


def _phrases(paper: str) -> list[str]:
    """Return values of the paper as they are known to the case: names, numbers, places, sentences."""
    known = (
        "髙橋一郎", "﨑町自主防災会", "090-0000-0001", "000-777-8888", "見本市立ひがし小学校体育館",
        "特別養護老人ホームひだまり苑", "見本市山手５−６−７", "000-333-4444", "約1.4km", "約25分",
        "酸素ボンベ", "補聴器の電池", "たばこや火を近づけない", "耳が遠いので", "血圧の薬", "えび・かに",
        "電動ベッド", "120W", "２階南の寝室", "見本県見本市﨑町１丁目２−３", "見本荘203号", "警戒レベル5",
    )  # fmt: skip
    return [phrase for phrase in known if phrase in paper]


def test_the_text_is_utf8_with_windows_line_ends_and_no_table_art() -> None:
    """CRLF throughout, one idea a line, none of the marks that a voice would spell out."""
    content = text_copy(_case()).pdf_bytes
    assert content.count(b"\n") == content.count(b"\r\n") and not content.startswith(b"\xef\xbb\xbf")
    words = content.decode()
    assert not set(words) & set("│─┌┐└┘|□▶→\t\ufdd0\ufdd1\ufdd2")


def test_hard_text_stands_in_the_text_as_typed() -> None:
    """Rare kanji, variants, emoji, markup and 20,000 characters are kept; control characters are not."""
    typed = "𠮷﨑葛\U000e0100🚒<b>&{page}=1+1\u200b\x07" + "あ" * 20_000
    words = text_copy(_case(person=make.full_person(never_do=typed))).text
    assert typed.replace("\u200b", "").replace("\x07", "") in words


def test_an_empty_plan_says_what_is_not_written() -> None:
    """No sentence about lines below: a voice has none."""
    words = text_copy(replace(make.empty_case(), copy_number=NUMBER)).text
    assert "まだ書かれていません。" in words and "下の線" not in words
