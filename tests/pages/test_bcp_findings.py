"""The findings on the page of a plan: one click to the field, set aside with a reason, brought back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.messages import messages
from bcp_kit.pages.parts.bcp_places import PLACE, PLAN
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.bcp_check import check_facility
from bcp_kit.services.sample_plans import load_sample_plans
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")


@pytest.fixture
def manager(tmp_path: Path) -> Context:
    """The manager of a sample day centre in whose plan a mark of the template is left."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="管理者", role=Role.FACILITY_MANAGER), open_store=handle.open)
    plans = load_sample_plans(ctx, ServiceCategory.DIS_DAY).plans
    marked = Answer(text="○○の会に出ている。連絡は管理者が受ける。")
    save_answers(ctx, plans[PlanKind.NATURAL_DISASTER].id, {"nd_network": marked})
    return ctx


def shelf(at: AppTest) -> AppTest:
    """Open the plan and its shelf of checks."""
    at.button(key="plan.resume.natural_disaster").click().run()
    at.session_state["bcp.place"] = None
    at.session_state["bcp.shelf"] = "check"
    return at.run()


def test_a_finding_leads_to_its_field(manager: Context, open_app: OpenApp) -> None:
    """The button beside a finding opens the item that it is about."""
    (finding,) = check_facility(manager, "sample-dd").findings
    at = shelf(open_app("facility_manager", "bcp"))
    assert any("○○" in m.value for m in at.markdown)
    at.button(key=f"finding.{finding.key}").click().run()
    assert at.session_state[PLACE].item_id == "nd_network"
    assert at.session_state[PLAN]
    assert not at.exception


def test_a_finding_is_set_aside_on_the_page(manager: Context, open_app: OpenApp) -> None:
    """With a reason it leaves the list and stands below with name and reason; one click brings it back."""
    (finding,) = check_facility(manager, "sample-dd").findings
    at = shelf(open_app("facility_manager", "bcp"))
    at.button(key=f"reason.save.{finding.key}").click().run()
    assert SAY["errors.B-051.what"] in at.error[0].value
    at.text_input(key=f"reason.{finding.key}").set_value("会の正式な名前が○○である").run()
    at.button(key=f"reason.save.{finding.key}").click().run()
    assert check_facility(manager, "sample-dd").findings == ()
    assert any("正式な名前" in c.value for c in at.caption)
    at.button(key=f"back.{finding.key}").click().run()
    assert len(check_facility(manager, "sample-dd").findings) == 1
    assert not at.exception
