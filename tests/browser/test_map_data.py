"""An officer brings in a map of hazard zones and a table of towns, and asks what they mean."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.forms.messages import text
from tests.browser.conftest import Served, Visit, press, settle

pytestmark = pytest.mark.browser


def say(key: str, **values: str | int) -> str:
    """A text of the page."""
    return text(f"pages.map_data.{key}", **values)


def zones(folder: Path) -> Path:
    """A file over the invented town: 3 to 5 m of water, one ring crossing itself, in the national codes."""
    west, south, east, north = 137.600, 33.912, 137.632, 33.926
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    bow = [[137.60, 33.90], [137.61, 33.91], [137.61, 33.90], [137.60, 33.91], [137.60, 33.90]]
    features = [
        {
            "type": "Feature",
            "properties": {"A31a_205": rank},
            "geometry": {"type": "Polygon", "coordinates": [r]},
        }
        for rank, r in ((3, ring), (2, bow))
    ]
    path = folder / "A31a-22_99.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def drop(page: Page, nth: int, path: Path) -> None:
    """Hand a file to the uploader of a tab and wait until it was looked at."""
    page.locator('input[type="file"]').nth(nth).set_input_files(path)
    settle(page)


def test_an_officer_brings_in_a_hazard_map(town: Served, visit: Visit, tmp_path: Path) -> None:
    """The officer sees what the file holds and what was mended, keeps it, and reads where sheets disagree."""
    page = visit.page
    page.goto(f"{town.address}/map_data?role=disaster_officer")
    settle(page)
    expect(page.get_by_role("heading", name=say("title"))).to_be_visible()
    drop(page, 0, zones(tmp_path))
    expect(page.get_by_text("G-007")).to_be_visible()
    expect(page.get_by_label(text("pages.map_data.year"))).to_have_value("2022")
    page.get_by_label(say("source")).first.fill("架空県 洪水浸水想定区域図")
    press(page, say("keep"))
    expect(page.get_by_text("架空県 洪水浸水想定区域図").first).to_be_visible()
    press(page, say("check_hazards"))
    expect(page.get_by_text(text("maps.hazards.conflict.says_safe")).first).to_be_visible()
    assert not visit.outside and not town.reached()


def test_a_bad_file_says_what_to_do(town: Served, visit: Visit, tmp_path: Path) -> None:
    """A file of points is refused with a remedy and nothing is kept."""
    page, path = visit.page, tmp_path / "points.geojson"
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [137.6, 33.9]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [point]}), encoding="utf-8")
    page.goto(f"{town.address}/map_data?role=disaster_officer")
    settle(page)
    drop(page, 0, path)
    expect(page.get_by_text(text("errors.G-024.what"))).to_be_visible()
    expect(page.get_by_role("button", name=say("keep"), exact=True)).to_have_count(0)
