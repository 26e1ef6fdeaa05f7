"""Read the text format of the public shift-scheduling instances (Curtois and Qu 2014).

Sections HORIZON, SHIFTS, STAFF, DAYS_OFF, SHIFT_ON_REQUESTS, SHIFT_OFF_REQUESTS, COVER; `#` begins a
comment; fields are parted by commas, lists by `|`. Day 0 is a Monday.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from bcp_kit.cores.rostering.instance import Cover, Person, Request, RosterInstance, ShiftType

SECTION = "SECTION_"
NEEDED = ("HORIZON", "SHIFTS", "STAFF")
MOST_DAYS, MOST_PEOPLE, MOST_SHIFTS = 750, 5_000, 500
Rows = list[list[str]]
Made = TypeVar("Made")


def parse(text: str) -> RosterInstance:
    """Return the instance that the text describes.

    Raises: ValueError naming the section and line that cannot be read.
    """
    sections = _sections(text)
    missing = [name for name in NEEDED if not sections.get(name)]
    if missing:
        raise ValueError(f"{SECTION}{missing[0]}")
    sizes = {"HORIZON": int(sections["HORIZON"][0][0])} | {k: len(sections[k]) for k in ("STAFF", "SHIFTS")}
    for name, most in zip(sizes, (MOST_DAYS, MOST_PEOPLE, MOST_SHIFTS), strict=True):
        if sizes[name] > most:
            raise ValueError(f"{SECTION}{name}: {sizes[name]} > {most}")
    return RosterInstance(
        days=sizes["HORIZON"],
        shifts=tuple(_each(sections, "SHIFTS", _shift)),
        people=tuple(_people(sections)),
        requests=(
            *_each(sections, "SHIFT_ON_REQUESTS", lambda f: _request(f, True)),
            *_each(sections, "SHIFT_OFF_REQUESTS", lambda f: _request(f, False)),
        ),
        covers=tuple(_each(sections, "COVER", _cover)),
    )


def _sections(text: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    rows: Rows = []
    for line in map(str.strip, text.lstrip("\ufeff").splitlines()):
        if line.startswith(SECTION):
            rows = found.setdefault(line.removeprefix(SECTION), [])
        elif line and not line.startswith("#"):
            rows.append([field.strip() for field in line.split(",")])
    return found


def _each(sections: dict[str, Rows], name: str, make: Callable[[list[str]], Made]) -> Iterator[Made]:
    for fields in sections.get(name, []):
        try:
            yield make(fields)
        except (IndexError, ValueError):
            raise ValueError(f"{SECTION}{name}: {','.join(fields)[:60]}") from None


def _shift(fields: list[str]) -> ShiftType:
    barred = frozenset(key for key in (*fields[2:], "")[0].split("|") if key)
    return ShiftType(key=fields[0], minutes=int(fields[1]), not_before=barred)


def _people(sections: dict[str, Rows]) -> Iterator[Person]:
    off = {f[0]: frozenset(int(d) for d in f[1:] if d) for f in sections.get("DAYS_OFF", [])}
    yield from _each(sections, "STAFF", lambda fields: _person(fields, off.get(fields[0], frozenset())))


def _person(fields: list[str], days_off: frozenset[int]) -> Person:
    most = dict(part.split("=") for part in fields[1].split("|") if part)
    return Person(
        id=fields[0],
        most_shifts={key: int(count) for key, count in most.items()},
        max_minutes=int(fields[2]),
        min_minutes=int(fields[3]),
        max_consecutive=int(fields[4]),
        min_consecutive=int(fields[5]),
        min_days_off=int(fields[6]),
        max_weekends=int(fields[7]),
        days_off=days_off,
    )


def _request(fields: list[str], wanted: bool) -> Request:
    return Request(
        person=fields[0], day=int(fields[1]), shift=fields[2], weight=int(fields[3]), wanted=wanted
    )


def _cover(fields: list[str]) -> Cover:
    return Cover(
        day=int(fields[0]),
        shift=fields[1],
        heads=int(fields[2]),
        under=int(fields[3]),
        over=int(fields[4]),
    )
