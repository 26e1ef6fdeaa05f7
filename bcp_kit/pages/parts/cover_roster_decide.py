"""What a person decides about a roster: its month, what marks mean, who people are, single cells."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.domain.rosters import NEW, SKIP, RosterDecisions
from bcp_kit.intake.roster_marks import MarkUse
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.roster_board import staff_of
from bcp_kit.services.roster_import import RosterPlan, meaning_words, meanings
from bcp_kit.services.roster_people import PersonUse

SHOWN_CELLS = 8
FIXED_AT_ONCE = 12
COLUMNS = 3
ASKED_OPENLY = 5
_MONTH_CODES = (ErrorCode.ROSTER_MONTH_UNKNOWN, ErrorCode.ROSTER_MONTH_DOUBT)


def ask_months(key: str, plan: RosterPlan, decisions: RosterDecisions) -> RosterDecisions:
    """Ask for the month of each sheet whose month is open or whose weekdays differ."""
    asked = {name for name, problem in plan.problems if problem.code in _MONTH_CODES}
    months = dict(decisions.months)
    for sheet in plan.reading.sheets:
        if sheet.name not in asked:
            continue
        options = list(dict.fromkeys([*([sheet.month] if sheet.month else []), *sheet.months]))
        chosen = st.selectbox(
            say("rosters.screen.month", sheet=sheet.name),
            options,
            index=options.index(months[sheet.name]) if months.get(sheet.name) in options else None,
            format_func=lambda month: say("rosters.screen.year_month", year=month.year, month=month.month),
            placeholder=say("rosters.screen.choose"),
            key=f"{key}.month.{sheet.name}",
        )
        if chosen is not None:
            months[sheet.name] = chosen
    return decisions.model_copy(update={"months": months})


def ask_marks(key: str, plan: RosterPlan, decisions: RosterDecisions) -> RosterDecisions:
    """Ask what each mark means: the open ones first, the known ones behind a fold."""
    marks = dict(decisions.marks)
    unknown = [use for use in plan.marks if not use.meaning]
    if unknown:
        st.markdown(f"**{say('rosters.screen.unknown_marks')}**")
        _ask_each(key, unknown, marks)
    known = [use for use in plan.marks if use.meaning]
    if known:
        with st.expander(say("rosters.screen.known_marks", count=len(known))):
            _ask_each(key, known, marks)
    return decisions.model_copy(update={"marks": marks})


def _ask_each(key: str, uses: list[MarkUse], marks: dict[str, str]) -> None:
    options = meanings()
    for start in range(0, len(uses), COLUMNS):
        for place, use in zip(st.columns(COLUMNS), uses[start : start + COLUMNS], strict=False):
            with place:
                chosen = st.selectbox(
                    say("rosters.screen.mark", mark=use.mark, count=len(use.cells)),
                    options,
                    index=options.index(use.meaning) if use.meaning in options else None,
                    format_func=lambda meaning: meaning_words(meaning, language()),
                    placeholder=say("rosters.screen.choose"),
                    key=f"{key}.mark.{use.mark}",
                )
                st.caption(plain(_about(use)))
            if chosen and chosen != use.meaning:
                marks[use.mark] = chosen


def _about(use: MarkUse) -> str:
    why = say(f"rosters.why.{use.why}") if use.why else ""
    cells = "、".join(use.cells[:SHOWN_CELLS]) + (" …" if len(use.cells) > SHOWN_CELLS else "")
    return why or cells


def ask_people(key: str, plan: RosterPlan, decisions: RosterDecisions) -> RosterDecisions:
    """Ask who the rows are that no member of staff was found for; show the others behind a fold."""
    people = dict(decisions.people)
    open_uses = [use for use in plan.people if not use.staff_id and not use.skipped]
    all_new = decisions.new_for_unknown
    if open_uses:
        st.markdown(f"**{say('rosters.screen.unknown_people')}**")
        nobody = [use for use in open_uses if not use.candidates]
        if nobody and st.button(say("rosters.screen.all_new", count=len(nobody)), key=f"{key}.all_new"):
            all_new = True
        _ask_open(key, plan, open_uses, people)
    _show_known(key, plan, people)
    return decisions.model_copy(update={"people": people, "new_for_unknown": all_new})


def _ask_open(key: str, plan: RosterPlan, uses: list[PersonUse], people: dict[str, str]) -> None:
    """Ask who each open row is; many of them stand behind a fold."""
    known = {s.id: s.name for s in staff_of(context(), plan.facility_id)}
    few = len(uses) <= ASKED_OPENLY
    place = st.container() if few else st.expander(say("rosters.screen.one_by_one", count=len(uses)))
    with place:
        for use in uses:
            chosen = _ask_person(key, use, known)
            if chosen:
                people[use.row.key] = chosen


def _ask_person(key: str, use: PersonUse, known: Mapping[str, str]) -> str | None:
    names = {s.id: f"{s.name}（{s.id}）" for s in use.candidates} | dict(known)
    names |= {NEW: say("rosters.screen.new"), SKIP: say("rosters.screen.skip")}
    options = [*(s.id for s in use.candidates), NEW, SKIP, *(i for i in known if i not in names)]
    options += [i for i in known if i not in options]
    return st.selectbox(
        say("rosters.screen.person", name=use.row.name, cell=use.row.key, role=use.row.role),
        options,
        index=None,
        format_func=names.__getitem__,
        placeholder=say("rosters.screen.choose"),
        key=f"{key}.person.{use.row.key}",
    )


def _show_known(key: str, plan: RosterPlan, people: dict[str, str]) -> None:
    """Show who was found, and let one row after the other be somebody else."""
    found = [use for use in plan.people if use.staff_id or use.skipped]
    if not found:
        return
    known = {s.id: s.name for s in staff_of(context(), plan.facility_id)}
    with st.expander(say("rosters.screen.known_people", count=len(found))):
        rows = [
            {
                say("rosters.sheet.name"): use.row.name,
                say("rosters.sheet.role"): use.row.role,
                say("rosters.screen.cell"): use.row.key,
                say("rosters.screen.taken_as"): _taken_as(use, known),
            }
            for use in found
        ]
        show_table(rows, alt=say("rosters.screen.known_people", count=len(found)))
        by_key = {use.row.key: use for use in found}
        wrong = st.selectbox(
            say("rosters.screen.other_row"),
            list(by_key),
            index=None,
            format_func=lambda row: f"{by_key[row].row.name}（{row}）",
            placeholder=say("rosters.screen.choose"),
            key=f"{key}.other",
        )
        if wrong:
            chosen = _ask_person(f"{key}.other", by_key[wrong], known)
            if chosen:
                people[wrong] = chosen


def _taken_as(use: PersonUse, known: Mapping[str, str]) -> str:
    if use.skipped:
        return say("rosters.screen.skip")
    if use.new is not None:
        return say("rosters.screen.new")
    return f"{known.get(use.staff_id, use.row.name)}（{use.staff_id}）"


def ask_fixes(key: str, plan: RosterPlan, decisions: RosterDecisions) -> RosterDecisions:
    """Offer the cells with unknown marks one by one: what is typed counts in place of the file's."""
    cells = [(cell, use.mark) for use in plan.marks if not use.meaning for cell in use.cells][:FIXED_AT_ONCE]
    if not cells:
        return decisions
    fixes = dict(decisions.fixes)
    with st.expander(say("rosters.screen.fix")), st.form(f"{key}.fix", border=False):
        st.caption(say("rosters.screen.fix_text"))
        for start in range(0, len(cells), COLUMNS):
            for place, (cell, mark) in zip(st.columns(COLUMNS), cells[start : start + COLUMNS], strict=False):
                typed = place.text_input(cell, mark, key=f"{key}.fix.{cell}", max_chars=10)
                if typed != mark:
                    fixes[cell] = typed
        sent = st.form_submit_button(say("rosters.screen.fix_done"))
    return decisions.model_copy(update={"fixes": fixes}) if sent else decisions
