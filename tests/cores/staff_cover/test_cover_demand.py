"""Demand: minutes become heads, tiers stack up, and the roster is read back as operations."""

from typing import Any

import pytest

from bcp_kit.cores.staff_cover.demand import (
    KEPT,
    STOPPED,
    THINNED,
    Operation,
    PostPlan,
    SiteNeeds,
    Standard,
    Workforce,
    demands,
    operation_levels,
    own_load_min,
    service_level,
)
from bcp_kit.cores.staff_cover.instance import Shift

DAY = Shift(key="day", start_min=540, end_min=1080, break_min=60)
NIGHT = Shift(key="night", start_min=1320, end_min=1860, break_min=60, night=True)
PLAN = PostPlan(
    spare_helps={"nurse": "care"},
    carers=("nurse", "care"),
    slots_of={"day": ("day",), "night": ("night",)},
    productive_share=1.0,
)


def operation(key: str, day_min: float, **fields: Any) -> Operation:
    """An operation of the day slot that keeps half of its minutes at the lowest level."""
    usual: dict[str, Any] = {
        "life": True,
        "group": "care",
        "order": 1,
        "per": "resident",
        "minutes": {"day": day_min},
        "share": {"a30": 0.5, "a50": 0.5, "a70": 1, "a90": 1},
    }
    return Operation(key=key, **(usual | fields))


def needs(*operations: Operation, level: str = "full", **fields: Any) -> SiteNeeds:
    """A site of ten residents, one of them with medical care, on one day."""
    usual: dict[str, Any] = {"residents": 10, "residents_medical": 1, "standard": Standard()}
    return SiteNeeds(site="A", operations=operations, level_by_day=(level,), **(usual | fields))


def heads(asked: SiteNeeds, *shifts: Shift) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Heads by shift and group: life, standard, other."""
    found = demands(asked, {0: shifts or (DAY, NIGHT)}, PLAN)
    return {(d.shift, d.group): (d.life, d.standard, d.other) for d in found}


def test_minutes_become_heads() -> None:
    """Ten people at 96 minutes are two shifts of 480; the life-keeping half of it is one."""
    assert heads(needs(operation("meals", 96))) == {("day", "care"): (1, 0, 1)}


def test_a_little_more_takes_one_more_head() -> None:
    """Ten people at 97 minutes are three heads."""
    assert heads(needs(operation("meals", 97)))["day", "care"] == (2, 0, 1)


def test_other_operations_come_on_top() -> None:
    """Bathing is no life-keeping head."""
    asked = needs(operation("meals", 48), operation("bath", 48, life=False))
    assert heads(asked) == {("day", "care"): (1, 0, 1)}


def test_the_level_of_the_day_thins_other_heads_only() -> None:
    """At the lowest level nothing but the life-keeping minutes is asked for."""
    asked = needs(operation("meals", 96), operation("bath", 480, life=False, share=_none()), level="a30")
    assert heads(asked) == {("day", "care"): (1, 0, 0)}


def _none() -> dict[str, float]:
    return {"a30": 0, "a50": 0, "a70": 0, "a90": 0}


def test_least_heads_stand_whatever_the_minutes() -> None:
    """A night with one minute of work still asks for one person."""
    watch = operation("watch", 0, minutes={"night": 0.1}, least_heads={"night": 1})
    assert heads(watch_only := needs(watch)) == {("night", "care"): (1, 0, 0)}
    assert watch_only.residents == 10


def test_spare_minutes_of_a_nurse_help_carers() -> None:
    """One nurse with 380 of 480 minutes to spare takes over the carers' 380 minutes."""
    nurse = operation("medicine", 10, group="nurse", share=dict.fromkeys(_none(), 1))
    care = operation("meals", 38, share=dict.fromkeys(_none(), 1))
    assert heads(needs(nurse, care)) == {("day", "nurse"): (1, 0, 0)}
    assert heads(needs(nurse, care.model_copy(update={"minutes": {"day": 39}})))["day", "care"] == (1, 0, 0)


def test_medical_care_is_counted_for_those_who_need_it() -> None:
    """An hour for one of ten people is one head, not ten hours."""
    suction = operation("suction", 60, group="nurse", per="resident_medical")
    assert heads(needs(suction)) == {("day", "nurse"): (1, 0, 0)}
    assert heads(needs(suction, residents_medical=0)) == {}


def test_the_standard_stands_between_life_and_other() -> None:
    """The night table asks for two; one of them keeps people alive. The day's hours come to three heads."""
    watch = operation("watch", 0, minutes={"night": 1}, least_heads={"night": 1})
    asked = needs(
        watch, operation("meals", 48), standard=Standard(night_heads=2, care_hours_per_day=2 * 8 + 3 * 8)
    )
    assert heads(asked) == {("night", "care"): (1, 1, 0), ("day", "care"): (1, 2, 0)}


def test_carers_of_other_groups_count_for_the_standard() -> None:
    """A nurse on the night shift is one of the two that the table asks for."""
    nurse = operation(
        "suction",
        0,
        group="nurse",
        per="resident_medical",
        minutes={"night": 480},
        share=dict.fromkeys(_none(), 1),
    )
    watch = operation("watch", 0, minutes={"night": 48}, share=dict.fromkeys(_none(), 1))
    asked = needs(nurse, watch, standard=Standard(night_heads=2))
    assert heads(asked) == {("night", "nurse"): (1, 0, 0), ("night", "care"): (1, 0, 0)}


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.0, "a30"), (0.39, "a30"), (0.5, "a50"), (0.7, "a70"), (0.9, "a90"), (0.95, "full")],
)
def test_service_levels(share: float, level: str) -> None:
    """The level follows the tiers of the template's example."""
    assert service_level(share) == level


def _levels(asked: SiteNeeds, **minutes: float) -> dict[str, str]:
    force = Workforce(day=0, minutes=minutes, slots=("day",))
    return {o.operation: o.level for o in operation_levels(asked, force, PLAN)}


def test_what_is_kept_thinned_and_stopped() -> None:
    """Life-keeping minutes are given first, then the operations are filled up in their order."""
    asked = needs(
        operation("meals", 40, order=1),
        operation("toilet", 40, order=2),
        operation("bath", 40, order=3, life=False),
    )
    assert _levels(asked, care=1200) == {"meals": KEPT, "toilet": KEPT, "bath": KEPT}
    assert _levels(asked, care=700) == {"meals": KEPT, "toilet": THINNED, "bath": STOPPED}
    assert _levels(asked, care=200) == {"meals": THINNED, "toilet": STOPPED, "bath": STOPPED}


def test_reasons_tell_plan_from_want() -> None:
    """An operation that the plan thins says so; one that lacks people says how many minutes."""
    asked = needs(operation("meals", 40), level="a30")
    force = Workforce(day=0, minutes={"care": 100.0}, slots=("day",))
    reasons = operation_levels(asked, force, PLAN)[0].reasons
    assert [(r.rule, dict(r.values)) for r in reasons] == [
        ("service_level", {"percent": 50}),
        ("too_few", {"minutes": 100}),
    ]


def test_a_nurses_spare_minutes_reach_the_operations_they_help() -> None:
    """Meals are kept by nurses who have finished their own work."""
    asked = needs(operation("meals", 40), operation("medicine", 10, group="nurse"))
    assert _levels(asked, nurse=500) == {"meals": KEPT, "medicine": KEPT}


def test_own_load_by_shift() -> None:
    """The carers' minutes of the day's level, shift by shift."""
    asked = needs(operation("meals", 40), operation("watch", 0, minutes={"night": 12}), level="a30")
    assert own_load_min(asked, 0, (DAY, NIGHT), PLAN) == {"day": 200, "night": 60}
