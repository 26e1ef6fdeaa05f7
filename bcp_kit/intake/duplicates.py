"""The same number twice (an error), the same person twice (proposed, never merged alone)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.domain.people import Person
from bcp_kit.forms.sheets import words
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Record
from bcp_kit.intake.typed import TypedTable

_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DASHES = re.compile(r"[‐‑‒–—―−ーｰ－-]|丁目|番地の?|番|号|の(?=\d)")
_KANJI_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


def name_key(name: str) -> str:
    """Return a name for comparing only: common variants of one character count as one (髙 高, 﨑 崎)."""
    variants: dict[str, str] = words()["character_variants"]
    plain = _SELECTORS.sub("", folded("".join(variants.get(c, c) for c in name)))
    return "".join(variants.get(c, c) for c in plain)


def address_key(address: str) -> str:
    """Return an address for comparing only: 1丁目2番3号 and 1-2-3 count as one."""
    plain = name_key(address).translate(_KANJI_DIGITS)
    return _DASHES.sub("-", plain).strip("-").replace("--", "-")


def mark_repeats(table: TypedTable, records: Iterable[Record], key: str) -> tuple[Record, ...]:
    """Refuse each row whose number (column `key`) stood in an earlier row."""
    first: dict[str, int] = {}
    rows = {row.number: row for row in table.rows}
    found = []
    for record in records:
        row = rows[record.row]
        number = folded(row.texts.get(key, ""))
        if not number or first.setdefault(number, record.row) == record.row:
            found.append(record)
            continue
        heading = table.headings.get(key, key)
        problem = table.problem(row, key, ErrorCode.KEY_TWICE, heading=heading, row_before=first[number])
        found.append(replace(record, items=(), problems=(*record.problems, problem)))
    return tuple(found)


def propose_same_people(table: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Remark on a person who may be one of an earlier row.

    Name and birth date agree; or name and address agree and one of the two has no birth date.
    """
    seen = _Seen()
    rows = {row.number: row for row in table.rows}
    found = []
    for record in records:
        person = next((i.obj for i in record.items if isinstance(i.obj, Person)), None)
        twin = None if person is None else seen.twin_of(person, record.row)
        if twin is None:
            found.append(record)
            continue
        code, severity = ErrorCode.SAME_PERSON, Severity.WARNING
        problem = table.problem(rows[record.row], "name", code, severity, row_before=twin)
        found.append(replace(record, problems=(*record.problems, problem)))
    return tuple(found)


class _Seen:
    """The first row of each name with birth date, and of each name with address."""

    def __init__(self) -> None:
        self._by_birth: dict[tuple[str, date], int] = {}
        self._by_address: dict[tuple[str, str], int] = {}
        self._undated: dict[tuple[str, str], int] = {}

    def twin_of(self, person: Person, row: int) -> int | None:
        """Return the earlier row that may be the same person, and remember this one."""
        name = name_key(person.name)
        at = (name, address_key(person.address))
        known = self._by_address if person.birth_date is None else self._undated
        twin = known.get(at)
        if person.birth_date is not None:
            twin = self._by_birth.get((name, person.birth_date), twin)
            self._by_birth.setdefault((name, person.birth_date), row)
        else:
            self._undated.setdefault(at, row)
        self._by_address.setdefault(at, row)
        return twin
