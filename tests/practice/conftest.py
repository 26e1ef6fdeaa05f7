"""An invented home with both plans written to the end, and a year of records where a test asks for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from bcp_kit.services.sample_records import load_sample_records
from bcp_kit.services.store import StoreSettings, open_store


@pytest.fixture
def ctx(tmp_path: Path, noon: datetime) -> Context:
    """The manager, at noon, with ids that count up."""
    store = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True), clock=FixedClock(noon))
    numbers = count(1)
    return Context(
        actor=Actor(name="管理者", role=Role.FACILITY_MANAGER),
        open_store=store.open,
        clock=FixedClock(noon),
        new_id=lambda: f"id-{next(numbers)}",
    )


@pytest.fixture
def home(ctx: Context) -> SamplePlans:
    """A home with both plans complete, nothing recorded yet."""
    return load_sample_plans(ctx, ServiceCategory.CARE_RESIDENTIAL)


@pytest.fixture
def lived(ctx: Context, home: SamplePlans) -> SamplePlans:
    """The same home after a year of records."""
    load_sample_records(ctx, home.facility.id)
    return home


@pytest.fixture
def named(ctx: Context) -> Callable[[str], Context]:
    """A function that gives the same store to somebody of another name."""
    return lambda name: replace(ctx, actor=ctx.actor.model_copy(update={"name": name}))


@pytest.fixture
def plan_id(home: SamplePlans) -> str:
    """The home's natural-disaster plan."""
    return home.plans[PlanKind.NATURAL_DISASTER].id
