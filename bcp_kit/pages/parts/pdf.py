"""A printed document (or its text) on screen: preview, download, characters that could not be drawn."""

import streamlit as st

from bcp_kit.pages.parts.session import say
from bcp_kit.render.document import PrintedDocument

PRINTED_KEY = "printed."
PREVIEW_HEIGHT = 620


def keep_printed(name: str, document: PrintedDocument) -> None:
    """Keep a document for the preview of this session."""
    st.session_state[f"{PRINTED_KEY}{name}"] = document


def forget_printed(name: str) -> None:
    """Drop the document of that name."""
    st.session_state.pop(f"{PRINTED_KEY}{name}", None)


def show_printed(name: str, alt: str) -> None:
    """Show the kept document of that name with its download."""
    document: PrintedDocument | None = st.session_state.get(f"{PRINTED_KEY}{name}")
    if document is None:
        return
    is_text = document.file_name.endswith(".txt")
    if document.missing_glyphs:
        st.warning(say("pages.pdf.missing_glyphs", count=len(document.missing_glyphs)))
    st.download_button(
        say("pages.pdf.download"),
        document.pdf_bytes,
        file_name=document.file_name,
        mime="text/plain" if is_text else "application/pdf",
        type="primary",
        key=f"{PRINTED_KEY}{name}.save",
        on_click="ignore",
    )
    if is_text:
        with st.container(height=PREVIEW_HEIGHT):
            st.text(document.pdf_bytes.decode())
        return
    st.caption(say("pages.pdf.pages", count=document.pages))
    st.pdf(document.pdf_bytes, height=PREVIEW_HEIGHT, key=f"{PRINTED_KEY}{name}.view", alt=alt)
