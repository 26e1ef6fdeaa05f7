"""Values of any domain model for property tests, and an invented person."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Le, MinLen
from hypothesis import strategies as st

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.people import Person

# Names as registers hold them: outside the basic plane, with a variation selector, compatibility forms,
# decomposed kana, a line break, a NUL; NFKC or a careless encoding would change each of them.
UNLUCKY_TEXTS = (
    "𠮷野﨑子",
    "葛\U000e0100飾",
    "髙橋①㈱",
    "か\u3099",
    "上の行\r\n下の行",
    "\x00",
    "a|b%",
    "'; --",
)
TEXTS = st.sampled_from(UNLUCKY_TEXTS) | st.text(max_size=8)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=9))])


def person(person_id: str = "p1", **fields: Any) -> Person:
    """Return an invented person."""
    return Person(**({"id": person_id, "name": "架空 花子", "address": "架空市一丁目1-1"} | fields))


def records(model: type[DomainModel]) -> st.SearchStrategy[Any]:
    """Return a strategy for `model` that fills every field, optional ones too."""
    fields = {
        name: _values(field.annotation, field.metadata)
        for name, field in model.model_fields.items()
        if name not in ("id", "version")
    }
    key = {"id": st.uuids().map(str)} if "id" in model.model_fields else {}
    return st.builds(model, **fields, **key)


def _values(kind: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _values(arguments[0], [*metadata, *_constraints(arguments[1:])])
    if origin in (Union, UnionType):
        some = [_values(part, metadata) for part in arguments if part is not NoneType]
        return st.one_of(*([st.none()] if NoneType in arguments else []), *some)
    if origin is tuple:
        return st.lists(_values(arguments[0], []), max_size=2).map(tuple)
    if origin in (Mapping, dict):
        return st.dictionaries(_values(arguments[0], []), _values(arguments[1], []), max_size=2)
    return _plain_values(kind, metadata)


def _constraints(extras: tuple[Any, ...]) -> list[Any]:
    return [bound for extra in extras for bound in getattr(extra, "metadata", [extra])]


def _plain_values(kind: Any, metadata: list[Any]) -> st.SearchStrategy[Any]:
    low = next((m.ge for m in metadata if isinstance(m, Ge)), None)
    high = next((m.le for m in metadata if isinstance(m, Le)), None)
    shortest = next((m.min_length for m in metadata if isinstance(m, MinLen)), 0)
    if kind is bool:
        return st.booleans()
    if kind is int:
        return st.integers(low if low is not None else -(2**40), high if high is not None else 2**40)
    if kind is float:
        return st.floats(low, high, allow_nan=False)
    known: dict[Any, st.SearchStrategy[Any]] = {
        str: TEXTS.filter(lambda words: len(words.strip()) >= shortest),
        date: st.dates(),
        datetime: st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=ZONES),  # noqa: DTZ001
    }
    if kind in known:
        return known[kind]
    return st.sampled_from(kind) if issubclass(kind, Enum) else records(kind)
