"""Japanese lines: kinsoku, unbroken numbers, font fallback, furigana; and the paragraph that draws them.

`set_lines` is pure: pieces, style and width in, lines out. `JaPara` is the ReportLab flowable over it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from bcp_kit.render.jafont import MARKS, FontChain, Glyph, Weight, font_chain
from bcp_kit.render.safe_text import Printable, Ruby, Spans, spans
from bcp_kit.render.tagpdf import Node, tagged

INK = "#111111"
_NO_START = frozenset(
    "!\"'),.:;?]}’”）〕］｝〉》」』】、。，．・：；？！ーゝゞヽヾ々〻…‥‐–〜～"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ％%℃°′″"
)
_NO_END = frozenset("([{‘“（〔［｛〈《「『【￥＄£#＃@＠〒№□■")  # a box stays with what it is ticked for
_PIECE = re.compile(rf"\n|[A-Za-z0-9０-９](?:[A-Za-z0-9０-９.,:/@\-_−－+]|[{MARKS}])*|.[{MARKS}]*", re.S)
_ROUNDING_PT = 0.01
_HEIGHT_ROUNDING_PT = 1e-7  # below what a page frame forgives
_THICK_SHARE = 0.035  # outline that makes a regular weight look bold
_RUBY_SHARE = 0.5  # furigana is half the size of its word
RUBY_LEADING = 1.65  # distance of lines with furigana, in type sizes
RUBY_BELOW = 0.15  # share of the space between such lines that stands below the words
_ATOMS_KEPT = 20_000  # characters and words whose shape is remembered; a process prints few more


class Align(StrEnum):
    """Where a line stands in its column."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True)
class TextStyle:
    """How text is set. `leading` is the distance of lines in type sizes (more where furigana stands)."""

    size_pt: float = 10.5
    weight: Weight = Weight.REGULAR
    leading: float = 1.55
    color: str = INK
    align: Align = Align.LEFT

    @cached_property
    def chain(self) -> FontChain:
        """The fonts of the style's weight."""
        return font_chain(self.weight)

    @property
    def leading_pt(self) -> float:
        """Distance from line to line without furigana, in points."""
        return self.size_pt * self.leading


@dataclass(frozen=True, slots=True)
class Atom:
    """The smallest piece that may not be broken: a character, a number or word, a word with furigana."""

    text: str
    glyphs: tuple[Glyph, ...]
    width_em: float
    reading: tuple[Glyph, ...] = ()

    @property
    def base_em(self) -> float:
        """Width of the word alone."""
        return sum(glyph.width_em for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its atoms and its width in points. `hard` ends where the writer ended a line."""

    atoms: tuple[Atom, ...]
    width_pt: float
    hard: bool = False


@dataclass(frozen=True, slots=True)
class SetText:
    """Text broken into lines, and the characters that could not be drawn as written."""

    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    ruby: bool = False


@lru_cache(maxsize=_ATOMS_KEPT)
def _atom(text: str, chain: FontChain, reading: str = "") -> Atom:
    glyphs = tuple(chain.glyph(unit) for unit in chain.units(text)) if len(text) > 1 else (chain.glyph(text),)
    width = glyphs[0].width_em if len(glyphs) == 1 else sum(glyph.width_em for glyph in glyphs)
    if not reading:
        return Atom(text, glyphs, width)
    above = tuple(chain.glyph(unit) for unit in chain.units(reading))
    return Atom(text, glyphs, max(width, _RUBY_SHARE * sum(glyph.width_em for glyph in above)), above)


def _atoms(content: Spans, chain: FontChain) -> Iterator[Atom | None]:
    """Yield atoms; None stands for a line end that the writer made."""
    for part in content:
        if isinstance(part, Ruby):
            if part.base:
                yield _atom(part.base, chain, part.reading)
            continue
        for piece in _PIECE.findall(part):
            yield None if piece == "\n" else _atom(piece, chain)


def _clusters(atoms: Sequence[Atom | None]) -> Iterator[list[Atom] | None]:
    """Join atoms over the places where no break may come."""
    cluster: list[Atom] = []
    for atom in atoms:
        if cluster and (atom is None or not (atom.text[0] in _NO_START or cluster[-1].text[-1] in _NO_END)):
            yield cluster
            cluster = []
        if atom is None:
            yield None
        else:
            cluster.append(atom)
    if cluster:
        yield cluster


class _Setter:
    """Fills lines of one width, in ems."""

    def __init__(self, width_em: float, size_pt: float) -> None:
        self._width_em, self._size_pt = width_em, size_pt
        self.lines: list[Line] = []
        self._line: list[Atom] = []
        self._filled = 0.0

    def end_line(self, hard: bool = False) -> None:
        self.lines.append(Line(tuple(self._line), self._filled * self._size_pt, hard))
        self._line, self._filled = [], 0.0

    def close(self) -> None:
        if self._line:
            self.end_line()

    def put(self, cluster: list[Atom], chain: FontChain) -> None:
        width = sum(atom.width_em for atom in cluster)
        if self._line and self._filled + width > self._width_em:
            self.end_line()
        if width > self._width_em:
            self._put_broken(cluster, chain)
        elif self._line or not self.lines or self.lines[-1].hard or cluster[0].text != " ":
            self._line += cluster
            self._filled += width
        elif len(cluster) > 1:
            self.put(cluster[1:], chain)  # only the space is left out where a line begins

    def _put_broken(self, cluster: list[Atom], chain: FontChain) -> None:
        """Break inside what is longer than a line; furigana of such a word follows it in brackets."""
        for atom in cluster:
            reading = "".join(glyph.drawn for glyph in atom.reading)
            for unit in chain.units(f"{atom.text}（{reading}）" if reading else atom.text):
                piece = _atom(unit, chain)
                if self._line and self._filled + piece.width_em > self._width_em:
                    self.end_line()
                self._line.append(piece)
                self._filled += piece.width_em


# Lines already set in this document; empty outside of one.
_SetKey = tuple[Printable, TextStyle, float]
_set_before: ContextVar[dict[_SetKey, SetText] | None] = ContextVar("lines of a document", default=None)


@contextmanager
def remembered_lines() -> Iterator[None]:
    """Set equal text once while a document is made in several passes; nothing is kept afterwards."""
    token = _set_before.set({})
    try:
        yield
    finally:
        _set_before.reset(token)


def set_lines(content: Printable, style: TextStyle, width_pt: float) -> SetText:
    """Break text into lines of at most `width_pt`. Empty text has no lines."""
    before = _set_before.get()
    if before is None or not isinstance(content, str):
        return _set_lines(content, style, width_pt)
    key = (content, style, width_pt)
    found = before.get(key)
    if found is None:
        found = before[key] = _set_lines(content, style, width_pt)
    return found


def _set_lines(content: Printable, style: TextStyle, width_pt: float) -> SetText:
    chain = style.chain
    atoms = list(_atoms(spans(content), chain))
    setter = _Setter((width_pt + _ROUNDING_PT) / style.size_pt, style.size_pt)
    for cluster in _clusters(atoms):
        if cluster is None:
            setter.end_line(hard=True)
        else:
            setter.put(cluster, chain)
    setter.close()
    present = [atom for atom in atoms if atom is not None]
    lost = {glyph for atom in present for glyph in atom.glyphs if glyph.missing}
    missing = chain.missing("".join(atom.text for atom in present)) if lost else ()
    return SetText(tuple(setter.lines), missing, any(atom.reading for atom in present))


def text_width(content: Printable, style: TextStyle) -> float:
    """Return the width of `content` on one line, in points."""
    atoms = _atoms(spans(content), style.chain)
    return sum(atom.width_em for atom in atoms if atom is not None) * style.size_pt


def _draw_glyphs(canvas: Canvas, x: float, y: float, size_pt: float, glyphs: Sequence[Glyph]) -> None:
    """Draw glyphs in one go per font, so that the text stays searchable as words."""
    start = 0
    while start < len(glyphs):
        font, end = glyphs[start].font, start
        while end < len(glyphs) and glyphs[end].font == font:
            end += 1
        run = glyphs[start:end]
        canvas.setFont(font, size_pt)
        words = "".join(glyph.drawn for glyph in run)
        if run[0].thicken:
            _draw_thick(canvas, x, y, size_pt, words)
        else:
            canvas.drawString(x, y, words)
        x += sum(glyph.width_em for glyph in run) * size_pt
        start = end


def _draw_thick(canvas: Canvas, x: float, y: float, size_pt: float, words: str) -> None:
    """Fill and outline, so that a rare kanji is as heavy as the bold ones around it."""
    canvas.saveState()
    canvas.setStrokeColor(canvas._fillColorObj)  # type: ignore[attr-defined, unused-ignore]
    canvas.setLineWidth(size_pt * _THICK_SHARE)
    canvas.drawString(x, y, words, mode=2)
    canvas.restoreState()


def draw_line(canvas: Canvas, x: float, y: float, line: Line, style: TextStyle) -> None:
    """Draw one line with its left end at `x` and its base line at `y`, in points."""
    size, offset = style.size_pt, x
    plain: list[Glyph] = []
    for atom in line.atoms:
        if not atom.reading:
            plain += atom.glyphs
            continue
        _draw_glyphs(canvas, offset, y, size, plain)
        offset += sum(glyph.width_em for glyph in plain) * size
        plain = []
        _draw_glyphs(canvas, offset + (atom.width_em - atom.base_em) / 2 * size, y, size, atom.glyphs)
        above = size * _RUBY_SHARE
        spare = atom.width_em * size - sum(glyph.width_em for glyph in atom.reading) * above
        _draw_glyphs(canvas, offset + spare / 2, y + size * 0.95, above, atom.reading)
        offset += atom.width_em * size
    _draw_glyphs(canvas, offset, y, size, plain)


def draw_lines(canvas: Canvas, box: tuple[float, float, float], text: SetText, style: TextStyle) -> float:
    """Draw lines downwards from the top of `box` (x, top, width in points); return the new top."""
    x, top, width = box
    if text.lines:
        canvas.setFillColor(HexColor(style.color))
    leading = line_height(text, style)
    for line in text.lines:
        base = (
            top
            - leading
            + (leading - style.size_pt) * (RUBY_BELOW if text.ruby else 0.5)
            + style.size_pt * 0.12
        )
        spare = width - line.width_pt
        shift = {Align.LEFT: 0.0, Align.CENTRE: spare / 2, Align.RIGHT: spare}[style.align]
        draw_line(canvas, x + shift, base, line, style)
        top -= leading
    return top


def line_height(text: SetText, style: TextStyle) -> float:
    """Return the distance from line to line in points; furigana needs more."""
    return style.size_pt * max(style.leading, RUBY_LEADING) if text.ruby else style.leading_pt


class Share:
    """The structure element that the parts of one split paragraph share."""

    node: Node | None = None


class JaPara(Flowable):  # type: ignore[misc, unused-ignore]
    """A paragraph: breaks lines by Japanese rules, splits over pages, carries its tag (P, H1, …)."""

    def __init__(self, content: Printable, style: TextStyle, tag: str = "P") -> None:
        super().__init__()
        self.content, self.style, self.tag = content, style, tag
        self.share = Share()
        self.set_text: SetText | None = None
        self._set_width = 0.0
        self.missing: tuple[str, ...] = ()

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Set the lines for a width and return width and height in points."""
        del available_height
        if self.set_text is None or (self.content is not None and self._set_width != available_width):
            self.set_text = set_lines(self.content, self.style, available_width)
            self._set_width, self.missing = available_width, self.set_text.missing
        self.width = available_width
        self.height = line_height(self.set_text, self.style) * len(self.set_text.lines)
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Return two paragraphs of which the first fits the height, or nothing when no line does.

        A table splits a cell by the column's width with padding, so the width set before counts.
        """
        self.wrap(min(available_width, self._set_width or available_width), available_height)
        text = self.set_text
        if text is None:
            return []
        fit = int((available_height + _HEIGHT_ROUNDING_PT) // line_height(text, self.style))
        if fit <= 0:
            return []
        if fit >= len(text.lines):
            return [self]
        return [self._part(text, text.lines[:fit]), self._part(text, text.lines[fit:])]

    def _part(self, text: SetText, lines: tuple[Line, ...]) -> "JaPara":
        part = JaPara(_content_of(lines), self.style, self.tag)
        part.share = self.share
        part.set_text = SetText(lines, text.missing, text.ruby)
        part._set_width, part.missing = self._set_width, self.missing
        return part

    def draw(self) -> None:
        """Draw the lines as the content of one structure element."""
        canvas = tagged(self.canv)
        tagger = canvas.tagger
        if self.set_text is None or not self.set_text.lines or canvas.counting:
            return
        if not tagger.in_artifact and self.share.node is None:
            self.share.node = tagger.add(self.tag)
        if self.share.node is not None:
            tagger.begin(canvas, self.share.node)
        draw_lines(canvas, (0, self.height, self.width), self.set_text, self.style)
        if self.share.node is not None:
            tagger.end(canvas)


def _content_of(lines: Sequence[Line]) -> Spans:
    """Return the words of lines, for the case that a part is set anew in another width."""
    found: list[str | Ruby] = []
    for line in lines:
        for atom in line.atoms:
            reading = "".join(glyph.drawn for glyph in atom.reading)
            found.append(Ruby(atom.text, reading) if reading else atom.text)
        if line.hard:
            found.append("\n")
    return tuple(found)
