"""A store in a fresh folder, an officer at noon of the sample world's day, and sheets as plain tables."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from world_recount import OTHER_SEED, SMALL, Table

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_city.city import City
from bcp_kit.services.sample_city.files import write_city
from bcp_kit.services.sample_city.settings import ratio, settings
from bcp_kit.services.store import StoreSettings, open_store


@pytest.fixture
def officer(tmp_path: Path, noon: datetime) -> Iterator[Context]:
    """A disaster officer with an empty unencrypted store."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True), clock=FixedClock(noon))
    yield Context(
        actor=Actor(name="係", role=Role.DISASTER_OFFICER), open_store=handle.open, clock=FixedClock(noon)
    )
    handle.close()


@pytest.fixture(scope="session")
def table() -> Callable[[Path], Table]:
    """The function that reads a CSV file as rows by heading, without the program's own reader."""

    def read(path: Path) -> Table:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    return read


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Path]:
    """A small city drawn from another seed, and the folder with its files."""
    folder = tmp_path_factory.mktemp("small")
    return write_city(folder, OTHER_SEED, SMALL), folder


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Path]:
    """The city in full size, and the folder with its files."""
    folder = tmp_path_factory.mktemp("full")
    return write_city(folder, settings().seed, int(ratio("city_listed"))), folder
