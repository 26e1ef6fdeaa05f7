"""The town's roads: look at files, keep the net, say what it holds, remove it; who lives far from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import number
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import Location, Metres
from bcp_kit.geo.road_table import RoadTable
from bcp_kit.geo.roads import RoadNet
from bcp_kit.geo.street_rules import Bars, Travel
from bcp_kit.intake.limits import COMMAND, SCREEN, Limits
from bcp_kit.intake.road_files import RoadFile, read_road_files
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["COMMAND", "SCREEN", "Limits", "RoadFile", "RoadMap"]

LAYER = "roads"


class RoadMap(DomainModel):
    """What is known about the road net that is kept. Lengths count each stored street once."""

    title: str
    source: str = ""
    junctions: int
    streets: int
    kilometres: float
    parts: int
    largest_part_share: float
    heights_share: float
    steps: int
    one_way: int
    lengths_mended: int = 0
    bounds: tuple[float, float, float, float]
    kept_on: str = ""
    kept_by: str = ""


def inspect_roads(files: Sequence[tuple[bytes, str]], *, crs: str = "", limits: Limits = SCREEN) -> RoadFile:
    """Return the net that one file, or two tables, hold and what is doubtful about it; nothing is stored.

    Raises: BcpKitError of letter G and I.
    """
    return read_road_files(files, crs=crs, limits=limits)


def road_facts(table: RoadTable, title: str, source: str) -> RoadMap:
    """Return what is known about a net."""
    parts = table.parts()
    return RoadMap(
        title=title,
        source=source,
        junctions=len(table.latitude),
        streets=len(table.tail),
        kilometres=round(float(table.length_m.sum()) / 1000, 1),
        parts=len(parts),
        largest_part_share=round(float(parts[0] / parts.sum()), 4),
        heights_share=round(float((~np.isnan(table.elevation_m)).mean()), 4),
        steps=int(((table.bars & int(Bars.NO_WHEELS)) != 0).sum()),
        one_way=int(((table.bars & int(Bars.ONEWAY)) != 0).sum()),
        lengths_mended=table.lengths_mended,
        bounds=table.bounds,
    )


def keep_roads(ctx: Context, file: RoadFile, title: str = "", source: str = "") -> RoadMap:
    """Store the net in place of the one that was kept before."""
    ctx.demand(Action.KEEP_MAPS)
    facts = road_facts(file.table, title.strip() or file.name, source.strip() or file.source)
    kept = facts.model_copy(update={"kept_on": ctx.today().isoformat(), "kept_by": ctx.actor.name})
    with ctx.open_store() as uow:
        uow.layers.put(LAYER, {**file.table.to_document(), "facts": kept.model_dump(mode="json")}, "roads")
        uow.commit()
    return kept


def read_roads(ctx: Context) -> RoadMap | None:
    """Return what is known about the net that is kept, None where there is none."""
    ctx.demand(Action.SEE_MAPS)
    with ctx.open_store() as uow:
        document = uow.layers.get(LAYER)
    if document is None:
        return None
    if "facts" in document:
        return RoadMap.model_validate(document["facts"])
    return road_facts(RoadTable.from_document(document), "", "")


def remove_roads(ctx: Context) -> None:
    """Remove the net.

    Raises: BcpKitError G-022 when there is none.
    """
    ctx.demand(Action.KEEP_MAPS)
    with ctx.open_store() as uow:
        uow.lock()
        if LAYER not in uow.layers.names():
            raise BcpKitError(ErrorCode.MAP_MISSING)
        uow.layers.remove(LAYER, "roads")
        uow.commit()


def stored_table(uow: UnitOfWork) -> RoadTable | None:
    """Return the net that is kept, None where there is none.

    Raises: BcpKitError G-002 for a document that cannot be read.
    """
    document = uow.layers.get(LAYER)
    return None if document is None else RoadTable.from_document(document)


@dataclass(frozen=True)
class FarPlace:
    """A home or destination far from every road: its number, never its name, and the metres."""

    kind: str
    number: str
    metres: Metres | None


@dataclass(frozen=True)
class RoadCheck:
    """How homes and destinations meet the net."""

    people: int
    shelters: int
    without_point: int
    far: tuple[FarPlace, ...]
    median_m: float
    limit_m: float


def check_roads(ctx: Context) -> RoadCheck:
    """Return who lives far from every road of the net, and who has no point at all.

    Raises: BcpKitError G-022 without a net.
    """
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        table = stored_table(uow)
        if table is None:
            raise BcpKitError(ErrorCode.MAP_MISSING)
        people = [("people", p.register_no or p.id, p.location) for p in uow.people.list()]
        shelters = [("shelters", s.id, s.location) for s in uow.shelters.list()]
    listed = [*people, *shelters]
    metres = nearest_road_m(table, [place for _, _, place in listed])
    limit = number("street_rules", "far_home_m")
    far = tuple(
        FarPlace(kind, key, round(float(m), 1))
        for (kind, key, _), m in zip(listed, metres, strict=True)
        if m >= limit
    )
    known = metres[~np.isnan(metres)]
    return RoadCheck(
        people=len(people),
        shelters=len(shelters),
        without_point=int(np.isnan(metres).sum()),
        far=tuple(sorted(far, key=lambda f: -(f.metres or 0.0))),
        median_m=round(float(np.median(known)), 1) if len(known) else 0.0,
        limit_m=limit,
    )


def nearest_road_m(table: RoadTable, points: Sequence[Location | None]) -> np.ndarray:
    """Return metres from each point to its junction on foot, however far; NaN where there is no point."""
    return RoadNet(table, Travel.FOOT).nearest_m(points)
