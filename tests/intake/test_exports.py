"""Out again: old encodings with every lost character named, maps, and the municipal standard."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.inspection import inspect
from bcp_kit.services.base import Context
from bcp_kit.services.exporting_public import export_standard, local_government_code
from bcp_kit.services.exporting_sheets import FileFormat, Missing, export_sheets
from bcp_kit.services.importing import import_inspection, inspect_file
from tests.intake.conftest import TODAY, context_for

HERE = Location(latitude=35.123456789, longitude=139.1)


def _shelter(number: str, name: str, **more: object) -> Shelter:
    fields = {"kind": DestinationKind.GENERAL, "address": "みどり町1", **more}
    return Shelter(id=number, name=name, **fields)  # type: ignore[arg-type]


def _stored(ctx: Context, *shelters: Shelter) -> None:
    with ctx.open_store() as uow:
        uow.shelters.add_many(list(shelters))
        uow.commit()


def test_a_refused_export_names_the_places_of_its_characters(ctx: Context) -> None:
    """Row, column and character of what CP932 lacks are in the error, and nothing is written."""
    _stored(ctx, _shelter("W1", "𠮷田会館"), _shelter("W2", "青葉", note="葛󠄀城"))
    with pytest.raises(BcpKitError) as refused:
        export_sheets(ctx, (SheetKind.SHELTERS,), FileFormat.CSV_CP932)
    assert refused.value.code is ErrorCode.EXPORT_CHARACTERS
    assert refused.value.values["count"] == 2
    assert "2行目／名称「𠮷」（U+20BB7）" in str(refused.value.values["places"])
    assert "3行目／備考" in str(refused.value.values["places"])


@pytest.mark.parametrize(
    ("missing", "name", "note"),
    [(Missing.SIMILAR, "吉田会館〓", "葛城"), (Missing.MARK, "〓田会館〓", "葛城")],
)
def test_the_officer_chooses_what_is_written_instead(
    ctx: Context, missing: Missing, name: str, note: str
) -> None:
    """A common variant or 〓 is written, a form selector is dropped, and each place is told."""
    _stored(ctx, _shelter("W1", "𠮷田会館𩸽", note="葛󠄀城"))
    written, _ = export_sheets(ctx, (SheetKind.SHELTERS,), FileFormat.CSV_CP932, missing)
    (row,) = csv.DictReader(StringIO(written.content.decode("cp932")))
    assert (row["名称"], row["備考"]) == (name, note)
    assert [(m.row, m.heading, m.character) for m in written.replaced] == [
        (2, "名称", "𠮷"),
        (2, "名称", "𩸽"),
        (2, "備考", "\U000e0100"),
    ]


def test_shelters_and_facilities_come_back_from_a_map_file(tmp_path: Path) -> None:
    """GeoJSON holds a point per place and loses nothing, with and without a place."""
    source, target = (context_for(tmp_path / n, Role.DISASTER_OFFICER) for n in ("a", "b"))
    features = {"elevator": Known.NO, "backup_power": Known.YES, "private_room": Known.UNKNOWN}
    one = _shelter("W1", "=会館", location=HERE, capacity_people=20, features=features, note="001\n@x")
    two = _shelter("W2", "青葉", water_l=0, area_m2=12.5, phone="000-0000-0000")
    _stored(source, one, two)
    facility = Facility(id="F1", name="みどり苑", category=ServiceCategory.CARE_DAY, location=HERE, beds=0)
    with source.open_store() as uow:
        uow.facilities.add(facility)
        uow.commit()
    for kind in (SheetKind.FACILITIES, SheetKind.SHELTERS):
        written, rows = export_sheets(source, (kind,), FileFormat.GEOJSON)
        tree = json.loads(written.content)
        assert tree["type"] == "FeatureCollection" and len(tree["features"]) == rows
        import_inspection(target, inspect_file(target, written.content, "a.geojson"))
    with target.open_store() as uow:
        assert uow.facilities.list() == [facility]
        assert sorted(uow.shelters.list(), key=lambda s: s.id) == [one, two]
    point = json.loads(written.content)["features"][0]["geometry"]
    assert point == {"type": "Point", "coordinates": [139.1, 35.123456789]}


def test_homes_are_never_written_as_a_map(ctx: Context) -> None:
    """People have no map file: a point with a name would show where somebody lives."""
    with pytest.raises(BcpKitError) as refused:
        export_sheets(ctx, (SheetKind.PEOPLE, SheetKind.SUPPORTERS), FileFormat.GEOJSON)
    assert refused.value.code is ErrorCode.WRONG_USE


def test_the_municipal_standard(ctx: Context) -> None:
    """One row per building in the 39 columns of the standard; no telephone of a person gets out."""
    school = _shelter(
        "E9999900001111", "みどり小学校", common_id="E9999900001111", location=HERE, capacity_people=300,
        site_id="B1", phone="0000-00-0001", contact_name="青葉", contact_phone="0000-00-0002",
    )  # fmt: skip
    welfare = _shelter("W1", "みどり苑", kind=DestinationKind.AGREEMENT_WELFARE, municipality="みどり町")
    site = EmergencySite(
        id="E9999900001201", site_id="B1", name="みどり小学校", address="みどり町1", location=HERE,
        designated_for=("river_flood", "tsunami"), capacity_people=900,
    )  # fmt: skip
    _stored(ctx, school, welfare)
    with ctx.open_store() as uow:
        uow.layers.put("emergency_sites", {site.id: site.model_dump(mode="json")})
        uow.commit()
    written, rows = export_standard(ctx)
    text = written.content.decode("utf-8-sig")
    first, second = csv.DictReader(StringIO(text))
    assert rows == 2 and len(first) == 39 and "青葉" not in text and "0000-00-0002" not in text
    marked = {k for k, v in first.items() if k.startswith("災害種別") and v}
    assert marked == {"災害種別_洪水", "災害種別_津波"} and first["指定避難所との重複"] == "1"
    assert (first["ID"], first["想定収容人数"], second["備考"]) == (
        "E9999900001201",
        "900",
        "協定等による福祉避難所",
    )
    again = inspect(written.content, "a.csv", TODAY)
    (back,) = again.objects(EmergencySite)
    assert back.designated_for == site.designated_for and back.location == HERE
    assert [s.name for s in again.objects(Shelter)] == ["みどり苑"]


@pytest.mark.parametrize(
    ("number", "code"),
    [("E1310100001201", "131016"), ("E0110000001201", "011002"), ("E0920100001201", "092011"), ("W001", "")],
)
def test_the_code_of_the_municipality(number: str, code: str) -> None:
    """The sixth digit is reckoned from the five of the common id (examples of the catalogue)."""
    assert local_government_code(number) == code
