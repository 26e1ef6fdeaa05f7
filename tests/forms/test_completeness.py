"""How far a plan is, on plans made by hand."""

from collections.abc import Callable, Mapping

import pytest

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.completeness import (
    Fault,
    ItemState,
    completeness,
    fault_of,
    filled_rows,
    minutes_for,
    sample_left,
)
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Form, Requirement, form

PlanOf = Callable[[Mapping[str, Answer]], ContinuityPlan]
HOME = ServiceCategory.CARE_RESIDENTIAL


def _answered(**values: object) -> Answer:
    return Answer.model_validate({"state": AnswerState.ANSWERED, **values})


def test_an_empty_plan_is_all_open(asked: Form, plan_of: PlanOf) -> None:
    """62 open items for residential care, the law's first, each with its sentence."""
    found = completeness(asked, HOME, plan_of({}))
    assert found.count(ItemState.OPEN) == 62
    assert found.share_done == 0
    ranks = [list(Requirement).index(item.required) for item in found.open_items]
    assert ranks == sorted(ranks)
    for item in found.open_items:
        assert text(item.why)
        assert item.fault is Fault.UNANSWERED
        assert text(item.fault.message)
    assert found.minutes_left == sum(item.minutes for item in found.items) > 0


def test_chapters_count_for_themselves(asked: Form, plan_of: PlanOf) -> None:
    """One answer and one item that does not apply settle two of the three items of the cover chapter."""
    plan = plan_of(
        {
            "nd_version": _answered(rows=[{"edition": "第1版", "made_on": "2026-11-23"}]),
            "nd_distribution": Answer(state=AnswerState.NOT_APPLICABLE, reason="一冊だけ作るため"),
        }
    )
    cover = completeness(asked, HOME, plan).chapters[0]
    assert [item.state for item in cover.items] == [ItemState.OPEN, ItemState.DONE, ItemState.NOT_APPLICABLE]
    assert cover.share_done == pytest.approx(2 / 3)
    assert cover.items[2].reason == "一冊だけ作るため"


def test_items_of_other_services_do_not_count(asked: Form, plan_of: PlanOf) -> None:
    """A day service is asked its own chapter; the residential plan does not wait for it."""
    day = completeness(asked, ServiceCategory.CARE_DAY, plan_of({}))
    home = completeness(asked, HOME, plan_of({}))
    assert {item.item_id for item in day.items} - {item.item_id for item in home.items} >= {"nd_day_suspend"}
    assert "nd_ch6" not in {chapter.chapter_id for chapter in home.chapters}


@pytest.mark.parametrize(
    ("item_id", "answer", "fault"),
    [
        ("nd_basic_policy", _answered(text="まず命を守る。"), None),
        ("nd_basic_policy", _answered(text=" \n"), Fault.UNANSWERED),
        ("nd_basic_policy", _answered(text="あ" * 401), Fault.TOO_LONG),
        ("nd_basic_policy", Answer(text="書きかけ"), Fault.UNANSWERED),
        ("nd_basic_policy", Answer(state=AnswerState.NOT_APPLICABLE, reason=" "), Fault.REASON_MISSING),
        ("nd_drinking_water", _answered(number=900), None),
        ("nd_drinking_water", _answered(number=-1), Fault.NUMBER_OUT_OF_RANGE),
        ("nd_drinking_water", _answered(number=1e9), Fault.NUMBER_OUT_OF_RANGE),
        ("nd_drinking_water", _answered(), Fault.UNANSWERED),
        ("nd_agreement", _answered(choices=["under_way"]), None),
        ("nd_agreement", _answered(choices=["no_such"]), Fault.UNKNOWN_OPTION),
        ("nd_agreement", _answered(choices=["under_way", "concluded"]), Fault.ONE_CHOICE_ONLY),
        ("nd_agreement", _answered(), Fault.UNANSWERED),
        ("nd_attachments", _answered(choices=["hazard_maps", "floor_plans"]), None),
        ("nd_gas", _answered(rows=[{"equipment": "暖房機器", "alternative": "灯油ストーブ3台"}]), None),
        ("nd_gas", _answered(rows=[{"equipment": "暖房機器", "alternative": ""}]), Fault.NO_FILLED_ROW),
        ("nd_gas", _answered(rows=[{"equipment": "温室", "alternative": ""}]), None),
        ("nd_gas", _answered(rows=[{"colour": "赤"}]), Fault.UNKNOWN_COLUMN),
        ("nd_gas", _answered(), Fault.NO_FILLED_ROW),
    ],
)
def test_answers_are_checked_by_type(asked: Form, item_id: str, answer: Answer, fault: Fault | None) -> None:
    """Text, number, choice, checklist and table each have their own test of being answered."""
    assert fault_of(asked, asked.item(item_id), answer) is fault


def test_examples_and_hints_never_count_as_answers(asked: Form) -> None:
    """For every item with text or rows, the example saved as answer is found in any layout."""
    for item in asked.items:
        assert item.example is not None
        if not (item.example.text or item.example.rows):
            continue
        copied = _answered(text=item.example.text.replace("。", "。\n  "), rows=item.example.rows)
        assert sample_left(asked, item, copied), item.id
        if item.example.text:
            assert fault_of(asked, item, copied) in (Fault.SAMPLE_LEFT, Fault.TOO_LONG), item.id
        assert sample_left(asked, item, _answered(text=item.hint_ja)), item.id


def test_marks_of_sample_text_are_found(asked: Form) -> None:
    """A cell with ○○ or （例） counts as sample text left standing."""
    gas = asked.item("nd_gas")
    assert (
        fault_of(asked, gas, _answered(rows=[{"equipment": "給湯", "alternative": "○○を使う"}]))
        is Fault.SAMPLE_LEFT
    )
    assert (
        fault_of(asked, gas, _answered(rows=[{"equipment": "給湯", "alternative": "湯は使わない"}])) is None
    )


def test_a_plan_row_is_filled_only_beyond_the_default(asked: Form) -> None:
    """The row header alone, or both given words of a joined header, leave a row empty."""
    asked_input = asked.item("nd_public_damage_estimate").input
    rows = [dict(asked_input.default_rows[0]), {**asked_input.default_rows[1], "estimate": "通行止め"}]
    assert filled_rows(asked_input, rows) == (rows[1],)


def test_minutes_grow_with_the_table(asked: Form) -> None:
    """A table of thirteen given rows takes longer than one of four, a choice least of all."""
    long, short = asked.item("nd_critical_work_table"), asked.item("nd_gas")
    assert minutes_for(long) > minutes_for(short) > minutes_for(asked.item("nd_agreement")) > 0


def test_whole_numbers_and_least_rows() -> None:
    """The evacuation form asks for whole numbers and for two emergency contacts."""
    asked = form("evacuation_plan")
    assert fault_of(asked, asked.item("helpers_needed"), _answered(number=1.5)) is Fault.NOT_WHOLE
    assert fault_of(asked, asked.item("helpers_needed"), _answered(number=2)) is None
    one = _answered(rows=[{"name": "見本 一子"}])
    assert fault_of(asked, asked.item("emergency_contacts"), one) is Fault.TOO_FEW_ROWS
