"""What makes a plan the facility's own, on screen: items set aside, services joined, tables from Excel."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import AnswerState
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_plans
from bcp_kit.services.site_facts import read_facts
from bcp_kit.services.store import StoreSettings, open_store
from tests.bcp.test_fact_import import EVERYTHING

OpenApp = Callable[..., AppTest]


@pytest.fixture
def manager(tmp_path: Path) -> Context:
    """The manager on the same store as the page."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    return Context(actor=Actor(name="管理者", role=Role.FACILITY_MANAGER), open_store=handle.open)


@pytest.fixture
def begun(open_app: OpenApp, manager: Context) -> AppTest:
    """The overview of a home-visit office's plan; a day service of the same operator stands beside it."""
    with manager.open_store() as uow:
        for key, category in (("a", ServiceCategory.CARE_HOME_VISIT), ("b", ServiceCategory.CARE_DAY)):
            uow.facilities.add(
                Facility(
                    id=key, name=f"事業所{key}", operator="合同会社 見本", category=category, generator_w=0
                )
            )
        uow.commit()
    at = open_app("facility_manager", "bcp")
    at = at.selectbox(key="facility.pick").set_value("a").run()
    return at.button(key="plan.start.natural_disaster").click().run()


def test_items_are_set_aside_by_one_click_each(begun: AppTest, manager: Context) -> None:
    """The generator that the office lacks is set aside with its reason, the rest stays open."""
    at = begun.button(key="fit.close.nd_generator").click().run()
    (found,) = list_plans(manager)
    answer = found.plan.answers["nd_generator"]
    assert answer.state is AnswerState.NOT_APPLICABLE and "自家発電機" in answer.reason
    assert not at.exception and not at.error


def test_a_service_is_joined_and_taken_out(begun: AppTest, manager: Context) -> None:
    """One click joins the day service, one takes it out again."""
    at = begun.button(key="fit.service.b").click().run()
    assert list_plans(manager)[0].plan.also_covers == ("b",)
    at.button(key="fit.service.b").click().run()
    assert list_plans(manager)[0].plan.also_covers == ()


def test_a_file_is_shown_before_it_is_taken(begun: AppTest, manager: Context) -> None:
    """The sheets of the file are shown; their rows are stored by the button only."""
    at = begun.button(key="bcp.close").click().run()
    at = at.button(key="facts.open").click().run()
    at.file_uploader(key="facts.import.file").set_value(("今の計画.xlsx", EVERYTHING, "")).run()
    assert "stock" not in read_facts(manager, "a").facts.tables
    at.button(key="facts.import.take").click().run()
    assert len(read_facts(manager, "a").facts.tables["stock"]) == 3
    assert not at.exception and not at.error
