"""Staff of the facilities: posts, homes, ways to work, families, and the week's roster."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from random import Random

from bcp_kit.domain.staff import CommuteMeans, Employment, Qualification, RosterEntry, StaffMember
from bcp_kit.domain.units import straight_distance_m
from bcp_kit.services.sample_city.draws import hits, pick
from bcp_kit.services.sample_city.facilities import Workplace
from bcp_kit.services.sample_city.names import WORKING_AGES, draw_grown_up
from bcp_kit.services.sample_city.places import Home, draw_near
from bcp_kit.services.sample_city.settings import CitySettings, FacilitySettings
from bcp_kit.services.sample_city.terrain import Terrain

NURSES = (Qualification.NURSE, Qualification.NURSE, Qualification.ASSISTANT_NURSE)
CARERS = (Qualification.CARE_WORKER, Qualification.CERTIFIED_CARE_WORKER)
OTHER_MEANS = (CommuteMeans.BICYCLE, CommuteMeans.FOOT)
FULL_HOURS, PART_HOURS = 40.0, (16.0, 20.0, 24.0, 30.0)
UNIT_SIZE = 7
DAYS_OF_WEEK = 7
SUCTION, TUBE = "喀痰吸引", "経管栄養"


@dataclass(frozen=True)
class _Post:
    """A post to fill: number, roster group, qualifications, workplace.

    `holds_nights` marks the first carers: full-time and at night, so that no night is without anybody.
    """

    number: int
    group: str
    qualifications: tuple[Qualification, ...]
    workplace: Workplace
    holds_nights: bool


def draw_staff(
    rng: Random, workplaces: Sequence[Workplace], terrain: Terrain, city: CitySettings
) -> list[StaffMember]:
    """Return the staff of all facilities, numbered through."""
    found: list[StaffMember] = []
    for workplace in workplaces:
        carers = 0
        count = _staff_count(workplace, city.invention.facilities)
        for place, qualifications in enumerate(_qualifications(rng, count, city.invention.facilities)):
            carers += qualifications[0] in CARERS
            group = f"{place // UNIT_SIZE + 1}組"
            post = _Post(len(found) + 1, group, qualifications, workplace, carers <= DAYS_OF_WEEK)
            found.append(_member(rng, post, terrain, city))
    return found


def _staff_count(workplace: Workplace, rules: FacilitySettings) -> int:
    least, most = rules.staff
    return min(max(round(workplace.facility.beds * rules.staff_per_bed), least), most)


def _qualifications(rng: Random, count: int, rules: FacilitySettings) -> Iterator[tuple[Qualification, ...]]:
    """Yield the qualifications of each: single posts first, then nurses, then carers."""
    for post, times in rules.posts.items():
        yield from ((post,) for _ in range(times))
    nurses = max(1, round(count * rules.nurse_share))
    for number in range(nurses):
        yield (NURSES[number % len(NURSES)],)
    for _ in range(count - sum(rules.posts.values()) - nurses):
        first = CARERS[hits(rng, rules.certified_share)]
        suction = (Qualification.SUCTION_TRAINED,) if hits(rng, rules.suction_share) else ()
        driver = (Qualification.DRIVER,) if hits(rng, rules.driver_share) else ()
        yield (first, *suction, *driver)


def _member(rng: Random, post: _Post, terrain: Terrain, city: CitySettings) -> StaffMember:
    rules = city.invention.facilities
    name = draw_grown_up(rng, city.invention.people.rare_kanji, WORKING_AGES)
    home = draw_near(rng, terrain, post.workplace.home, rules.home_spread_m)
    carer = post.qualifications[0] in CARERS
    part_time = carer and not post.holds_nights and hits(rng, rules.part_time_share)
    child = rng.randint(0, 17) if hits(rng, rules.child_share) else None
    commute = _commute(rng, home, post.workplace.home, rules)
    return StaffMember(
        id=f"T{post.number:04d}",
        facility_id=post.workplace.facility.id,
        name=name.name,
        name_kana=name.kana,
        phone=f"0000-70-{post.number:04d}",
        qualifications=post.qualifications,
        employment=Employment.PART_TIME if part_time else Employment.FULL_TIME,
        weekly_hours_max=rng.choice(PART_HOURS) if part_time else FULL_HOURS,
        night_ok=carer and not part_time and (post.holds_nights or hits(rng, rules.night_share)),
        newcomer=carer and not post.holds_nights and hits(rng, rules.newcomer_share),
        home_address=f"{city.name}{home.address}",
        home_location=home.location,
        home_exposures=home.exposures,
        commute=commute,
        other_means=tuple(m for m in OTHER_MEANS if m is not commute and hits(rng, 0.5)),
        youngest_child_age=child,
        other_parent_at_home=child is not None and hits(rng, 0.5),
        cares_for_family=hits(rng, rules.family_care_share),
        procedures=_procedures(post.qualifications),
        roster_group=post.group if carer else "共通",
        verified_on=city.reference_date - timedelta(days=rng.randint(10, 300)),
    )


def _commute(rng: Random, home: Home, work: Home, rules: FacilitySettings) -> CommuteMeans:
    """Return a way to work that goes with its length."""
    distance = straight_distance_m(home.location, work.location)
    return pick(
        rng, {m: w for m, w in rules.commute.items() if distance <= rules.commute_limit_m.get(m, inf)}
    )


def _procedures(posts: Sequence[Qualification]) -> tuple[str, ...]:
    if posts[0] in NURSES:
        return SUCTION, TUBE
    return (SUCTION,) if Qualification.SUCTION_TRAINED in posts else ()


def draw_rosters(staff: Sequence[StaffMember], city: CitySettings) -> list[RosterEntry]:
    """Return the shifts of one week from the day of reference on.

    Those of one facility who work by one pattern start one day apart, so that its shifts fill every day.
    """
    rules = city.invention.facilities
    started: Counter[tuple[str, str]] = Counter()
    entries = []
    for member in staff:
        name = _pattern(member)
        pattern, shift_by = rules.patterns[name], started[member.facility_id, name]
        started[member.facility_id, name] += name != "office"
        for day in range(rules.roster_days):
            shift = pattern[(day + shift_by) % len(pattern)]
            if shift:
                on = city.reference_date + timedelta(days=day)
                entries.append(RosterEntry(staff_id=member.id, day=on, shift=shift))
    return entries


def _pattern(member: StaffMember) -> str:
    if member.qualifications[0] not in (*CARERS, *NURSES):
        return "office"
    if member.employment is Employment.PART_TIME:
        return "part"
    return "night" if member.night_ok else "no_night"
