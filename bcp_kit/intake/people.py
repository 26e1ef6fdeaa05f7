"""Rows of the sheet 要支援者: the person, the consents, and the supporters who are named."""

from datetime import date
from functools import lru_cache

from bcp_kit.catalogues import load
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.people import Device, EmergencyContact, Person, SupportLink
from bcp_kit.intake.records import (
    Item,
    Nested,
    Record,
    built,
    exposures,
    location,
    nested,
    numbered,
    stable_id,
    stated_fields,
)
from bcp_kit.intake.typed import TypedRow, TypedTable

_OWN_CONSENTS = (ConsentKind.MAKE_PLAN, ConsentKind.SHARE_REGISTER, ConsentKind.SHARE_PLAN)
_NOT_OF_PERSON = frozenset({"consents", "supporters", "handicap", "register_no"})
_PARTS = ("location", "devices", "emergency_contacts", "home_exposures", "consents", "supporters", "handicap")


def person_id(register_no: str) -> str:
    """Return the id of the person with this register number; it does not show the number."""
    return stable_id("person", register_no)


def consent_id(kind: ConsentKind, giver_id: str, for_person_id: str) -> str:
    """Return the id of one giver's answer on one question for one person."""
    return stable_id("consent", kind.value, giver_id, for_person_id)


def read_people(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: Person, its Consents, its SupportLinks with the supporters' consents."""
    return tuple(_record(table, row) for row in table.rows)


def _record(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)
    problems += _grade(table, row, tree) + _unnamed(table, row, tree) + _consent_dates(table, row, tree)
    own_id = person_id(row.text("register_no"))

    def make() -> tuple[Item, ...]:
        plain = {key: value for key, value in tree.items() if key not in _PARTS}
        person = Person(
            id=own_id,
            location=place,
            devices=tuple(Device(**part) for _, part in numbered(tree, "devices") if "kind" in part),
            emergency_contacts=tuple(
                EmergencyContact(**part) for _, part in numbered(tree, "emergency_contacts") if "name" in part
            ),
            home_exposures=exposures(tree.get("home_exposures", {})),
            **plain,
        )
        return (
            Item(person, _person_fields(table.keys)),
            *_consents(table, tree, own_id),
            *_supporters(table, tree, own_id),
        )

    items, found = built(table, row, problems, make)
    row.release()
    return Record(row=row.number, items=items, problems=found)


@lru_cache(maxsize=64)
def _person_fields(keys: frozenset[str]) -> frozenset[str]:
    return stated_fields(keys, _NOT_OF_PERSON) | {"register_no"}


@lru_cache(maxsize=64)
def _stated_parts(keys: frozenset[str], start: str) -> frozenset[str]:
    """Return the last parts of those keys that begin with `start`."""
    return frozenset(key.rpartition(".")[2] for key in keys if key.startswith(start))


def _consents(table: TypedTable, tree: Nested, own_id: str) -> list[Item]:
    items: list[Item] = []
    answers = tree.get("consents")
    for kind in _OWN_CONSENTS if answers else ():
        part = tree["consents"].get(kind.value, {})
        if "answer" not in part:
            continue
        fields = _stated_parts(table.keys, f"consents.{kind.value}.")
        consent = Consent(
            id=consent_id(kind, own_id, own_id), kind=kind, giver_id=own_id, person_id=own_id, **part
        )
        items.append(Item(consent, fields))
    return items


def _supporters(table: TypedTable, tree: Nested, own_id: str) -> list[Item]:
    items: list[Item] = []
    if "supporters" not in tree:
        return items
    stated = _stated_parts(table.keys, "supporters.")
    for rank, part in enumerate((p for _, p in numbered(tree, "supporters") if "supporter_id" in p), start=1):
        supporter_id = part["supporter_id"]
        link = SupportLink(
            person_id=own_id, supporter_id=supporter_id, rank=rank, roles=part.get("roles", ())
        )
        items.append(Item(link, (stated & {"roles"}) | {"rank"}))
        if "answer" in part:
            kind = ConsentKind.BE_NAMED
            consent = Consent(
                id=consent_id(kind, supporter_id, own_id),
                kind=kind,
                giver_id=supporter_id,
                person_id=own_id,
                answer=part["answer"],
                given_on=part.get("given_on"),
                withdrawn_on=part.get("withdrawn_on"),
            )
            items.append(Item(consent, stated & {"answer", "given_on", "withdrawn_on"}))
    return items


def _grade(table: TypedTable, row: TypedRow, tree: Nested) -> list[Problem]:
    """Refuse a kind and grade that the handbook does not know (Ordinance of the Act, table 5)."""
    kind, grade = (tree.get("handicap", {}).get(part) for part in ("kind", "grade"))
    if kind is None or grade is None:
        return []
    known = load.catalogue("physical_grades").need(kind)
    if grade in known.data["grades"]:
        return []
    values = {"kind": known.label_ja, "grade": grade}
    return [table.problem(row, "handicap.grade", ErrorCode.GRADE_IMPOSSIBLE, **values)]


def _unnamed(table: TypedTable, row: TypedRow, tree: Nested) -> list[Problem]:
    """Name repeated parts without their first cell: a device without its name, a contact without a name."""
    problems = []
    for part, first in (("devices", "kind"), ("emergency_contacts", "name"), ("supporters", "supporter_id")):
        for number, values in numbered(tree, part):
            told = {key: value for key, value in values.items() if value is not False}
            if told and first not in values:
                key = f"{part}.{number}.{first}"
                heading = table.headings.get(key, key)
                problems.append(table.problem(row, key, ErrorCode.REQUIRED_EMPTY, heading=heading))
    return problems


def _consent_dates(table: TypedTable, row: TypedRow, tree: Nested) -> list[Problem]:
    """Remark on consents without a date and on consents older than their explanation (Art. 49-14(2))."""
    problems = []
    parts = [(f"consents.{kind}", part) for kind, part in tree.get("consents", {}).items()]
    parts += [(f"supporters.{number}", part) for number, part in numbered(tree, "supporters")]
    for start, part in parts:
        given_on: date | None = part.get("given_on")
        explained_on: date | None = part.get("explained_on")
        if part.get("answer") == ConsentAnswer.GIVEN and given_on is None:
            problems.append(
                table.problem(row, f"{start}.answer", ErrorCode.DATE_OF_CONSENT_MISSING, Severity.WARNING)
            )
        if given_on and explained_on and given_on < explained_on:
            at = f"{start}.given_on"
            problems.append(table.problem(row, at, ErrorCode.CONSENT_BEFORE_EXPLANATION, Severity.WARNING))
    return problems
