"""docs/features.md is complete and what it names as proof exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATES = {"done", "partly", "not yet"}


def _rows() -> dict[str, tuple[str, str]]:
    text = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    cells = [
        [c.strip() for c in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")
    ]
    return {c[0]: (c[2], c[3]) for c in cells if re.fullmatch(r"[FN]\d+", c[0])}


def test_every_feature_has_a_row_with_a_state() -> None:
    """F01–F90 and N1–N15 each have one row with one of three states."""
    expected = {f"F{n:02}" for n in range(1, 91)} | {f"N{n}" for n in range(1, 16)}
    rows = _rows()
    assert set(rows) == expected
    assert {state for state, _ in rows.values()} <= STATES


def test_what_is_claimed_names_a_proof_that_exists() -> None:
    """Each row that is done or partly done names tests or commands, and each test file named exists."""
    for name, (state, proof) in _rows().items():
        if state == "not yet":
            continue
        paths = re.findall(r"`(tests/[\w/.]+)", proof)
        commands = re.findall(r"`bcp-kit [^`]+`", proof)
        assert paths or commands, f"{name} names no proof"
        for path in paths:
            assert (ROOT / path).exists(), f"{name}: {path} does not exist"
