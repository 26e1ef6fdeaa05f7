"""The check of the deduction (減算): what the facility enters, the answer, rules and sources."""

from datetime import date

import streamlit as st

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice_settings import Measures, PracticeSettings
from bcp_kit.forms.practice.penalty import Verdict
from bcp_kit.forms.practice.words import (
    lack_lines,
    not_asked_rows,
    penalty_pairs,
    plan_words,
    reading_words,
    rule_rows,
    source_cells,
    source_lines,
)
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.records_fields import ask_day, may_edit, tell_done, try_and_tell
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.practice_due import (
    PenaltyView,
    dates_by_kind,
    read_penalty,
    save_service,
    save_settings,
)

THREE = (Known.UNKNOWN, Known.YES, Known.NO)


def show_penalty(facility: Facility) -> None:
    """Show the check and ask for its facts."""
    tell_done()
    st.warning(say("records.penalty.no_advice"))
    view = read_penalty(context(), facility.id)
    verdict = view.check.verdict
    words = say(f"records.penalty.verdict.{verdict.value}")
    tell = {Verdict.APPLIES: st.error, Verdict.AT_RISK: st.error, Verdict.NOT_KNOWN: st.info}
    tell.get(verdict, st.success)(words)
    _show_answer(view)
    if may_edit():
        with st.expander(say("records.page.penalty_facts"), expanded=verdict is Verdict.NOT_KNOWN):
            _ask_service(facility)
            _ask_facts(view)
    with st.expander(say("records.penalty.rules")):
        keys = ("rule", "source", "mark")
        heads = [say(f"records.penalty.rule_columns.{key}") for key in keys]
        rows = rule_rows(view.check)
        cells = source_cells(rows, language())
        show_table([dict(zip(heads, c, strict=True)) for c in cells], alt=say("records.penalty.rules"))
        st.caption("  \n".join(plain(line) for line in source_lines(rows)))
        st.markdown(f"**{say('records.penalty.not_asked')}**")
        st.markdown("\n".join(f"- {plain(row.label(language()))}" for row in not_asked_rows()))


def _show_answer(view: PenaltyView) -> None:
    check = view.check
    name, value = say("records.page.label"), say("records.page.value")
    pairs = list(penalty_pairs(check, view.facts, language()))
    pairs.append((say("records.penalty.lacks"), "\n".join(lack_lines(check, language()))))
    for result in check.readings if check.percent else ():
        own = f"（{say('records.penalty.reading_own')}）" if result.reading is check.own_reading else ""
        label = say(f"records.penalty.reading.{result.reading.value}") + own
        pairs.append((label, reading_words(result, language())))
    show_table([{name: label, value: words} for label, words in pairs], alt=say("records.penalty.title"))
    if check.month_yen is not None:
        st.caption(say("records.penalty.amount_note"))


def _ask_service(facility: Facility) -> None:
    rows = catalogue("service_types").rows
    keys = [k for k, row in rows.items() if row.data.get("service_category") == facility.category.value]
    options = ["", *keys]
    at = options.index(facility.service_key) if facility.service_key in options else 0
    picked = st.selectbox(
        say("records.penalty.service"),
        options,
        index=at,
        format_func=lambda key: rows[key].label(language()) if key else say("records.penalty.service_none"),
        key=f"records.service.{facility.id}",
    )
    if picked != options[at]:
        save_service(context(), facility.id, picked)
        st.rerun()


def _ask_measures(
    stored: PracticeSettings,
) -> tuple[dict[PlanKind, date | None], dict[PlanKind, Measures]]:
    made: dict[PlanKind, date | None] = {}
    measures: dict[PlanKind, Measures] = {}
    for place, kind in zip(st.columns(2), CONTINUITY_KINDS, strict=True):
        said, name = stored.measures.get(kind, Measures()), plan_words(kind, language())
        with place:
            made[kind] = ask_day(
                say("records.page.made_on", plan=name),
                f"records.made.{kind.value}",
                stored.plans_made_on.get(kind),
            )
            taken = st.radio(
                say("records.page.measures", plan=name),
                THREE,
                index=THREE.index(said.taken),
                format_func=lambda each: say(f"records.page.taken.{each.value}"),
                key=f"records.taken.{kind.value}",
            )
            since = ask_day(say("records.page.measures_since"), f"records.since.{kind.value}", said.since)
            measures[kind] = Measures(taken=taken, since=since if taken is Known.YES else None)
    return made, measures


def _ask_days(stored: PracticeSettings) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    names = ("designated_on", "guideline_on", "disaster_plan_on", "filed_on", "consistency_checked_on")
    for start in range(0, len(names), 2):
        for place, name in zip(st.columns(2), names[start : start + 2], strict=False):
            with place:
                found[name] = ask_day(say(f"records.page.{name}"), f"records.{name}", getattr(stored, name))
    return found


def _ask_facts(view: PenaltyView) -> None:
    stored = view.settings
    st.caption(say("records.page.penalty_lead"))
    with st.form(f"records.penalty.{stored.id}.{stored.version}", border=False):
        made, measures = _ask_measures(stored)
        days = _ask_days(stored)
        filed = st.radio(
            say("records.page.filed"),
            THREE,
            index=THREE.index(stored.filed),
            format_func=lambda each: say(f"records.page.filed_state.{each.value}"),
            horizontal=True,
            key="records.filed",
        )
        left, right = st.columns(2)
        with left:
            units = ask_number(NumberField(say("records.page.units"), "records.units"), stored.monthly_units)
        with right:
            price = ask_number(NumberField(say("records.page.price"), "records.price"), stored.unit_price_yen)
        pressed = st.form_submit_button(say("records.page.save"), type="primary")
    if pressed:
        update = {
            **days,
            "plans_made_on": dates_by_kind(made),
            "measures": measures,
            "filed": filed,
            "monthly_units": units,
            "unit_price_yen": price,
        }
        changed = stored.model_copy(update=update)
        try_and_tell(lambda: save_settings(context(), changed), "records.page.saved")
