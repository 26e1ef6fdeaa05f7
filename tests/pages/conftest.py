"""The app in Streamlit's own test runner, over an empty plain store in a temporary folder."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
FIRST_RUN_SECONDS = 120


@pytest.fixture
def open_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return a function that opens the app as a role (or as nobody yet), on a page."""
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    monkeypatch.chdir(ROOT)

    def opened(role: str | None = None, page: str = "", **state: object) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=FIRST_RUN_SECONDS)
        if role:
            at.session_state["actor_role"] = role
        for key, value in state.items():
            at.session_state[key] = value
        if page:
            at.switch_page(f"bcp_kit/pages/{page}.py")
        return at.run()

    return opened
