"""Destinations in the layout of the municipal standard open data set, for publication."""

import re
from collections.abc import Mapping, Sequence

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, sheet
from bcp_kit.render.old_characters import Missing
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv
from bcp_kit.services.base import Context
from bcp_kit.services.importing_merge import EMERGENCY_LAYER

_COLUMNS_ROW = "ods_03_emergency_site"
_COMMON_ID = re.compile(r"E(\d{5})\d{5}[12]..")
_WEIGHTS = (6, 5, 4, 3, 2)
_HAZARDS = {
    "災害種別_洪水": "river_flood",
    "災害種別_崖崩れ、土石流及び地滑り": "landslide",
    "災害種別_高潮": "storm_surge",
    "災害種別_地震": "earthquake",
    "災害種別_津波": "tsunami",
    "災害種別_大規模な火事": "large_fire",
    "災害種別_内水氾濫": "inland_flood",
    "災害種別_火山現象": "volcano",
}


def export_standard(
    ctx: Context, encoding: str = "utf-8-sig", missing: Missing = Missing.REFUSE
) -> tuple[Written, int]:
    """Return destinations and emergency sites as a CSV of the municipal standard, and how many rows it has.

    One row per building. Telephone numbers of persons, remarks and everything that the standard has no
    column for stay out; the kind of shelter is told in 備考. Raises: BcpKitError A-001, I-404.
    """
    ctx.demand(Action.SEE_SHELTER)
    with ctx.open_store() as uow:
        shelters = [s for s in uow.shelters.list() if s.kind is not DestinationKind.HOSPITAL]
        sites = [EmergencySite.model_validate(s) for s in (uow.layers.get(EMERGENCY_LAYER) or {}).values()]
        uow.audit.note("export", "shelters", why="standard")
        uow.commit()
    rows = _rows(shelters, sites)
    columns = [Column(key=h, heading=h, type=ColumnType.TEXT) for h in standard_columns()]
    return write_csv(TableOut(sheet(SheetKind.SHELTERS).title, columns, rows), encoding, missing), len(rows)


def standard_columns() -> tuple[str, ...]:
    """Return the headings of the standard (catalogue `open_data_columns`)."""
    return tuple(catalogue("open_data_columns").need(_COLUMNS_ROW).data["columns"])


def _rows(shelters: Sequence[Shelter], sites: Sequence[EmergencySite]) -> list[dict[str, str]]:
    by_building: dict[str, tuple[list[Shelter], list[EmergencySite]]] = {}
    for shelter in shelters:
        by_building.setdefault(shelter.building, ([], []))[0].append(shelter)
    for site in sites:
        by_building.setdefault(site.site_id or site.id, ([], []))[1].append(site)
    return [_row(*places) for places in by_building.values()]


def _row(shelters: Sequence[Shelter], sites: Sequence[EmergencySite]) -> dict[str, str]:
    """Return one building; the emergency site, which the list is of, speaks first."""
    places: list[Shelter | EmergencySite] = [*sites, *shelters]
    first = places[0]
    ids = [common for place in places if (common := _common_id(place))]
    code = local_government_code(ids[0]) if ids else ""
    marked = {hazard for site in sites for hazard in site.designated_for}
    capacity = next((p.capacity_people for p in places if p.capacity_people), None)
    return {
        "全国地方公共団体コード": code,
        "ID": ids[0] if ids else first.id,
        "名称": first.name,
        "名称_カナ": next((s.name_kana for s in shelters if s.name_kana), ""),
        "所在地_全国地方公共団体コード": code,
        "所在地_連結表記": first.address,
        **_point(next((p.location for p in places if p.location), None)),
        "電話番号": next((s.phone for s in shelters if s.phone), ""),
        "市区町村コード": code,
        "地方公共団体名": next((p.municipality for p in places if p.municipality), ""),
        **{heading: "1" if hazard in marked else "" for heading, hazard in _HAZARDS.items()},
        "指定避難所との重複": "1" if shelters else "",
        "想定収容人数": "" if capacity is None else str(capacity),
        "備考": "、".join(dict.fromkeys(_kind_label(s) for s in shelters)),
    }


def _common_id(place: Shelter | EmergencySite) -> str:
    number = place.common_id if isinstance(place, Shelter) else place.id
    return number if _COMMON_ID.fullmatch(number) else ""


def _point(place: Location | None) -> Mapping[str, str]:
    if place is None:
        return {}
    return {"緯度": repr(place.latitude), "経度": repr(place.longitude)}


def _kind_label(shelter: Shelter) -> str:
    choices = next(c.choices for c in sheet(SheetKind.SHELTERS).columns if c.key == "kind")
    return choices[shelter.kind.value]


def local_government_code(common_id: str) -> str:
    """Return the six-digit code of the municipality that a common id names, empty for another number.

    Source: catalogue `data_formats`, row municipality_code (the sixth digit checks the five).
    """
    found = _COMMON_ID.fullmatch(common_id)
    if found is None:
        return ""
    digits = found[1]
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    check = (11 - total if total < 11 else 11 - total % 11) % 10
    return f"{digits}{check}"
