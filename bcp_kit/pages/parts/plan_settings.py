"""What the town sets for its plans: the form, fees for offices and claims, 民生委員 by district."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.plan_rules import PairRule, PlanRules
from bcp_kit.domain.plan_steps import EffortKind, PlanFees
from bcp_kit.forms.plan_form import check_form
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.plan_fields import forget_sheet
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.minsei import read_minsei, set_minsei
from bcp_kit.services.plan_efforts import claim_file, claims, read_fees, set_fees
from bcp_kit.services.plan_forms import choose_form, document_of, list_forms, use_document
from bcp_kit.services.plan_rules import read_plan_rules, set_plan_rules

MOST_FAULTS = 8


def _show_form() -> None:
    st.subheader(say("plan_settings.form"), anchor=False)
    forms = {choice.form.id: choice for choice in list_forms(context())}
    chosen = next(choice.form for choice in forms.values() if choice.chosen)
    title = plain(chosen.title(language()))
    st.text(say("plan_settings.form_now", title=title, count=len(chosen.fields)))
    if not may(Action.KEEP_RULES):
        return
    ids = [form_id for form_id, choice in forms.items() if not choice.chosen]
    picked = st.selectbox(
        say("plan_settings.form_choice"),
        ids,
        index=None,
        format_func=lambda i: say(
            "plan_settings.form_line",
            title=plain(forms[i].form.title(language())),
            count=len(forms[i].form.fields),
        ),
        key="plan.form_choice",
    )
    if st.button(say("plan_settings.form_use"), key="plan.form_use", disabled=picked is None) and picked:
        choose_form(context(), picked)
        forget_sheet()
        st.rerun()
    with st.expander(say("plan_settings.form_own"), key="plan.form_own"):
        _take_own()


def _take_own() -> None:
    """Take the town's own file: each fault is told with what to do, a good one can be used."""
    given = st.file_uploader(
        say("plan_settings.form_own"), ["yaml", "yml"], key="plan.form_file", label_visibility="collapsed"
    )
    if given is None:
        return
    document = document_of(given.getvalue(), given.name)
    faults = check_form(document, given.name)
    if faults:
        st.error(say("plan_settings.form_faults", count=len(faults)))
        for fault in faults[:MOST_FAULTS]:
            key = f"errors.{fault.code.value}"
            st.text(f"{say(f'{key}.what', **fault.values)}\n→ {say(f'{key}.remedy', **fault.values)}")
        return
    st.success(say("plan_settings.form_checked"))
    if st.button(say("plan_settings.form_use"), key="plan.form_use_own"):
        use_document(context(), document)
        forget_sheet()
        st.rerun()


def _show_fees() -> None:
    st.subheader(say("plan_settings.fees"), anchor=False)
    fees = read_fees(context())
    st.text(say("plan_settings.fees_note", basis=fees.basis))
    if not may(Action.KEEP_RULES):
        return
    amounts = {}
    for column, kind in zip(st.columns(len(EffortKind)), EffortKind, strict=True):
        with column:
            label = say(f"plan_efforts.kind.{kind.value}")
            asked = NumberField(label, f"plan.fee.{kind.value}", whole=True)
            amounts[kind.value] = int(ask_number(asked, fees.of(kind)) or 0)
    basis = st.text_input(say("plan_settings.fees_basis"), key="plan.fee_basis")
    if st.button(say("plan_settings.fees_keep"), key="plan.fee_keep", disabled=not basis.strip()):
        set_fees(context(), PlanFees(**amounts, basis=basis, since=context().today()))
        st.rerun()


def _show_claims() -> None:
    st.subheader(say("plan_settings.claims"), anchor=False)
    month = st.text_input(
        say("plan_settings.claims_month"), f"{context().today():%Y-%m}", key="plan.claim_month"
    )
    found = claims(context(), month.strip())
    if not found:
        st.info(say("plan_efforts.cli.none"))
        return
    rows = [
        {
            say("plan_efforts.column.office"): claim.office,
            say("plan_settings.count"): str(len(claim.lines)),
            say("plan_efforts.column.minutes"): str(sum(line.minutes for line in claim.lines)),
            say("plan_efforts.column.fee"): f"{claim.total:,}",
            say("plan_settings.minutes_open"): str(claim.minutes_open),
        }
        for claim in found
    ]
    show_table(rows, alt=say("plan_settings.claims"))
    for column, as_csv in zip(st.columns(2), (False, True), strict=True):
        ending = "csv" if as_csv else "xlsx"
        column.download_button(
            say("plan_settings.claims_csv" if as_csv else "plan_settings.claims_excel"),
            claim_file(found, language(), as_csv=as_csv),
            file_name=f"plan_claims_{month.strip()}.{ending}",
            key=f"plan.claims_{ending}",
            on_click="ignore",
            width="stretch",
        )


def _show_minsei() -> None:
    st.subheader(say("plan_settings.minsei"), anchor=False)
    names = read_minsei(context())
    if not names:
        return
    none = say("plan_work.no_name")
    rows = [
        {say("plan_settings.minsei_district"): place, say("plan_settings.minsei_name"): name or none}
        for place, name in names.items()
    ]
    show_table(rows, alt=say("plan_settings.minsei"))
    if not may(Action.KEEP_RULES):
        return
    left, right = st.columns(2)
    district = left.selectbox(say("plan_settings.minsei_district"), list(names), key="plan.minsei_district")
    name = right.text_input(
        say("plan_settings.minsei_name"), names.get(district, ""), key=f"plan.minsei_name.{district}"
    )
    if st.button(say("plan_settings.minsei_keep"), key="plan.minsei_keep"):
        set_minsei(context(), {district: name})
        st.rerun()


def _show_making_rules() -> None:
    st.subheader(say("plan_before.settings"), anchor=False)
    rules, mine = read_plan_rules(context()), may(Action.KEEP_RULES)
    ways: list[PairRule] = list(PairRule)
    prepare = st.checkbox(
        say("plan_before.prepare"), rules.prepare_before_consent, key="plan.rule_prepare", disabled=not mine
    )
    st.caption(say("plan_before.prepare_note"))
    imported = st.radio(
        say("plan_before.imported"),
        ways,
        index=ways.index(rules.approve_imported),
        format_func=lambda way: say(f"plan_before.imported_rule.{way.value}"),
        key="plan.rule_imported",
        disabled=not mine,
    )
    if mine and st.button(say("plan_before.keep"), key="plan.rule_keep"):
        set_plan_rules(
            context(), PlanRules(prepare_before_consent=prepare, approve_imported=PairRule(imported))
        )
        st.success(say("plan_before.kept"))


def show_settings() -> None:
    """Show the settings one below the other."""
    _show_form()
    _show_making_rules()
    _show_fees()
    _show_claims()
    _show_minsei()
