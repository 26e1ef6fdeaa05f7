"""Where in the plans one is: which plan, which section, which item. Kept in the session and in the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import streamlit as st

from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.writing import WritingPlace
from bcp_kit.forms.completeness import Completeness
from bcp_kit.forms.schema import Form, form
from bcp_kit.pages.parts.session import context
from bcp_kit.services.bcp_writing import remember_place

PLAN, PLACE, REMEMBERED, SHELF = "bcp.plan", "bcp.place", "bcp.remembered", "bcp.shelf"


class Standing(Protocol):
    """A plan with how far it is: what a list of plans and a plan's own page have in common."""

    @property
    def plan(self) -> ContinuityPlan:
        """The plan."""
        ...

    @property
    def completeness(self) -> Completeness:
        """How far it is."""
        ...


@dataclass(frozen=True)
class Place:
    """Where in a form: a chapter and one of its sections; `item_id` when one item is to be shown first.

    Chapter and section may be empty when the item is given: they are looked up.
    """

    chapter_id: str
    section_id: str
    item_id: str = ""


def shown_plan() -> str:
    """Return the id of the plan on screen, empty for the choice of plans."""
    return str(st.session_state.get(PLAN) or "")


def place() -> Place | None:
    """Return the section on screen, None for the overview."""
    found: Place | None = st.session_state.get(PLACE)
    return found


def go_to(where: Place | None) -> None:
    """Show a section of the plan on screen (None: its overview) from the next run on."""
    st.session_state[PLACE] = where


def open_plan(plan_id: str, where: Place | None = None, shelf: str = "") -> None:
    """Show a plan from the next run on: one of its sections, else its overview (with a shelf open)."""
    st.session_state[PLAN] = plan_id
    st.session_state[SHELF] = shelf or None
    go_to(where)


def open_item(plan_id: str, item_id: str) -> None:
    """Show the field of one item from the next run on: what every finding leads to."""
    open_plan(plan_id, Place("", "", item_id))


def close_plan() -> None:
    """Go back to the choice of plans."""
    st.session_state[PLAN] = ""
    go_to(None)


def places(view: Standing) -> tuple[Place, ...]:
    """Return all sections that the facility is asked, in order."""
    asked = {item.item_id for item in view.completeness.items}
    return tuple(
        Place(chapter.id, section.id)
        for chapter in form(view.plan.form_id).chapters
        for section in chapter.sections
        if any(item.id in asked for item in section.items)
    )


def place_of(asked: Form, item_id: str) -> Place | None:
    """Return where an item stands in a form, None when it stands nowhere."""
    for chapter in asked.chapters:
        for section in chapter.sections:
            if any(item.id == item_id for item in section.items):
                return Place(chapter.id, section.id, item_id)
    return None


def resting_place(view: Standing, stopped: Mapping[str, WritingPlace]) -> Place | None:
    """Return where to go on: the item opened last, else the one answered last, else None."""
    order = {(p.chapter_id, p.section_id) for p in places(view)}
    kept = stopped.get(view.plan.id)
    dated = [(a.changed_at, item_id) for item_id, a in view.plan.answers.items() if a.changed_at]
    for item_id in ([kept.item_id] if kept else []) + ([max(dated)[1]] if dated else []):
        found = place_of(form(view.plan.form_id), item_id)
        if found is not None and (found.chapter_id, found.section_id) in order:
            return found
    return None


def next_open(view: Standing) -> Place | None:
    """Return the first item that is still open, in the order of the form."""
    for item in view.completeness.items:
        if item.fault is not None:
            return place_of(form(view.plan.form_id), item.item_id)
    return None


def remember(plan_id: str, item_id: str) -> None:
    """Keep in the store that this item was opened last; once for each item while it stays the last."""
    kept: dict[str, str] = st.session_state.setdefault(REMEMBERED, {})
    if kept.get(plan_id) != item_id:
        remember_place(context(), plan_id, item_id)
        kept[plan_id] = item_id
