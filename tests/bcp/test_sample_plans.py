"""The invented facilities of sample_data/plans: both plans of every category are written to the end."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, AnswerState
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.domain.practice import PracticeKind
from bcp_kit.forms.completeness import ItemState
from bcp_kit.forms.practice.penalty import Verdict
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.bcp import read_plan
from bcp_kit.services.demo import run_plans_demo
from bcp_kit.services.practice_due import read_penalty
from bcp_kit.services.practice_records import list_records
from bcp_kit.services.sample_plans import fill_words, load_sample_plans, sample_facility

CATEGORIES = list(ServiceCategory)
TODAY = date(2026, 11, 24)
PHONE = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")


def words_of(answer: Answer) -> Iterator[str]:
    """Every text of an answer."""
    yield answer.text
    yield answer.reason
    for row in answer.rows:
        yield from row.values()


def all_words(category: ServiceCategory) -> str:
    """Everything that both plans of a category say."""
    sample = sample_facility(category, TODAY)
    return "\n".join(
        words
        for answers in sample.answers.values()
        for answer in answers.values()
        for words in words_of(answer)
    )


@pytest.mark.parametrize("category", ServiceCategory)
def test_both_plans_are_complete(ctx: Context, category: ServiceCategory) -> None:
    """Through the service layer, every item that the category is asked is done or closed with a reason."""
    loaded = load_sample_plans(ctx, category)
    assert set(loaded.plans) == set(CONTINUITY_KINDS)
    for plan in loaded.plans.values():
        standing = read_plan(ctx, plan.id).completeness
        assert [(item.item_id, item.fault) for item in standing.open_items] == []
        assert standing.share_done == 1
        assert all(item.reason for item in standing.items if item.state is ItemState.NOT_APPLICABLE)


@pytest.mark.parametrize("category", ServiceCategory)
def test_nothing_is_left_to_fill_and_nobody_is_real(category: ServiceCategory) -> None:
    """No brace is left in the words, and every phone number begins with 0000."""
    said = all_words(category)
    assert not set("{}") & set(said)
    found = PHONE.findall(said)
    assert found
    assert all(number.startswith("0000-") for number in found)


@pytest.mark.parametrize("category", ServiceCategory)
def test_a_plan_speaks_of_its_own_facility_only(category: ServiceCategory) -> None:
    """The name of another sample facility never stands in the plans of this one."""
    said = all_words(category)
    for other in ServiceCategory:
        if other is not category:
            assert sample_facility(other, TODAY).facility.name not in said


def test_an_office_that_visits_does_not_speak_of_a_night_shift_in_a_home() -> None:
    """Words of residential care stay out of the plans of visiting and coordinating offices."""
    for category in (
        ServiceCategory.CARE_HOME_VISIT,
        ServiceCategory.CARE_MANAGEMENT,
        ServiceCategory.DIS_HOME_VISIT,
        ServiceCategory.DIS_CONSULTATION,
    ):
        said = all_words(category)
        assert not [
            word for word in ("入居者", "夜勤の責任者", "ユニット", "館内放送", "詰所") if word in said
        ]


def test_dates_are_counted_from_today() -> None:
    """A sample loaded years later still looks back at its last revision and ahead to the next."""
    assert fill_words("{d+10}と{m-30}", {}, TODAY) == "2026年12月4日と2026年10月"
    later = TODAY + timedelta(days=2000)
    cells = (
        sample_facility(ServiceCategory.CARE_DAY, later).answers[CONTINUITY_KINDS[0]]["nd_version"].rows[0]
    )
    assert cells["next_review_on"] == fill_words("{d+215}", {}, later)


def test_a_word_may_hold_words() -> None:
    """A facility's own word is filled with its other words; a word that nobody gave is an error."""
    assert fill_words("{place}へ", {"place": "{school}の校庭", "school": "東小"}, TODAY) == "東小の校庭へ"
    with pytest.raises(KeyError):
        fill_words("{nobody_gave_this}", {}, TODAY)


def test_the_sample_cannot_be_loaded_twice(ctx: Context, noon: object) -> None:
    """A second load into the same store is refused and changes nothing."""
    load_sample_plans(ctx, ServiceCategory.DIS_DAY)
    again = replace(ctx, clock=FixedClock(ctx.clock.now() + timedelta(days=1)))
    with pytest.raises(BcpKitError):
        load_sample_plans(again, ServiceCategory.DIS_DAY)
    with ctx.open_store() as uow:
        assert uow.facilities.count(id="sample-dd") == 1


def test_what_does_not_apply_says_why() -> None:
    """An item closed as not applicable holds a sentence, for example a single service without an order."""
    answer = sample_facility(ServiceCategory.DIS_HOME_VISIT, TODAY).answers[CONTINUITY_KINDS[0]][
        "nd_generator"
    ]
    assert answer.state is AnswerState.NOT_APPLICABLE
    assert len(answer.reason) > 10


def test_the_demo_leaves_both_plans_of_a_category_on_paper(ctx: Context, tmp_path: Path) -> None:
    """`demo --plans` writes two approved plans and the papers for an inspection."""
    papers = run_plans_demo(ctx, ServiceCategory.DIS_CONSULTATION, tmp_path / "paper")
    assert len(papers) == 3
    assert all(paper.read_bytes().startswith(b"%PDF") for paper in papers)
    assert ["第2版" in paper.name for paper in papers] == [True, True, False]


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_a_full_pack_after_the_demo(
    ctx: Context, category: ServiceCategory, tmp_path: Path
) -> None:
    """The invented year fits every category: all records, two approved versions, no deduction."""
    run_plans_demo(ctx, category, tmp_path / "paper")
    facility = sample_facility(category, ctx.today()).facility
    with ctx.open_store() as uow:
        approved = uow.plan_versions.list(state=VersionState.APPROVED)
    assert len(approved) == 4
    assert {record.kind for record in list_records(ctx, facility.id)} == set(PracticeKind)
    assert read_penalty(ctx, facility.id).check.verdict not in {Verdict.APPLIES, Verdict.AT_RISK}
