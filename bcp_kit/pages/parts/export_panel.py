"""Take out what is stored: Excel, CSV, map file; old systems' characters only with a choice that was made."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.exporting_public import export_standard
from bcp_kit.services.exporting_sheets import FileFormat, Missing, Written, export_sheets

STANDARD = "standard"
_MIMES = {
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.GEOJSON: "application/geo+json",
}
_ENDINGS = {FileFormat.XLSX: "xlsx", FileFormat.GEOJSON: "geojson"}
_WITH_PLACES = (SheetKind.SHELTERS, SheetKind.FACILITIES)
_SHOWN = 20


@dataclass(frozen=True)
class _Made:
    """A file that was made on request: what it is of, its bytes and its rows."""

    asked: tuple[str, str]
    written: Written
    rows: int


def render_export(key: str, kinds: Sequence[SheetKind]) -> None:
    """Offer the stored records of the sheets `kinds` as a file; `key` is unique on the page."""
    with st.expander(say("pages.export.title")):
        formats = [f.value for f in FileFormat if f is not FileFormat.GEOJSON or _places(kinds)]
        formats += [STANDARD] if SheetKind.SHELTERS in kinds else []
        wanted = st.radio(
            say("pages.export.format"),
            formats,
            format_func=lambda f: say(f"pages.export.formats.{f}"),
            key=f"export.{key}.format",
        )
        if SheetKind.PEOPLE in kinds:
            st.warning(say("intake.written.personal"))
        missing = _ask_missing(key) if wanted == FileFormat.CSV_CP932 else Missing.REFUSE
        if st.button(say("pages.export.make"), key=f"export.{key}.make"):
            _make(key, kinds, wanted, missing)
        _offer(key, (wanted, missing.value))


def _places(kinds: Sequence[SheetKind]) -> bool:
    return any(kind in _WITH_PLACES for kind in kinds)


def _ask_missing(key: str) -> Missing:
    choices = [choice.value for choice in Missing]
    chosen = st.radio(
        say("pages.export.missing"),
        choices,
        format_func=lambda choice: say(f"pages.export.missing_{choice}"),
        key=f"export.{key}.missing",
    )
    return Missing(chosen or Missing.REFUSE.value)


def _make(key: str, kinds: Sequence[SheetKind], wanted: str, missing: Missing) -> None:
    """Make the file and keep it for the button that saves it."""
    st.session_state.pop(f"export.{key}.made", None)
    try:
        if wanted == STANDARD:
            written, rows = export_standard(context())
        else:
            written, rows = export_sheets(context(), kinds, FileFormat(wanted), missing)
    except BcpKitError as error:
        show_error(error)
        return
    st.session_state[f"export.{key}.made"] = _Made((wanted, missing.value), written, rows)


def _offer(key: str, asked: tuple[str, str]) -> None:
    made: _Made | None = st.session_state.get(f"export.{key}.made")
    if made is None or made.asked != asked:
        return
    _show_replaced(made.written)
    chosen = FileFormat.CSV if asked[0] == STANDARD else FileFormat(asked[0])
    st.download_button(
        say("pages.export.save", rows=made.rows),
        made.written.content,
        file_name=f"{key}.{_ENDINGS.get(chosen, 'csv')}",
        mime=_MIMES.get(chosen, "text/csv"),
        type="primary",
        key=f"export.{key}.save",
        on_click="ignore",
    )


def _show_replaced(written: Written) -> None:
    """Say which characters were written as others, and where."""
    if written.cleaned_cells:
        st.warning(say("intake.written.shortened", count=written.cleaned_cells))
    if not written.replaced:
        return
    st.warning(say("intake.written.replaced", count=len(written.replaced)))
    rows = [
        {
            say("intake.column.row"): str(m.row),
            say("intake.column.column"): m.heading,
            say("pages.export.character"): f"{m.character}（{m.code_point}）",
            say("pages.export.written_as"): m.written or say("pages.export.left_out"),
        }
        for m in written.replaced[:_SHOWN]
    ]
    show_table(rows, alt=say("pages.export.replaced"))
