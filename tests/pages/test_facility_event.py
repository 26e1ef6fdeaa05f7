"""The page for the event: a roll call from the first name to the counts, a damage report that is saved."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.facility_event import DamageReport, SafetyCall
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.sample_plans import load_sample_plans
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")


@pytest.fixture
def manager(tmp_path: Path) -> Context:
    """The manager of an invented home on the store that the app opens."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="管理者", role=Role.FACILITY_MANAGER), open_store=handle.open)
    load_sample_plans(ctx, ServiceCategory.CARE_RESIDENTIAL)
    return ctx


def who(at: AppTest) -> str:
    """Return who is asked about."""
    return next(str(box.value) for box in at.selectbox if box.label == SAY["calls.page.who"])


def press(at: AppTest, label: str) -> AppTest:
    """Press the button of that label."""
    return next(b for b in at.button if b.label == label).click().run()


def test_a_roll_call_from_the_first_name(manager: Context, open_app: OpenApp) -> None:
    """Begin, answer for the first name: it is stored, counted, and the next name comes up by itself."""
    at = press(open_app("facility_manager", "facility_event"), SAY["calls.page.begin"])
    first = who(at)
    (call,) = stored_calls(manager)
    at.radio(key=f"call.{call.id}.{first}.0.safe").set_value("ok")
    at.radio(key=f"call.{call.id}.{first}.0.come").set_value("now")
    at = press(at, SAY["calls.page.save_next"])
    assert not at.exception
    (call,) = stored_calls(manager)
    assert [(r.staff_id, r.safe, r.can_come.value) for r in call.replies] == [(first, "ok", "now")]
    assert who(at) != first
    assert {m.label: m.value for m in at.metric}[SAY["calls.page.answered"]] == "1"


def test_an_unreadable_time_is_told(manager: Context, open_app: OpenApp) -> None:
    """A time that cannot be read is refused with what to type; nothing is stored."""
    at = press(open_app("facility_manager", "facility_event"), SAY["calls.page.begin"])
    (call,) = stored_calls(manager)
    first = who(at)
    at.text_input(key=f"call.{call.id}.{first}.0.when").set_value("そのうち")
    at = press(at, SAY["calls.page.save_next"])
    assert any("E-003" in e.value for e in at.error)
    assert not stored_calls(manager)[0].replies


def test_staff_do_not_see_the_roll_call(manager: Context, open_app: OpenApp) -> None:
    """A member of staff gets a sentence in place of names."""
    at = open_app("facility_staff", "facility_event")
    assert [i.value for i in at.info] == [SAY["calls.page.no_staff_right"]]


def test_a_damage_report_is_saved(manager: Context, open_app: OpenApp) -> None:
    """Begin a report, say that the power is out: it is stored; the second report shows what changed."""
    at = open_app("facility_manager", "facility_event", **{"event.tab": "damage"})
    event = next(t for t in at.text_input if t.label == SAY["damage.column.event"])
    event.set_value("見本地震")
    at = press(at, SAY["damage.page.begin"])
    (report,) = stored_reports(manager)
    at.radio(key=f"damage.{report.id}.power").set_value("out")
    buttons = [b for b in at.button if b.label == SAY["damage.page.save"]]
    at = buttons[4].click().run()
    assert not at.exception
    (report,) = stored_reports(manager)
    assert (report.number, report.values["power"]) == (1, "out")


def stored_calls(ctx: Context) -> list[SafetyCall]:
    """All roll calls of the store."""
    with ctx.open_store() as uow:
        return uow.safety_calls.list()


def stored_reports(ctx: Context) -> list[DamageReport]:
    """All damage reports of the store."""
    with ctx.open_store() as uow:
        return uow.damage_reports.list()
