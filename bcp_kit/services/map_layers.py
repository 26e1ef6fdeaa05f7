"""What lies under a map: the zones of one hazard, as rings of coordinates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.services.base import Context

LAYER = "hazards"
Ring = tuple[tuple[float, float], ...]  # longitude, latitude


def hazard_rings(ctx: Context, hazard: HazardKind) -> tuple[Ring, ...]:
    """Return the outer rings of the stored zones of `hazard`, none where no layer is stored.

    Units: degrees, longitude before latitude, as GeoJSON has them.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        layer: Mapping[str, Any] = uow.layers.get(LAYER) or {}
    features = [f for f in layer.get("features", ()) if f["properties"].get("hazard") == hazard.value]
    return tuple(ring for feature in features for ring in _outer_rings(feature["geometry"]))


def _outer_rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    if geometry["type"] == "Polygon":
        yield _ring(geometry["coordinates"][0])
    elif geometry["type"] == "MultiPolygon":
        yield from (_ring(polygon[0]) for polygon in geometry["coordinates"])


def _ring(corners: Sequence[Sequence[float]]) -> Ring:
    return tuple((float(corner[0]), float(corner[1])) for corner in corners)
