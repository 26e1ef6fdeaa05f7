"""Zipped shapefiles: layers, encodings, shapes, projections; what is cut or missing is refused."""

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import pyproj
import pytest
import shapefile as pyshp

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.guard import FileKind, guard
from bcp_kit.intake.shapefile import read_shapefile
from bcp_kit.intake.table_reader import read_tables

_DEGREES = 'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
WORLD = f'GEOGCS["JGD2011",DATUM["D_JGD_2011",SPHEROID["GRS_1980",6378137.0,298.257222101]],{_DEGREES}'
OLD = f'GEOGCS["GCS_Tokyo",DATUM["D_Tokyo",SPHEROID["Bessel_1841",6377397.155,299.1528128]],{_DEGREES}'
ROWS = (("みどり小学校", 120, (139.5, 35.5)), ("わかば公民館", 80, (139.6, 35.6)))


def layer_parts(
    codec: str = "cp932", prj: str | None = WORLD, cpg: bytes | None = None, kind: int = pyshp.POINT
) -> dict[str, bytes]:
    """Return the parts of an invented layer by ending."""
    shp, shx, dbf = BytesIO(), BytesIO(), BytesIO()
    with pyshp.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=kind, encoding=codec) as writer:
        writer.field("名称", "C", size=40)
        writer.field("人数", "N", size=8)
        for name, number, place in ROWS:
            if kind == pyshp.POINT:
                writer.point(*place)
            else:
                x, y = place
                writer.poly([[(x, y), (x, y + 0.1), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y)]])
            writer.record(name, number)
    parts = {".shp": shp.getvalue(), ".shx": shx.getvalue(), ".dbf": dbf.getvalue()}
    parts |= {".prj": prj.encode()} if prj is not None else {}
    return parts | ({".cpg": cpg} if cpg is not None else {})


def zipped(layers: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """Return layers, by their paths without ending, as a zip."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem, parts in layers.items():
            for ending, body in parts.items():
                archive.writestr(stem + ending, body)
    return out.getvalue()


def _codes(found: Sequence[object]) -> list[ErrorCode]:
    return [problem.code for problem in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("codec", "shown"), [("cp932", "CP932"), ("utf-8", "UTF-8"), ("euc_jp", "EUC-JP")])
@pytest.mark.parametrize("stated", [False, True])
def test_attributes_are_read_in_their_encoding(codec: str, shown: str, stated: bool) -> None:
    """Names and values come out right with a .cpg and without one."""
    cpg = {"cp932": b"Shift_JIS", "utf-8": b"UTF-8\r\n", "euc_jp": b"EUC-JP"}[codec] if stated else None
    (layer,) = read_shapefile(zipped({"a": layer_parts(codec, cpg=cpg)}))
    assert layer.encoding == shown and layer.fields == ("名称", "人数") and not layer.problems
    assert [dict(f.attributes) for f in layer.features] == [{"名称": n, "人数": c} for n, c, _ in ROWS]
    assert [f.geometry for f in layer.features] == [{"type": "Point", "coordinates": p} for *_, p in ROWS]


def test_an_encoding_that_is_stated_wrongly_is_found_out() -> None:
    """A .cpg that says UTF-8 over CP932 text is not believed, and that is told."""
    (layer,) = read_shapefile(zipped({"a": layer_parts("cp932", cpg=b"UTF-8")}))
    assert layer.encoding == "CP932" and layer.features[0].attributes["名称"] == ROWS[0][0]
    assert _codes(layer.problems) == [ErrorCode.ENCODING_BELIED]


def test_the_same_layer_in_two_encodings_is_read_once() -> None:
    """Folders UTF-8 and Shift-JIS hold one layer: it is not doubled, and the other copy is named."""
    content = zipped({"Shift-JIS/P20": layer_parts("cp932"), "UTF-8/P20": layer_parts("utf-8")})
    (layer,) = read_shapefile(content)
    assert layer.encoding == "UTF-8" and _codes(layer.problems) == [ErrorCode.SHAPEFILE_TWIN]


def test_several_layers_and_areas_are_read() -> None:
    """Each layer of a zip is one; areas have rings of (x, y)."""
    content = zipped({"点": layer_parts(), "面": layer_parts(kind=pyshp.POLYGON)})
    shapes = {layer.name: layer.shape for layer in read_shapefile(content)}
    assert shapes == {"点": "Point", "面": "Polygon"}
    tables = {table.name: table for table in read_tables(content, "a.zip")}
    assert _codes(tables["面"].problems) == [ErrorCode.GEOMETRY_NO_POINT]
    assert tables["点"].rows[1].cells == ("みどり小学校", "120", "35.5", "139.5")


def test_old_datum_and_missing_projection_are_told() -> None:
    """A .prj of the old datum and a missing .prj are warned of; plane coordinates become degrees."""
    old = read_tables(zipped({"a": layer_parts(prj=OLD)}), "a.zip")[0]
    none = read_tables(zipped({"a": layer_parts(prj=None)}), "a.zip")[0]
    assert _codes(old.problems) == [ErrorCode.DATUM_OLD]
    assert _codes(none.problems) == [ErrorCode.PROJECTION_UNSTATED]
    broken = read_tables(zipped({"a": layer_parts(prj="PROJCS[nonsense")}), "a.zip")[0]
    assert _codes(broken.problems) == [ErrorCode.PROJECTION_UNREADABLE] and broken.rows[1].cells[-1] == ""


def test_plane_coordinates_become_degrees() -> None:
    """The origin of plane zone IX (JGD2011) is 36° N, 139°50′ E."""
    shp, shx, dbf = BytesIO(), BytesIO(), BytesIO()
    with pyshp.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=pyshp.POINT) as writer:
        writer.field("name", "C")
        writer.point(0.0, 0.0)
        writer.record("origin")
    prj = pyproj.CRS.from_epsg(6677).to_wkt("WKT1_ESRI").encode()
    parts = {".shp": shp.getvalue(), ".dbf": dbf.getvalue(), ".prj": prj}
    (table,) = read_tables(zipped({"a": parts}), "a.zip")
    latitude, longitude = (float(cell) for cell in table.rows[1].cells[1:])
    assert latitude == pytest.approx(36.0, abs=1e-9) and longitude == pytest.approx(139 + 5 / 6, abs=1e-9)


def _cut(ending: str) -> Callable[[dict[str, bytes]], None]:
    def change(parts: dict[str, bytes]) -> None:
        parts[ending] = parts[ending][:-20]

    return change


def _without(ending: str) -> Callable[[dict[str, bytes]], None]:
    return lambda parts: parts.__delitem__(ending)


def _claims_more(parts: dict[str, bytes]) -> None:
    parts[".dbf"] = parts[".dbf"][:4] + struct.pack("<I", 4_000_000_000) + parts[".dbf"][8:]


def _claims_fewer(parts: dict[str, bytes]) -> None:
    parts[".dbf"] = parts[".dbf"][:4] + struct.pack("<I", 1) + parts[".dbf"][8:]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_cut(".shp"), ErrorCode.FILE_DAMAGED),
        (_cut(".dbf"), ErrorCode.FILE_DAMAGED),
        (_without(".shp"), ErrorCode.SHAPEFILE_PART_MISSING),
        (_without(".dbf"), ErrorCode.SHAPEFILE_PART_MISSING),
        (_claims_more, ErrorCode.FILE_DAMAGED),
        (_claims_fewer, ErrorCode.FILE_DAMAGED),
    ],
)
def test_damaged_layers_are_refused(change: Callable[[dict[str, bytes]], None], code: ErrorCode) -> None:
    """A part that is cut, missing or counts otherwise than the other refuses the whole layer."""
    parts = layer_parts()
    change(parts)
    with pytest.raises(BcpKitError) as refused:
        read_shapefile(zipped({"a": parts}))
    assert refused.value.code is code


def test_a_zipped_shapefile_passes_the_guard() -> None:
    """The gate tells a shapefile by what the zip holds."""
    assert guard(zipped({"a": layer_parts()}), "国土数値情報.zip") is FileKind.SHAPEFILE


@pytest.mark.shared
def test_real_layers_are_read(shared: Callable[[str], Path]) -> None:
    """A town's P20 shelters and a road net come out whole, with their projection."""
    (layer,) = read_shapefile(shared("data/test_only/shelters/ube_p20/ube_shelters.zip").read_bytes())
    assert (layer.shape, layer.encoding, len(layer.features)) == ("Point", "UTF-8", 42)
    assert layer.projection.startswith("GEOGCS") and layer.features[0].attributes["P20_005"] == 100
