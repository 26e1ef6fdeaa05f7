"""The damage report on screen: begin the next one, fill in section by section, what changed, print, files."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import DamageReport
from bcp_kit.forms.damage import HandOver, damage_form, shown
from bcp_kit.forms.schema import InputType, Item, Section
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.pdf import keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.damage_reports import (
    ALL_SHEETS,
    ReportView,
    begin_report,
    export_report,
    list_reports,
    print_report,
    read_report,
    save_report,
)

REPORT = "damage.shown"
_MIMES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
_SHEETS: Mapping[str, tuple[HandOver | None, ...]] = {
    "all": ALL_SHEETS,
    "report": (None,),
    "d24h": (HandOver.D24H,),
    "dwat": (HandOver.DWAT,),
}


def show_damage(facility: Facility) -> None:
    """Show the damage reports of a facility."""
    st.caption(say("damage.not_checked"))
    reports = {report.id: report for report in list_reports(context(), facility.id)}
    if may(Action.EDIT_BCP):
        _begin(facility, reports)
    if not reports:
        st.info(say("damage.page.none"))
        return
    if st.session_state.get(REPORT) not in reports:
        st.session_state[REPORT] = next(iter(reports))
    st.selectbox(
        say("damage.page.which"), list(reports), format_func=lambda i: _title(reports[i]), key=REPORT
    )
    view = read_report(context(), st.session_state[REPORT])
    if view.report.drill:
        st.warning(say("calls.page.is_drill"))
    _changes(view)
    for section in damage_form().sections:
        _section(view, section)
    _paper(view)
    _files(view)


def _title(report: DamageReport) -> str:
    mark = f"【{say('calls.drill')}】" if report.drill else ""
    moment = f"{report.reported_at:%m/%d %H:%M}"
    return mark + say("damage.head", event=report.event, number=report.number, moment=moment)


def _begin(facility: Facility, reports: Mapping[str, DamageReport]) -> None:
    newest = next(iter(reports.values()), None)
    with st.expander(say("damage.page.begin_title"), expanded=newest is None), st.form("damage.begin"):
        st.caption(say("damage.page.begin_help"))
        event = st.text_input(say("damage.column.event"), value=newest.event if newest else "", max_chars=60)
        drill = st.radio(
            say("calls.page.kind"),
            (False, True),
            horizontal=True,
            index=int(bool(newest and newest.drill)),
            format_func=lambda drill: say("calls.drill" if drill else "calls.real"),
        )
        if st.form_submit_button(say("damage.page.begin"), type="primary"):
            if not event.strip():
                st.error(say("damage.page.event_missing"))
                return
            begun = begin_report(context(), facility.id, event, drill=bool(drill))
            st.session_state[REPORT] = begun.report.id
            st.rerun()


def _changes(view: ReportView) -> None:
    if view.before is None:
        return
    with st.expander(say("damage.page.changes", count=len(view.changes)), expanded=bool(view.changes)):
        if not view.changes:
            st.text(say("damage.unchanged"))
            return
        rows = [
            {
                say("damage.column.item"): change.item.title(language()),
                say("damage.column.before"): change.before or "－",
                say("damage.column.after"): change.after or "－",
            }
            for change in view.changes
        ]
        show_table(rows, alt=say("damage.changed"))


def _section(view: ReportView, section: Section) -> None:
    values = view.report.values
    filled = sum(item.id in values for item in section.items)
    title = section.title_en if language() == "en" else section.title_ja
    head = say(
        "damage.page.section", number=section.number, title=title, filled=filled, total=len(section.items)
    )
    with st.expander(head), st.form(f"damage.{view.report.id}.{section.id}"):
        asked = {item.id: _ask(view, item) for item in section.items}
        if st.form_submit_button(say("damage.page.save"), disabled=not may(Action.EDIT_BCP)):
            _save(view, {key: value for key, value in asked.items() if value != values.get(key, "")})


def _ask(view: ReportView, item: Item) -> str:
    """Ask one item; what the records know and the report does not say yet stands below it."""
    value, key = view.report.values.get(item.id, ""), f"damage.{view.report.id}.{item.id}"
    unit = f"（{item.input.unit}）" if item.input.unit else ""
    label = f"{plain(item.title(language()))}{unit}"
    if item.input.options:
        labels = {option.key: option.label_ja for option in item.input.options}
        options = ["", *labels]
        found = str(
            st.radio(
                label,
                options,
                index=options.index(value) if value in options else 0,
                format_func=lambda o: labels.get(o, say("damage.page.not_said")),
                horizontal=True,
                help=item.hint_ja,
                key=key,
            )
        )
    elif item.input.type is InputType.TEXT:
        found = st.text_area(label, value, help=item.hint_ja, height=80, key=key)
    else:
        found = st.text_input(label, value, help=item.hint_ja, key=key)
    known = view.known.get(item.id, "")
    if known and known != value:
        st.caption(say("damage.page.known", value=plain(shown(item, {item.id: known}))))
    return found.strip()


def _save(view: ReportView, fresh: Mapping[str, str]) -> None:
    try:
        save_report(context(), view.report.id, fresh, view.report.version)
    except BcpKitError as error:
        show_error(error)
        return
    st.rerun()


def _paper(view: ReportView) -> None:
    st.subheader(say("damage.page.paper"), anchor=False)
    name = f"damage.{view.report.id}.{view.report.version}"
    wanted = st.radio(
        say("damage.page.sheets"),
        list(_SHEETS),
        format_func=lambda s: say("damage.page.all_sheets") if s == "all" else say(f"damage.sheet.{s}"),
        key="damage.sheets",
    )
    if st.button(say("damage.page.print"), type="primary", key="damage.print"):
        with st.spinner(say("pages.jobs.running")):
            keep_printed(name, print_report(context(), view.report.id, _SHEETS[wanted]))
    show_printed(name, say("damage.title"))


def _files(view: ReportView) -> None:
    name = f"damage.file.{view.report.id}.{view.report.version}"
    if st.button(say("damage.page.make_files"), key="damage.make"):
        st.session_state[name] = {
            kind: export_report(context(), view.report.id, as_csv=kind == "csv").content for kind in _MIMES
        }
    for kind, content in st.session_state.get(name, {}).items():
        st.download_button(
            say("damage.page.file", kind="Excel" if kind == "xlsx" else "CSV"),
            content,
            f"damage_report_{view.report.number}.{kind}",
            _MIMES[kind],
            key=f"{name}.{kind}",
            on_click="ignore",
        )
