"""Print the plan: choose format, edition, version, one plan or both; see it, save it; attach pictures."""

from pathlib import Path

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.plan_versions import PlanVersion
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.pdf import PREVIEW_HEIGHT
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.bcp import PlanView
from bcp_kit.services.bcp_pictures import attach_picture, list_pictures, remove_picture
from bcp_kit.services.bcp_print import (
    MEDIA_TYPES,
    PaperFormat,
    PlanFile,
    PrintChoices,
    Wish,
    print_choices,
    print_plans,
)

_MADE = "bcp.print.made"
_PICTURE_TYPES = ("png", "jpg", "jpeg")


def show_print(view: PlanView) -> None:
    """Offer every way of printing, and show what was made last while the plan is as it was then."""
    st.subheader(say("paper.page.title"), anchor=False)
    st.caption(say("paper.page.lead"))
    choices = print_choices(context(), view.plan.id)
    ids, wish = _ask(view, choices)
    state = (view.plan.version, tuple(ids), wish)
    if st.button(say(f"paper.page.make.{wish.paper.value}"), key="bcp.print", type="primary"):
        with st.spinner(say("pages.jobs.running")):
            st.session_state[_MADE] = (state, print_plans(context(), ids, wish))
    made = st.session_state.get(_MADE)
    if made is not None and made[0] == state:
        _show_made(made[1], wish.paper)
    _show_pictures(view)


def _ask(view: PlanView, choices: PrintChoices) -> tuple[list[str], Wish]:
    """Ask what to print, and return the plans and the way."""
    paper = st.segmented_control(
        say("paper.page.format"),
        list(PaperFormat),
        default=PaperFormat.PDF,
        format_func=lambda each: say(f"paper.page.formats.{each.value}"),
        key="bcp.print.format",
        required=True,
        width="stretch",
    )
    paper = paper or PaperFormat.PDF
    if paper is PaperFormat.BLANK:
        return [view.plan.id], Wish(paper)
    version = _ask_version(choices)
    together = bool(choices.together) and not version and _ask_together(choices)
    without = st.checkbox(say("paper.page.without_personal"), key="bcp.without_personal")
    ids = list(choices.together) if together else [view.plan.id]
    return ids, Wish(paper, without, version)


def _ask_together(choices: PrintChoices) -> bool:
    return st.checkbox(say("paper.page.together"), value=choices.joint, key="bcp.print.together")


def _ask_version(choices: PrintChoices) -> int:
    """Return the number of an old version, 0 for the present content."""
    if not choices.versions:
        return 0
    known = {version.number: version for version in choices.versions}
    return st.selectbox(
        say("paper.page.version"),
        [0, *known],
        format_func=lambda number: _version_words(known[number]) if number else say("paper.page.version_now"),
        key="bcp.print.version",
    )


def _version_words(version: PlanVersion) -> str:
    state = say(f"paper.stamp.state.{version.state.value}")
    day = version.made_at.date().isoformat()
    return say("paper.page.version_old", number=version.number, state=state, day=day)


def _show_made(made: PlanFile, paper: PaperFormat) -> None:
    if made.missing_glyphs:
        st.warning(say("pages.pdf.missing_glyphs", count=len(made.missing_glyphs)))
    st.download_button(
        say(f"paper.page.save.{paper.value}"),
        made.content,
        file_name=made.name,
        mime=made.media_type,
        type="primary",
        key="bcp.print.save",
        on_click="ignore",
    )
    st.caption(plain(made.name))
    if made.media_type == MEDIA_TYPES[PaperFormat.PDF]:
        st.caption(say("pages.pdf.pages", count=made.pages))
        st.pdf(made.content, height=PREVIEW_HEIGHT, key="bcp.print.view", alt=say("paper.page.preview"))


def _show_pictures(view: PlanView) -> None:
    """List the attached pictures; offer to take one away or to attach another."""
    found = list_pictures(context(), view.plan.id)
    with st.expander(say("paper.page.pictures", count=len(found)), key="bcp.pictures"):
        st.caption(say("paper.page.pictures_lead"))
        if not may(Action.EDIT_BCP):
            return
        for picture in found:
            label = say("paper.page.picture_remove", title=plain(picture.title))
            if st.button(label, key=f"bcp.picture.{picture.key}"):
                remove_picture(context(), view.plan.id, picture.key)
                _forget_and_rerun()
        with st.form("bcp.picture.new", clear_on_submit=True):
            file = st.file_uploader(say("paper.page.picture_file"), type=list(_PICTURE_TYPES))
            title = st.text_input(say("paper.page.picture_title"), max_chars=60)
            if st.form_submit_button(say("paper.page.picture_add")) and file is not None:
                _attach(view, title.strip() or Path(file.name).stem, file.getvalue())


def _attach(view: PlanView, title: str, raw: bytes) -> None:
    try:
        attach_picture(context(), view.plan.id, title, raw)
    except BcpKitError as error:
        show_error(error)
        return
    _forget_and_rerun()


def _forget_and_rerun() -> None:
    st.session_state.pop(_MADE, None)
    st.rerun()
