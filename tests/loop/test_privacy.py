"""No personal value leaves by the messages of a command that fails (AC-8); of the demo: `test_demo.py`."""

from pathlib import Path

import pytest
from loop_runs import command

MARKER = "ZQ目印漏洩太郎"


@pytest.mark.parametrize(
    "words",
    [
        ("plans", "show", MARKER),
        ("bcp", "show", "--plan", MARKER),
        ("cover", "run", "--facility", MARKER),
        ("match", "run", "--hazard", MARKER),
        ("people", "import", f"{MARKER}.csv"),
        ("read", f"{MARKER}.csv"),
    ],
)
def test_failures_show_no_value_and_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A failing command says its code and remedy; neither the value nor a traceback shows."""
    result = command(*words, cwd=tmp_path, home=tmp_path / "home")
    said = result.stdout + result.stderr
    assert result.returncode != 0
    assert "Traceback" not in said and MARKER not in said
    assert "→" in said
