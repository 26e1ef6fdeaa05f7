"""The pages of destinations: facts confirmed one by one, two windows, several places, rooms, the board."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_status import OpenState
from bcp_kit.domain.shelters import ConfirmedHow, Space, SpaceKind
from bcp_kit.forms.messages import messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_read import read_run, what_to_confirm_first
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.shelter_status import begin_event, board, history
from bcp_kit.services.shelters import HowConfirmed, confirm_facts, read_shelter, save_spaces
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
OFFICER = "disaster_officer"
VISIT = HowConfirmed(ConfirmedHow.VISIT)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Context]:
    """An officer's context over the store of the app, with the invented town in it."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    load_world(ctx, "town", work_dir=tmp_path)
    yield ctx
    handle.close()


def shown(at: AppTest) -> str:
    """Everything that a page says, joined."""
    kinds = (at.title, at.header, at.subheader, at.markdown, at.caption, at.text, at.info, at.warning)
    return "\n".join(str(part.value) for kind in (*kinds, at.success, at.error) for part in kind)


def open_place(open_app: OpenApp, shelter_id: str, group: str = "space", **state: object) -> AppTest:
    """Open one destination on the page, in one of its groups."""
    keys = {"shelters.chosen": shelter_id, "shelters.group": group}
    return open_app(OFFICER, "shelters", **keys, **state)


def test_a_fact_is_confirmed_when_it_is_given(town: Context, open_app: OpenApp) -> None:
    """One number typed is stored at once, with who, when and how; the page says so."""
    at = open_place(open_app, "W001")
    at.selectbox(key="shelters.how").set_value(ConfirmedHow.VISIT).run()
    at.text_input(key="shelters.answered_by").set_value("施設長").run()
    at.number_input(key="shelter.W001.0.toilets").set_value(7).run()
    stored = read_shelter(town, "W001")
    said = stored.confirmations["toilets"]
    assert stored.toilets == 7 and stored.confirmed_on == town.today()
    assert (said.how, said.answered_by, said.on) == (ConfirmedHow.VISIT, "施設長", town.today())
    assert "確認済み" in shown(at) and "訪問（施設長）" in shown(at).replace("\\", "")


def test_one_press_confirms_what_is_there(town: Context, open_app: OpenApp) -> None:
    """A listed value that is still right is confirmed with one button, unchanged."""
    before = read_shelter(town, "W002")
    at = open_place(open_app, "W002")
    at.button(key="shelter.W002.0.area_m2.keep").click().run()
    after = read_shelter(town, "W002")
    assert after.area_m2 == before.area_m2 and after.confirmations["area_m2"].on == town.today()


def test_two_windows_never_overwrite_each_other(town: Context, open_app: OpenApp) -> None:
    """The same fact saved elsewhere meanwhile shows both values; the officer chooses; others are kept."""
    at = open_place(open_app, "W001")
    elsewhere = read_shelter(town, "W001")
    confirm_facts(town, elsewhere, {"toilets": 9, "beds": 33}, VISIT)
    at.number_input(key="shelter.W001.0.toilets").set_value(8).run()
    said = shown(at)
    assert SAY["shelters.form.conflict"] in said
    assert text("shelters.form.mine", value="8") in said and text("shelters.form.stored", value="9") in said
    assert read_shelter(town, "W001").toilets == 9
    at.button(key="shelters.keep_mine").click().run()
    stored = read_shelter(town, "W001")
    assert (stored.toilets, stored.beds) == (8, 33)
    assert SAY["shelters.form.conflict"] not in shown(at)


def test_the_stored_value_can_be_kept(town: Context, open_app: OpenApp) -> None:
    """Choosing the stored value shows it in the field and stores nothing."""
    at = open_place(open_app, "W001")
    confirm_facts(town, read_shelter(town, "W001"), {"toilets": 9}, VISIT)
    at.number_input(key="shelter.W001.0.toilets").set_value(8).run()
    at.button(key="shelters.take").click().run()
    assert read_shelter(town, "W001").toilets == 9
    assert at.number_input(key="shelter.W001.1.toilets").value == 9


def test_every_group_opens(town: Context, open_app: OpenApp) -> None:
    """Each of the ten groups opens with its items and without a failure, one after the other."""
    at = open_place(open_app, "W002", "basics")
    seen = 1
    while not at.button(key="shelters.go.next").disabled:
        at.button(key="shelters.go.next").click().run()
        assert not at.exception and not at.error
        seen += 1
    assert seen == 10


def test_a_place_opens_in_english(town: Context, open_app: OpenApp) -> None:
    """The same screen speaks English where the session does."""
    at = open_place(open_app, "W002", "space", language="en")
    assert not at.exception and not at.error
    assert messages("en")["shelters.form.lead"] in shown(at)


def test_features_have_three_states(town: Context, open_app: OpenApp) -> None:
    """A feature is set to there, missing and unknown again; unknown is not no."""
    at = open_place(open_app, "W002", "features")
    key = "feature.wifi"
    for state in (Known.YES, Known.NO, Known.UNKNOWN):
        at.radio(key=f"shelter.W002.0.{key}").set_value(state).run()
        assert read_shelter(town, "W002").feature("wifi") is state
    assert key not in read_shelter(town, "W002").confirmations


def test_a_date_that_cannot_be_read_is_told(town: Context, open_app: OpenApp) -> None:
    """A wrong day is refused in words, the typed text stays, nothing is stored; the right one is."""
    at = open_place(open_app, "W001", "upkeep")
    field = at.text_input(key="shelter.W001.0.last_drill")
    field.set_value("去年の秋").run()
    assert SAY["errors.I-202.what"] in shown(at)
    assert at.text_input(key="shelter.W001.0.last_drill").value == "去年の秋"
    assert read_shelter(town, "W001").last_drill is None
    at.text_input(key="shelter.W001.0.last_drill").set_value("R7.11.9").run()
    stored = read_shelter(town, "W001").last_drill
    assert stored is not None and stored.isoformat() == "2025-11-09"


def test_an_old_fact_is_open_again(town: Context, open_app: OpenApp) -> None:
    """A fact confirmed long ago stands with "confirm again" and its button, among what is still open."""
    later = replace(VISIT, on=(datetime.now(tz=UTC) - timedelta(days=900)).date())
    place = read_shelter(town, "W002")
    confirm_facts(town, place, {"beds": 5}, later)
    at = open_place(open_app, "W002", **{"shelters.only_open": True})
    assert "要再確認" in shown(at)
    assert at.button(key="shelter.W002.0.beds.keep")


def test_several_places_are_confirmed_at_once(town: Context, open_app: OpenApp) -> None:
    """One fact of all shown places is recorded with one button."""
    at = open_app(OFFICER, "shelters")
    at.checkbox(key="shelters.bulk.all").check().run()
    at.selectbox(key="shelters.bulk.fact").set_value("feature.wifi").run()
    at.radio(key="shelters.bulk.same").set_value(False).run()
    at.radio(key="shelters.bulk.value.feature.wifi").set_value(Known.YES).run()
    at.button(key="shelters.bulk.save").click().run()
    assert not at.exception and not at.error
    with town.open_store() as uow:
        places = uow.shelters.list()
    assert all(p.feature("wifi") is Known.YES for p in places)
    assert text("shelters.bulk.done", count=len(places)) in shown(at)


def test_rooms_are_shown_against_the_whole(town: Context, open_app: OpenApp) -> None:
    """Rooms whose sum is off are told, and so is which room is dry in a flood."""
    gym = Space(name="作業室", kind=SpaceKind.HALL, floor=1, area_m2=200, capacity_people=20)
    high = Space(name="2階会議室", kind=SpaceKind.HALL, floor=2, area_m2=40, capacity_people=6)
    save_spaces(town, read_shelter(town, "W002"), (gym, high), VISIT)
    at = open_place(open_app, "W002")
    said = shown(at)
    assert "部屋の合計は240" in said and "部屋の合計：240m2、26人（2か所）" in said
    assert "使える部屋：2階会議室" in said


def test_the_guess_leads_to_its_field(town: Context, open_app: OpenApp) -> None:
    """The address that the list of guesses opens shows that fact first, with how many depend on it."""
    match(town, MatchCommand(hazard=HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0))
    first = what_to_confirm_first(read_run(town))[0]
    at = open_app(OFFICER)
    at.query_params["shelter"] = first.shelter.id
    at.query_params["fact"] = first.fact_key
    at.switch_page("bcp_kit/pages/shelters.py").run()
    said = shown(at)
    assert not at.exception
    assert SAY["shelters.form.focus"] in said
    assert text("shelters.form.focus_people", count=first.people) in said


def test_every_guess_of_the_matching_has_a_field(town: Context) -> None:
    """Whatever the matching guesses can be confirmed on the screen."""
    from bcp_kit.forms.shelter_form import asked_facts  # noqa: PLC0415

    for hazard in (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD, HazardKind.LANDSLIDE):
        match(town, MatchCommand(hazard=hazard, own_process=False, work_limit=1.0))
        for item in what_to_confirm_first(read_run(town, hazard=hazard)):
            assert item.fact_key in asked_facts(), item.fact


def test_the_board_takes_one_click_a_place(town: Context, open_app: OpenApp) -> None:
    """After an event is begun, one button reports a place; the board says when and by whom."""
    at = open_app(OFFICER, "shelter_status")
    assert SAY["shelters.board.none"] in shown(at)
    begin_event(town, "台風 架空号")
    at.run()
    at.button(key="status.W001.open").click().run()
    at.text_input(key="status.reason.W002").set_value("停電").run()
    at.button(key="status.W002.closed").click().run()
    states = {line.shelter.id: line.entry.state for line in board(town).lines if line.entry}
    assert states == {"W001": OpenState.OPEN, "W002": OpenState.CLOSED}
    assert history(town, "W002").entries[0].reason == "停電"
    assert "停電" in shown(at) and not at.exception


def test_the_event_is_begun_and_ended_on_the_page(town: Context, open_app: OpenApp) -> None:
    """An event without a name is refused in words; with one it begins; its end asks again."""
    at = open_app(OFFICER, "shelter_status")
    at.button[0].click().run()
    assert SAY["errors.U-004.what"] in shown(at)
    at.text_input[0].set_value("地震")
    at.button[0].click().run()
    assert board(town).event is not None
    at.button(key="status.end").click().run()
    at.button(key="status.end_yes").click().run()
    assert board(town).event is None
    assert "地震" in shown(at)
