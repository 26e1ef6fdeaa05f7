"""The catalogues of staff cover as the types that its core works with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from math import ceil
from typing import Any

from bcp_kit.catalogues import load
from bcp_kit.catalogues.load import Row
from bcp_kit.catalogues.vocabulary import Need
from bcp_kit.cores.staff_cover.capacity import NeedClass, class_of
from bcp_kit.cores.staff_cover.demand import Operation, PostPlan, Standard
from bcp_kit.cores.staff_cover.instance import WEEK_DAYS, PostGroup, Shift
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import Qualification

NORMAL, EMERGENCY_12H, EMERGENCY_24H = "normal", "emergency_12h", "emergency_24h"
SCENARIO_FIELDS = (
    "train_back_day",
    "bus_back_day",
    "road_back_day",
    "power_back_day",
    "water_back_day",
    "schools_reopen_day",
    "homes_damaged_share",
    "infected_share_by_day",
    "contact_share_by_day",
)


@dataclass(frozen=True)
class KnownShift:
    """A shift of the catalogue with what the core does not need: its pattern, its slots, who uses it."""

    shift: Shift
    pattern: str
    slots: tuple[str, ...]
    categories: frozenset[str]


@cache
def known_shifts() -> tuple[KnownShift, ...]:
    """Return the shifts of the catalogue in their order."""
    return tuple(_shift(row) for row in load.catalogue("shifts").rows.values())


def _shift(row: Row) -> KnownShift:
    data = row.data
    shift = Shift(
        key=row.key,
        start_min=round(60 * data["start_h"]),
        end_min=round(60 * data["end_h"]),
        break_min=data["break_min"],
        night=data["night"],
    )
    return KnownShift(shift, data["pattern"], tuple(data["slots"]), frozenset(data["categories"]))


def shifts_of(pattern: str, category: ServiceCategory) -> tuple[Shift, ...]:
    """Return the shifts that a kind of facility works in a pattern."""
    return tuple(k.shift for k in known_shifts() if k.pattern == pattern and category.value in k.categories)


def same_shift_in(pattern: str, shift_key: str) -> str:
    """Return the shift of `pattern` that takes over the slots of another; "" for a shift nobody knows."""
    slots = next((k.slots for k in known_shifts() if k.shift.key == shift_key), ())
    for known in known_shifts():
        if known.pattern == pattern and set(slots) & set(known.slots):
            return known.shift.key
    return ""


@cache
def post_groups() -> tuple[PostGroup, ...]:
    """Return the kinds of post in their order."""
    return tuple(
        PostGroup(
            key=row.key,
            qualified=frozenset(Qualification(q) for q in row.data["qualified"]),
            stand_ins=frozenset(Qualification(q) for q in row.data["stand_ins"]),
            procedures=frozenset(row.data.get("procedures", ())),
            languages=frozenset(row.data.get("languages", ())),
        )
        for row in load.catalogue("post_groups").rows.values()
    )


def post_plan(productive_share: float) -> PostPlan:
    """Return how the post groups work together."""
    rows = load.catalogue("post_groups").rows
    return PostPlan(
        spare_helps={key: row.data["spare_helps"] for key, row in rows.items() if row.data["spare_helps"]},
        carers=tuple(key for key, row in rows.items() if row.data["counts_as_carer"]),
        slots_of={k.shift.key: k.slots for k in known_shifts()},
        productive_share=productive_share,
    )


def operations_of(category: ServiceCategory) -> tuple[Operation, ...]:
    """Return the operations of a kind of facility, in their order of priority."""
    rows = load.catalogue("operations").rows.values()
    found = [_operation(row) for row in rows if category.value in row.data["categories"]]
    return tuple(sorted(found, key=lambda o: o.order))


def _operation(row: Row) -> Operation:
    data = row.data
    return Operation(
        key=row.key,
        life=data["operation_class"] == "life",
        group=data["group"],
        order=data["order"],
        per=data["per"],
        minutes=data["minutes"],
        share=data["share"],
        least_heads=data["least_heads"],
    )


def standard_of(facility: Facility, full_time_week_h: float) -> Standard | None:
    """Return what the staffing standard asks of the facility; None where no standard is known for it."""
    rows = load.catalogue("staffing_standards").rows.values()
    row = next((r for r in rows if facility.service_key in r.data.get("service_keys", ())), None)
    if row is None:
        return None
    return Standard(
        night_heads=_night_heads(row.data.get("night") or {}, facility),
        care_hours_per_day=_care_hours(row, facility.residents, full_time_week_h),
    )


def _night_heads(night: Mapping[str, Any], facility: Facility) -> int:
    """Read the night table: the first step that holds the users, else the last one and what is added to it.

    A night rule without a table asks for somebody at night.
    """
    if not night or not facility.residents:
        return 0
    heads = 1
    for step in night.get("table") or ():
        if "over" not in step:
            heads = step["staff"]
            if facility.residents <= step["max_users"]:
                break
        elif facility.residents > step["over"]:
            more = ceil((facility.residents - step["over"]) / step["add_per"]) if "add_per" in step else 0
            heads = step.get("staff", heads + more)
    unit_type = night.get("unit_type")
    if unit_type and facility.units:
        heads = max(heads, ceil(facility.units / unit_type["units_per_staff"]))
    return int(heads)


def _care_hours(row: Row, residents: int, full_time_week_h: float) -> float:
    """Hours per day that "one full-time carer for n users" comes to; 0 where the standard says otherwise."""
    words = load.catalogue("cover_defaults").meta["carer_rule_words"]
    for rule in row.data.get("rules", ()):
        names_carers = any(word in rule["role_ja"] for word in words)
        if names_carers and rule.get("basis") == "fte" and rule.get("users_per_staff"):
            return float(residents / rule["users_per_staff"] * full_time_week_h / WEEK_DAYS)
    return 0.0


@cache
def need_classes() -> tuple[NeedClass, ...]:
    """Return the need classes, lightest first."""
    fields = tuple(NeedClass.model_fields)
    rows = load.catalogue("need_classes").rows.values()
    found = [NeedClass.model_validate({"key": r.key} | {f: r.data[f] for f in fields[1:]}) for r in rows]
    return tuple(sorted(found, key=lambda c: c.severity))


def need_class_of(needs: Sequence[Need]) -> str:
    """Return the key of the heaviest class that one of a person's needs belongs to; the lightest for none."""
    classes = need_classes()
    found = [class_of(need.required_staff, need.power_w, classes) for need in needs]
    return max(found, key=lambda c: c.severity, default=classes[0]).key


def default_scenarios(start: date, zone: tzinfo | None = None) -> tuple[Scenario, ...]:
    """Return the scenarios of the catalogue, each starting on `start` at its own hour."""
    found = []
    for row in load.catalogue("cover_scenarios").rows.values():
        starts_at = datetime(start.year, start.month, start.day, tzinfo=zone) + timedelta(
            hours=row.data["start_h"]
        )
        found.append(
            Scenario(
                id=row.key,
                name=row.label_ja,
                event=row.data["event"],
                hazard=row.data["hazard"],
                starts_at=starts_at,
                days=row.data["days"],
                **{field: row.data[field] for field in SCENARIO_FIELDS},
            )
        )
    return tuple(found)
