"""Listed people as the register keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bcp_kit.catalogues.vocabulary import needs as need_catalogue
from bcp_kit.domain.people import Device, EmergencyContact, HouseholdType, Person
from bcp_kit.intake.people import person_id
from bcp_kit.services.sample_city.draws import hits, taken
from bcp_kit.services.sample_city.households import Household, Listed
from bcp_kit.services.sample_city.names import draw_family, draw_name
from bcp_kit.services.sample_city.settings import CitySettings, PeopleSettings, Relation

CARE_NEEDS = ("care_level_1_2", "care_level_3", "care_level_4", "care_level_5")


@dataclass(frozen=True)
class Picked:
    """Who was chosen for the special traits, by number of the listed person."""

    protected: set[int]
    without_place: set[int]
    never_checked: set[int]
    stale: set[int]


def pick_traits(rng: Random, households: Sequence[Household], city: CitySettings) -> Picked:
    """Choose exactly the shares of protected, unplaced, unchecked and stale records.

    Protected are people of whose household nobody else is listed: the other entry would tell the address.
    """
    rules = city.invention.people
    numbers = sorted(listed.number for household in households for listed in household.members)
    single = sorted(h.members[0].number for h in households if len(h.members) == 1)
    never = taken(rng, numbers, rules.never_checked_share)
    return Picked(
        protected=set(rng.sample(single, max(1, round(len(numbers) * rules.protected)))),
        without_place=taken(rng, numbers, city.invention.terrain.coordinate_unknown_share),
        never_checked=never,
        stale=taken(rng, [n for n in numbers if n not in never], rules.stale_share),
    )


def draw_register(
    rng: Random,
    households: Sequence[Household],
    picked: Picked,
    city: CitySettings,
    facility_by_person: Mapping[int, str],
    day_facilities: Sequence[str],
) -> list[Person]:
    """Return every listed person, ordered by the register number."""
    found = []
    for household in households:
        dwelling = _dwelling(rng, household, city)
        for place, listed in enumerate(household.members):
            person = _person(rng, household, listed, city)
            changes = dwelling | _home(rng, household, listed, place, picked, city)
            usual = facility_by_person.get(listed.number) or _usual(rng, listed, day_facilities, city)
            found.append(
                person.model_copy(
                    update={
                        **changes,
                        "usual_facility_id": usual,
                        "verified_on": _verified(rng, listed, picked, city),
                        "protected_address": listed.number in picked.protected,
                    }
                )
            )
    return sorted(found, key=lambda person: person.register_no)


def register_no(number: int) -> str:
    """Return the register number of the listed person `number`; the leading zeros matter."""
    return f"{number + 1:06d}"


def _person(rng: Random, household: Household, listed: Listed, city: CitySettings) -> Person:
    name = draw_name(rng, household.family, listed.sex, listed.age)
    deaf = "hearing_2_3" in listed.needs and hits(rng, city.invention.people.jsl_share_of_deaf)
    language = rng.choice(("en", "zh", "vi", "pt")) if "foreign_language" in listed.needs else "ja"
    words = _words(listed, city.invention.people)
    return Person(
        id=person_id(register_no(listed.number)),
        register_no=register_no(listed.number),
        name=name.name,
        name_kana=name.kana,
        birth_date=_birth_date(rng, listed.age, city.reference_date),
        sex=listed.sex,
        address=f"{city.name}{household.home.address}",
        language="jsl" if deaf else language,
        needs=listed.needs,
        devices=_devices(rng, listed, city.invention.people),
        emergency_contacts=_contacts(rng, household, listed, city.invention.people),
        household_type=listed.household_type,
        facility_resident=listed.resident,
        prep_minutes=rng.choice(city.invention.people.prep_minutes),
        **words,
    )


def _birth_date(rng: Random, age: int, day: date) -> date:
    """Return a day of birth that gives exactly `age` on `day`."""
    latest = date(day.year - age, day.month, day.day)
    return latest - timedelta(days=rng.randrange(365))


def _words(listed: Listed, rules: PeopleSettings) -> dict[str, str | tuple[str, ...]]:
    found = [rules.phrases[need] for need in listed.needs if need in rules.phrases]
    if not found:
        return {}
    carry = dict.fromkeys(item for phrase in found for item in phrase.must_carry)
    return {
        "considerations": "".join(phrase.considerations for phrase in found),
        "never_do": "".join(phrase.never_do for phrase in found),
        "must_carry": tuple(carry),
    }


def _devices(rng: Random, listed: Listed, rules: PeopleSettings) -> tuple[Device, ...]:
    catalogue = need_catalogue()
    return tuple(
        Device(
            kind=device.kind,
            power_w=catalogue[need].power_w,
            hours_per_day=catalogue[need].power_hours_per_day,
            battery_h=rng.choice(device.battery_h),
            life_support=device.life_support,
        )
        for need, device in rules.devices.items()
        if need in listed.needs
    )


def _contacts(
    rng: Random, household: Household, listed: Listed, rules: PeopleSettings
) -> tuple[EmergencyContact, ...]:
    """Return a relative whom this person may have; some people name nobody."""
    possible = [r for r in rules.relations if _may_have(r, household, listed)]
    if not possible or not hits(rng, rules.contact_share):
        return ()
    relation = rng.choice(possible)
    family = draw_family(rng, rules.rare_kanji) if relation.own_family else household.family
    name = draw_name(rng, family, relation.sex, max(18, listed.age - relation.younger_by)).name
    phone = f"0000-4{listed.number // 10_000:01d}-{listed.number % 10_000:04d}"
    return (EmergencyContact(name=name, relation=relation.word, phone=phone),)


def _may_have(relation: Relation, household: Household, listed: Listed) -> bool:
    """True when the relative goes with age, sex and household; a spouse only where nobody else is listed."""
    youngest, oldest = relation.ages
    spouse = relation.of_sex is not None
    return (
        youngest <= listed.age <= oldest
        and (not relation.kinds or listed.household_type in relation.kinds)
        and (not spouse or (relation.of_sex is listed.sex and len(household.members) == 1))
    )


def _home(
    rng: Random, household: Household, listed: Listed, place: int, picked: Picked, city: CitySettings
) -> dict[str, object]:
    """Return what follows from the home; those who live along are counted at the first member only.

    Of an elderly couple the partner may be listed; the able family never is.
    """
    home, rules = household.home, city.invention
    counts = rules.households.companions.get(listed.household_type.value, (0,))
    others = len(household.members) - 1 if listed.household_type is HouseholdType.ELDERLY_ONLY else 0
    along = max(0, rng.choice(counts) - others) if place == 0 else 0
    unplaced = listed.number in picked.without_place
    single = listed.household_type is HouseholdType.ALONE
    return {
        "location": None if unplaced else home.location,
        "home_exposures": () if unplaced else home.exposures,
        "district": home.district,
        "school_district": f"{home.district}小",
        "postal_code": f"000-{2000 + sum(map(ord, home.district)) % 7000:04d}",
        "phone_home": f"0000-{20 + household.number // 10_000:02d}-{household.number % 10_000:04d}",
        "household_id": f"H{household.number:05d}",
        "companions": 0 if listed.resident or single else along,
    }


def _dwelling(rng: Random, household: Household, city: CitySettings) -> dict[str, object]:
    """Return the floor of the home, and the flat of those who live high up; members share both."""
    rules = city.invention.people
    floor = rng.choice(rules.floors)
    if floor < rules.flats_from_floor or household.members[0].resident:
        return {"home_floor": floor}
    flat = f"{household.home.district}{rng.choice(rules.flats)}{floor}{rng.randint(1, 12):02d}"
    return {"home_floor": floor, "address_building": flat}


def _verified(rng: Random, listed: Listed, picked: Picked, city: CitySettings) -> date | None:
    if listed.number in picked.never_checked:
        return None
    limit = city.invention.people.stale_after_days
    age = rng.randint(limit + 1, limit * 2) if listed.number in picked.stale else rng.randint(1, limit)
    return city.reference_date - timedelta(days=age)


def _usual(rng: Random, listed: Listed, facilities: Sequence[str], city: CitySettings) -> str:
    """Some of those with a care level use one of the facilities by day."""
    cared_for = any(need in CARE_NEEDS for need in listed.needs)
    wanted = cared_for and hits(rng, city.invention.people.usual_facility_share)
    return rng.choice(list(facilities)) if facilities and wanted else ""
