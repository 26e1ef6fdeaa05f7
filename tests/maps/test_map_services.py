"""Maps in the store: kept with source and year, asked about records, compared with the sheets, removed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.floors import dry_floor_of, lowest_dry_floor
from bcp_kit.geo.meshes import mesh_rectangle
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.hazard_check import ConflictKind, check_hazards
from bcp_kit.services.hazard_maps import (
    HazardMapWords,
    inspect_hazard_map,
    keep_hazard_map,
    list_hazard_maps,
    remove_hazard_map,
)
from bcp_kit.services.map_layers import hazard_rings
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.place_tables import PlaceTable, inspect_places, keep_places, list_places, remove_places
from bcp_kit.services.placing import place_addresses, undo_placing
from bcp_kit.services.population import inspect_population, keep_population, unlisted_need
from bcp_kit.services.road_maps import check_roads, inspect_roads, keep_roads, read_roads, remove_roads

HERE = Location(latitude=33.505, longitude=137.005)
AWAY = Location(latitude=33.52, longitude=137.005)
POINTS = """都道府県名,市区町村名,町丁目名,小字・通称名,緯度,経度
架空県,架空市,本町一丁目,,33.505,137.005
架空県,架空市,本町二丁目,,33.508,137.008
架空県,架空市,海辺,,,
"""


def zone(attributes: dict[str, object], west: float = 137.0) -> bytes:
    """A file of one square zone, 0.01 degrees wide."""
    ring = [[west, 33.5], [west + 0.01, 33.5], [west + 0.01, 33.51], [west, 33.51], [west, 33.5]]
    feature = {"type": "Feature", "properties": attributes,
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def kept(ctx: Context, attributes: dict[str, object], **words: object) -> str:
    """Keep a map of one zone and return its key."""
    file = inspect_hazard_map(zone(attributes), "A31a-20_99.geojson")
    return keep_hazard_map(ctx, file, HazardMapWords(**words)).key


def test_maps_are_kept_with_what_is_known_of_them(officer: Context) -> None:
    """Each map has source, year, scenario and counts; words of the user go before those of the file."""
    first = kept(officer, {"A31a_205": 3})
    second = kept(officer, {"A31a_105": 2}, title="計画規模の図", source="県の図", year=2019, scenario="L1")
    maps = {m.key: m for m in list_hazard_maps(officer)}
    assert (maps[first].year, maps[first].scenario) == (2020, "想定最大規模")
    assert "国土数値情報" in maps[first].source and maps[first].kept_by == "係"
    assert maps[second].origin == "県の図 L1 2019"
    assert maps[second].zones == {HazardKind.RIVER_FLOOD: 1}
    remove_hazard_map(officer, first)
    assert [m.key for m in list_hazard_maps(officer)] == [second]
    with pytest.raises(BcpKitError) as refused:
        remove_hazard_map(officer, first)
    assert refused.value.code is ErrorCode.MAP_MISSING


def test_several_maps_speak_together(officer: Context) -> None:
    """Where two maps of a hazard lie upon each other the deeper one counts; both stand in the drawing."""
    kept(officer, {"A31a_105": 2})
    kept(officer, {"A31a_205": 4})
    with officer.open_store() as uow:
        uow.people.add(Person(id="p", name="架空", address="架空市", location=HERE))
        uow.commit()
    found = check_hazards(officer)
    assert found.counts["people"][HazardKind.RIVER_FLOOD][Known.YES] == 1
    assert len(hazard_rings(officer, HazardKind.RIVER_FLOOD)) == 2


def exposed(zone_state: Known, depth_m: float | None = None, special: bool = False) -> tuple[Exposure, ...]:
    """What a sheet says about river floods."""
    return (Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=zone_state, depth_m=depth_m, special=special),)


@pytest.mark.parametrize(
    ("sheet", "at", "conflict"),
    [
        (exposed(Known.NO), HERE, ConflictKind.SAYS_SAFE),
        (exposed(Known.YES, 4), AWAY, ConflictKind.SAYS_INSIDE),
        (exposed(Known.YES, 1), HERE, ConflictKind.SHALLOWER),
        (exposed(Known.YES, 9), HERE, ConflictKind.DEEPER),
        (exposed(Known.YES, 4), HERE, None),
        (exposed(Known.YES), HERE, None),
        (exposed(Known.UNKNOWN), HERE, None),
        ((), HERE, None),
        (exposed(Known.NO), None, None),
    ],
)
def test_sheets_and_maps_are_compared(
    officer: Context, sheet: tuple[Exposure, ...], at: Location | None, conflict: ConflictKind | None
) -> None:
    """A shelter said to be safe in 3 to 5 m of water is named, a depth outside the class too."""
    kept(officer, {"A31a_205": 3})
    with officer.open_store() as uow:
        uow.shelters.add(
            Shelter(id="s", name="架空小", kind=DestinationKind.GENERAL, location=at, exposures=sheet)
        )
        uow.commit()
    found = check_hazards(officer).conflicts
    assert [c.kind for c in found] == ([conflict] if conflict else [])
    if conflict:
        assert found[0].number == "架空小" and "2020" in found[0].origin


def test_floors_above_the_water() -> None:
    """In 3 m of water the second floor stays dry, in 5 m the third; without a depth nobody knows."""
    assert [lowest_dry_floor(d) for d in (0.3, 3, 3.1, 10, 30)] == [1, 2, 3, 5, None]
    inside = Exposure(hazard=HazardKind.TSUNAMI, in_zone=Known.YES, depth_m=2)
    assert dry_floor_of(inside) == 2
    assert dry_floor_of(inside.model_copy(update={"special": True})) is None
    assert dry_floor_of(inside.model_copy(update={"depth_m": None})) is None


def test_streets_in_the_water_are_counted_and_avoided(town: Context) -> None:
    """The check says how many streets a flood cuts; the matching goes over roads in either hazard."""
    cut, total = check_hazards(town).streets[HazardKind.RIVER_FLOOD]
    assert 0 < cut < total
    runs = {
        hazard: match(town, MatchCommand(hazard, own_process=False, work_limit=1.0))
        for hazard in (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)
    }
    assert all(any(not p.distance_is_straight for p in run.placements) for run in runs.values())


def test_roads_are_kept_read_and_removed(officer: Context) -> None:
    """A net in the store says what it holds; taken away, distances are straight again."""
    folder = locate("sample_data") / "town"
    files = [((folder / f"roads_{part}.csv").read_bytes(), f"{part}.csv") for part in ("nodes", "edges")]
    facts = keep_roads(officer, inspect_roads(files), title="架空の道")
    assert read_roads(officer) == facts and facts.junctions == 36 and facts.title == "架空の道"
    remove_roads(officer)
    assert read_roads(officer) is None
    with pytest.raises(BcpKitError) as refused:
        check_roads(officer)
    assert refused.value.code is ErrorCode.MAP_MISSING


def test_homes_far_from_every_road_are_named_by_number(town: Context) -> None:
    """A home 3 km from the net is listed with its distance; one without a point is counted."""
    far = Location(latitude=33.95, longitude=137.615)
    with town.open_store() as uow:
        uow.people.add(Person(id="far", register_no="00999", name="架空", address="架空", location=far))
        uow.people.add(Person(id="none", register_no="00998", name="架空", address="架空"))
        uow.commit()
    found = check_roads(town)
    assert found.far[0].number == "00999" and (found.far[0].metres or 0) > 2_000
    assert found.without_point == 1


def placed_town(ctx: Context) -> Context:
    """Three people without points, and the points of their towns."""
    keep_places(ctx, inspect_places(POINTS.encode("cp932"), "points.csv"))
    with ctx.open_store() as uow:
        uow.people.add(Person(id="a", register_no="1", name="架空甲", address="架空市本町1-2-3"))
        uow.people.add(Person(id="b", register_no="2", name="架空乙", address="架空市海辺4"))
        uow.people.add(
            Person(id="c", register_no="3", name="架空丙", address="架空市本町2丁目", location=AWAY)
        )
        uow.commit()
    return ctx


def test_addresses_are_placed_only_where_a_town_was_found(officer: Context) -> None:
    """Placing looks first, stores on request, leaves given points alone, lists the rest, and undoes."""
    ctx = placed_town(officer)
    looked = place_addresses(ctx)
    assert looked.counts() == {"chome": 1, "point_missing": 1} and looked.had_point == 1
    with ctx.open_store() as uow:
        assert uow.people.need("a").location is None
    saved = place_addresses(ctx, save=True)
    with ctx.open_store() as uow:
        place, nowhere, own = (uow.people.need(key).location for key in "abc")
    assert (
        place is not None
        and place.uncertainty_m >= 100
        and (place.latitude, place.longitude) == (33.505, 137.005)
    )
    assert nowhere is None and own == AWAY
    assert [line.number for line in saved.unplaced] == ["2"]
    assert undo_placing(ctx) == 1
    with ctx.open_store() as uow:
        assert uow.people.need("a").location is None and uow.people.need("c").location == AWAY


def test_postal_codes_settle_and_contradict(officer: Context) -> None:
    """A postal code gives the municipality that an address leaves out; a code of elsewhere is remarked on."""
    ctx = placed_town(officer)
    ken_all = '99001,"000  ","0000001","ｶ","ｶ","ｶ","架空県","架空市","本町",0,0,0,0,0,0\r\n'
    ken_all += '99002,"000  ","0000002","ﾄ","ﾄ","ﾄ","架空県","隣市","以下に掲載がない場合",0,0,0,0,0,0\r\n'
    keep_places(ctx, inspect_places(ken_all.encode("cp932"), "KEN_ALL.CSV"))
    with ctx.open_store() as uow:
        uow.people.add(
            Person(id="d", register_no="4", name="架空", address="本町2-8-1", postal_code="000-0001")
        )
        uow.people.add(
            Person(id="e", register_no="5", name="架空", address="架空市本町2-1-1", postal_code="0000002")
        )
        uow.commit()
    lines = {line.number: line for line in place_addresses(ctx).lines}
    assert lines["4"].found.matched == "本町2丁目" and not lines["4"].postal_disagrees
    assert lines["5"].postal_disagrees


def test_tables_of_places_are_listed_and_replaced_by_municipality(officer: Context) -> None:
    """New points of a municipality take the place of its old ones; other municipalities stay."""
    keep_places(officer, inspect_places(POINTS.encode(), "a.csv"))
    other = "都道府県名,市区町村名,大字町丁目名,緯度,経度\n架空県,隣市,浜,33.6,137.2\n"
    other += "架空県,架空市,本町,33.505,137.005\n"
    keep_places(officer, inspect_places(other.encode("cp932"), "b.csv"))
    (facts,) = list_places(officer)
    assert (facts.rows, set(facts.municipalities)) == (2, {"架空県隣市", "架空県架空市"})
    remove_places(officer, PlaceTable.POINTS)
    assert list_places(officer) == ()
    with pytest.raises(BcpKitError) as refused:
        place_addresses(officer)
    assert refused.value.code is ErrorCode.MAP_MISSING


def test_meshes_give_the_need_that_no_register_shows(officer: Context) -> None:
    """The nearest place's catchment counts people of its meshes; meshes far from every place are left out."""
    code = "5236405211"
    middle = mesh_rectangle(code).middle
    at = Location(latitude=middle[1], longitude=middle[0])
    body = f"メッシュコード,人口総数2020\n{code},400\n5339405211,900\n{code[:8]},秘匿\n"
    keep_population(officer, inspect_population(body.encode(), "mesh.csv"))
    with officer.open_store() as uow:
        uow.shelters.add(Shelter(id="s", name="架空小", kind=DestinationKind.GENERAL, location=at))
        uow.people.add(Person(id="p", name="架空", address="架空", location=at))
        uow.commit()
    found = unlisted_need(officer)
    (only,) = found.catchments
    assert (only.population, only.listed, found.far_away) == (400, 1, 900)
    assert only.expected == pytest.approx(400 * found.rate, abs=0.1) and 0.01 < found.rate < 0.2
    assert only.unlisted == pytest.approx(only.expected - 1)


@pytest.mark.shared
def test_mesh_codes_have_the_edges_of_the_real_file(shared: Callable[[str], Path]) -> None:
    """The rectangle of every mesh of a real file is the one that the file states."""
    rows = (
        shared("data/population/mesh_250m_yokosuka_area.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    )
    for row in rows:
        code, *edges, _ = row.split(",")
        found = mesh_rectangle(code)
        assert [found.west, found.south, found.east, found.north] == pytest.approx(
            [float(e) for e in edges], abs=1e-5
        )


def test_a_role_that_keeps_no_maps_is_denied(officer: Context) -> None:
    """A case worker may look at maps and not change them; an administrator may do neither."""
    worker = replace(officer, actor=Actor(name="相談員", role=Role.CASE_WORKER))
    assert list_hazard_maps(worker) == ()
    with pytest.raises(BcpKitError) as refused:
        kept(worker, {"A31a_205": 3})
    assert refused.value.code is ErrorCode.ACTION_DENIED
    with pytest.raises(BcpKitError):
        list_hazard_maps(replace(officer, actor=Actor(name="管理", role=Role.ADMINISTRATOR)))


def test_the_sample_town_can_be_placed_by_its_own_points(town: Context) -> None:
    """Without their points the invented people are found again by address, each within the stated doubt."""
    with town.open_store() as uow:
        before = {p.id: p for p in uow.people.list()}
        for person in before.values():
            uow.people.save(person.model_copy(update={"location": None}))
        uow.commit()
    found = place_addresses(town, ("people",), save=True)
    assert len(found.placed) == 12
    for line in found.placed:
        own, place = before[line.record_id].location, line.found.location
        assert own is not None and place is not None
        assert straight_distance_m(own, place) <= 2 * place.uncertainty_m


def test_codes_tell_another_municipality_from_none(officer: Context) -> None:
    """With the list of codes an address of a known town elsewhere says so; without it nobody knows."""
    ctx = placed_town(officer)
    with ctx.open_store() as uow:
        uow.people.add(Person(id="k", register_no="9", name="架空", address="和歌山県海草郡紀美野町下佐々1"))
        uow.people.add(Person(id="l", register_no="10", name="架空", address="紀美野町動木1515"))
        uow.commit()
    before = {line.number: str(line.found.reason) for line in place_addresses(ctx).unplaced}
    codes = "団体コード6桁,コード5桁,名称\n303046,30304,和歌山県紀美野町\n131016,13101,東京都千代田区\n"
    keep_places(ctx, inspect_places(codes.encode(), "codes.csv"))
    after = {line.number: str(line.found.reason) for line in place_addresses(ctx).unplaced}
    assert before["10"] == "municipality_unknown"
    assert (after["9"], after["10"], after["2"]) == (
        "other_municipality",
        "other_municipality",
        "point_missing",
    )
