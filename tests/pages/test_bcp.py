"""The page of the continuity plan: begin, answer, leave, come back, conflict, set aside."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.forms.messages import messages
from bcp_kit.pages.parts.bcp_places import SHELF
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_plans, save_answers
from bcp_kit.services.bcp_closing import closing_proposals, facility_profile
from bcp_kit.services.bcp_print import PaperFormat
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
POLICY = "nd_basic_policy"
SAY = messages("ja")


@pytest.fixture
def other_window(tmp_path: Path) -> Context:
    """A second person on the same store."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    return Context(actor=Actor(name="もう一人", role=Role.FACILITY_MANAGER), open_store=handle.open)


@pytest.fixture
def begun(open_app: OpenApp) -> AppTest:
    """The page of a facility whose plan has just been begun."""
    at = open_app("facility_manager", "bcp")
    at.text_input(key="facility.new.name").set_value("ひだまり苑")
    at.selectbox(key="facility.new.category").set_value("care_day")
    at.button[0].click().run()
    return at.button(key="plan.start.natural_disaster").click().run()


def plan_of(ctx: Context) -> ContinuityPlan:
    """The only plan in the store, in words."""
    (found,) = list_plans(ctx)
    return found.plan


def to_policy(at: AppTest) -> AppTest:
    """Go to the section that asks for the basic policy."""
    return at.button(key="chapter.nd_ch1").click().run()


def field(plan: ContinuityPlan, item_id: str, name: str, fresh: int = 0) -> str:
    """The key of a widget of an item."""
    return f"answer.{plan.id}.{item_id}.{fresh}.{name}"


def test_a_facility_comes_first(open_app: OpenApp) -> None:
    """Without a facility the page asks for one; a facility without a name is refused with a sentence."""
    at = open_app("facility_manager", "bcp")
    at.button[0].click().run()
    assert SAY["errors.U-004.what"] in at.error[0].value and not at.exception


def test_an_answer_is_saved_as_it_is_written(begun: AppTest, other_window: Context) -> None:
    """A text is stored when the field is left, and the page says when."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    at.text_area(key=field(plan, POLICY, "text")).set_value("利用者と職員の命を守る。").run()
    assert plan_of(other_window).answers[POLICY].text == "利用者と職員の命を守る。"
    assert any("保存しました" in m.value for m in at.markdown)


def test_one_goes_on_where_one_stopped(begun: AppTest, other_window: Context, open_app: OpenApp) -> None:
    """A new visit leads to the section that was answered last, with the answer in it."""
    plan = plan_of(other_window)
    to_policy(begun).text_area(key=field(plan, POLICY, "text")).set_value("命を守る。").run()
    at = open_app("facility_manager", "bcp")
    at.button(key="plan.resume.natural_disaster").click().run()
    assert at.text_area(key=field(plan, POLICY, "text")).value == "命を守る。"


def test_a_conflict_shows_both_values_and_lets_choose(begun: AppTest, other_window: Context) -> None:
    """The same item changed in a second window: both values are shown, the chosen one stays."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    theirs = Answer(state=AnswerState.ANSWERED, text="もう一つの画面の文")
    save_answers(other_window, plan.id, {POLICY: theirs})
    at.text_area(key=field(plan, POLICY, "text")).set_value("この画面の文").run()
    shown = [t.value for t in at.text]
    assert "この画面の文" in shown and "もう一つの画面の文" in shown
    assert plan_of(other_window).answers[POLICY].text == "もう一つの画面の文"
    at.button(key=f"conflict.{POLICY}.mine").click().run()
    assert plan_of(other_window).answers[POLICY].text == "この画面の文"
    assert at.text_area(key=field(plan, POLICY, "text", 1)).value == "この画面の文"


def test_a_conflict_waits_while_others_go_on(begun: AppTest, other_window: Context) -> None:
    """What is chosen is stored even when the plan moved on between the conflict and the choice."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    save_answers(other_window, plan.id, {POLICY: Answer(state=AnswerState.ANSWERED, text="一人目の文")})
    at.text_area(key=field(plan, POLICY, "text")).set_value("二人目の文").run()
    team = ({"main_role": "総括", "name": "見本花子"},)
    save_answers(other_window, plan.id, {"nd_promotion_structure": Answer(rows=team)})
    at.button(key=f"conflict.{POLICY}.mine").click().run()
    assert plan_of(other_window).answers[POLICY].text == "二人目の文" and not at.warning


def test_another_item_of_a_second_window_is_no_conflict(begun: AppTest, other_window: Context) -> None:
    """A second window that changed something else stops nobody, and both answers stand."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    save_answers(
        other_window, plan.id, {"nd_drinking_water": Answer(state=AnswerState.ANSWERED, number=900.0)}
    )
    at.text_area(key=field(plan, POLICY, "text")).set_value("この画面の文").run()
    answers = plan_of(other_window).answers
    assert answers[POLICY].text == "この画面の文" and answers["nd_drinking_water"].number == 900
    assert not at.warning


def test_an_item_is_set_aside_with_a_reason(begun: AppTest, other_window: Context) -> None:
    """Not applicable counts as settled only with its reason."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    at.checkbox(key=field(plan, POLICY, "aside")).check().run()
    at.text_input(key=field(plan, POLICY, "reason")).set_value("法人の方針に含まれる").run()
    answer = plan_of(other_window).answers[POLICY]
    assert answer.state is AnswerState.NOT_APPLICABLE and answer.reason == "法人の方針に含まれる"


def test_items_that_do_not_apply_are_accepted_one_by_one_or_all(
    begun: AppTest, other_window: Context
) -> None:
    """Proposals stand with their reason; one or all are set aside by a button, and nothing before that."""
    plan_id = plan_of(other_window).id
    profile = facility_profile(other_window, plan_id).model_copy(
        update={"generator": False, "shelter": False}
    )
    offered = [c.item_id for c in closing_proposals(other_window, plan_id, profile)]
    begun.checkbox(key=f"small.ask.{plan_id}.generator").check().run()
    at = begun.checkbox(key=f"small.ask.{plan_id}.shelter").check().run()
    assert len(offered) > 1 and not set(offered) & set(plan_of(other_window).answers)
    at = at.button(key=f"small.{offered[0]}").click().run()
    first = plan_of(other_window).answers[offered[0]]
    assert first.state is AnswerState.NOT_APPLICABLE and first.reason
    at.button(key="small.all").click().run()
    answers = plan_of(other_window).answers
    assert all(answers[item].state is AnswerState.NOT_APPLICABLE for item in offered) and not at.exception


def test_a_table_is_written_row_by_row(begun: AppTest, other_window: Context) -> None:
    """The second way to a table: one row as fields."""
    plan = plan_of(other_window)
    at = begun.button(key="chapter.nd_ch0_cover").click().run()
    cell = field(plan, "nd_cover", "table") + ".0.cell.0.operator"
    at.text_area(key=cell).set_value("社会福祉法人 ためし会").run()
    assert plan_of(other_window).answers["nd_cover"].rows[0]["operator"] == "社会福祉法人 ためし会"


def editions(plan: ContinuityPlan) -> list[str]:
    """The first column of the table of versions."""
    return [row["edition"] for row in plan.answers["nd_version"].rows]


def test_rows_are_added_moved_removed_and_undone(begun: AppTest, other_window: Context) -> None:
    """Rows are added below, moved, removed one by one, and the last step can be taken back."""
    plan = plan_of(other_window)
    at = begun.button(key="chapter.nd_ch0_cover").click().run()
    table = field(plan, "nd_version", "table")
    at.segmented_control(key=f"{table}.way").set_value("rows").run()
    at.text_area(key=f"{table}.0.cell.0.edition").set_value("一つ目").run()
    at.button(key=f"{table}.go.new").click().run()
    at.text_area(key=f"{table}.0.cell.1.edition").set_value("二つ目").run()
    at.button(key=f"{table}.up.1").click().run()
    assert editions(plan_of(other_window)) == ["二つ目", "一つ目"]
    assert at.text_area(key=f"{table}.1.cell.0.edition").value == "二つ目"
    at.button(key=f"{table}.remove.0").click().run()
    assert editions(plan_of(other_window)) == ["一つ目"]
    at.button(key="undo.nd_version").click().run()
    assert editions(plan_of(other_window)) == ["二つ目", "一つ目"] and not at.exception


def test_a_pasted_table_is_shown_before_it_is_taken(begun: AppTest, other_window: Context) -> None:
    """A table copied from Excel is read by its headings, shown, and stored by the button only."""
    plan = plan_of(other_window)
    at = begun.button(key="chapter.nd_ch0_cover").click().run()
    table = field(plan, "nd_version", "table")
    at.segmented_control(key=f"{table}.way").set_value("paste").run()
    at.text_area(key=f"{table}.0.pasted").set_value('作成・改訂日\t版\n2026年4月1日\t"貼り付け\n第1版"').run()
    assert "nd_version" not in plan_of(other_window).answers
    at.button(key=f"{table}.paste.take").click().run()
    (row,) = plan_of(other_window).answers["nd_version"].rows
    assert (row["edition"], row["made_on"]) == ("貼り付け\n第1版", "2026年4月1日")


def test_a_copied_example_is_not_done(begun: AppTest, other_window: Context) -> None:
    """The example can be copied, stays marked as unread, and counts once it was changed."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    at.button(key=field(plan, POLICY, "copy")).click().run()
    copied = plan_of(other_window).answers[POLICY]
    assert copied.from_example and SAY["write.unread"] in [w.value for w in at.warning]
    at.text_area(key=field(plan, POLICY, "text", 1)).set_value("うちの施設では、職員の命も守る。").run()
    assert not plan_of(other_window).answers[POLICY].from_example
    assert not at.warning


def test_the_place_is_kept_for_each_person(begun: AppTest, other_window: Context) -> None:
    """The section opened last is kept in the store under the person's name, though nothing was written."""
    plan = plan_of(other_window)
    to_policy(begun)
    with other_window.open_store() as uow:
        (kept,) = uow.writing_places.list(plan_id=plan.id)
    assert kept.item_id == POLICY and plan_of(other_window).version == plan.version


def test_the_cover_is_the_facility_record(begun: AppTest, other_window: Context) -> None:
    """What the record says stands on the cover at once; what is written there goes into the record."""
    plan = plan_of(other_window)
    at = begun.button(key="chapter.nd_ch0_cover").click().run()
    cell = field(plan, "nd_cover", "table") + ".0.cell.0."
    assert at.text_area(key=f"{cell}facility_name").value == "ひだまり苑"
    at.text_area(key=f"{cell}phone").set_value("000-111-2222").run()
    with other_window.open_store() as uow:
        assert uow.facilities.need(plan.facility_id).phone == "000-111-2222"


def test_facility_staff_may_look_and_not_write(begun: AppTest, other_window: Context) -> None:
    """A role without the right to write is told so; nothing is stored."""
    plan = plan_of(other_window)
    at = to_policy(begun)
    at.sidebar.selectbox(key="actor_role").set_value("facility_staff").run()
    at.text_area(key=field(plan, POLICY, "text")).set_value("書けないはず").run()
    assert SAY["errors.A-001.what"] in at.error[0].value
    assert POLICY not in plan_of(other_window).answers


def _print_shelf(begun: AppTest) -> AppTest:
    """The shelf of a plan on which it is printed."""
    begun.session_state[SHELF] = "print"
    return begun.run()


@pytest.mark.parametrize(("paper", "ending"), [("docx", ".docx"), ("xlsx", ".xlsx"), ("blank", ".pdf")])
def test_a_plan_is_written_in_the_format_chosen(begun: AppTest, paper: str, ending: str) -> None:
    """The shelf for printing offers PDF, Word, Excel and a blank form; what was made can be saved."""
    at = _print_shelf(begun)
    at.segmented_control(key="bcp.print.format").set_value(PaperFormat(paper)).run()
    at.button(key="bcp.print").click().run()
    assert not at.exception
    (save,) = (each for each in at.get("download_button") if each.proto.id.endswith("bcp.print.save"))
    assert save.proto.label == SAY[f"paper.page.save.{paper}"]
    assert any(each.value.replace("\\", "").endswith(ending) for each in at.caption)


def test_another_edition_forgets_the_last_print(begun: AppTest) -> None:
    """What was printed with names is not offered any more once the edition without names is chosen."""
    at = _print_shelf(begun)
    at.button(key="bcp.print").click().run()
    assert [each for each in at.get("download_button") if each.proto.id.endswith("bcp.print.save")]
    at.checkbox(key="bcp.without_personal").check().run()
    assert not [each for each in at.get("download_button") if each.proto.id.endswith("bcp.print.save")]
