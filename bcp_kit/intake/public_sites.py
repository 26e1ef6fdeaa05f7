"""One building that a list names twice: its destinations and emergency sites share one site."""

from collections import defaultdict
from dataclasses import replace

from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.domain.shelters import Shelter
from bcp_kit.intake.identity_keys import address_key, unvaried
from bcp_kit.intake.records import Item, Record
from bcp_kit.intake.typed import TypedTable

Place = Shelter | EmergencySite


def with_sites(table: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Give the places of one building one site: equal name and address, or one of them and the point."""
    listed = [item.obj for r in records for item in r.items if isinstance(item.obj, Shelter | EmergencySite)]
    site_of = sites(listed)
    rows = {row.number: row for row in table.rows}
    found = []
    for record in records:
        shared = [site_of[p.id] for p in _places(record) if p.id in site_of]
        if not shared:
            found.append(record)
            continue
        items = tuple(_in_site(item, site_of) for item in record.items)
        count = max(number for _, number in shared)
        code = ErrorCode.SITE_SHARED
        notice = table.problem(rows[record.row], "name", code, Severity.NOTICE, count=count)
        found.append(replace(record, items=items, problems=(*record.problems, notice)))
    return tuple(found)


def _places(record: Record) -> list[Place]:
    return [item.obj for item in record.items if isinstance(item.obj, Shelter | EmergencySite)]


def _in_site(item: Item, site_of: dict[str, tuple[str, int]]) -> Item:
    if not isinstance(item.obj, Shelter | EmergencySite) or item.obj.id not in site_of:
        return item
    return Item(item.obj.model_copy(update={"site_id": site_of[item.obj.id][0]}), item.fields)


def sites(listed: list[Place]) -> dict[str, tuple[str, int]]:
    """Return the site's id and its number of places, by the id of each place that shares one."""
    groups: dict[str, set[str]] = {place.id: {place.id} for place in listed}
    by_key: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for place in listed:
        for key in site_keys(place):
            by_key[key].append(place.id)
    for ids in by_key.values():
        union = set().union(*(groups[i] for i in ids))
        for member in union:
            groups[member] = union
    return {i: (min(group), len(group)) for i, group in groups.items() if len(group) > 1}


def site_keys(place: Place) -> list[tuple[str, ...]]:
    """Return the keys of which one in common means: the same building.

    Variants of characters, 1丁目2番3号 and 1-2-3, and a prefecture that one list leaves out, do not count.
    """
    name, address = unvaried(place.name), address_key(place.address)
    keys: list[tuple[str, ...]] = [("name and address", name, address)] if address else []
    if place.location is not None:
        point = f"{place.location.latitude:.6f},{place.location.longitude:.6f}"
        keys.append(("name and place", name, point))
        if address:
            keys.append(("address and place", address, point))
    return keys
