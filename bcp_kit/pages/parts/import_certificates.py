"""A list of certificates on screen: joined by number, proposed by name, on nobody's record; then stored."""

import streamlit as st

from bcp_kit.intake.inspection import Inspection
from bcp_kit.intake.same_person import reason_words
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.certificates import (
    CertificateMatch,
    CertificateMatches,
    CertificatesOutcome,
    match_certificates,
    store_certificates,
)

SHOWN_ROWS = 30


def matched(key: str, found: Inspection) -> CertificateMatches:
    """Return whose each row is, worked out once for each inspection."""
    known: tuple[Inspection, CertificateMatches] | None = st.session_state.get(f"{key}.matches")
    if known is None or known[0] is not found:
        with st.spinner(say("identity.screen.matching")):
            known = (found, match_certificates(context(), found))
        st.session_state[f"{key}.matches"] = known
    return known[1]


def show_certificates(key: str, found: CertificateMatches) -> CertificatesOutcome | None:
    """Ask which proposals hold and store; return the outcome in the run after storing."""
    bad = found.inspection.bad_rows
    counts = {"joined": len(found.joined), "proposed": len(found.proposed), "unmatched": len(found.unmatched)}
    st.markdown(f"**{say('identity.certificates.counts', bad=bad, **counts)}**")
    rows = _ask_proposals(key, found.proposed)
    agreed = True
    if bad:
        agreed = st.checkbox(say("pages.import.accept"), key=f"{key}.certificates.accept")
    total = len(found.joined) + len(rows)
    if st.button(
        say("identity.screen.store_certificates", count=total),
        type="primary",
        disabled=not total or not agreed,
        key=f"{key}.certificates.store",
    ):
        start_job(f"{key}.certificates", lambda ctx: store_certificates(ctx, found, rows, bool(bad)))
    outcome: CertificatesOutcome | None = show_job(f"{key}.certificates")
    return outcome


def _ask_proposals(key: str, proposed: tuple[CertificateMatch, ...]) -> tuple[int, ...]:
    """Show each proposed row with its reasons; return the rows that the officer agreed to."""
    if not proposed:
        return ()
    st.markdown(say("identity.screen.proposals"))
    agreed = []
    for match in proposed[:SHOWN_ROWS]:
        likeness = match.likeness
        reasons = reason_words(likeness.reasons, language()) if likeness else ""
        label = say(
            "identity.screen.proposal",
            row=match.row,
            name=plain(match.entry.name or match.entry.resident_no),
            label=plain(match.label),
            score=likeness.score if likeness else 0,
            reasons=reasons,
        )
        if st.checkbox(label, key=f"{key}.certificates.row.{match.row}"):
            agreed.append(match.row)
    if len(proposed) > SHOWN_ROWS:
        st.caption(say("identity.update.more", count=len(proposed) - SHOWN_ROWS))
    return tuple(agreed)


def show_certificates_outcome(outcome: CertificatesOutcome) -> None:
    """Say what was stored."""
    values = {"changed": outcome.changed, "unchanged": outcome.unchanged}
    st.success(say("identity.certificates.stored", left_out=outcome.rows_left_out, **values))
