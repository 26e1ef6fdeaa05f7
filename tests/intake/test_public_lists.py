"""Public lists of shelters: the counts of the publishers, unknown stays unknown, one building twice."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bcp_kit.domain.base import Known
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.intake.accepts import propose_accepts
from bcp_kit.intake.inspection import Inspection, inspect
from tests.intake.conftest import TODAY, csv_bytes

Shared = Callable[[str], Path]

COUNTED = "data/expected_counts.csv"


def _expected(shared: Shared) -> list[dict[str, str]]:
    with shared(COUNTED).open(encoding="utf-8-sig", newline="") as source:
        return list(csv.DictReader(source))


def _inspected(shared: Shared, name: str) -> Inspection:
    path = shared(f"data/{name}")
    return inspect(path.read_bytes(), path.name, TODAY)


def _counted(inspection: Inspection) -> dict[str, int]:
    (part,) = inspection.parts
    counts = part.place_counts()
    return {
        "data_rows": part.rows,
        "rows_with_name": counts.named,
        "rows_with_coordinates_in_japan": counts.placed,
        "welfare_rows": counts.welfare,
        "rows_with_positive_capacity": counts.with_capacity,
        "capacity_sum": counts.capacity_sum,
    }


@pytest.mark.shared
def test_counts_are_those_of_the_publisher(shared: Shared) -> None:
    """Rows, names, places in Japan, welfare shelters and capacities of every counted file are exact."""
    wrong = {}
    for row in _expected(shared):
        inspection = _inspected(shared, row["file"])
        found = _counted(inspection)
        stated = {key: int(row[key]) for key in found if row[key]}
        encoding = inspection.parts[0].encoding
        if {key: found[key] for key in stated} != stated or encoding != row["encoding"]:
            wrong[row["file"]] = (stated, found, encoding)
        if inspection.good_rows != inspection.rows:
            wrong[row["file"]] = ("rows refused", inspection.bad_rows, "")
    assert wrong == {}


@pytest.mark.shared
def test_one_building_listed_twice_shares_its_site(shared: Shared) -> None:
    """In 横須賀市 69 buildings are general and welfare shelter at once: two destinations of one site."""
    shelters = _inspected(shared, "shelters/gsi/142018_yokosuka_evacuation.geojson").objects(Shelter)
    sites: dict[str, list[Shelter]] = {}
    for shelter in shelters:
        sites.setdefault(shelter.building, []).append(shelter)
    pairs = [found for found in sites.values() if len(found) == 2]
    assert len(sites) == 70 and len(pairs) == 69
    kinds = {DestinationKind.GENERAL, DestinationKind.DESIGNATED_WELFARE}
    assert all({s.kind for s in pair} == kinds for pair in pairs)


@pytest.mark.shared
def test_what_the_national_data_lack_stays_unknown(shared: Shared) -> None:
    """Capacity and direct evacuation are unknown; 受入対象者 stays as written, to be confirmed."""
    for shelter in _inspected(shared, "shelters/gsi/132080_chofu_evacuation.geojson").objects(Shelter):
        assert shelter.capacity_people is None and shelter.direct_evacuation is Known.UNKNOWN
        assert not shelter.accepts_confirmed and bool(shelter.accepts_text) == shelter.kind.is_welfare


@pytest.mark.shared
def test_most_notified_texts_get_a_proposal(shared: Shared) -> None:
    """Of the notified texts, counted by rows, at least nine in ten name somebody whom we can propose."""
    with shared("data/shelters/gsi/target_text_vocabulary.csv").open(
        encoding="utf-8-sig", newline=""
    ) as source:
        rows = [(row["受入対象者"], int(row["rows"])) for row in csv.DictReader(source)]
    proposed = sum(count for text, count in rows if propose_accepts(text))
    assert proposed / sum(count for _, count in rows) >= 0.9


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("要介護高齢者", ("elderly",)),
        ("妊産婦、乳幼児", ("maternal",)),
        ("市が特定した者", ()),
        ("要配慮者及びその家族", ("elderly", "physical", "internal", "medical_care")),
    ],
)
def test_proposals_name_the_groups_of_the_text(text: str, groups: tuple[str, ...]) -> None:
    """Words lead to groups; 要配慮者 to all of them; 市が特定した者 to none."""
    assert propose_accepts(text)[: len(groups) or None] == groups


HEAD = ("NO", "共通ID", "施設・場所名", "住所", "洪水", "地震", "津波", "緯度", "経度")


def test_layout_is_told_by_headings_not_by_name() -> None:
    """A list of emergency sites is one, whatever its file is called; a blank hazard says nothing."""
    content = csv_bytes([HEAD, ("1", "E0000000001201", "公園", "みどり町1", "1", "", "1", "35.1", "139.1")])
    inspection = inspect(content, "99999_1_evacuation.csv", TODAY)
    (site,) = inspection.objects(EmergencySite)
    assert inspection.kinds() == {"emergency_sites"}
    assert site.designated_for == ("river_flood", "tsunami") and site.capacity_people is None


NOT_COUNTED = (
    "addresses/town_points.csv",
    "boundaries/N03-21_shared_cities_s0010.geojson",
    "events/nanao_2024_totals.csv",
    "municipality_codes/municipality_codes.csv",
    "names/surnames_with_frequency.csv",
    "population/mesh_250m_yokosuka_area.csv",
    "roads/ube/ube_edges.csv",
    "roads/ube/ube_nodes.csv",
    "shelters/gsi/target_text_vocabulary.csv",
    "stockpile/tokyo_bichiku_navi_stockpile_list.csv",
    "test_only/hazard/yokosuka/tsunami_a3r2.geojson",
    "test_only/population/chofu_town_age_2021.csv",
    "test_only/shelters/ube_p20/ube_shelters.zip",
    "test_only/shelters/yokosuka_2013/evacuation_site.geojson",
    "test_only/shelters/yokosuka_2013/wind_flood_shelters.geojson",
)


@pytest.mark.shared
@pytest.mark.parametrize("name", NOT_COUNTED)
def test_every_other_file_is_read_and_counted(shared: Shared, name: str) -> None:
    """A file of another kind is read to its end: its tables, rows and headings are listed, nothing fails."""
    inspection = _inspected(shared, name)
    listed = [(part.rows, 1) for part in inspection.parts]
    listed += [(table.rows, len(table.headings)) for table in inspection.unmapped]
    assert listed and all(rows > 0 and headings > 0 for rows, headings in listed)
    found = sum(rows for rows, _ in listed)
    if name.endswith(".csv"):
        with shared(f"data/{name}").open(encoding="utf-8-sig", newline="") as source:
            rows = sum(1 for row in csv.reader(source) if any(row)) - 1
        assert found == rows
