"""The roll call on screen: begin, one person after the other by keyboard, counts, sheet, files."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import CanCome, SafetyCall
from bcp_kit.forms.roll_call import CallLine, Condition, Within, horizon_words
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.pdf import keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.safety_calls import (
    CallView,
    Note,
    export_call,
    list_calls,
    note_reply,
    print_call_sheet,
    read_call,
    start_call,
)

CALL, TURN, WHO = "call.shown", "call.turn", "call.who"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_roll_call(facility: Facility) -> None:
    """Show the roll calls of a facility."""
    calls = {call.id: call for call in list_calls(context(), facility.id)}
    _begin(facility, calls)
    if not calls:
        st.info(say("calls.page.none"))
        _sheet(facility, "")
        return
    chosen = st.session_state.get(CALL)
    if chosen not in calls:
        st.session_state[CALL] = next(iter(calls))
    st.selectbox(say("calls.page.which"), list(calls), format_func=lambda i: _title(calls[i]), key=CALL)
    view = read_call(context(), st.session_state[CALL])
    if view.call.drill:
        st.warning(say("calls.page.is_drill"))
    _counts(view)
    _note(view)
    _within(view)
    _estimate(view)
    _answers(view)
    _sheet(facility, view.call.id)
    _files(view)


def _title(call: SafetyCall) -> str:
    mark = f"【{say('calls.drill')}】" if call.drill else ""
    return f"{mark}{call.title}（{call.started_at:%m/%d %H:%M}）"


def _begin(facility: Facility, calls: Mapping[str, SafetyCall]) -> None:
    with st.expander(say("calls.page.begin_title"), expanded=not calls), st.form("call.begin"):
        title = st.text_input(say("calls.page.title"), max_chars=60)
        kind = st.radio(
            say("calls.page.kind"),
            (False, True),
            horizontal=True,
            format_func=lambda drill: say("calls.drill" if drill else "calls.real"),
        )
        if st.form_submit_button(say("calls.page.begin"), type="primary"):
            st.session_state[CALL] = start_call(context(), facility.id, title, drill=bool(kind)).id
            st.rerun()


def _counts(view: CallView) -> None:
    counts = view.tally
    for column, key, value in zip(
        st.columns(5),
        ("staff", "answered", "open", "hit", "cannot"),
        (counts.staff, counts.answered, counts.open, counts.hit, counts.cannot),
        strict=True,
    ):
        column.metric(say(f"calls.page.{key}"), value)


def _name(line: CallLine) -> str:
    return f"{line.number}　{line.person.name}　{line.person.phone}"


def _note(view: CallView) -> None:
    """Ask about one person: the next one who is open comes up by itself after each answer."""
    st.subheader(say("calls.page.note_title"), anchor=False)
    lines = {line.person.id: line for line in view.lines}
    if not lines:
        st.info(say("calls.page.no_staff"))
        return
    following = view.open[0].person.id if view.open else next(iter(lines))
    turn = st.session_state.setdefault(TURN, 0)
    key = f"{WHO}.{view.call.id}.{turn}"
    st.session_state.setdefault(key, following)
    picked = st.selectbox(say("calls.page.who"), list(lines), format_func=lambda i: _name(lines[i]), key=key)
    _form(view, lines[picked], f"{view.call.id}.{picked}.{turn}")


def _form(view: CallView, line: CallLine, key: str) -> None:
    before = line.reply
    conditions = [c.value for c in Condition]
    with st.form(f"call.note.{key}"):
        places = st.columns(3)
        told = {
            name: place.radio(
                say(f"calls.column.{name}"),
                conditions,
                index=conditions.index(known) if (known := getattr(before, name, "")) in conditions else None,
                format_func=lambda c, name=name: _condition(name, c),
                horizontal=True,
                key=f"call.{key}.{name}",
            )
            for name, place in zip(("safe", "family", "home"), places, strict=True)
        }
        comes = [c.value for c in CanCome if c is not CanCome.NO_ANSWER]
        come = st.radio(
            say("calls.column.can_come"),
            comes,
            index=comes.index(before.can_come) if before and before.can_come in comes else None,
            format_func=lambda c: say(f"calls.can_come.{c}"),
            horizontal=True,
            key=f"call.{key}.come",
        )
        typed, way, note = _how(key)
        pressed = st.form_submit_button(say("calls.page.save_next"), type="primary")
    if pressed:
        _save(
            view,
            Note(
                who=line.person.id,
                safe=told["safe"] or "",
                family=told["family"] or "",
                home=told["home"] or "",
                can_come=CanCome(come) if come else CanCome.NO_ANSWER,
                when=typed,
                means=way,
                words=note,
            ),
        )


def _how(key: str) -> tuple[str, str, str]:
    """Ask when, by what means, and for a note."""
    when, means, words = st.columns((2, 2, 3))
    typed = when.text_input(
        say("calls.column.when"), help=say("calls.page.when_help"), key=f"call.{key}.when"
    )
    ways = next(c.choices for c in sheet(SheetKind.STAFF).columns if c.key == "commute")
    way = means.selectbox(
        say("calls.column.means"), list(ways), index=None, format_func=ways.__getitem__, key=f"call.{key}.way"
    )
    note = words.text_input(say("calls.column.note"), max_chars=200, key=f"call.{key}.words")
    return typed, way or "", note


def _condition(name: str, condition: str) -> str:
    if condition == Condition.UNKNOWN:
        return say("calls.condition.unknown")
    return say(f"calls.sheet.{name}_{condition}")


def _save(view: CallView, note: Note) -> None:
    try:
        note_reply(context(), view.call.id, note)
    except BcpKitError as error:
        show_error(error)
        return
    st.session_state[TURN] += 1
    st.rerun()


def _hours(within: Within) -> str:
    return horizon_words(within.hours, language())


def _within(view: CallView) -> None:
    title = say("calls.cli.within_title")
    st.subheader(title, anchor=False)
    head = say("calls.cli.qualification")
    rows = [{head: say("calls.cli.all"), **{_hours(w): str(w.people) for w in view.tally.within}}]
    last = view.tally.within[-1].by_qualification
    for key in last:
        counts = {_hours(w): str(w.by_qualification.get(key, 0)) for w in view.tally.within}
        rows.append({head: say(f"cover.qualification.{key.value}"), **counts})
    show_table(rows, alt=title)
    if view.tally.no_time:
        st.caption(say("calls.page.no_time", count=view.tally.no_time))


def _estimate(view: CallView) -> None:
    title = say("calls.page.estimate_title")
    st.subheader(title, anchor=False)
    if not view.estimate:
        st.caption(say("calls.cli.no_run"))
        return
    st.caption(say("calls.page.estimate_help"))
    rows = [
        {
            say("calls.cli.horizon"): horizon_words(row.hours, language()),
            say("calls.cli.expected"): f"{row.expected:g}",
            say("calls.cli.counted"): str(row.counted),
            say("calls.cli.answered"): str(row.answered_come),
            say("calls.cli.open"): str(row.open),
        }
        for row in view.estimate
    ]
    show_table(rows, alt=title)


def _answers(view: CallView) -> None:
    with st.expander(say("calls.page.open_title", count=view.tally.open)):
        for line in view.open:
            st.markdown(f"- {plain(_name(line))}")
    with st.expander(say("calls.page.answers_title", count=view.tally.answered)):
        rows = [_answer(line) for line in view.lines if line.reply is not None]
        if rows:
            show_table(rows, alt=say("calls.page.answers_title", count=view.tally.answered))


def _answer(line: CallLine) -> dict[str, str]:
    reply = line.reply
    if reply is None:
        return {}
    when = f" {reply.expected_at:%m/%d %H:%M}" if reply.expected_at else ""
    shown = {name: getattr(reply, name) for name in ("safe", "family", "home")}
    return {
        say("calls.column.name"): line.person.name,
        **{say(f"calls.column.{n}"): _condition(n, c) if c else "" for n, c in shown.items()},
        say("calls.column.can_come"): say(f"calls.can_come.{reply.can_come.value}") + when,
        say("calls.column.note"): reply.note,
        say("calls.column.noted_by"): f"{reply.noted_by} {reply.noted_at:%H:%M}",
    }


def _sheet(facility: Facility, call_id: str) -> None:
    name = f"call.{facility.id}.{call_id}"
    label = say("calls.page.sheet" if call_id else "calls.page.blank_sheet")
    if st.button(label, key=f"call.print.{call_id}"):
        with st.spinner(say("pages.jobs.running")):
            keep_printed(name, print_call_sheet(context(), facility.id, call_id))
    show_printed(name, say("calls.sheet.title"))


def _files(view: CallView) -> None:
    key = f"call.file.{view.call.id}.{view.call.version}"
    if st.button(say("calls.page.make_file"), key="call.make"):
        st.session_state[key] = export_call(context(), view.call.id).content
    if key in st.session_state:
        st.download_button(
            say("calls.page.file"),
            st.session_state[key],
            f"safety_call_{view.call.id[:8]}.xlsx",
            _EXCEL,
            key="call.save",
            on_click="ignore",
        )
