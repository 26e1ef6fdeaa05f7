"""`bcp-kit demo`: the whole loop on an invented world, and where its papers lie."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.common import Exit, JsonOption, console, err_console, progress_bar, write_json
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.demo import DemoOutcome, run_demo, run_plans_demo
from bcp_kit.services.sample_world import WORLDS
from bcp_kit.services.store import StoreSettings, open_store

OutOption = Annotated[Path, typer.Option("--out", help="紙（PDF）を置く場所", metavar="DIR")]
PlansOption = Annotated[
    ServiceCategory | None,
    typer.Option("--plans", help="この区分の架空の事業所の、二つの計画と一年分の記録だけを作る"),
]
WorldOption = Annotated[str, typer.Option("--world", help="見本：town（町・12人）か city（人口10万の市）")]


def demo(
    out: OutOption = Path("bcp_kit_output"),
    world: WorldOption = "town",
    plans: PlansOption = None,
    json: JsonOption = None,
) -> None:
    """架空の町で、職員の見込みからPDFまでをひととおり動かします。質問はしません。

    --plans を付けると、その区分の架空の事業所の、書き終えた二つの業務継続計画と、
    一年分の記録、運営指導の確認資料だけを作ります。
    """
    if plans is not None:
        _plans_demo(plans, out, json)
        return
    if world not in WORLDS:
        raise typer.BadParameter(text("demo.which_world"), param_hint="--world")
    folder = _fresh_folder(out)
    handle = open_store(StoreSettings(data_dir=folder / "store", plain=True), text("demo.actor"))
    words = err_console if json == "-" else console
    words.print(text("demo.begin"))
    began = time.monotonic()
    try:
        with progress_bar(text("demo.title")) as bar:
            actor = Actor(name=text("demo.actor"), role=Role.DISASTER_OFFICER)
            outcome = run_demo(Context(actor, handle.open, progress=bar), world, folder)
    finally:
        handle.close()
    seconds = time.monotonic() - began
    words.print(_counts(outcome, seconds))
    words.print(_papers(outcome), soft_wrap=True, markup=False)
    write_json(json, lambda: facts(outcome, seconds))
    if any(stage.violations for run in outcome.matchings.values() for stage in run.stages):
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _plans_demo(category: ServiceCategory, out: Path, json: str | None) -> None:
    folder = _fresh_folder(out)
    handle = open_store(StoreSettings(data_dir=folder / "store", plain=True), text("demo.actor"))
    try:
        actor = Actor(name=text("demo.actor"), role=Role.FACILITY_MANAGER)
        files = run_plans_demo(Context(actor, handle.open), category, folder / "bcp")
    finally:
        handle.close()
    words = err_console if json == "-" else console
    lines = [text("demo.papers"), *(f"   {path}" for path in files)]
    lines.append(text("demo.look_on", store=str(folder / "store")))
    words.print("\n".join(lines), soft_wrap=True, markup=False)
    write_json(
        json,
        lambda: {
            "out_dir": str(folder),
            "store": str(folder / "store"),
            "files": [str(path) for path in files],
        },
    )


def _fresh_folder(out: Path) -> Path:
    """Return a folder that is new: an earlier demo's papers are never overwritten."""
    folder, number = out, 2
    while folder.exists() and any(folder.iterdir()):
        folder, number = out.with_name(f"{out.name}-{number}"), number + 1
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def facts(outcome: DemoOutcome, seconds: float) -> dict[str, Any]:
    """Return the outcome as one object: counts, statuses, gaps, files."""
    planted = outcome.world.planted
    return {
        "seconds": round(seconds, 1),
        "people": planted.listed,
        "planted": planted.model_dump(mode="json", exclude={"by_need", "shelters"}),
        "cover": {
            facility: {"status": run.status.value, "gap": run.gap, "violations": run.violations}
            for facility, run in outcome.covers.items()
        },
        "matching": {
            hazard.value: [stage.model_dump(mode="json") for stage in run.stages]
            for hazard, run in outcome.matchings.items()
        },
        "person_copies": outcome.person_copies.people,
        "supporter_copies": outcome.supporter_copies.people,
        "files": [str(p) for p in _files(outcome)],
        "out_dir": str(outcome.out_dir),
    }


def _files(outcome: DemoOutcome) -> list[Path]:
    return [*outcome.person_copies.files, *outcome.supporter_copies.files, *outcome.continuity_plans]


def _counts(outcome: DemoOutcome, seconds: float) -> Table:
    """Return the table of what was done, in the order of the loop."""
    table = Table(title=text("demo.title"), show_header=False)
    planted = outcome.world.planted
    for key, value in (
        ("people", planted.listed),
        ("facilities", len(outcome.covers)),
        ("person_copies", outcome.person_copies.people),
        ("supporter_copies", outcome.supporter_copies.people),
    ):
        table.add_row(text(f"demo.row.{key}"), f"{value:,}")
    for hazard, run in outcome.matchings.items():
        for stage in run.stages:
            gap = text("demo.gap_none") if stage.gap is None else f"{stage.gap:.3%}"
            table.add_row(
                text("demo.row.stage", hazard=text(f"demo.hazard.{hazard.value}"), stage=stage.stage),
                text(
                    "demo.placed", placed=stage.placed, people=stage.people,
                    status=text(f"demo.status.{stage.status.value}"), gap=gap,
                ),
            )  # fmt: skip
    table.add_row(text("demo.row.seconds"), f"{seconds:,.1f}")
    return table


def _papers(outcome: DemoOutcome) -> str:
    lines = [text("demo.papers"), *(f"   {path}" for path in _files(outcome)), text("demo.next")]
    return "\n".join(lines)
