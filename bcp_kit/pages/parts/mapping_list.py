"""The remembered mappings: save one as a file to share it, read one from a file, forget one."""

from collections.abc import Sequence
from hashlib import sha256

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.mapping_profiles import (
    Profile,
    export_profile,
    list_profiles,
    read_profile,
    remove_profile,
    save_profile,
)


def render_profiles(key: str, kinds: Sequence[SheetKind]) -> None:
    """Show the mappings for the sheets `kinds`; `key` is unique on the page."""
    with st.expander(say("pages.mapping.kept")):
        known = [profile for profile in list_profiles(context()) if profile.kind in kinds]
        if not known:
            st.caption(say("pages.mapping.none_kept"))
        for profile in known:
            _show(key, profile)
        _bring(key)


def _show(key: str, profile: Profile) -> None:
    mark = f"mappings.{key}.{sha256(profile.name.encode()).hexdigest()[:12]}"
    headings = len(profile.fields)
    row = say(
        "pages.mapping.kept_row", name=plain(profile.name), sheet=sheet(profile.kind).title, headings=headings
    )
    st.markdown(row)
    left, right = st.columns(2)
    left.download_button(
        say("pages.mapping.save_file", name=profile.name),
        lambda: export_profile(context(), profile.name),
        file_name="mapping.yaml",
        mime="application/yaml",
        key=f"{mark}.file",
        on_click="ignore",
    )
    if right.button(say("pages.mapping.forget", name=profile.name), key=f"{mark}.forget"):
        try:
            remove_profile(context(), profile.name)
            st.rerun()
        except BcpKitError as error:
            show_error(error)


def _bring(key: str) -> None:
    file = st.file_uploader(say("pages.mapping.bring"), key=f"mappings.{key}.bring")
    done = f"mappings.{key}.brought"
    if file is None or st.session_state.get(done) == file.file_id:
        return
    try:
        profile = save_profile(context(), read_profile(file.getvalue()))
    except BcpKitError as error:
        show_error(error)
        return
    st.session_state[done] = file.file_id
    st.success(say("pages.mapping.brought", name=plain(profile.name)))
    st.rerun()
