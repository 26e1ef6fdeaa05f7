"""Public lists of shelters and emergency sites of any publisher: which roles a row states, and where."""

import re
from collections.abc import Mapping
from functools import cache

from bcp_kit.domain.base import Known
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.sheets import place_words
from bcp_kit.intake.accepts import propose_accepts
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.public_sites import with_sites
from bcp_kit.intake.records import Item, Nested, Record, built, location, nested, stable_id, stated_fields
from bcp_kit.intake.typed import TypedRow, TypedTable

EMERGENCY, SHELTER, WELFARE = "emergency", "shelter", "welfare"
_WELFARE_KINDS: Mapping[str, DestinationKind] = {
    "designated_welfare": DestinationKind.DESIGNATED_WELFARE,
    "agreement_welfare": DestinationKind.AGREEMENT_WELFARE,
    WELFARE: DestinationKind.AGREEMENT_WELFARE,
}
_LISTED = ("listed_as", "hazards_text")
_NO_SHELTER_FIELD = frozenset(
    {"address_parts", "hazard", "role", "overlap", "same_address", "feature", "more", "other"}
) | frozenset({"listed_as", "hazards_text", "municipality_code"})
_COMMON_ID = re.compile(r"E\d{10}(?P<type>[12])[012][1-9A-Za-z]")
_WELFARE_ID = re.compile(r"E\d{10}12.")


def read_places(table: TypedTable, role: str) -> tuple[Record, ...]:
    """Return the places of each row: a Shelter, an EmergencySite, or both, of one site.

    `role` (emergency or shelter) is what a row is that says nothing of its own. A filled 受入対象者 means a
    designated welfare shelter; a 福祉避難所 of which the list does not say how it became one is read as one
    by agreement. That another list has the same building (指定避難所との重複) is kept as a remark: the
    capacity here is that of the emergency site. What no column states stays unknown.
    """
    return with_sites(table, tuple(_place(table, row, role) for row in table.rows))


def _place(table: TypedTable, row: TypedRow, role: str) -> Record:
    tree = nested(row.values)
    where, problems = location(table, row, tree, outside=Severity.WARNING)
    roles = _roles(table, row, tree, role)
    hazards = _hazards(table, row, tree, problems)
    _note_doubts(table, row, roles, problems)
    features = _features(table, row, tree, problems)

    def make() -> tuple[Item, ...]:
        shelters = [_shelter(table, row, tree, where, kind, hazards) for kind in _kinds(roles)]
        fields = _shelter_fields(table)
        items = [Item(s.model_copy(update={"features": features}), fields) for s in shelters]
        if EMERGENCY in roles:
            site = _site(table, row, tree, where, hazards)
            own = site if not shelters else site.model_copy(update={"capacity_people": None})
            items.append(Item(own, stated_fields(table.keys)))
        return tuple(items)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


@cache
def _marks() -> Mapping[str, bool]:
    words = place_words()["marks"]
    return {folded(w): key == "yes" for key in ("yes", "no") for w in words[key]}


def _marked(table: TypedTable, row: TypedRow, key: str, problems: list[Problem]) -> bool | None:
    """Return whether a cell marks its column, None when it is empty; other signs are named."""
    text = row.texts.get(key, "")
    if not text.strip():
        return None
    mark = _marks().get(folded(text))
    if mark is None:
        problems.append(table.problem(row, key, ErrorCode.MARK_UNKNOWN, Severity.WARNING))
    return mark


def _spoken(text: str, groups: Mapping[str, list[str]]) -> list[str]:
    """Return the keys whose words stand in `text`; a word found is taken out before the next is sought."""
    plain, found = folded(text), []
    for key, words in groups.items():
        for word in sorted((folded(w) for w in words), key=len, reverse=True):
            if word in plain:
                found.append(key)
                plain = plain.replace(word, " ")
    return list(dict.fromkeys(found))


def _roles(table: TypedTable, row: TypedRow, tree: Nested, role: str) -> frozenset[str]:
    """Return what the row says that the place is: its own words and marks, else `role`."""
    ignored: list[Problem] = []
    said = set(_spoken(" ".join(row.text(key) for key in _LISTED), place_words()["roles"]))
    said |= {key for key in tree.get("role", {}) if _marked(table, row, f"role.{key}", ignored)}
    roles = said or {role}
    if row.text("accepts_text").strip() and EMERGENCY not in roles and not roles & _WELFARE_KINDS.keys():
        roles = {"designated_welfare"}
    if {"designated_welfare", "agreement_welfare"} & roles:
        roles.discard(WELFARE)
    overlaps = _marked(table, row, "overlap.shelter", ignored)
    hazards = (_marked(table, row, f"hazard.{h}", ignored) for h in tree.get("hazard", {}))
    if overlaps and not said and not any(hazards):
        roles = {SHELTER}  # on a list of emergency sites, but for no hazard: a shelter only
    return frozenset(roles)


def _kinds(roles: frozenset[str]) -> list[DestinationKind]:
    kinds = [DestinationKind.GENERAL] if SHELTER in roles else []
    return kinds + [kind for key, kind in _WELFARE_KINDS.items() if key in roles]


def _hazards(table: TypedTable, row: TypedRow, tree: Nested, problems: list[Problem]) -> tuple[str, ...]:
    """Return the hazards that the row marks or names."""
    marked = [h for h in tree.get("hazard", {}) if _marked(table, row, f"hazard.{h}", problems)]
    text = " ".join(row.text(key) for key in _LISTED)
    words: Mapping[str, list[str]] = place_words()["hazards"]
    if any(folded(word) in folded(text) for word in place_words()["all_hazards"]):
        return tuple(words)
    return tuple(dict.fromkeys([*marked, *_spoken(text, words)]))


def _note_doubts(table: TypedTable, row: TypedRow, roles: frozenset[str], problems: list[Problem]) -> None:
    if WELFARE in roles:
        key = next((k for k in ("listed_as", "role.welfare") if k in table.keys), "name")
        problems.append(table.problem(row, key, ErrorCode.WELFARE_KIND_UNSTATED, Severity.WARNING))
    if roles & _WELFARE_KINDS.keys() and propose_accepts(row.text("accepts_text")):
        problems.append(table.problem(row, "accepts_text", ErrorCode.ACCEPTS_PROPOSED, Severity.NOTICE))
    if _WELFARE_ID.fullmatch(row.text("common_id")) and not roles & _WELFARE_KINDS.keys():
        code = ErrorCode.WELFARE_BY_NUMBER_ONLY
        problems.append(table.problem(row, "common_id", code, Severity.WARNING))


def _features(table: TypedTable, row: TypedRow, tree: Nested, problems: list[Problem]) -> Mapping[str, Known]:
    """Return the features that the row marks or denies; an empty cell says nothing."""
    marks = {key: _marked(table, row, f"feature.{key}", problems) for key in tree.get("feature", {})}
    return {key: Known.of(mark) for key, mark in marks.items() if mark is not None}


def _common_id(row: TypedRow, role: str) -> str:
    """Return the national number when it is one of a place of this role, else the empty text."""
    found = _COMMON_ID.fullmatch(row.text("common_id").strip())
    return row.text("common_id").strip() if found and (found["type"] == "2") == (role == EMERGENCY) else ""


def _names(row: TypedRow) -> tuple[str, ...]:
    """What tells a place from others in a list without numbers: a park may stand twice with two points."""
    return tuple(
        row.texts.get(key, "") for key in ("name", "address", "location.latitude", "location.longitude")
    )


def address_of(row: TypedRow, tree: Nested) -> str:
    """Return the address of a row, put together from its parts where it is not given as one."""
    whole = row.text("address")
    if whole.strip():
        return whole
    address = ""
    for _, part in sorted(tree.get("address_parts", {}).items()):
        written = str(part).strip()
        short = re.sub(r"^.{2,3}[都道府県]", "", address)
        repeats = short and written.startswith(short)
        address = address[: len(address) - len(short)] + written if repeats else address + written
    return address


def _shelter(
    table: TypedTable,
    row: TypedRow,
    tree: Nested,
    where: Location | None,
    kind: DestinationKind,
    hazards: tuple[str, ...],
) -> Shelter:
    common_id = _common_id(row, SHELTER)
    accepts_text = row.text("accepts_text") if kind.is_welfare else ""
    return Shelter(
        id=common_id or stable_id("shelter", kind.value, *_names(row)),
        common_id=common_id,
        name=row.text("name"),
        name_kana=row.text("name_kana"),
        kind=kind,
        address=address_of(row, tree),
        municipality=row.text("municipality"),
        location=where,
        phone=row.text("phone"),
        capacity_people=tree.get("capacity_people"),
        accepts=propose_accepts(accepts_text),
        accepts_text=accepts_text,
        note=_note(table, row, tree, hazards),
    )


def _note(table: TypedTable, row: TypedRow, tree: Nested, hazards: tuple[str, ...]) -> str:
    """Return the remarks of a row, with what it says in columns that we have no field for."""
    told = [key for key in table.headings if key.startswith(("more.", "overlap.")) and row.texts.get(key)]
    more = [f"{table.headings[key]}：{row.texts[key]}".replace("\n", "") for key in sorted(told)]
    words: Mapping[str, list[str]] = place_words()["hazards"]
    listed = "、".join(words[hazard][0] for hazard in hazards)
    more += [f"対象災害：{listed}"] if listed else []
    return "\n".join(t for t in (row.text("other"), *more, row.text("note")) if t)


def _shelter_fields(table: TypedTable) -> frozenset[str]:
    """Return what a list may change in a stored shelter.

    Features are given to a new shelter only: a list with two of them must not wipe those that an officer
    confirmed. Nor does a proposal of who is accepted replace what was confirmed.
    """
    found = stated_fields(table.keys, _NO_SHELTER_FIELD) | {"kind", "site_id"}
    return found | ({"address"} if "address_parts" in stated_fields(table.keys) else frozenset())


def _site(
    table: TypedTable, row: TypedRow, tree: Nested, where: Location | None, hazards: tuple[str, ...]
) -> EmergencySite:
    return EmergencySite(
        id=_common_id(row, EMERGENCY) or stable_id("emergency", *_names(row)),
        name=row.text("name"),
        address=address_of(row, tree),
        municipality=row.text("municipality"),
        location=where,
        designated_for=hazards,
        capacity_people=tree.get("capacity_people"),
        note=_note(table, row, tree, ()),
    )
