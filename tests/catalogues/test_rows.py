"""Every row of every catalogue says what it is, since when, from where, and how sure."""

from datetime import date
from typing import Any

import pytest
import yaml

from bcp_kit.catalogues import load
from bcp_kit.domain.errors import ErrorCode

FILES = sorted(load.DATA.glob("*.yaml"))
KEEP = {
    "key": "sample",
    "label_ja": "見本",
    "valid_from": None,
    "valid_from_note": "見本のため",
    "sources": ["project"],
    "verification": "unverified",
    "last_checked": "2026-11-23",
}


def _written(tmp_path: Any, *rows: dict[str, Any]) -> Any:
    path = tmp_path / "sample.yaml"
    path.write_text(yaml.safe_dump({"meta": {}, "rows": list(rows)}, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_row_is_complete(path: Any) -> None:
    """Key, label, unit or no value, date or its reason, source, mark and last look stand on each row."""
    for raw in yaml.safe_load(path.read_text(encoding="utf-8"))["rows"]:
        assert raw["key"], raw
        assert raw["label_ja"], raw["key"]
        assert ("value" in raw) == ("unit" in raw), raw["key"]
        assert "valid_from" in raw, raw["key"]
        assert raw["valid_from"] or raw["valid_from_note"], raw["key"]
        assert raw["sources"], raw["key"]
        assert raw["verification"] in {"read", "corroborated", "unverified"}, raw["key"]
        assert date.fromisoformat(str(raw["last_checked"])) >= date(2026, 11, 23), raw["key"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_source_is_listed(path: Any) -> None:
    """Each source key of each row has a title in sources.yaml."""
    for row in load.read_catalogue(path).rows.values():
        assert all(load.source_titles(row.sources)), row.key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_without_a_real_source_are_unverified(path: Any) -> None:
    """A row that rests on general knowledge or on the project alone never claims to be confirmed."""
    for row in load.read_catalogue(path).rows.values():
        if set(row.sources) <= {"gk", "general", "project"}:
            assert row.verification is load.Verification.UNVERIFIED, row.key


@pytest.mark.parametrize(
    "change",
    [
        {"value": 3},
        {"unit": "m"},
        {"valid_from_note": ""},
        {"sources": []},
        {"verification": "sure"},
        {"last_checked": "yesterday"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_faulty_row_is_refused_by_name(tmp_path: Any, change: dict[str, Any]) -> None:
    """A row that lacks a fact stops the reading with the catalogue's and the row's name."""
    with pytest.raises(load.CatalogueError) as caught:
        load.read_catalogue(_written(tmp_path, {**KEEP, **change}))
    assert caught.value.code is ErrorCode.CATALOGUE_ROW_FAULTY
    assert caught.value.values["key"] == "sample"


def test_a_sound_row_is_read(tmp_path: Any) -> None:
    """The row that the faulty ones are made from is itself sound, and its further fields stand in `data`."""
    row = load.read_catalogue(_written(tmp_path, {**KEEP, "group": "a"})).need("sample")
    assert row.data == {"group": "a"}
    assert row.label("en") == "見本"


def test_a_key_stands_once(tmp_path: Any) -> None:
    """Two rows of one key are refused."""
    with pytest.raises(load.CatalogueError) as caught:
        load.read_catalogue(_written(tmp_path, KEEP, KEEP))
    assert caught.value.code is ErrorCode.CATALOGUE_KEY_TWICE


def test_what_is_missing_is_named() -> None:
    """A missing catalogue, row and number each have their own code."""
    with pytest.raises(load.CatalogueError) as caught:
        load.catalogue("no_such_catalogue")
    assert caught.value.code is ErrorCode.CATALOGUE_MISSING
    with pytest.raises(load.CatalogueError) as caught:
        load.number("stockpile", "no_such_row")
    assert caught.value.code is ErrorCode.CATALOGUE_ROW_MISSING
    with pytest.raises(load.CatalogueError) as caught:
        load.number("needs", "care_level_5")
    assert caught.value.code is ErrorCode.CATALOGUE_NO_NUMBER


def test_a_number_comes_with_its_unit() -> None:
    """Three litres of drinking water per person and day, as the cited pages say."""
    row = load.catalogue("stockpile").need("drinking_water_l_per_person_day")
    assert (row.value, row.unit, row.verification) == (3, "L/人・日", load.Verification.READ)
    assert load.number("stockpile", "drinking_water_l_per_person_day") == 3
