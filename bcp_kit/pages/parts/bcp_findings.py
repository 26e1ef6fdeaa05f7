"""What the checks found in the plans: by chapter and weight, one click to the field, reasons to let stand."""

import streamlit as st

from bcp_kit.catalogues.load import source_titles
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.check_words import sentences, where
from bcp_kit.forms.checks.case import Severity
from bcp_kit.forms.checks.data import registry
from bcp_kit.forms.checks.run import Finding
from bcp_kit.forms.schema import form
from bcp_kit.pages.parts.bcp_places import open_item
from bcp_kit.pages.parts.bcp_words import numbered
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.bcp import PlanView, form_id
from bcp_kit.services.bcp_check import CheckReport, LetStand, bring_back, check_facility, let_stand

COLOURS = {Severity.LAW: "red", Severity.GUIDELINE: "orange", Severity.ADVICE: "blue"}
LISTED_ABOVE = frozenset({"item_blank"})  # the part above lists what is not written


def show_findings(view: PlanView) -> None:
    """Show what the checks find in all plans of the facility, apart from what is not written yet."""
    st.subheader(say("checks.page.title"), anchor=False)
    report = check_facility(context(), view.facility.id)
    st.caption(say("checks.page.intro", count=report.checks))
    found = [one for one in report.findings if one.code not in LISTED_ABOVE]
    if not found:
        st.success(say("checks.page.clean"))
    else:
        counts = {each.value: sum(one.severity is each for one in found) for each in Severity}
        st.markdown(say("checks.page.count", count=len(found), **counts))
    for number, (title, group) in enumerate(_groups(found).items()):
        with st.expander(say("checks.page.group", title=title, count=len(group)), expanded=number == 0):
            for one in group:
                _show_one(report, one)
    _show_let_stand(report)
    st.caption(say("checks.page.disclaimer"))


def _groups(found: list[Finding]) -> dict[str, list[Finding]]:
    """Return the findings by plan and chapter; the chapter with the heaviest finding first."""
    groups: dict[str, list[Finding]] = {}
    for one in found:
        groups.setdefault(_chapter_title(one), []).append(one)
    return groups


def _chapter_title(finding: Finding) -> str:
    plan = say(f"checks.plan.{finding.kind.value}")
    if not finding.chapter_id:
        return plan
    chapter = next(c for c in form(form_id(finding.kind)).chapters if c.id == finding.chapter_id)
    return say("checks.page.chapter", plan=plan, title=numbered(chapter))


def _show_one(report: CheckReport, finding: Finding) -> None:
    title, why, todo = sentences(finding, language())
    with st.container(border=True):
        words, way = st.columns((5, 1), vertical_alignment="top")
        badge = f":{COLOURS[finding.severity]}-badge[{say(f'checks.severity.{finding.severity.value}')}]"
        words.markdown(f"{badge} **{plain(title)}**")
        words.markdown(plain(todo))
        words.caption(f"{plain(where(finding, language()))}　{plain(why)}")
        plan_id = report.plan_ids.get(finding.kind)
        if plan_id and finding.item_id:
            way.button(
                say("checks.page.open"),
                key=f"finding.{finding.key}",
                on_click=open_item,
                args=(plan_id, finding.item_id),
                width="stretch",
                help=finding.item_title,
            )
        with way.popover(say("checks.page.set_aside"), width="stretch"):
            _ask_reason(report, finding)


def _ask_reason(report: CheckReport, finding: Finding) -> None:
    check_row = registry()[finding.code]
    st.caption(
        say(
            "checks.page.source_line",
            source="、".join(source_titles(check_row.sources)),
            mark=say(f"checks.verification.{check_row.verification.value}"),
        )
    )
    reason = st.text_input(
        say("checks.page.reason"), key=f"reason.{finding.key}", help=say("checks.page.reason_help")
    )
    if st.button(say("checks.page.reason_save"), key=f"reason.save.{finding.key}"):
        try:
            let_stand(context(), report.facility.id, finding.key, reason)
        except BcpKitError as error:
            show_error(error)
            return
        st.rerun()


def _show_let_stand(report: CheckReport) -> None:
    if not report.let_stand:
        return
    with st.expander(say("checks.page.aside_count", count=len(report.let_stand))):
        for one in report.let_stand:
            _show_kept(report, one)


def _show_kept(report: CheckReport, kept: LetStand) -> None:
    words, way = st.columns((5, 1), vertical_alignment="center")
    title, _, _ = sentences(kept.finding, language())
    words.markdown(f"**{plain(title)}**")
    aside = kept.set_aside
    who = say(
        "checks.page.aside_by", who=aside.who, on=f"{aside.on.astimezone():%Y-%m-%d}", reason=aside.reason
    )
    words.caption(plain(who))
    way.button(
        say("checks.page.bring_back"),
        key=f"back.{kept.finding.key}",
        on_click=_bring_back,
        args=(report.facility.id, kept.finding.key),
        width="stretch",
        help=title,
    )


def _bring_back(facility_id: str, key: str) -> None:
    bring_back(context(), facility_id, key)
