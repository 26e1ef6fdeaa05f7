"""An invented operator of two sites in a plain store, for the tests of the staff-cover service."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cover_world import crew, facility

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification, RosterEntry
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.store import StoreSettings, open_store


@pytest.fixture
def ctx(tmp_path: Path, noon: datetime) -> Context:
    """A manager's context over a store with two sites, two offers, and rosters for the day of the event."""
    clock = FixedClock(noon)
    store = open_store(StoreSettings(data_dir=tmp_path, plain=True), "見本", clock)
    with store.open() as uow:
        for key in ("A", "B"):
            uow.facilities.add(facility(key))
            uow.staff.add_many(crew(key))
        offers = ((HelpRoute.PARTNER, Qualification.CARE_WORKER, 2), (HelpRoute.DWAT, Qualification.NURSE, 3))
        uow.help_offers.add_many(
            HelpOffer(
                id=f"offer-{route.value}",
                facility_id="A",
                route=route,
                name="見本の応援",
                qualification=qualification,
                people=1,
                from_day=day,
            )
            for route, qualification, day in offers
        )
        uow.rosters.add_many(
            RosterEntry(staff_id=f"A{n:02}", day=date(2026, 11, 22 + late), shift=shift)
            for n, shift, late in ((4, "night", 0), (7, "night", 0), (5, "early", 1), (6, "day", 1))
        )
        uow.commit()
    ids = iter(range(1000))
    return Context(
        actor=Actor(name="見本", role=Role.FACILITY_MANAGER),
        open_store=store.open,
        clock=clock,
        new_id=lambda: f"id-{next(ids)}",
    )


@pytest.fixture
def scenario() -> Callable[..., Scenario]:
    """The maker of a short scenario: an earthquake at two at night, roads cut for two days."""

    def make(hour: int = 2, event: EventKind = EventKind.EARTHQUAKE, **fields: Any) -> Scenario:
        usual: dict[str, Any] = {
            "days": 3,
            "road_back_day": 2,
            "train_back_day": 3,
            "water_back_day": 2,
            "hazard": HazardKind.EARTHQUAKE if event is EventKind.EARTHQUAKE else None,
        }
        start = datetime(2026, 11, 23, hour, tzinfo=UTC)
        return Scenario(id="quake", name="見本の地震", event=event, starts_at=start, **(usual | fields))

    return make
