"""Invented operators for measuring staff cover: seeded, of any size, plausible in staff, homes and rosters.

What is made here goes the way of real data: facilities, staff, the roster in force and offers of help become
a question by the same services that the command line uses. Every name is a number; nobody is meant.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from bcp_kit.cores.staff_cover.instance import CoverInstance
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import CommuteMeans, Employment, HelpOffer, HelpRoute, Qualification, StaffMember
from bcp_kit.services import cover_catalogue, cover_settings
from bcp_kit.services.cover_inputs import CoverFacts, question, who_can_come

START = date(2027, 1, 18)  # a winter Monday
RESIDENTS_PER_STAFF = (1.3, 1.7)
POSTS = (  # weights of what the staff of a home is
    ((Qualification.CARE_WORKER,), 34),
    ((Qualification.CERTIFIED_CARE_WORKER,), 22),
    ((Qualification.CERTIFIED_CARE_WORKER, Qualification.SUCTION_TRAINED), 12),
    ((Qualification.NURSE,), 8),
    ((Qualification.ASSISTANT_NURSE,), 4),
    ((Qualification.COOK,), 6),
    ((Qualification.DIETITIAN,), 2),
    ((Qualification.LIFE_CONSULTANT,), 3),
    ((Qualification.CARE_MANAGER,), 3),
    ((Qualification.THERAPIST,), 2),
    ((Qualification.CLERK,), 4),
)
SURE_POSTS = (  # every home has these
    (Qualification.MANAGER,),
    (Qualification.LIFE_CONSULTANT,),
    (Qualification.NURSE,),
    (Qualification.NURSE,),
    (Qualification.COOK,),
    (Qualification.COOK,),
)
CARERS = frozenset({Qualification.CARE_WORKER, Qualification.CERTIFIED_CARE_WORKER})
ROUND = ("early", "early", "day", "late", "night", "night", "", "", "day", "late", "", "")
OFFICE = ("day", "day", "day", "day", "day", "", "")
ROUTES = (  # route, qualification, first day from, first day to
    (HelpRoute.PARTNER, Qualification.CARE_WORKER, 2, 4),
    (HelpRoute.PREFECTURE, Qualification.CERTIFIED_CARE_WORKER, 4, 7),
    (HelpRoute.PREFECTURE, Qualification.NURSE, 4, 7),
    (HelpRoute.DWAT, Qualification.LIFE_CONSULTANT, 3, 5),
)


@dataclass(frozen=True)
class Case:
    """One size: staff of all sites together, days, sites, the scenario of the catalogue."""

    staff: int
    days: int
    sites: int
    scenario: str
    helpers: bool = True


def made_facility(dice: Random, number: int, staff: int) -> Facility:
    residents = round(staff * dice.uniform(*RESIDENTS_PER_STAFF))
    return Facility(
        id=f"F{number:02}",
        name=f"F{number:02}",
        operator="operator",
        category=ServiceCategory.CARE_RESIDENTIAL,
        service_key="kaigo_rojin_fukushi",
        beds=residents,
        residents=residents,
        residents_medical=round(residents * dice.uniform(0.02, 0.1)),
        lodging_places=dice.choice([None, 2, 4, 6]),
    )


def made_member(dice: Random, number: int, home: str, sure: tuple[Qualification, ...]) -> StaffMember:
    posts, weights = zip(*POSTS, strict=True)
    qualifications = sure or dice.choices(posts, weights)[0]
    carer = qualifications[0] in CARERS
    part_time = carer and dice.random() < 0.25
    child = dice.randint(0, 17) if dice.random() < 0.35 else None
    return StaffMember(
        id=f"{home}-{number:03}",
        facility_id=home,
        name=f"{home}-{number:03}",
        qualifications=qualifications,
        employment=Employment.PART_TIME if part_time else Employment.FULL_TIME,
        weekly_hours_max=dice.choice([16.0, 20.0, 24.0, 30.0]) if part_time else 40.0,
        night_ok=carer and not part_time and dice.random() < 0.85,
        newcomer=carer and dice.random() < 0.1,
        home_distance_m=1000 * min(40.0, dice.lognormvariate(1.8, 0.7)),
        commute=dice.choices(list(CommuteMeans), [8, 15, 5, 52, 12, 8])[0],
        youngest_child_age=child,
        other_parent_at_home=child is not None and dice.random() < 0.5,
        cares_for_family=dice.random() < 0.08,
    )


def made_roster(dice: Random, person: StaffMember, days: int) -> dict[date, str]:
    """The old roster from a day before the event on: carers turn, everybody else works by day."""
    turn = ROUND if person.night_ok else tuple(s if s != "night" else "" for s in ROUND)
    pattern = turn if person.qualifications[0] in CARERS else OFFICE
    first = dice.randrange(len(pattern))
    found = {}
    for day in range(-7, days):
        shift = pattern[(first + day) % len(pattern)]
        if shift and (person.employment is Employment.FULL_TIME or dice.random() < 0.5):
            found[START + timedelta(days=day)] = shift
    return found


def made_facts(case: Case, seed: int) -> CoverFacts:
    """Return the facts of an invented operator."""
    dice = Random(seed)
    shares = [case.staff // case.sites + (n < case.staff % case.sites) for n in range(case.sites)]
    facilities = [made_facility(dice, n, share) for n, share in enumerate(shares)]
    staff = [
        made_member(dice, n, facility.id, SURE_POSTS[n] if n < len(SURE_POSTS) else ())
        for facility, share in zip(facilities, shares, strict=True)
        for n in range(share)
    ]
    offers = [
        HelpOffer(
            id=f"{facility.id}-{number}",
            facility_id=facility.id,
            route=route,
            name="offer",
            qualification=qualification,
            people=dice.randint(1, 3),
            from_day=dice.randint(low, high),
            needs_lodging=dice.random() < 0.7,
        )
        for facility in facilities
        for number, (route, qualification, low, high) in enumerate(ROUTES)
        if case.helpers and dice.random() < 0.7
    ]
    return CoverFacts(
        facilities=tuple(facilities),
        staff=tuple(staff),
        rosters={p.id: made_roster(dice, p, case.days) for p in staff},
        offers=tuple(offers),
        settings={f.id: cover_settings.settings_of({}) for f in facilities},
    )


def made_scenario(case: Case) -> Scenario:
    """Return a scenario of the catalogue over the days of the case."""
    known = cover_catalogue.default_scenarios(START, UTC)
    found = next(s for s in known if s.id == case.scenario)
    return found.model_copy(update={"days": case.days, "starts_at": at_hour(found.starts_at.hour)})


def at_hour(hour: int) -> datetime:
    """Return an hour of the first day."""
    return datetime(START.year, START.month, START.day, hour, tzinfo=UTC)


def made(case: Case, seed: int) -> CoverInstance:
    """Return the question of an invented operator."""
    facts, scenario = made_facts(case, seed), made_scenario(case)
    return question(facts, scenario, who_can_come(facts, scenario, seed)).instance
