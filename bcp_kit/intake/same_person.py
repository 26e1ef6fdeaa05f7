"""How much speaks for two records being one person: points and reasons, never a decision."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from bcp_kit.catalogues import load
from bcp_kit.domain.people import Person, Sex
from bcp_kit.intake.identity_keys import (
    address_key,
    kana_key,
    name_key,
    name_parts,
    number_key,
    phone_keys,
    town_key,
)

TRAIT_FIELDS = (
    *("name", "name_kana", "birth_date", "sex", "address", "phone_home", "phone_mobile"),
    *("household_id", "register_no", "resident_no"),
)
# A key that more records share than this (a placeholder name, a wrong default) tells nobody apart:
# within it only neighbours by name and birth are compared, so that no file takes quadratic time.
_CROWD = 40
_SHORT_TAIL = 5


RecordT = TypeVar("RecordT")


class Traits(NamedTuple):
    """What two records are compared by, levelled once. `ref` is the record's id or row."""

    ref: Any
    name: str
    name_raw: str
    kana: str
    birth: str
    sex: str
    address: str
    address_raw: str
    phones: tuple[str, ...]
    household: str
    resident: str


@dataclass(frozen=True)
class Likeness:
    """The points (0 to 100) and the keys of the reasons, those that speak for it first."""

    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person."""

    first: Any
    second: Any
    likeness: Likeness


def traits(ref: Any, values: Mapping[str, Any]) -> Traits:
    """Return what is compared of a record, from its fields as they stand in JSON."""

    def of(field: str) -> str:
        return str(values.get(field) or "")

    sex = of("sex")
    return Traits(
        ref=ref,
        name=name_key(of("name")),
        name_raw=of("name"),
        kana=kana_key(of("name_kana")),
        birth=of("birth_date"),
        sex="" if sex in (Sex.NO_ANSWER, Sex.OTHER) else sex,
        address=address_key(of("address")),
        address_raw=of("address"),
        phones=phone_keys(of("phone_home"), of("phone_mobile")),
        household=number_key(of("household_id")),
        resident=number_key(of("resident_no")),
    )


def traits_of(ref: Any, person: Person) -> Traits:
    """Return what is compared of a person."""
    return traits(ref, {field: getattr(person, field) for field in TRAIT_FIELDS})


@cache
def points() -> Mapping[str, int]:
    """Return the points of each reason (catalogue `identity_evidence`)."""
    rows = load.catalogue("identity_evidence").rows.values()
    return {row.key: int(row.value or 0) for row in rows}


def reason_words(reasons: Iterable[str], language: str) -> str:
    """Return reasons in words, separated by 、 (in English by semicolons)."""
    rows = load.catalogue("identity_evidence")
    return ("; " if language == "en" else "、").join(rows.need(reason).label(language) for reason in reasons)


def likeness(one: Traits, other: Traits) -> Likeness:
    """Return how much speaks for the two being one person."""
    found = [*_names(one, other), _birth(one, other), _address(one, other), *_further(one, other)]
    reasons = [reason for reason in found if reason]
    table = points()
    total = sum(table[reason] for reason in reasons)
    reasons.sort(key=lambda reason: -table[reason])
    return Likeness(min(max(total, 0), 100), tuple(reasons))


def _names(one: Traits, other: Traits) -> Iterator[str]:
    readings = bool(one.kana and other.kana)
    if one.name == other.name:
        yield "name_same" if one.name_raw == other.name_raw else "name_variant"
        if readings:
            yield "kana_same" if one.kana == other.kana else "kana_differs"
        return
    given = name_parts(one.name_raw)[1]
    if given and given == name_parts(other.name_raw)[1]:
        yield "given_same"
    elif readings and one.kana == other.kana:
        yield "name_close" if set(one.name) & set(other.name) else "name_differs"
        yield "kana_same"
    elif not readings and _one_off(one.name, other.name):
        yield "name_one_off"
    else:
        yield "name_differs"
        if readings:
            yield "kana_differs"


def _one_off(one: str, other: str) -> bool:
    """True when one character was put in, left out or changed."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 3:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        return True
    tails = ((one[start + 1 :], other[start + 1 :]), (one[start + 1 :], other[start:]))
    return any(a == b for a, b in (*tails, (one[start:], other[start + 1 :])))


def _birth(one: Traits, other: Traits) -> str:
    if not one.birth or not other.birth:
        return ""
    if one.birth == other.birth:
        return "birth_same"
    first, second = one.birth.split("-"), other.birth.split("-")
    alike = sum(a == b for a, b in zip(first, second, strict=True))
    swapped = first[0] == second[0] and first[1:] == second[:0:-1]
    return "birth_close" if alike == 2 or swapped else "birth_differs"


def _address(one: Traits, other: Traits) -> str:
    if not one.address or not other.address:
        return ""
    short, long = sorted((one.address, other.address), key=len)
    if short == long or (len(short) >= _SHORT_TAIL and long.endswith(short)):
        return "address_same" if one.address_raw == other.address_raw else "address_variant"
    town = town_key(one.address_raw)
    return "town_same" if town and town == town_key(other.address_raw) else ""


def _further(one: Traits, other: Traits) -> Iterator[str]:
    if set(one.phones) & set(other.phones):
        yield "phone_same"
    if one.household and one.household == other.household:
        yield "household_same"
    if one.resident and other.resident:
        yield "resident_same" if one.resident == other.resident else "resident_differs"
    if one.sex and other.sex and one.sex != other.sex:
        yield "sex_differs"


def _as_it_is(record: Any) -> Traits:
    if not isinstance(record, Traits):
        raise TypeError("records that are no traits need a way to make them")
    return record


_Key = Callable[[Traits], Iterable[tuple[str, str]]]
_BLOCKS: tuple[_Key, ...] = (
    lambda t: ((t.name, t.birth),),
    lambda t: ((t.name, t.address),),
    lambda t: ((t.birth, t.address),),
    lambda t: ((t.kana, t.birth),),
    lambda t: ((t.kana, t.address),),
    lambda t: ((t.resident, t.resident),),
    lambda t: ((t.name, phone) for phone in t.phones),
)


def same_people(
    records: Sequence[RecordT],
    against: Sequence[RecordT] | None = None,
    make: Callable[[RecordT], Traits] = _as_it_is,
) -> tuple[Pair, ...]:
    """Return the pairs that reach the threshold, most likely first.

    With `against`, each pair has one record of either side. Only records that share one of seven keys (name
    and birth, name and address, …) are compared, so the work grows with their number and not with its square.
    `make` gives the traits of a record; they are kept for those only that share a key.
    """
    threshold = points()["threshold"]
    everybody = _Everybody(records, against or (), make)
    seam = None if against is None else len(records)
    pairs: dict[tuple[int, int], Pair] = {}
    for i, j in everybody.candidates():
        if (i, j) in pairs or not (seam is None or i < seam <= j):
            continue
        one, other = everybody[i], everybody[j]
        found = likeness(one, other)
        if found.score >= threshold:
            pairs[i, j] = Pair(one.ref, other.ref, found)
    ranked = sorted(pairs.items(), key=lambda item: (-item[1].likeness.score, item[0]))
    return tuple(pair for _, pair in ranked)


class _Everybody(Generic[RecordT]):
    """The records of both sides by number, and who shares a key with whom."""

    def __init__(
        self, first: Sequence[RecordT], second: Sequence[RecordT], make: Callable[[RecordT], Traits]
    ) -> None:
        self._sides = (first, second)
        self._make = make
        self._known: dict[int, Traits] = {}

    def _made(self, index: int) -> Traits:
        first, second = self._sides
        return self._make(first[index] if index < len(first) else second[index - len(first)])

    def __getitem__(self, index: int) -> Traits:
        found = self._known.get(index)
        if found is None:
            found = self._known[index] = self._made(index)
        return found

    def candidates(self) -> Iterator[tuple[int, int]]:
        """Yield pairs of numbers (smaller first) of records that share a key; a pair may come again."""
        owners, keys = self._keys()
        for place in range(len(_BLOCKS)):
            known = np.frombuffer(keys[place], dtype=np.int64)
            numbers = np.frombuffer(owners[place], dtype=np.int64)
            order = np.argsort(known, kind="stable")
            bounds = np.flatnonzero(np.diff(known[order])) + 1
            for members in np.split(numbers[order], bounds):
                if len(members) > 1:
                    yield from self._within(sorted(set(members.tolist())))

    def _keys(self) -> tuple[list["array[int]"], list["array[int]"]]:
        """Return for each kind of key the numbers of the records that have one, and its hash."""
        owners: list[array[int]] = [array("q") for _ in _BLOCKS]
        keys: list[array[int]] = [array("q") for _ in _BLOCKS]
        for index in range(sum(map(len, self._sides))):
            record = self._made(index)
            for place, block in enumerate(_BLOCKS):
                for found in block(record):
                    if all(found):
                        owners[place].append(index)
                        keys[place].append(hash(found))
        return owners, keys

    def _within(self, members: list[int]) -> Iterator[tuple[int, int]]:
        if len(members) <= _CROWD:
            yield from ((i, j) for n, i in enumerate(members) for j in members[n + 1 :])
            return

        def place(index: int) -> tuple[str, str, str, int]:
            record = self[index]
            return record.name, record.birth, record.address, index

        ranked = sorted(members, key=place)
        yield from ((min(pair), max(pair)) for pair in pairwise(ranked))
