"""An invented home with staff and a cover run in a plain store, and the manager who works on its plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import ContinuityPlan, PlanKind
from bcp_kit.domain.cover import AttendanceEstimate, CoverRun
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.staff import CommuteMeans, Qualification, StaffMember
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.bcp import start_plan
from bcp_kit.services.store import StoreSettings, open_store

HOME_ID = "home-1"


@pytest.fixture
def home() -> Facility:
    """A home of 40 beds, with rare kanji in its manager's name."""
    return Facility(
        id=HOME_ID,
        name="特別養護老人ホーム ひだまり苑",
        operator="社会福祉法人 見本会",
        category=ServiceCategory.CARE_RESIDENTIAL,
        office_number="1370000000",
        representative="髙橋 一郎",
        manager="𠮷田 﨑子",
        address="見本県見本市中央1-2-3",
        phone="000-000-0000",
        beds=40,
        residents=38,
        generator_w=8000,
        generator_fuel_h=48,
        water_l=600,
        exposures=(
            Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=2.5),
            Exposure(hazard=HazardKind.LANDSLIDE, in_zone=Known.NO),
            Exposure(hazard=HazardKind.TSUNAMI, in_zone=Known.UNKNOWN),
        ),
    )


@pytest.fixture
def staff() -> tuple[StaffMember, ...]:
    """Two members of staff: one near, on foot; one far, by car, with a small child."""
    return (
        StaffMember(
            id="staff-1",
            facility_id=HOME_ID,
            name="森 近子",
            home_address="見本県見本市中央2-1",
            home_distance_m=1000,
            commute=CommuteMeans.FOOT,
            qualifications=(Qualification.NURSE,),
        ),
        StaffMember(
            id="staff-2",
            facility_id=HOME_ID,
            name="遠山 車男",
            home_address="見本県隣市山手５丁目",
            home_distance_m=15000,
            youngest_child_age=3,
            night_ok=False,
            qualifications=(Qualification.CARE_WORKER, Qualification.DRIVER),
        ),
    )


@pytest.fixture
def cover_run(noon: datetime) -> CoverRun:
    """Estimates of four days: the near one is there at once, the far one from the third day."""
    near = [AttendanceEstimate(staff_id="staff-1", day=d, chance=1, on_site=d == 0) for d in range(4)]
    far = [
        AttendanceEstimate(staff_id="staff-2", day=d, chance=c) for d, c in enumerate((0.0, 0.2, 0.6, 0.8))
    ]
    return CoverRun(
        id="run-1",
        facility_ids=(HOME_ID,),
        scenario_id="quake",
        made_at=noon,
        status=SolveStatus.OPTIMAL,
        attendance=(*near, *far),
    )


@pytest.fixture
def ctx(
    tmp_path: Path, noon: datetime, home: Facility, staff: tuple[StaffMember, ...], cover_run: CoverRun
) -> Context:
    """The manager of the home, at noon, with ids that count up."""
    store = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True), clock=FixedClock(noon))
    numbers = count(1)
    context = Context(
        actor=Actor(name="管理者", role=Role.FACILITY_MANAGER),
        open_store=store.open,
        clock=FixedClock(noon),
        new_id=lambda: f"id-{next(numbers)}",
    )
    with context.open_store() as uow:
        uow.facilities.add(home)
        uow.staff.add_many(staff)
        uow.cover_runs.add(cover_run)
        uow.commit()
    return context


@pytest.fixture
def plan(ctx: Context) -> ContinuityPlan:
    """A plan that was just begun."""
    return start_plan(ctx, HOME_ID, PlanKind.NATURAL_DISASTER)


@pytest.fixture
def acting_as(ctx: Context) -> Callable[[Role, str], Context]:
    """A function that gives the same store to somebody else."""

    def someone(role: Role, facility_id: str = "") -> Context:
        return replace(ctx, actor=Actor(name="別の人", role=role, facility_id=facility_id))

    return someone


@pytest.fixture
def later(ctx: Context, noon: datetime) -> Context:
    """The same manager a day later."""
    return replace(ctx, clock=FixedClock(noon + timedelta(days=1)))
