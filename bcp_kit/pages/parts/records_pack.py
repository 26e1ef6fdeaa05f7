"""The papers for an inspection: what is there and what is missing, then one PDF."""

import streamlit as st

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.practice.inspection import Said
from bcp_kit.forms.practice.words import day_words, plan_words, said_values
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.pdf import keep_printed, show_printed
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.records_fields import tell_done
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.inspection_pack import print_pack, read_pack

JOB, PAPER = "records.pack", "records.pack"


def _words(said: Said) -> str:
    values = {**said_values(said.values, language()), "plan": plan_words(said.plan_kind, language())}
    words = say(f"records.pack.said.{said.key}", **values)
    if said.since is None:
        return words
    return words + say("records.pack.since", day=day_words(said.since, language()))


def show_pack(facility: Facility) -> None:
    """Show the points of an inspection and offer the PDF."""
    tell_done()
    view = read_pack(context(), facility.id)
    lacking = sum(not check.complete for check in view.checks)
    if lacking:
        st.warning(say("records.pack.some_missing", count=lacking))
    else:
        st.success(say("records.pack.all_there"))
    points, nothing = catalogue("inspection_checks").rows, say("records.pack.nothing")
    show_table(
        [
            {
                say("records.pack.columns.number"): str(number),
                say("records.pack.columns.point"): points[check.key].label(language()),
                say("records.pack.columns.there"): "\n".join(map(_words, check.there)) or nothing,
                say("records.pack.columns.missing"): "\n".join(map(_words, check.missing)) or nothing,
            }
            for number, check in enumerate(view.checks, start=1)
        ],
        alt=say("records.pack.summary"),
    )
    st.caption(say("records.pack.source_note"))
    without = st.checkbox(say("records.page.without_personal"), key="records.pack.without")
    if st.button(say("records.page.make_pack"), type="primary", key="records.pack.go"):
        start_job(JOB, lambda ctx: print_pack(ctx, facility.id, without_personal=without))
    made = show_job(JOB)
    if made is not None:
        keep_printed(f"{PAPER}.{facility.id}", made)
    show_printed(f"{PAPER}.{facility.id}", say("records.pack.title"))
