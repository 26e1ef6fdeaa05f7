"""Beginning a plan, answering it, losing nothing, and who may do what."""

from collections.abc import Callable

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.completeness import ItemState
from bcp_kit.forms.schema import form, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import (
    add_revision,
    list_plans,
    read_chapter,
    read_plan,
    save_answer,
    save_answers,
    start_plan,
    tidy,
)
from bcp_kit.services.store import Conflict

Someone = Callable[..., Context]


def test_a_plan_is_begun_once(ctx: Context, plan: ContinuityPlan) -> None:
    """A second plan of the same kind for the same facility is refused; the first is untouched."""
    with pytest.raises(BcpKitError) as caught:
        start_plan(ctx, plan.facility_id, PlanKind.NATURAL_DISASTER)
    assert caught.value.code is ErrorCode.PLAN_EXISTS
    assert [summary.plan for summary in list_plans(ctx)] == [plan]


@pytest.mark.parametrize("category", list(ServiceCategory))
@pytest.mark.parametrize("kind", CONTINUITY_KINDS)
def test_both_plans_begin_for_every_category(ctx: Context, category: ServiceCategory, kind: PlanKind) -> None:
    """Each of the eight categories begins either plan and is asked the items of its category."""
    with ctx.open_store() as uow:
        uow.facilities.add(Facility(id="other", name="別の事業所", category=category))
        uow.commit()
    begun = start_plan(ctx, "other", kind)
    view = read_plan(ctx, begun.id)
    asked = items_for(form(f"bcp_{kind.value}"), category)
    assert [item.item_id for item in view.completeness.items] == [item.id for item in asked]
    for chapter in view.completeness.chapters:
        assert read_chapter(ctx, begun.id, chapter.chapter_id).sections


@pytest.mark.parametrize(
    ("item_id", "answer"),
    [
        ("nd_basic_policy", Answer(text="まず利用者の命。\n次に職員。𠮷野家ではない﨑。")),
        ("nd_drinking_water", Answer(number=1170.5)),
        ("nd_agreement", Answer(choices=("under_way",))),
        ("nd_attachments", Answer(choices=("floor_plans", "hazard_maps"))),
        (
            "nd_gas",
            Answer(rows=({"equipment": "暖房機器", "alternative": "毛布"}, {"equipment": "給湯設備"})),
        ),
        ("nd_dispatch_out", Answer(state=AnswerState.NOT_APPLICABLE, reason="職員が少なく出せない")),
    ],
)
def test_answers_come_back_as_they_were_saved(
    ctx: Context, plan: ContinuityPlan, item_id: str, answer: Answer
) -> None:
    """Text, number, choices, rows and "does not apply" survive the store to the letter."""
    saved = save_answer(ctx, plan.id, item_id, answer, plan.version)
    stored = read_plan(ctx, plan.id).plan
    assert stored == saved.plan
    kept = stored.answers[item_id]
    assert (kept.text, kept.number, kept.choices, kept.reason) == (
        answer.text,
        answer.number,
        answer.choices,
        answer.reason,
    )
    assert [dict(row) for row in kept.rows] == [dict(row) for row in answer.rows]
    assert saved.items[0].state in (ItemState.DONE, ItemState.NOT_APPLICABLE)


def test_faulty_answers_are_kept_and_called_open(ctx: Context, plan: ContinuityPlan) -> None:
    """A text beyond the limit is stored whole; the item stays open with the reason."""
    saved = save_answer(ctx, plan.id, "nd_basic_policy", Answer(text="長" * 3000), plan.version)
    assert saved.items[0].state is ItemState.OPEN
    assert len(read_plan(ctx, plan.id).plan.answers["nd_basic_policy"].text) == 3000


def test_an_unknown_item_stores_nothing(ctx: Context, plan: ContinuityPlan) -> None:
    """One unknown item among several refuses all of them."""
    answers = {"nd_gas": Answer(rows=({"equipment": "暖房"},)), "nd_nothing": Answer(text="x")}
    with pytest.raises(BcpKitError) as caught:
        save_answers(ctx, plan.id, answers)
    assert caught.value.code is ErrorCode.FORM_ITEM_MISSING
    assert read_plan(ctx, plan.id).plan == plan


def test_two_windows_make_a_conflict_with_both_values(ctx: Context, plan: ContinuityPlan) -> None:
    """The second window saves onto what it saw before: both answers are in the conflict, the first stays."""
    save_answer(ctx, plan.id, "nd_network", Answer(text="一つ目の窓"), plan.version)
    with pytest.raises(Conflict) as caught:
        save_answer(ctx, plan.id, "nd_network", Answer(text="二つ目の窓"), plan.version)
    assert caught.value.mine.answers["nd_network"].text == "二つ目の窓"
    assert caught.value.stored.answers["nd_network"].text == "一つ目の窓"
    assert read_plan(ctx, plan.id).plan.answers["nd_network"].text == "一つ目の窓"
    assert "窓" not in str(caught.value)


def test_blank_rows_go_and_states_follow_content() -> None:
    """Rows of spaces are dropped; what is written counts as answered, what is emptied as open again."""
    kept = tidy(Answer(rows=({"a": " "}, {"a": "水"})))
    assert (kept.state, len(kept.rows)) == (AnswerState.ANSWERED, 1)
    assert tidy(Answer(state=AnswerState.ANSWERED)).state is AnswerState.OPEN
    assert tidy(Answer(state=AnswerState.ANSWERED, number=0)).state is AnswerState.ANSWERED
    assert tidy(Answer(state=AnswerState.NOT_APPLICABLE, reason="x")).state is AnswerState.NOT_APPLICABLE


def test_saving_moves_the_clock_and_the_audit_log(later: Context, plan: ContinuityPlan) -> None:
    """The plan knows when it was last changed, and the log holds one entry more."""
    with later.open_store() as uow:
        before = len(list(uow.audit.entries()))
    saved = save_answer(later, plan.id, "nd_network", Answer(text="施設長会"), plan.version)
    assert saved.plan.updated_at == later.clock.now() > plan.updated_at
    assert saved.plan.answers["nd_network"].changed_at == later.clock.now()
    with later.open_store() as uow:
        assert len(list(uow.audit.entries())) == before + 1


def test_a_review_without_change_is_kept(later: Context, plan: ContinuityPlan) -> None:
    """The history keeps day, reason and author of each review."""
    add_revision(later, plan.id, "見直した結果、変更なし", expected_version=plan.version)
    line = read_plan(later, plan.id).plan.revisions[0]
    assert (line.on.isoformat(), line.reason, line.author) == (
        "2026-11-24",
        "見直した結果、変更なし",
        "管理者",
    )


def test_staff_may_look_and_not_write(plan: ContinuityPlan, acting_as: Someone) -> None:
    """Facility staff see the plan; they, the auditor and the officer cannot change it."""
    staff = acting_as(Role.FACILITY_STAFF)
    assert read_plan(staff, plan.id).plan == plan
    for role in (Role.FACILITY_STAFF, Role.AUDITOR, Role.DISASTER_OFFICER):
        with pytest.raises(BcpKitError) as caught:
            save_answer(acting_as(role), plan.id, "nd_network", Answer(text="x"), plan.version)
        assert caught.value.code is ErrorCode.ACTION_DENIED


def test_another_facility_s_manager_sees_nothing(plan: ContinuityPlan, acting_as: Someone) -> None:
    """A manager bound to another facility neither lists, reads nor changes this plan."""
    stranger = acting_as(Role.FACILITY_MANAGER, "home-2")
    assert list_plans(stranger) == ()
    for work in (
        lambda: read_plan(stranger, plan.id),
        lambda: save_answer(stranger, plan.id, "nd_network", Answer(text="x"), plan.version),
        lambda: add_revision(stranger, plan.id, "x"),
    ):
        with pytest.raises(BcpKitError) as caught:
            work()
        assert caught.value.code is ErrorCode.ACTION_DENIED


def test_a_chapter_holds_all_that_a_page_needs(ctx: Context, plan: ContinuityPlan) -> None:
    """Sections in order; each item with hint, example, sources and progress; and the version."""
    chapter = read_chapter(ctx, plan.id, "nd_ch2")
    assert [section.number for section in chapter.sections][:2] == ["2(1)", "2(2)"]
    assert chapter.plan_version == plan.version
    for view in (view for section in chapter.sections for view in section.items):
        assert view.item.hint_ja
        assert view.item.example
        assert view.source_titles
        assert view.progress.item_id == view.item.id
    with pytest.raises(BcpKitError):
        read_chapter(ctx, plan.id, "nd_ch6")
