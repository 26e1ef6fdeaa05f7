"""A long list of a record is read item by item, and says the same as the whole."""

import json

import pytest

from bcp_kit.storage.json_items import fields_before, items_of

RECORDS = (
    {"id": "a", "made_at": "2026-01-01T00:00:00Z", "stages": [{"n": [1, 2]}], "placements": [], "after": 1},
    {
        "id": 'b"]}',
        "x": {"placements": [9]},
        "placements": [{"p": '一\\"[', "q": [{}, []]}, 3, "]"],
        "z": None,
    },
    {"placements": [[], {}, "", None, True]},
    {"id": "none here"},
)


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("indent", [None, 2])
def test_items_are_those_of_the_whole(record: dict[str, object], indent: int | None) -> None:
    """Also with names and brackets inside of words, with and without blanks; only the outer field counts."""
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    assert list(items_of(text, "placements")) == record.get("placements", [])
    names = list(record)
    before = names[: names.index("placements")] if "placements" in record else names
    assert fields_before(text, "placements") == {name: record[name] for name in before}
