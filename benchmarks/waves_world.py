"""An invented home with its staff, in memory, for measures of attendance and waves; equal for equal seeds."""

from datetime import UTC, date, datetime
from random import Random

from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import CommuteMeans, HelpOffer, HelpRoute, Qualification, StaffMember
from bcp_kit.services.cover_catalogue import default_scenarios
from bcp_kit.services.cover_inputs import CoverFacts
from bcp_kit.services.cover_settings import settings_of

KINDS = (  # qualifications, share of the staff
    ((Qualification.CARE_WORKER,), 45),
    ((Qualification.CERTIFIED_CARE_WORKER,), 22),
    ((Qualification.CERTIFIED_CARE_WORKER, Qualification.SUCTION_TRAINED), 8),
    ((Qualification.NURSE,), 9),
    ((Qualification.COOK,), 7),
    ((Qualification.LIFE_CONSULTANT,), 3),
    ((Qualification.CLERK,), 4),
    ((Qualification.MANAGER,), 2),
)
NIGHTS = ("night", "night", "night", "night", "day", "early", "late")


def home(staff: int, beds_per_staff: float = 0.9) -> Facility:
    """Return an invented special nursing home with about one user for each member of staff."""
    residents = round(beds_per_staff * staff)
    return Facility(
        id="F",
        name="見本苑",
        category=ServiceCategory.CARE_RESIDENTIAL,
        service_key="kaigo_rojin_fukushi",
        beds=residents,
        residents=residents,
        residents_medical=max(1, residents // 20),
        free_area_m2=200,
        toilets=20,
        water_l=3000,
        food_meals=2000,
        lodging_places=4,
    )


def member(dice: Random, number: int) -> StaffMember:
    """Return one invented member of staff."""
    kinds, weights = zip(*KINDS, strict=True)
    child = dice.random()
    return StaffMember(
        id=f"S{number:03}",
        facility_id="F",
        name=f"見本 {number}",
        qualifications=dice.choices(kinds, weights)[0],
        weekly_hours_max=dice.choice((40.0, 40.0, 40.0, 24.0)),
        night_ok=dice.random() < 0.75,
        newcomer=dice.random() < 0.1,
        home_distance_m=1000 * min(35.0, dice.lognormvariate(1.9, 0.7)),
        commute=dice.choices(list(CommuteMeans), (6, 10, 4, 62, 13, 5))[0],
        youngest_child_age=int(18 * child / 0.4) if child < 0.4 else None,
        other_parent_at_home=dice.random() < 0.3,
        cares_for_family=dice.random() < 0.12,
    )


def made(staff: int, seed: int = 1, beds_per_staff: float = 0.9) -> CoverFacts:
    """Return the facts of an invented home; a tenth of the staff is on nights before the event."""
    dice = Random(seed)
    people = tuple(member(dice, n) for n in range(staff))
    first = date(2026, 11, 23)
    before = date(2026, 11, 22)
    rosters = {
        p.id: {before: "night"} if n % 15 == 0 and p.night_ok else {first: NIGHTS[n % len(NIGHTS)]}
        for n, p in enumerate(people)
        if n % 3 == 0
    }
    offer = HelpOffer(
        id="O1",
        facility_id="F",
        route=HelpRoute.PARTNER,
        name="見本の協定先",
        qualification=Qualification.CARE_WORKER,
        people=2,
        from_day=3,
    )
    return CoverFacts((home(staff, beds_per_staff),), people, rosters, (offer,), {"F": settings_of({})})


def scenario(key: str) -> Scenario:
    """Return a scenario of the catalogue that starts on a fixed day."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    return next(s for s in default_scenarios(start.date(), UTC) if s.id == key)
