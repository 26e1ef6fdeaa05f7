"""An officer's context over a plain store, and two invented destinations."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shelter_makers import HOME, SCHOOL

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def ctx(tmp_path: Path) -> Iterator[Context]:
    """An officer at noon over a store with two destinations."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True), actor_name="係 花子")
    actor = Actor(name="係 花子", role=Role.DISASTER_OFFICER)
    context = Context(actor, handle.open, FixedClock(NOON))
    with context.open_store() as uow:
        uow.shelters.add_many([HOME, SCHOOL])
        uow.commit()
    yield context
    handle.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Context]:
    """An officer over a store with the invented town."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "town", plain=True), actor_name="係 花子")
    context = Context(Actor(name="係 花子", role=Role.DISASTER_OFFICER), handle.open, FixedClock(NOON))
    load_world(context, "town", work_dir=tmp_path)
    yield context
    handle.close()
