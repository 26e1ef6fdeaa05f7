"""Characters that CP932 (the Shift JIS of Windows) lacks: where they stand, and what to write instead."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bcp_kit.forms.sheets import words

GETA = "〓"  # the printer's sign for a character that is not there


class Missing(StrEnum):
    """What to do with a character that the file's encoding lacks: nothing is written, or something else is.

    SIMILAR writes a common variant of the same character (吉 for 𠮷), MARK writes 〓.
    """

    REFUSE = "refuse"
    SIMILAR = "similar"
    MARK = "mark"


@dataclass(frozen=True)
class MissingCharacter:
    """One character that was or cannot be written: `row` as the file shows it, `written` in its place."""

    row: int
    heading: str
    character: str
    written: str = ""

    @property
    def code_point(self) -> str:
        """Return the code point as U+20BB7."""
        return f"U+{ord(self.character):04X}"


@cache
def fits(character: str, encoding: str) -> bool:
    """True when the encoding has the character."""
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _is_selector(character: str) -> bool:
    """True for a sign that only chooses the form of the character before it; that character stays."""
    return unicodedata.name(character, "").startswith("VARIATION SELECTOR")


@cache
def _similar(character: str, encoding: str) -> str:
    """Return a character of the encoding that is a known variant, else 〓."""
    variants: dict[str, str] = words()["character_variants"]
    for variant in (variants.get(character, ""), unicodedata.normalize("NFKC", character)):
        if variant and variant != character and all(fits(c, encoding) for c in variant):
            return variant
    return GETA


class Encoder:
    """Makes the texts of one file writable in its encoding and remembers every character that was not."""

    def __init__(self, encoding: str, missing: Missing) -> None:
        self.encoding = encoding
        self.found: list[MissingCharacter] = []
        self._missing = missing

    def text(self, value: str, row: int, heading: str) -> str:
        """Return the text as it is written; what had to be replaced is in `found`."""
        if value.isascii() or self.encoding.startswith("utf"):
            return value
        return "".join(self._character(c, row, heading) for c in value)

    def _character(self, character: str, row: int, heading: str) -> str:
        if fits(character, self.encoding):
            return character
        written = ""
        if self._missing is not Missing.REFUSE and not _is_selector(character):
            written = GETA if self._missing is Missing.MARK else _similar(character, self.encoding)
        self.found.append(MissingCharacter(row, heading, character, written))
        return written
