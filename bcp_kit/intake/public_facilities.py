"""Public lists of care and disability services and of hospitals: candidates, not facilities of ours."""

from functools import cache

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.sheets import service_words
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.public_lists import address_of
from bcp_kit.intake.records import Item, Record, built, location, nested, stable_id, stated_fields
from bcp_kit.intake.typed import TypedRow, TypedTable


@cache
def service_of(written: str) -> tuple[str, ServiceCategory | None]:
    """Return the key of a written kind of service and its category, both empty when no word is known."""
    plain = folded(written)
    for word, key in service_words():
        if folded(word) in plain:
            return key, ServiceCategory(catalogue("service_types").need(key).data["service_category"])
    return "", None


def read_candidates(table: TypedTable, hospital: bool) -> tuple[Record, ...]:
    """Return a record per row: one FacilityCandidate."""
    return tuple(_candidate(table, row, hospital) for row in table.rows)


def _candidate(table: TypedTable, row: TypedRow, hospital: bool) -> Record:
    tree = nested(row.values)
    where, problems = location(table, row, tree, outside=Severity.WARNING)
    written = row.text("service_name")
    key, category = ("", None) if hospital else service_of(written)
    if written.strip() and not hospital and not key:
        problems.append(_unknown_service(table, row))
    address = address_of(row, tree)
    number = row.text("office_number") or row.text("list_id")

    def make() -> tuple[Item, ...]:
        candidate = FacilityCandidate(
            id=stable_id(
                "candidate", number, folded(written), *(() if number else (row.text("name"), address))
            ),
            name=row.text("name").strip(),
            operator=row.text("operator"),
            service_name=written,
            service_key=key,
            category=category,
            hospital=hospital,
            office_number=number,
            address=address,
            municipality=row.text("prefecture") + row.text("municipality"),
            location=where,
            phone=row.text("phone"),
            beds=tree.get("beds"),
        )
        return (Item(candidate, stated_fields(table.keys)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def _unknown_service(table: TypedTable, row: TypedRow) -> Problem:
    return table.problem(row, "service_name", ErrorCode.SERVICE_UNKNOWN, Severity.WARNING)
