"""`bcp-kit bcp stock`: how long the stock of a plan lasts, what to buy, how long the generator runs."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.catalogues.load import source_titles
from bcp_kit.cli.bcp_common import PlanOption, column, manager_context, say, write_file
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, write_json
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.forms.supplies import Supply
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_plans
from bcp_kit.services.supplies import SupplyView, read_supplies, shopping_list


def add_to(app: typer.Typer) -> None:
    """Add the command to the group `bcp`."""
    app.command("stock")(stock)


def stock(
    plan: PlanOption = "",
    own: Annotated[
        list[str] | None,
        typer.Option("--set", help="試す数（例：days=7、guests=10、water=3.5、diapers_share=0.6）。何度でも"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="買う物の一覧（Excel）を書き出すフォルダー", file_okay=False)
    ] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """備蓄が何日もつか、何をいくつ買うか、発電機が何時間動くかを計算します。

    自分たちの分が足りないと、終了コードは5です。
    """
    ctx = manager_context(data)
    plan_id = plan or _disaster_plan(ctx)
    figures = _figures(own or [])
    view = read_supplies(ctx, plan_id, figures)
    if out is not None:
        name = f"{text('supplies.file_name')}_{view.facility.id}.xlsx"
        target = write_file(out, name, shopping_list(ctx, plan_id, figures))
        say("supplies.cli.written", json, file=str(target))
    write_json(json, lambda: view_facts(view))
    if json != "-":
        _print(view)
    if any(supply.short for supply in view.supplies):
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _disaster_plan(ctx: Context) -> str:
    found = [one.plan.id for one in list_plans(ctx) if one.plan.kind is PlanKind.NATURAL_DISASTER]
    if len(found) != 1:
        raise BcpKitError(ErrorCode.WHICH_PLAN, count=len(found))
    return found[0]


def _figures(own: list[str]) -> dict[str, float]:
    told: dict[str, float] = {}
    for pair in own:
        name, _, value = pair.partition("=")
        try:
            told[name.strip()] = float(value)
        except ValueError:
            raise BcpKitError(ErrorCode.STOCK_COEFFICIENT, name=name) from None
    return told


def _supply_facts(supply: Supply) -> dict[str, Any]:
    return {
        "item": supply.item,
        "label": supply.label_ja,
        "unit": supply.unit,
        "per_day": {group.value: amount for group, amount in supply.per_day.items()},
        "need": {group.value: amount for group, amount in supply.need.items()},
        "stock": supply.stock,
        "guest_stock": supply.guest_stock,
        "expired": supply.expired,
        "next_use_by": supply.next_use_by.isoformat() if supply.next_use_by else None,
        "days": supply.days,
        "lasts_days": supply.lasts_days,
        "short": supply.short,
        "guest_short": supply.guest_short,
        "packs": supply.packs,
        "cost_yen": supply.cost_yen,
        "sources": list(source_titles(supply.row.sources)),
        "verification": supply.row.verification.value,
    }


def view_facts(view: SupplyView) -> dict[str, Any]:
    """Return the arithmetic as plain values."""
    return {
        "plan": view.plan_id,
        "facility": view.facility.id,
        "people": view.people.model_dump(),
        "figures": dict(view.figures),
        "supplies": [_supply_facts(supply) for supply in view.supplies],
        "expiry": [{"use_by": _day(on), "name": name} for on, name in view.dates],
        "power": view.power.model_dump(),
        "days": [line.model_dump() for line in view.days],
    }


def _day(on: date) -> str:
    return on.isoformat()


def _print(view: SupplyView) -> None:
    people = view.people
    say("supplies.people", residents=people.residents, staff=people.staff, guests=people.guests)
    heads = [text(f"supplies.column.{key}") for key in ("item", "need_own", "stock", "short", "guest_short")]
    heads += [text(f"supplies.cli.{key}") for key in ("lasts", "buy", "cost")]
    table = Table(*(column(head) for head in heads))
    for one in view.supplies:
        lasts = text("supplies.lasts", days=f"{one.lasts_days:.1f}") if one.lasts_days is not None else "—"
        amounts = (one.own_need, one.stock, one.short, one.guest_short)
        cells = [escape(one.label_ja), *(f"{amount:,.0f}{one.unit}" for amount in amounts), lasts]
        buy = text("supplies.packs", packs=one.packs, pack_unit=one.pack_unit_ja) if one.packs else "—"
        table.add_row(*cells, buy, text("supplies.yen", yen=f"{one.cost_yen:,.0f}"))
    console.print(table)
    power = view.power
    say(
        "supplies.power_line",
        peak=f"{power.peak_w:,.0f}", start=f"{power.start_w:,.0f}", energy=f"{power.energy_wh / 1000:.1f}",
    )  # fmt: skip
    if power.full_load_h is not None and power.by_load_h is not None:
        target = f"{power.fuel_for_target_l or 0:.0f}"
        hours = {"full": f"{power.full_load_h:.0f}", "by_load": f"{power.by_load_h:.0f}"}
        say("supplies.power_fuel", **hours, target=target)
