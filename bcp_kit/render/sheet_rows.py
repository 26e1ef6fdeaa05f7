"""Domain objects as rows of our sheets: each column's cell as text, the way it is read back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from bcp_kit.catalogues import load
from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.consent import Consent, ConsentKind
from bcp_kit.domain.people import Person, RegisterStatus, SupportLink
from bcp_kit.domain.shelter_facts import fact_text
from bcp_kit.domain.shelters import Confirmation, Shelter
from bcp_kit.domain.staff import WISH_OFF, RosterEntry
from bcp_kit.forms.messages import text
from bcp_kit.forms.record_lines import to_lines
from bcp_kit.forms.sheets import REPEAT_LIMIT, Column, ColumnType, SheetKind, sheet, words
from bcp_kit.forms.survey import space_columns

Cells = Mapping[str, str]
_KNOWN = {Known.YES: "有", Known.NO: "無", Known.UNKNOWN: "未確認"}
_ZONE = {Known.YES: "内", Known.NO: "外", Known.UNKNOWN: "未確認"}
_SEPARATOR = "、"


@cache
def word_labels() -> Mapping[str, str]:
    """Return the Japanese label of every need, need group, feature and shift by key."""
    groups: dict[str, str] = dict(words()["need_groups"])
    labels = groups | {n.key: n.label_ja for n in needs().values()}
    return labels | {f.key: f.label_ja for f in shelter_features().values()}


def _number(value: float) -> str:
    """Return a number without a trailing .0 and without an exponent."""
    return str(int(value)) if float(value).is_integer() else format(Decimal(repr(float(value))), "f")


def _listed(labels: Mapping[str, str]) -> Callable[[Any, Column], str]:
    def write(value: Any, column: Column) -> str:
        del column
        return _SEPARATOR.join(labels.get(str(key), str(key)) for key in value)

    return write


def _words(value: Any, column: Column) -> str:
    del column
    return _SEPARATOR.join(word_labels().get(key, key) for key in value)


def _known(value: Any, column: Column) -> str:
    return (_ZONE if column.key.endswith("in_zone") else _KNOWN)[Known(value)]


def _plain(value: Any, column: Column) -> str:
    del column
    return str(value)


def _figure(value: Any, column: Column) -> str:
    del column
    return _number(value)


def _day(value: Any, column: Column) -> str:
    del column
    return value.isoformat() if isinstance(value, date) else str(value)


def _yes_no(value: Any, column: Column) -> str:
    del column
    return str(words()["yes_no"]["yes" if value else "no"][0])


def _choice(value: Any, column: Column) -> str:
    key = str(value.value if isinstance(value, Enum) else value)
    if column.catalogue_choices and key:
        return load.catalogue(column.catalogue_choices).need(key).label_ja
    return column.choices.get(key, key)


def _choices(value: Any, column: Column) -> str:
    return _SEPARATOR.join(_choice(key, column) for key in value)


def _spaces(value: Any, column: Column) -> str:
    """Return a room a line."""
    del column
    columns = tuple(space_columns().values())
    return to_lines([list(cells_of(space, columns).values()) for space in value])


def _confirmations(value: Mapping[str, Confirmation], column: Column) -> str:
    """Return a line for all facts of one confirmation; a value of its own only where one was left over."""
    del column
    facts: dict[tuple[str, ...], list[str]] = {}
    for key, said in value.items():
        how = text(f"shelters.how.{said.how.value}")
        parts = (said.on.isoformat(), how, said.by, said.answered_by, said.value)
        facts.setdefault(parts, []).append(key)
    return to_lines(
        [(*parts[:4], " ".join(keys), *((parts[4],) if parts[4] else ())) for parts, keys in facts.items()]
    )


_WRITERS: Mapping[ColumnType, Callable[[Any, Column], str]] = {
    ColumnType.DATE: _day,
    ColumnType.INTEGER: _figure,
    ColumnType.NUMBER: _figure,
    ColumnType.CAPACITY: _figure,
    ColumnType.LATITUDE: _figure,
    ColumnType.LONGITUDE: _figure,
    ColumnType.YES_NO: _yes_no,
    ColumnType.KNOWN: _known,
    ColumnType.CHOICE: _choice,
    ColumnType.CHOICE_LIST: _choices,
    ColumnType.TEXT_LIST: _listed({}),
    ColumnType.NEEDS: _words,
    ColumnType.FEATURES: _words,
    ColumnType.ACCEPTS: _words,
    ColumnType.SPACES: _spaces,
    ColumnType.CONFIRMATIONS: _confirmations,
}


def _at(tree: Any, path: Sequence[str]) -> Any:
    """Return what stands at a dotted place of dicts and objects, None where a part is missing."""
    for part in path:
        tree = tree.get(part) if isinstance(tree, Mapping) else getattr(tree, part, None)
        if tree is None:
            return None
    return tree


def cells_of(tree: Any, columns: Iterable[Column]) -> Cells:
    """Return the cell texts of one row by column key; nothing known gives the empty text."""
    found = {}
    for column in columns:
        value = _at(tree, column.key.split("."))
        found[column.key] = "" if value is None else _WRITERS.get(column.type, _plain)(value, column)
    return found


def _fields(obj: DomainModel) -> dict[str, Any]:
    return {name: getattr(obj, name) for name in type(obj).model_fields}


def _by_hazard(exposures: Iterable[Any]) -> dict[str, Any]:
    return {exposure.hazard.value: exposure for exposure in exposures}


def _by_place(parts: Iterable[Any]) -> dict[str, Any]:
    return {str(place): part for place, part in enumerate(parts, start=1)}


def person_tree(person: Person, consents: Iterable[Consent], links: Iterable[SupportLink]) -> dict[str, Any]:
    """Return a person with consents and supporters as a tree; of several answers the newest counts."""
    newest: dict[tuple[ConsentKind, str], Consent] = {}
    for consent in sorted(consents, key=lambda c: (c.given_on or date.min, c.id)):
        newest[(consent.kind, consent.giver_id)] = consent
    supporters = []
    for link in sorted(links, key=lambda found: found.rank):
        named = newest.get((ConsentKind.BE_NAMED, link.supporter_id))
        supporters.append({**_fields(link), **({} if named is None else _fields(named))})
    own = {kind.value: newest.get((kind, person.id)) for kind in ConsentKind}
    listed = person.register_status is RegisterStatus.LISTED
    return {
        **_fields(person),
        "home_exposures": _by_hazard(person.home_exposures),
        "devices": _by_place(person.devices),
        "emergency_contacts": _by_place(person.emergency_contacts),
        "consents": own,
        "register_status": None if listed else person.register_status,
        "supporters": _by_place(supporters),
    }


def certificate_trees(person: Person) -> list[dict[str, Any]]:
    """Return a person's certificates as trees of the sheet 認定・手帳, one each."""
    own = {name: getattr(person, name) for name in ("resident_no", "register_no", "name", "birth_date")}
    grades = load.catalogue("certificate_grades").rows
    trees = []
    for certificate in person.certificates:
        row = grades.get(certificate.grade)
        grade = certificate.grade if row is None else row.label_ja
        trees.append({**own, certificate.kind.value: {**_fields(certificate), "grade": grade}})
    return trees


def object_tree(obj: DomainModel) -> dict[str, Any]:
    """Return any other object as a tree, hazards by name and features by state."""
    tree = _fields(obj)
    for name in ("exposures", "home_exposures"):
        if name in tree:
            tree[name] = _by_hazard(tree[name])
    if isinstance(obj, Shelter):
        tree["features"] = {
            state.value: [key for key, known in obj.features.items() if known is state] for state in Known
        }
        tree["confirmations"] = {key: _own_value(obj, key, said) for key, said in obj.confirmations.items()}
    return tree


def _own_value(shelter: Shelter, key: str, said: Confirmation) -> Confirmation:
    """Return a confirmation without its value where that is the fact's own."""
    return said.model_copy(update={"value": ""}) if said.value == fact_text(shelter, key) else said


def roster_columns(days: Iterable[date]) -> tuple[Column, ...]:
    """Return the date columns of a roster."""
    return tuple(
        Column(key=f"day.{d.isoformat()}", heading=d.isoformat(), type=ColumnType.SHIFT) for d in days
    )


def roster_tree(staff_id: str, name: str, entries: Iterable[RosterEntry]) -> dict[str, Any]:
    """Return one person's shifts as a tree, labels by date."""
    labels = {row.key: row.label_ja for row in load.catalogue("shifts").rows.values()}
    labels[WISH_OFF] = text("rosters.meaning.wish_off")
    shifts = {entry.day.isoformat(): labels.get(entry.shift, entry.shift) for entry in entries}
    return {"staff_id": staff_id, "staff_name": name, "day": shifts}


def written_columns(kind: SheetKind, rows: Sequence[Cells]) -> tuple[Column, ...]:
    """Return the columns that an export needs: repeats and extra columns only where some row fills them.

    `rows` hold the cells of all nine repeats (`every_column`).
    """
    usual = {column.key for column in sheet(kind).expanded() if not column.extra}
    columns = every_column(kind)
    told = {c.key for c in columns if any(_tells(row.get(c.key, ""), c) for row in rows)}
    return tuple(c for c in columns if not c.check_only and (c.key in usual or c.key in told))


def _tells(text: str, column: Column) -> bool:
    """True for a cell that says more than an empty one: 0 does, unless empty stands for 0."""
    if not column.empty:
        return bool(text)
    word = words()["yes_no"].get(column.empty, [column.empty])[0]
    return text not in ("", column.choices.get(column.empty, word))


def every_column(kind: SheetKind) -> tuple[Column, ...]:
    """Return all columns of a sheet with all repeats that can be read."""
    return tuple(sheet(kind).expanded(REPEAT_LIMIT))
