"""What the attributes of a zone say: hazard, depth, special zone, arrival. Codes are data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bcp_kit.catalogues.load import Row, catalogue
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.geo.zones import Zone

Attributes = Mapping[str, Any]
Depths = tuple[float | None, float | None]  # lower and upper end in metres

CODES = "hazard_codes"
_UNKNOWN: Depths = (None, None)
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(cm|センチ|m|メートル)?", re.IGNORECASE)
_BELOW = re.compile(r"未満|以下|まで|below|under|^\s*[~<≦≤]", re.IGNORECASE)
_ABOVE = re.compile(r"以上|超|より|over|above|[~]\s*$|^\s*[>≧≥]", re.IGNORECASE)
_METRES = re.compile(r"\d\s*(?:cm|センチ|m(?![a-z²2])|メートル)", re.IGNORECASE)
_EMPTY = ("", "-", "－", "null", "none", "nan")
_OWN = "hazard"


@dataclass(frozen=True)
class Meaning:
    """What one zone says. `left_out`: it says something else than where (how long the water stays).

    `unread` is a depth class that nobody understood; `family` the row of `hazard_codes` that was used.
    """

    zone: Zone | None
    family: str = ""
    unread: str = ""
    left_out: bool = False


def folded(value: Any) -> str:
    """Return a cell for comparing: one width, one kind of wave dash, no thousands separators."""
    text = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()
    return re.sub(r"[〜～∼−–—‐-]", "~", text.replace(",", ""))


@cache
def _rows() -> tuple[Row, ...]:
    return tuple(row for row in catalogue(CODES).rows.values() if "hazard" in row.data)


@cache
def _list(key: str, part: str) -> tuple[str, ...]:
    return tuple(catalogue(CODES).need(key).data[part])


def hazard_of_words(texts: Iterable[str]) -> HazardKind | None:
    """Return the hazard that words name, None where none or more than one is named."""
    joined = " ".join(folded(text).casefold() for text in texts)
    words = catalogue(CODES).need("hazard_words").data["words"]
    found = [HazardKind(hazard) for hazard, some in words.items() if any(w in joined for w in some)]
    if HazardKind.RIVER_FLOOD in found and len(found) > 1 and "洪水" not in joined and "外水" not in joined:
        found.remove(HazardKind.RIVER_FLOOD)  # 津波氾濫, 内水氾濫: the plain word belongs to the other one
    return found[0] if len(found) == 1 else None


def hazard_of_fields(names: Iterable[str]) -> HazardKind | None:
    """Return the hazard that the names of attributes belong to (A31…, A33…), None for other names."""
    prefixes = catalogue(CODES).need("family_prefixes").data["prefixes"]
    found = {HazardKind(h) for p, h in prefixes.items() for n in names if re.match(rf"{p}[a-z]?_\d", n)}
    return found.pop() if len(found) == 1 else None


def read_depth(value: Any) -> Depths:
    """Return the ends of a depth class in metres: "0.5m以上3.0m未満" gives (0.5, 3.0), "20m以上" (20, 20).

    A class that is open above is as deep as its lower end; words without a number give nothing.
    """
    text = folded(value)
    numbers = [
        float(n) / (100 if unit and unit.lower() in ("cm", "センチ") else 1)
        for n, unit in _NUMBER.findall(text)
    ]
    if len(numbers) >= 2 and numbers[0] < numbers[1]:
        return numbers[0], numbers[1]
    if len(numbers) != 1:
        return _UNKNOWN
    if _BELOW.search(text):
        return 0.0, numbers[0]
    return numbers[0], numbers[0]


def meaning_of(attributes: Attributes, hazard: HazardKind | None, hint: HazardKind | None = None) -> Meaning:
    """Return what a zone says.

    `hazard` is what the user says and decides over the attributes; `hint`, what the names of file and layer
    say, is used where the attributes say nothing. The zone is None where nothing tells its hazard.
    """
    if attributes.get(_OWN) in {h.value for h in HazardKind}:
        return _own_words(attributes, hazard)
    for row in _rows():
        field = next((f for f in row.data["fields"] if _cell(attributes, f)), None)
        if field is not None:
            return _by_row(row, attributes, field, hazard)
    return _by_words(attributes, hazard, hint)


def _cell(attributes: Attributes, field: str) -> str:
    text = folded(attributes.get(field))
    return "" if text.casefold() in _EMPTY else text


def _own_words(attributes: Attributes, hazard: HazardKind | None) -> Meaning:
    depth, least = (_metres(attributes.get(key)) for key in ("depth_m", "depth_min_m"))
    return Meaning(
        Zone(
            hazard or HazardKind(attributes[_OWN]),
            depth_m=depth,
            special=bool(attributes.get("special", False)),
            arrival_min=_metres(attributes.get("arrival_min")),
            depth_min_m=least,
        )
    )


def _metres(value: Any) -> float | None:
    try:
        number = float(folded(value))
    except ValueError:
        return None
    return number if 0 <= number < 10_000 else None


def _by_row(row: Row, attributes: Attributes, field: str, hazard: HazardKind | None) -> Meaning:
    """Read a zone by one row of the codes."""
    data, text = row.data, _cell(attributes, field)
    if data.get("left_out"):
        return Meaning(None, row.key, left_out=True)
    kind = hazard or HazardKind(data["hazard"])
    code = str(int(float(text))) if re.fullmatch(r"\d+(\.0+)?", text) else text
    if "known_codes" in data:
        unread = "" if code in data["known_codes"] else text
        special = code in data["special_codes"] or _special_words((text,))
        return Meaning(Zone(kind, special=special), row.key, unread)
    if data.get("special"):
        return Meaning(Zone(kind, special=True), row.key)
    low, high = _UNKNOWN
    if code in data.get("classes", {}):
        low, high = data["classes"][code]
        high = low if high is None else high
    elif data.get("depth_words"):
        low, high = read_depth(text)
    unread = text if high is None else ""
    return Meaning(Zone(kind, high, arrival_min=_arrival(attributes), depth_min_m=low), row.key, unread)


def _by_words(attributes: Attributes, hazard: HazardKind | None, hint: HazardKind | None) -> Meaning:
    """Read a zone whose attributes follow no known code: names and words that speak of depth."""
    texts = [v for v in attributes.values() if isinstance(v, str)]
    kind = hazard or hazard_of_fields(attributes) or hazard_of_words([*texts, *attributes]) or hint
    if kind is None:
        return Meaning(None)
    special = _special_words(texts)
    if kind is HazardKind.LANDSLIDE:
        return Meaning(Zone(kind, special=special))
    low, high, unread = _depth_in(attributes)
    zone = Zone(kind, high, special=special, arrival_min=_arrival(attributes), depth_min_m=low)
    return Meaning(zone, unread=unread)


def _depth_in(attributes: Attributes) -> tuple[float | None, float | None, str]:
    """Return the depth of the first attribute that speaks of one, and the text that could not be read."""
    fields = {name.casefold(): name for name in attributes}
    unread = ""
    for wanted in _list("depth_fields", "fields"):
        name = fields.get(wanted.casefold())
        text = _cell(attributes, name) if name is not None else ""
        if not text:
            continue
        speaks = _METRES.search(text) or wanted in _list("depth_fields", "numbers_in")
        low, high = read_depth(text) if speaks else _UNKNOWN
        if high is not None:
            return low, high, ""
        if wanted in _list("depth_fields", "numbers_in"):
            unread = unread or text
    return None, None, unread


def _arrival(attributes: Attributes) -> float | None:
    found = (_metres(attributes.get(field)) for field in _list("arrival_fields", "fields"))
    return next((minutes for minutes in found if minutes is not None), None)


def _special_words(texts: Iterable[str]) -> bool:
    joined = " ".join(texts)
    return any(word in joined for word in _list("special_words", "words"))
