"""Bad input through the services: long texts, long tables, markup, formulas, 外字, two people at once."""

from collections.abc import Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.forms.completeness import Fault
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import read_plan, save_answer, save_answers, start_plan
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.fact_import import accept_facts, export_facts, preview_facts
from bcp_kit.services.site_facts import FactChange, read_facts, save_fact
from bcp_kit.services.store import Conflict
from tests.bcp.conftest import HOME_ID

LONG = "避難のときは声をかける。" * 1667
NASTY = (
    "<script>alert('x')</script><b>太字</b>&amp;",
    '=HYPERLINK("http://example.invalid","x")',
    "+81-3-0000-0000",
    "@SUM(A1:A9)",
    "𠮷田﨑子 髙橋 葛\U000e0100飾区",
    "\ue000外字",
    "a\tb\nc\r\nd",
    "{percent} {0} %s $x$ \\n",
    "@{people:x",
    "🏠👨‍👩‍👧",
)
Rows = tuple[Mapping[str, str], ...]


def _shown(ctx: Context, plan: ContinuityPlan, item_id: str) -> Answer:
    return read_content(ctx, plan.id).plan.answers[item_id]


def test_twenty_thousand_characters_are_kept_and_told(ctx: Context, plan: ContinuityPlan) -> None:
    """A text far beyond its limit is kept whole, stays open, and the sentence says why."""
    assert len(LONG) > 20_000
    saved = save_answers(ctx, plan.id, {"nd_basic_policy": Answer(text=LONG)})
    assert _shown(ctx, plan, "nd_basic_policy").text == LONG
    (progress,) = saved.items
    assert progress.fault is Fault.TOO_LONG
    assert text(progress.fault.message)


def test_twenty_thousand_characters_in_one_cell(ctx: Context, plan: ContinuityPlan) -> None:
    """In a bound table the cell is kept whole, in the plan, in the facts, and through an Excel file."""
    row = {"vendor": "見本電設", "contact": "03-1", "work": LONG}
    save_answers(ctx, plan.id, {"nd_vendors": Answer(rows=(row,))})
    assert _shown(ctx, plan, "nd_vendors").rows == (row,)
    back = preview_facts(ctx, HOME_ID, export_facts(ctx, HOME_ID).content, "facts.xlsx")
    (line,) = next(sheet for sheet in back.sheets if sheet.table.id == "contacts").lines
    assert line.line.cells["cooperation"] == LONG


def test_five_hundred_rows_keep_their_order(ctx: Context, plan: ContinuityPlan) -> None:
    """500 rows read back as written; one changed in the middle stays where it was, and so do all others."""
    rows = [{"article": f"品{number:03d}", "quantity": f"{number}個"} for number in range(500)]
    save_answers(ctx, plan.id, {"nd_stock_equipment": Answer(rows=tuple(rows))})
    assert list(_shown(ctx, plan, "nd_stock_equipment").rows) == rows
    rows[250] = {"article": "別の品", "quantity": "250個"}
    del rows[10]
    saved = save_answers(ctx, plan.id, {"nd_stock_equipment": Answer(rows=tuple(rows))})
    assert list(_shown(ctx, plan, "nd_stock_equipment").rows) == rows
    assert len(read_facts(ctx, HOME_ID).facts.tables["stock"]) == 499
    assert saved.kept == ()


@pytest.mark.parametrize("nasty", NASTY)
def test_markup_formulas_and_rare_characters_are_text(ctx: Context, plan: ContinuityPlan, nasty: str) -> None:
    """Nothing is run, turned or dropped: in texts, in bound tables, in facts, on the cover."""
    row = {"vendor": nasty, "contact": nasty, "work": nasty}
    save_answers(
        ctx,
        plan.id,
        {"nd_basic_policy": Answer(text=nasty), "nd_vendors": Answer(rows=(row,))},
    )
    assert _shown(ctx, plan, "nd_basic_policy").text == nasty
    assert _shown(ctx, plan, "nd_vendors").rows == (row,)
    (fact,) = read_facts(ctx, HOME_ID).facts.tables["contacts"]
    assert (fact.cells["name"], fact.cells["contact"]) == (nasty, nasty)
    save_answers(ctx, plan.id, {"nd_cover": Answer(rows=({"representative": nasty},))})
    with ctx.open_store() as uow:
        assert uow.facilities.need(HOME_ID).representative == nasty


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_text_that_a_keyboard_gives_is_kept(ctx: Context, plan: ContinuityPlan, words: str) -> None:
    """Whatever the characters: the stored answer is the typed one."""
    save_answers(ctx, plan.id, {"nd_basic_policy": Answer(text=words)})
    shown = read_content(ctx, plan.id).plan.answers.get("nd_basic_policy", Answer())
    assert shown.text == words


def test_two_people_on_one_section_lose_nothing(ctx: Context, plan: ContinuityPlan) -> None:
    """The second of two who saw one version is told, gets both values, and can save onto the newer one."""
    seen = plan.version
    save_answer(ctx, plan.id, "nd_basic_policy", Answer(text="一人目"), seen)
    with pytest.raises(Conflict) as caught:
        save_answer(ctx, plan.id, "nd_basic_policy", Answer(text="二人目"), seen)
    conflict = caught.value
    assert conflict.stored is not None
    mine, theirs = (each.answers["nd_basic_policy"].text for each in (conflict.mine, conflict.stored))
    assert (mine, theirs) == ("二人目", "一人目")
    assert text(f"errors.{conflict.code.value}.remedy")
    save_answer(ctx, plan.id, "nd_basic_policy", Answer(text=mine), conflict.stored.version)
    assert _shown(ctx, plan, "nd_basic_policy").text == "二人目"


def test_a_fact_changed_while_a_plan_is_open_is_told(ctx: Context, plan: ContinuityPlan) -> None:
    """A change on the page of facts or in the facility record counts as a change of the plan."""
    seen = read_plan(ctx, plan.id).plan.version
    save_fact(ctx, HOME_ID, FactChange("contacts", {"kind": "vendor", "name": "見本電設"}))
    with pytest.raises(Conflict):
        save_answer(ctx, plan.id, "nd_basic_policy", Answer(text="x"), seen)
    seen = read_plan(ctx, plan.id).plan.version
    with ctx.open_store() as uow:
        home = uow.facilities.need(HOME_ID)
        uow.facilities.save(home.model_copy(update={"phone": "000-5"}))
        uow.commit()
    with pytest.raises(Conflict):
        save_answer(ctx, plan.id, "nd_cover", Answer(rows=({"phone": "000-6"},)), seen)


def test_a_failure_in_the_midst_stores_nothing(ctx: Context, plan: ContinuityPlan) -> None:
    """Plan, facts and facility record change together or not at all."""
    infection = start_plan(ctx, HOME_ID, PlanKind.INFECTION)
    broken = {
        "if_prep_ppe": Answer(rows=({"article": "マスク", "quantity": "9枚"},)),
        "if_cover": Answer(rows=({"phone": "000-9"},)),
    }

    def no_id() -> str:
        raise RuntimeError("power cut")

    object.__setattr__(ctx, "new_id", no_id)
    with pytest.raises(RuntimeError):
        save_answers(ctx, infection.id, broken)
    shown = read_content(ctx, infection.id)
    assert shown.plan.answers.get("if_prep_ppe", Answer()).state is AnswerState.OPEN
    assert shown.facility.phone == "000-000-0000"


def test_a_file_with_nasty_cells_comes_over_as_text(ctx: Context, plan: ContinuityPlan) -> None:
    """Formulas, markup and 外字 in a file become cells of text."""
    for nasty in NASTY:
        save_fact(ctx, HOME_ID, FactChange("vehicles", {"vehicle": f"車{nasty}", "note": nasty}))
    before = {row.cells["vehicle"] for row in read_facts(ctx, HOME_ID).facts.tables["vehicles"]}
    written = export_facts(ctx, HOME_ID)
    preview = preview_facts(ctx, HOME_ID, written.content, "facts.xlsx")
    lines = next(sheet for sheet in preview.sheets if sheet.table.id == "vehicles").lines
    assert len(lines) == len(before) == len(NASTY)
    if any(line.state.value != "same" for line in lines):
        accept_facts(ctx, preview)
    after = {row.cells["vehicle"] for row in read_facts(ctx, HOME_ID).facts.tables["vehicles"]}
    assert before <= after
