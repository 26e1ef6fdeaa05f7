"""The rooms of one plan on its page: sections, consent and signature, steps and work; settings."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.consent import ConsentAnswer
from bcp_kit.domain.plan_answers import AnswerSource
from bcp_kit.forms.plan_form import named_form, standard_form
from bcp_kit.services.base import Context
from bcp_kit.services.plan_fields import plan_sheet
from bcp_kit.services.plan_forms import choose_form
from bcp_kit.services.plan_steps import read_steps
from bcp_kit.services.plans import draft_plans, read_plan
from bcp_kit.services.register import person_by_number
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
OFFICER = "disaster_officer"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Context]:
    """The invented town with drafts that nobody matched, in the store of the app."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    load_world(ctx, "town", work_dir=tmp_path)
    draft_plans(ctx, ())
    yield ctx
    handle.close()


def _sound(at: AppTest) -> AppTest:
    """The page without a message of failure."""
    assert not at.exception
    assert not [part.value for part in at.error]
    return at


def _open(town: Context, open_app: OpenApp, number: str) -> tuple[AppTest, str]:
    person_id = person_by_number(town, number).id
    at = open_app(OFFICER, "plans")
    return _sound(at.selectbox(key="plans.chosen").set_value(person_id).run()), person_id


def test_every_section_shows_its_row_numbers_and_keeps_who_said_it(town: Context, open_app: OpenApp) -> None:
    """Section by section nothing fails; an answer is kept with its source; the town's form is followed."""
    at, person_id = _open(town, open_app, "00102")
    at.selectbox(key="plan.source").set_value(AnswerSource.FAMILY).run()
    for number, section in enumerate(standard_form().sections):
        _sound(at.selectbox(key="plan.section").set_value(number).run())
        row = section.fields[0].row
        labels = [
            w.label for kind in (at.selectbox, at.text_input, at.text_area, at.multiselect) for w in kind
        ]
        labels += [m.value.strip("*") for m in at.markdown]
        assert any(label.startswith(f"{row}　") for label in labels), section.id
        if section.id == "considerations":
            assert "P-CEP" in "".join(caption.value for caption in at.caption)
    at.selectbox(key="plan.section").set_value(3).run()
    plan = read_plan(town, person_id).plan
    assert plan is not None
    _sound(at.text_area(key=f"plan.{plan.id}.{plan.version}.pets").set_value("小型犬").run())
    state = plan_sheet(town, person_id).state("pets")
    assert state.value.text == "小型犬"
    assert state.origin is not None
    assert state.origin.source is AnswerSource.FAMILY
    choose_form(town, "umibe_town")
    at, _ = _open(town, open_app, "00102")
    assert len(at.selectbox(key="plan.section").options) == len(named_form("umibe_town").sections)


def test_consent_signature_steps_and_settings_are_kept(town: Context, open_app: OpenApp) -> None:
    """A consent opens the way to a plan, a proxy signs, step and work are recorded, work can be claimed."""
    at, refused = _open(town, open_app, "00108")
    at.radio(key="plan.answer").set_value(ConsentAnswer.GIVEN).run()
    _sound(at.button(key="plan.keep_consent").click().run())
    assert read_plan(town, refused).may_have_plan.allowed
    at, person_id = _open(town, open_app, "00102")
    at.segmented_control(key="plan.room").set_value("agree").run()
    at.text_input(key="plan.sign_name").set_value("山﨑 花").run()
    at.checkbox(key="plan.sign_proxy").check().run()
    at.text_input(key="plan.sign_relation").set_value("長女").run()
    at.text_input(key="plan.sign_reason").set_value("字が書けない").run()
    _sound(at.button(key="plan.sign").click().run())
    plan = read_plan(town, person_id).plan
    assert plan is not None
    assert plan.signature is not None
    assert plan.signature.proxy is not None
    _sound(at.segmented_control(key="plan.room").set_value("making").run())
    _sound(at.button(key="plan.keep_step").click().run())
    assert read_steps(town, person_id)[0].done
    at.text_input(key="plan.effort_office").set_value("ひまわり居宅").run()
    at.checkbox(key="plan.effort_finished").check().run()
    _sound(at.button(key="plan.keep_effort").click().run())
    at = open_app(OFFICER, "plans")
    at.session_state["plans.tabs"] = "様式・謝礼・民生委員"
    _sound(at.run())
    assert any("ひまわり居宅" in str(table.value.to_numpy()) for table in at.table)
