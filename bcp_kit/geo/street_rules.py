"""Who may use a street: words of OpenStreetMap read by the catalogue `street_rules`. No network."""

import ast
import re
from collections.abc import Iterable, Mapping
from enum import IntFlag, StrEnum
from functools import cache
from typing import Any

from bcp_kit.catalogues.load import catalogue

_NO = frozenset({"no", "private"})
_YES = frozenset({"yes", "true", "1", "-1", "t", "reverse"})
_SPACES = re.compile(r"[;,|]")


class Travel(StrEnum):
    """How somebody gets along the roads."""

    FOOT = "foot"
    WHEELCHAIR = "wheelchair"
    CAR = "car"


class Bars(IntFlag):
    """What stands against using a street. RAISED: bridge or tunnel, where ground heights say nothing."""

    NONE = 0
    NO_FOOT = 1
    NO_WHEELS = 2
    NO_CAR = 4
    ONEWAY = 8
    RAISED = 16


BARRED = {
    Travel.FOOT: Bars.NO_FOOT,
    Travel.WHEELCHAIR: Bars.NO_FOOT | Bars.NO_WHEELS,
    Travel.CAR: Bars.NO_CAR,
}


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(catalogue("street_rules").need(key).data["words"])


def travel_of(transport: str) -> Travel:
    """Return along which streets a means of transport (`transport_modes`) goes; unknown means go on foot."""
    return Travel(catalogue("street_rules").need("travel_by_transport").data["modes"].get(transport, "foot"))


def kinds_of(value: object) -> frozenset[str]:
    """Return the kinds of street that a cell names: one word, or a list written as text."""
    text = "" if value is None else str(value).strip()
    if text.startswith("["):
        try:
            return frozenset(str(word) for word in ast.literal_eval(text))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            text = text.strip("[]")
    return frozenset(word.strip(" '\"") for word in _SPACES.split(text) if word.strip(" '\""))


def is_way(highway: object) -> bool:
    """Return whether it is a way that somebody can use now: not one that is planned or being built."""
    kinds = kinds_of(highway)
    return bool(kinds) and not kinds & _words("no_way")


def bars_of(tags: Mapping[str, Any]) -> Bars:
    """Return what stands against a street, from its words `highway`, `access`, `foot`, `oneway`, … .

    A street without a word for its kind is open to everybody.
    """
    kinds, bars = kinds_of(tags.get("highway")), Bars.NONE
    access, foot = _word(tags, "access"), _word(tags, "foot")
    if (kinds & _words("no_foot") or access in _NO or foot in _NO) and foot not in _YES | {"designated"}:
        bars |= Bars.NO_FOOT
    wheels = _word(tags, "wheelchair")
    if (kinds & _words("no_wheels") and wheels not in _YES) or wheels in _NO:
        bars |= Bars.NO_WHEELS
    car = {_word(tags, "motor_vehicle"), _word(tags, "motorcar"), _word(tags, "vehicle")}
    if kinds & _words("no_car") or access in _NO or car & _NO:
        bars |= Bars.NO_CAR
    if _word(tags, "oneway") in _YES or _word(tags, "junction") == "roundabout":
        bars |= Bars.ONEWAY
    if _any_word(tags, ("bridge", "tunnel", "covered")):
        bars |= Bars.RAISED
    return bars


def is_reversed(tags: Mapping[str, Any]) -> bool:
    """Return whether a one-way street runs against the order of its points."""
    return _word(tags, "oneway") in ("-1", "reverse")


def _word(tags: Mapping[str, Any], key: str) -> str:
    value = tags.get(key)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip().casefold()


def _any_word(tags: Mapping[str, Any], keys: Iterable[str]) -> bool:
    return any(_word(tags, key) not in ("", "no", "nan", "none") for key in keys)
