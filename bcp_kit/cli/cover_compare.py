"""`bcp-kit cover compare`: the same question with another goal first, side by side."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import DataOption, JsonOption, console, open_context, progress_bar, write_json
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Preference
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover import CoverCommand, scenario_of
from bcp_kit.services.cover_compare import Alternative, compare, keep_alternative, shown_value


def compare_rosters(  # noqa: PLR0913, PLR0917 - one option for each thing that is asked
    facility: Annotated[
        list[str], typer.Option("--facility", help="施設の番号（同じ法人なら何度でも書ける）")
    ],
    scenario: Annotated[
        str, typer.Option("--scenario", help="場面の記号（cover scenarios で一覧）")
    ] = "earthquake_night",
    seed: Annotated[int, typer.Option("--seed", help="乱数の種")] = 0,
    work: Annotated[float, typer.Option("--work", help="一つの案の計算の上限（秒の目安）", min=1)] = 20.0,
    keep: Annotated[Preference | None, typer.Option("--keep", help="この案を保存する")] = None,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """応援を減らす案、働きすぎを減らす案、変更を減らす案を並べて示す。選ぶまで何も保存しない。"""
    with progress_bar(text("cover.cli.progress")) as bar:
        ctx = open_context(data, role=Role.FACILITY_MANAGER, progress=bar)
        command = CoverCommand(tuple(facility), scenario_of(ctx, scenario), seed=seed, work_limit=work)
        found = compare(ctx, command)
        chosen = next((a for a in found if a.preference is keep), None)
        kept = keep_alternative(ctx, chosen, command.scenario).id if chosen else ""
    write_json(json, lambda: {"alternatives": [_facts(a) for a in found], "kept": kept})
    if json != "-":
        console.print(_table(found))
        if len(found) < len(Preference):
            console.print(_t("stopped"), soft_wrap=True)
        if kept:
            console.print(_t("kept", run=kept))


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"cover_answers.compare.{key}", DEFAULT_LANGUAGE, **values))


def _facts(alternative: Alternative) -> dict[str, object]:
    return {
        "preference": alternative.preference.value,
        "values": {goal.value: value for goal, value in alternative.values.items()},
        "bounds": dict(alternative.run.bounds),
        "status": alternative.run.status.value,
        "different_people": alternative.different_people,
        "best_goals": [goal.value for goal in alternative.best_goals],
        "run": alternative.run.model_dump(mode="json"),
    }


def _table(found: tuple[Alternative, ...]) -> Table:
    table = Table(title=_t("title"), title_justify="left")
    table.add_column(_t("goal"))
    for a in found:
        table.add_column(_t(a.preference.value), justify="right")
    for goal in Goal:
        table.add_row(_t(f"unit_{goal.value}"), *(shown_value(goal, a) for a in found))
    table.add_row(_t("different"), *(str(a.different_people) for a in found))
    table.add_row(_t("status"), *(text(f"cover.status.{a.run.status.value}") for a in found))
    return table
