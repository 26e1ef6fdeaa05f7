"""Tables of one person's plan as rows of cells: contacts, supporters, places, devices, copies, history."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.catalogues.load import catalogue
from bcp_kit.catalogues.vocabulary import alert_levels
from bcp_kit.domain.certificates import CertificateKind
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind, answer_on
from bcp_kit.domain.paper_copies import CopyState, PaperCopy
from bcp_kit.domain.people import Person
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.plans_read import Dossier

Row = Mapping[str, str]
Rows = tuple[Row, ...]

# Kinds of place of the store as the form names them.
_PLACE_KINDS = {
    DestinationKind.DESIGNATED_WELFARE: "welfare_designated",
    DestinationKind.AGREEMENT_WELFARE: "welfare_agreement",
    DestinationKind.SPECIAL_SPACE: "special_space",
    DestinationKind.GENERAL: "general_shelter",
    DestinationKind.HOSPITAL: "hospital",
}
STAYS_HOME, HOSPITAL = "stay_home", "hospital"


@dataclass(frozen=True)
class FieldSource:
    """Everything from which the fields of one plan are read.

    `household` are other people of the register in the same household; `loads` counts for how many people
    each supporter is named; `history` are changes of the plan with day, actor and what was done.
    """

    dossier: Dossier
    plan: EvacuationPlan
    today: date
    shelters: Mapping[str, Shelter] = field(default_factory=dict)
    town_name: str = ""
    town_code: str = ""
    ordinance: str = ""
    household: tuple[Person, ...] = ()
    loads: Mapping[str, int] = field(default_factory=dict)
    copies: tuple[PaperCopy, ...] = ()
    history: Rows = ()

    @property
    def person(self) -> Person:
        """The person of the plan."""
        return self.dossier.person


def filled(row: Mapping[str, object]) -> Row:
    """Return the row's cells as words, empty ones left out."""
    return {key: str(cell) for key, cell in row.items() if cell is not None and str(cell).strip()}


def amount(number: float | None) -> str:
    """Return 12 for 12.0 and 1.5 for 1.5, nothing for None."""
    if number is None:
        return ""
    return f"{number:.0f}" if number == int(number) else f"{number:g}"


def with_extras(rows: Sequence[Row], kept: Sequence[Row], keys: Sequence[str]) -> Rows:
    """Return rows of a record with the cells that the plan adds; rows belong together by these cells.

    A cell of the record goes before the plan's. Of equal rows the first fits the first.
    """
    left = list(kept)
    found = []
    for row in rows:
        like = next((k for k in left if all(k.get(key, "") == row.get(key, "") for key in keys)), None)
        if like is not None:
            left.remove(like)
        found.append({**(like or {}), **row})
    return tuple(found)


def _contacts(source: FieldSource) -> Rows:
    rows = [
        filled({"order": number, "name": c.name, "relation": c.relation, "tel_mobile": c.phone})
        for number, c in enumerate(source.person.emergency_contacts, 1)
    ]
    kept = source.plan.tables.get("emergency_contacts", ())
    merged = with_extras(rows, kept, ("name",))
    # The number that the register knows stands once: where the plan says that it is the home's, there.
    return tuple(
        {key: cell for key, cell in row.items() if key != "tel_mobile"}
        if row.get("tel_home") == row.get("tel_mobile")
        else row
        for row in merged
    )


def _household(source: FieldSource) -> Rows:
    kept = source.plan.tables.get("household_members", ())
    named = {row.get("name", "") for row in kept}
    listed = tuple(
        filled(
            {
                "name": p.name,
                "birth_year": p.birth_date.year if p.birth_date else "",
                "also_needs_support": text("plan_fields.yes", DEFAULT_LANGUAGE),
            }
        )
        for p in source.household
        if p.name not in named
    )
    return (*kept, *listed)


def _supporters(source: FieldSource) -> Rows:
    rows = []
    for named in source.dossier.supporters:
        helper, link = named.supporter, named.link
        consents = [
            c
            for c in source.dossier.consents
            if c.kind is ConsentKind.BE_NAMED and c.giver_id == helper.id and c.holds_on(source.today)
        ]
        rows.append(
            filled(
                {
                    "order": link.rank,
                    "kind": text(f"plan_fields.supporter_kind.{helper.kind.value}", DEFAULT_LANGUAGE),
                    "name": helper.name,
                    "address": helper.address,
                    "tel": helper.phone,
                    "relation": helper.relation,
                    "role": "、".join(
                        text(f"plan_fields.role.{role.value}", DEFAULT_LANGUAGE) for role in link.roles
                    ),
                    "consent_on": max((c.given_on for c in consents if c.given_on), default=None),
                }
            )
        )
    return with_extras(rows, source.plan.tables.get("supporters", ()), ("name",))


def _place(source: FieldSource, stage: PlannedStage) -> dict[str, object]:
    shelter = source.shelters.get(stage.shelter_id)
    if shelter is None:
        kind = HOSPITAL if stage.hospital else STAYS_HOME if stage.stays_home else ""
        return {"type": _type_words(kind), "name": _type_words(kind)}
    return {
        "type": _type_words(_PLACE_KINDS[shelter.kind]),
        "name": shelter.name,
        "address": shelter.address,
        "tel": shelter.phone,
        "direct": text("plan_fields.yes" if stage.stage == 1 else "plan_fields.no", DEFAULT_LANGUAGE),
    }


def _type_words(kind: str) -> str:
    return text(f"plan_fields.place.{kind}", DEFAULT_LANGUAGE) if kind else ""


def _destinations(source: FieldSource) -> Rows:
    """Return for each hazard the stages, then the second and third place, each on another site."""
    rows: list[Row] = []
    level = alert_levels()[source.plan.leave_at]
    for stage in source.plan.stages:
        hazard = text(f"plans.paper.hazard.{stage.hazard.value}", DEFAULT_LANGUAGE)
        order = text(f"plan_fields.order.{'first' if stage.stage == 1 else 'next'}", DEFAULT_LANGUAGE)
        minutes = "" if stage.travel_min is None else math.ceil(stage.travel_min)
        signal = text("plan_fields.level", DEFAULT_LANGUAGE, level=int(level.level), label=level.label_ja)
        far = "" if stage.distance_m is None else math.ceil(stage.distance_m)
        cells = {"hazard": hazard, "order": order, "distance_m": far, "travel_min": minutes}
        rows.append(filled({**cells, "trigger_level": signal, **_place(source, stage)}))
        for number, other in enumerate(stage.alternatives):
            name = ("second", "third")[min(number, 1)]
            shelter = source.shelters.get(other.shelter_id)
            found = PlannedStage(hazard=stage.hazard, stage=stage.stage, shelter_id=other.shelter_id)
            rows.append(
                filled(
                    {
                        "hazard": hazard,
                        "order": text(f"plan_fields.order.{name}", DEFAULT_LANGUAGE),
                        "distance_m": "" if other.distance_m is None else math.ceil(other.distance_m),
                        **(_place(source, found) if shelter else {}),
                    }
                )
            )
    return with_extras(rows, source.plan.tables.get("destinations", ()), ("hazard", "order", "name"))


def _devices(source: FieldSource) -> Rows:
    """Return the devices; where the plan tells rated from measured watts, its cells say which is which."""
    kept = source.plan.tables.get("devices", ())
    told = {row.get("kind") for row in kept if row.get("power_w_rated") or row.get("power_w_measured")}
    rows = [
        filled(
            {
                "kind": d.kind,
                "power_w_rated": "" if d.kind in told else amount(d.power_w),
                "hours_per_day": amount(d.hours_per_day),
                "battery_internal_h": amount(d.battery_h),
            }
        )
        for d in source.person.devices
    ]
    return with_extras(rows, kept, ("kind",))


def _handbooks(source: FieldSource) -> Rows:
    parts, grades = catalogue("physical_grades").rows, catalogue("certificate_grades").rows
    rows = tuple(
        filled(
            {
                "kind": parts[c.part].label_ja if c.part in parts else c.part,
                "grade": grades[c.grade].label_ja if c.grade in grades else c.grade,
                "issued_on": c.issued_on,
            }
        )
        for c in source.person.certificates
        if c.kind is CertificateKind.PHYSICAL
    )
    return rows or source.plan.tables.get("physical_handbook", ())


def _one_named(field_id: str, column: str, words: Callable[[Person], str]) -> Callable[[FieldSource], Rows]:
    """Return a reader for a table whose first row's name the register keeps."""

    def read(source: FieldSource) -> Rows:
        kept, known = source.plan.tables.get(field_id, ()), words(source.person)
        if not known:
            return kept
        if kept and kept[0].get(column, "") == known:
            return kept
        return ({column: known}, *kept[1:])

    return read


def _timeline(source: FieldSource) -> Rows:
    """Return what is done at each level, by the names of 2026, until somebody writes their own."""
    kept = source.plan.tables.get("timeline_rows", ())
    if kept:
        return kept
    return tuple(
        filled(
            {
                "stage": text(
                    "plan_fields.level", DEFAULT_LANGUAGE, level=int(entry.level), label=entry.label_ja
                )
                + (f"（{entry.level_name_2026}）" if entry.level_name_2026 else ""),
                "person_family": entry.vulnerable_people,
                "professional": entry.welfare_shelter,
            }
        )
        for _, entry in sorted(alert_levels().items())
    )


def _copies(source: FieldSource) -> Rows:
    return tuple(
        filled(
            {
                "serial": copy.number,
                "recipient": copy.holder,
                "date": copy.handed_on,
                "returned_on": next(
                    (f"{s.at:%Y-%m-%d}" for s in reversed(copy.steps) if s.state is CopyState.RETURNED), ""
                ),
            }
        )
        for copy in source.copies
    )


TABLES: Mapping[str, Callable[[FieldSource], Rows]] = {
    "emergency_contacts": _contacts,
    "household_members": _household,
    "supporters": _supporters,
    "destinations": _destinations,
    "devices": _devices,
    "physical_handbook": _handbooks,
    "primary_doctor": _one_named("primary_doctor", "name", lambda person: person.primary_doctor),
    "care_provider": _one_named("care_provider", "office", lambda person: person.care_provider),
    "timeline_rows": _timeline,
    "copies_register": _copies,
    "change_log": lambda source: source.history,
}


def named_answer(source: FieldSource, kind: ConsentKind) -> ConsentAnswer:
    """Return what the person answered, as it counts today."""
    person_id = source.person.id
    return answer_on(source.dossier.consents, kind, person_id, person_id, source.today)
