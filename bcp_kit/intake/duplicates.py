"""The same number twice (an error), the same person twice (proposed, never merged alone)."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

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
    """Remark on people who agree in two of name, birth date and address beyond chance.

    Name and birth date, or name and address with no other birth date, are enough for a question.
    """
    by_name: dict[str, list[tuple[int, Person]]] = defaultdict(list)
    rows = {row.number: row for row in table.rows}
    found = []
    for record in records:
        person = next((i.obj for i in record.items if isinstance(i.obj, Person)), None)
        if person is None:
            found.append(record)
            continue
        known = by_name[name_key(person.name)]
        twin = next((number for number, other in known if _alike(person, other)), None)
        known.append((record.row, person))
        if twin is not None:
            code, severity = ErrorCode.SAME_PERSON, Severity.WARNING
            problem = table.problem(rows[record.row], "name", code, severity, row_before=twin)
            record = replace(record, problems=(*record.problems, problem))  # noqa: PLW2901 - with its remark
        found.append(record)
    return tuple(found)


def _alike(a: Person, b: Person) -> bool:
    if a.birth_date and b.birth_date:
        return a.birth_date == b.birth_date
    return address_key(a.address) == address_key(b.address)
