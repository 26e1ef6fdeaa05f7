"""What stands in the single fields of a printed plan, in words."""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from bcp_kit.catalogues.load import catalogue
from bcp_kit.catalogues.vocabulary import Entry, alert_levels, needs, transport_modes
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import HouseholdType, Sex
from bcp_kit.forms.schema import InputType
from bcp_kit.render.evacuation.case import PlanCase, form_item
from bcp_kit.render.evacuation.wording import (
    Wording,
    day_words,
    entered,
    has_sentence,
    phrase,
    sentence,
    wording,
)

_ADDED = (
    "never_do",
    "special_notes",
    "medicines",
    "allergy",
    "primary_doctor",
    "care_provider",
    "usual_room",
)

_NAMES = ("name", "community_unit", "school_district", "blood_type")

_BY_LEVEL = (
    HazardKind.RIVER_FLOOD,
    HazardKind.INLAND_FLOOD,
    HazardKind.LANDSLIDE,
    HazardKind.STORM_SURGE,
)


def say(key: str, **values: str | int | float) -> str:
    """Return a sentence of the printed plan in the words in which the copy speaks."""
    return sentence(key, **values)


def joined(parts: Iterable[str]) -> str:
    """Return short names in one line."""
    return (", " if wording() is Wording.ENGLISH else "・").join(parts)


def label(field_id: str) -> str:
    """Return the field's label: the paper's own short one where there is one, else the form's."""
    if has_sentence(f"field.{field_id}"):
        return say(f"field.{field_id}")
    item = form_item(field_id)
    return phrase("labels", field_id, item.title_ja, item.title_en) if item else field_id


@cache
def _eras() -> tuple[tuple[date, str], ...]:
    rows = catalogue("eras").rows.values()
    return tuple(sorted(((r.valid_from, r.label_ja) for r in rows if r.valid_from), reverse=True))


def japanese_date(day: date | None) -> str:
    """Return 2026年（令和8年）11月23日; nothing for no date."""
    if day is None:
        return ""
    first, era = next((row for row in _eras() if row[0] <= day), (day, ""))
    year = day.year - first.year + 1
    named = f"（{era}{'元' if year == 1 else year}年）" if era else ""
    return day_words(day, named)


def short_date(day: date | None) -> str:
    """Return 2026年11月23日; nothing for no date."""
    return day_words(day, "") if day else ""


def age_on(birth: date, day: date) -> int:
    """Return the age in full years on `day`."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def number_words(number: float) -> str:
    """Return 12 for 12.0 and 1.5 for 1.5."""
    return f"{number:.0f}" if number == int(number) else f"{number:.1f}"


def distance_words(distance_m: float | None, note: str, travel_min: float | None) -> str:
    """Return the way's length with a note on how it was measured ("" for none), and its time."""
    parts = []
    if distance_m is not None:
        metres = int(math.ceil(distance_m / 10) * 10)
        length = say("metres", number=metres) if metres < 1000 else say("kilometres", number=metres / 1000)
        parts.append(length)
        parts += [note] if note else []
    if travel_min is not None:
        parts.append(say("minutes", number=math.ceil(travel_min)))
    return "\n".join(parts)


def chosen(field_id: str, answer: str) -> str:
    """Return an answer in words: keys of choices (joined by commas) become their labels."""
    item = form_item(field_id)
    options = {option.key: option.label_ja for option in item.input.options} if item else {}
    if not options:
        return answer
    keys = [key.strip() for key in answer.split(",") if key.strip()]
    return joined(phrase(f"options.{field_id}", key, options[key]) if key in options else key for key in keys)


def entry_name(kind: str, entry: Entry) -> str:
    """Return the name of a catalogue's entry in the words of the copy; `kind` is the catalogue."""
    return phrase(kind, entry.key, entry.label_ja, entry.label_en)


def device_name(kind: str) -> str:
    """Return a device's name in the words of the copy; `kind` is its key, or what somebody wrote."""
    rows = catalogue("equipment_power").rows
    row = rows.get(kind) or next((each for each in rows.values() if each.label_ja == kind), None)
    return phrase("equipment_power", row.key, row.label_ja, row.label_en) if row else kind


def _address(case: PlanCase) -> str:
    person = case.person
    return "　".join(part for part in (person.address, person.address_building) if part)


def _age(case: PlanCase) -> str:
    birth = case.person.birth_date
    if birth is None:
        return ""
    return say("age", years=age_on(birth, case.printed_on))


def _sex(case: PlanCase) -> str:
    sex = case.person.sex
    return say("sex_missing") if sex is Sex.NO_ANSWER else chosen("sex", sex.value)


def _household(case: PlanCase) -> str:
    household = case.person.household_type
    return "" if household is HouseholdType.OTHER else chosen("household_type", household.value)


def _needs(case: PlanCase) -> str:
    known = needs()
    return joined(entry_name("needs", known[key]) if key in known else key for key in case.person.needs)


def _transport(case: PlanCase) -> str:
    modes = dict.fromkeys(stage.transport for stage in case.plan.stages if stage.transport)
    known = transport_modes()
    return joined(entry_name("transport_modes", known[key]) if key in known else key for key in modes)


def _helpers(case: PlanCase) -> str:
    known = needs()
    counts = [known[key].helpers for key in case.person.needs if key in known]
    return say("helpers_estimate", people=max(counts)) if counts else ""


def _minutes(case: PlanCase) -> str:
    prep = case.person.prep_minutes
    return "" if prep is None else say("minutes", number=math.ceil(prep))


def _route(case: PlanCase) -> str:
    return "\n".join(dict.fromkeys(stage.route_text for stage in case.plan.stages if stage.route_text))


def _home_floor(case: PlanCase) -> str:
    floor = case.person.home_floor
    return "" if floor is None else say("floor", number=floor)


def _exposure(exposure: Exposure) -> str:
    name = say(f"hazard.{exposure.hazard.value}")
    if exposure.in_zone is not Known.YES:
        return say(f"zone.{exposure.in_zone.value}", hazard=name)
    depth = "" if exposure.depth_m is None else say("zone.depth", number=exposure.depth_m)
    special = say(f"zone.special.{exposure.hazard.value}") if exposure.special else ""
    return say("zone.yes", hazard=name) + depth + special


def _home_hazard(case: PlanCase) -> str:
    return say("comma").join(_exposure(exposure) for exposure in case.person.home_exposures)


def trigger(case: PlanCase) -> str:
    """Return the alert at which the person leaves, by the names of the catalogue."""
    entry = alert_levels()[case.plan.leave_at]
    return say("leave_at", level=int(entry.level), label=entry_name("alert_levels", entry))


def _staying(case: PlanCase) -> tuple[HazardKind, ...]:
    first = {stage.hazard: stage.stays_home for stage in case.plan.stages if stage.stage == 1}
    return tuple(hazard for hazard in _BY_LEVEL if first.get(hazard, False))


def staying_hazards(case: PlanCase) -> tuple[str, ...]:
    """Return the names of hazards with alert levels for which the person stays at home."""
    return tuple(say(f"hazard.{hazard.value}") for hazard in _staying(case))


def leaves_at_level(case: PlanCase) -> bool:
    """True unless the person stays at home, or the home lies outside, for every hazard with alert levels.

    Where nobody looked, the signal to leave stays on the paper.
    """
    return any(
        exposure is None or exposure.in_zone is not Known.NO
        for hazard in _BY_LEVEL
        if hazard not in _staying(case)
        for exposure in (case.person.exposure_to(hazard),)
    ) or not _staying(case)


def weather_words(case: PlanCase) -> str:
    """Return which name of the weather warnings of 2026 belongs to that alert, where there is one."""
    entry = alert_levels()[case.plan.leave_at]
    named = entry.level_name_2026
    return say("level_name", name=phrase("alert_names", entry.key, named)) if named else ""


_FROM_RECORDS: Mapping[str, Callable[[PlanCase], str]] = {
    "name": lambda case: case.person.name,
    "name_kana": lambda case: case.person.name_kana,
    "birth_date": lambda case: japanese_date(case.person.birth_date),
    "age": _age,
    "sex": _sex,
    "address": _address,
    "community_unit": lambda case: case.person.district,
    "school_district": lambda case: case.person.school_district,
    "tel_home": lambda case: case.person.phone_home,
    "tel_mobile": lambda case: case.person.phone_mobile,
    "fax": lambda case: case.person.fax,
    "email": lambda case: case.person.email,
    "language": lambda case: "" if case.person.language in ("", "ja") else case.person.language,
    "reason_categories": _needs,
    "reason_text": lambda case: case.person.reason_text,
    "household_type": _household,
    "mobility_mode": _transport,
    "helpers_needed": _helpers,
    "prep_minutes": _minutes,
    "route_text": _route,
    "never_do": lambda case: case.person.never_do,
    "special_notes": lambda case: case.person.considerations,
    "primary_doctor": lambda case: case.person.primary_doctor,
    "care_provider": lambda case: case.person.care_provider,
    "medicines": lambda case: case.person.medicines,
    "allergy": lambda case: case.person.allergy,
    "usual_room": lambda case: case.person.usual_room,
    "home_floor": _home_floor,
    "home_hazard": _home_hazard,
    "trigger": trigger,
}


def value(case: PlanCase, field_id: str) -> str:
    """Return what stands in a field, "" when nothing is known or this copy does not hold it.

    What was answered in the plan comes before what the register says; warnings and notes are added up, so
    that neither hides the other. A protected address is taken out of free text too.
    """
    if not case.shows(field_id):
        return ""
    known = _FROM_RECORDS.get(field_id)
    recorded = known(case) if known else ""
    answered = chosen(field_id, case.plan.answers.get(field_id, ""))
    words = answered or recorded
    if field_id in _ADDED and recorded and answered and answered.strip() != recorded.strip():
        words = f"{recorded}\n{answered}"
    if case.hides_home and case.person.address:
        words = words.replace(case.person.address, say("address_hidden"))
    return entered(words) if _is_free_text(field_id) else words


@cache
def _is_free_text(field_id: str) -> bool:
    """True for a field in which people write sentences of their own."""
    item = form_item(field_id)
    free = item is not None and item.input.type in (InputType.TEXT, InputType.LINE)
    return free and field_id not in _NAMES
