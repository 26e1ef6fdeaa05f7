"""Values of plan fields as people type and read them: words become keys, dates, numbers; and back."""

import re
from collections.abc import Mapping
from functools import cache

from bcp_kit.catalogues.vocabulary import needs, transport_modes
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import FieldValue
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import PlanField
from bcp_kit.forms.schema import InputType
from bcp_kit.intake.dates import read_date
from bcp_kit.intake.parsed import folded, width_folded

_BETWEEN_CHOICES = re.compile(r"[,、，\n]")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\D*")
_YES_NO = ("yes", "no")
_CHOOSING = (InputType.CHOICE, InputType.CHECKLIST, InputType.YES_NO)


def options_of(field: PlanField, language: str = DEFAULT_LANGUAGE) -> Mapping[str, str]:
    """Return what can be chosen in a field, words by key; nothing for a field of free words."""
    asked = field.item.input
    if asked.type is InputType.YES_NO:
        return {key: text(f"plan_fields.{key}", language) for key in _YES_NO}
    if asked.options:
        return {option.key: option.label_ja for option in asked.options}
    return _vocabulary(asked.vocabulary, language)


@cache
def _vocabulary(name: str, language: str) -> Mapping[str, str]:
    entries = {"needs": needs, "transport_modes": transport_modes}.get(name)
    return {key: entry.label(language) for key, entry in entries().items()} if entries else {}


def takes_several(field: PlanField) -> bool:
    """True when several may be chosen, or several lines written."""
    return field.item.input.type is InputType.CHECKLIST or field.item.input.multiple


def value_words(field: PlanField, value: FieldValue, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a value as people read it: labels of choices, rows as lines."""
    asked = field.item.input
    if asked.type is InputType.TABLE:
        titles = {column.key: column.label_ja for column in asked.columns}
        rows = ("　".join(f"{titles.get(k, k)}：{cell}" for k, cell in row.items()) for row in value.rows)
        return "\n".join(rows)
    options = options_of(field, language)
    if not options:
        return value.text
    if asked.type is InputType.CHOICE:
        known = {**options, **_vocabulary(asked.vocabulary, language)}
        return known.get(value.text, value.text)
    return "、".join(options.get(key, key) for key in value.text.split(",") if key)


def read_value(field: PlanField, typed: FieldValue) -> FieldValue:
    """Return what was typed as the field keeps it; an empty value takes back what stood there.

    Choices may be keys or labels, dates any that people write, numbers with units and wide digits. Other
    words stay exactly as written. Raises: BcpKitError P-047.
    """
    asked = field.item.input
    if asked.type is InputType.TABLE:
        return FieldValue(rows=_read_rows(field, typed))
    if typed.rows:
        raise _unfit(field, "no_table")
    words = typed.text
    if not words.strip():
        return FieldValue()
    if asked.type is InputType.DATE:
        return FieldValue(text=_read_date(field, words))
    if asked.type is InputType.NUMBER:
        return FieldValue(text=_read_number(field, words))
    if asked.type in _CHOOSING and options_of(field):
        return FieldValue(text=_read_choice(field, words))
    return FieldValue(text=words)


def _unfit(field: PlanField, why: str, **values: str | float) -> BcpKitError:
    return BcpKitError(
        ErrorCode.PLAN_FIELD_UNFIT,
        row=field.row,
        field=field.item.title_ja,
        why=text(f"plan_fields.unfit.{why}", DEFAULT_LANGUAGE, **values),
    )


def _read_rows(field: PlanField, typed: FieldValue) -> tuple[Mapping[str, str], ...]:
    columns = {column.key for column in field.item.input.columns}
    if typed.text.strip():
        raise _unfit(field, "only_table")
    if any(set(row) - columns for row in typed.rows):
        raise _unfit(field, "column")
    header = field.item.input.row_header
    rows = ({key: cell for key, cell in row.items() if cell.strip()} for row in typed.rows)
    return tuple(row for row in rows if set(row) - {header})


def _read_date(field: PlanField, words: str) -> str:
    try:
        found = read_date(words)
    except ValueError:
        found = None
    if found is None:
        raise _unfit(field, "date")
    return found.isoformat()


def _read_number(field: PlanField, words: str) -> str:
    asked = field.item.input
    found = _NUMBER.fullmatch(width_folded(words).replace(",", ""))
    if found is None:
        raise _unfit(field, "number")
    value = float(found[1])
    low, high = asked.minimum, asked.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise _unfit(field, "range")
    if asked.whole and value != int(value):
        raise _unfit(field, "whole")
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def _read_choice(field: PlanField, words: str) -> str:
    options = options_of(field)
    by_words = {folded(label): key for key, label in options.items()}
    single = by_words.get(folded(words)) or (words.strip() if words.strip() in options else None)
    if single:
        return single
    keys = [key for part in _BETWEEN_CHOICES.split(words) for key in _keys(part.strip(), options, by_words)]
    if not all(keys):
        raise _unfit(field, "option")
    if len(keys) > 1 and not takes_several(field):
        raise _unfit(field, "one_only")
    return ",".join(dict.fromkeys(keys))


def _keys(part: str, options: Mapping[str, str], by_words: Mapping[str, str]) -> list[str]:
    """Return the keys that a part names, "" for words that are none; a label may itself hold a middle dot."""
    if not part or part in options:
        return [part] if part else []
    found = by_words.get(folded(part), "")
    if found or "・" not in part:
        return [found]
    return [key for piece in part.split("・") for key in _keys(piece.strip(), options, by_words)]
