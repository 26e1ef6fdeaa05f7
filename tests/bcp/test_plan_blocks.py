"""What stands on the printed plan, before it is drawn."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.completeness import completeness
from bcp_kit.forms.schema import form
from bcp_kit.render.plan_blocks import (
    Block,
    Choices,
    Facts,
    Grid,
    Heading,
    Layout,
    PlanPages,
    PlanPrint,
    Reference,
    Words,
)
from bcp_kit.render.plan_pages import compose

LAYOUT = Layout(cards=frozenset({"nd_cover"}), annexes=("nd_callin_list", "nd_user_card"))
ANSWERS = {
    "nd_cover": Answer(
        state=AnswerState.ANSWERED, rows=({"facility_name": "苑の本館", "operator": "𠮷野会", "phone": "1"},)
    ),
    "nd_basic_policy": Answer(state=AnswerState.ANSWERED, text="まず命。"),
    "nd_drinking_water": Answer(state=AnswerState.ANSWERED, number=1170),
    "nd_agreement": Answer(state=AnswerState.ANSWERED, choices=("under_way",)),
    "nd_gas": Answer(state=AnswerState.ANSWERED, rows=({"equipment": "暖房機器", "alternative": "毛布"},)),
    "nd_dispatch_out": Answer(state=AnswerState.NOT_APPLICABLE, reason="人がいない"),
    "nd_user_card": Answer(state=AnswerState.ANSWERED, rows=({"name": "見本 梅", "doctor": "見本医院"},)),
}


@pytest.fixture
def doc(home: Facility, noon: datetime) -> PlanPrint:
    """A plan with one answer of each kind."""
    asked = form("bcp_natural_disaster")
    plan = ContinuityPlan(
        id="plan-1",
        facility_id=home.id,
        kind="natural_disaster",
        form_id=asked.id,
        answers=ANSWERS,
        created_on=noon.date(),
        updated_at=noon,
    )
    return PlanPrint(plan, home, asked, completeness(asked, home.category, plan), noon)


def _under(pages: PlanPages, key: str) -> list[Block]:
    """The blocks that follow the heading of `key`, up to the next heading."""
    blocks = [block for chapter in pages.chapters for block in chapter]
    start = next(i for i, block in enumerate(blocks) if isinstance(block, Heading) and block.key == key)
    end = next((i for i in range(start + 1, len(blocks)) if isinstance(blocks[i], Heading)), len(blocks))
    return blocks[start + 1 : end]


def test_every_item_of_the_category_has_its_heading(doc: PlanPrint) -> None:
    """All 62 items of residential care stand on the paper once, in the order of the form."""
    pages = compose(doc, LAYOUT)
    keys = [b.key for chapter in pages.chapters for b in chapter if isinstance(b, Heading) and b.level == 3]
    assert keys == [item.item_id for item in doc.standing.items]


def test_each_kind_of_answer_is_written_out(doc: PlanPrint) -> None:
    """Text, number with unit, choices with their marks, table, facts, and why something is left out."""
    pages = compose(doc, LAYOUT)
    assert _under(pages, "nd_basic_policy") == [Words("まず命。")]
    assert _under(pages, "nd_drinking_water") == [Words("1,170 L")]
    options = (("締結済み(写しを添付)", False), ("協議中", True), ("未着手", False))
    assert _under(pages, "nd_agreement") == [Choices(options)]
    assert _under(pages, "nd_gas") == [
        Grid(("稼働させるべき設備", "代替策"), (("暖房機器", "毛布"),), row_headings=True)
    ]
    facts = _under(pages, "nd_cover")[0]
    assert isinstance(facts, Facts)
    assert ("法人名", "𠮷野会") in facts.pairs
    assert _under(pages, "nd_dispatch_out") == [Words("対象外。理由：人がいない", "muted")]


def test_an_unanswered_item_says_so(doc: PlanPrint) -> None:
    """An item without answer is shown as open; so is a table with nothing but its given rows."""
    given = form("bcp_natural_disaster").item("nd_toilet").input.default_rows
    answers = {**doc.plan.answers, "nd_toilet": Answer(state=AnswerState.ANSWERED, rows=given)}
    pages = compose(replace(doc, plan=doc.plan.model_copy(update={"answers": answers})), LAYOUT)
    assert _under(pages, "nd_funds") == [Words("（未記入）", "open")]
    assert _under(pages, "nd_toilet") == [Words("（未記入）", "open")]


def test_marks_tell_what_is_not_official(doc: PlanPrint) -> None:
    """Confirmed headings carry no mark; recalled and proposed columns and unconfirmed items do."""
    pages = compose(doc, LAYOUT)
    marks = {b.key: b.mark for chapter in pages.chapters for b in chapter if isinstance(b, Heading)}
    assert marks["nd_promotion_structure"] == ""
    assert "原本未確認" in marks["nd_gas"]
    assert "未確認" in marks["nd_version"]
    assert "案" in marks["nd_version"]
    labels = [label for label, _ in _under(pages, "nd_cover")[0].pairs]
    assert "事業所番号※" in labels
    assert "法人名" in labels


def test_wide_lists_go_to_sheets_at_the_end(doc: PlanPrint) -> None:
    """The users' list stands in an annex; its place refers to it; an empty list has no sheet."""
    pages = compose(doc, LAYOUT)
    reference = _under(pages, "nd_user_card")[0]
    assert isinstance(reference, Reference)
    assert "7" in reference.words(page=7)
    assert [annex.heading.key for annex in pages.annexes] == ["annex_nd_user_card"]


def test_a_copy_without_personal_data_names_nobody(doc: PlanPrint) -> None:
    """Without personal data the lists of users and staff are left out, and that is said."""
    pages = compose(replace(doc, without_personal=True), LAYOUT)
    assert pages.annexes == ()
    assert "個人情報" in _under(pages, "nd_user_card")[0].words
    assert "見本 梅" not in repr(pages)
    assert "見本 梅" in repr(compose(doc, LAYOUT))


def test_the_end_lists_what_is_open(doc: PlanPrint) -> None:
    """Every open item stands in the list with what is missing, the law's first."""
    grid = compose(doc, LAYOUT).still_open[2]
    assert isinstance(grid, Grid)
    assert len(grid.rows) == len(doc.standing.open_items)
    assert grid.rows[0][2] == "法令"
    assert all(row[3] for row in grid.rows)


def test_the_cover_follows_the_answer_before_the_record(doc: PlanPrint) -> None:
    """The name in the plan's own cover block comes first; without one the facility record's."""
    assert compose(doc, LAYOUT).facility == "苑の本館"
    bare = replace(doc, plan=doc.plan.model_copy(update={"answers": {}}))
    assert compose(bare, LAYOUT).facility == "特別養護老人ホーム ひだまり苑"
