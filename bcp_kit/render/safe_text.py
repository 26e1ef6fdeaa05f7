"""The only door between text that a person wrote and anything printed.

What a user typed is drawn character by character and never read as markup. Furigana is given by code as
`Ruby`, or stands in our own templates as ｜漢字《かんじ》; a user's own ｜《》 is printed as typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

GETA = "〓"  # printed in place of a character that no font has: a visible gap, never an empty box

_RUBY = re.compile(r"｜(.+?)《(.+?)》", re.S)
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\u0085\v\f]")
_NOT_IN_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Ruby:
    """A word with its reading above it. Only code makes one."""

    base: str
    reading: str


Spans = tuple[str | Ruby, ...]
Printable = str | Ruby | Sequence[str | Ruby]


def clean(text: str) -> str:
    """Return text that can be drawn: line ends as line feeds, tabs as spaces, nothing invisible.

    Control and format characters (zero width, direction marks) have no shape and would only mislead; a lone
    surrogate becomes 〓. Everything visible stays exactly as written (no Unicode normalisation).
    """
    if text.isprintable():  # the usual case; surrogates, controls and format characters are not printable
        return text
    return "".join(_drawable(char) for char in _LINE_ENDS.sub("\n", text))


def _drawable(char: str) -> str:
    if char == "\n":
        return char
    category = unicodedata.category(char)
    if category == "Cs":
        return GETA
    if char == "\t" or category in ("Zs", "Zl", "Zp"):
        return "\u3000" if char == "\u3000" else " "
    return "" if category in ("Cc", "Cf") else char


def spans(content: Printable) -> Spans:
    """Return `content` as clean pieces, ready to be set in lines."""
    parts: Iterable[str | Ruby] = (content,) if isinstance(content, str | Ruby) else content
    return tuple(
        Ruby(clean(part.base).replace("\n", ""), clean(part.reading).replace("\n", ""))
        if isinstance(part, Ruby)
        else clean(part)
        for part in parts
    )


def template_ruby(template: str) -> Spans:
    """Return a sentence of our own templates with ｜漢字《かんじ》 read as furigana. Never for user text."""
    found: list[str | Ruby] = []
    end = 0
    for match in _RUBY.finditer(template):
        found += [template[end : match.start()], Ruby(match[1], match[2])]
        end = match.end()
    return tuple(part for part in (*found, template[end:]) if part)


def plain(content: Printable) -> str:
    """Return the words of `content` without readings."""
    return "".join(part.base if isinstance(part, Ruby) else part for part in spans(content))


def xml(text: str) -> str:
    """Return `text` for the inside of an XML element or attribute."""
    return escape(_NOT_IN_XML.sub("", clean(text)), {'"': "&quot;", "'": "&apos;"})
