"""Several services at one site, and small facilities: one fact base, what is asked, what is set aside."""

import pytest

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.closing import Profile, closing_rules, is_small
from bcp_kit.forms.completeness import ItemState
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import read_plan, save_answers, start_plan
from bcp_kit.services.bcp_closing import accept_closings, closing_proposals, facility_profile
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_site import join_services, split_services
from bcp_kit.services.site_facts import FactChange, read_facts, save_fact
from tests.bcp.conftest import HOME_ID

DAY_ID, OTHER_ID = "day-1", "other-1"


@pytest.fixture
def day(ctx: Context) -> ContinuityPlan:
    """A day service of the same operator with a plan of its own, and one of another operator."""
    operator = "社会福祉法人 見本会"
    with ctx.open_store() as uow:
        day = Facility(id=DAY_ID, name="デイ こもれび", operator=operator, category=ServiceCategory.CARE_DAY)
        other = Facility(id=OTHER_ID, name="よその家", operator="別の法人", category=ServiceCategory.CARE_DAY)
        uow.facilities.add_many((day, other))
        uow.commit()
    return start_plan(ctx, DAY_ID, PlanKind.NATURAL_DISASTER)


def _stock(ctx: Context, plan: ContinuityPlan) -> list[str]:
    rows = read_content(ctx, plan.id).plan.answers.get("nd_stock_food", Answer()).rows
    return [f"{row['article']} {row.get('quantity', '')}".strip() for row in rows]


def _food(*pairs: tuple[str, str]) -> dict[str, Answer]:
    rows = tuple({"article": article, "quantity": quantity} for article, quantity in pairs)
    return {"nd_stock_food": Answer(rows=rows)}


def test_a_joined_plan_asks_what_any_service_is_asked(
    ctx: Context, plan: ContinuityPlan, day: ContinuityPlan
) -> None:
    """Home and day service: both covers, the chapter for day services, named for the one it concerns."""
    joined = join_services(ctx, plan.id, [DAY_ID])
    assert joined.also_covers == (DAY_ID,)
    content = read_content(ctx, plan.id)
    assert "nd_ch6" in {chapter.id for chapter in content.chapters}
    assert [f.name for f in content.asked_of(form("bcp_natural_disaster").item("nd_day_contact"))] == [
        "デイ こもれび"
    ]
    names = [row["facility_name"] for row in content.plan.answers["nd_cover"].rows]
    assert names == ["特別養護老人ホーム ひだまり苑", "デイ こもれび"]
    assert "nd_ch6" in {chapter.chapter_id for chapter in read_plan(ctx, plan.id).completeness.chapters}


def test_joining_keeps_every_fact_once(ctx: Context, plan: ContinuityPlan, day: ContinuityPlan) -> None:
    """Equal rows become one, different rows all stay; the day service's own plan shows all of them."""
    save_answers(ctx, plan.id, _food(("飲料水", "900L"), ("米", "30kg")))
    save_answers(ctx, day.id, _food(("飲料水", "900L"), ("缶詰", "80缶")))
    person = save_fact(ctx, DAY_ID, FactChange("people", {"name": "見本 実", "post": "管理者"})).changed[0]
    save_answers(ctx, day.id, {"nd_deputies": Answer(rows=({"manager": "管理者 見本 実"},))})
    join_services(ctx, plan.id, [DAY_ID])
    assert _stock(ctx, plan) == ["飲料水 900L", "米 30kg", "缶詰 80缶"]
    assert sorted(_stock(ctx, day)) == sorted(["飲料水 900L", "米 30kg", "缶詰 80缶"])
    assert len(read_facts(ctx, HOME_ID).facts.tables["stock"]) == 3
    save_fact(ctx, HOME_ID, FactChange("people", {"name": "手本 実"}, person))
    for each in (plan, day):
        rows = read_content(ctx, each.id).plan.answers["nd_deputies"].rows
        assert [row["manager"] for row in rows] == ["管理者 手本 実"]


def test_splitting_gives_each_its_own_copy(ctx: Context, plan: ContinuityPlan, day: ContinuityPlan) -> None:
    """After the split both still show everything, and a change in one no longer reaches the other."""
    save_answers(ctx, plan.id, _food(("飲料水", "900L")))
    join_services(ctx, plan.id, [DAY_ID])
    save_answers(ctx, plan.id, {"nd_day_longstop": Answer(text="見本デイへ頼む")})
    split_services(ctx, plan.id, [DAY_ID])
    assert "nd_ch6" not in {c.chapter_id for c in read_plan(ctx, plan.id).completeness.chapters}
    save_answers(ctx, day.id, _food(("飲料水", "100L")))
    assert (_stock(ctx, plan), _stock(ctx, day)) == (["飲料水 900L"], ["飲料水 100L"])
    join_services(ctx, plan.id, [DAY_ID])
    assert read_content(ctx, plan.id).plan.answers["nd_day_longstop"].text == "見本デイへ頼む"


def test_another_operator_is_refused(ctx: Context, plan: ContinuityPlan, day: ContinuityPlan) -> None:
    """A plan covers services of one operator only; nothing is stored."""
    with pytest.raises(BcpKitError) as caught:
        join_services(ctx, plan.id, [DAY_ID, OTHER_ID])
    assert caught.value.code is ErrorCode.SITE_NOT_ONE_OPERATOR
    assert read_plan(ctx, plan.id).plan.also_covers == ()


def test_rules_name_items_that_are_there() -> None:
    """Every rule names items of a form and facts of the profile, and says a reason."""
    forms = ("natural_disaster", "infection", "evacuation_securing", "emergency_disaster")
    known = {item.id for kind in forms for item in form(f"bcp_{kind}").items}
    for rule in closing_rules().rules:
        assert set(rule.items) <= known
        assert set(rule.when) <= set(Profile.model_fields)


@pytest.fixture
def small(ctx: Context) -> ContinuityPlan:
    """The plan of a home-visit office of four staff and fifteen users."""
    with ctx.open_store() as uow:
        uow.facilities.add(
            Facility(
                id="small",
                name="ヘルパーステーション そよかぜ",
                operator="合同会社 見本",
                category=ServiceCategory.CARE_HOME_VISIT,
                residents=15,
                generator_w=0,
            )
        )
        uow.staff.add_many(StaffMember(id=f"s{n}", facility_id="small", name=f"職員{n}") for n in range(4))
        uow.commit()
    return start_plan(ctx, "small", PlanKind.NATURAL_DISASTER)


def test_a_small_office_closes_what_it_does_not_need(ctx: Context, small: ContinuityPlan) -> None:
    """Four staff, no nights, nobody on site, no generator: proposed with reasons, and nothing stored."""
    profile = facility_profile(ctx, small.id)
    assert profile.small and not profile.night and profile.generator is False
    proposed = {closing.item_id: closing.reason for closing in closing_proposals(ctx, small.id)}
    assert {"nd_staff_rota", "nd_generator", "nd_evac_internal", "nd_priority_services"} <= set(proposed)
    assert "nd_gas" not in proposed
    assert "夜間の勤務がな" in proposed["nd_staff_rota"]
    assert read_plan(ctx, small.id).completeness.count(ItemState.NOT_APPLICABLE) == 0


def test_proposals_are_accepted_one_by_one_or_all(ctx: Context, small: ContinuityPlan) -> None:
    """One is accepted, then the rest; what somebody wrote meanwhile stays as written."""
    before = len(closing_proposals(ctx, small.id))
    accept_closings(ctx, small.id, ["nd_generator"])
    save_answers(ctx, small.id, {"nd_toilet": Answer(rows=({"subject": "利用者", "method": "携帯トイレ"},))})
    accept_closings(ctx, small.id)
    view = read_plan(ctx, small.id)
    assert view.completeness.count(ItemState.NOT_APPLICABLE) == before - 1
    assert view.plan.answers["nd_toilet"].state is AnswerState.ANSWERED
    reasons = [i.reason for i in view.completeness.items if i.state is ItemState.NOT_APPLICABLE]
    assert all(reasons)
    assert closing_proposals(ctx, small.id) == ()


def test_what_the_manager_says_counts(ctx: Context, small: ContinuityPlan) -> None:
    """The manager who says that there is no gas gets that item proposed too."""
    said = facility_profile(ctx, small.id).model_copy(update={"gas": False})
    assert "nd_gas" in {closing.item_id for closing in closing_proposals(ctx, small.id, said)}


def test_small_means_few_staff_that_somebody_counted() -> None:
    """Up to five staff are few; none at all means that nobody knows."""
    assert [is_small(staff) for staff in (0, 1, 5, 6)] == [False, True, True, False]
