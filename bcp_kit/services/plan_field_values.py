"""What stands in the fields of one person's plan, read across register, plan, matching and consents."""

import math
from collections.abc import Callable, Mapping

from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.domain.base import Known
from bcp_kit.domain.certificates import Certificate, CertificateKind
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind, answer_on
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import HouseholdType
from bcp_kit.domain.plan_answers import FieldValue, Signature
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import Home, PlanField
from bcp_kit.forms.schema import InputType
from bcp_kit.services.plan_field_tables import TABLES, FieldSource, amount, named_answer

YES, NO = "yes", "no"
# The person's record by field id: the attribute that holds it.
PERSON_TEXTS: Mapping[str, str] = {
    "name": "name",
    "name_kana": "name_kana",
    "address": "address",
    "address_building": "address_building",
    "community_unit": "district",
    "school_district": "school_district",
    "tel_home": "phone_home",
    "tel_mobile": "phone_mobile",
    "fax": "fax",
    "email": "email",
    "language": "language",
    "reason_text": "reason_text",
    "usual_room": "usual_room",
    "never_do": "never_do",
    "special_notes": "considerations",
    "medicines": "medicines",
    "allergy": "allergy",
}
# Warnings and notes of register and plan are added up, so that neither hides the other.
_ADDED = frozenset({"never_do", "special_notes", "medicines", "allergy", "usual_room"})
_ANSWER_FIRST = (Home.HAZARD, Home.MATCHING, Home.COMPUTED)
_DEPTHS = ((0.5, "under_0_5_m"), (3.0, "m_0_5_to_3"), (5.0, "m_3_to_5"), (10.0, "m_5_to_10"))
_CARE_NONE = {"care_none": "none"}


def _certificate(source: FieldSource, kind: CertificateKind) -> Certificate | None:
    return next((c for c in source.person.certificates if c.kind is kind), None)


def _care_level(source: FieldSource) -> str:
    found = _certificate(source, CertificateKind.CARE)
    return _CARE_NONE.get(found.grade, found.grade) if found else ""


def _care_until(source: FieldSource) -> str:
    found = _certificate(source, CertificateKind.CARE)
    return found.valid_until.isoformat() if found and found.valid_until else ""


def _mental(source: FieldSource) -> str:
    found = _certificate(source, CertificateKind.MENTAL)
    return found.grade.replace("mental_", "grade_") if found else ""


def _intellectual(source: FieldSource) -> str:
    found = _certificate(source, CertificateKind.INTELLECTUAL)
    return (found.name or found.grade) if found else ""


def _severe(source: FieldSource) -> str:
    if _certificate(source, CertificateKind.INTELLECTUAL) is None:
        return ""
    return YES if "intellectual_severe" in source.person.needs else NO


def _disease(source: FieldSource) -> str:
    names = [c.name for c in source.person.certificates if c.kind is CertificateKind.INTRACTABLE]
    return "、".join(filter(None, names))


def _age(source: FieldSource) -> str:
    birth, day = source.person.birth_date, source.today
    if birth is None:
        return ""
    return str(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)))


def _point(source: FieldSource) -> str:
    point = source.person.location
    return f"{point.latitude:.6f},{point.longitude:.6f}" if point else ""


def _zone(kind: HazardKind, outside: str, inside: str, special: str = "") -> Callable[[FieldSource], str]:
    """Return a reader for how the home lies to a hazard; special zones have a word of their own."""

    def read(source: FieldSource) -> str:
        found = source.person.exposure_to(kind)
        if found is None:
            return ""
        if found.in_zone is Known.NO:
            return outside
        if found.in_zone is Known.UNKNOWN:
            return "unknown"
        return special if special and found.special else inside

    return read


def _flood_depth(source: FieldSource) -> str:
    found = source.person.exposure_to(HazardKind.RIVER_FLOOD)
    if found is None:
        return ""
    if found.in_zone is Known.NO:
        return "outside"
    if found.in_zone is Known.UNKNOWN or found.depth_m is None:
        return "unknown"
    depth = found.depth_m
    return next((key for most, key in _DEPTHS if depth <= most), "over_10_m")


def _collapse(source: FieldSource) -> str:
    """Return whether the home lies in a zone of collapse; which of its two kinds the map does not say."""
    found = source.person.exposure_to(HazardKind.RIVER_FLOOD)
    if found is None:
        return ""
    return "outside" if found.in_zone is Known.NO or not found.special else "unknown"


def _arrival(source: FieldSource) -> str:
    found = source.person.exposure_to(HazardKind.TSUNAMI)
    return amount(found.arrival_min) if found else ""


def _leave_at(source: FieldSource) -> str:
    return source.plan.answers.get("trigger", "") or f"level_{int(source.plan.leave_at)}"


def _transport(source: FieldSource) -> str:
    return next((stage.transport for stage in source.plan.stages if stage.transport), "")


def _route(source: FieldSource) -> str:
    return "\n".join(dict.fromkeys(stage.route_text for stage in source.plan.stages if stage.route_text))


def _travel(source: FieldSource) -> str:
    minutes = [s.travel_min for s in source.plan.stages if s.stage == 1 and s.travel_min is not None]
    return str(math.ceil(max(minutes))) if minutes else ""


def _helpers(source: FieldSource) -> str:
    known = needs()
    counts = [known[key].helpers for key in source.person.needs if key in known]
    return str(max(counts)) if counts else ""


def _explained(source: FieldSource) -> str:
    days = [
        c.explained_on
        for c in source.dossier.consents
        if c.kind is ConsentKind.MAKE_PLAN and c.giver_id == source.person.id and c.explained_on
    ]
    return YES if days else ""


def _make_plan(source: FieldSource) -> str:
    answer = named_answer(source, ConsentKind.MAKE_PLAN)
    return {ConsentAnswer.GIVEN: YES, ConsentAnswer.REFUSED: NO}.get(answer, "")


def _share_person(source: FieldSource) -> str:
    answer = named_answer(source, ConsentKind.SHARE_PLAN)
    if answer is ConsentAnswer.NO_ANSWER:
        return "waived_by_ordinance" if source.ordinance else ""
    return answer.value


def _share_supporters(source: FieldSource) -> str:
    """Return what the named supporters answered: refused when one refused, given when all gave."""
    person_id, consents = source.person.id, source.dossier.consents
    answers = [
        answer_on(consents, ConsentKind.BE_NAMED, helper, person_id, source.today)
        for helper in source.dossier.supporter_ids
    ]
    if not answers or (source.ordinance and ConsentAnswer.REFUSED not in answers):
        return "waived_by_ordinance" if answers else ""
    if ConsentAnswer.REFUSED in answers:
        return ConsentAnswer.REFUSED.value
    return ConsentAnswer.GIVEN.value if set(answers) == {ConsentAnswer.GIVEN} else "no_answer"


def signature_words(signed: Signature | None) -> str:
    """Return who signed, when, how, and for a proxy the relation and reason, in one line."""
    if signed is None:
        return ""
    words = [signed.signed_by, signed.signed_on.isoformat(), text(f"plan_fields.signing.{signed.way.value}")]
    if signed.proxy:
        values = {"relation": signed.proxy.relation, "reason": signed.proxy.reason}
        words.append(text("plan_fields.proxy", DEFAULT_LANGUAGE, **values))
    return "　".join(words)


def _proxy(source: FieldSource) -> str:
    signed = source.plan.signature
    if signed and signed.proxy:
        return f"{signed.signed_by}（{signed.proxy.relation}）"
    return next((c.proxy for c in reversed(source.dossier.consents) if c.proxy), "")


def _minutes(source: FieldSource) -> str:
    return amount(source.person.prep_minutes)


def _household_type(source: FieldSource) -> str:
    kind = source.person.household_type
    return "" if kind is HouseholdType.OTHER else kind.value


_TEXTS: Mapping[str, Callable[[FieldSource], str]] = {
    "plan_id": lambda s: s.plan.number,
    "municipality_name": lambda s: s.town_name,
    "municipality_code": lambda s: s.town_code,
    "status": lambda s: s.plan.status.value,
    "created_on": lambda s: s.plan.created_on.isoformat(),
    "updated_on": lambda s: s.plan.updated_on.isoformat(),
    "next_review_on": lambda s: s.plan.next_review_on.isoformat() if s.plan.next_review_on else "",
    "author_name": lambda s: s.plan.author,
    "birth_date": lambda s: s.person.birth_date.isoformat() if s.person.birth_date else "",
    "age": _age,
    "sex": lambda s: s.person.sex.value,
    "geo_point": _point,
    "reason_categories": lambda s: ",".join(s.person.needs),
    "care_level": _care_level,
    "care_cert_valid_until": _care_until,
    "intellectual_handbook": _intellectual,
    "intellectual_severe": _severe,
    "mental_handbook": _mental,
    "designated_intractable_disease": _disease,
    "household_type": _household_type,
    "hazard_flood_depth": _flood_depth,
    "hazard_collapse_zone": _collapse,
    "hazard_inland": _zone(HazardKind.INLAND_FLOOD, "outside", "inside"),
    "hazard_landslide": _zone(HazardKind.LANDSLIDE, "outside", "warning_zone", "special_warning_zone"),
    "hazard_storm_surge": _zone(HazardKind.STORM_SURGE, "outside", "inside"),
    "hazard_tsunami": _zone(HazardKind.TSUNAMI, "outside", "inside"),
    "tsunami_arrival_min": _arrival,
    "shelter_in_place_ok": lambda s: "possible" if s.plan.stays_home else "",
    "trigger": _leave_at,
    "route_text": _route,
    "mobility_mode": _transport,
    "travel_minutes": _travel,
    "helpers_needed": _helpers,
    "prep_minutes": _minutes,
    "must_carry": lambda s: "\n".join(s.person.must_carry),
    "supporter_load": lambda s: "、".join(str(s.loads.get(i, 0)) for i in s.dossier.supporter_ids),
    "consent_create": _make_plan,
    "consent_explained": _explained,
    "consent_share_person": _share_person,
    "consent_share_supporter": _share_supporters,
    "proxy_name": _proxy,
    "signature": lambda s: signature_words(s.plan.signature),
    "secrecy_notice": lambda _s: YES,
}
_CELLS: Mapping[str, str] = {
    "supporter_name": "name",
    "supporter_address": "address",
    "supporter_tel": "tel",
    "supporter_role": "role",
    "supporter_consent": "consent_on",
    "destination_type": "type",
}


def field_value(source: FieldSource, field: PlanField) -> FieldValue:
    """Return what stands in a field, empty when nothing is known.

    What the plan's answers say goes before what was worked out; what the register says goes before the plan
    where both can hold it, and notes of both are added up.
    """
    if field.item.input.type is InputType.TABLE:
        made = TABLES.get(field.id)
        return FieldValue(rows=made(source) if made else source.plan.tables.get(field.id, ()))
    if field.within:
        column, (table, rows) = _CELLS.get(field.id, ""), (field.within, TABLES[field.within](source))
        if column and table:
            return FieldValue(text="、".join(dict.fromkeys(filter(None, (r.get(column) for r in rows)))))
    answered = source.plan.answers.get(field.id, "")
    if field.home is Home.ANSWER:
        return FieldValue(text=answered)
    recorded = _recorded(source, field)
    if field.id in _ADDED and recorded and answered and answered.strip() != recorded.strip():
        return FieldValue(text=f"{recorded}\n{answered}")
    first = answered or recorded if _asks_first(field) else recorded or answered
    return FieldValue(text=first)


def _asks_first(field: PlanField) -> bool:
    """True where an answer goes before what is worked out; nothing goes before what is always worked out."""
    return field.home in _ANSWER_FIRST and not field.item.input.computed


def _recorded(source: FieldSource, field: PlanField) -> str:
    attribute = PERSON_TEXTS.get(field.id)
    if attribute is not None:
        return str(getattr(source.person, attribute))
    made = _TEXTS.get(field.id)
    return made(source) if made else ""
