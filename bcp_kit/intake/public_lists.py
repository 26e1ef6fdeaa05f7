"""Public lists of shelters and emergency sites: national layouts, municipal standard, a prefecture."""

from collections import defaultdict

from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.intake.accepts import propose_accepts
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Item, Nested, Record, built, location, nested, stable_id, stated_fields
from bcp_kit.intake.typed import TypedRow, TypedTable

_MARKS = frozenset({"1", "○", "〇", "◯"})
_WELFARE_WORD, _SHELTER_WORD = "福祉避難所", "避難所"


def read_designated_shelters(table: TypedTable) -> tuple[Record, ...]:
    """Return a Shelter per row: a filled 受入対象者 means a designated welfare shelter.

    The same building listed as both general and welfare shelter becomes two destinations of one site.
    Capacity, equipment and direct evacuation are not in this source and stay unknown.
    """
    return _with_sites(table, tuple(_designated(table, row) for row in table.rows))


def _designated(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)
    accepts_text = row.text("accepts_text")
    welfare = bool(accepts_text.strip())
    kind = DestinationKind.DESIGNATED_WELFARE if welfare else DestinationKind.GENERAL
    accepts = propose_accepts(accepts_text) if welfare else ()
    if accepts:
        problems.append(table.problem(row, "accepts_text", ErrorCode.ACCEPTS_PROPOSED, Severity.NOTICE))

    def make() -> tuple[Item, ...]:
        shelter = Shelter(
            id=row.text("common_id") or stable_id("shelter", kind.value, *_names(row)),
            common_id=row.text("common_id"),
            name=row.text("name"),
            kind=kind,
            address=row.text("address"),
            municipality=row.text("municipality"),
            location=place,
            accepts=accepts,
            accepts_text=accepts_text,
            note="\n".join(t for t in (row.text("other"), row.text("note")) if t),
        )
        fields = stated_fields(table.keys, frozenset({"other"})) | {"kind", "site_id"}
        return (Item(shelter, fields),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def _names(row: TypedRow) -> tuple[str, ...]:
    """What tells a place from others in a list without numbers: a park may stand twice with two points."""
    return tuple(
        row.texts.get(key, "") for key in ("name", "address", "location.latitude", "location.longitude")
    )


def _with_sites(table: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Give destinations of one building one site: equal name and address, or one of them and the place."""
    site_of = _sites([item.obj for r in records for item in r.items if isinstance(item.obj, Shelter)])
    rows = {row.number: row for row in table.rows}
    found = []
    for record in records:
        items, problems = [], list(record.problems)
        for item in record.items:
            site = site_of.get(item.obj.id) if isinstance(item.obj, Shelter) else None
            if site is None:
                items.append(item)
                continue
            first, count = site
            items.append(Item(item.obj.model_copy(update={"site_id": first}), item.fields))
            code = ErrorCode.SITE_SHARED
            problems.append(table.problem(rows[record.row], "name", code, Severity.NOTICE, count=count))
        found.append(Record(row=record.row, items=tuple(items), problems=tuple(problems)))
    return tuple(found)


def _sites(shelters: list[Shelter]) -> dict[str, tuple[str, int]]:
    """Return the site's id and number of destinations, by the id of each destination that shares one."""
    groups: dict[str, set[str]] = {s.id: {s.id} for s in shelters}
    by_key: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for shelter in shelters:
        for key in _site_keys(shelter):
            by_key[key].append(shelter.id)
    for ids in by_key.values():
        union = set().union(*(groups[i] for i in ids))
        for member in union:
            groups[member] = union
    return {i: (min(group), len(group)) for i, group in groups.items() if len(group) > 1}


def _site_keys(shelter: Shelter) -> list[tuple[str, ...]]:
    name, address = folded(shelter.name), folded(shelter.address)
    keys: list[tuple[str, ...]] = [("name and address", name, address)] if address else []
    if shelter.location is not None:
        place = f"{shelter.location.latitude:.6f},{shelter.location.longitude:.6f}"
        keys.append(("name and place", name, place))
        if address:
            keys.append(("address and place", address, place))
    return keys


def read_emergency_sites(table: TypedTable) -> tuple[Record, ...]:
    """Return an EmergencySite per row."""
    return tuple(_emergency(table, row) for row in table.rows)


def _emergency(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)
    marked = [h for h, mark in tree.get("hazard", {}).items() if str(mark).strip() in _MARKS]

    def make() -> tuple[Item, ...]:
        return (Item(_site(row, tree, place, tuple(marked)), stated_fields(table.keys)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def _site(row: TypedRow, tree: Nested, place: Location | None, hazards: tuple[str, ...]) -> EmergencySite:
    return EmergencySite(
        id=row.text("common_id") or stable_id("emergency", *_names(row)),
        name=row.text("name"),
        address=row.text("address"),
        municipality=row.text("municipality"),
        location=place,
        designated_for=hazards,
        capacity_people=tree.get("capacity_people"),
        note=row.text("note"),
    )


def read_mixed_list(table: TypedTable) -> tuple[Record, ...]:
    """Return Shelters for the rows that say 避難所 and EmergencySites for the rest.

    A 福祉避難所 of which the list does not say how it became one is read as one by agreement.
    """
    return _with_sites(table, tuple(_mixed(table, row) for row in table.rows))


def _mixed(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)
    listed_as = row.text("listed_as")
    if _WELFARE_WORD in listed_as:
        code = ErrorCode.WELFARE_KIND_UNSTATED
        problems.append(table.problem(row, "listed_as", code, Severity.WARNING))

    def make() -> tuple[Item, ...]:
        if _SHELTER_WORD not in listed_as:
            return (Item(_site(row, tree, place, ()), stated_fields(table.keys)),)
        return (Item(_listed(row, tree, place), _listed_fields(table)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def _listed_fields(table: TypedTable) -> frozenset[str]:
    return stated_fields(table.keys, frozenset({"listed_as", "hazards_text"})) | {"kind", "site_id"}


def _listed(row: TypedRow, tree: Nested, place: Location | None) -> Shelter:
    welfare = _WELFARE_WORD in row.text("listed_as")
    kind = DestinationKind.AGREEMENT_WELFARE if welfare else DestinationKind.GENERAL
    return Shelter(
        id=stable_id("shelter", kind.value, *_names(row)),
        name=row.text("name"),
        kind=kind,
        address=row.text("address"),
        municipality=row.text("municipality"),
        location=place,
        capacity_people=tree.get("capacity_people"),
        note=row.text("note"),
    )
