"""The mapping form alone, as a page for tests: the file and the store come from the session."""

import streamlit as st

from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.mapping_form import MappingQuestion, render_mapping
from bcp_kit.pages.parts.session import context
from bcp_kit.services.importing import inspect_file

content = st.session_state["content"]
found = inspect_file(context(), content, "拠点.csv")
if not found.unmapped:
    st.success(f"read {found.good_rows}")
elif render_mapping(MappingQuestion("t", content, "拠点.csv", (SheetKind.SHELTERS,)), found.unmapped[0]):
    st.rerun()
