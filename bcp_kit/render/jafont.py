"""Fonts for Japanese paper: rare kanji, variation sequences, fallback, and text that search finds again.

ReportLab 5.1 writes a wrong table for characters above U+FFFF and knows no variation sequences (葛 with a
selector). Both are mended here: a sequence gets a private code in the font, and the table that maps codes
back to text (ToUnicode) names the original characters. Fonts are loaded once a process and then only read.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont as FontFile
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts

from bcp_kit.render.safe_text import GETA
from bcp_kit.resources import font_path

_PRIVATE_START = 0xF0000  # planes 15 and 16: private by definition, so no typed character is lost
_PRIVATE_BLOCK = 0x8000  # codes kept for each font; a font has fewer glyphs than this
_CMAP_SECTION = 100  # the format allows so many entries in one section
_LOADING = threading.Lock()

_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
MARKS = f"{_SELECTORS}\u0300-\u036f\u20d0-\u20ff\u3099\u309a"  # for a regular expression's [...]
_SELECTOR = re.compile(f"[{_SELECTORS}]")
_UNIT = re.compile(f".[{MARKS}]*", re.S)


class Weight(StrEnum):
    """The two weights that are printed."""

    REGULAR = "regular"
    BOLD = "bold"


BASE_FONT = "BIZUDPGothic"
_FILES: dict[str, str] = {
    BASE_FONT: "BIZUDPGothic-Regular.ttf",
    "BIZUDPGothic-Bold": "BIZUDPGothic-Bold.ttf",
    "NotoSansJP": "NotoSansJP-Regular.ttf",
}
_CHAINS: dict[Weight, tuple[str, ...]] = {
    Weight.REGULAR: (BASE_FONT, "NotoSansJP"),
    Weight.BOLD: ("BIZUDPGothic-Bold", "NotoSansJP"),
}

_variant_texts: dict[int, str] = {}  # private code → base and selector; part of the font registry


def _utf16_hex(code: int) -> str:
    return _variant_texts.get(code, chr(code)).encode("utf-16-be").hex().upper()


def to_unicode_cmap(font_name: str, subset: list[int]) -> str:
    """Return the ToUnicode table of one font subset (takes the place of ReportLab's, which ends at U+FFFF).

    Code 0 stays out: U+0000 breaks PDF/UA and PDF/A-2u.
    """
    rows = [f"<{slot:02X}> <{_utf16_hex(code)}>" for slot, code in enumerate(subset) if code]
    body: list[str] = []
    for start in range(0, len(rows), _CMAP_SECTION):
        part = rows[start : start + _CMAP_SECTION]
        body += [f"{len(part)} beginbfchar", *part, "endbfchar"]
    head = ["/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap"]
    head += ["/CIDSystemInfo", f"<< /Registry ({font_name})", f"/Ordering ({font_name})", "/Supplement 0"]
    head += [">> def", f"/CMapName /{font_name} def", "/CMapType 2 def", "1 begincodespacerange"]
    head += [f"<00> <{len(subset) - 1:02X}>", "endcodespacerange"]
    tail = ["endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"]
    return "\n".join(head + body + tail)


class JapaneseFont(ttfonts.TTFont):  # type: ignore[misc, unused-ignore]
    """A TrueType font that also draws variation sequences. `block` numbers its range of private codes."""

    def __init__(self, name: str, path: Path, block: int) -> None:
        super().__init__(name, str(path), asciiReadable=0, shapable=False)
        self._first_code = _PRIVATE_START + block * _PRIVATE_BLOCK
        with FontFile(path, lazy=True) as file:
            order = file.getGlyphOrder()
            number = {glyph: index for index, glyph in enumerate(order)}
            scale = 1000 / file["head"].unitsPerEm
            metrics = file["hmtx"].metrics
            self._sequences: dict[tuple[int, int], int | None] = {
                (base, selector): number[glyph] if glyph else None
                for table in file["cmap"].tables
                if table.format == 14
                for selector, pairs in table.uvsDict.items()
                for base, glyph in pairs
            }
            used = {index for index in self._sequences.values() if index is not None}
            self._advances = {index: round(metrics[order[index]][0] * scale) for index in used}

    def has(self, char: str) -> bool:
        """True when the font has a shape of its own for the character."""
        return ord(char) in self.face.charToGlyph

    def width(self, text: str) -> float:
        """Return the width of `text` in thousandths of the type size."""
        widths = self.face.charWidths
        return float(sum(widths.get(ord(char), self.face.defaultWidth) for char in text))

    def variant(self, base: str, selector: str) -> str | None:
        """Return what to draw for base and selector, or None where this font lacks the sequence."""
        key = (ord(base), ord(selector))
        if key not in self._sequences:
            return None
        glyph = self._sequences[key]
        if glyph is None:  # the sequence asks for the shape that the base has anyway
            return base
        code = self._first_code + glyph
        _variant_texts[code] = base + selector
        self.face.charWidths[code] = self._advances[glyph]
        self.face.charToGlyph[code] = glyph
        return chr(code)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn unit: the font, what is sent to it, its width in ems, and whether no font had it.

    `thicken` asks for an outline, where bold text falls back to a font that comes in one weight only.
    """

    font: str
    drawn: str
    width_em: float
    missing: bool = False
    thicken: bool = False


def _is_private(char: str) -> bool:
    """True for characters whose shape every system chose for itself (外字): drawing one would be a guess."""
    return "\ue000" <= char <= "\uf8ff" or ord(char) >= _PRIVATE_START


def _composed(unit: str) -> str:
    """Return か and ゛ as が: canonically the same, and drawn right by every font.

    Compatibility ideographs stay: for them the same step would print another kanji (神 U+FA19 as 神).
    """
    if len(unit) == 1 or "\uf900" <= unit[0] <= "\ufaff":
        return unit
    return unicodedata.normalize("NFC", unit)


class FontChain:
    """Fonts in the order in which they are asked for a character; the first has the weight wanted."""

    def __init__(self, fonts: tuple[JapaneseFont, ...], weight: Weight) -> None:
        self.fonts = fonts
        self._bold = weight is Weight.BOLD
        self._glyphs: dict[str, Glyph] = {}

    def glyph(self, unit: str) -> Glyph:
        """Return how one unit (a character, with selector or combining marks) is drawn; remembered."""
        found = self._glyphs.get(unit)
        if found is None:
            found = self._glyphs[unit] = self._find(unit)
        return found

    def _find(self, unit: str) -> Glyph:
        if len(unit) > 1 and _SELECTOR.match(unit[1]):
            for font in self.fonts:
                drawn = font.variant(unit[0], unit[1])
                if drawn and font.has(drawn):
                    return self._glyph(font, drawn)
            return self._only_base(unit)
        drawn = _composed(unit)
        for font in self.fonts:
            if all(font.has(char) and not _is_private(char) for char in drawn):
                return self._glyph(font, drawn)
        if len(unit) > 1:
            return self._only_base(unit)
        first = self.fonts[0]
        return Glyph(first.fontName, GETA, first.width(GETA) / 1000, missing=True)

    def _glyph(self, font: JapaneseFont, drawn: str) -> Glyph:
        thicken = self._bold and font is not self.fonts[0]
        return Glyph(font.fontName, drawn, font.width(drawn) / 1000, thicken=thicken)

    def _only_base(self, unit: str) -> Glyph:
        """Draw the base character, and report that its marks are lost."""
        base = self.glyph(unit[0])
        return Glyph(base.font, base.drawn, base.width_em, missing=True)

    def units(self, text: str) -> Iterator[str]:
        """Yield the units of a clean text: each character with the marks that belong to it."""
        return (found[0] for found in _UNIT.finditer(text))

    def missing(self, text: str) -> tuple[str, ...]:
        """Return the units of a clean text that no font can draw as written, in order, each once."""
        lost = (unit for unit in self.units(text) if unit != "\n" and self.glyph(unit).missing)
        return tuple(dict.fromkeys(lost))


@cache
def _fonts() -> dict[str, JapaneseFont]:
    rl_config.useA85 = 0  # text encoding of streams only adds bytes
    rl_config.invariant = 1
    rl_config.trustedHosts = []
    rl_config.trustedSchemes = []
    ttfonts.makeToUnicodeCMap = to_unicode_cmap  # type: ignore[assignment, unused-ignore]
    loaded = {
        name: JapaneseFont(name, font_path(file), block) for block, (name, file) in enumerate(_FILES.items())
    }
    for font in loaded.values():
        pdfmetrics.registerFont(font)
    return loaded


@cache
def _chain(weight: Weight) -> FontChain:
    return FontChain(tuple(_fonts()[name] for name in _CHAINS[weight]), weight)


def font_chain(weight: Weight = Weight.REGULAR) -> FontChain:
    """Return the fonts of a weight; loads and registers them on the first call of a process."""
    with _LOADING:
        return _chain(weight)


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Return the characters of a clean text that cannot be printed as written."""
    return font_chain().missing(text)
