"""The calculator: how long the stock lasts, what to buy, the generator, operations by day; in charts."""

import streamlit as st

from bcp_kit.catalogues.load import Row, catalogue, number, source_titles
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.operation_table import level_spans
from bcp_kit.forms.schema import form
from bcp_kit.forms.supplies import Group, Supply
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.bcp import PlanView, form_id, list_plans, save_answers
from bcp_kit.services.bcp_facts import Proposal
from bcp_kit.services.supplies import SupplyView, read_supplies, set_figures, shopping_list

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES_SHOWN = ("days", "guests", "spare")
CHART_HEIGHT = 220
STOCK_CHART_HEIGHT = 380


def show_supplies(view: PlanView) -> None:
    """Show the calculator of the facility's natural-disaster plan."""
    st.subheader(say("supplies.title"), anchor=False)
    plan_id = _disaster_plan(view)
    if not plan_id:
        st.info(say("supplies.no_plan"))
        return
    counted = read_supplies(context(), plan_id)
    people = counted.people
    st.caption(say("supplies.lead"))
    st.markdown(say("supplies.people", residents=people.residents, staff=people.staff, guests=people.guests))
    _show_glance(counted)
    _show_chart(counted)
    _show_items(counted)
    _show_figures(counted)
    _show_power(counted)
    _show_operations(counted)
    _show_proposals(counted)


def _disaster_plan(view: PlanView) -> str:
    if view.plan.kind is PlanKind.NATURAL_DISASTER:
        return view.plan.id
    plans = (one.plan for one in list_plans(context(), view.facility.id))
    return next((plan.id for plan in plans if plan.kind is PlanKind.NATURAL_DISASTER), "")


def _label(one: Supply | Row) -> str:
    return one.label_en if language() == "en" and one.label_en else one.label_ja


def _show_glance(counted: SupplyView) -> None:
    """Show the three figures that a manager wants first."""
    row = st.container(horizontal=True)
    used = [(one.lasts_days, _label(one)) for one in counted.supplies if one.lasts_days is not None]
    days, item = min(used, default=(0.0, ""))
    value = say("supplies.lasts", days=f"{days:.1f}") if item else "—"
    row.metric(say("supplies.metric_shortest", item=item), value, border=True, width="content")
    yen = sum(one.cost_yen for one in counted.supplies)
    cost = say("supplies.yen", yen=f"{yen:,.0f}")
    row.metric(say("supplies.metric_cost"), cost, border=True, width="content")
    hours = counted.power.by_load_h
    told = (
        say("supplies.metric_fuel_value", hours=f"{hours:.0f}") if hours is not None else say("supplies.none")
    )
    row.metric(say("supplies.metric_fuel"), told, border=True, width="content")


def _show_chart(counted: SupplyView) -> None:
    item, lasts, target = (say(f"supplies.{key}") for key in ("chart_item", "chart_lasts", "chart_target"))
    used = [one for one in counted.supplies if one.lasts_days is not None]
    st.markdown(f"**{say('supplies.chart_days')}**")
    st.bar_chart(
        {
            item: [_label(one) for one in used],
            lasts: [round(one.lasts_days or 0.0, 1) for one in used],
            target: [one.days for one in used],
        },
        x=item,
        y=[lasts, target],
        x_label="",
        y_label=say("supplies.unit_days"),
        color=["#005BAC", "#B9C2CB"],
        stack=False,
        sort=False,
        horizontal=True,
        height=STOCK_CHART_HEIGHT,
        alt=say("supplies.chart_days"),
    )


def _amount(value: float, unit: str) -> str:
    return say("supplies.amount", amount=f"{value:,.0f}", unit=unit)


def _item_row(one: Supply) -> dict[str, str]:
    lasts = say("supplies.not_used")
    if one.lasts_days is not None:
        lasts = say("supplies.lasts", days=f"{one.lasts_days:.1f}")
    buy = say("supplies.packs", packs=one.packs, pack_unit=one.pack_unit_ja) if one.packs else ""
    return {
        say("supplies.column.item"): _label(one),
        say("supplies.column.need_own"): _amount(one.own_need, one.unit),
        say("supplies.column.stock"): _amount(one.stock, one.unit),
        say("supplies.cli.lasts"): lasts,
        say("supplies.column.need_guests"): _amount(one.need[Group.GUESTS], one.unit),
        say("supplies.guest_stock"): _amount(one.guest_stock, one.unit),
        say("supplies.cli.buy"): buy or say("supplies.enough"),
        say("supplies.cli.cost"): say("supplies.yen", yen=f"{one.cost_yen:,.0f}"),
    }


def _show_items(counted: SupplyView) -> None:
    show_table([_item_row(one) for one in counted.supplies], alt=say("supplies.table"))
    st.download_button(
        say("supplies.download"),
        lambda: shopping_list(context(), counted.plan_id),
        file_name=f"{say('supplies.file_name')}.xlsx",
        mime=EXCEL,
        key="supplies.download",
        on_click="ignore",
    )
    if counted.dates:
        soon = "、".join(f"{plain(name)} {on:%Y-%m}" for on, name in counted.dates[:5])
        st.caption(f"{say('supplies.expiry')}：{soon}")


def _default(name: str) -> float:
    """Return what is counted with while the facility says nothing."""
    items = catalogue("supply_items").rows
    if name == "days":
        return number("stockpile", "days_min")
    if name.removesuffix("_share") in items and name.endswith("_share"):
        return float(items[name.removesuffix("_share")].data["share"])
    if name.removesuffix("_yen") in items and name.endswith("_yen"):
        return items[name.removesuffix("_yen")].value or 0.0
    return number("stockpile", items[name].data["coefficient"]) if name in items else 0.0


def _figure_fields(counted: SupplyView) -> list[tuple[str, str]]:
    """Return names and labels of the figures that a facility may set, in the order shown."""
    fields = [(name, say(f"supplies.figure_{name}")) for name in FIGURES_SHOWN]
    for one in counted.supplies:
        fields.append((one.item, say("supplies.figure_item", item=_label(one))))
        if one.item == "diapers":
            fields.append((f"{one.item}_share", say("supplies.figure_share", item=_label(one))))
        fields.append((f"{one.item}_yen", say("supplies.figure_yen", item=_label(one))))
    return fields


def _show_figures(counted: SupplyView) -> None:
    with st.expander(say("supplies.figures")), st.form("supplies.figures", border=False):
        st.caption(say("supplies.figures_lead"))
        typed: dict[str, float | None] = {}
        columns = st.columns(3)
        for place, (name, label) in enumerate(_figure_fields(counted)):
            start = counted.people.guests if name == "guests" else _default(name)
            typed[name] = columns[place % 3].number_input(
                label,
                min_value=0.0,
                value=counted.figures.get(name),
                placeholder=f"{start:g}",
                key=f"supplies.{name}",
                format="%g",
            )
        rows = [catalogue("stockpile").need(one.row.data["coefficient"]) for one in counted.supplies]
        sources = dict.fromkeys(title for row in rows for title in source_titles(row.sources))
        st.caption(say("supplies.source", source="、".join(sources)))
        if st.form_submit_button(say("supplies.figures_save")):
            _save_figures(counted.plan_id, typed)


def _save_figures(plan_id: str, typed: dict[str, float | None]) -> None:
    try:
        set_figures(context(), plan_id, typed)
    except BcpKitError as error:
        show_error(error)
        return
    st.toast(say("supplies.figures_saved"))
    st.rerun()


def _show_power(counted: SupplyView) -> None:
    power = counted.power
    if not power.energy_wh:
        return
    st.markdown(f"**{say('supplies.power_chart')}**")
    hour, load = say("supplies.power_hour"), say("supplies.power_load")
    st.bar_chart(
        {hour: [f"{place:02d}" for place in range(len(power.hourly_w))], load: list(power.hourly_w)},
        x=hour,
        y=load,
        x_label=hour,
        y_label=load,
        color="#005BAC",
        sort=False,
        height=CHART_HEIGHT,
        alt=say("supplies.power_chart"),
    )
    figures = {"peak": f"{power.peak_w:,.0f}", "start": f"{power.start_w:,.0f}"}
    st.markdown(say("supplies.power_line", **figures, energy=f"{power.energy_wh / 1000:.1f}"))
    if power.rated_w is None or power.full_load_h is None or power.by_load_h is None:
        st.caption(say("supplies.power_none"))
        return
    told = say(
        "supplies.power_carries" if power.carries else "supplies.power_over", rated=f"{power.rated_w:,.0f}"
    )
    (st.success if power.carries else st.warning)(told)
    hours = {"full": f"{power.full_load_h:.0f}", "by_load": f"{power.by_load_h:.0f}"}
    st.markdown(say("supplies.power_fuel", **hours, target=f"{power.fuel_for_target_l or 0:.0f}"))


def _show_operations(counted: SupplyView) -> None:
    st.markdown(f"**{say('supplies.operations')}**")
    if not counted.days:
        st.info(say("supplies.operations_none"))
        return
    day, people = say("supplies.operations_day"), say("supplies.operations_people")
    st.bar_chart(
        {
            day: [str(line.day + 1) for line in counted.days],
            people: [round(line.coming, 1) for line in counted.days],
        },
        x=day,
        y=people,
        x_label=day,
        y_label=people,
        color="#005BAC",
        sort=False,
        height=CHART_HEIGHT,
        alt=say("supplies.operations"),
    )
    rows = [
        row for each in catalogue("operation_rows").rows.values() if (row := _operation_row(counted, each))
    ]
    if rows:
        show_table(rows, alt=say("supplies.operations"))


def _operation_row(counted: SupplyView, row: Row) -> dict[str, str]:
    """Return on which days one operation runs, thins, stops; nothing where the run does not know it."""
    spans = level_spans(counted.days, row.data["operations"])
    cells = {say(f"supplies.level.{level}"): spans.get(level, "") for level in ("kept", "thinned", "stopped")}
    return {say("supplies.operation"): row.label_ja, **cells} if spans else {}


def _show_proposals(counted: SupplyView) -> None:
    if not counted.proposals:
        st.caption(say("supplies.no_proposals"))
        return
    st.markdown(f"**{say('supplies.proposals')}**")
    for plan_id, proposal in counted.proposals:
        _show_proposal(plan_id, proposal)


def _show_proposal(plan_id: str, proposal: Proposal) -> None:
    kind = PlanKind.INFECTION if proposal.item_id.startswith("if_") else PlanKind.NATURAL_DISASTER
    item = form(form_id(kind)).item(proposal.item_id)
    name = item.title(language())
    with st.expander(say("supplies.proposal", item=plain(name), origin=say(proposal.origin))):
        heads = {column.key: column.label_ja for column in item.input.columns}
        rows = [{head: row.get(key, "") for key, head in heads.items()} for row in proposal.answer.rows]
        show_table(rows, alt=name)
        st.button(
            say("supplies.take_over"),
            key=f"supplies.take.{proposal.item_id}",
            on_click=_take_over,
            args=(plan_id, proposal, name),
            type="primary",
        )


def _take_over(plan_id: str, proposal: Proposal, name: str) -> None:
    save_answers(context(), plan_id, {proposal.item_id: proposal.answer})
    st.toast(say("supplies.taken", item=name))
