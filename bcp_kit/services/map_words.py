"""Words about maps, for the screen and the command line alike."""

from collections import Counter
from collections.abc import Iterable, Sequence

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.geo.floors import dry_floor_of
from bcp_kit.geo.zones import Zone, Zones
from bcp_kit.services.road_maps import RoadMap

_SHOWN_MUNICIPALITIES = 8


def hazard_words(zones: Zones, language: str = DEFAULT_LANGUAGE) -> dict[str, int]:
    """Return how many zones there are of each hazard."""
    counts = Counter(zone.hazard for zone in zones.zones)
    return {text(f"matching.hazard.{h.value}", language): counts[h] for h in zones.hazards}


def depth_classes(zones: Zones, language: str = DEFAULT_LANGUAGE) -> list[tuple[str, int]]:
    """Return how many zones there are of each depth class, the shallowest first; special zones last."""
    counts = Counter(_class_of(zone) for zone in zones.zones)
    return [(_class_words(key, language), counts[key]) for key in sorted(counts)]


_Class = tuple[int, float, float]


def _class_of(zone: Zone) -> _Class:
    if zone.special:
        return 2, 0.0, 0.0
    if zone.depth_m is None:
        return 1, 0.0, 0.0
    return 0, zone.depth_m, zone.depth_m if zone.depth_min_m is None else zone.depth_min_m


def _class_words(key: _Class, language: str) -> str:
    kind, depth_m, least_m = key
    if kind == 2:
        return text("maps.hazards.special", language)
    if kind == 1:
        return text("maps.hazards.depth_unknown", language)
    return depth_words(depth_m, least_m, language).lstrip("・, ")


def depth_words(depth_m: float, least_m: float | None, language: str = DEFAULT_LANGUAGE) -> str:
    """Return a depth class in words; a class that is open above says so."""
    if least_m is None:
        return text("maps.hazards.depth", language, depth_m=f"{depth_m:g}")
    if least_m >= depth_m:
        return text("maps.hazards.depth_from", language, depth_m=f"{depth_m:g}")
    return text("maps.hazards.depth_range", language, depth_min_m=f"{least_m:g}", depth_m=f"{depth_m:g}")


def exposure_words(exposure: Exposure, language: str = DEFAULT_LANGUAGE) -> str:
    """Return how a place lies to a hazard, with depth, special mark and the lowest dry floor."""
    if exposure.in_zone is Known.NO:
        return text("maps.hazards.sheet_safe", language)
    if exposure.in_zone is Known.UNKNOWN:
        return text("maps.hazards.unsure", language)
    depth = "" if exposure.depth_m is None else depth_words(exposure.depth_m, exposure.depth_min_m, language)
    special = text("maps.hazards.special_mark", language) if exposure.special else ""
    words = text("maps.hazards.exposure", language, depth=depth, special=special)
    floor = dry_floor_of(exposure)
    return words if floor is None else f"{words}（{text('maps.hazards.floor', language, floor=floor)}）"


def road_rows(facts: RoadMap, language: str = DEFAULT_LANGUAGE) -> list[tuple[str, str]]:
    """Return what is known about a road net as rows of label and value; empty values are left out."""
    shares = ("largest_part_share", "heights_share")
    names = (
        "title",
        "source",
        "junctions",
        "streets",
        "kilometres",
        "parts",
        *shares,
        "steps",
        "one_way",
        "kept_on",
    )
    rows = []
    for name in names:
        value = getattr(facts, name)
        words = (
            f"{value:.1%}" if name in shares else f"{value:,}" if isinstance(value, int | float) else value
        )
        if words:
            rows.append((text(f"maps.roads.row.{name}", language), words))
    return rows


def municipality_words(names: Sequence[str], language: str = DEFAULT_LANGUAGE) -> str:
    """Return the first municipalities of a file and how many more there are."""
    mark = text("matching.list_mark", language)
    first = mark.join(_first(names))
    more = len(names) - _SHOWN_MUNICIPALITIES
    return first if more <= 0 else text("maps.places.municipalities_more", language, names=first, count=more)


def _first(names: Sequence[str]) -> Iterable[str]:
    return names[:_SHOWN_MUNICIPALITIES]
