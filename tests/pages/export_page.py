"""The panels of files out and of candidates alone, as a page for tests: the store comes from the session."""

from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.candidate_panel import render_candidates
from bcp_kit.pages.parts.export_panel import render_export

render_export("t", (SheetKind.SHELTERS,))
render_candidates()
