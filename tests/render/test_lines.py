"""Lines of Japanese text: where they may break, what is drawn, what is reported as missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.render.jafont import Weight, font_chain, missing_glyphs
from bcp_kit.render.japara import Line, TextStyle, set_lines, text_width
from bcp_kit.render.safe_text import GETA, Ruby, clean, plain, template_ruby, xml

STYLE = TextStyle(size_pt=10)


def _texts(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(atom.text for atom in line.atoms) for line in lines]


def test_closing_marks_never_begin_a_line_and_opening_ones_never_end_it() -> None:
    """Kinsoku holds at every width, also for runs of closing marks."""
    text = "「避難する場所は、（市の）体育館です。」。と、言われた。「はい！」『ええ』"
    for width in range(40, 240, 7):
        for line in _texts(set_lines(text, STYLE, width).lines):
            assert line[0] not in "、。」』）！"
            assert line[-1] not in "「『（"


def test_a_telephone_number_is_not_broken() -> None:
    """A number with hyphens stays on one line while it fits one."""
    lines = _texts(set_lines("連絡先は電話番号 090-1234-5678 です", STYLE, 95).lines)
    assert any("090-1234-5678" in line for line in lines)


@given(st.text(max_size=200), st.floats(min_value=12, max_value=400))
@settings(max_examples=60, deadline=None)
def test_no_character_is_lost_and_no_line_is_too_wide(text: str, width: float) -> None:
    """Any text is set in lines no wider than asked (or one character), with every visible character."""
    found = set_lines(text, STYLE, width)
    shown = "".join(_texts(found.lines))
    assert shown.replace(" ", "") == clean(text).replace("\n", "").replace(" ", "")
    for line in found.lines:
        assert line.width_pt <= width + 0.5 or len(line.atoms) == 1


def test_twenty_thousand_characters_without_a_blank_are_set() -> None:
    """A hostile length neither crashes nor loses a character."""
    found = set_lines("あ" * 10_000 + "x" * 10_000, STYLE, 300)
    assert sum(len(line) for line in _texts(found.lines)) == 20_000


def test_a_users_own_ruby_marks_are_printed_as_typed() -> None:
    """｜漢字《かんじ》 is furigana in our templates only."""
    assert _texts(set_lines("｜漢字《かんじ》", STYLE, 300).lines) == ["｜漢字《かんじ》"]
    assert template_ruby("避難する｜場所《ばしょ》") == ("避難する", Ruby("場所", "ばしょ"))
    assert plain(template_ruby("避難する｜場所《ばしょ》")) == "避難する場所"


def test_furigana_makes_its_word_as_wide_as_it_needs() -> None:
    """A long reading widens its word, and the word is not broken."""
    assert text_width(Ruby("峠", "とうげみち"), STYLE) > text_width("峠", STYLE)
    found = set_lines(("この先の", Ruby("葛飾橋", "かつしかばし"), "を渡る"), STYLE, 60)
    assert any("葛飾橋" in line for line in _texts(found.lines))


@pytest.mark.parametrize("weight", Weight)
def test_rare_kanji_are_drawn_by_a_font_that_has_them(weight: Weight) -> None:
    """𠮷 comes from the fallback, 﨑 and the variant of 葛 from the main font; none is missing."""
    chain = font_chain(weight)
    assert chain.missing("𠮷﨑髙葛\U000e0100①㈱神") == ()
    assert chain.glyph("𠮷").font == "NotoSansJP"
    assert chain.glyph("葛\U000e0100").drawn != chain.glyph("葛").drawn


def test_a_compatibility_ideograph_keeps_its_own_shape() -> None:
    """神 (U+FA19) is not drawn as 神 (U+795E)."""
    chain = font_chain()
    assert chain.glyph("\ufa19").drawn == "\ufa19"


def test_what_no_font_has_is_shown_as_a_gap_and_reported() -> None:
    """An emoji, a private character and an unknown sequence are reported; the first two print as 〓."""
    assert missing_glyphs("\U0001f600あ\ue000") == ("\U0001f600", "\ue000")
    assert font_chain().glyph("\U0001f600").drawn == GETA
    lost = font_chain().glyph("山\U000e01ef")
    assert lost.missing and lost.drawn == "山"


def test_private_codes_of_two_fonts_never_meet() -> None:
    """The same sequence in both weights gets different codes, so that copied text names the right one."""
    regular, bold = (font_chain(weight).glyph("葛\U000e0100").drawn for weight in Weight)
    assert regular != bold


def test_decomposed_kana_are_composed() -> None:
    """か with a separate voiced mark, as some systems write names, is drawn as が."""
    assert font_chain().glyph("か\u3099").drawn == "が"


def test_invisible_and_broken_characters_do_not_reach_the_paper() -> None:
    """Direction marks and controls go, a lone surrogate becomes a visible gap, line ends become one kind."""
    assert clean("山\u202e田\x00\u200b\r\n太\ud800郎\t一") == f"山田\n太{GETA}郎 一"


def test_text_for_xml_is_escaped() -> None:
    """Marks of XML and characters that it forbids cannot break a file's description."""
    assert xml('<a href="x">&\x01\ufffe') == "&lt;a href=&quot;x&quot;&gt;&amp;"


def test_what_follows_a_space_at_the_end_of_a_line_is_kept() -> None:
    """A sign that may not begin a line stays, also when a space stood before it and the line was full."""
    found = set_lines("0 :", TextStyle(size_pt=10), 12.0)
    assert "".join(atom.text for line in found.lines for atom in line.atoms) == "0:"
