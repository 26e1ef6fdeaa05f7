"""`bcp-kit waves`: the chance that life-keeping work holds by day and shift, and which measure helps most."""

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.catalogues import load
from bcp_kit.cli.common import (
    DataOption,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover import scenario_of
from bcp_kit.services.cover_waves import (
    DEFAULT_DRAWS,
    MOST_DRAWS,
    Chance,
    WavesCommand,
    WavesReport,
    run_waves,
)

SURE = 0.9995  # what is shown as 100 %


def waves(  # noqa: PLR0913, PLR0917 - options of a command
    facility: Annotated[
        list[str], typer.Option("--facility", help="施設の番号（同じ法人なら何度でも書ける）")
    ],
    scenario: Annotated[
        str, typer.Option("--scenario", help="場面の記号（cover scenarios で一覧）")
    ] = "earthquake_night",
    draws: Annotated[int, typer.Option("--draws", min=1, max=MOST_DRAWS, help="抽選の回数")] = DEFAULT_DRAWS,
    seed: Annotated[int, typer.Option("--seed", help="乱数の種（同じ種なら同じ答え）")] = 0,
    measure: Annotated[
        list[str] | None, typer.Option("--measure", help="比べる備え（省略時は全部、くり返せる）")
    ] = None,
    check: Annotated[
        int, typer.Option("--check", min=0, help="埋まらなかった抽選のうち、すべての決まりで解き直す回数")
    ] = 3,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """職員が来られるかをくり返し抽選し、命を守る業務が続く割合と、効く備えを示します。"""
    out = err_console if json == "-" else console
    with progress_bar(text("waves.stage.draws")) as bar:
        ctx = open_context(data, Role.FACILITY_MANAGER, progress=bar)
        command = WavesCommand(
            facility_ids=tuple(facility),
            scenario=scenario_of(ctx, scenario),
            draws=draws,
            seed=seed,
            measures=None if measure is None else tuple(measure),
            samples=check,
        )
        report = run_waves(ctx, command)
    show(report, out)
    write_json(json, lambda: facts(report))


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"waves.cli.{key}", DEFAULT_LANGUAGE, **values))


def _label(catalogue: str, key: str) -> str:
    row = load.catalogue(catalogue).rows.get(key)
    return escape(row.label_ja) if row else key


def _percent(value: float) -> str:
    return f"{100 * value:.0f}" if value >= SURE or value == 0 else f"{100 * value:.1f}"


def _share(chance: Chance) -> str:
    low, high = _percent(chance.low), _percent(chance.high)
    return _t("percent", value=low) if low == high else _t("range", low=low, high=high)


def _table(title: str, *heads: str) -> Table:
    return Table(*(Column(_t(h), overflow="fold") for h in heads), title=_t(title), title_justify="left")


def show(report: WavesReport, out: Console) -> None:
    """Print a report."""
    asked = report.command
    numbers = {"staff": report.staff, "days": asked.scenario.days, "draws": asked.draws, "seed": asked.seed}
    out.print(_t("head", scenario=asked.scenario.name, **numbers), soft_wrap=True)
    whole = report.whole
    error = f"{100 * whole.error:.1f}"
    out.print(_t("whole", low=_percent(whole.low), high=_percent(whole.high), error=error), soft_wrap=True)
    points = f"{100 * (whole.high - whole.low):.1f}"
    out.print(_t("two_numbers", points=points), soft_wrap=True)
    out.print(_t("short", short=f"{report.short:.1f}", days=asked.scenario.days), soft_wrap=True)
    _print_days(report, out)
    _print_shifts(report, out)
    _print_measures(report, out)
    _print_places(report, out)
    _print_compared(report, out)


def _print_days(report: WavesReport, out: Console) -> None:
    table = _table("days", "day", "holds", "heads")
    for day in report.days:
        heads = " / ".join(f"{h:.0f}" for h in day.heads)
        table.add_row(text("cover.cli.day_number", day=day.day), _share(day.chance), heads)
    out.print(table)


def _print_shifts(report: WavesReport, out: Console) -> None:
    weak = [s for s in report.shifts if s.chance.low < SURE]
    if not weak:
        out.print(_t("shifts_none"))
        return
    table = _table("shifts", "day", "shift", "holds", "missing", "scarce")
    for s in weak:
        table.add_row(
            text("cover.cli.day_number", day=s.day),
            _label("shifts", s.shift),
            _share(s.chance),
            f"{s.missing:.2f}",
            _label("post_groups", s.scarce) if s.scarce else "",
        )
    out.print(table)


def _print_measures(report: WavesReport, out: Console) -> None:
    if not report.measures:
        return
    table = _table("measures", "measure", "people", "saved", "after", "gain")
    for m in report.measures:
        table.add_row(
            _label("wave_measures", m.key),
            str(m.people) if m.people else _t("nobody"),
            _t("plus", value=f"{m.saved:.2f}", error=f"{m.saved_error:.2f}"),
            _t("percent", value=_percent(m.chance)),
            _t("plus", value=f"{100 * m.gain:.1f}", error=f"{100 * m.gain_error:.1f}"),
        )
    out.print(table)


def _print_places(report: WavesReport, out: Console) -> None:
    if not report.places:
        return
    table = _table("places", "day", "need", "low", "middle", "some", "binding")
    for p in report.places:
        table.add_row(
            text("cover.cli.day_number", day=p.day),
            _label("need_classes", p.need_class),
            str(p.low),
            str(p.middle),
            _t("percent", value=_percent(p.some)),
            text(f"cover.limit.{p.binding}"),
        )
    out.print(table)
    out.print(_t("places_note"), soft_wrap=True)


def _print_compared(report: WavesReport, out: Console) -> None:
    if not report.command.samples:
        return
    found = report.compared
    if not found:
        out.print(_t("compared_none"), soft_wrap=True)
        return
    held = sum(c.most == 0 for c in found)
    agree = sum(c.fast == c.most for c in found)
    over = f"{sum(c.fast - c.most for c in found) / len(found):.2f}"
    out.print(_t("compared", count=len(found), agree=agree, held=held, over=over), soft_wrap=True)
    unproven = sum(c.least < c.most for c in found)
    if unproven:
        out.print(_t("compared_open", count=unproven), soft_wrap=True)


def facts(report: WavesReport) -> dict[str, Any]:
    """Return a report as plain data; people stand in it as numbers only."""
    found = asdict(report)
    command = found.pop("command")
    scenario = report.command.scenario
    return {
        "facilities": list(report.command.facility_ids),
        "scenario": scenario.id,
        "scenario_days": scenario.days,
        "draws": command["draws"],
        "seed": command["seed"],
        **found,
    }
