"""Invented people and places in a plain store, in the hands of an officer."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

OFFICER = Actor(name="係", role=Role.DISASTER_OFFICER)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """An empty plain store in the hands of an officer."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "store", plain=True), "係")
    return Context(OFFICER, handle.open, FixedClock(datetime(2026, 11, 23, 12, tzinfo=UTC)))


@pytest.fixture
def town(context: Context, tmp_path: Path) -> Context:
    """The sample town, loaded."""
    load_world(context, "town", work_dir=tmp_path)
    return context


@pytest.fixture
def filled(context: Context) -> Callable[..., Context]:
    """A function that puts people and shelters into the store."""

    def fill(people: list[Person], shelters: list[Shelter]) -> Context:
        with context.open_store() as uow:
            uow.people.add_many(people)
            uow.shelters.add_many(shelters)
            uow.commit()
        return context

    return fill
