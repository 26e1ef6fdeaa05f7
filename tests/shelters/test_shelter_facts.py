"""Single facts of destinations: confirmed, grown old, changed in two windows, confirmed for several."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from shelter_makers import HOME, SCHOOL

from bcp_kit.access.policy import Actor, Role
from bcp_kit.catalogues.load import catalogue, source_titles
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_facts import fact_text, fact_value, with_facts
from bcp_kit.domain.shelters import ConfirmedHow, DestinationKind, Shelter
from bcp_kit.forms.schema import Requirement
from bcp_kit.forms.shelter_form import Sensitivity, asked_facts, shelter_form
from bcp_kit.forms.shelter_standing import FactState, fact_standing, months_after, shelter_standing
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.shelters import (
    HowConfirmed,
    SeveralConfirmed,
    ShelterQuery,
    confirm_facts,
    confirm_several,
    find_shelters,
    read_shelter,
)
from bcp_kit.storage.faults import Conflict

PHONE = HowConfirmed(ConfirmedHow.PHONE, answered_by="施設長")
TODAY = date(2026, 11, 23)


def test_the_form_asks_the_47_fields() -> None:
    """The form has exactly the fields of the catalogue, each with hint, source, mark and reason."""
    items = shelter_form().items
    assert [i.number for i in items] == list(range(1, 48))
    assert {i.id for i in items} == catalogue("shelter_fields").rows.keys()
    for item in items:
        assert item.hint_ja and source_titles(item.sources) and item.columns
        assert item.review_months > 0
        assert (item.required is Requirement.LAW) == bool(item.law_note_ja) or item.id == "designation"


def test_what_is_personal_is_not_asked_of_the_facility() -> None:
    """Pre-assigned people are personal data and stay out of the survey."""
    personal = [i.id for i in shelter_form().items if i.sensitivity is Sensitivity.PERSONAL]
    assert personal == ["pre_assigned"]
    assert not any(i.survey for i in shelter_form().items if i.sensitivity is Sensitivity.PERSONAL)


VALUES: dict[str, Any] = {
    "toilets": 7,
    "feature.elevator": Known.YES,
    "exposures.river_flood.depth_m": 1.5,
    "exposures.river_flood.special": True,
    "exposures.tsunami.in_zone": Known.NO,
    "staff_by_type.nurse": 2,
    "accepts": ("elderly", "care_level_3"),
    "designated_on": date(2024, 4, 1),
    "phone_night": "0000-00-0001",
    "location.latitude": 35.5,
    "location.longitude": 139.5,
    "accepts_family": "one_carer",
    "direct_evacuation": Known.YES,
}


@pytest.mark.parametrize("key", VALUES)
def test_a_fact_can_be_set_and_made_unknown(key: str) -> None:
    """Each kind of fact keeps its value, and None makes it unknown again."""
    pair = {k: v for k, v in VALUES.items() if k.split(".")[0] == "location"} if "location" in key else {}
    changed = with_facts(SCHOOL, {**pair, key: VALUES[key]})
    assert fact_value(changed, key) == VALUES[key]
    back = with_facts(changed, {**dict.fromkeys(pair), key: None})
    assert fact_text(back, key) == ""


def test_half_a_place_is_no_place() -> None:
    """A latitude without a longitude is not kept as a place."""
    assert with_facts(SCHOOL, {"location.latitude": 35.0}).location is None


def test_a_list_confirmed_long_ago_needs_confirming_again() -> None:
    """What the whole list was confirmed for ages like single facts: kept in sight, but stale."""
    facts = asked_facts()
    assert fact_standing(HOME, facts["toilets"], date(2023, 6, 1)).state is FactState.CONFIRMED
    stale = fact_standing(HOME, facts["feature.elevator"], TODAY)
    assert stale.state is FactState.STALE and stale.review_on == date(2024, 1, 10)
    assert fact_standing(HOME, facts["beds"], TODAY).state is FactState.UNKNOWN
    assert fact_standing(SCHOOL, facts["name"], TODAY).state is FactState.UNCONFIRMED


def test_a_confirmed_fact_goes_back_after_its_interval(ctx: Context) -> None:
    """A fact is confirmed until the day of its review interval, and that day it needs confirming again."""
    saved = confirm_facts(ctx, HOME, {"water_l": 600.0}, PHONE)
    fact = asked_facts()["water_l"]
    due = months_after(TODAY, fact.item.review_months)
    assert fact_standing(saved, fact, due.replace(day=due.day - 1)).state is FactState.CONFIRMED
    assert fact_standing(saved, fact, due).state is FactState.STALE


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
    ],
)
def test_months_end_well(day: date, months: int, then: date) -> None:
    """A month without that day gives its last day."""
    assert months_after(day, months) == then


def test_confirming_says_who_when_and_how(ctx: Context) -> None:
    """One confirmed fact names officer, day, way and who answered; the others stay as they were."""
    saved = confirm_facts(ctx, HOME, {"feature.accessible_toilet": Known.YES}, PHONE)
    stored = read_shelter(ctx, "W1")
    assert saved == stored and stored.confirmed_on == TODAY
    said = stored.confirmations["feature.accessible_toilet"]
    assert (said.by, said.on, said.how, said.answered_by) == ("係 花子", TODAY, ConfirmedHow.PHONE, "施設長")
    assert shelter_standing(stored, TODAY).facts["toilets"].state is FactState.STALE
    with ctx.open_store() as uow:
        assert list(uow.audit.entries())[-1].subject_id == "W1"


def test_a_plain_no_is_told_from_nobody_looked(ctx: Context) -> None:
    """A yes-no field that is "no" by default counts as known only once somebody confirmed it."""
    key = "exposures.landslide.special"
    assert fact_text(HOME, key) == ""
    saved = confirm_facts(ctx, HOME, {key: False}, PHONE)
    assert fact_text(saved, key) == "false"
    assert shelter_standing(saved, TODAY).facts[key].state is FactState.CONFIRMED


def test_a_value_brought_in_later_is_not_confirmed(ctx: Context) -> None:
    """A confirmation holds for the value that was confirmed, not for one that a list brings in later."""
    saved = confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    with ctx.open_store() as uow:
        uow.shelters.save(saved.model_copy(update={"toilets": 9, "beds": 3}))
        uow.commit()
    standing = shelter_standing(read_shelter(ctx, "W1"), TODAY)
    assert standing.facts["toilets"].state is FactState.UNCONFIRMED
    assert standing.facts["beds"].state is FactState.UNCONFIRMED


def test_making_a_fact_unknown_takes_its_confirmation(ctx: Context) -> None:
    """Nobody can have confirmed what is unknown."""
    saved = confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    again = confirm_facts(ctx, saved, {"toilets": None}, PHONE)
    assert "toilets" not in again.confirmations and again.toilets is None


def test_confirming_who_is_accepted_settles_it(ctx: Context) -> None:
    """Confirmed groups count as confirmed for the matching; taking them away unsettles them."""
    saved = confirm_facts(ctx, HOME, {"accepts": ("elderly",)}, PHONE)
    assert saved.accepts_confirmed
    assert not confirm_facts(ctx, saved, {"accepts": None}, PHONE).accepts_confirmed


def test_two_windows_keep_both_of_two_facts(ctx: Context) -> None:
    """Two windows that confirm different facts of one record lose neither."""
    confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    saved = confirm_facts(ctx, HOME, {"beds": 12}, PHONE)
    assert (saved.toilets, saved.beds) == (6, 12)
    assert {"toilets", "beds"} <= saved.confirmations.keys()


def test_two_windows_on_one_fact_show_both(ctx: Context) -> None:
    """Two windows that give one fact different values make a conflict; the first value stays stored."""
    confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    with pytest.raises(Conflict) as clash:
        confirm_facts(ctx, HOME, {"toilets": 7}, PHONE)
    assert (clash.value.mine.toilets, clash.value.stored.toilets) == (7, 6)
    assert read_shelter(ctx, "W1").toilets == 6
    assert confirm_facts(ctx, HOME, {"toilets": 6}, PHONE).toilets == 6


@pytest.mark.parametrize("facts", [{"toilets": -1}, {"kind": "castle"}, {"nothing": 1}, {"exposures.x.y": 1}])
def test_what_cannot_be_is_refused(ctx: Context, facts: dict[str, Any]) -> None:
    """A fact that cannot be is refused and nothing is stored."""
    with pytest.raises(BcpKitError) as failure:
        confirm_facts(ctx, HOME, facts, PHONE)
    assert failure.value.code is ErrorCode.FACTS_NOT_POSSIBLE
    assert read_shelter(ctx, "W1") == HOME


def test_only_those_who_may_confirm(ctx: Context) -> None:
    """A facility manager sees destinations and confirms none."""
    manager = replace(ctx, actor=Actor(name="長", role=Role.FACILITY_MANAGER))
    assert read_shelter(manager, "W1")
    with pytest.raises(BcpKitError) as failure:
        confirm_facts(manager, HOME, {"toilets": 1}, PHONE)
    assert failure.value.code is ErrorCode.ACTION_DENIED


def test_several_are_confirmed_in_one_go(ctx: Context) -> None:
    """One talk confirms facts of several places: set alike, or as they are; unknown ones stay unknown."""
    command = SeveralConfirmed(
        ("W1", "G1"), {"feature.wifi": Known.YES}, ("toilets",), HowConfirmed(ConfirmedHow.MEETING)
    )
    assert confirm_several(ctx, command) == 2
    home, school = read_shelter(ctx, "W1"), read_shelter(ctx, "G1")
    assert home.feature("wifi") is school.feature("wifi") is Known.YES
    assert home.confirmations["toilets"].on == TODAY and "toilets" not in school.confirmations


def test_several_are_all_or_none(ctx: Context) -> None:
    """When one of several is gone, none is changed."""
    with pytest.raises(BcpKitError):
        confirm_several(ctx, SeveralConfirmed(("W1", "gone"), {"toilets": 1}))
    assert read_shelter(ctx, "W1") == HOME


def test_the_list_is_filtered_and_ordered(ctx: Context) -> None:
    """By kind, area and part of the name; with those first that have most to confirm."""
    every = find_shelters(ctx, ShelterQuery(open_first=True))
    assert every.total == every.matched == 2 and set(every.areas) == {"東町", "見本市"}
    opens = [line.standing.open for line in every.lines]
    assert opens == sorted(opens, reverse=True)
    assert [s.id for s in find_shelters(ctx, ShelterQuery(kind=DestinationKind.GENERAL)).shelters] == ["G1"]
    assert [s.id for s in find_shelters(ctx, ShelterQuery(area="東町")).shelters] == ["W1"]
    assert [s.id for s in find_shelters(ctx, ShelterQuery(part="ひだまり")).shelters] == ["W1"]


def test_later_days_bring_facts_back(ctx: Context) -> None:
    """What is confirmed today stands open on the list two years later."""
    confirm_facts(ctx, HOME, {"toilets": 6, "beds": 4}, PHONE)
    later = replace(ctx, clock=FixedClock(datetime(2028, 11, 23, tzinfo=UTC)))
    now, then = (find_shelters(c, ShelterQuery(part="ひだまり")).lines[0].standing for c in (ctx, later))
    assert now.count(FactState.CONFIRMED) > then.count(FactState.CONFIRMED)
    assert now.total == then.total


def test_an_old_record_reads_as_it_was() -> None:
    """A record written before rooms and confirmations existed loads, and its facts count as of that day."""
    old = Shelter.model_validate_json(
        '{"id":"S1","name":"x","kind":"general","address":"y","toilets":3,"features":{"wifi":"yes"},'
        '"exposures":[{"hazard":"river_flood","in_zone":"no"}],"confirmed_on":"2026-05-01","version":2}'
    )
    assert fact_standing(old, asked_facts()["toilets"], TODAY).state is FactState.CONFIRMED
    assert old.exposure_to(HazardKind.RIVER_FLOOD) is not None and old.spaces == ()


def test_an_older_answer_does_not_make_a_fact_older(ctx: Context) -> None:
    """The same value answered on an earlier day leaves the later confirmation; another value replaces it."""
    saved = confirm_facts(ctx, HOME, {"toilets": 6}, PHONE)
    before = HowConfirmed(ConfirmedHow.SURVEY, on=date(2026, 10, 1))
    assert confirm_facts(ctx, saved, {"toilets": 6}, before).confirmations["toilets"].on == TODAY
    again = confirm_facts(ctx, read_shelter(ctx, "W1"), {"toilets": 7}, before)
    assert again.confirmations["toilets"].on == date(2026, 10, 1)
