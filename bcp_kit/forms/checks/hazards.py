"""Checks of the site: what the plan says of hazards against record and maps; where it sends people."""

import re
from collections.abc import Iterator

from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.forms.checks.case import Case, Cells, Hit
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import plain, squeezed

ND = PlanKind.NATURAL_DISASTER
MAPS = "nd_hazard_maps"
ROWS = {
    "津波": HazardKind.TSUNAMI,
    "洪水": HazardKind.RIVER_FLOOD,
    "内水": HazardKind.INLAND_FLOOD,
    "高潮": HazardKind.STORM_SURGE,
    "土砂災害": HazardKind.LANDSLIDE,
}
WATER = frozenset(
    {HazardKind.RIVER_FLOOD, HazardKind.INLAND_FLOOD, HazardKind.TSUNAMI, HazardKind.STORM_SURGE}
)
_METRES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m|メートル)(?![a-z²㎡])")
_FLOOR = re.compile(r"(\d+)\s*階")


def _known(case: Case, hazard: HazardKind) -> Exposure | None:
    looked = [one for one in case.exposures if one.hazard is hazard and one.in_zone is not Known.UNKNOWN]
    return looked[0] if looked else None


def _says_outside(row: Cells) -> bool:
    return any(word in row.get("applies", "") for word in lists().not_in_zone_words)


def _says_inside(row: Cells) -> bool:
    return not _says_outside(row) and any(word in row.get("applies", "") for word in lists().in_zone_words)


def _rows(case: Case) -> Iterator[tuple[int, Cells, Exposure]]:
    for place, row in enumerate(case.rows(MAPS)):
        hazard = ROWS.get(row.get("hazard", ""))
        known = _known(case, hazard) if hazard else None
        if known:
            yield place, row, known


def hazard_denied(case: Case) -> Iterator[Hit]:
    """The plan does not deny a hazard in whose zone the site lies."""
    for place, row, known in _rows(case):
        if known.in_zone is Known.YES and _says_outside(row):
            shown = {"name": row["hazard"], "depth": f"{known.depth_m:g}m" if known.depth_m else "—"}
            yield Hit(kind=ND, item_id=MAPS, row=place, column="applies", values=shown)


def hazard_not_known(case: Case) -> Iterator[Hit]:
    """A hazard that the plan claims is known of the site."""
    for place, row, known in _rows(case):
        if known.in_zone is Known.NO and _says_inside(row):
            yield Hit(kind=ND, item_id=MAPS, row=place, column="applies", values={"name": row["hazard"]})


def hazard_depth_low(case: Case) -> Iterator[Hit]:
    """The depth of water that the plan assumes is no less than that of record and maps."""
    for place, row, known in _rows(case):
        said = [float(found) for found in _METRES.findall(plain(row.get("estimate", "")))]
        if known.in_zone is Known.YES and known.depth_m and said and max(said) < known.depth_m:
            shown = {"name": row["hazard"], "said": f"{max(said):g}", "known": f"{known.depth_m:g}"}
            yield Hit(kind=ND, item_id=MAPS, row=place, column="estimate", values=shown)


def hazard_unanswered(case: Case) -> Iterator[Hit]:
    """A hazard in whose zone the site lies is named in the plan."""
    named = {ROWS.get(row.get("hazard", "")) for row in case.rows(MAPS) if row.get("applies", "").strip()}
    if not case.rows(MAPS):
        return
    for word, hazard in ROWS.items():
        known = _known(case, hazard)
        if known and known.in_zone is Known.YES and hazard not in named:
            yield Hit(kind=ND, item_id=MAPS, column="applies", values={"name": word})


def refuge_in_zone(case: Case) -> Iterator[Hit]:
    """A place of refuge outside does not lie in the zone that one flees from."""
    feared = {one.hazard for one in case.exposures if one.in_zone is Known.YES} & WATER
    feared |= {one.hazard for one in case.exposures if one.in_zone is Known.YES} & {HazardKind.LANDSLIDE}
    for place, row in enumerate(case.rows("nd_evac_external")):
        said = squeezed(row.get("evacuation_place", ""))
        for name, exposures in case.places.items():
            lies_in = {one.hazard for one in exposures if one.in_zone is Known.YES}
            if name and squeezed(name) in said and lies_in & (feared or WATER):
                yield Hit(
                    kind=ND, item_id="nd_evac_external", row=place, column="evacuation_place",
                    values={"name": name},
                )  # fmt: skip
                break


def refuge_below_water(case: Case) -> Iterator[Hit]:
    """The first place of refuge inside lies above the water that is assumed."""
    if case.dry_floor is None or case.dry_floor <= 1:
        return
    for place, row in enumerate(case.rows("nd_evac_internal")):
        floors = [int(floor) for floor in _FLOOR.findall(plain(row.get("evacuation_place", "")))]
        if floors and max(floors) < case.dry_floor:
            shown = {"floor": max(floors), "dry": case.dry_floor}
            yield Hit(kind=ND, item_id="nd_evac_internal", row=place, column="evacuation_place", values=shown)


def command_post_below_water(case: Case) -> Iterator[Hit]:
    """Where the first place for the command post would be flooded, the second lies above the water."""
    rows = case.rows("nd_command_post")
    if case.dry_floor is None or case.dry_floor <= 1 or not rows:
        return
    floors = [
        [int(floor) for floor in _FLOOR.findall(plain(rows[0].get(key, "")))]
        for key in ("candidate_1", "candidate_2")
    ]
    if all(floors) and all(max(each) < case.dry_floor for each in floors):
        shown = {"dry": case.dry_floor}
        yield Hit(kind=ND, item_id="nd_command_post", row=0, column="candidate_2", values=shown)
