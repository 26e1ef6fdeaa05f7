"""Reads a long list out of a record's JSON item by item: the whole never stands in memory as records."""

import json
import re
from collections.abc import Iterator
from typing import Any

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,:]*")


def fields_before(text: str, name: str) -> dict[str, Any]:
    """Return the fields of a JSON object that stand before the field `name`."""
    found: dict[str, Any] = {}
    for key, at in _fields(text):
        if key == name:
            break
        found[key] = _DECODER.raw_decode(text, at)[0]
    return found


def items_of(text: str, name: str) -> Iterator[Any]:
    """Yield the items of the list that the field `name` of a JSON object holds, each when it is asked for."""
    for key, at in _fields(text):
        if key == name:
            yield from _items(text, at + 1)
            return


def _items(text: str, at: int) -> Iterator[Any]:
    """Yield the items from behind the opening bracket of a list on."""
    at = _after_gap(text, at)
    while text[at] != "]":
        item, at = _DECODER.raw_decode(text, at)
        yield item
        at = _after_gap(text, at)


def _fields(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names of an object's fields with the place where each value begins."""
    at = _after_gap(text, text.index("{") + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _after_gap(text, at)
        yield key, at
        at = _after_gap(text, _DECODER.raw_decode(text, at)[1])


def _after_gap(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at
