"""The forms load, hold what the reference holds, and refuse what does not fit."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bcp_kit.catalogues import load
from bcp_kit.catalogues.load import Verification
from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.completeness import Fault, fault_of
from bcp_kit.forms.schema import (
    ColumnsOrigin,
    Form,
    Input,
    InputType,
    Requirement,
    chapters_for,
    form,
    items_for,
)

KINDS = ("natural_disaster", "infection")
BCP_FORMS = tuple(f"bcp_{kind}" for kind in KINDS)


def _reference(shared: Callable[[str], Path], name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(shared(f"reference/{name}").read_text(encoding="utf-8"))
    return loaded


def _items(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        item for chapter in plan["chapters"] for section in chapter["sections"] for item in section["items"]
    ]


@pytest.mark.shared
def test_the_two_plans_hold_every_item(shared: Callable[[str], Path]) -> None:
    """118 items over both plans: 80 for natural disasters, 38 for infection; each in its form, in order."""
    plans = _reference(shared, "bcp_items.yaml")["plans"]
    found = {kind: [item.id for item in form(f"bcp_{kind}").items] for kind in plans}
    assert found == {kind: [raw["id"] for raw in _items(plan)] for kind, plan in plans.items()}
    assert {kind: len(ids) for kind, ids in found.items()} == {"natural_disaster": 80, "infection": 38}


def _as_list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_items_say_what_the_reference_says(kind: str, shared: Callable[[str], Path]) -> None:
    """Title, hint, requirement, sources, mark, columns, rows and options are those of the reference."""
    asked = form(f"bcp_{kind}")
    for raw in _items(_reference(shared, "bcp_items.yaml")["plans"][kind]):
        item, rows = asked.item(raw["id"]), raw["input"].get("default_rows", [])
        assert (item.title_ja, item.title_en, item.hint_ja, item.required) == (
            raw["title_ja"],
            raw["title_en"],
            raw["hint_ja"],
            raw["required"],
        )
        assert list(item.sources) == raw["source"]
        assert item.verification == raw["verification"]
        assert item.columns_origin == raw.get("columns_origin")
        labels = [column.label_ja for column in item.input.columns]
        assert [label for label in labels if label in raw["input"].get("columns", [])] == raw["input"].get(
            "columns", []
        )
        assert len(item.input.default_rows) == len(rows)
        assert [option.label_ja for option in item.input.options] == raw["input"].get("options", [])
        for key in ("form_ref", "shares_with", "feeds"):
            assert list(getattr(item, key)) == _as_list(raw.get(key)), item.id
        for key in ("frequency_ref", "coefficient_ref", "checks_ref", "defaults_ref", "computed"):
            assert getattr(item, key) == raw.get(key, ""), item.id
        for key in ("emergency_card", "evidence", "attachment"):
            assert getattr(item, key) == raw.get(key, False), item.id


@pytest.mark.shared
@pytest.mark.parametrize("kind", KINDS)
def test_categories_are_asked_what_the_outlines_list(kind: str, shared: Callable[[str], Path]) -> None:
    """For each of the eight categories items, chapters and their numbers are those of its outline."""
    asked, outlines = form(f"bcp_{kind}"), _reference(shared, "bcp_items.yaml")["plans"][kind]["outlines"]
    assert set(outlines) == set(ServiceCategory)
    for category, outline in outlines.items():
        chapters = chapters_for(asked, ServiceCategory(category))
        assert [(chapter.id, chapter.number) for chapter in chapters] == [
            (entry["chapter"], entry["no"]) for entry in outline
        ]
        wanted = [item for entry in outline for section in entry["sections"] for item in section["items"]]
        assert [item.id for item in items_for(asked, ServiceCategory(category))] == wanted


def test_several_services_are_asked_what_any_of_them_is_asked() -> None:
    """Home and day service: all items of either in the form's order, chapters numbered as for both."""
    asked = form("bcp_infection")
    home, day = ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.CARE_DAY
    each = {item.id for category in (home, day) for item in items_for(asked, category)}
    assert [item.id for item in items_for(asked, home, day)] == [i.id for i in asked.items if i.id in each]
    assert [chapter.number for chapter in chapters_for(asked, home, day)][-1] == "第Ⅴ章"
    assert [chapter.number for chapter in chapters_for(asked, home)][-1] == "第Ⅳ章"


@pytest.mark.parametrize("form_id", BCP_FORMS)
def test_disability_services_have_notes_of_their_own(form_id: str) -> None:
    """Each disability category gets notes with source and mark; care services get none of them."""
    asked = form(form_id)
    for category in ServiceCategory:
        notes = [note for item in items_for(asked, category) for note in item.category_notes]
        assert bool(notes) == category.value.startswith("dis_"), category
        for note in notes:
            assert category in note.applies_to
            assert all(load.source_titles(note.sources))
    for item in asked.items:
        asked_of = set(item.applies_to) or set(ServiceCategory)
        assert all(set(note.applies_to) <= asked_of for note in item.category_notes), item.id


@pytest.mark.shared
def test_evacuation_plan_holds_every_field(shared: Callable[[str], Path]) -> None:
    """14 sections, 139 fields, 23 of them law; sides, sensitivity and options as in the reference."""
    raw = _reference(shared, "evacuation.yaml")["individual_plan_form"]
    asked = form("evacuation_plan")
    assert [(s.id, s.page, [i.id for i in s.items]) for s in asked.sections] == [
        (s["id"], s["page"], [f["id"] for f in s["fields"]]) for s in raw
    ]
    assert sum(item.required is Requirement.LAW for item in asked.items) == 23
    for field in (field for section in raw for field in section["fields"]):
        item = asked.item(field["id"])
        assert (item.sensitivity, item.hint_ja) == (field["sensitivity"], field["hint"])
        options = [
            option["ja"] if isinstance(option, dict) else option for option in field.get("options", [])
        ]
        assert [option.label_ja for option in item.input.options] == options


def test_counts_without_the_reference() -> None:
    """80 items in 39 sections, 62 for residential care; 38 for infection; 139 fields in 14 sections."""
    asked, evacuation = form("bcp_natural_disaster"), form("evacuation_plan")
    assert (len(asked.items), len(asked.sections)) == (80, 39)
    assert len(items_for(asked, ServiceCategory.CARE_RESIDENTIAL)) == 62
    infection = form("bcp_infection")
    assert (len(infection.items), len(infection.sections)) == (38, 10)
    assert [len(items_for(infection, c)) for c in ServiceCategory] == [28, 34, 28, 28, 28, 34, 28, 28]
    assert (len(evacuation.items), len(evacuation.sections)) == (139, 14)


@pytest.mark.parametrize("form_id", [*BCP_FORMS, "evacuation_plan"])
def test_sources_of_forms_are_listed(form_id: str) -> None:
    """Every source of a form and of its items has a title in the catalogue of sources."""
    asked = form(form_id)
    assert all(load.source_titles(asked.sources))
    for item in asked.items:
        assert all(load.source_titles(item.sources)), item.id
        if set(item.sources) <= {"gk", "general"}:
            assert item.verification is Verification.UNVERIFIED, item.id


@pytest.mark.parametrize("form_id", BCP_FORMS)
def test_every_bcp_item_has_an_example_that_fits(form_id: str) -> None:
    """Beside each field stand hint and example; it fills only columns, options and lengths that exist."""
    for item in form(form_id).items:
        assert item.hint_ja.strip(), item.id
        assert item.example is not None, item.id
        columns = {column.key for column in item.input.columns}
        assert all(set(row) <= columns for row in item.example.rows), item.id
        assert set(item.example.choices) <= {option.key for option in item.input.options}, item.id
        given = [item.example.text, item.example.number, item.example.choices, item.example.rows]
        assert sum(bool(part) for part in given) == 1, item.id
        assert len(item.example.text) <= (item.input.max_chars or 400), item.id
        assert all(cell.strip() for row in item.example.rows for cell in row.values()), item.id


@pytest.mark.parametrize("form_id", BCP_FORMS)
def test_an_example_taken_over_unread_is_seen(form_id: str) -> None:
    """The example of each text and table, saved as the answer, keeps the item open."""
    asked = form(form_id)
    for item in asked.items:
        assert item.example is not None
        example = item.example
        if not example.text and not example.rows:
            continue
        answer = Answer(state=AnswerState.ANSWERED, text=example.text, rows=example.rows)
        assert fault_of(asked, item, answer) is Fault.SAMPLE_LEFT, item.id


def test_added_columns_never_pass_for_the_template_s(asked: Form) -> None:
    """The two columns added to the confirmed cover block are marked as proposed."""
    cover = asked.item("nd_cover")
    origins = {column.label_ja: cover.column_origin(column) for column in cover.input.columns}
    assert origins["法人名"] is ColumnsOrigin.TEMPLATE_CONFIRMED
    assert origins["事業所番号"] is ColumnsOrigin.PROPOSED


def test_no_form_and_no_item_are_named() -> None:
    """A form or item that does not exist is refused by its code."""
    with pytest.raises(BcpKitError) as caught:
        form("bcp_moon_landing")
    assert caught.value.code is ErrorCode.FORM_MISSING
    with pytest.raises(BcpKitError) as caught:
        form("bcp_natural_disaster").item("nd_nothing")
    assert caught.value.code is ErrorCode.FORM_ITEM_MISSING


@pytest.mark.parametrize(
    "raw",
    [
        {"type": "table"},
        {"type": "text", "columns": [{"key": "a", "label_ja": "あ"}]},
        {"type": "table", "columns": [{"key": "a", "label_ja": "あ"}, {"key": "a", "label_ja": "い"}]},
        {
            "type": "table",
            "columns": [{"key": "a", "label_ja": "あ"}],
            "row_header": "b",
            "default_rows": ["x"],
        },
    ],
    ids=["no columns", "columns of a text", "a key twice", "unknown row header"],
)
def test_an_inconsistent_input_is_refused(raw: dict[str, Any]) -> None:
    """A table has columns with keys of their own, and default rows fill only these."""
    with pytest.raises(ValidationError):
        Input.model_validate(raw)


def test_default_rows_fill_the_row_header() -> None:
    """Rows given as plain words become rows with the row header filled."""
    raw = {
        "type": "table",
        "columns": [{"key": "a", "label_ja": "あ"}],
        "row_header": "a",
        "default_rows": ["x"],
    }
    assert Input.model_validate(raw).default_rows == ({"a": "x"},)
    assert Input.model_validate(raw).type is InputType.TABLE
