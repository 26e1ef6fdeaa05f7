"""The invented city: one seed, one city; planted counts, shares, places."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from shapely.geometry import Point, shape
from shapely.strtree import STRtree
from world_recount import OTHER_SEED, SMALL, Table, in_words, needs_of, recount, supporter_copy

from bcp_kit.catalogues import load
from bcp_kit.domain.people import Person
from bcp_kit.services.base import Context
from bcp_kit.services.sample_city.city import City, build_city
from bcp_kit.services.sample_city.files import write_city
from bcp_kit.services.sample_city.settings import settings, shares
from bcp_kit.services.sample_world import load_world

SHARE_TOLERANCE = 0.02  # of all listed people
SHELTER_KINDS = {"指定福祉避難所", "協定等による福祉避難所", "一般の避難所"}


def test_the_small_city_loads_without_a_finding(officer: Context, tmp_path: Path) -> None:
    """Three hundred people of another seed come in whole."""
    outcome = load_world(officer, "city", work_dir=tmp_path, seed=OTHER_SEED, people=SMALL)
    assert outcome.problems == ()
    assert outcome.counts["people"].new == outcome.planted.listed == SMALL
    assert outcome.counts["supporters"].new == outcome.planted.supporters
    with officer.open_store() as uow:
        assert uow.shelters.count() == sum(outcome.planted.shelters.values())
        assert uow.layers.get("town")["code"] == settings().code


def test_what_is_stored_is_what_was_drawn(officer: Context, tmp_path: Path) -> None:
    """People, consents and supporters read from the files equal the drawn objects, ids included."""
    load_world(officer, "city", work_dir=tmp_path, seed=OTHER_SEED, people=SMALL)
    drawn = build_city(OTHER_SEED, SMALL)
    with officer.open_store() as uow:
        stored = (uow.people.list(), uow.consents.list(), uow.shelters.list(), uow.staff.list())
    for found, expected in zip(
        stored, (drawn.people, drawn.consents, drawn.shelters, drawn.staff), strict=True
    ):
        assert {o.id: o.model_copy(update={"version": 0}) for o in found} == {o.id: o for o in expected}


def test_same_seed_same_bytes(small: tuple[City, Path], tmp_path: Path) -> None:
    """Writing the city once more gives the same bytes in every file; another seed does not."""
    write_city(tmp_path / "again", OTHER_SEED, SMALL)
    write_city(tmp_path / "other", OTHER_SEED + 1, SMALL)
    files = sorted(path.name for path in small[1].iterdir())
    assert [(small[1] / f).read_bytes() for f in files] == [
        (tmp_path / "again" / f).read_bytes() for f in files
    ]
    assert (small[1] / "people.csv").read_bytes() != (tmp_path / "other" / "people.csv").read_bytes()


@pytest.mark.parametrize("size", ["small", "full"])
def test_planted_counts_equal_a_recount(
    size: str, request: pytest.FixtureRequest, table: Callable[[Path], Table]
) -> None:
    """What was counted while planting agrees with the written tables and the written counts."""
    city, folder = request.getfixturevalue(size)
    found = recount(
        table(folder / "people.csv"),
        table(folder / "shelters.csv"),
        table(folder / "rosters.csv"),
        settings().reference_date,
    )
    assert found == in_words(city.planted, found)
    assert yaml.safe_load((folder / "planted.yaml").read_text("utf-8")) == city.planted.model_dump()
    assert found["supporter_copies"] > 0
    assert any(supporter_copy(row) for row in table(folder / "people.csv"))


def test_everything_lies_inside_the_box(full: tuple[City, Path]) -> None:
    """Homes, supporters, sites, staff, crossings and zones keep to the city's frame."""
    city, folder = full
    box = settings().box
    places = [(o.location.longitude, o.location.latitude) for o in city.people if o.location]
    places += [(o.location.longitude, o.location.latitude) for o in city.supporters if o.location]
    places += [(o.location.longitude, o.location.latitude) for o in city.shelters if o.location]
    places += [(o.home_location.longitude, o.home_location.latitude) for o in city.staff if o.home_location]
    places += [(node.lon, node.lat) for node in city.roads.nodes]
    places += [tuple(p) for z in zones(folder) for p in z["geometry"]["coordinates"][0]]
    assert all(box.west <= lon <= box.east and box.south <= lat <= box.north for lon, lat in places)


def zones(folder: Path) -> list[dict]:
    """Return the written hazard zones."""
    return json.loads((folder / "hazards.geojson").read_text("utf-8"))["features"]


def test_exposures_agree_with_the_polygons(full: tuple[City, Path]) -> None:
    """An independent geometry library finds each home in the zones and at the depth that it carries."""
    city, folder = full
    features = zones(folder)
    shapes = [shape(feature["geometry"]) for feature in features]
    assert all(polygon.is_valid for polygon in shapes)
    tree = STRtree(shapes)
    for person in (p for p in city.people if p.location):
        home = Point(person.location.longitude, person.location.latitude)
        hit = [features[i]["properties"] for i in tree.query(home, predicate="within")]
        assert worst(hit) == stated(person)


def worst(hit: list[dict]) -> dict[str, tuple]:
    """Return the greatest depth and the special mark by hazard."""
    found: dict[str, tuple] = {}
    for zone in hit:
        depth, special = found.get(zone["hazard"], (0.0, False))
        found[zone["hazard"]] = (max(depth, zone["depth_m"] or 0.0), special or zone["special"])
    return found


def stated(person: Person) -> dict[str, tuple]:
    """Return the same from what the person's record says."""
    inside = [e for e in person.home_exposures if e.in_zone == "yes"]
    return {e.hazard.value: (e.depth_m or 0.0, e.special) for e in inside}


def test_counts_and_shares_of_the_full_city(full: tuple[City, Path], table: Callable[[Path], Table]) -> None:
    """Numbers come from the catalogues: quotas exactly, what is drawn within two percent."""
    city, folder = full
    ratios = shares("population_ratios")
    people = table(folder / "people.csv")
    planted = city.planted
    assert planted.listed == ratios["city_listed"]
    assert planted.plan_consents == ratios["city_plans"]
    assert planted.shelters["designated_welfare"] == ratios["city_welfare_designated"]
    assert planted.shelters["agreement_welfare"] == ratios["city_welfare_agreement"]
    assert planted.shelters["general"] == ratios["city_general_shelters"]
    shared = [row for row in people if row["名簿を平常時に渡すことの同意"] == "同意"]
    held = [row for row in shared if not row.get("名簿を渡すことの同意を取り消した日")]
    assert len(held) == round(ratios["synthetic_consent_yes"] * len(people))
    assert planted.protected == round(settings().invention.people.protected * len(people))
    assert len(city.links) / planted.plan_consents == pytest.approx(
        ratios["city_supporters_named_per_plan"], abs=0.05
    )
    assert_shares(people, category_of, shares("register_category_shares"))


CATEGORY_OF_LABEL = {
    "高齢者のみ・独居": "elderly_alone_or_couple",
    "要介護3": "care_level_3_5",
    "要介護4": "care_level_3_5",
    "要介護5": "care_level_3_5",
    "知的障害（重度・A）": "intellectual_severe",
    "精神障害（1級）": "mental_1",
}


def category_of(row: dict[str, str]) -> set[str]:
    """Return the categories that can be told from the needs alone."""
    return {CATEGORY_OF_LABEL[need] for need in needs_of(row) if need in CATEGORY_OF_LABEL}


def assert_shares(
    people: Table, kinds: Callable[[dict[str, str]], set[str]], wanted: dict[str, float]
) -> None:
    """Demand that each kind that can be told has its share of the people."""
    found = Counter(kind for row in people for kind in kinds(row))
    for kind, count in found.items():
        assert count / len(people) == pytest.approx(wanted[kind], abs=SHARE_TOLERANCE), kind


def test_ages_and_households_of_the_full_city(
    full: tuple[City, Path], table: Callable[[Path], Table]
) -> None:
    """Age bands and kinds of household have the shares of the catalogues; households are shared as stated."""
    city, folder = full
    today = settings().reference_date
    bands = load.catalogue("register_age_shares").rows
    lows = {int(row.data["band"].rstrip("+").partition("-")[0]): row.value for row in bands.values()}
    ages = [(today - person.birth_date).days // 365.25 for person in city.people if person.birth_date]
    for low, share in lows.items():
        high = min((other for other in lows if other > low), default=200)
        inside = sum(low <= age < high for age in ages)
        assert inside / len(ages) == pytest.approx(share, abs=SHARE_TOLERANCE)
    at_home = [p for p in city.people if not p.facility_resident]
    kinds = Counter(p.household_type.value for p in at_home)
    for kind, share in shares("household_shares").items():
        assert kinds[kind] / len(at_home) == pytest.approx(share, abs=SHARE_TOLERANCE)
    together = Counter(row["世帯番号"] for row in table(folder / "people.csv"))
    shared = sum(count for count in together.values() if count > 1)
    wanted = settings().invention.households.shared_people_share
    assert shared / len(city.people) == pytest.approx(wanted, abs=SHARE_TOLERANCE)


def test_shelters_lie_in_zones_by_the_catalogue(
    full: tuple[City, Path], table: Callable[[Path], Table]
) -> None:
    """About 31 % of the shelters lie in flood zones, 15 % on slopes, 5 % by the sea."""
    rows = [r for r in table(full[1] / "shelters.csv") if r["区分"] in SHELTER_KINDS]
    for heading, key in (
        ("洪水の浸水想定区域", "shelters_in_hazard_flood"),
        ("土砂災害警戒区域", "shelters_in_hazard_landslide"),
        ("津波の浸水想定区域", "shelters_in_hazard_tsunami"),
    ):
        inside = sum(row[heading] == "内" for row in rows)
        assert inside / len(rows) == pytest.approx(load.number("population_ratios", key), abs=0.01)


def test_a_space_shares_its_building(full: tuple[City, Path]) -> None:
    """Every space stands in the building of a general shelter; half of the general shelters have one."""
    general = {s.site_id: s for s in full[0].shelters if s.kind == "general"}
    spaces = [s for s in full[0].shelters if s.kind == "special_space"]
    assert all(general[space.site_id].location == space.location for space in spaces)
    assert len(spaces) == pytest.approx(len(general) / 2, abs=1)


def test_supporters_help_up_to_seven(full: tuple[City, Path]) -> None:
    """Most supporters have one person, some many, none more than seven, and nobody is named twice for one."""
    links = full[0].links
    each = Counter(link.supporter_id for link in links)
    assert max(each.values()) == 7
    assert Counter(each.values()).most_common(1)[0][0] == 1
    assert len({(link.person_id, link.supporter_id) for link in links}) == len(links)


def test_names_hold_rare_characters(full: tuple[City, Path]) -> None:
    """About one name in a hundred holds characters that are easily lost."""
    with (Path(full[1]) / "people.csv").open(encoding="utf-8-sig", newline="") as lines:
        names = [row["氏名"] for row in csv.DictReader(lines)]
    rare = sum(any(c in name for c in "𠮷髙﨑濵邉齊齋德栁瀨黑桒邊\U000e0100\U000e0101") for name in names)
    assert rare / len(names) == pytest.approx(settings().invention.people.rare_kanji, abs=0.006)


def test_the_road_net_is_one_piece_with_few_bridges(full: tuple[City, Path]) -> None:
    """Every crossing can be reached from the first, and only as many bridges as stated cross the river."""
    net = full[0].roads
    near: dict[int, list[int]] = {}
    for edge in net.edges:
        near.setdefault(edge.u, []).append(edge.v)
    seen, waiting = {net.nodes[0].node}, [net.nodes[0].node]
    while waiting:
        fresh = [node for node in near[waiting.pop()] if node not in seen]
        seen.update(fresh)
        waiting += fresh
    assert seen == {node.node for node in net.nodes}
    bridges = {frozenset((edge.u, edge.v)) for edge in net.edges if edge.bridge}
    assert 1 <= len(bridges) <= settings().invention.terrain.bridges
