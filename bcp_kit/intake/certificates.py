"""Rows of the sheet 認定・手帳: grades that exist, combinations that are possible, a key to the person."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from bcp_kit.catalogues import load
from bcp_kit.domain.certificates import Certificate, CertificateEntry, CertificateKind, Insured
from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Item, Nested, Record, built, nested
from bcp_kit.intake.typed import TypedRow, TypedTable

_CIRCLED_A = re.compile(r"Ⓐ|[○◯〇◎]\s*[AａＡa]|マル\s*[AＡ]|丸\s*[AＡ]")
_REMARK = re.compile(r"[(（].*?[)）]|第?[12一二]種|の|判定|-")
_KIND_LABELS = {
    CertificateKind.CARE: "要介護認定",
    CertificateKind.PHYSICAL: "身体障害者手帳",
    CertificateKind.INTELLECTUAL: "療育手帳",
    CertificateKind.MENTAL: "精神障害者保健福祉手帳",
}
_NO_GRADE = ""


def read_certificates(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one CertificateEntry with everything that the row certifies."""
    return _with_letters(table, tuple(_record(table, row) for row in table.rows))


def grade_key(kind: CertificateKind, text: str) -> str | None:
    """Return the key of a grade as written, or None when there is no such grade."""
    return _grades(kind).get(_plain_grade(kind, text))


def _plain_grade(kind: CertificateKind, text: str) -> str:
    if kind is CertificateKind.INTELLECTUAL:
        text = _CIRCLED_A.sub("\0", text)
    plain = _REMARK.sub("", folded(text)).upper().replace("\0", "Ⓐ")
    if kind is CertificateKind.INTELLECTUAL:
        return f"{plain}度" if plain.isdigit() else plain
    if kind is CertificateKind.CARE:
        return plain.replace("要介護度", "要介護").replace("状態区分", "")
    return plain.removesuffix("級")


@cache
def _grades(kind: CertificateKind) -> Mapping[str, str]:
    """Return the keys of the grades of a kind by how they are written."""
    if kind is CertificateKind.INTELLECTUAL:
        rows = load.catalogue("intellectual_grades").rows.values()
        return {grade: grade for row in rows for grade in row.data["grades"]}
    found: dict[str, str] = {}
    for row in load.catalogue("certificate_grades").rows.values():
        if row.data["kind"] == kind:
            words = (row.label_ja, *row.data["words"])
            found |= {_plain_grade(kind, word): row.key for word in words}
    return found


def _labels(kind: CertificateKind) -> str:
    """Return the grades that there are, in words."""
    if kind is CertificateKind.INTELLECTUAL:
        return "、".join(dict.fromkeys(_grades(kind).values()))
    rows = load.catalogue("certificate_grades").rows.values()
    return "、".join(row.label_ja for row in rows if row.data["kind"] == kind)


def _record(table: TypedTable, row: TypedRow) -> Record:
    tree = _sorted_out(nested(row.values))
    certificates, problems = _certificates(table, row, tree)
    problems += _key(table, row, tree)
    device = tree.get("device", {})
    devices = (Device(**device),) if "kind" in device else ()
    if not certificates and not devices and not problems and not row.problems:
        problems.append(table.problem(row, "", ErrorCode.CERTIFICATE_EMPTY))

    def make() -> tuple[Item, ...]:
        plain = {k: v for k, v in tree.items() if k in CertificateEntry.model_fields}
        insured = tree.get("care", {}).get("insured")
        entry = CertificateEntry(
            row=row.number,
            certificates=tuple(certificates),
            devices=devices,
            insured=None if insured is None else Insured(insured),
            **plain,
        )
        return (Item(entry, frozenset()),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def _sorted_out(tree: Nested) -> Nested:
    """Put a grade that stands in the common column of all handbooks to the kind that the row names."""
    handbook = tree.pop("handbook", {})
    kind = handbook.get("kind")
    if kind is None and "part" in tree.get("physical", {}):
        kind = CertificateKind.PHYSICAL.value
    if kind is not None and "grade" in handbook:
        tree.setdefault(kind, {}).setdefault("grade", handbook["grade"])
    elif "grade" in handbook:
        tree["unsorted"] = handbook["grade"]
    return tree


def _key(table: TypedTable, row: TypedRow, tree: Nested) -> list[Problem]:
    if tree.get("resident_no") or tree.get("register_no") or (tree.get("name") and tree.get("birth_date")):
        return []
    return [table.problem(row, "", ErrorCode.CERTIFICATE_WITHOUT_KEY)]


def _certificates(table: TypedTable, row: TypedRow, tree: Nested) -> tuple[list[Certificate], list[Problem]]:
    found: list[Certificate] = []
    problems: list[Problem] = []
    if "unsorted" in tree:
        problems.append(table.problem(row, "handbook.grade", ErrorCode.CERTIFICATE_KIND_MISSING))
    for kind in _KIND_LABELS:
        part = tree.get(kind.value, {})
        text = str(part.get("grade", _NO_GRADE)).strip()
        if not text and "part" not in part:
            continue
        grade = grade_key(kind, text)
        problem = _grade_problem(table, row, (kind, text, grade), part)
        if problem is not None:
            problems.append(problem)
        else:
            found.append(_certificate(kind, grade or "", part))
    disease = tree.get("intractable", {})
    if disease.get("name", "").strip():
        found.append(
            Certificate(
                kind=CertificateKind.INTRACTABLE,
                name=disease["name"],
                valid_until=disease.get("valid_until"),
            )
        )
    return found, problems


def _grade_problem(
    table: TypedTable,
    row: TypedRow,
    read: tuple[CertificateKind, str, str | None],
    part: Mapping[str, Any],
) -> Problem | None:
    """Return what is impossible about a grade: there is none of this name, or the part has none of it."""
    kind, text, grade = read
    key = f"{kind.value}.grade" if f"{kind.value}.grade" in table.keys else "handbook.grade"
    if kind is CertificateKind.PHYSICAL and "part" in part and text:
        known = load.catalogue("physical_grades").need(part["part"])
        number = _plain_grade(kind, text)
        if number.isdigit() and int(number) not in known.data["grades"]:
            return table.problem(row, key, ErrorCode.GRADE_IMPOSSIBLE, kind=known.label_ja, grade=number)
    if grade is None and text:
        label, grades = _KIND_LABELS[kind], _labels(kind)
        return table.problem(row, key, ErrorCode.CERTIFICATE_GRADE, kind=label, grades=grades)
    system = part.get("system")
    if system is not None and grade not in load.catalogue("intellectual_grades").need(system).data["grades"]:
        row_of = load.catalogue("intellectual_grades").need(system)
        grades = "、".join(row_of.data["grades"])
        return table.problem(row, key, ErrorCode.CERTIFICATE_GRADE, kind=row_of.label_ja, grades=grades)
    return None


def _certificate(kind: CertificateKind, grade: str, part: Mapping[str, Any]) -> Certificate:
    fields = {name: part[name] for name in ("part", "issued_on", "valid_until") if name in part}
    return Certificate(kind=kind, grade=grade, **fields)


def _with_letters(table: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Remark on grades of the intellectual handbook that do not fit the letters of the others in the file."""
    written = {
        record.row: certificate.grade
        for record in records
        for item in record.items
        if isinstance(item.obj, CertificateEntry)
        for certificate in item.obj.certificates
        if certificate.kind is CertificateKind.INTELLECTUAL
    }
    counts = Counter(written.values())
    systems = [row.data["grades"] for row in load.catalogue("intellectual_grades").rows.values()]
    fitting = max(systems, key=lambda grades: sum(counts[grade] for grade in grades))
    strange = {row for row, grade in written.items() if grade not in fitting}
    if not strange:
        return records
    rows = {row.number: row for row in table.rows}
    key = "intellectual.grade" if "intellectual.grade" in table.keys else "handbook.grade"
    code, values = ErrorCode.CERTIFICATE_LETTERS, {"grades": "、".join(fitting)}
    return tuple(
        _remarked(record, table.problem(rows[record.row], key, code, Severity.WARNING, **values))
        if record.row in strange
        else record
        for record in records
    )


def _remarked(record: Record, problem: Problem) -> Record:
    return replace(record, problems=(*record.problems, problem))


def years_between(born: date, day: date) -> int:
    """Return the age in full years; who is born on 29 February grows older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


AgeFinding = tuple[ErrorCode, Mapping[str, str | int]]


def age_findings(
    certificates: Iterable[Certificate], insured: Insured | None, born: date | None, today: date
) -> tuple[AgeFinding, ...]:
    """Return what is impossible or over about certificates of a person born on `born`, with the figures.

    Care is certified from 40 on; class 1 is 65 and older, class 2 younger (Care Insurance Act, Art. 9).
    """
    found: list[AgeFinding] = []
    for certificate in certificates:
        if certificate.kind is CertificateKind.CARE and born is not None:
            found += _of_care(years_between(born, certificate.issued_on or today), insured)
        if certificate.valid_until is not None and certificate.valid_until < today:
            found.append((ErrorCode.CERTIFICATE_ENDED, {"day": certificate.valid_until.isoformat()}))
    return tuple(found)


def _of_care(age: int, insured: Insured | None) -> list[AgeFinding]:
    least = int(load.number("certificate_ages", "care_from"))
    first = int(load.number("certificate_ages", "first_from"))
    if age < least:
        return [(ErrorCode.CERTIFICATE_AGE, {"age": age, "least": least})]
    if insured is not None and (insured is Insured.FIRST) != (age >= first):
        return [(ErrorCode.CERTIFICATE_INSURED, {"age": age, "first": first})]
    return []
