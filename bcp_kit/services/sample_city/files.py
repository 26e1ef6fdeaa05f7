"""Writes the city as the files that the program imports: our own sheets, zones, roads, settings, counts."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

from bcp_kit.domain.progress import Progress, silent
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.render.sheet_rows import (
    Cells,
    cells_of,
    every_column,
    object_tree,
    person_tree,
    roster_columns,
    roster_tree,
    written_columns,
)
from bcp_kit.render.spreadsheet import TableOut, write_csv
from bcp_kit.services.sample_city.city import City, build_city
from bcp_kit.services.sample_city.roads import RoadEdge, RoadNode

NOTE = "市・人・施設・座標はすべて架空です。"


def write_city(out_dir: Path, seed: int, people: int, progress: Progress = silent) -> City:
    """Draw the city, write its files into `out_dir` (made if missing), and return it.

    The same seed gives the same bytes.
    """
    city = build_city(seed, people, progress)
    progress(0.8, "world.progress.files")
    out_dir.mkdir(parents=True, exist_ok=True)
    for kind, trees in _trees(city).items():
        _write_sheet(out_dir, kind, trees)
    _write_rosters(out_dir, city)
    _write_text(out_dir / "hazards.geojson", _geojson(city))
    _write_table(out_dir / "roads_nodes.csv", RoadNode, city.roads.nodes)
    _write_table(out_dir / "roads_edges.csv", RoadEdge, city.roads.edges)
    _write_yaml(out_dir / "town.yaml", _town(city))
    _write_yaml(out_dir / "planted.yaml", city.planted.model_dump(mode="json"))
    return city


def _trees(city: City) -> dict[SheetKind, list[dict[str, Any]]]:
    consents, links = defaultdict(list), defaultdict(list)
    for consent in city.consents:
        consents[consent.person_id].append(consent)
    for link in city.links:
        links[link.person_id].append(link)
    return {
        SheetKind.PEOPLE: [person_tree(p, consents[p.id], links[p.id]) for p in city.people],
        SheetKind.SUPPORTERS: [object_tree(supporter) for supporter in city.supporters],
        SheetKind.SHELTERS: [object_tree(shelter) for shelter in city.shelters],
        SheetKind.FACILITIES: [object_tree(facility) for facility in city.facilities],
        SheetKind.STAFF: [object_tree(member) for member in city.staff],
        SheetKind.HELP_OFFERS: [object_tree(offer) for offer in city.help_offers],
    }


def _write_sheet(out_dir: Path, kind: SheetKind, trees: Iterable[Mapping[str, Any]]) -> None:
    columns = every_column(kind)
    rows: Sequence[Cells] = [cells_of(tree, columns) for tree in trees]
    table = TableOut(sheet(kind).title, written_columns(kind, rows), rows)
    (out_dir / f"{kind.value}.csv").write_bytes(write_csv(table).content)


def _write_rosters(out_dir: Path, city: City) -> None:
    entries = defaultdict(list)
    for entry in city.rosters:
        entries[entry.staff_id].append(entry)
    columns = (*sheet(SheetKind.ROSTERS).columns, *roster_columns(sorted({e.day for e in city.rosters})))
    rows = [cells_of(roster_tree(m.id, m.name, entries[m.id]), columns) for m in city.staff]
    table = TableOut(sheet(SheetKind.ROSTERS).title, columns, rows)
    (out_dir / "rosters.csv").write_bytes(write_csv(table).content)


def _write_table(path: Path, kind: type[RoadNode] | type[RoadEdge], rows: Iterable[Any]) -> None:
    out = StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    _write_text(path, out.getvalue())


def _geojson(city: City) -> str:
    return json.dumps({**city.terrain.geojson(), "note": NOTE}, ensure_ascii=False, indent=1) + "\n"


def _town(city: City) -> dict[str, Any]:
    rules = city.settings
    return {
        "name": rules.name,
        "code": rules.code,
        "code_note": rules.code_note,
        "reference_date": rules.reference_date,
        "box": rules.box.model_dump(),
        "ordinance": rules.ordinance,
        "note": NOTE,
        "seed": city.seed,
    }


def _write_yaml(path: Path, tree: Mapping[str, Any]) -> None:
    _write_text(path, yaml.safe_dump(dict(tree), allow_unicode=True, sort_keys=False))


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
