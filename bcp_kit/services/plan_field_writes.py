"""Writing into one field of a plan: which record takes it, and what that record looks like afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bcp_kit.domain.devices import Device
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import AlertLevel
from bcp_kit.domain.people import EmergencyContact, HouseholdType, Person
from bcp_kit.domain.plan_answers import AnswerOrigin, FieldValue
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import Home, PlanField
from bcp_kit.forms.schema import InputType
from bcp_kit.services.plan_field_values import PERSON_TEXTS

# Taken over from the resident record or worked out on the map: corrected there, not here.
_FROM_RESIDENT_RECORD = frozenset({"name", "name_kana", "birth_date", "sex", "address", "geo_point"})
_PLAN_WRITABLE = frozenset({"next_review_on", "author_name", "trigger"})
# Cells that the plan adds to rows whose record is kept elsewhere.
_EXTRA_CELLS: Mapping[str, frozenset[str]] = {
    "supporters": frozenset(
        {
            "tel_alt",
            "days_available",
            "time_to_arrive_min",
            "can_drive",
            "can_carry",
            "own_household_needs_support",
            "is_in_hazard_zone",
        }
    ),
    "destinations": frozenset({"accepts_confirmed_on", "note"}),
}
_ELSEWHERE = frozenset({Home.TOWN, Home.CONSENT, Home.SIGNATURE, Home.LEDGER, Home.HISTORY, Home.PAPER})
_TRIGGER_LEVELS = {f"level_{int(level)}": level for level in AlertLevel}


Change = Callable[[Person, FieldValue], object]


@dataclass(frozen=True)
class Records:
    """The two records that a plan's fields are written to."""

    person: Person
    plan: EvacuationPlan


def row_names(field: PlanField) -> tuple[str, ...]:
    """Return the columns that name a row of a table whose rows are kept elsewhere."""
    return ("name",) if field.id == "supporters" else ("hazard", "order", "name")


def demand_known_rows(field: PlanField, value: FieldValue, stands: FieldValue) -> None:
    """Go on only when cells are added to rows that stand there.

    Raises: BcpKitError P-047 for a row that the other record lacks.
    """
    if not adds_cells_only(field):
        return
    names = row_names(field)
    known = {tuple(row.get(key, "") for key in names) for row in stands.rows}
    if any(tuple(row.get(key, "") for key in names) not in known for row in value.rows):
        why = text("plan_fields.unfit.row", DEFAULT_LANGUAGE)
        raise BcpKitError(ErrorCode.PLAN_FIELD_UNFIT, row=field.row, field=field.item.title_ja, why=why)


def adds_cells_only(field: PlanField) -> frozenset[str]:
    """Return the columns that may be written of a table whose rows are kept elsewhere; empty for others."""
    return _EXTRA_CELLS.get(field.id, frozenset())


def is_writable(field: PlanField) -> bool:
    """True when the field is written here; others are changed where they are kept."""
    if field.within or field.home in _ELSEWHERE or field.item.input.computed:
        return False
    if field.home is Home.PLAN:
        return field.id in _PLAN_WRITABLE
    if field.home is Home.SUPPORTERS or field.id == "destinations":
        return bool(adds_cells_only(field))
    return field.id not in _FROM_RESIDENT_RECORD


def demand_writable(field: PlanField) -> None:
    """Go on only for a field that is written here.

    Raises: BcpKitError P-046 that says where it is kept.
    """
    if not is_writable(field):
        where = text(f"plan_fields.home.{field.home.value}", DEFAULT_LANGUAGE)
        raise BcpKitError(
            ErrorCode.PLAN_FIELD_KEPT_ELSEWHERE, row=field.row, field=field.item.title_ja, where=where
        )


def written(
    records: Records, field: PlanField, value: FieldValue, origin: AnswerOrigin | None = None
) -> Records:
    """Return the records with the value in the field; `value` is as `plan_field_words.read_value` gives it.

    `origin` says from whom it came; None keeps what was known of an unchanged field and drops it otherwise.
    Raises: BcpKitError P-046, P-047 (a row of a record that is kept elsewhere was added or changed).
    """
    demand_writable(field)
    person, plan = records.person, records.plan
    if field.home is Home.REGISTER:
        person, plan = _to_person(person, plan, field, value)
    elif field.id in _PLAN_WRITABLE:
        plan = _to_plan(plan, field, value)
    elif field.item.input.type is InputType.TABLE:
        plan = _with_table(plan, field, value)
    else:
        plan = _with_answer(plan, field.id, value.text)
    origins = {key: known for key, known in plan.origins.items() if key != field.id}
    if origin is not None and not value.is_empty:
        origins[field.id] = origin
    return Records(person, plan.model_copy(update={"origins": origins}))


def _with_answer(plan: EvacuationPlan, field_id: str, words: str) -> EvacuationPlan:
    kept = {key: answer for key, answer in plan.answers.items() if key != field_id}
    return plan.model_copy(update={"answers": {**kept, field_id: words} if words.strip() else kept})


def _with_table(plan: EvacuationPlan, field: PlanField, value: FieldValue) -> EvacuationPlan:
    """Keep the rows; of rows whose record is elsewhere only what the plan adds, with the name of the row."""
    rows = value.rows
    only = adds_cells_only(field)
    if only:
        named = only | set(row_names(field))
        rows = tuple({k: cell for k, cell in row.items() if k in named} for row in rows)
        rows = tuple(row for row in rows if set(row) & only)
    kept = {key: table for key, table in plan.tables.items() if key != field.id}
    return plan.model_copy(update={"tables": {**kept, field.id: rows} if rows else kept})


def _to_plan(plan: EvacuationPlan, field: PlanField, value: FieldValue) -> EvacuationPlan:
    if field.id == "next_review_on":
        due = date.fromisoformat(value.text) if value.text else None
        return plan.model_copy(update={"next_review_on": due})
    if field.id == "author_name":
        return plan.model_copy(update={"author": value.text})
    plan = _with_answer(plan, field.id, value.text)
    level = _TRIGGER_LEVELS.get(value.text, plan.leave_at)
    return plan.model_copy(update={"leave_at": level})


def _to_person(
    person: Person, plan: EvacuationPlan, field: PlanField, value: FieldValue
) -> tuple[Person, EvacuationPlan]:
    """Write to the person's record; what the plan held of the same field goes, so that it stands once."""
    plan = _with_answer(plan, field.id, "")
    attribute = PERSON_TEXTS.get(field.id)
    if attribute is not None:
        return person.model_copy(update={attribute: value.text}), plan
    if field.id in _ROWS:
        attribute, change = _ROWS[field.id]
        plan = _with_table(plan, field, value)
        return person.model_copy(update={attribute: change(person, value)}), plan
    return person.model_copy(update=_SPECIAL[field.id](value)), plan


def _contacts(_person: Person, value: FieldValue) -> tuple[EmergencyContact, ...]:
    return tuple(
        EmergencyContact(
            name=row.get("name", ""),
            relation=row.get("relation", ""),
            phone=row.get("tel_mobile", "") or row.get("tel_home", ""),
        )
        for row in value.rows
    )


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def _devices(person: Person, value: FieldValue) -> tuple[Device, ...]:
    """Return the devices; whether life depends on one is not asked here and stays as it was."""
    known = {device.kind: device for device in person.devices}
    found = []
    for row in value.rows:
        kind = row.get("kind", "")
        before = known.get(kind, Device(kind=kind))
        hours = _number(row.get("hours_per_day", ""))
        battery = _number(row.get("battery_internal_h", ""))
        watts = _number(row.get("power_w_measured", "") or row.get("power_w_rated", ""))
        found.append(
            Device(
                kind=kind,
                power_w=watts if watts is None or watts >= 0 else None,
                hours_per_day=hours if hours is not None and 0 <= hours <= 24 else None,
                battery_h=battery if battery is None or battery >= 0 else None,
                life_support=before.life_support,
            )
        )
    return tuple(found)


def _first(column: str) -> Change:
    """Return a change that takes the cell of the first row: who is responsible before others."""
    return lambda _person, value: value.rows[0].get(column, "") if value.rows else ""


def _household_type(words: str) -> HouseholdType:
    return HouseholdType(words) if words else HouseholdType.OTHER


# Tables whose names the register keeps: the attribute, and what it becomes.
_ROWS: Mapping[str, tuple[str, Change]] = {
    "emergency_contacts": ("emergency_contacts", _contacts),
    "devices": ("devices", _devices),
    "primary_doctor": ("primary_doctor", _first("name")),
    "care_provider": ("care_provider", _first("office")),
}
_SPECIAL: Mapping[str, Callable[[FieldValue], dict[str, object]]] = {
    "reason_categories": lambda value: {"needs": tuple(key for key in value.text.split(",") if key)},
    "household_type": lambda value: {"household_type": _household_type(value.text)},
    "prep_minutes": lambda value: {"prep_minutes": _number(value.text)},
    "must_carry": lambda value: {
        "must_carry": tuple(line.strip() for line in value.text.splitlines() if line.strip())
    },
}
