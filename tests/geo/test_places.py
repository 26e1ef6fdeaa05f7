"""Addresses and the points of towns: how closely they are found, how far they may be off, why not."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.address_text import folded_address, number_of_kanji
from bcp_kit.geo.places import PlaceIndex, PlaceLevel, TownPoint, Unplaced


def point(
    town: str, place: tuple[float, float], small_area: str = "", block: str = "", city: str = "架空市"
) -> TownPoint:
    """A row of a file of points."""
    return TownPoint("架空県", city, town, small_area, block, *place)


NAN = float("nan")
INDEX = PlaceIndex(
    [
        point("本町一丁目", (33.500, 137.000)),
        point("本町二丁目", (33.502, 137.000)),
        point("本町", (33.510, 137.010)),
        point("緑ヶ丘一丁目", (33.520, 137.000)),
        point("緑ヶ丘二丁目", (33.521, 137.004)),
        point("大字山崎", (33.540, 137.020), "字北谷"),
        point("大字山崎", (33.544, 137.024)),
        point("中", (33.550, 137.030)),
        point("海辺", (NAN, NAN)),
        point("里", (33.6, 137.1), city="東部郡由良野町"),
        point("港町", (33.470, 137.050), block="1"),
        point("港町", (33.472, 137.050), block="2"),
    ]
)


@pytest.mark.parametrize(
    ("address", "matched", "level"),
    [
        ("架空県架空市本町二丁目４番６号", "本町2丁目", PlaceLevel.CHOME),
        ("架空市本町2-4-6", "本町2丁目", PlaceLevel.CHOME),
        ("架空市　本町２－４－６　コーポ101", "本町2丁目", PlaceLevel.CHOME),
        ("架空市緑が丘1-3", "緑ケ丘1丁目", PlaceLevel.CHOME),
        ("架空県架空市緑ケ丘", "緑ケ丘", PlaceLevel.TOWN),
        ("架空市緑ヶ丘9丁目1", "緑ケ丘", PlaceLevel.TOWN),
        ("架空市大字山﨑字北谷12番地", "山崎北谷", PlaceLevel.CHOME),
        ("架空市山崎甲120", "山崎", PlaceLevel.CHOME),
        ("架空市中3-1", "中", PlaceLevel.CHOME),
        ("東部郡由良野町里1220-1", "里", PlaceLevel.CHOME),
        ("由良野町里1220-1", "里", PlaceLevel.CHOME),
        ("架空市港町2-15", "港町2", PlaceLevel.BLOCK),
        ("架空市港町77", "港町", PlaceLevel.CHOME),
    ],
)
def test_addresses_are_found(address: str, matched: str, level: PlaceLevel) -> None:
    """Widths, numerals, hyphens, ヶ, 大字, 字, 甲, counties, blocks: each finds its town."""
    found = INDEX.find(address)
    assert (found.matched, found.level) == (matched, level)
    assert found.location is not None and found.location.uncertainty_m >= 50


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", Unplaced.NO_ADDRESS),
        ("架空市", Unplaced.ONLY_MUNICIPALITY),
        ("架空県架空市1-2", Unplaced.ONLY_MUNICIPALITY),
        ("架空市中央3-1", Unplaced.TOWN_NOT_FOUND),
        ("架空市海辺4", Unplaced.POINT_MISSING),
        ("隣県となり市本町2-4", Unplaced.OTHER_MUNICIPALITY),
        ("本町2-4-6", Unplaced.MUNICIPALITY_UNKNOWN),
        ("住所不明", Unplaced.MUNICIPALITY_UNKNOWN),
    ],
)
def test_what_is_not_found_has_a_reason_and_no_point(address: str, reason: Unplaced) -> None:
    """No address, no town, another municipality: never a centroid, never zero, always the reason."""
    found = INDEX.find(address)
    assert found.location is None and found.reason is reason


def test_a_hint_settles_the_municipality() -> None:
    """An address without its municipality is found with the one of its postal code, never against it."""
    assert INDEX.find("本町2-4-6", "架空県架空市").matched == "本町2丁目"
    assert INDEX.find("本町2-4-6", "よその市").reason is Unplaced.MUNICIPALITY_UNKNOWN
    assert INDEX.find("由良野町里5", "架空県架空市").matched == "里"


def test_a_town_known_by_its_parts_is_in_doubt_by_all_of_them() -> None:
    """Without the 丁目 the point lies between them, and the doubt reaches past the farthest."""
    found = INDEX.find("架空市緑ヶ丘").location
    assert found is not None
    far = max(
        straight_distance_m(found, Location(latitude=y, longitude=x))
        for y, x in ((33.52, 137.0), (33.521, 137.004))
    )
    assert found.uncertainty_m > far


def test_kanji_numerals_and_folding() -> None:
    """二十三 is 23, 一〇五 is 105; 三番町 in the file and in the address fold alike."""
    assert (number_of_kanji("二十三"), number_of_kanji("一〇五"), number_of_kanji("十")) == (23, 105, 10)
    assert folded_address("葛\U000e0100　西　３ー２") == "葛西3-2"
    assert folded_address("松山市二番町四丁目") == folded_address("松山市２番町４丁目")


@pytest.mark.shared
def test_real_shelters_lie_where_their_addresses_say(shared: Callable[[str], Path]) -> None:
    """Of the real shelters of eight cities over 95 % are placed, nearly all within twice the stated doubt."""

    with shared("data/addresses/town_points.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    index = PlaceIndex([TownPoint(*r[:4], "", *(float(c) if c else NAN for c in r[4:])) for r in rows])
    listed = placed = within = 0
    for path in sorted(shared("data/shelters/gsi").glob("*_evacuation.geojson")):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            longitude, latitude = feature["geometry"]["coordinates"]
            found = index.find(
                feature["properties"].get("住所") or feature["properties"].get("所在地") or ""
            ).location
            listed += 1
            if found is not None:
                placed += 1
                away = straight_distance_m(found, Location(latitude=latitude, longitude=longitude))
                within += away <= 2 * found.uncertainty_m
    assert placed > 0.95 * listed and within > 0.95 * placed
