"""The invented town: everything loads, and the counts are those that were planted by hand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from shapely.geometry import Point, shape
from world_recount import Table, in_words, recount

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import AnswerState
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.people import Person
from bcp_kit.forms.completeness import fault_of
from bcp_kit.forms.schema import form, items_for
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_answers import parse_answers
from bcp_kit.services.sample_city.planted import PlantedCounts
from bcp_kit.services.sample_city.settings import settings
from bcp_kit.services.sample_world import load_world

TOWN = locate("sample_data") / "town"
IMPORTED = ("supporters", "facilities", "staff", "help_offers")


def test_the_town_loads_without_a_finding(officer: Context, tmp_path: Path) -> None:
    """Every row is taken, nothing is remarked on, and a second load changes nothing."""
    outcome = load_world(officer, "town", work_dir=tmp_path)
    assert outcome.problems == ()
    assert outcome.counts["people"].new == outcome.planted.listed
    assert outcome.counts["rosters"].new == outcome.planted.roster_entries
    assert {kind: outcome.counts[kind].new for kind in IMPORTED} == {
        kind: getattr(outcome.planted, kind) for kind in IMPORTED
    }
    again = load_world(officer, "town", work_dir=tmp_path)
    assert all(found.new == found.changed == found.removed == 0 for found in again.counts.values())


def test_layers_are_in_the_store(officer: Context, tmp_path: Path) -> None:
    """Hazard zones, roads and the town's settings can be read back."""
    load_world(officer, "town", work_dir=tmp_path)
    with officer.open_store() as uow:
        hazards, roads, town = (uow.layers.get(name) for name in ("hazards", "roads", "town"))
    assert {f["properties"]["hazard"] for f in hazards["features"]} == {"river_flood", "landslide"}
    nodes = {node["node"] for node in roads["nodes"]}
    assert all(edge["u"] in nodes and edge["v"] in nodes for edge in roads["edges"])
    assert town["code"] == "99001"


def test_planted_by_hand_equals_the_files(table: Callable[[Path], Table]) -> None:
    """The counts in planted.yaml agree with the tables."""
    planted = PlantedCounts.model_validate(yaml.safe_load((TOWN / "planted.yaml").read_text("utf-8")))
    found = recount(
        table(TOWN / "people.csv"),
        table(TOWN / "shelters.csv"),
        table(TOWN / "rosters.csv"),
        settings().reference_date,
    )
    assert found == in_words(planted, found)


def test_homes_lie_in_the_zones_that_the_files_say(officer: Context, tmp_path: Path) -> None:
    """The exposures that people carry are those of the polygons."""
    load_world(officer, "town", work_dir=tmp_path)
    with officer.open_store() as uow:
        people, zones = uow.people.list(), uow.layers.get("hazards")["features"]
    for person in people:
        assert stated_zones(person) == mapped_zones(person, zones)


def stated_zones(person: Person) -> set[str]:
    """Return the hazards in whose zones the person's record says the home lies."""
    return {e.hazard.value for e in person.home_exposures if e.in_zone == "yes"}


def mapped_zones(person: Person, zones: list[dict[str, object]]) -> set[str]:
    """Return the hazards in whose polygons the home lies."""
    assert person.location is not None
    home = Point(person.location.longitude, person.location.latitude)
    return {z["properties"]["hazard"] for z in zones if shape(z["geometry"]).contains(home)}  # type: ignore[index]


def test_the_answers_fill_over_half_of_the_plan() -> None:
    """Between half and three quarters of the items are done, and no answer has a fault."""
    asked = form("bcp_natural_disaster")
    items = items_for(asked, ServiceCategory.CARE_RESIDENTIAL)
    written = parse_answers((TOWN / "bcp_answers.yaml").read_text("utf-8"))
    answers = {i: a.model_copy(update={"state": AnswerState.ANSWERED}) for i, a in written.items()}
    assert set(answers) <= {item.id for item in items}
    assert [i.id for i in items if i.id in answers and fault_of(asked, i, answers[i.id])] == []
    assert 0.5 < len(answers) / len(items) < 0.75


def test_a_store_with_other_people_is_refused(officer: Context, tmp_path: Path) -> None:
    """Sample people never come to lie among real ones."""
    with officer.open_store() as uow:
        uow.people.add(Person(id="p1", name="先客", address="どこか"))
        uow.commit()
    with pytest.raises(BcpKitError) as refusal:
        load_world(officer, "town", work_dir=tmp_path)
    assert refusal.value.code is ErrorCode.SAMPLE_NOT_ALONE
    with officer.open_store() as uow:
        assert uow.people.count() == 1


def test_a_manager_may_load_and_an_auditor_may_not(officer: Context, tmp_path: Path) -> None:
    """Both kinds of users can try the program; a role that brings nothing in cannot."""
    auditor = replace(officer, actor=Actor(name="監査", role=Role.AUDITOR))
    with pytest.raises(BcpKitError) as refusal:
        load_world(auditor, "town", work_dir=tmp_path)
    assert refusal.value.code is ErrorCode.ACTION_DENIED
    manager = replace(officer, actor=Actor(name="施設長", role=Role.FACILITY_MANAGER))
    assert load_world(manager, "town", work_dir=tmp_path).problems == ()


def test_the_user_can_stop(officer: Context, tmp_path: Path) -> None:
    """Saying stop breaks the load off with its own code, and a new start finishes it."""
    calls: list[float] = []

    def stop_halfway(done: float, stage: str) -> bool:
        calls.append(done)
        return done < 0.6

    with pytest.raises(BcpKitError) as stopped:
        load_world(replace(officer, progress=stop_halfway), "town", work_dir=tmp_path)
    assert stopped.value.code is ErrorCode.STOPPED_BY_USER
    assert calls == sorted(calls)
    assert load_world(officer, "town", work_dir=tmp_path).counts["people"].new == 12


def test_an_unknown_world_is_refused(officer: Context, tmp_path: Path) -> None:
    """There are two worlds and no third."""
    with pytest.raises(BcpKitError) as refusal:
        load_world(officer, "village", work_dir=tmp_path)
    assert refusal.value.code is ErrorCode.NOT_FOUND
