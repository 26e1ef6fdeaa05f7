"""Population by mesh: kept as the user brings it; how many beside those listed each place may expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import number
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import Location
from bcp_kit.geo.distances import straight_distances_m
from bcp_kit.geo.meshes import mesh_rectangle
from bcp_kit.intake.limits import COMMAND, SCREEN, Limits
from bcp_kit.intake.mesh_files import MeshFile, read_mesh_file
from bcp_kit.services.base import Context

__all__ = ["COMMAND", "SCREEN", "Catchment", "MeshFile", "Unlisted"]

LAYER = "population_meshes"
FARTHEST_M = 10_000.0  # a mesh farther than this from every place belongs to another town's places
WHY = "population"
_PAIRS = 4_000_000


def inspect_population(content: bytes, name: str, limits: Limits = SCREEN) -> MeshFile:
    """Return the meshes of a file; nothing is stored.

    Raises: BcpKitError G-003, G-020, those of the guard.
    """
    return read_mesh_file(content, name, limits)


def keep_population(ctx: Context, file: MeshFile, source: str = "") -> int:
    """Store the meshes in place of those that were kept before, and return their number."""
    ctx.demand(Action.KEEP_MAPS)
    said = {
        "source": source.strip() or file.name,
        "kept_on": ctx.today().isoformat(),
        "kept_by": ctx.actor.name,
    }
    with ctx.open_store() as uow:
        uow.layers.put(LAYER, {"people": dict(file.people), **said}, WHY)
        uow.commit()
    return len(file.people)


def read_population(ctx: Context) -> tuple[MeshFile, str] | None:
    """Return the meshes that are kept and where they come from, None where there are none."""
    ctx.demand(Action.SEE_MAPS)
    with ctx.open_store() as uow:
        document: Mapping[str, Any] | None = uow.layers.get(LAYER)
    if document is None:
        return None
    return MeshFile(str(document.get("source", "")), dict(document["people"])), str(
        document.get("kept_on", "")
    )


def remove_population(ctx: Context) -> None:
    """Remove the meshes.

    Raises: BcpKitError G-022 when there are none.
    """
    ctx.demand(Action.KEEP_MAPS)
    with ctx.open_store() as uow:
        uow.lock()
        if LAYER not in uow.layers.names():
            raise BcpKitError(ErrorCode.MAP_MISSING)
        uow.layers.remove(LAYER, WHY)
        uow.commit()


@dataclass(frozen=True)
class Catchment:
    """One place with the people for whom it is the nearest. `expected` counts people requiring support."""

    shelter_id: str
    name: str
    population: int
    expected: float
    listed: int

    @property
    def unlisted(self) -> float:
        """Return how many people requiring support live here beside those on the register."""
        return max(0.0, self.expected - self.listed)


@dataclass(frozen=True)
class Unlisted:
    """Catchments, and the rate at which people are expected to require support (catalogue, not a count).

    `population` is that of all meshes, `far_away` of those left out because no place is near.
    """

    catchments: tuple[Catchment, ...]
    rate: float
    population: int
    far_away: int
    source: str


def unlisted_need(ctx: Context) -> Unlisted:
    """Return for each place with a point how many people live nearest to it, listed and expected.

    Nearest by straight line: a mesh of 250 m is coarser than any detour. The rate is that of the country's
    registers (catalogue `population_ratios`): an estimate for planning, not a count of anybody. Raises:
    BcpKitError G-022 without meshes, M-002 without a place that has a point.
    """
    ctx.demand(Action.SEE_MATCHING)
    kept = read_population(ctx)
    if kept is None:
        raise BcpKitError(ErrorCode.MAP_MISSING)
    meshes, _ = kept
    with ctx.open_store() as uow:
        places = [s for s in uow.shelters.list() if s.location is not None]
        homes = [p.location for p in uow.people.list() if p.location is not None]
    if not places:
        raise BcpKitError(ErrorCode.NO_DESTINATIONS)
    middles = [mesh_rectangle(code).middle for code in meshes.people]
    ends = [s.location for s in places]
    nearest, metres = _nearest([Location(latitude=y, longitude=x) for x, y in middles], ends)
    counts = np.where(metres <= FARTHEST_M, list(meshes.people.values()), 0).astype(float)
    population = np.bincount(nearest, weights=counts, minlength=len(places))
    listed = np.zeros(len(places), dtype=int)
    if homes:
        listed = np.bincount(_nearest(homes, ends)[0], minlength=len(places))
    rate = number("population_ratios", "listed") / number("population_ratios", "population")
    found = [
        Catchment(s.id, s.name, round(p), round(p * rate, 1), int(n))
        for s, p, n in zip(places, population.tolist(), listed.tolist(), strict=True)
    ]
    ordered = tuple(sorted(found, key=lambda c: (-c.unlisted, c.shelter_id)))
    return Unlisted(ordered, rate, meshes.total, meshes.total - round(counts.sum()), meshes.name)


def _nearest(points: list[Location], ends: list[Location | None]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each point the nearest end and the metres to it, a block of points at a time."""
    step = max(1, _PAIRS // max(1, len(ends)))
    places, metres = [], []
    for first in range(0, len(points), step):
        found = straight_distances_m(points[first : first + step], ends)
        places.append(np.argmin(found, axis=1))
        metres.append(found.min(axis=1))
    return np.concatenate(places), np.concatenate(metres)
