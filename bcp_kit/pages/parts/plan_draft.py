"""Draft the plans of everybody who agreed to one, from the newest matching of each hazard."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plan_record import forget_plan
from bcp_kit.pages.parts.plan_words import content_name
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.plan_preparations import COVERAGE_COUNTS, read_coverage
from bcp_kit.services.plans import DRAFT_COUNTS, DraftOutcome, draft_plans, latest_run_ids
from bcp_kit.services.plans_worklist import task_words

JOB, DONE = "draft", "plans.drafted"


def _show_outcome(done: DraftOutcome) -> None:
    lines = [say(f"plans.cli.draft.{name}", count=getattr(done, name)) for name in DRAFT_COUNTS]
    lines += _reasons(done.reasons)
    lines += [
        say("plans.cli.draft.missing", name=content_name(key), count=count, whom=task_words(key)[1])
        for key, count in done.missing.items()
    ]
    lines.append(say("plans.cli.draft.accounted", count=done.accounted, listed=done.listed))
    st.success("  \n".join(lines))


def _reasons(found: Mapping[str, int]) -> list[str]:
    return [say("plans.cli.draft.reason", count=count, reason=say(reason)) for reason, count in found.items()]


def _show_coverage() -> None:
    """Show how many people on the list have a draft, wait for consent, or have none and why."""
    found = read_coverage(context())
    st.markdown(f"**{say('plan_before.coverage')}**")
    lines = [say(f"plans.cli.draft.{name}", count=getattr(found, name)) for name in COVERAGE_COUNTS]
    lines += _reasons(found.reasons)
    if found.not_drafted:
        lines.append(say("plans.cli.draft.not_drafted", count=found.not_drafted))
    lines.append(say("plans.cli.draft.accounted", count=found.accounted, listed=found.listed))
    st.text("\n".join(lines))


def show_drafting(total: int) -> None:
    """Offer to draft or renew all plans; `total` plans stand already."""
    st.write(say("pages.plans.draft_text"))
    if total:
        st.caption(say("pages.plans.stand", count=total))
    runs = latest_run_ids(context())
    if not runs:
        st.info(say("pages.plans.no_matching"))
        return
    if st.button(
        say("pages.plans.draft_again" if total else "pages.plans.draft"), type="primary", key="plans.draft"
    ):
        start_job(JOB, lambda ctx: draft_plans(ctx, runs))
    outcome = show_job(JOB)
    if outcome is not None:
        st.session_state[DONE] = outcome
        forget_plan()
        st.rerun()
    elif total and DONE not in st.session_state:
        _show_coverage()
    if DONE in st.session_state:
        _show_outcome(st.session_state[DONE])
