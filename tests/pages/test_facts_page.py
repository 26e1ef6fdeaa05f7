"""The page of the facts of a site: enter once, see what follows, confirm, undo, conflict."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from bcp_kit.services.site_facts import FactsView, read_facts, save_fact_table
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
CONTACTS = "contacts"


@pytest.fixture
def other_window(tmp_path: Path) -> Context:
    """A second person on the same store."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    return Context(actor=Actor(name="もう一人", role=Role.FACILITY_MANAGER), open_store=handle.open)


@pytest.fixture
def sample(other_window: Context) -> SamplePlans:
    """A day service with both plans written."""
    return load_sample_plans(other_window, ServiceCategory.CARE_DAY)


def facts_of(ctx: Context, sample: SamplePlans) -> FactsView:
    """The facts as stored."""
    return read_facts(ctx, sample.facility.id)


def open_facts(open_app: OpenApp, table: str) -> AppTest:
    """The page with one table on screen."""
    return open_app("facility_manager", "bcp", **{"bcp.facts": table})


def cell(sample: SamplePlans, table: str, column: str, row: int = 0, fresh: int = 0) -> str:
    """The key of a cell's field."""
    return f"facts.{sample.facility.id}.{table}.{fresh}.0.cell.{row}.{column}"


def test_a_changed_number_names_the_plans_that_follow(
    open_app: OpenApp, sample: SamplePlans, other_window: Context
) -> None:
    """A phone number changed here is stored once, and the page names the documents that show it."""
    at = open_facts(open_app, CONTACTS)
    at.text_area(key=cell(sample, CONTACTS, "contact")).set_value("0000-99-1234").run()
    assert facts_of(other_window, sample).facts.tables[CONTACTS][0].cells["contact"] == "0000-99-1234"
    follow = SAY["write.facts.follow"].split("{")[0]
    assert any(s.value.startswith(follow) for s in at.success) and not at.exception


def test_a_change_is_taken_back(open_app: OpenApp, sample: SamplePlans, other_window: Context) -> None:
    """Undo puts the rows back that stood before."""
    before = facts_of(other_window, sample).facts.tables[CONTACTS][0].cells
    at = open_facts(open_app, CONTACTS)
    at.text_area(key=cell(sample, CONTACTS, "contact")).set_value("0000-99-1234").run()
    at.button(key="facts.undo").click().run()
    assert facts_of(other_window, sample).facts.tables[CONTACTS][0].cells == before
    assert at.text_area(key=cell(sample, CONTACTS, "contact", fresh=1)).value == before["contact"]


def test_one_click_confirms_a_table(open_app: OpenApp, sample: SamplePlans, other_window: Context) -> None:
    """After the click every row of the table was made sure of today."""
    at = open_facts(open_app, CONTACTS)
    at.button(key=f"facts.confirm.{CONTACTS}").click().run()
    rows = facts_of(other_window, sample).facts.tables[CONTACTS]
    assert rows and all(row.confirmed_on == other_window.today() for row in rows)
    assert not at.exception


def test_each_row_tells_where_it_is_used(open_app: OpenApp, sample: SamplePlans) -> None:
    """A chosen row lists the plans and fields that show it."""
    at = open_facts(open_app, CONTACTS)
    box = at.selectbox(key=f"facts.uses.{CONTACTS}")
    box.set_value(box.options[0]).run()
    assert not at.exception
    assert any(b.key.startswith("facts.use.") for b in at.button if b.key)


def test_two_windows_on_one_table_show_what_differs(
    open_app: OpenApp, sample: SamplePlans, other_window: Context
) -> None:
    """The second to save sees both states and chooses; nothing is overwritten unseen."""
    at = open_facts(open_app, CONTACTS)
    rows = [dict(row.cells) for row in facts_of(other_window, sample).facts.tables[CONTACTS]]
    rows[0]["contact"] = "0000-11-1111"
    save_fact_table(other_window, sample.facility.id, CONTACTS, rows)
    at.text_area(key=cell(sample, CONTACTS, "contact")).set_value("0000-22-2222").run()
    assert any(w.value == SAY["write.facts.conflict"] for w in at.warning)
    assert facts_of(other_window, sample).facts.tables[CONTACTS][0].cells["contact"] == "0000-11-1111"
    at.button(key="facts.conflict.mine").click().run()
    assert facts_of(other_window, sample).facts.tables[CONTACTS][0].cells["contact"] == "0000-22-2222"


def test_another_table_of_a_second_window_is_no_conflict(
    open_app: OpenApp, sample: SamplePlans, other_window: Context
) -> None:
    """A second person who wrote into a plan meanwhile stops nobody here."""
    at = open_facts(open_app, CONTACTS)
    plan = next(iter(sample.plans.values()))
    words = Answer(state=AnswerState.ANSWERED, text="別の人の文")
    save_answers(other_window, plan.id, {"nd_basic_policy": words})
    at.text_area(key=cell(sample, CONTACTS, "contact")).set_value("0000-33-3333").run()
    assert facts_of(other_window, sample).facts.tables[CONTACTS][0].cells["contact"] == "0000-33-3333"
    assert not any(w.value == SAY["write.facts.conflict"] for w in at.warning)
