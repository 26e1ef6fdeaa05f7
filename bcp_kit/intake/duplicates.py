"""The same number twice (an error), the same person twice (proposed, never merged alone)."""

from collections.abc import Iterable
from dataclasses import replace

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.domain.people import Person
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Record
from bcp_kit.intake.same_person import same_people, traits_of
from bcp_kit.intake.typed import TypedTable


def mark_repeats(table: TypedTable, records: Iterable[Record], key: str) -> tuple[Record, ...]:
    """Refuse each row whose number (column `key`) stood in an earlier row."""
    first: dict[str, int] = {}
    rows = {row.number: row for row in table.rows}
    found = []
    for read in records:
        record, row = read, rows[read.row]
        number = folded(row.texts.get(key, ""))
        if not record.good:
            record = replace(record, key=number)
        if not number or first.setdefault(number, record.row) == record.row:
            found.append(record)
            continue
        heading = table.headings.get(key, key)
        problem = table.problem(row, key, ErrorCode.KEY_TWICE, heading=heading, row_before=first[number])
        found.append(replace(record, items=(), problems=(*record.problems, problem)))
    return tuple(found)


def propose_same_people(table: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Remark on a person who may be one of an earlier row, with the points and the reasons for it."""
    people = [
        (record.row, item.obj) for record in records for item in record.items if isinstance(item.obj, Person)
    ]
    pairs = same_people(people, make=lambda found: traits_of(*found))
    if not pairs:
        return records
    rows = {row.number: row for row in table.rows}
    problems = {}
    for pair in reversed(pairs):  # of several the most likely one is named
        likeness = pair.likeness
        problems[pair.second] = table.problem(
            rows[pair.second],
            "name",
            ErrorCode.SAME_PERSON,
            Severity.WARNING,
            row_before=pair.first,
            score=likeness.score,
            reasons=",".join(likeness.reasons),
        )
    return tuple(
        replace(r, problems=(*r.problems, problems[r.row])) if r.row in problems else r for r in records
    )
