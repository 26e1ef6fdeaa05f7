"""The export panel alone, as a page for tests: the store comes from the session."""

from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.export_panel import render_export

render_export("t", (SheetKind.SHELTERS,))
