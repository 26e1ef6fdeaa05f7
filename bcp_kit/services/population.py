"""Population by mesh: kept as the user brings it; how many more people than those listed each place must expect."""

import re
import unicodedata
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
from bcp_kit.intake.delimited import read_delimited
from bcp_kit.intake.guard import guard, shown_name
from bcp_kit.intake.limits import COMMAND, SCREEN, FileKind, Limits
from bcp_kit.services.base import Context

__all__ = ["COMMAND", "SCREEN", "Catchment", "MeshFile", "Unlisted"]

LAYER = "population_meshes"
WHY = "population"
_PEOPLE = ("人口総数", "人口", "総数", "population", "pop")
_NOT_PEOPLE = ("世帯", "男", "女", "歳", "率", "密度")


@dataclass(frozen=True)
class MeshFile:
    """People by mesh code."""

    name: str
    people: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return the sum of all meshes."""
        return sum(self.people.values())


def inspect_population(content: bytes, name: str, limits: Limits = SCREEN) -> MeshFile:
    """Return the meshes of a table with a column of mesh codes and one of people; nothing is stored.

    Raises: BcpKitError G-003 for another kind of file, G-020 for a missing column or not one good row.
    """
    if guard(content, name, limits) is not FileKind.DELIMITED:
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds="CSV")
    rows = [row.cells for row in read_delimited(content).rows if any(cell.strip() for cell in row.cells)]
    heads = [unicodedata.normalize("NFKC", cell).strip() for cell in (rows[0] if rows else ())]
    code = next(
        (i for i, h in enumerate(heads) if re.search(r"メッシュ|mesh|KEY_CODE", h, re.IGNORECASE)), None
    )
    people = _people_column(heads)
    if code is None or people is None:
        raise BcpKitError(ErrorCode.MESHES_UNREADABLE, detail="メッシュコード, 人口")
    found = dict(_meshes(rows[1:], code, people))
    if not found:
        raise BcpKitError(ErrorCode.MESHES_UNREADABLE, detail="メッシュコード")
    return MeshFile(shown_name(name), found)


def _people_column(heads: list[str]) -> int | None:
    for word in _PEOPLE:
        for i, head in enumerate(heads):
            if head.casefold().startswith(word) and not any(other in head for other in _NOT_PEOPLE):
                return i
    return None


def _meshes(rows: list[tuple[str, ...]], code: int, people: int) -> list[tuple[str, int]]:
    found = []
    for row in rows:
        if max(code, people) >= len(row):
            continue
        key = unicodedata.normalize("NFKC", row[code]).strip()
        try:
            count = float(unicodedata.normalize("NFKC", row[people]).replace(",", "").strip())
            mesh_rectangle(key)
        except ValueError:
            continue  # a mesh whose number the publisher hides, or a second heading
        if count >= 0:
            found.append((key, round(count)))
    return found


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
            raise BcpKitError(ErrorCode.MAP_MISSING, key=LAYER)
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
    """Catchments, and the rate at which people are expected to require support (catalogue, not a count)."""

    catchments: tuple[Catchment, ...]
    rate: float
    population: int
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
        raise BcpKitError(ErrorCode.MAP_MISSING, key=LAYER)
    meshes, _ = kept
    with ctx.open_store() as uow:
        places = [s for s in uow.shelters.list() if s.location is not None]
        homes = [p.location for p in uow.people.list() if p.location is not None]
    if not places:
        raise BcpKitError(ErrorCode.NO_DESTINATIONS)
    middles = [mesh_rectangle(code).middle for code in meshes.people]
    ends = [s.location for s in places]
    nearest = _nearest([Location(latitude=y, longitude=x) for x, y in middles], ends)
    counts = np.array(list(meshes.people.values()), dtype=float)
    population = np.bincount(nearest, weights=counts, minlength=len(places))
    listed = (
        np.bincount(_nearest(homes, ends), minlength=len(places)) if homes else np.zeros(len(places), int)
    )
    rate = number("population_ratios", "listed") / number("population_ratios", "population")
    found = [
        Catchment(s.id, s.name, round(p), round(p * rate, 1), int(n))
        for s, p, n in zip(places, population.tolist(), listed.tolist(), strict=True)
    ]
    ordered = tuple(sorted(found, key=lambda c: (-c.unlisted, c.shelter_id)))
    return Unlisted(ordered, rate, meshes.total, meshes.name)


def _nearest(points: list[Location], ends: list[Location | None]) -> np.ndarray:
    return np.asarray(np.argmin(straight_distances_m(points, ends), axis=1))
