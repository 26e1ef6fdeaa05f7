"""What person, family and helpers add to a plan, field by field of the form; saved when a field is left."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.forms.schema import InputType, Item, Section, form
from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.session import clock_text, context, language, say
from bcp_kit.services.plans import save_plan_answers
from bcp_kit.services.store import Conflict

FORM_ID = "evacuation_plan"
SECTIONS = (
    "routes_transport",
    "home_hazard",
    "considerations",
    "medical_care",
    "carry_items",
    "timeline",
    "drill_review",
)
ALSO = ("trigger",)  # of the section of destinations, whose rest comes from the matching
TEXTS = (InputType.TEXT, InputType.LINE, InputType.DATE, InputType.NUMBER)
SAVED, CONFLICT, FAILED = "plans.saved", "plans.conflict", "plans.failed"


@dataclass(frozen=True)
class FieldConflict:
    """Two texts for one field: of this window, and the one that another window stored first."""

    field_id: str
    mine: str
    stored: EvacuationPlan


def _can_be_asked(item: Item) -> bool:
    chosen = item.input.type in (InputType.CHOICE, InputType.CHECKLIST) and bool(item.input.options)
    return not item.computed and (chosen or item.input.type in TEXTS)


def sections() -> tuple[Section, ...]:
    """Return the sections of the form with the fields that are added by hand."""
    found = []
    for section in form(FORM_ID).sections:
        asked = tuple(
            i for i in section.items if _can_be_asked(i) and (section.id in SECTIONS or i.id in ALSO)
        )
        if asked:
            found.append(section.model_copy(update={"items": asked}))
    return tuple(found)


@dataclass(frozen=True)
class _Desk:
    """The plan as it was seen, and what to do once something was stored."""

    plan: EvacuationPlan
    after: Callable[[], None]

    def key(self, item: Item) -> str:
        """Return the widget's key; it changes with the plan's version, so stored words come back."""
        return f"plan.{self.plan.id}.{self.plan.version}.{item.id}"

    def keep(self, field_id: str, words: str) -> None:
        """Store one field; a change of another field in another window is no conflict."""
        try:
            try:
                save_plan_answers(context(), self.plan.id, {field_id: words}, self.plan.version)
            except Conflict as conflict:
                self._settle(conflict, field_id, words)
                return
        except BcpKitError as error:
            st.session_state[FAILED] = error
            return
        self._done(field_id)

    def _settle(self, conflict: Conflict, field_id: str, words: str) -> None:  # type: ignore[type-arg]
        stored = conflict.stored
        if stored is not None and stored.answers.get(field_id, "") == self.plan.answers.get(field_id, ""):
            save_plan_answers(context(), self.plan.id, {field_id: words}, stored.version)
            self._done(field_id)
        elif stored is not None:
            st.session_state[CONFLICT] = FieldConflict(field_id, words, stored)

    def _done(self, field_id: str) -> None:
        st.session_state[SAVED] = (field_id, context().clock.now())
        self.after()


def _ask_choice(desk: _Desk, item: Item, words: str) -> None:
    labels = {option.key: option.label_ja for option in item.input.options}
    several = item.input.type is InputType.CHECKLIST or item.input.multiple
    known = [key for key in words.split(",") if key in labels]
    key, title = desk.key(item), item.title(language())

    def keep() -> None:
        value = st.session_state[key]
        desk.keep(item.id, ",".join(value) if several else value or "")

    if several:
        st.multiselect(title, list(labels), known, format_func=labels.__getitem__, key=key, on_change=keep)
        return
    at = list(labels).index(known[0]) if known else None
    st.selectbox(title, list(labels), at, format_func=labels.__getitem__, key=key, on_change=keep)


def _ask_text(desk: _Desk, item: Item, words: str) -> None:
    key, title = desk.key(item), item.title(language())

    def keep() -> None:
        desk.keep(item.id, st.session_state[key])

    if item.input.type is InputType.TEXT:
        st.text_area(title, words, key=key, on_change=keep, height=90, help=item.hint_ja or None)
    else:
        st.text_input(title, words, key=key, on_change=keep, help=item.hint_ja or None)


def _choose(desk: _Desk, found: FieldConflict, *, mine: bool) -> None:
    st.session_state.pop(CONFLICT, None)
    if mine:
        save_plan_answers(context(), desk.plan.id, {found.field_id: found.mine}, found.stored.version)
    desk.after()


def _show_conflict(desk: _Desk) -> None:
    found: FieldConflict | None = st.session_state.get(CONFLICT)
    if found is None or found.stored.id != desk.plan.id:
        return
    st.warning(say("pages.bcp.conflict"))
    texts = {"mine": found.mine, "stored": found.stored.answers.get(found.field_id, "")}
    for column, (name, words) in zip(st.columns(2), texts.items(), strict=True):
        column.markdown(f"**{say(f'pages.bcp.conflict_{name}')}**")
        column.text(words or say("pages.bcp.nothing"))
        label = say(f"pages.bcp.keep_{name}")
        chosen = {"mine": name == "mine"}
        column.button(label, key=f"plans.keep.{name}", on_click=_choose, args=(desk, found), kwargs=chosen)


def show_fields(plan: EvacuationPlan, after: Callable[[], None]) -> None:
    """Show the fields to add to; `after` is called whenever one was stored."""
    desk = _Desk(plan, after)
    st.markdown(f"**{say('pages.plans.add')}**")
    st.caption(say("pages.plans.add_text"))
    failed = st.session_state.pop(FAILED, None)
    if failed is not None:
        on_script_error(failed)
    _show_conflict(desk)
    last = st.session_state.get(SAVED)
    for section in sections():
        filled = sum(bool(plan.answers.get(item.id)) for item in section.items)
        title = section.title_en if language() == "en" else section.title_ja
        label = say("pages.plans.section", title=title, filled=filled, total=len(section.items))
        with st.expander(label, key=f"plan.section.{section.id}"):
            for item in section.items:
                words = plan.answers.get(item.id, "")
                (_ask_choice if item.input.options else _ask_text)(desk, item, words)
                if last and last[0] == item.id:
                    st.markdown(f":green[**{say('pages.bcp.saved', time=clock_text(last[1]))}**]")
