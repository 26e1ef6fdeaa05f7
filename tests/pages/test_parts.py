"""Pure parts of the pages: table changes, the map."""

import xml.etree.ElementTree as ET

from bcp_kit.domain.units import Location
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.table_editor import TableColumn, apply_changes, clean_rows
from bcp_kit.pages.parts.town_map import Destination, Home, draw_map, frame_of

COLUMNS = (TableColumn("who", "担当"), TableColumn("what", "内容"))
SVG = "{http://www.w3.org/2000/svg}"


def test_changes_of_the_sheet_are_applied_in_order() -> None:
    """Changed cells, removed rows and added rows of the editor give the rows that the person sees."""
    base = [{"who": "甲", "what": ""}, {"who": "乙", "what": "水"}, {"who": "丙", "what": ""}]
    changes = {
        "edited_rows": {0: {"what": "電気"}},
        "deleted_rows": [1],
        "added_rows": [{"who": "丁"}, {"what": None}],
    }
    rows = clean_rows(apply_changes(base, changes), COLUMNS)
    assert rows == ({"who": "甲", "what": "電気"}, {"who": "丙", "what": ""}, {"who": "丁", "what": ""})


def test_rows_without_words_are_left_out() -> None:
    """A row of spaces says nothing."""
    assert clean_rows([{"who": " ", "what": "　"}], COLUMNS) == ()


def test_the_map_shows_every_home_and_destination() -> None:
    """One cross per person without a place, one dot per placed person, one label per destination; no name."""
    here, there = Location(latitude=35.1, longitude=139.5), Location(latitude=35.2, longitude=139.6)
    svg = draw_map(
        [Home(here, placed=True, goes_to=there), Home(there, placed=False)],
        [Destination(there, "1", welfare=True)],
        [[(139.5, 35.1), (139.6, 35.1), (139.6, 35.2)]],
    )
    root = ET.fromstring(svg)  # noqa: S314 - made above
    assert len(root.findall(f"{SVG}circle")) == 1
    assert len(root.findall(f"{SVG}path")) == 1
    assert [t.text for t in root.findall(f"{SVG}text")] == ["1"]
    assert len(root.findall(f"{SVG}polygon")) == 1


def test_the_map_escapes_labels() -> None:
    """A label cannot become markup."""
    svg = draw_map([], [Destination(Location(latitude=35, longitude=139), "<a&b>", welfare=False)])
    assert "&lt;a&amp;b&gt;" in svg and ET.fromstring(svg) is not None  # noqa: S314 - made above


def test_the_map_keeps_its_proportions() -> None:
    """North is up, east is right, and a kilometre is equally long both ways."""
    south, north = Location(latitude=35.0, longitude=139.0), Location(latitude=35.1, longitude=139.1)
    frame = frame_of([south, north])
    (x1, y1), (x2, y2) = (frame.point(p.longitude, p.latitude) for p in (south, north))
    assert x2 > x1 and y2 < y1
    assert abs((x2 - x1) / (y1 - y2) - 0.8187) < 0.01  # cos 35.05°


def test_places_in_one_building_stand_side_by_side() -> None:
    """Two destinations of one building do not hide each other."""
    here = Location(latitude=35, longitude=139)
    root = ET.fromstring(draw_map([], [Destination(here, n, welfare=True) for n in "12"]))  # noqa: S314
    left, right = (float(t.attrib["x"]) for t in root.findall(f"{SVG}text"))
    assert right - left >= 26


def test_nothing_gives_no_map() -> None:
    """Without any place there is nothing to draw."""
    assert draw_map([], []) == ""


def test_typed_text_is_never_markup() -> None:
    """Links, pictures, colours and formulas in typed text are shown letter by letter."""
    assert plain("![x](http://a.example)") == "\\!\\[x\\]\\(http\\://a\\.example\\)"
    assert plain("山田 太郎") == "山田 太郎"
