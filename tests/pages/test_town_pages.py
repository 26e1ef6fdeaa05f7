"""The pages of the municipality, and staff cover, over the invented town."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, default_scenarios, run_cover
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.plans_print import Edition
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
OFFICER = "disaster_officer"
ALL_PAGES = (
    ("bcp", "facility_manager"),
    ("cover", "facility_manager"),
    ("register", OFFICER),
    ("shelters", OFFICER),
    ("shelter_status", OFFICER),
    ("map_data", OFFICER),
    ("matching", OFFICER),
    ("plans", OFFICER),
    ("plan_upkeep", OFFICER),
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Context]:
    """An officer's context over the store of the app, with the invented town in it."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    load_world(ctx, "town", work_dir=tmp_path)
    yield ctx
    handle.close()


def match_town(ctx: Context) -> None:
    """Match the town for an earthquake, in this process."""
    match(ctx, MatchCommand(hazard=HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0))


def shown(at: AppTest) -> str:
    """Everything that a page says, joined."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.text, at.info, at.warning)
    words = [str(part.value) for kind in (*kinds, at.success, at.error) for part in kind]
    words += [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    words += [part.label for part in at.expander]
    return "\n".join(words)


def person_id(ctx: Context, number: str) -> str:
    """The id of a person of the town by register number."""
    with ctx.open_store() as uow:
        (person,) = uow.people.list(register_no=number)
        return person.id


@pytest.mark.parametrize(("page", "role"), ALL_PAGES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_page_opens_in_both_languages(
    town: Context, open_app: OpenApp, page: str, role: str, language: str
) -> None:
    """Each page opens over the town in Japanese and in English, without a failure."""
    at = open_app(role, page, language=language)
    assert not at.exception and not at.error
    assert at.title[0].value == messages(language)[f"pages.{page}.title"]


@pytest.mark.parametrize(("page", "role"), [("register", "facility_manager"), ("cover", "auditor")])
def test_a_hidden_page_is_denied_too(town: Context, open_app: OpenApp, page: str, role: str) -> None:
    """Opening a page that the role may not see tells so and shows no record (AC-2)."""
    at = open_app(role, page)
    assert SAY["errors.A-001.what"] in shown(at)
    assert not at.table


def test_a_record_is_shown_and_looked_at_once(town: Context, open_app: OpenApp) -> None:
    """Needs, consents and supporters stand on the page; redrawing it is not a second look."""
    at = open_app(OFFICER, "register")
    chosen = person_id(town, "00101")
    at.selectbox(key="register.chosen").set_value(chosen).run()
    at.run()
    said = shown(at)
    assert "人工呼吸器" in said and "古城" in said and "同意あり" in said
    with town.open_store() as uow:
        looks = [e for e in uow.audit.entries() if e.action == "read" and e.subject_id == chosen]
    assert len(looks) == 1


def test_a_protected_address_is_not_shown(town: Context, open_app: OpenApp) -> None:
    """The record of a person whose address is protected does not say where the person lives."""
    chosen = person_id(town, "00102")
    with town.open_store() as uow:
        person = uow.people.need(chosen)
        uow.people.save(person.model_copy(update={"protected_address": True}))
        uow.commit()
    at = open_app(OFFICER, "register")
    at.selectbox(key="register.chosen").set_value(chosen).run()
    assert person.address not in shown(at)
    assert not any(person.address in option for option in at.selectbox(key="register.chosen").options)
    assert SAY["pages.register.protected"] in shown(at)


def test_matching_names_who_is_left_and_why(town: Context, open_app: OpenApp) -> None:
    """The page computes destinations, and says for each person left over what stands in the way."""
    at = open_app(OFFICER, "matching")
    at.button(key="matching.run").click().run()
    if "job.match" in at.session_state:
        at.session_state["job.match"].thread.join(timeout=120)
    at.run()
    view = at.session_state["matching.view"]
    left = (*view.unplaced, *view.waiting)
    assert left and not at.error
    said = shown(at)
    for line in left:
        assert line.person.name.replace(" ", "") in said.replace(" ", "").replace("\\", "")
        assert line.placement.reasons
    assert "・" in said


def test_a_copy_that_may_not_be_given_says_why(town: Context, open_app: OpenApp) -> None:
    """For a person without all consents the supporters' copy cannot be made, and the reason stands there."""
    match_town(town)
    draft_plans(town, _run_ids(town))
    at = open_app(OFFICER, "plans")
    refused = 0
    for chosen in at.selectbox(key="plans.chosen").options:
        at.selectbox(key="plans.chosen").select(chosen).run()
        view = at.session_state["plans.shown"]
        if view.plan is None or view.may_share.allowed:
            continue
        refused += 1
        assert SAY[view.may_share.reason] in shown(at)
        at.radio(key="plans.edition").set_value(Edition.SUPPORTER).run()
        assert at.button(key="plans.preview").disabled
    assert refused


def _run_ids(ctx: Context) -> list[str]:
    with ctx.open_store() as uow:
        return uow.matching_runs.ids()


def test_what_is_added_to_a_plan_is_saved_at_once(town: Context, open_app: OpenApp) -> None:
    """A field of the plan is stored when it is left, and stands there at the next visit."""
    match_town(town)
    draft_plans(town, _run_ids(town))
    chosen = person_id(town, "00102")
    at = open_app(OFFICER, "plans")
    at.selectbox(key="plans.chosen").set_value(chosen).run()
    plan = at.session_state["plans.shown"].plan
    at.selectbox(key="plan.section").set_value(7).run()
    at.text_area(key=f"plan.{plan.id}.{plan.version}.route_text").set_value("橋を渡らず、東の道を行く").run()
    with town.open_store() as uow:
        stored = uow.evacuation_plans.need(plan.id)
    assert stored.answers["route_text"] == "橋を渡らず、東の道を行く"
    key = f"plan.{plan.id}.{stored.version}.route_text"
    assert at.text_area(key=key).value == "橋を渡らず、東の道を行く"


def test_cover_shows_days_operations_and_places(town: Context, open_app: OpenApp) -> None:
    """A stored run stands on the page with who comes, what goes on, the roster and the places."""
    manager = Context(
        actor=Actor(name="試験", role=Role.FACILITY_MANAGER), open_store=town.open_store, clock=town.clock
    )
    with town.open_store() as uow:
        (facility,) = uow.facilities.list()
    scenario = default_scenarios(manager)[0].model_copy(update={"days": 2, "id": "two_days"})
    run_cover(manager, CoverCommand((facility.id,), scenario, work_limit=1.0, own_process=False))
    at = open_app("facility_manager", "cover")
    for room in ("days", "board", "operations", "capacity", "uncovered", "papers", "history", "staff"):
        at.segmented_control(key="cover.room").set_value(room).run()
        assert not at.exception
        title = {"days": "who_comes", "board": "roster"}.get(room, room)
        if room not in ("papers", "staff"):
            assert SAY.get(f"cover.cli.{title}", SAY[f"rosters.room.{room}"]) in shown(at)


def test_steps_follow_the_work_done(town: Context, open_app: OpenApp) -> None:
    """The start page offers the first thing that is not done yet."""
    at = open_app(OFFICER)
    assert SAY["pages.start.steps.register_done"].format(count=12) in shown(at)
    at.button(key="go.matching").click().run()
    assert at.title[0].value == SAY["pages.matching.title"]
