"""The invented town in a plain store, in the hands of an officer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store


@pytest.fixture
def officer(tmp_path: Path) -> Context:
    """An empty store."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "store", plain=True), "係")
    clock = FixedClock(datetime(2026, 11, 23, 12, tzinfo=UTC))
    return Context(Actor(name="係", role=Role.DISASTER_OFFICER), handle.open, clock)


@pytest.fixture
def town(officer: Context, tmp_path: Path) -> Context:
    """The invented town."""
    load_world(officer, "town", work_dir=tmp_path)
    return officer
