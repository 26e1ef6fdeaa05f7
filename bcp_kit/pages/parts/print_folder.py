"""Where files that are printed from the screen lie."""

from pathlib import Path

from bcp_kit.pages.parts.session import context, store


def new_folder() -> Path:
    """Return a new folder beside the store: one for each print run, named by nothing personal."""
    handle, ready = store(), context()
    if handle is None:
        raise RuntimeError("no store is open in this session")
    return handle.path.parent / "print" / f"{ready.clock.now():%Y%m%d-%H%M%S}-{ready.new_id()[:6]}"
