"""Hazard maps: look at a file, keep it with source and year, list and remove, ask how places lie."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.geo.zones import Zones
from bcp_kit.intake.hazard_files import HazardFile, read_hazard_file
from bcp_kit.intake.limits import COMMAND, SCREEN, Limits
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["COMMAND", "SCREEN", "HazardFile", "HazardMap", "HazardMapWords", "Limits"]

INDEX, PLAIN, PREFIX = "hazard_maps", "hazards", "hazards/"
_ID_DIGITS = 8


class HazardMap(DomainModel):
    """What is known about one map that is kept, without its zones. `zones` counts them by hazard.

    `key` names the map; `scenario` is in the words of its publisher (想定最大規模); bounds are west, south,
    east, north in degrees. `year` None means that nobody said it.
    """

    key: str
    title: str
    source: str = ""
    year: int | None = None
    scenario: str = ""
    zones: Mapping[HazardKind, int] = Field(default_factory=dict)
    mended: int = 0
    left_out: int = 0
    bounds: tuple[float, float, float, float] | None = None
    kept_on: str = ""
    kept_by: str = ""

    @property
    def origin(self) -> str:
        """Return title, scenario and year in one line, as they stand beside what the map says."""
        said = [self.source or self.title, self.scenario, "" if self.year is None else str(self.year)]
        return " ".join(part for part in said if part)


@dataclass(frozen=True)
class HazardMapWords:
    """What a person says about a map; empty and None take over what the file itself tells."""

    title: str = ""
    source: str = ""
    year: int | None = None
    scenario: str = ""


def inspect_hazard_map(
    content: bytes,
    name: str,
    *,
    hazard: HazardKind | None = None,
    crs: str = "",
    limits: Limits = SCREEN,
) -> HazardFile:
    """Return what a file of zones holds and what is doubtful about it; nothing is stored.

    Raises: BcpKitError of letter G and I.
    """
    return read_hazard_file(content, name, hazard=hazard, crs=crs, limits=limits)


def keep_hazard_map(ctx: Context, file: HazardFile, words: HazardMapWords) -> HazardMap:
    """Store the zones of a file beside the maps that are kept already, and return what is known of them."""
    ctx.demand(Action.KEEP_MAPS)
    kept = HazardMap(
        key=ctx.new_id()[:_ID_DIGITS],
        title=words.title.strip() or file.name,
        source=words.source.strip() or file.source,
        year=words.year if words.year is not None else file.year,
        scenario=words.scenario.strip() or file.scenario,
        zones=Counter(zone.hazard for zone in file.zones.zones),
        mended=file.mended,
        left_out=file.left_out,
        bounds=file.zones.bounds,
        kept_on=ctx.today().isoformat(),
        kept_by=ctx.actor.name,
    )
    with ctx.open_store() as uow:
        uow.lock()
        index = uow.layers.get(INDEX) or {}
        uow.layers.put(f"{PREFIX}{kept.key}", file.zones.to_document(), "hazard map")
        uow.layers.put(INDEX, {**index, kept.key: kept.model_dump(mode="json")}, "hazard map")
        uow.commit()
    return kept


def list_hazard_maps(ctx: Context) -> tuple[HazardMap, ...]:
    """Return the maps that are kept, in the order of keeping."""
    ctx.demand(Action.SEE_MAPS)
    with ctx.open_store() as uow:
        return hazard_maps(uow)


def hazard_maps(uow: UnitOfWork) -> tuple[HazardMap, ...]:
    """Return the maps of the store; the sample world's own layer counts as one."""
    plain = uow.layers.get(PLAIN)
    listed = [_plain_map(plain)] if plain else []
    index: Mapping[str, Any] = uow.layers.get(INDEX) or {}
    return (*listed, *(HazardMap.model_validate(facts) for facts in index.values()))


def _plain_map(layer: Mapping[str, Any]) -> HazardMap:
    zones = Zones.from_document(layer)
    return HazardMap(
        key=PLAIN,
        title=str(layer.get("name", PLAIN)),
        source=str(layer.get("source", "")),
        year=layer["year"] if isinstance(layer.get("year"), int) else None,
        zones=Counter(zone.hazard for zone in zones.zones),
        bounds=zones.bounds if zones.zones else None,
    )


def remove_hazard_map(ctx: Context, key: str) -> None:
    """Remove one map.

    Raises: BcpKitError G-022 when there is none of that key.
    """
    ctx.demand(Action.KEEP_MAPS)
    with ctx.open_store() as uow:
        uow.lock()
        index: dict[str, Any] = uow.layers.get(INDEX) or {}
        name = PLAIN if key == PLAIN else f"{PREFIX}{key}"
        if name not in uow.layers.names():
            raise BcpKitError(ErrorCode.MAP_MISSING)
        uow.layers.remove(name, "hazard map")
        if key in index:
            uow.layers.put(INDEX, {k: facts for k, facts in index.items() if k != key}, "hazard map")
        uow.commit()


def zones_of(uow: UnitOfWork, hazard: HazardKind | None = None) -> Zones | None:
    """Return the zones of all maps, or of those that speak of one hazard; None where no map does.

    Raises: BcpKitError G-001 for a stored map that cannot be read.
    """
    found = []
    for kept in hazard_maps(uow):
        if hazard is None or kept.zones.get(hazard):
            name = PLAIN if kept.key == PLAIN else f"{PREFIX}{kept.key}"
            found.append(Zones.from_document(uow.layers.get(name)))
    return Zones.together(found) if found else None


@dataclass(frozen=True)
class MapAnswer:
    """How one place lies to one hazard by the maps, and which maps say so."""

    exposure: Exposure
    maps: tuple[HazardMap, ...]


def ask_maps(uow: UnitOfWork, points: Sequence[Location | None]) -> list[tuple[MapAnswer, ...]]:
    """Return for each point what the maps say about each hazard; nothing for an unknown point."""
    zones, kept = zones_of(uow), hazard_maps(uow)
    if zones is None:
        return [() for _ in points]
    speaking = {hazard: tuple(m for m in kept if m.zones.get(hazard)) for hazard in HazardKind}
    made: dict[int, MapAnswer] = {}
    answers = []
    for exposures in zones.exposures(points):
        for exposure in exposures:
            if id(exposure) not in made:
                made[id(exposure)] = MapAnswer(exposure, speaking[exposure.hazard])
        answers.append(tuple(made[id(exposure)] for exposure in exposures))
    return answers
