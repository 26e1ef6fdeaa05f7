"""Drafting plans: who gets one, what it holds, what stays when it is drafted again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import AlertLevel, HazardKind
from bcp_kit.domain.plans import EvacuationPlan, PlanStatus
from bcp_kit.services.base import Context
from bcp_kit.services.plans import (
    confirm_plan,
    count_plans,
    draft_plans,
    find_plans,
    latest_run_ids,
    read_plan,
    save_plan_answers,
)
from bcp_kit.services.plans_make import months_later
from bcp_kit.storage.faults import Conflict


def _plan(ctx: Context, person_id: str) -> EvacuationPlan:
    plan = read_plan(ctx, person_id).plan
    assert plan is not None
    return plan


def test_only_those_who_agreed_get_a_plan(ctx: Context) -> None:
    """Refusal and silence both mean no plan (Art. 49-14(1)); the rest is counted."""
    outcome = draft_plans(ctx, latest_run_ids(ctx))
    assert (outcome.created, outcome.without_consent, outcome.unplaced) == (4, 2, 1)
    for person_id in ("no_answer", "refused"):
        view = read_plan(ctx, person_id)
        assert view.plan is None and not view.may_have_plan.allowed
        assert view.may_have_plan.article == "49-14(1)"
    assert count_plans(ctx)[PlanStatus.DRAFT] == 4


def test_stages_come_from_the_newest_run_of_each_hazard(ctx: Context) -> None:
    """Of two flood runs the later one counts; opening time, transport and guesses are carried over."""
    draft_plans(ctx, latest_run_ids(ctx))
    plan = _plan(ctx, "full")
    found = [(s.hazard, s.stage, s.shelter_id, s.opens_after_h, s.rests_on_guess) for s in plan.stages]
    assert found == [
        (HazardKind.EARTHQUAKE, 1, "school", None, False),
        (HazardKind.EARTHQUAKE, 2, "home", 24, True),
        (HazardKind.RIVER_FLOOD, 1, "home", 24, False),
        (HazardKind.RIVER_FLOOD, 2, "home", 24, True),
    ]
    assert plan.stages[0].transport == "wheelchair_van"
    assert plan.next_review_on == date(2027, 11, 23)


def test_who_has_no_place_is_said_not_hidden(ctx: Context) -> None:
    """A person whom no run placed keeps the hazards as unplaced, and lacks that lawful content."""
    draft_plans(ctx, latest_run_ids(ctx))
    plan = _plan(ctx, "nowhere")
    assert plan.unplaced == (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD) and not plan.stages
    assert "content_8" in plan.missing


def test_lawful_contents_that_are_absent_are_listed(ctx: Context) -> None:
    """Birth date, contact, supporter and route are each missed where they are not known."""
    outcome = draft_plans(ctx, latest_run_ids(ctx))
    assert _plan(ctx, "full").missing == ("content_8",)  # no route yet
    assert _plan(ctx, "alone").missing == ("content_2", "content_5", "content_8")
    assert set(_plan(ctx, "nowhere").missing) == {f"content_{n}" for n in (2, 5, 6, 7, 8)}
    assert outcome.incomplete == 4 and outcome.missing["content_8"] == 4


def test_drafting_again_changes_nothing_and_keeps_what_people_wrote(ctx: Context, later: Context) -> None:
    """Number, answers, check and date stay; an unchanged plan is not even written."""
    draft_plans(ctx, latest_run_ids(ctx))
    plan = _plan(ctx, "full")
    plan = save_plan_answers(ctx, plan.id, {"route_text": "橋を渡らない"}, plan.version)
    plan = confirm_plan(ctx, plan.id, plan.version)
    outcome = draft_plans(later, latest_run_ids(ctx))
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 4)
    assert _plan(ctx, "full") == plan


def test_a_change_of_place_renews_the_plan_and_keeps_the_answers(ctx: Context, later: Context) -> None:
    """With another run the stages change, the day of change is noted, the answers stay."""
    first = [run_id for run_id in latest_run_ids(ctx) if "earthquake" in run_id]
    draft_plans(ctx, first)
    plan = _plan(ctx, "full")
    plan = save_plan_answers(ctx, plan.id, {"route_text": "橋を渡らない"}, plan.version)
    outcome = draft_plans(later, latest_run_ids(ctx))
    renewed = _plan(ctx, "full")
    assert outcome.updated == 4 and len(renewed.stages) == 4
    assert renewed.answers == plan.answers and renewed.number == plan.number
    assert renewed.updated_on == date(2026, 11, 24) and renewed.missing == ()


def test_numbers_are_given_once(ctx: Context, change_person: Callable[..., None]) -> None:
    """Each plan has its own number that says nothing about the person."""
    draft_plans(ctx, latest_run_ids(ctx))
    numbers = [line.plan.number for line in find_plans(ctx) if line.plan]
    assert numbers == ["000001", "000002", "000003", "000004"]
    change_person("full", name="別の名")
    draft_plans(ctx, latest_run_ids(ctx))
    assert _plan(ctx, "full").number == "000001"


def test_stopping_leaves_nothing_behind(ctx: Context) -> None:
    """A stop in the middle rolls everything back."""
    stopped = replace(ctx, progress=lambda done, stage: False)
    with pytest.raises(BcpKitError) as failure:
        draft_plans(stopped, latest_run_ids(ctx))
    assert failure.value.code is ErrorCode.STOPPED_BY_USER
    assert sum(count_plans(ctx).values()) == 0


def test_an_edit_in_between_is_a_conflict_that_shows_both(ctx: Context) -> None:
    """Who saves on an old version loses nothing and overwrites nothing."""
    draft_plans(ctx, latest_run_ids(ctx))
    plan = _plan(ctx, "full")
    save_plan_answers(ctx, plan.id, {"route_text": "東の道"}, plan.version)
    with pytest.raises(Conflict) as conflict:
        save_plan_answers(ctx, plan.id, {"route_text": "西の道"}, plan.version)
    assert conflict.value.mine.answers["route_text"] == "西の道"
    assert conflict.value.stored is not None
    assert conflict.value.stored.answers["route_text"] == "東の道"


def test_an_answer_about_the_signal_sets_the_level(ctx: Context) -> None:
    """Who needs more time leaves at level 2; an empty answer takes a text back."""
    draft_plans(ctx, latest_run_ids(ctx))
    plan = _plan(ctx, "full")
    plan = save_plan_answers(ctx, plan.id, {"trigger": "level_2", "route_text": "東の道"}, plan.version)
    assert plan.leave_at is AlertLevel.CHECK and plan.missing == ()
    plan = save_plan_answers(ctx, plan.id, {"route_text": " "}, plan.version)
    assert "route_text" not in plan.answers and plan.missing == ("content_8",)


def test_a_field_that_the_form_lacks_is_refused(ctx: Context) -> None:
    """A misspelt field does not vanish into the plan."""
    draft_plans(ctx, latest_run_ids(ctx))
    with pytest.raises(BcpKitError) as failure:
        save_plan_answers(ctx, _plan(ctx, "full").id, {"route_txt": "x"}, 0)
    assert failure.value.code is ErrorCode.FORM_ITEM_MISSING


def test_confirming_sets_the_day_and_the_next_review(ctx: Context) -> None:
    """A plan that was gone through is no longer stale, until a year has passed."""
    draft_plans(ctx, latest_run_ids(ctx))
    assert read_plan(ctx, "full").stale
    plan = _plan(ctx, "full")
    plan = confirm_plan(ctx, plan.id, plan.version)
    assert not plan.is_stale(date(2027, 11, 23)) and plan.is_stale(date(2027, 11, 24))


def test_roles_without_the_right_are_refused(ctx: Context) -> None:
    """A facility's manager neither makes nor reads plans."""
    manager = replace(ctx, actor=Actor(name="x", role=Role.FACILITY_MANAGER))
    for use in (lambda: draft_plans(manager, ()), lambda: read_plan(manager, "full")):
        with pytest.raises(BcpKitError) as failure:
            use()
        assert failure.value.code is ErrorCode.ACTION_DENIED


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_later(day: date, months: int, expected: date) -> None:
    """A month has no 31st: its last day counts."""
    assert months_later(day, months) == expected
