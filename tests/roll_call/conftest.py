"""A home with five members of staff, one roll call away from an earthquake."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.cover import AttendanceEstimate, CoverRun
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.staff import Qualification, StaffMember
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.store import StoreSettings, open_store

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
HOME_ID = "home-1"


def person(key: str, name: str, metres: float | None, *qualifications: Qualification) -> StaffMember:
    """One member of staff with a made-up number."""
    return StaffMember(
        id=key,
        facility_id=HOME_ID,
        name=name,
        phone=f"000-0000-{key[1:]}",
        home_distance_m=metres,
        qualifications=qualifications,
    )


STAFF = (
    person("s0001", "森　近子", 900, Qualification.NURSE),
    person("s0002", "遠山 車男", 15000, Qualification.CARE_WORKER, Qualification.DRIVER),
    person("s0003", "見本 花子", 4000, Qualification.MANAGER),
    person("s0004", "髙橋 﨑子", None, Qualification.CARE_WORKER),
    person("s0005", "若葉 さくら", 3000, Qualification.CARE_WORKER),
)


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """The manager of the home, at seven in the morning."""
    store = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True), clock=FixedClock(NOW))
    numbers = count(1)
    context = Context(
        actor=Actor(name="管理者", role=Role.FACILITY_MANAGER),
        open_store=store.open,
        clock=FixedClock(NOW),
        new_id=lambda: f"id-{next(numbers)}",
    )
    home = Facility(
        id=HOME_ID,
        name="特別養護老人ホーム ひだまり苑",
        operator="社会福祉法人 見本会",
        category=ServiceCategory.CARE_RESIDENTIAL,
        office_number="1370000000",
        manager="見本 花子",
        address="見本県見本市中央1-2-3",
        municipality="見本市",
        phone="000-000-0000",
        beds=40,
        residents=38,
        residents_medical=4,
        water_l=600,
        food_meals=300,
        generator_w=8000,
        generator_fuel_h=48,
    )
    chances = {"s0001": 0.9, "s0002": 0.1, "s0003": 0.8, "s0004": 0.5, "s0005": 0.7}
    run = CoverRun(
        id="run-1",
        facility_ids=(HOME_ID,),
        scenario_id="quake",
        made_at=NOW,
        status=SolveStatus.OPTIMAL,
        attendance=tuple(
            AttendanceEstimate(staff_id=key, day=day, chance=chance, counted=chance >= 0.7)
            for key, chance in chances.items()
            for day in (0, 1)
        ),
    )
    with context.open_store() as uow:
        uow.facilities.add(home)
        uow.staff.add_many(STAFF)
        uow.cover_runs.add(run)
        uow.commit()
    return context


@pytest.fixture
def at_hour(ctx: Context) -> Callable[[int], Context]:
    """A function that gives the same manager at another hour of the same day."""
    return lambda hour: replace(ctx, clock=FixedClock(NOW.replace(hour=hour)))
