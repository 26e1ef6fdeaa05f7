"""The printed plan: pages, contents, fonts, text as put in, long cells, tags, names of files."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import page
import pikepdf
import pypdfium2
import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.schema import InputType, form
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.plan_look import column_widths, look, shared_room
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_print import print_plan

RARE = "𠮷田﨑子・髙橋・葛󠄀城"


def _texts(pdf: bytes, line_end: str = "") -> list[str]:
    """The text of each page as a reader's search finds it, with `line_end` for each line end."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [re.sub(r"\r?\n", line_end, sheet.get_textpage().get_text_range()) for sheet in document]
    finally:
        document.close()


def _fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for sheet in pdf.pages:
        yield from sheet.resources.get("/Font", {}).values()


def _every_answer() -> Mapping[str, Answer]:
    """An answer to all 62 items, with something of its own in each."""
    answers = {}
    for item in form("bcp_natural_disaster").items:
        kind = item.input.type
        if kind is InputType.TABLE:
            row = {column.key: f"{item.id[3:9]}の{column.label_ja[:4]}" for column in item.input.columns}
            answers[item.id] = Answer(rows=(*item.input.default_rows, row))
        elif kind is InputType.NUMBER:
            answers[item.id] = Answer(number=1234)
        elif item.input.options:
            answers[item.id] = Answer(choices=(item.input.options[0].key,))
        else:
            answers[item.id] = Answer(text=f"{item.title_ja}についての自分の言葉。{RARE}")
    return answers


@pytest.fixture
def full(ctx: Context, plan: ContinuityPlan) -> PrintedDocument:
    """The print of a plan in which everything is answered."""
    save_answers(ctx, plan.id, _every_answer())
    return print_plan(ctx, plan.id)


def test_an_empty_plan_prints_and_says_what_is_open(ctx: Context, plan: ContinuityPlan) -> None:
    """Cover, contents, chapters and the list of all that is missing stand on paper without one answer."""
    printed = print_plan(ctx, plan.id)
    texts = _texts(printed.pdf_bytes)
    assert printed.pages == len(texts) > 5
    assert "ひだまり苑" in texts[0]
    assert "目次" in texts[1]
    assert "まだ終わっていない項目" in "".join(texts[2:])
    assert sum(text.count("（未記入）") for text in texts) == 61


def test_text_comes_out_as_it_went_in(full: PrintedDocument) -> None:
    """Every cell and sentence is found again by search, rare kanji and a variation sequence among them."""
    whole = "".join(_texts(full.pdf_bytes))
    assert whole.count(RARE) >= 2
    for answer in _every_answer().values():
        for row in answer.rows:
            assert all(cell in whole for cell in row.values() if len(cell) < 4), row
    assert "1,234 L" in whole
    assert full.missing_glyphs == ()


def test_contents_lead_to_the_right_pages(full: PrintedDocument) -> None:
    """Each chapter of the contents begins on the page that the contents give; the foot counts pages."""
    texts = _texts(full.pdf_bytes)
    listed = _texts(full.pdf_bytes, "\n")[1]
    for title in ("1　総論", "3　緊急時の対応", "5　地域との連携", "まだ終わっていない項目"):
        number = int(re.search(rf"{re.escape(title)}\s*(\d+)", listed)[1])
        assert title in texts[number - 1]
    for number, text in enumerate(texts[1:], start=2):
        assert f"{number} / {full.pages}" in text
    assert f"1 / {full.pages}" not in texts[0]


def test_fonts_are_embedded_and_the_file_is_tagged(full: PrintedDocument) -> None:
    """No font is left to the reader's machine; the PDF/UA-1 check finds nothing."""
    with pikepdf.open(io.BytesIO(full.pdf_bytes)) as pdf:
        descriptors = [font.FontDescriptor for font in _fonts(pdf)]
        assert descriptors
        assert all("/FontFile2" in descriptor for descriptor in descriptors)
    report = page.validate_pdf_bytes(full.pdf_bytes, profile="ua1")
    assert [(fault.rule_id, fault.message) for fault in report.failures] == []


def test_a_cell_of_three_thousand_characters_prints_whole(ctx: Context, plan: ContinuityPlan) -> None:
    """A free text longer than a page runs over pages inside its row; nothing is cut."""
    numbered = "".join(f"第{number:03}文。" for number in range(500))
    save_answers(ctx, plan.id, {"nd_gas": Answer(rows=({"equipment": "暖房", "alternative": numbered},))})
    whole = "".join(_texts(print_plan(ctx, plan.id).pdf_bytes))
    assert len(numbered) == 3000
    assert all(f"第{number:03}文" in whole for number in range(0, 500, 7))


def test_markup_in_an_answer_is_only_text(ctx: Context, plan: ContinuityPlan) -> None:
    """Tags, entities and ruby signs of an answer print as typed."""
    typed = "<b>太字</b> & &lt; ｜漢字《かんじ》 {page}"
    save_answers(ctx, plan.id, {"nd_network": Answer(text=typed)})
    assert typed in "".join(_texts(print_plan(ctx, plan.id).pdf_bytes))


def test_characters_without_a_glyph_are_reported(ctx: Context, plan: ContinuityPlan) -> None:
    """A private-use character (gaiji) is reported and shown as 〓, never as an empty box."""
    save_answers(ctx, plan.id, {"nd_network": Answer(text="外字\ue000です")})
    printed = print_plan(ctx, plan.id)
    assert printed.missing_glyphs == ("\ue000",)
    assert "外字〓です" in "".join(_texts(printed.pdf_bytes))


def test_wide_lists_lie_on_their_side(full: PrintedDocument) -> None:
    """The two wide lists stand on landscape sheets, and their places name the page."""
    with pikepdf.open(io.BytesIO(full.pdf_bytes)) as pdf:
        lying = [i for i, sheet in enumerate(pdf.pages, 1) if sheet.mediabox[2] > sheet.mediabox[3]]
    texts = _texts(full.pdf_bytes)
    assert len(lying) == 2
    assert f"別表1（{lying[0]}ページ）" in "".join(texts)
    assert "別表2" in texts[lying[1] - 1]


def test_a_copy_without_personal_data(ctx: Context, plan: ContinuityPlan) -> None:
    """The copy for outsiders has neither staff nor users, and says so; the audit log notes each print."""
    save_answers(ctx, plan.id, {"nd_user_card": Answer(rows=({"name": "見本 梅子"},))})
    assert "見本 梅子" in "".join(_texts(print_plan(ctx, plan.id).pdf_bytes))
    outside = "".join(_texts(print_plan(ctx, plan.id, without_personal=True).pdf_bytes))
    assert "見本 梅子" not in outside
    assert "個人情報のため" in outside
    with ctx.open_store() as uow:
        assert [e.why for e in uow.audit.entries() if e.action == "print"] == ["", "without_personal"]


def test_same_plan_same_bytes_and_a_silent_name(ctx: Context, plan: ContinuityPlan) -> None:
    """Printing twice gives the same file; its name tells plan, facility and state, and names no person."""
    first, second = print_plan(ctx, plan.id), print_plan(ctx, plan.id)
    assert first.pdf_bytes == second.pdf_bytes
    assert first.file_name == "自然災害発生時の業務継続計画_特別養護老人ホーム ひだまり苑_作成中.pdf"
    with pikepdf.open(io.BytesIO(first.pdf_bytes)) as pdf:
        told = f"{dict(pdf.docinfo)} {pdf.Root.Metadata.read_bytes().decode()}"
    assert not any(name in told for name in ("𠮷田", "ひだまり", "見本会"))
    assert "𠮷田" not in first.file_name


def test_a_stranger_prints_nothing(plan: ContinuityPlan, acting_as: Any) -> None:
    """A manager of another facility and the disaster officer are refused."""
    for someone in (acting_as(Role.FACILITY_MANAGER, "home-2"), acting_as(Role.DISASTER_OFFICER)):
        with pytest.raises(BcpKitError):
            print_plan(someone, plan.id)


def test_columns_share_the_width() -> None:
    """Widths fill the sheet; a long column gets more than a short one; a short word is not broken."""
    rows = [("1", "とても長い文章がここに入り、何行にもなるはずの欄です" * 3, "事務長")]
    widths = column_widths(("番号", "内容", "担当"), rows, 480.0, 10.0)
    assert sum(widths) == pytest.approx(480)
    assert widths[1] > 2 * widths[0]
    assert widths[2] - 2 * look().table.padding_mm * 72 / 25.4 >= 30


@pytest.mark.parametrize(
    ("wished", "room", "given"),
    [([1, 1], 4, [2, 2]), ([1, 9], 6, [1, 5]), ([5, 5, 2], 9, [3.5, 3.5, 2]), ([4, 4], 2, [1, 1])],
)
def test_only_the_widest_give_way(wished: list[float], room: float, given: list[float]) -> None:
    """By hand: with room to spare all grow alike; without it narrow columns keep what they need."""
    assert shared_room(wished, room) == pytest.approx(given)
