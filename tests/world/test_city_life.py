"""The invented city as a place to live in: names, relatives, flats, distances, ways to work, nights."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bcp_kit.domain.people import Person, Sex, SupporterKind
from bcp_kit.domain.staff import CommuteMeans
from bcp_kit.domain.units import straight_distance_m
from bcp_kit.resources import locate
from bcp_kit.services.sample_city.city import City, build_city
from bcp_kit.services.sample_city.places import metres
from bcp_kit.services.sample_city.settings import settings

NAMES = locate("sample_data") / "names"
MEN, WOMEN = {"長男", "夫", "父", "弟", "おい"}, {"長女", "妻", "母", "妹", "めい"}
FARTHEST_SUPPORTER_M = 6_000.0
USUAL_SUPPORTER_M = 2_500.0


def words(file_name: str, **wanted: str) -> set[str]:
    """Return the names of a list whose cells are as wanted."""
    with (NAMES / file_name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {row["name"] for row in rows if all(row[key] == value for key, value in wanted.items())}


def test_every_name_is_composed_from_the_lists(full: tuple[City, Path]) -> None:
    """No person, relative, supporter or member of staff bears a name that the lists do not hold."""
    city, _ = full
    people = [p.name for p in city.people] + [c.name for p in city.people for c in p.emergency_contacts]
    people += [s.name for s in city.supporters if s.kind is SupporterKind.PERSON]
    people += [m.name for m in city.staff]
    people += [name.partition("　")[2] for f in city.facilities for name in (f.manager, f.representative)]
    families, given = words("family.csv"), words("given.csv")
    for name in people:
        family, _, first = name.partition("　")
        assert family in families
        assert first in given


def test_given_names_go_with_sex(full: tuple[City, Path]) -> None:
    """Women bear names of the women's list, men of the men's."""
    lists = {sex: words("given.csv", sex=sex.value) for sex in (Sex.FEMALE, Sex.MALE)}
    assert all(person.name.partition("　")[2] in lists[person.sex] for person in full[0].people)


def test_relatives_are_possible(full: tuple[City, Path]) -> None:
    """Relatives have a name of their sex; nobody young has children, nobody has a spouse of the own sex."""
    lists = {sex: words("given.csv", sex=sex.value) for sex in (Sex.FEMALE, Sex.MALE)}
    pairs = [(person, contact) for person in full[0].people for contact in person.emergency_contacts]
    assert len(pairs) / len(full[0].people) > 0.5
    for person, contact in pairs:
        sex = Sex.MALE if contact.relation in MEN else Sex.FEMALE
        assert contact.relation in MEN | WOMEN
        assert contact.name.partition("　")[2] in lists[sex]
        if contact.relation in ("長男", "長女"):
            assert age(person) >= 50
        if contact.relation in ("妻", "夫"):
            assert person.sex is not sex


def age(person: Person) -> int:
    """Return the person's age on the day of reference."""
    today, born = settings().reference_date, person.birth_date or date.min
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def test_one_household_has_one_home(full: tuple[City, Path]) -> None:
    """Those of one household share family name, address, floor, flat and telephone."""
    homes: dict[str, set[tuple[object, ...]]] = {}
    for person in full[0].people:
        home = (person.name.partition("　")[0], person.address, person.address_building)
        homes.setdefault(person.household_id, set()).add((*home, person.home_floor, person.phone_home))
    assert all(len(found) == 1 for found in homes.values())


def test_protected_addresses_stand_in_no_other_entry(full: tuple[City, Path]) -> None:
    """Nobody else of a protected person's household is listed with the address."""
    size = Counter(person.household_id for person in full[0].people)
    protected = [person for person in full[0].people if person.protected_address]
    assert protected
    assert all(size[person.household_id] == 1 for person in protected)


def test_high_floors_have_a_flat(full: tuple[City, Path]) -> None:
    """Who lives on the third floor or higher has the name and number of a flat."""
    limit = settings().invention.people.flats_from_floor
    high = [p for p in full[0].people if (p.home_floor or 1) >= limit and not p.facility_resident]
    assert high
    assert all(str(person.home_floor) in person.address_building for person in high)


def test_supporters_live_near(full: tuple[City, Path]) -> None:
    """Nine of ten supporters live within two and a half kilometres, none farther than six."""
    people = {person.id: person for person in full[0].people}
    supporters = {supporter.id: supporter for supporter in full[0].supporters}
    ends = [(people[i.person_id].location, supporters[i.supporter_id].location) for i in full[0].links]
    distances = sorted(straight_distance_m(a, b) for a, b in ends if a and b)
    assert distances[int(len(distances) * 0.9)] < USUAL_SUPPORTER_M
    assert distances[-1] < FARTHEST_SUPPORTER_M


def test_ways_to_work_go_with_their_length(full: tuple[City, Path]) -> None:
    """Nobody walks or cycles farther than the settings allow, and staff live in and around the city."""
    sites = {facility.id: facility.location for facility in full[0].facilities}
    limits = settings().invention.facilities.commute_limit_m
    means = Counter(member.commute for member in full[0].staff)
    assert {CommuteMeans.CAR, CommuteMeans.BICYCLE, CommuteMeans.TRAIN} <= set(means)
    for member in full[0].staff:
        site = sites[member.facility_id]
        assert member.home_location and site
        way = straight_distance_m(member.home_location, site)
        assert way <= limits.get(member.commute, 15_000.0)


def test_nobody_lives_in_the_river(full: tuple[City, Path]) -> None:
    """Homes and sites keep to the banks."""
    city, _ = full
    places = [p.location for p in city.people] + [s.location for s in city.shelters]
    for place in (p for p in places if p):
        assert not city.terrain.in_river(*metres(city.terrain, (place.longitude, place.latitude)))


@pytest.mark.parametrize("size", ["small", "full"])
def test_every_night_has_somebody(size: str, request: pytest.FixtureRequest) -> None:
    """Each facility has between 25 and 60 staff, and each of its nights somebody who may work nights."""
    city: City = request.getfixturevalue(size)[0]
    staff = {member.id: member for member in city.staff}
    nights = {(staff[e.staff_id].facility_id, e.day) for e in city.rosters if e.shift == "night"}
    days = {entry.day for entry in city.rosters}
    assert nights == {(facility.id, day) for facility in city.facilities for day in days}
    assert all(staff[entry.staff_id].night_ok for entry in city.rosters if entry.shift == "night")
    low, high = settings().invention.facilities.staff
    assert all(low <= count <= high for count in Counter(m.facility_id for m in city.staff).values())


@pytest.mark.parametrize(("seed", "people"), [(1, 40), (2, 120), (3, 1000)])
def test_any_seed_and_size_gives_a_city(seed: int, people: int) -> None:
    """Other seeds and sizes give whole cities with every kind of destination."""
    city = build_city(seed, people)
    assert city.planted.listed == len({person.id for person in city.people}) == people
    assert set(city.planted.shelters) == {
        "designated_welfare",
        "agreement_welfare",
        "special_space",
        "general",
        "hospital",
    }
    assert city.facilities
