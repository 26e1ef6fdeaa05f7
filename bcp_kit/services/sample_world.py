"""The invented town and city, brought into the store the way a user's own files are."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bcp_kit.access.policy import Action, Actor, Role, decide
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem
from bcp_kit.domain.progress import Progress
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.importing import COMMAND, Counts, import_inspection, inspect_file
from bcp_kit.services.place_tables import inspect_places, keep_places
from bcp_kit.services.sample_city.files import write_city
from bcp_kit.services.sample_city.planted import PlantedCounts
from bcp_kit.services.sample_city.settings import ratio, settings

WORLDS = ("town", "city")
HAZARDS, ROADS, TOWN = "hazards", "roads", "town"
WHY = "sample world"
ORDER = (  # what others point at comes first
    SheetKind.FACILITIES,
    SheetKind.STAFF,
    SheetKind.ROSTERS,
    SheetKind.HELP_OFFERS,
    SheetKind.SHELTERS,
    SheetKind.SUPPORTERS,
    SheetKind.PEOPLE,
)
OF_FACILITY = frozenset({SheetKind.STAFF, SheetKind.ROSTERS, SheetKind.HELP_OFFERS, SheetKind.FACILITIES})
FILES_PART, READ_PART = 0.25, 0.95  # of the progress


@dataclass(frozen=True)
class WorldOutcome:
    """What was brought in, what had been planted, and the findings of the import by file name.

    `folder` holds the files; `bcp_answers` is the town's answers to the continuity plan, where there are any.
    """

    folder: Path
    counts: Mapping[str, Counts]
    planted: PlantedCounts
    problems: tuple[tuple[str, Problem], ...]
    bcp_answers: Path | None


def load_world(
    ctx: Context, name: str, *, work_dir: Path, seed: int | None = None, people: int | None = None
) -> WorldOutcome:
    """Bring a sample world into an empty store (or again into the store that holds it).

    The town is read from the program's own files; the city is written into `work_dir`/city first, from
    `seed` (default: the one of its settings) with `people` listed people (default: full size). The sheets
    belong to a town and to facilities, so they are brought in under both roles. Raises: BcpKitError U-010
    when the store holds anything else, U-002 for another name, U-003 when the user
    stops it, those of `import_inspection`.
    """
    ctx.demand(_own_action(ctx))
    if name not in WORLDS:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    folder = _folder(ctx, name, work_dir, seed, people)
    town = _yaml(folder / "town.yaml")
    _claim_store(ctx, town)
    counts: dict[str, Counts] = {}
    problems: list[tuple[str, Problem]] = []
    for place, kind in enumerate(ORDER):
        step = (READ_PART - FILES_PART) / len(ORDER)
        part = _part(ctx, FILES_PART + place * step, FILES_PART + (place + 1) * step)
        part(0.0, "world.progress.reading")
        acting = replace(ctx, actor=_actor(ctx, kind), progress=part)
        outcome = import_inspection(
            acting, inspect_file(acting, folder / f"{kind.value}.csv", limits=COMMAND)
        )
        counts |= outcome.counts
        problems += [(outcome.inspection.name, found) for _, found in outcome.inspection.findings()]
    _part(ctx, READ_PART, 1.0)(0.0, "world.progress.layers")
    _put_layers(ctx, folder, str(town["name"]))
    planted = PlantedCounts.model_validate(_yaml(folder / "planted.yaml"))
    answers = folder / "bcp_answers.yaml"
    return WorldOutcome(folder, counts, planted, tuple(problems), answers if answers.exists() else None)


def _own_action(ctx: Context) -> Action:
    """Return what the actor needs: officers bring in registers, managers their staff; either may load."""
    officer = decide(ctx.actor, Action.IMPORT_REGISTER).allowed
    return Action.IMPORT_REGISTER if officer else Action.EDIT_STAFF


def _actor(ctx: Context, kind: SheetKind) -> Actor:
    role = Role.FACILITY_MANAGER if kind in OF_FACILITY else Role.DISASTER_OFFICER
    return Actor(name=ctx.actor.name, role=role)


def _part(ctx: Context, low: float, high: float) -> Progress:
    """Return progress that fills the part from `low` to `high`, and breaks off when the user stops."""

    def report(done: float, stage: str) -> bool:
        if not ctx.progress(low + (high - low) * done, stage):
            raise BcpKitError(ErrorCode.STOPPED_BY_USER)
        return True

    return report


def _folder(ctx: Context, name: str, work_dir: Path, seed: int | None, people: int | None) -> Path:
    """Return the folder with the world's files; the city's are written first."""
    if name == "town":
        return locate("sample_data") / "town"
    folder = work_dir / "city"
    listed = int(ratio("city_listed")) if people is None else people
    drawn_from = settings().seed if seed is None else seed
    write_city(folder, drawn_from, listed, _part(ctx, 0.0, FILES_PART))
    return folder


def _claim_store(ctx: Context, town: Mapping[str, Any]) -> None:
    """Mark an empty store as this world's; refuse one with anything else in it.

    Sample people among real ones would be printed and placed like them.
    """
    mark = {**town, "reference_date": str(town["reference_date"])}
    with ctx.open_store() as uow:
        uow.lock()
        empty = not any(repository.count() for repository in uow.repositories)
        if not empty and uow.layers.get(TOWN) != mark:
            raise BcpKitError(ErrorCode.SAMPLE_NOT_ALONE)
        uow.layers.put(TOWN, mark, WHY)
        uow.commit()


def _put_layers(ctx: Context, folder: Path, town: str) -> None:
    with ctx.open_store() as uow:
        uow.layers.put(HAZARDS, json.loads((folder / "hazards.geojson").read_text(encoding="utf-8")), WHY)
        uow.layers.put(ROADS, {part: _rows(folder / f"roads_{part}.csv") for part in ("nodes", "edges")}, WHY)
        uow.commit()
    points = folder / "town_points.csv"
    if points.exists():
        keep_places(ctx, inspect_places(points.read_bytes(), points.name), source=town)


def _rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a CSV file; columns of numbers as numbers."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [{key: _number(cell) for key, cell in row.items()} for row in csv.DictReader(lines)]


def _number(cell: str) -> int | float | str:
    try:
        return int(cell) if cell.isdecimal() else float(cell)
    except ValueError:
        return cell


def _yaml(path: Path) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tree
