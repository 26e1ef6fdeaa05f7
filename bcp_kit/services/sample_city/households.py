"""Ages, household types, who lives with whom, and where each household lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from bcp_kit.catalogues import load
from bcp_kit.domain.people import HouseholdType, Sex
from bcp_kit.services.sample_city.draws import dealt, hits, quotas
from bcp_kit.services.sample_city.names import Word, draw_family
from bcp_kit.services.sample_city.needs import (
    CHILD,
    FIRST_ELDERLY,
    OF_MOTHERS,
    assign_categories,
    draw_needs,
)
from bcp_kit.services.sample_city.places import Home, draw_home
from bcp_kit.services.sample_city.settings import Invention, PeopleSettings, shares
from bcp_kit.services.sample_city.terrain import Terrain

OLDEST = 103
COUPLE_SHARE = 0.65  # of shared households; the others are a parent with a grown child
PARENT_YEARS = 21


@dataclass(frozen=True)
class Listed:
    """A listed person before names and answers: age band, age, sex, needs, kind of household."""

    number: int
    band: int
    age: int
    sex: Sex
    needs: tuple[str, ...]
    household_type: HouseholdType
    resident: bool = False


@dataclass(frozen=True)
class Household:
    """Listed people who live together, their family name and home."""

    number: int
    family: Word
    home: Home
    members: tuple[Listed, ...]


def draw_listed(rng: Random, people: int, rules: Invention) -> list[Listed]:
    """Return the listed people with ages, needs and kinds of household in their shares."""
    limits = _age_bands()
    bands = dealt(rng, dict(enumerate(shares("register_age_shares").values())), people)
    categories = assign_categories(rng, bands, rules.category_age_weights)
    residents = _residents(rng, bands, rules.people)
    types = _household_types(rng, bands, categories, residents)
    found = []
    for number, (band, names, kind) in enumerate(zip(bands, categories, types, strict=True)):
        needs = draw_needs(rng, names, band, rules.needs)
        age, sex = _age(rng, limits[band], needs), _sex(rng, needs, rules.people)
        found.append(Listed(number, band, age, sex, needs, kind, number in residents))
    return found


def _age_bands() -> list[tuple[int, int]]:
    bands = [str(row.data["band"]) for row in load.catalogue("register_age_shares").rows.values()]
    return [_limits(band) for band in bands]


def _limits(band: str) -> tuple[int, int]:
    low, _, high = band.rstrip("+").partition("-")
    return int(low), int(high) if high else OLDEST


def _age(rng: Random, limits: tuple[int, int], needs: Sequence[str]) -> int:
    """Return an age; toddlers are small, mothers young enough, and few are very old."""
    low, high = limits
    if "infant_toddler" in needs:
        return rng.randint(0, 3)
    if any(need in needs for need in OF_MOTHERS):
        return rng.randint(max(low, 20), high)
    return int(rng.triangular(low, high + 1, low)) if high == OLDEST else rng.randint(low, high)


def _sex(rng: Random, needs: Sequence[str], rules: PeopleSettings) -> Sex:
    if any(need in needs for need in OF_MOTHERS) or hits(rng, rules.female):
        return Sex.FEMALE
    return Sex.MALE


def _residents(rng: Random, bands: Sequence[int], rules: PeopleSettings) -> set[int]:
    elderly = [number for number, band in enumerate(bands) if band >= FIRST_ELDERLY]
    return set(rng.sample(elderly, round(len(bands) * rules.facility_resident_share)))


def _household_types(
    rng: Random, bands: Sequence[int], categories: Sequence[Sequence[str]], residents: set[int]
) -> list[HouseholdType]:
    """Deal the kinds of household: children with their family, listed elderly alone or as couples."""
    at_home = [n for n in rng.sample(range(len(bands)), len(bands)) if n not in residents]
    wanted = {HouseholdType(k): v for k, v in shares("household_shares").items()}
    left = quotas(wanted, len(at_home))
    found = [HouseholdType.OTHER] * len(bands)
    at_home.sort(key=lambda n: (bands[n] != CHILD, "elderly_alone_or_couple" not in categories[n]))
    for number in at_home:
        allowed = _allowed(bands[number], categories[number])
        open_kinds = {kind: left[kind] for kind in allowed if left[kind]} or {
            kind: count for kind, count in left.items() if count
        }
        kind = rng.choices(list(open_kinds), list(open_kinds.values()))[0]
        left[kind] -= 1
        found[number] = kind
    return found


def _allowed(band: int, categories: Sequence[str]) -> tuple[HouseholdType, ...]:
    alone, couple = HouseholdType.ALONE, HouseholdType.ELDERLY_ONLY
    if band == CHILD:
        return (HouseholdType.WITH_ABLE,)
    if "elderly_alone_or_couple" in categories:
        return alone, couple
    grown = (alone, HouseholdType.DAYTIME_ALONE, HouseholdType.WITH_ABLE)
    return (*grown, couple) if band >= FIRST_ELDERLY else grown


def draw_households(
    rng: Random, listed: Sequence[Listed], terrain: Terrain, rules: Invention, homes: Mapping[int, Home]
) -> list[Household]:
    """Return all households; `homes` gives the place of those who live in a facility."""
    groups = _groups(rng, [p for p in listed if not p.resident], rules)
    groups += [(person,) for person in listed if person.resident]
    rng.shuffle(groups)
    found = []
    for number, members in enumerate(groups, start=1):
        home = homes.get(members[0].number) or draw_home(rng, terrain, rules.terrain.district_spread_m)
        found.append(Household(number, draw_family(rng, rules.people.rare_kanji), home, members))
    return found


def _groups(rng: Random, at_home: Sequence[Listed], rules: Invention) -> list[tuple[Listed, ...]]:
    """Put the wanted share of people into households of two or three, everybody else into their own."""
    wanted = round(len(at_home) * rules.households.shared_people_share)
    couples = [p for p in at_home if p.household_type is HouseholdType.ELDERLY_ONLY]
    family = [p for p in at_home if p.household_type is HouseholdType.WITH_ABLE]
    old = [p for p in family if p.band >= FIRST_ELDERLY]
    young = [p for p in family if CHILD < p.band < FIRST_ELDERLY]
    groups: list[tuple[Listed, ...]] = []
    joined = 0
    while joined < wanted:
        group = _group(rng, couples, old, young, rules.households.three_share)
        if not group:
            break
        groups.append(group)
        joined += len(group)
    together = {person.number for group in groups for person in group}
    return groups + [(person,) for person in at_home if person.number not in together]


def _group(
    rng: Random, couples: list[Listed], old: list[Listed], young: list[Listed], three_share: float
) -> tuple[Listed, ...]:
    if len(couples) >= 2 and (hits(rng, COUPLE_SHARE) or not young):
        first, second = couples.pop(), couples.pop()
        return first, replace(second, sex=_other(first.sex))
    if len(old) < 2 or not young:
        return ()
    child = young.pop()
    parents = [old.pop(), old.pop()] if hits(rng, three_share) else [old.pop()]
    if len(parents) == 2:
        parents[1] = replace(parents[1], sex=_other(parents[0].sex))
    grown = min(child.age, min(p.age for p in parents) - PARENT_YEARS)
    return (*parents, replace(child, age=grown))


def _other(sex: Sex) -> Sex:
    return Sex.MALE if sex is Sex.FEMALE else Sex.FEMALE
