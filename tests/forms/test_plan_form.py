"""The individual plan's form as data: row numbers, homes, municipalities' forms, the law's minimum."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.plan_form import (
    Home,
    check_form,
    example_forms,
    form_of,
    named_document,
    named_form,
    own_rows_from,
    standard_form,
)
from bcp_kit.forms.schema import Requirement


def _document(form_id: str = "umibe_town") -> dict[str, Any]:
    return copy.deepcopy(named_document(form_id))


def _without(document: dict[str, Any], field_id: str) -> dict[str, Any]:
    for section in document["sections"]:
        section["fields"] = [
            each for each in section["fields"] if field_id != (each if isinstance(each, str) else each["id"])
        ] or ["never_do"]
    return document


@pytest.mark.shared
def test_rows_and_counts_are_the_references(shared: Callable[[str], Path]) -> None:
    """139 fields in 14 sections, numbered in the order of the reference; 23 law, 31 guideline, 85 more."""
    raw = yaml.safe_load(shared("reference/evacuation.yaml").read_text(encoding="utf-8"))
    fields = [field for section in raw["individual_plan_form"] for field in section["fields"]]
    asked = standard_form()
    assert [(field.row, field.id) for field in asked.fields] == [
        (number, field["id"]) for number, field in enumerate(fields, 1)
    ]
    assert len(asked.sections) == 14
    counts = [sum(f.item.required is kind for f in asked.fields) for kind in Requirement]
    assert counts == [23, 31, 85]


def test_every_field_says_where_it_stands_and_whom_to_ask() -> None:
    """Row numbers are unique, who can supply it is a known word, cells of tables follow their table."""
    fields = standard_form().fields
    assert len({field.row for field in fields}) == len(fields) == 139
    assert max(field.row for field in fields) < own_rows_from()
    known = {"supporter", *catalogue("plan_meeting_members").rows}
    assert all(field.ask and set(field.ask) <= known for field in fields)
    tables = {field.id for field in fields if field.item.input.columns}
    assert {field.within for field in fields if field.within} <= tables
    assert {field.home for field in fields} == set(Home)


@pytest.mark.parametrize("form_id", example_forms())
def test_the_sample_forms_are_good_and_keep_row_numbers(form_id: str) -> None:
    """A field bears the same number in each form; own fields have numbers of their own."""
    made, rows = named_form(form_id), {field.id: field.row for field in standard_form().fields}
    assert check_form(named_document(form_id), form_id) == ()
    assert {field.id: field.row for field in made.fields if not field.own}.items() <= rows.items()
    assert all(field.row >= own_rows_from() for field in made.fields if field.own)
    assert any(field.own for field in made.fields)


def test_a_municipality_orders_renames_and_adds() -> None:
    """Order, words and own fields are the municipality's; the cells of a table come with it."""
    made = named_form("umibe_town")
    ids = [field.id for field in made.fields]
    assert ids[:3] == ["hazard_tsunami", "tsunami_arrival_min", "destinations"]
    assert made.field("route_text").item.title_ja == "逃げる道"
    assert made.field("x_life_jacket").row == 201
    at = ids.index("supporters")
    assert ids[at + 1 : at + 4] == ["supporter_name", "supporter_address", "supporter_tel"]
    assert made.find("blood_type") is None


@pytest.mark.parametrize(
    "field_id",
    [
        "name",
        "birth_date",
        "sex",
        "address",
        "reason_categories",
        "reason_text",
        "supporters",
        "destinations",
        "route_text",
    ],
)
def test_lawful_content_cannot_be_left_out(field_id: str) -> None:
    """Each is refused with the field, the content and the article."""
    with pytest.raises(BcpKitError) as caught:
        form_of(_without(_document(), field_id), "umibe_town")
    assert caught.value.code is ErrorCode.PLAN_FORM_LAW_FIELD
    assert caught.value.values["field"] == field_id
    assert "49条の1" in str(caught.value.values["article"])


def test_one_way_to_reach_the_person_is_enough() -> None:
    """Telephone at home may go while another contact stays; without any the form is refused."""
    document = _document()
    for field_id in ("tel_home", "tel_mobile"):
        assert check_form(_without(document, field_id)) == ()
    (fault,) = check_form(_without(document, "email"))
    assert fault.code is ErrorCode.PLAN_FORM_LAW_FIELD
    assert "tel_home" in str(fault.values["field"])


def _unknown(document: dict[str, Any]) -> None:
    document["sections"][0]["fields"].append("favourite_colour")


def _cell_alone(document: dict[str, Any]) -> None:
    document["sections"][0]["fields"].append("supporter_tel")


def _twice(document: dict[str, Any]) -> None:
    document["sections"][0]["fields"].append("name")


def _row_of_another(document: dict[str, Any]) -> None:
    document["own_fields"][0]["row"] = 13


def _nowhere(document: dict[str, Any]) -> None:
    document["own_fields"].append({**document["own_fields"][0], "id": "x_lost", "row": 202})


def _bad_name(document: dict[str, Any]) -> None:
    document["own_fields"][0]["id"] = "name"


def _bad_asked(document: dict[str, Any]) -> None:
    document["own_fields"][0]["ask"] = ["astrologer"]


def _no_sections(document: dict[str, Any]) -> None:
    document["sections"] = "all"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_unknown, ErrorCode.PLAN_FORM_FIELD_UNKNOWN),
        (_cell_alone, ErrorCode.PLAN_FORM_FIELD_UNKNOWN),
        (_twice, ErrorCode.PLAN_FORM_FIELD_TWICE),
        (_row_of_another, ErrorCode.PLAN_FORM_ROW_TAKEN),
        (_nowhere, ErrorCode.PLAN_FORM_FIELD_UNKNOWN),
        (_bad_name, ErrorCode.PLAN_FORM_UNREADABLE),
        (_bad_asked, ErrorCode.PLAN_FORM_UNREADABLE),
        (_no_sections, ErrorCode.PLAN_FORM_UNREADABLE),
    ],
)
def test_each_fault_of_a_form_is_named(spoil: Callable[[dict[str, Any]], None], code: ErrorCode) -> None:
    """A spoilt form is refused by the code of its fault."""
    document = _document()
    spoil(document)
    assert {fault.code for fault in check_form(document)} == {code}
    with pytest.raises(BcpKitError):
        form_of(document)


@pytest.mark.parametrize("document", [None, [], "x", {}, {"id": "a"}, {"sections": [None]}])
def test_what_is_no_form_is_told(document: Any) -> None:
    """Anything that YAML can say gives a fault, never a crash."""
    assert check_form(document)
