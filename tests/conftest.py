"""Shared by all tests: where the real public files lie, and the moment at which tests happen."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def skip_or_fail(reason: str) -> None:
    """Skip the test; in CI fail it, so that a missing tool or folder cannot pass for a green run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"in CI this must not be missing: {reason}")
    pytest.skip(reason)


def shared_path(relative: str = "") -> Path:
    """Return a path below ../shared; skip (in CI fail) when it is not there."""
    path = ROOT.parent / "shared" / relative
    if not path.exists():
        skip_or_fail(f"../shared/{relative} is not beside the project")
    return path


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """The function that gives a path below ../shared or skips."""
    return shared_path


@pytest.fixture
def noon() -> datetime:
    """The moment at which tests happen."""
    return NOON
