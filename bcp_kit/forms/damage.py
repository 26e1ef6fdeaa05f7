"""The damage report of a facility (templates/forms/damage_report.yaml): values checked, shown, compared.

Pure. A value is text: a choice holds the key of its option, a number its digits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from unicodedata import normalize

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facility_event import DamageReport
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Form, InputType, Item, Section, form

MAX_CHARACTERS = 4_000


class HandOver(StrEnum):
    """Who gets a sheet of its own; the items of each are marked `feeds` in the form."""

    D24H = "d24h"
    DWAT = "dwat"


@dataclass(frozen=True)
class Change:
    """One item that says something else than in the report before."""

    item: Item
    before: str
    after: str


def damage_form() -> Form:
    """Return the form of the report."""
    return form("damage_report")


def checked(values: Mapping[str, str]) -> dict[str, str]:
    """Return values as they are stored: options by key, numbers in plain digits, nothing empty.

    Raises: BcpKitError E-004 (no such item), E-005 (not one of the options, no number, too long).
    """
    items = {item.id: item for item in damage_form().items}
    found = {}
    for key, value in values.items():
        if key not in items:
            raise BcpKitError(ErrorCode.DAMAGE_FIELD_UNKNOWN, field=key)
        found[key] = _checked(items[key], value)
    return found


def _checked(item: Item, value: str) -> str:
    typed = value.strip()
    if not typed:
        return ""
    if item.input.options:
        for option in item.input.options:
            if typed in (option.key, option.label_ja):
                return option.key
        labels = "、".join(option.label_ja for option in item.input.options)
        raise _wrong(item, value, text("damage.hint_choice", labels=labels))
    if item.input.type is InputType.NUMBER:
        return _number(item, typed)
    if len(typed) > MAX_CHARACTERS:
        raise _wrong(item, f"{typed[:20]}…", text("damage.hint_long", limit=MAX_CHARACTERS))
    return typed


def _number(item: Item, typed: str) -> str:
    try:
        number = float(normalize("NFKC", typed).removesuffix(item.input.unit).strip())
    except ValueError:
        number = -1.0
    if not 0 <= number < 1_000_000 or (item.input.whole and number != int(number)):
        raise _wrong(item, typed, text("damage.hint_number", unit=item.input.unit))
    return f"{number:g}"


def _wrong(item: Item, value: str, hint: str) -> BcpKitError:
    return BcpKitError(ErrorCode.DAMAGE_VALUE_WRONG, field=item.title_ja, value=value, hint=hint)


def shown(item: Item, values: Mapping[str, str]) -> str:
    """Return the value as people read it, with its unit; empty when nobody has said it."""
    value = values.get(item.id, "")
    for option in item.input.options:
        if option.key == value:
            return option.label_ja
    return f"{value}{item.input.unit}" if value else ""


def changes(before: DamageReport | None, after: DamageReport) -> tuple[Change, ...]:
    """Return what differs from the report before, in the order of the form; nothing for a first report."""
    if before is None:
        return ()
    pairs = ((item, shown(item, before.values), shown(item, after.values)) for item in damage_form().items)
    return tuple(Change(item, old, new) for item, old, new in pairs if old != new)


def sections_for(target: HandOver | None) -> Iterator[tuple[Section, tuple[Item, ...]]]:
    """Yield the sections of the report, or those of a hand-over sheet with its items only."""
    for section in damage_form().sections:
        items = tuple(item for item in section.items if target is None or target.value in item.feeds)
        if items:
            yield section, items
