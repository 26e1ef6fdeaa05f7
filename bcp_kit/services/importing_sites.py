"""A list of emergency sites and a list of shelters name the same school: both get one site."""

from collections.abc import Mapping
from dataclasses import replace

from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.shelters import Shelter
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.public_sites import Place, site_keys
from bcp_kit.intake.records import Item
from bcp_kit.services.importing_merge import EMERGENCY_LAYER
from bcp_kit.storage.unit_of_work import UnitOfWork


def with_stored_sites(inspection: Inspection, uow: UnitOfWork) -> Inspection:
    """Give places of the file the site of a stored place in the same building.

    The same building: equal name and address, or one of them and the point. Only places that the file gives a
    site, or that come from a public list, are looked at; what is stored keeps its site.
    """
    places = [p for part in inspection.parts for p in _listed(part)]
    if not places:
        return inspection
    stored = _stored(uow)
    by_key = {key: place for place in reversed(stored) for key in site_keys(place)}
    own = {place.id: place for place in stored}
    site_of: dict[str, str] = {}
    for place in places:
        twin = own.get(place.id) or next((by_key[k] for k in site_keys(place) if k in by_key), None)
        if twin is not None:
            site_of.setdefault(
                place.site_id or place.id, twin.site_id or ("" if twin.id == place.id else twin.id)
            )
    kept = {site: stored_site for site, stored_site in site_of.items() if stored_site}
    return replace(inspection, parts=tuple(_in_sites(part, kept) for part in inspection.parts))


def _listed(part: Part) -> list[Place]:
    """Return the places of a part whose layout states the site by itself: public lists do."""
    return [
        item.obj
        for record in part.records
        for item in record.items
        if isinstance(item.obj, EmergencySite) or (isinstance(item.obj, Shelter) and part.layout != part.kind)
    ]


def _stored(uow: UnitOfWork) -> list[Place]:
    sites = (uow.layers.get(EMERGENCY_LAYER) or {}).values()
    return [*uow.shelters.list(), *(EmergencySite.model_validate(site) for site in sites)]


def _in_sites(part: Part, site_of: Mapping[str, str]) -> Part:
    listed = {id(place) for place in _listed(part)}
    records = tuple(
        replace(record, items=tuple(_item(i, site_of) if id(i.obj) in listed else i for i in record.items))
        for record in part.records
    )
    return replace(part, records=records)


def _item(item: Item, site_of: Mapping[str, str]) -> Item:
    place = item.obj
    site = site_of.get(getattr(place, "site_id", "") or getattr(place, "id", ""))
    return item if site is None else Item(place.model_copy(update={"site_id": site}), item.fields)
