"""What is kept: one `RecordKind` per table, with the fields by which its records are found."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.erasure import Erasure
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import DamageReport, SafetyCall
from bcp_kit.domain.form_entries import FormEntry
from bcp_kit.domain.imports import ImportBatch, PersonAlias, PersonPair
from bcp_kit.domain.locks import MatchingLock
from bcp_kit.domain.paper_copies import PaperCopy, PrintRun
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.domain.plan_changes import PlanChange
from bcp_kit.domain.plan_drills import PlanDrill
from bcp_kit.domain.plan_preparations import PlanPreparation
from bcp_kit.domain.plan_steps import PlanEffort, PlanStep
from bcp_kit.domain.plan_versions import PlanVersion
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.practice import PracticeRecord
from bcp_kit.domain.practice_settings import PracticeSettings
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.shelter_status import DisasterEvent, StatusEntry
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.domain.writing import WritingPlace

RecordT = TypeVar("RecordT", bound=DomainModel)
Key = str | tuple[str | date, ...]

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_SEARCHED: dict[int, int | None] = {**_HIRAGANA_TO_KATAKANA, **dict.fromkeys(_VARIATION_SELECTORS)}


@dataclass(frozen=True)
class RecordKind(Generic[RecordT]):
    """One kind of record: its table, its class, its key, and the fields that `list` and `search` use.

    `key`: fields that name a record (joined into the column `id`). `indexed`: fields with a column of their
    own. `holds`: filter name → field with several values, one of which must match. `searched`: fields that a
    person types part of. `packed`: bodies are large and stored compressed.
    """

    table: str
    model: type[RecordT]
    key: tuple[str, ...] = ("id",)
    indexed: tuple[str, ...] = ()
    holds: Mapping[str, str] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    packed: bool = False

    def id_of(self, record: RecordT) -> str:
        """Return the record's key as one text."""
        if len(self.key) == 1:
            return str(getattr(record, self.key[0]))
        return join_key(tuple(getattr(record, name) for name in self.key))


def join_key(key: Key) -> str:
    """Return a key of one or more parts as one text; different keys give different texts."""
    if isinstance(key, str):
        return key
    if len(key) == 1:
        return str(key[0])
    return "|".join(str(part).replace("%", "%25").replace("|", "%7C") for part in key)


def column_text(value: object) -> str | None:
    """Return a field's value as its column holds it: codes of enums, ISO dates, None for nothing."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)


def search_text(*values: str) -> str:
    """Return texts in the form in which they are searched, never shown.

    Width, small forms and case are levelled (NFKC), hiragana becomes katakana, variation selectors and
    spaces go. The record itself keeps every character as written.
    """
    levelled = unicodedata.normalize("NFKC", "\n".join(values)).casefold().translate(_SEARCHED)
    return "\n".join("".join(line.split()) for line in levelled.split("\n"))


PEOPLE = RecordKind(
    "people",
    Person,
    indexed=(
        "household_id",
        "register_no",
        "district",
        "school_district",
        "usual_facility_id",
        "resident_no",
        "register_status",
    ),
    searched=("name", "name_kana", "address", "register_no"),
)
SUPPORTERS = RecordKind("supporters", Supporter, indexed=("kind",), searched=("name", "name_kana", "address"))
LINKS = RecordKind(
    "links", SupportLink, key=("person_id", "supporter_id"), indexed=("person_id", "supporter_id")
)
CONSENTS = RecordKind("consents", Consent, indexed=("giver_id", "person_id", "kind"))
SHELTERS = RecordKind(
    "shelters",
    Shelter,
    indexed=("kind", "facility_id", "site_id", "common_id"),
    searched=("name", "name_kana", "address"),
)
DISASTER_EVENTS = RecordKind("disaster_events", DisasterEvent)
STATUS_ENTRIES = RecordKind("status_entries", StatusEntry, indexed=("event_id", "shelter_id"))
FACILITIES = RecordKind(
    "facilities",
    Facility,
    indexed=("category", "operator", "office_number"),
    searched=("name", "operator", "address"),
)
STAFF = RecordKind("staff", StaffMember, indexed=("facility_id",), searched=("name", "name_kana"))
HELP_OFFERS = RecordKind("help_offers", HelpOffer, indexed=("facility_id", "route"))
ROSTERS = RecordKind("rosters", RosterEntry, key=("staff_id", "day"), indexed=("staff_id", "day"))
SCENARIOS = RecordKind("scenarios", Scenario, indexed=("event",))
CONTINUITY_PLANS = RecordKind("continuity_plans", ContinuityPlan, indexed=("facility_id", "kind", "form_id"))
SITE_FACTS = RecordKind("site_facts", SiteFacts, holds={"facility_id": "facility_ids"})
PLAN_VERSIONS = RecordKind("plan_versions", PlanVersion, indexed=("plan_id", "state"), packed=True)
PRACTICE_RECORDS = RecordKind("practice_records", PracticeRecord, indexed=("facility_id", "kind"))
PRACTICE_SETTINGS = RecordKind("practice_settings", PracticeSettings)
SAFETY_CALLS = RecordKind("safety_calls", SafetyCall, indexed=("facility_id",))
DAMAGE_REPORTS = RecordKind("damage_reports", DamageReport, indexed=("facility_id",))
WRITING_PLACES = RecordKind("writing_places", WritingPlace, key=("plan_id", "actor"), indexed=("plan_id",))
EVACUATION_PLANS = RecordKind("evacuation_plans", EvacuationPlan, indexed=("person_id", "status"))
PLAN_PREPARATIONS = RecordKind(
    "plan_preparations", PlanPreparation, key=("person_id",), indexed=("person_id",)
)
PLAN_STEPS = RecordKind("plan_steps", PlanStep, indexed=("scope", "scope_id", "step"))
PLAN_EFFORTS = RecordKind("plan_efforts", PlanEffort, indexed=("person_id", "office"))
PAPER_COPIES = RecordKind(
    "paper_copies",
    PaperCopy,
    key=("number",),
    indexed=("run_id", "batch", "plan_id", "person_id", "state", "holder"),
)
PRINT_RUNS = RecordKind("print_runs", PrintRun, indexed=("state",), packed=True)
PLAN_CHANGES = RecordKind(
    "plan_changes", PlanChange, indexed=("person_id", "supporter_id", "state", "batch_id")
)
PLAN_DRILLS = RecordKind("plan_drills", PlanDrill, indexed=("district", "state"), packed=True)
ERASURES = RecordKind("erasures", Erasure, indexed=("state",))
FORM_ENTRIES = RecordKind("form_entries", FormEntry, key=("copy_number",), indexed=("person_id", "state"))
MATCHING_RUNS = RecordKind("matching_runs", MatchingRun, indexed=("hazard", "mode"), packed=True)
MATCHING_LOCKS = RecordKind("matching_locks", MatchingLock, indexed=("person_id", "shelter_id", "hazard"))
COVER_RUNS = RecordKind(
    "cover_runs", CoverRun, indexed=("scenario_id",), holds={"facility_id": "facility_ids"}, packed=True
)
IMPORT_BATCHES = RecordKind("import_batches", ImportBatch, indexed=("kind",), packed=True)
PERSON_PAIRS = RecordKind(
    "person_pairs", PersonPair, key=("first_id", "second_id"), indexed=("first_id", "second_id")
)
PERSON_ALIASES = RecordKind(
    "person_aliases", PersonAlias, key=("field", "number"), indexed=("field", "number", "person_id")
)

ALL_KINDS: tuple[RecordKind[DomainModel], ...] = (  # type: ignore[assignment]
    PEOPLE,
    SUPPORTERS,
    LINKS,
    CONSENTS,
    SHELTERS,
    FACILITIES,
    STAFF,
    HELP_OFFERS,
    ROSTERS,
    SCENARIOS,
    CONTINUITY_PLANS,
    EVACUATION_PLANS,
    MATCHING_RUNS,
    COVER_RUNS,
    IMPORT_BATCHES,
    PERSON_PAIRS,
    MATCHING_LOCKS,
    PERSON_ALIASES,
    DISASTER_EVENTS,
    STATUS_ENTRIES,
    SITE_FACTS,
    PLAN_VERSIONS,
    PRACTICE_RECORDS,
    SAFETY_CALLS,
    DAMAGE_REPORTS,
    PAPER_COPIES,
    PRINT_RUNS,
    WRITING_PLACES,
    PRACTICE_SETTINGS,
    PLAN_CHANGES,
    PLAN_DRILLS,
    ERASURES,
    FORM_ENTRIES,
    PLAN_STEPS,
    PLAN_EFFORTS,
    PLAN_PREPARATIONS,
)
