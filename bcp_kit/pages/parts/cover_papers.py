"""The papers of a run: the call list, the roster for the wall and as Excel, the request for help."""

from functools import partial

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.staff import HelpRoute
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.import_findings import EXCEL
from bcp_kit.pages.parts.pdf import forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table, unbroken
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.base import Context
from bcp_kit.services.cover_overtime import COLUMNS, export_overtime, overtime_lines, overtime_notes
from bcp_kit.services.roster_board import board_of_run, export_board, print_board
from bcp_kit.services.roster_papers import (
    RequestWords,
    calls_in_words,
    export_request,
    help_request,
    print_calls,
    print_request,
)

PAPER = "cover.paper"
PAPERS = ("calls", "wall", "request", "overtime")
ASKED = (HelpRoute.PARTNER, HelpRoute.SISTER_SITE, HelpRoute.PREFECTURE)
SHOWN_OF = "cover.paper.of"


def show_papers(view: CoverView) -> None:
    """Ask which paper, show what will stand on it, and print it."""
    if not may(Action.SEE_STAFF):
        st.info(say("rosters.board.no_names"))
        return
    paper = st.segmented_control(
        say("rosters.papers.which"),
        PAPERS,
        default="calls",
        format_func=lambda key: say(f"rosters.papers.{key}"),
        key=PAPER,
        required=True,
    )
    _forget_of_others(f"{view.run.id}.{view.site}")
    shown = {
        "calls": _show_calls,
        "wall": _show_wall,
        "request": _show_request,
        "overtime": _show_overtime,
    }
    shown[paper or "calls"](view)


def _forget_of_others(shown: str) -> None:
    """A paper of another run is not shown beside this one."""
    if st.session_state.get(SHOWN_OF) != shown:
        for name in PAPERS:
            forget_printed(f"cover.{name}")
        st.session_state[SHOWN_OF] = shown


def _show_calls(view: CoverView) -> None:
    calls = calls_in_words(context(), view.run.id, view.site)
    if not calls:
        st.info(say("rosters.calls.nobody"))
        return
    st.caption(say("rosters.calls.how"))
    if st.button(say("rosters.papers.print_calls"), type="primary", key="cover.calls.print"):
        keep_printed("cover.calls", print_calls(context(), view.run.id, view.site))
    show_printed("cover.calls", say("rosters.calls.title"))
    rows = [
        {
            say("rosters.calls.order"): str(call.order),
            say("rosters.calls.whom"): f"{call.name}\n{call.about}",
            say("rosters.calls.phone"): unbroken(call.phone),
            say("rosters.calls.what"): "\n".join((call.ask, *call.posts)),
        }
        for call in calls
    ]
    show_table(rows, alt=say("rosters.calls.title"))


def _show_wall(view: CoverView) -> None:
    st.caption(say("rosters.papers.wall_text"))
    ready, run_id, site = context(), view.run.id, view.site
    if st.button(say("rosters.papers.print_wall"), type="primary", key="cover.wall.print"):
        keep_printed("cover.wall", print_board(ready, board_of_run(ready, run_id, site), run_id))
    st.download_button(
        say("rosters.papers.excel"),
        lambda: export_board(ready, board_of_run(ready, run_id, site), run_id).content,
        file_name="roster.xlsx",
        mime=EXCEL,
        key="cover.wall.excel",
        on_click="ignore",
    )
    show_printed("cover.wall", say("rosters.papers.wall"))


def _show_request(view: CoverView) -> None:
    route = st.radio(
        say("rosters.papers.to_whom"),
        ASKED,
        format_func=lambda r: say(f"cover.route.{r.value}"),
        horizontal=True,
        key="cover.request.route",
    )
    names = tuple(RequestWords.model_fields)
    left, right = st.columns(2)
    words = RequestWords(
        **{
            name: (left, right)[place % 2].text_input(
                say(f"rosters.papers.words.{name}"), key=f"cover.request.{name}", max_chars=120
            )
            for place, name in enumerate(names)
        }
    )
    ready, run_id = context(), view.run.id
    asked = help_request(ready, route, words, run_id, view.site)
    rows = [
        {say(f"rosters.request.{key}"): str(value) for key, value in vars(line).items()}
        for line in asked.lines
    ]
    if rows:
        show_table(rows, alt=say("rosters.request.title"))
    else:
        st.info(say("rosters.request.nobody"))
    if st.button(say("rosters.papers.print_request"), type="primary", key="cover.request.print"):
        keep_printed("cover.request", print_request(ready, asked, run_id))
    st.download_button(
        say("rosters.papers.excel"),
        lambda: export_request(ready, asked, run_id).content,
        file_name="help_request.xlsx",
        mime=EXCEL,
        key="cover.request.excel",
        on_click="ignore",
    )
    show_printed("cover.request", say("rosters.request.title"))


def _show_overtime(view: CoverView) -> None:
    """Show who works beyond the agreement, and hand the list out."""
    ready, run_id, site = context(), view.run.id, view.site
    lines = overtime_lines(ready, run_id, site)
    if not lines:
        st.info(say("rosters.overtime.nobody"))
        return
    beyond = [line for line in lines if line.beyond_h]
    hours = f"{sum(line.beyond_h for line in beyond):.1f}"
    if beyond:
        st.warning(say("rosters.overtime.some", people=len(beyond), hours=hours))
    else:
        st.info(say("rosters.overtime.none"))
    shown = [key for key in COLUMNS if key != "number"]
    heads = {key: say(f"rosters.overtime.{key}") for key in shown}
    show_table(
        [{heads[key]: line.cells()[key] for key in shown} for line in lines], alt=say("rosters.overtime.tab")
    )
    left, right = st.columns(2)
    for column, as_csv, name, label in (
        (left, False, "overtime.xlsx", "rosters.papers.excel"),
        (right, True, "overtime.csv", "rosters.overtime.csv"),
    ):
        column.download_button(
            say(label),
            partial(_overtime_file, ready, run_id, site, as_csv),
            file_name=name,
            mime="text/csv" if as_csv else EXCEL,
            key=f"cover.overtime.{as_csv}",
            on_click="ignore",
        )
    for note in overtime_notes(language()):
        st.caption(plain(note))


def _overtime_file(ready: Context, run_id: str, site: str, as_csv: bool) -> bytes:
    return export_overtime(ready, run_id, site, as_csv).content
