"""Lists about several people as they are printed: rows of words, an index by district and by supporter."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bcp_kit.catalogues.load import catalogue
from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.domain.paper_copies import ListKind
from bcp_kit.domain.people import Device, Person
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.evacuation.list_pages import ListCover, ListPaper, ListPart, ListTable
from bcp_kit.render.evacuation.values import age_on, chosen, number_words
from bcp_kit.services.cover_catalogue import need_class_of
from bcp_kit.services.plan_lists import NO_PLAN, Gathered, Listed

_WALK_INS = 12  # fill one page
_DISTRICT_SHARES = (5, 17, 21, 20, 20, 19, 11)
_ARRIVAL_SHARES = (5, 18, 14, 18, 23, 8, 14, 10)
# In this order the parts of a sealed set follow each other.
_REASONS = (
    "disclose.person_missing",
    "disclose.supporter_missing",
    "disclose.refused",
    "disclose.change_open",
    NO_PLAN,
)


@dataclass(frozen=True)
class ListFacts:
    """What a paper says beside the people: town, number of the copy, day, places, who packed the envelope."""

    town: str
    number: str
    day: date
    shelters: Mapping[str, Shelter]
    packed_by: tuple[str, ...] = ()


def say(key: str, **values: str | int | float) -> str:
    """Return a sentence of these papers."""
    return text(f"plan_lists.{key}", DEFAULT_LANGUAGE, **values)


def subject_words(found: Gathered) -> str:
    """Return the name of the shelter, or of the districts."""
    return found.shelter.name if found.shelter else say("between").join(found.districts)


def paper_of(found: Gathered, facts: ListFacts) -> ListPaper:
    """Return the paper with these people on it."""
    title = say(f"title.{found.kind.value}", subject=subject_words(found))
    parts = _PARTS[found.kind](found, facts)
    return ListPaper(
        title=title,
        foot=say("foot", copy=facts.number, day=facts.day.isoformat(), town=facts.town).strip(),
        lead=(*_lead(found), say("secrecy")),
        parts=tuple(parts),
        cover=_cover(found, facts) if found.kind is ListKind.SEALED else None,
        index=_district_index(found)
        if found.kind is ListKind.DISTRICT and len(found.districts) > 1
        else None,
    )


def content_of(found: Gathered, shelters: Mapping[str, Shelter]) -> str:
    """Return a digest of what the paper says of people and places, whenever it is printed."""
    nothing = ListFacts("", "", date.min, shelters)
    words = [
        [part.key, part.title, [list(row) for row in part.table.rows] if part.table else []]
        for part in _PARTS[found.kind](found, nothing)
    ]
    counts = sorted(found.left_out.items())
    told = json.dumps([found.kind.value, words, counts], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _lead(found: Gathered) -> list[str]:
    lines = [say("counts", listed=len(found.listed) + len(found.hidden))]
    lines += [say("left_out", count=n, reason=text(reason)) for reason, n in sorted(found.left_out.items())]
    if found.kind is not ListKind.ARRIVALS:
        lines.append(say("no_protected"))
    return lines


def _heads(*keys: str) -> tuple[str, ...]:
    return tuple(say(f"column.{key}") for key in keys)


def _district_parts(found: Gathered, facts: ListFacts) -> list[ListPart]:
    heads = _heads("number", "person", "home", "reason", "supporters", "place", "tick")
    parts, numbers = [], _numbers(found.listed)
    for place, district in enumerate(found.districts):
        here = [each for each in found.listed if each.dossier.person.district == district]
        rows = tuple(_district_row(each, numbers, facts) for each in here)
        table = ListTable(heads, _DISTRICT_SHARES, rows)
        lead = (say("people_here", count=len(here)),)
        parts.append(ListPart(f"district{place}", district, lead, table, say("nobody"), new_page=place > 0))
    return [*parts, _supporter_index(found.listed, numbers)]


def _numbers(listed: Sequence[Listed]) -> dict[str, int]:
    return {each.dossier.person.id: number for number, each in enumerate(listed, start=1)}


def _district_row(each: Listed, numbers: Mapping[str, int], facts: ListFacts) -> tuple[str, ...]:
    person = each.dossier.person
    return (
        str(numbers[person.id]),
        _who(person, facts.day),
        _lines(person.address, person.address_building, person.phone_home, person.phone_mobile),
        _reason(person),
        _supporters(each) if each.plan_shown else _why_no_plan(each),
        _first_places(each, facts) if each.plan_shown else "",
        say("ticks"),
    )


def _why_no_plan(each: Listed) -> str:
    return say("plan_withheld" if each.dossier.plan else "without_plan")


def _lines(*words: str) -> str:
    return "\n".join(word for word in words if word)


def _who(person: Person, day: date) -> str:
    """Return reading, name, age and sex; the age is left out where the day is not known (for digests)."""
    years = say("age", years=age_on(person.birth_date, day)) if person.birth_date and day > date.min else ""
    born = person.birth_date.isoformat() if person.birth_date and day == date.min else ""
    return _lines(person.name_kana, person.name, "　".join(p for p in (years or born, _sex(person)) if p))


def _sex(person: Person) -> str:
    return "" if person.sex.value == "no_answer" else chosen("sex", person.sex.value)


def _reason(person: Person) -> str:
    """Return why help is needed and what never to do; nothing that tells who a protected person is."""
    known = needs()
    named = "・".join(known[key].label_ja if key in known else key for key in person.needs)
    never = say("never", words=person.never_do) if person.never_do else ""
    if person.protected_address:
        for secret in (person.address, person.name):
            never = never.replace(secret, say("secret")) if secret else never
        return _lines(named, never)
    return _lines(named, person.reason_text, never)


def _supporters(each: Listed) -> str:
    helpers = [
        say("supporter", order=order, name=named.supporter.name, phone=named.supporter.phone).strip()
        for order, named in enumerate(each.dossier.supporters, start=1)
    ]
    return "\n".join(helpers) or say("no_supporter")


def _first_places(each: Listed, facts: ListFacts) -> str:
    plan = each.dossier.plan
    by_place: dict[str, list[str]] = defaultdict(list)
    for stage in plan.stages if plan else ():
        if stage.stage == 1:
            by_place[_place(stage, facts)].append(text(f"plans.paper.hazard.{stage.hazard.value}"))
    lines = [say("place", hazards="・".join(hazards), place=place) for place, hazards in by_place.items()]
    return "\n".join(lines) or say("no_place")


def _place(stage: PlannedStage, facts: ListFacts) -> str:
    if stage.hospital or stage.stays_home:
        return text("plans.paper.to_hospital" if stage.hospital else "plans.paper.stays_home")
    shelter = facts.shelters.get(stage.shelter_id)
    return shelter.name if shelter else text("plans.paper.shelter_unknown")


def _supporter_index(listed: Sequence[Listed], numbers: Mapping[str, int]) -> ListPart:
    """Return who helps whom: each supporter with the numbers of the people on this paper."""
    helped: dict[tuple[str, str], list[int]] = defaultdict(list)
    for each in listed:
        if each.plan_shown:
            for named in each.dossier.supporters:
                key = (named.supporter.name, named.supporter.phone)
                helped[key].append(numbers[each.dossier.person.id])
    rows = tuple(
        (name, phone, say("between").join(map(str, people)))
        for (name, phone), people in sorted(helped.items())
    )
    table = ListTable(_heads("supporter", "phone", "numbers"), (30, 24, 46), rows, bold=1)
    return ListPart("supporters", say("supporter_index"), (), table, say("nobody"))


def _district_index(found: Gathered) -> Callable[[Mapping[str, int]], ListPart]:
    """Return what makes the index of districts from the pages on which they begin."""

    def made(pages: Mapping[str, int]) -> ListPart:
        counts = Counter(each.dossier.person.district for each in found.listed)
        rows = tuple(
            (district, str(counts[district]), str(pages.get(f"district{place}", "")))
            for place, district in enumerate(found.districts)
        )
        table = ListTable(_heads("district", "people", "page"), (50, 25, 25), rows, bold=1)
        return ListPart("districts", say("district_index"), (), table)

    return made


def _arrival_parts(found: Gathered, facts: ListFacts) -> list[ListPart]:
    heads = _heads("number", "person", "class", "devices", "care", "companions", "comes", "arrived")
    rows = [_arrival_row(each, number, facts) for number, each in enumerate(found.listed, start=1)]
    start = len(rows) + 1
    rows += [_hidden_row(each, number, facts) for number, each in enumerate(found.hidden, start=start)]
    comers = ListPart(
        "comers", say("comers"), (), ListTable(heads, _ARRIVAL_SHARES, tuple(rows)), say("nobody")
    )
    empty = tuple((str(len(rows) + n), *[""] * 6, say("tick_time")) for n in range(1, _WALK_INS + 1))
    walk_ins = ListPart(
        "walk_ins",
        say("walk_ins"),
        (say("walk_ins_lead"),),
        ListTable(heads, _ARRIVAL_SHARES, empty),
        new_page=True,
    )
    return [_room(found), comers, walk_ins]


def _room(found: Gathered) -> ListPart:
    """Return the places, the people by class and the electricity, those counted too who are not named."""
    everybody = [*found.listed, *found.hidden, *found.unnamed]
    rows = []
    labels = catalogue("need_classes").rows
    classes = Counter(_class(each) for each in everybody)
    withheld = Counter(_class(each) for each in found.unnamed)
    for key, row in labels.items():
        if classes[key]:
            rows.append(
                (row.label_ja, say("persons", count=classes[key]), say("persons", count=withheld[key]))
            )
    heads = sum(1 + each.dossier.person.companions for each in everybody)
    capacity = found.shelter.capacity_people if found.shelter else None
    room = say("capacity", count=capacity) if capacity is not None else say("capacity_unknown")
    watts = sum(_watts(device) for each in everybody for device in each.dossier.person.devices)
    lead = (say("heads", count=heads, room=room), say("watts", watts=number_words(watts)))
    table = ListTable(_heads("class", "people", "unnamed"), (50, 25, 25), tuple(rows), bold=1)
    return ListPart("room", say("room"), lead, table, say("nobody"))


def _watts(device: Device) -> float:
    return float(device.power_w or 0)


def _class(each: Listed) -> str:
    known = needs()
    return need_class_of([known[key] for key in each.dossier.person.needs if key in known])


def _arrival_row(each: Listed, number: int, facts: ListFacts) -> tuple[str, ...]:
    person = each.dossier.person
    return (
        str(number),
        _lines(_who(person, facts.day), _plan_number(each), person.phone_mobile or person.phone_home),
        *_need_cells(each),
    )


def _hidden_row(each: Listed, number: int, facts: ListFacts) -> tuple[str, ...]:
    """Return the row of somebody whose name stands here for nobody to see."""
    del facts
    return (str(number), _lines(say("hidden"), _plan_number(each)), *_need_cells(each))


def _plan_number(each: Listed) -> str:
    plan = each.dossier.plan
    return text("plans.paper.number", number=plan.number) if plan else ""


def _need_cells(each: Listed) -> tuple[str, ...]:
    person = each.dossier.person
    hazards: dict[str, list[str]] = defaultdict(list)
    for stage in each.stages:
        key = say("comes_first" if stage.stage == 1 else "comes_later")
        hazards[key].append(text(f"plans.paper.hazard.{stage.hazard.value}"))
    comes = "\n".join(f"{'・'.join(dict.fromkeys(names))}：{when}" for when, names in hazards.items())
    return (
        catalogue("need_classes").rows[_class(each)].label_ja,
        "\n".join(map(_device, person.devices)),
        _lines(_reason(person), "" if person.protected_address else person.considerations),
        str(person.companions or ""),
        comes,
        say("tick_time"),
    )


def _device(device: Device) -> str:
    kinds = catalogue("equipment_power").rows
    name = kinds[device.kind].label_ja if device.kind in kinds else device.kind
    power = say("power", watts=number_words(device.power_w)) if device.power_w is not None else ""
    lasts = say("lasts", hours=number_words(device.battery_h)) if device.battery_h is not None else ""
    return f"{name}{power}{lasts}"


def _sealed_parts(found: Gathered, facts: ListFacts) -> list[ListPart]:
    """Return one part for each reason for which people stand here, each with its article."""
    heads = _heads("number", "person", "home", "reason", "supporters", "place", "tick")
    numbers = _numbers(found.listed)
    parts = []
    for reason in _REASONS:
        here = [each for each in found.listed if each.reason == reason]
        if here:
            rows = tuple(_district_row(each, numbers, facts) for each in here)
            lead = (say(f"sealed.{reason.removeprefix('disclose.')}"), say("people_here", count=len(here)))
            title = say("sealed.part", what=say(f"sealed.title.{reason.removeprefix('disclose.')}"))
            table = ListTable(heads, _DISTRICT_SHARES, rows)
            parts.append(ListPart(f"sealed_{reason}", title, lead, table))
    return parts or [ListPart("sealed", say("nobody"))]


def _cover(found: Gathered, facts: ListFacts) -> ListCover:
    counts = Counter(each.reason for each in found.listed)
    by_reason = [
        say("sealed.count", what=say(f"sealed.title.{r.removeprefix('disclose.')}"), count=counts[r])
        for r in _REASONS
        if counts[r]
    ]
    pairs = (
        ("subject", subject_words(found)),
        ("copy", facts.number),
        ("people", "\n".join((say("persons", count=len(found.listed)), *by_reason))),
        ("who", say("sealed.who")),
        ("when", say("sealed.when")),
        ("article", say("sealed.article")),
        ("after", say("sealed.after")),
        ("packed", say("between").join(facts.packed_by)),
        ("packed_on", facts.day.isoformat()),
    )
    return ListCover(
        title=say("sealed.cover", town=facts.town).strip(),
        strong=(say("sealed.do_not_open"),),
        facts=tuple((say(f"sealed.label.{key}"), words) for key, words in pairs),
        written=tuple(say(f"sealed.write.{key}") for key in ("when", "decided", "opened", "why", "given")),
    )


_PARTS = {
    ListKind.DISTRICT: _district_parts,
    ListKind.ARRIVALS: _arrival_parts,
    ListKind.SEALED: _sealed_parts,
}
