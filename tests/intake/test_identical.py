"""Whatever can be stored goes out and comes back identical: each field, each unknown (IN-7)."""

import string
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer, StaffMember
from bcp_kit.domain.units import Location
from bcp_kit.forms.sheets import REPEAT_LIMIT, Column, ColumnType, SheetKind, sheet, words
from bcp_kit.intake.inspection import inspect
from bcp_kit.intake.vocabulary import choices_of
from bcp_kit.render.geojson_out import write_geojson
from bcp_kit.render.sheet_rows import cells_of, every_column, object_tree, person_tree, written_columns
from bcp_kit.render.spreadsheet import TableOut, write_csv, write_workbook
from tests.intake.conftest import TODAY

# Without a column in its sheet: rooms, who confirmed what, and the event of a place have their own screens.
DITTO_MARKS = {*'〃″〟”“"々仝', "''", "同上", "同　上", "同 上", "上に同じ"}
ELSEWHERE = {"version", "spaces", "confirmations", "added_in_event"}
RISKY = (
    "=1+1",
    "+1",
    "-1x",
    "@a",
    "'x",
    "'=x",
    "＝和",
    "\t字",
    "001",
    "1,000",
    'か"ぎ',
    "一\n二",
    "、",
    "髙﨑𠮷葛󠄀",
)
PLAIN = st.text(
    st.characters(blacklist_categories=("Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Cf")),
    min_size=1,
    max_size=8,
)
SAFE_WORDS = st.text(st.characters(whitelist_categories=("Lo", "Ll")), min_size=1, max_size=6)
CODES = st.text(string.ascii_letters + string.digits, min_size=1, max_size=8)


def _is_ambiguous(text: str) -> bool:
    """What says something else in a table is read as that, with a finding: 1E5, #N/A, 同上, ditto marks."""
    folded = text.strip().lower()
    number = "e" in folded and folded.replace("e", "").replace("+", "").isdigit()
    return folded.startswith("#") or number or folded in DITTO_MARKS


TEXTS = st.one_of(st.sampled_from(RISKY), PLAIN).filter(lambda t: not _is_ambiguous(t))


def _numbers(column: Column) -> st.SearchStrategy[float]:
    low = 0.0 if column.minimum is None else column.minimum
    high = 1000.0 if column.maximum is None else min(column.maximum, 1e6)
    return st.floats(low, high, allow_subnormal=False).map(lambda x: round(x, 7))


def _integers(column: Column) -> st.SearchStrategy[int]:
    low = 0 if column.minimum is None else int(column.minimum)
    return st.integers(low, 1000 if column.maximum is None else int(min(column.maximum, 10_000)))


def _keys(known: Iterable[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(known)), unique=True, max_size=5).map(tuple)


BY_TYPE: Mapping[ColumnType, Callable[[Column], st.SearchStrategy[Any]]] = {
    ColumnType.TEXT: lambda _: TEXTS,
    ColumnType.LONG_TEXT: lambda _: TEXTS,
    ColumnType.TEXT_LIST: lambda _: st.lists(SAFE_WORDS, max_size=3).map(tuple),
    ColumnType.KANA: lambda _: st.text("アイウカキガ　ー", min_size=1, max_size=5).filter(str.strip),
    ColumnType.CODE: lambda _: CODES,
    ColumnType.DIGITS: lambda c: st.text("0123456789", min_size=c.digits, max_size=c.digits),
    ColumnType.DATE: lambda _: st.dates(date(1900, 1, 1), TODAY),
    ColumnType.INTEGER: _integers,
    ColumnType.NUMBER: _numbers,
    ColumnType.CAPACITY: lambda _: st.integers(1, 5_000),
    ColumnType.YES_NO: lambda _: st.booleans(),
    ColumnType.KNOWN: lambda _: st.sampled_from(list(Known)),
    ColumnType.CHOICE: lambda c: st.sampled_from(list(choices_of(c))),
    ColumnType.CHOICE_LIST: lambda c: st.lists(st.sampled_from(list(choices_of(c))), unique=True).map(tuple),
    ColumnType.NEEDS: lambda _: st.lists(st.sampled_from(sorted(needs())), unique=True, max_size=4).map(
        tuple
    ),
    ColumnType.ACCEPTS: lambda _: _keys({*needs(), *words()["need_groups"]}),
    ColumnType.PHONE: lambda _: st.sampled_from(("0000-00-0001", "０００－００００", "03-0000-0000、内線5")),
    ColumnType.POSTAL: lambda _: st.sampled_from(("001-0001", "0600001")),
    ColumnType.EMAIL: lambda _: st.just("a@example.invalid"),
}


def _columns(kind: SheetKind) -> list[Column]:
    return [c for c in sheet(kind).expanded(REPEAT_LIMIT) if not c.check_only]


def _flat(kind: SheetKind) -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for each plain field of a sheet; a field with a default may stay away."""
    found = {}
    for column in _columns(kind):
        if "." in column.key or column.type not in BY_TYPE:
            continue
        made = BY_TYPE[column.type](column)
        found[column.key] = made if column.required else st.one_of(st.none(), made)
    return found


def _places(name: str) -> st.SearchStrategy[Location | None]:
    del name
    point = st.builds(
        Location,
        latitude=st.floats(24, 45).map(lambda x: round(x, 9)),
        longitude=st.floats(123, 145).map(lambda x: round(x, 9)),
        uncertainty_m=st.sampled_from((0.0, 25.0)),
    )
    return st.one_of(st.none(), point)


@st.composite
def _exposures(draw: st.DrawFn, kind: SheetKind, prefix: str) -> tuple[Exposure, ...]:
    """Return what the columns of the sheet can say about some hazards, in the order of the hazards."""
    found = []
    for hazard in HazardKind:
        own = {c.key.rpartition(".")[2]: c for c in _columns(kind) if c.key.startswith(f"{prefix}.{hazard}.")}
        if own and draw(st.booleans()):
            parts = {name: draw(BY_TYPE[column.type](column)) for name, column in own.items()}
            found.append(Exposure(hazard=hazard, **parts))
    return tuple(found)


def _objects(kind: SheetKind, model: type[DomainModel], more: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for the objects of one sheet."""
    parts = {**_flat(kind), **more}

    def build(fields: dict[str, Any]) -> DomainModel:
        return model.model_validate({key: value for key, value in fields.items() if value is not None})

    return st.fixed_dictionaries(parts).map(build)


FEATURES = st.dictionaries(
    st.sampled_from(sorted(shelter_features())), st.sampled_from(list(Known)), max_size=8
)
STAFF_TYPES = [
    c.key.rpartition(".")[2] for c in _columns(SheetKind.SHELTERS) if c.key.startswith("staff_by_type.")
]
KINDS: dict[SheetKind, st.SearchStrategy[Any]] = {
    SheetKind.SHELTERS: _objects(
        SheetKind.SHELTERS,
        Shelter,
        {
            "location": _places("location"),
            "features": FEATURES,
            "staff_by_type": st.dictionaries(st.sampled_from(STAFF_TYPES), st.integers(0, 50), max_size=4),
            "exposures": _exposures(SheetKind.SHELTERS, "exposures"),
        },
    ),
    SheetKind.FACILITIES: _objects(
        SheetKind.FACILITIES,
        Facility,
        {"location": _places("location"), "exposures": _exposures(SheetKind.FACILITIES, "exposures")},
    ),
    SheetKind.STAFF: _objects(
        SheetKind.STAFF,
        StaffMember,
        {
            "home_location": _places("home_location"),
            # Nobody speaks no language: an empty cell stands for Japanese.
            "languages": st.lists(st.sampled_from(("ja", "en", "vi")), min_size=1, unique=True).map(tuple),
            "home_exposures": _exposures(SheetKind.STAFF, "home_exposures"),
        },
    ),
    SheetKind.SUPPORTERS: _objects(SheetKind.SUPPORTERS, Supporter, {"location": _places("location")}),
    SheetKind.HELP_OFFERS: _objects(SheetKind.HELP_OFFERS, HelpOffer, {}),
}
MODELS: dict[SheetKind, type[DomainModel]] = {
    SheetKind.SHELTERS: Shelter,
    SheetKind.FACILITIES: Facility,
    SheetKind.STAFF: StaffMember,
    SheetKind.SUPPORTERS: Supporter,
    SheetKind.HELP_OFFERS: HelpOffer,
}
QUICK = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def _table(kind: SheetKind, trees: list[dict[str, Any]]) -> TableOut:
    rows = [cells_of(tree, every_column(kind)) for tree in trees]
    return TableOut(sheet(kind).title, written_columns(kind, rows), rows)


def _back(content: bytes, name: str, model: type[DomainModel]) -> list[DomainModel]:
    found = inspect(content, name, TODAY)
    errors = [(p.code, p.column, p.value) for _, p in found.findings() if p.severity == "error"]
    assert not errors, errors[:3]
    return list(found.objects(model))


def _assert_same(before: list[Any], after: list[Any]) -> None:
    assert len(after) == len(before)
    for one, other in zip(before, after, strict=True):
        fields = type(one).model_fields
        wrong = {
            f: (getattr(one, f), getattr(other, f)) for f in fields if getattr(one, f) != getattr(other, f)
        }
        assert not wrong, wrong


@pytest.mark.parametrize("kind", list(KINDS))
@QUICK
@given(data=st.data())
def test_every_field_comes_back_identical(kind: SheetKind, data: st.DataObject) -> None:
    """Objects with any values and any unknowns are the same after Excel, CSV and GeoJSON."""
    made = data.draw(st.lists(KINDS[kind], min_size=1, max_size=4, unique_by=lambda obj: obj.id))
    table = _table(kind, [object_tree(obj) for obj in made])
    _assert_same(made, _back(write_workbook([table]).content, "a.xlsx", MODELS[kind]))
    _assert_same(made, _back(write_csv(table).content, "a.csv", MODELS[kind]))
    if kind in (SheetKind.SHELTERS, SheetKind.FACILITIES):
        _assert_same(made, _back(write_geojson(table).content, "a.geojson", MODELS[kind]))


PEOPLE = _objects(
    SheetKind.PEOPLE,
    Person,
    {
        "id": st.just("x"),
        "location": _places("location"),
        "home_exposures": _exposures(SheetKind.PEOPLE, "home_exposures"),
    },
)


@QUICK
@given(people=st.lists(PEOPLE, min_size=1, max_size=4, unique_by=lambda p: p.register_no.strip()))
def test_every_field_of_a_person_comes_back_identical(people: list[Person]) -> None:
    """People are the same after Excel and CSV; their id is made from the register number."""
    table = _table(SheetKind.PEOPLE, [person_tree(person, (), ()) for person in people])
    for content, name in ((write_workbook([table]).content, "a.xlsx"), (write_csv(table).content, "a.csv")):
        back = [p.model_copy(update={"id": "x"}) for p in _back(content, name, Person)]  # type: ignore[attr-defined]
        _assert_same(people, back)


@pytest.mark.parametrize("kind", list(MODELS))
def test_every_stored_field_has_a_column(kind: SheetKind) -> None:
    """A field that is added to a record without a column in its sheet would be lost on the way out."""
    columns = {c.key.partition(".")[0] for c in _columns(kind)}
    assert set(MODELS[kind].model_fields) - columns - ELSEWHERE == set()
