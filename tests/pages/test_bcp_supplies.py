"""The calculator on the page of a plan: figures at a glance, own figures, what the plan takes over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.sample_plans import load_sample_plans
from bcp_kit.services.store import StoreSettings, open_store
from bcp_kit.services.supplies import read_supplies

OpenApp = Callable[..., AppTest]
ND = PlanKind.NATURAL_DISASTER


@pytest.fixture
def manager(tmp_path: Path) -> tuple[Context, str]:
    """The manager of a sample day service with little water, and the id of its plan."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="管理者", role=Role.FACILITY_MANAGER), open_store=handle.open)
    plan_id = load_sample_plans(ctx, ServiceCategory.CARE_DAY).plans[ND].id
    save_answers(ctx, plan_id, {"nd_drinking_water": Answer(number=102)})
    return ctx, plan_id


def shelf(at: AppTest) -> AppTest:
    """Open the plan and its shelf of calculations."""
    at.button(key="plan.resume.natural_disaster").click().run()
    at.session_state["bcp.place"] = None
    at.session_state["bcp.shelf"] = "stock"
    return at.run()


def test_a_manager_sees_what_runs_out_first(manager: tuple[Context, str], open_app: OpenApp) -> None:
    """34 people and 102 L: one day; 306 L for three days lack 204 L, 102 bottles of 200 yen."""
    assert manager
    at = shelf(open_app("facility_manager", "bcp"))
    assert not at.exception
    values = {metric.label: metric.value for metric in at.metric}
    assert any("飲料水" in label and value == "1.0日" for label, value in values.items())
    assert "20,400円" in values.values()


def test_own_figures_are_saved_on_the_page(manager: tuple[Context, str], open_app: OpenApp) -> None:
    """Two days in place of three are kept with the plan and counted with at once."""
    ctx, plan_id = manager
    at = shelf(open_app("facility_manager", "bcp"))
    at.number_input(key="supplies.days").set_value(2.0)
    next(b for b in at.button if b.label == "この数を使う").click().run()
    assert not at.exception
    assert read_supplies(ctx, plan_id).figures["days"] == 2


def test_a_proposal_goes_into_the_plan(manager: tuple[Context, str], open_app: OpenApp) -> None:
    """The counted toilets replace the written need; the other cells stay."""
    ctx, plan_id = manager
    before = read_content(ctx, plan_id).plan.answers["nd_toilet"].rows
    changed = tuple({**row, "needed_quantity": "10"} for row in before)
    save_answers(ctx, plan_id, {"nd_toilet": Answer(rows=changed)})
    at = shelf(open_app("facility_manager", "bcp"))
    at.button(key="supplies.take.nd_toilet").click().run()
    assert not at.exception
    rows = read_content(ctx, plan_id).plan.answers["nd_toilet"].rows
    assert [row["needed_quantity"] for row in rows] == ["360", "150", "75"]
    assert rows[0]["method"] == before[0]["method"]
