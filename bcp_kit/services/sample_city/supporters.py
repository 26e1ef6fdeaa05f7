"""Supporters of the plans: neighbours and organisations, some of them in the plans of several people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.people import Person, Supporter, SupporterKind, SupportLink, SupportRole
from bcp_kit.services.sample_city.consents import make_consent
from bcp_kit.services.sample_city.draws import dealt, hits, pick, told_apart
from bcp_kit.services.sample_city.names import draw_grown_up
from bcp_kit.services.sample_city.places import Home, draw_in_district, draw_near
from bcp_kit.services.sample_city.settings import CitySettings, SupporterSettings
from bcp_kit.services.sample_city.terrain import Terrain

HELPING_AGES = (25, 76)
ROLES = (
    (SupportRole.INFORM, SupportRole.CHECK),
    (SupportRole.INFORM, SupportRole.CARRY_OUT),
    (SupportRole.CARRY_OUT, SupportRole.TRANSPORT),
    (SupportRole.TRANSPORT,),
    (SupportRole.CHECK, SupportRole.STAY),
)


@dataclass(frozen=True)
class Support:
    """Supporters, whom each is named for, and what each answered for each person.

    `agreed` are the people with a plan none of whose supporters disagrees; `several` counts the supporters of
    more than one person, `overloaded` those with more people than they said they can help.
    """

    supporters: tuple[Supporter, ...]
    links: tuple[SupportLink, ...]
    consents: tuple[Consent, ...]
    agreed: frozenset[str]
    several: int
    overloaded: int


def draw_support(
    rng: Random, people: Sequence[Person], plan_people: Sequence[str], terrain: Terrain, city: CitySettings
) -> Support:
    """Return the support named in the plans of `plan_people`."""
    by_id = {person.id: person for person in people}
    slots = _slots(rng, [by_id[i] for i in plan_people], city.invention.supporters)
    supporters: list[Supporter] = []
    links: list[SupportLink] = []
    consents: list[Consent] = []
    refusing: set[str] = set()
    overloaded = several = 0
    ranks: dict[str, int] = {}
    for group in _groups(rng, slots, city.invention.supporters):
        supporter, too_many = _supporter(rng, len(supporters) + 1, group, terrain, city)
        supporters.append(supporter)
        overloaded += too_many
        several += len(group) > 1
        for person in group:
            ranks[person.id] = ranks.get(person.id, 0) + 1
            links.append(_link(rng, person.id, supporter.id, ranks[person.id]))
            answer = pick(rng, city.invention.consents.be_named)
            if answer != ConsentAnswer.GIVEN:
                refusing.add(person.id)
            consents.append(make_consent(rng, ConsentKind.BE_NAMED, supporter.id, person.id, answer, city))
    agreed = frozenset(plan_people) - refusing
    return Support(_told_apart(supporters), tuple(links), tuple(consents), agreed, several, overloaded)


def _told_apart(supporters: Sequence[Supporter]) -> tuple[Supporter, ...]:
    """Number organisations of one name; people may share theirs."""
    groups = [s for s in supporters if s.kind is SupporterKind.ORGANISATION]
    names = dict(zip((s.id for s in groups), told_apart(s.name for s in groups), strict=True))
    return tuple(s.model_copy(update={"name": names.get(s.id, s.name)}) for s in supporters)


def _slots(rng: Random, people: Sequence[Person], rules: SupporterSettings) -> list[Person]:
    """Return each person once per supporter that the plan names, neighbours next to each other."""
    counts = dealt(rng, rules.per_plan, len(people))
    slots = [
        (rank, person.district, rng.random(), person)
        for person, count in zip(people, counts, strict=True)
        for rank in range(count)
    ]
    slots.sort(key=lambda slot: slot[:3])
    return [slot[3] for slot in slots]


def _groups(rng: Random, slots: Sequence[Person], rules: SupporterSettings) -> Iterator[tuple[Person, ...]]:
    """Yield the people of each supporter: neighbours in the list of slots, nobody twice."""
    start = 0
    while start < len(slots):
        size = pick(rng, rules.people_each)
        group: dict[str, Person] = {}
        for person in slots[start : start + size]:
            if person.id in group or person.district != slots[start].district:
                break
            group[person.id] = person
        start += len(group)
        yield tuple(group.values())


def _supporter(
    rng: Random, number: int, group: Sequence[Person], terrain: Terrain, city: CitySettings
) -> tuple[Supporter, bool]:
    """Return a supporter near the first of the people, and whether they are more than it can help."""
    rules = city.invention.supporters
    home = _near(rng, group[0], terrain, city)
    limit, overloaded = _limit(rng, len(group), rules)
    organisation = hits(rng, rules.organisation_share)
    common = {
        "id": f"S{number:05d}",
        "address": f"{city.name}{home.address}",
        "phone": f"0000-6{number // 10_000}-{number % 10_000:04d}",
        "location": home.location,
        "max_people": limit,
        "willing_to_take_more": hits(rng, rules.willing_share),
    }
    words = _organisation(rng, home, rules) if organisation else _person(rng, city)
    return Supporter.model_validate({**common, **words}), overloaded


def _near(rng: Random, person: Person, terrain: Terrain, city: CitySettings) -> Home:
    rules = city.invention
    if person.location is None:
        return draw_in_district(rng, terrain, person.district, rules.terrain.district_spread_m)
    place = (person.location.longitude, person.location.latitude)
    beside = Home(person.address, person.district, place, person.home_exposures)
    return draw_near(rng, terrain, beside, rules.supporters.distance_m)


def _limit(rng: Random, people: int, rules: SupporterSettings) -> tuple[int | None, bool]:
    if hits(rng, rules.limit_unknown_share):
        return None, False
    if people > 1 and hits(rng, rules.overloaded_share):
        return people - 1, True
    return people + rng.randint(0, 2), False


def _person(rng: Random, city: CitySettings) -> Mapping[str, str]:
    name = draw_grown_up(rng, city.invention.people.rare_kanji, HELPING_AGES)
    relation = rng.choice(city.invention.supporters.relations)
    return {"name": name.name, "name_kana": name.kana, "relation": relation}


def _organisation(rng: Random, home: Home, rules: SupporterSettings) -> Mapping[str, str]:
    kind = rng.choice(rules.organisations)
    return {
        "kind": SupporterKind.ORGANISATION.value,
        "name": f"{home.district}{kind}",
        "relation": kind,
    }


def _link(rng: Random, person_id: str, supporter_id: str, rank: int) -> SupportLink:
    return SupportLink(person_id=person_id, supporter_id=supporter_id, rank=rank, roles=rng.choice(ROLES))
