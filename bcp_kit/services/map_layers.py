"""What lies under a map: the zones of one hazard, as rings of coordinates."""

from collections.abc import Iterator

import numpy as np
import shapely

from bcp_kit.access.policy import Action
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.services.base import Context
from bcp_kit.services.hazard_maps import zones_of

SIMPLER_BY_DEG = 5e-5  # about five metres: no eye sees it on a drawing of a town
MOST_CORNERS = 60_000  # more than this makes the drawing too heavy for a browser
Ring = tuple[tuple[float, float], ...]  # longitude, latitude


def hazard_rings(ctx: Context, hazard: HazardKind) -> tuple[Ring, ...]:
    """Return the outer rings of the zones of `hazard` on all maps that are kept, none where there is no map.

    Rings are drawn a little simpler than they are kept, simpler still where they have very many corners.
    Units: degrees, longitude before latitude, as GeoJSON has them.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        zones = zones_of(uow, hazard)
    if zones is None:
        return ()
    return rings_of(zones.outlines[[zone.hazard is hazard for zone in zones.zones]])


def rings_of(outlines: np.ndarray) -> tuple[Ring, ...]:
    """Return the outer rings of outlines, simple enough to be drawn.

    Units: degrees, longitude before latitude.
    """
    corners = int(shapely.get_num_coordinates(outlines).sum())
    by = SIMPLER_BY_DEG * max(1.0, corners / MOST_CORNERS)
    return tuple(ring for outline in shapely.simplify(outlines, by) for ring in _outer_rings(outline))


def _outer_rings(outline: object) -> Iterator[Ring]:
    for polygon in shapely.get_parts(outline):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            yield tuple((float(x), float(y)) for x, y in polygon.exterior.coords)
