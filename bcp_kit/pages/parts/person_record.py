"""One person's record on screen: facts, needs, consents, supporters."""

from collections.abc import Iterable

import streamlit as st

from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.people import Person
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.register import PersonView, read_person

SHOWN = "register.shown"
OWN_KINDS = (ConsentKind.MAKE_PLAN, ConsentKind.SHARE_REGISTER, ConsentKind.SHARE_PLAN)


def _view(person_id: str) -> PersonView:
    """Return the record; each look at a person is one entry of the audit log, not one for every redraw."""
    shown: PersonView | None = st.session_state.get(SHOWN)
    if shown is None or shown.person.id != person_id:
        shown = read_person(context(), person_id)
        st.session_state[SHOWN] = shown
    return shown


def _facts(person: Person) -> list[tuple[str, str]]:
    born = person.birth_date.isoformat() if person.birth_date else ""
    phones = "、".join(p for p in (person.phone_home, person.phone_mobile) if p)
    address = " ".join(p for p in (person.address, person.address_building) if p)
    return [
        ("number", person.register_no or person.id),
        ("kana", person.name_kana),
        ("born", born),
        ("address", say("pages.register.protected") if person.protected_address else address),
        ("phone", phones),
        ("companions", str(person.companions)),
        ("verified", person.verified_on.isoformat() if person.verified_on else say("pages.unknown")),
    ]


def _answer(consents: Iterable[Consent], kind: ConsentKind) -> str:
    found = [c for c in consents if c.kind is kind]
    if not found:
        return say("pages.register.consent.no_answer")
    newest = max(found, key=lambda c: (str(c.given_on or ""), c.id))
    if newest.withdrawn_on:
        return say("pages.register.consent.withdrawn", day=newest.withdrawn_on.isoformat())
    day = newest.given_on.isoformat() if newest.given_on and newest.answer is ConsentAnswer.GIVEN else ""
    return say(f"pages.register.consent.{newest.answer.value}") + (f"（{day}）" if day else "")


def _show_supporters(view: PersonView) -> None:
    st.markdown(f"**{say('pages.register.supporters')}**")
    if not view.supporters:
        st.write(say("pages.register.no_supporters"))
        return
    rows = []
    for link, supporter in view.supporters:
        own = [c for c in view.supporter_consents if c.giver_id == supporter.id]
        rows.append(
            {
                say("pages.register.rank"): str(link.rank),
                say("pages.register.name"): supporter.name,
                say("pages.register.relation"): supporter.relation,
                say("pages.register.phone"): supporter.phone,
                say("pages.register.be_named"): _answer(own, ConsentKind.BE_NAMED),
            }
        )
    show_table(rows, alt=say("pages.register.supporters"))


def show_person(person_id: str) -> None:
    """Show one person's record."""
    view = _view(person_id)
    with st.container(border=True):
        st.subheader(plain(view.person.name), anchor=False)
        heading, value = say("pages.register.fact"), say("pages.register.value")
        facts = [{heading: say(f"pages.register.{k}"), value: v} for k, v in _facts(view.person)]
        show_table(facts, alt=say("pages.register.record"))
        known = needs()
        st.markdown(f"**{say('pages.register.needs')}**")
        labels = [known[key].label(language()) if key in known else key for key in view.person.needs]
        st.text("、".join(labels) or say("pages.register.no_needs"))
        st.markdown(f"**{say('pages.register.consents')}**")
        rows = [
            {
                say("pages.register.consent_kind"): say(f"pages.register.consent_{kind.value}"),
                say("pages.register.consent_answer"): _answer(view.consents, kind),
            }
            for kind in OWN_KINDS
        ]
        show_table(rows, alt=say("pages.register.consents"))
        _show_supporters(view)
