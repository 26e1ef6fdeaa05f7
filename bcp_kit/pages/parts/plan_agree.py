"""Consent of person and supporters, the signature or a proxy's, the end of a plan, each with its day."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import Proxy, Signature, SigningWay
from bcp_kit.domain.plans import EvacuationPlan, PlanStatus
from bcp_kit.forms.plan_form import standard_form
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.plan_agreement import (
    REASON,
    ConsentCommand,
    end_plan,
    record_consent,
    sign_plan,
    signature_is_older,
)
from bcp_kit.services.plan_field_values import signature_words
from bcp_kit.services.plan_field_words import options_of
from bcp_kit.services.plans import PlanView

OWN_KINDS = (ConsentKind.MAKE_PLAN, ConsentKind.SHARE_PLAN, ConsentKind.SHARE_REGISTER)


def _day(label: str, key: str, start: date | None = None) -> date | None:
    found = st.date_input(label, start, max_value=context().today(), key=key, format="YYYY/MM/DD")
    return found if isinstance(found, date) else None


def _ask_consent(view: PlanView, after: Callable[[], None]) -> None:
    """Ask for one answer: whose, to what, when explained and when given."""
    givers = {"": say("plan_agree.person")}
    givers |= {n.supporter.id: say("plan_agree.supporter", name=n.supporter.name) for n in view.supporters}
    left, right = st.columns(2)
    giver = left.selectbox(
        say("plan_agree.giver"), list(givers), format_func=givers.__getitem__, key="plan.giver"
    )
    kinds = (ConsentKind.BE_NAMED,) if giver else OWN_KINDS
    kind = right.selectbox(
        say("plan_agree.kind"),
        kinds,
        format_func=lambda each: say(f"plan_agree.kinds.{each.value}"),
        key=f"plan.kind.{bool(giver)}",
    )
    answers = (ConsentAnswer.GIVEN, ConsentAnswer.REFUSED)
    answer = st.radio(
        say("plan_agree.answer"),
        answers,
        index=None,
        format_func=lambda each: say(f"pages.register.consent.{each.value}"),
        horizontal=True,
        key="plan.answer",
    )
    first, second, third = st.columns(3)
    with first:
        explained = _day(say("plan_agree.explained_on"), "plan.explained_on")
    with second:
        given = _day(say("plan_agree.given_on"), "plan.given_on", context().today())
    way = third.text_input(say("plan_agree.way"), key="plan.consent_way")
    proxy = st.text_input(say("plan_agree.proxy_answer"), key="plan.consent_proxy")
    if st.button(say("plan_agree.keep"), key="plan.keep_consent", disabled=answer is None) and answer:
        command = ConsentCommand(view.person.id, kind, answer, giver, given, explained, way, proxy)
        record_consent(context(), command)
        after()
        st.rerun()


def _ask_signature(plan: EvacuationPlan, after: Callable[[], None]) -> None:
    if plan.signature:
        st.text(say("plan_agree.signed", words=signature_words(plan.signature)))
        if signature_is_older(plan):
            st.warning(say("plan_agree.older"))
    left, right = st.columns(2)
    name = left.text_input(say("plan_agree.name"), key="plan.sign_name")
    with right:
        day = _day(say("plan_agree.day"), "plan.sign_day", context().today())
    ways: list[SigningWay] = list(SigningWay)
    way = left.selectbox(
        say("plan_agree.signing_way"),
        ways,
        format_func=lambda each: say(f"plan_fields.signing.{each.value}"),
        key="plan.sign_way",
    )
    witness = right.text_input(say("plan_agree.witness"), key="plan.sign_witness")
    by_proxy = st.checkbox(say("plan_agree.by_proxy"), key="plan.sign_proxy")
    relation = reason = ""
    if by_proxy:
        left, right = st.columns(2)
        relation = left.text_input(say("plan_agree.relation"), key="plan.sign_relation")
        reason = right.text_input(say("plan_agree.proxy_reason"), key="plan.sign_reason")
    if st.button(say("plan_agree.sign"), key="plan.sign"):
        if not name.strip() or day is None or (by_proxy and not (relation.strip() and reason.strip())):
            raise BcpKitError(ErrorCode.SIGNATURE_INCOMPLETE)
        proxy = Proxy(relation=relation, reason=reason) if by_proxy else None
        signature = Signature(signed_by=name, signed_on=day, way=way, proxy=proxy, witness=witness)
        sign_plan(context(), plan.id, signature, plan.version)
        after()
        st.rerun()


def _ask_end(plan: EvacuationPlan, after: Callable[[], None]) -> None:
    if plan.status is PlanStatus.WITHDRAWN:
        st.info(say("plan_agree.is_ended"))
        return
    with st.expander(say("plan_agree.end"), key="plan.end_box"):
        labels = options_of(standard_form().field(REASON))
        reason = st.selectbox(
            say("plan_agree.end_reason"),
            list(labels),
            index=None,
            format_func=labels.__getitem__,
            key="plan.end_reason",
        )
        if st.button(say("plan_agree.end_now"), key="plan.end", disabled=reason is None) and reason:
            end_plan(context(), plan.id, reason, plan.version)
            after()
            st.rerun()


def show_agreement(view: PlanView, after: Callable[[], None]) -> None:
    """Show what was agreed to, and take new answers and signatures; `after` is called when one was kept."""
    if may(Action.RECORD_CONSENT):
        st.markdown(f"**{say('plan_agree.consent')}**")
        st.caption(say("plan_agree.consent_note"))
        _ask_consent(view, after)
    if view.plan is None:
        return
    st.markdown(f"**{say('plan_agree.signature')}**")
    _ask_signature(view.plan, after)
    _ask_end(view.plan, after)
