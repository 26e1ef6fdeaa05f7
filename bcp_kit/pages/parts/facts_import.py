"""Tables of an existing plan from Excel: what would come over is shown first, then taken by a button."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.fact_import import (
    FactPreview,
    LinePreview,
    LineState,
    SheetPreview,
    accept_facts,
    export_facts,
    preview_facts,
)

DONE = "facts.import.done"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 30


def show_fact_import(facility: Facility) -> None:
    """Offer to take tables over from Excel, and to write all facts into one file."""
    if not may(Action.EDIT_BCP):
        return
    with st.expander(say("facts.page.title")):
        st.markdown(say("facts.page.lead"))
        if st.session_state.pop(DONE, False):
            st.success(say("facts.cli.accepted"))
        file = st.file_uploader(say("facts.page.choose"), key="facts.import.file")
        if file is not None:
            _show_file(facility, file.name, file.getvalue())
        _offer_export(facility)


def _show_file(facility: Facility, name: str, content: bytes) -> None:
    try:
        preview = preview_facts(context(), facility.id, content, name)
    except BcpKitError as error:
        show_error(error)
        return
    for sheet in preview.sheets:
        _show_sheet(sheet)
    for unknown in preview.unknown:
        st.caption(say("facts.cli.unknown_sheet", sheet=plain(unknown)))
    brings = any(s.count(LineState.NEW) + s.count(LineState.CHANGED) for s in preview.sheets)
    if not brings:
        st.info(say("facts.page.nothing"))
        return
    label = say("facts.page.take")
    st.button(label, type="primary", key="facts.import.take", on_click=_take, args=(preview,))


def _take(preview: FactPreview) -> None:
    accept_facts(context(), preview)
    st.session_state[DONE] = True


def _show_sheet(sheet: SheetPreview) -> None:
    new, changed, same = (sheet.count(state) for state in LineState)
    name, title = plain(sheet.sheet.sheet_name), sheet.table.title(language())
    st.markdown(say("facts.cli.sheet", sheet=name, table=title, new=new, changed=changed, same=same))
    if sheet.unknown_headings:
        st.caption(say("facts.cli.headings", headings="、".join(map(plain, sheet.unknown_headings))))
    brought = [line for line in sheet.lines if line.state is not LineState.SAME]
    if brought:
        show_table([_row(sheet, line) for line in brought[:SHOWN]], alt=title)
    if len(brought) > SHOWN:
        st.caption(say("facts.page.more", count=len(brought) - SHOWN))
    for problem in sheet.problems[:SHOWN]:
        what = say(f"errors.{problem.code.value}.what", **problem.values)
        st.caption(plain(say("facts.cli.problem", row=problem.row or 0, column=problem.column, words=what)))


def _row(sheet: SheetPreview, line: LinePreview) -> dict[str, str]:
    """Return a row of the preview: its number in the file, what it is, and what would be written."""
    cells = line.line.cells
    if line.changes:
        said = [
            f"{sheet.table.column(k).label(language())}：{old} → {new}"
            for k, (old, new) in line.changes.items()
        ]
    else:
        said = [
            f"{sheet.table.column(k).label(language())}：{cell}" for k, cell in cells.items() if k != "kind"
        ]
    kinds = {option.key: option for option in sheet.table.kinds}
    kind = kinds.get(cells.get("kind", ""))
    label = "" if kind is None else (kind.label_en if language() == "en" else kind.label_ja)
    return {
        say("facts.page.row"): str(line.line.number),
        say("facts.page.state"): say(f"facts.state.{line.state.value}"),
        say("facts.page.kind"): label,
        say("facts.page.cells"): "／".join(said),
    }


def _offer_export(facility: Facility) -> None:
    """Offer all facts as one file; made only when it is asked for."""
    st.download_button(
        say("facts.page.export"),
        lambda: export_facts(context(), facility.id).content,
        file_name="site_facts.xlsx",
        mime=EXCEL,
        key="facts.export",
    )
