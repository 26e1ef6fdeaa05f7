"""Files of hazard zones: GeoJSON and zipped shapefiles become zones in degrees, every doubt named."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.geo.zones import Zone, Zones
from bcp_kit.intake.guard import shown_name
from bcp_kit.intake.hazard_words import CODES, Meaning, hazard_of_words, meaning_of
from bcp_kit.intake.limits import SCREEN, Limits
from bcp_kit.intake.map_files import MapFeature, MapLayer, read_map_layers
from bcp_kit.intake.projections import projection_of

_DATASET = re.compile(r"(A\d\d)[a-z]?[-_](\d\d)(?!\d)")
_SHOWN_CLASSES = 5


@dataclass(frozen=True)
class HazardFile:
    """What a file of zones holds. `year`, `source`, `scenario` are what the file itself tells."""

    name: str
    zones: Zones
    features: int
    left_out: int
    mended: int
    year: int | None
    source: str
    scenario: str
    problems: tuple[Problem, ...]


def read_hazard_file(
    content: bytes,
    name: str,
    *,
    hazard: HazardKind | None = None,
    crs: str = "",
    limits: Limits = SCREEN,
) -> HazardFile:
    """Return the zones of a file; nothing is stored.

    `hazard` and `crs` are what the user knows and the file does not say. Raises: BcpKitError G-001, G-003 …
    G-005, G-008 (no hazard told), G-015 (outside Japan), G-024 (not one zone), those of the guard.
    """
    layers = read_map_layers(content, name, limits)
    shown, meanings, outlines, problems = shown_name(name), [], [], []
    for layer in layers:
        hint = hazard_of_words([layer.name]) or hazard_of_words([shown])
        found, shapes, said = _zones_of(layer, (hazard, hint), crs)
        meanings += found
        outlines += shapes
        problems += [*layer.problems, *said]
    features = sum(len(layer.features) for layer in layers)
    return _file(shown, layers, meanings, outlines, _Counted(features, problems))


@dataclass(frozen=True)
class _Counted:
    features: int
    problems: list[Problem]


def _file(
    name: str,
    layers: Sequence[MapLayer],
    meanings: Sequence[Meaning],
    outlines: Sequence[Any],
    seen: _Counted,
) -> HazardFile:
    kept = [i for i, meaning in enumerate(meanings) if meaning.zone is not None]
    if not kept:
        untold = any(not m.left_out for m in meanings)
        raise BcpKitError(ErrorCode.HAZARD_UNSTATED if untold else ErrorCode.MAP_EMPTY)
    if any(m.zone is None and not m.left_out for m in meanings):
        raise BcpKitError(ErrorCode.HAZARD_UNSTATED)
    shapes = np.array([outlines[i] for i in kept], dtype=object)
    whole, mended = _mended(shapes)
    usable = [i for i, outline in zip(kept, whole, strict=True) if outline is not None]
    if not usable:
        raise BcpKitError(ErrorCode.MAP_EMPTY)
    zones = Zones([_told(meanings[i]) for i in usable], [o for o in whole if o is not None])
    left_out = seen.features - len(usable)
    year, source = _dataset([name, *(layer.name for layer in layers)])
    return HazardFile(
        name=name,
        zones=zones,
        features=seen.features,
        left_out=left_out,
        mended=mended,
        year=year,
        source=source,
        scenario=_scenario(meanings[i].family for i in usable),
        problems=tuple(_once([*seen.problems, *_findings(meanings, left_out, mended)])),
    )


def _told(meaning: Meaning) -> Zone:
    if meaning.zone is None:
        raise ValueError("only zones that say something are kept")
    return meaning.zone


def _zones_of(
    layer: MapLayer, hazards: tuple[HazardKind | None, HazardKind | None], crs: str
) -> tuple[list[Meaning], list[Any], list[Problem]]:
    """Return what the polygons of a layer say, and their outlines in degrees.

    `hazards`: what the user says, and what the names of file and layer say.
    """
    polygons = [(f, outline) for f in layer.features if (outline := _outline(f)) is not None]
    if not polygons:
        return [], [], []
    outlines = np.array([outline for _, outline in polygons], dtype=object)
    projection = projection_of(shapely.get_coordinates(outlines), crs or layer.stated_crs)
    turned = shapely.transform(outlines, projection.turn)
    meanings = [meaning_of(feature.attributes, *hazards) for feature, _ in polygons]
    return meanings, list(turned), list(projection.problems)


def _outline(feature: MapFeature) -> Any:
    """Return the polygon of a feature as shapely has it, flat; None for anything else."""
    geometry = feature.geometry
    if geometry is None or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return None
    try:
        outline = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    whole = not outline.is_empty and bool(np.isfinite(shapely.get_coordinates(outline)).all())
    return outline if whole else None


def _mended(outlines: np.ndarray) -> tuple[list[Any], int]:
    """Return the outlines made valid, None where nothing is left, and how many had to be mended."""
    valid = shapely.is_valid(outlines)
    found: list[Any] = []
    for outline, good in zip(outlines, valid, strict=True):
        found.append(outline if good else _polygons(shapely.make_valid(outline)))
    return found, int((~valid).sum())


def _polygons(mended: Any) -> Any:
    """Return the areas of a mended outline: lines and points that mending leaves over are no zone."""
    parts = [p for p in shapely.get_parts(mended) if p.geom_type in ("Polygon", "MultiPolygon")]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _findings(meanings: Sequence[Meaning], left_out: int, mended: int) -> list[Problem]:
    found = []
    if mended:
        found.append(_notice(ErrorCode.RINGS_MENDED, Severity.NOTICE, count=mended))
    if left_out:
        found.append(_notice(ErrorCode.SHAPES_LEFT_OUT, Severity.WARNING, count=left_out))
    unread = Counter(m.unread for m in meanings if m.unread)
    for value, count in unread.most_common(_SHOWN_CLASSES):
        found.append(_notice(ErrorCode.DEPTH_CLASS_UNKNOWN, Severity.WARNING, value=value[:40], count=count))
    return found


def _notice(code: ErrorCode, severity: Severity, **values: str | int) -> Problem:
    return Problem(code=code, severity=severity, values=values)


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Leave out what a file of several layers says again."""
    found: list[Problem] = []
    for problem in problems:
        if problem not in found:
            found.append(problem)
    return found


def _dataset(names: Iterable[str]) -> tuple[int | None, str]:
    """Return the year and the title of a data set of the national land information, told by its file name."""
    titles = catalogue(CODES).need("file_years").data["titles"]
    for name in names:
        found = _DATASET.search(name)
        if found and found[1] in titles:
            return 2000 + int(found[2]), titles[found[1]]
    return None, ""


def _scenario(families: Iterable[str]) -> str:
    """Return the scenario that the codes of the zones belong to, where it is one."""
    rows = catalogue(CODES).rows
    told = {str(rows[f].data.get("scenario_ja", "")) for f in families if f in rows}
    return told.pop() if len(told) == 1 else ""
