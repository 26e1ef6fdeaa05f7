"""Zipped shapefiles: features with plain coordinates and their attributes. Nothing is projected here.

A zip may hold several layers; where a publisher adds the same layer twice, in folders UTF-8 and Shift-JIS,
the one in UTF-8 is read and the other named. Source of the format: ESRI Shapefile Technical Description
(1998); dBASE III+ header, language driver byte at 29.
"""

import struct
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

import shapefile as pyshp

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.intake.guard_archive import ARCHIVE_FAULTS, unfold
from bcp_kit.intake.limits import SCREEN, Limits

Value = str | int | float | bool | None

_FAULTS = (pyshp.ShapefileException, pyshp.RingSamplingError, struct.error, *ARCHIVE_FAULTS)
_MORE_FAULTS = (TypeError, AttributeError, AssertionError, ArithmeticError, MemoryError)
_CODECS = {
    **dict.fromkeys(("utf8", "65001", "unicode"), ("utf-8", "UTF-8")),
    **dict.fromkeys(
        ("932", "cp932", "sjis", "shiftjis", "windows31j", "ansi932", "mskanji"), ("cp932", "CP932")
    ),
    **dict.fromkeys(("eucjp", "ujis", "20932", "51932"), ("euc_jp", "EUC-JP")),
}
_LANGUAGE_DRIVERS = {0x13: ("cp932", "CP932"), 0x7B: ("cp932", "CP932")}
_GUESSED = (("utf-8", "UTF-8"), ("cp932", "CP932"), ("euc_jp", "EUC-JP"))
_SAMPLE = 8 * 1024 * 1024
_LOST = "\ufffd"


@dataclass(frozen=True)
class Feature:
    """One feature: `geometry` as GeoJSON has it (type, coordinates with x or longitude first), or None."""

    geometry: Mapping[str, Any] | None
    attributes: Mapping[str, Value]


@dataclass(frozen=True)
class ShapeLayer:
    """One layer of a zip. `projection` is the text of the .prj, empty when there is none.

    `shape` is the kind of its geometries (Point, LineString, Polygon …), empty for a layer without any.
    `problems` are findings about the layer itself.
    """

    name: str
    shape: str
    encoding: str
    projection: str
    fields: tuple[str, ...]
    features: tuple[Feature, ...]
    problems: tuple[Problem, ...] = ()


def read_shapefile(content: bytes, limits: Limits = SCREEN) -> tuple[ShapeLayer, ...]:
    """Return the layers of a zipped shapefile that has passed the guard.

    Raises: BcpKitError I-007 (unfolds to too much), I-009 (too many features), I-011 (damaged, or its parts
    do not belong together), I-022 (a part is missing).
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            layers = _layers(archive)
            chosen, twins = _without_twins(sorted(layers))
            return tuple(_layer(archive, stem, layers[stem], twins.get(stem, ()), limits) for stem in chosen)
    except (*_FAULTS, *_MORE_FAULTS):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _layers(archive: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Return the parts of each layer by their ending, by the layer's path without ending."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename)
        if not entry.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith("._"):
            found.setdefault(str(path.with_suffix("")), {})[path.suffix.lower()] = entry
    layers = {stem: parts for stem, parts in found.items() if {".shp", ".dbf"} & parts.keys()}
    for stem, parts in layers.items():
        missing = sorted({".shp", ".dbf"} - parts.keys())
        if missing:
            raise BcpKitError(
                ErrorCode.SHAPEFILE_PART_MISSING, name=PurePosixPath(stem).name, ending=missing[0]
            )
    return layers


def _without_twins(stems: list[str]) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return the layers to read and, for each, the paths of the same layer in other encodings."""
    by_name: dict[str, list[str]] = {}
    for stem in stems:
        by_name.setdefault(PurePosixPath(stem).name.lower(), []).append(stem)
    chosen, twins = [], {}
    for same in by_name.values():
        first = next((s for s in same if "utf" in str(PurePosixPath(s).parent).lower()), same[0])
        chosen.append(first)
        twins[first] = tuple(s for s in same if s != first)
    return chosen, twins


def _layer(
    archive: zipfile.ZipFile,
    stem: str,
    parts: Mapping[str, zipfile.ZipInfo],
    twins: Sequence[str],
    limits: Limits,
) -> ShapeLayer:
    shp, dbf = (unfold(archive, parts[ending], limits) for ending in (".shp", ".dbf"))
    small = {e: unfold(archive, parts[e], limits)[:10_000] for e in (".cpg", ".prj") if e in parts}
    _demand_whole(shp, dbf, limits)
    (codec, shown), problems = _encoding(dbf, small.get(".cpg", b""))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader = pyshp.Reader(shp=BytesIO(shp), dbf=BytesIO(dbf), encoding="latin-1")
        fields = _unique([_text(field.name, codec) for field in reader.fields[1:]])
        features = tuple(_features(reader, fields, codec))
    name = PurePosixPath(stem).name
    problems += [_notice(ErrorCode.SHAPEFILE_TWIN, name=name, twin=twin) for twin in twins]
    if ".prj" not in small:
        problems.append(_notice(ErrorCode.PROJECTION_UNSTATED, Severity.WARNING, name=name))
    return ShapeLayer(
        name=name,
        shape=next((f.geometry["type"] for f in features if f.geometry is not None), ""),
        encoding=shown,
        projection=small.get(".prj", b"").decode("utf-8", "replace").strip(),
        fields=fields,
        features=features,
        problems=tuple(problems),
    )


def _notice(code: ErrorCode, severity: Severity = Severity.NOTICE, **values: str | int) -> Problem:
    return Problem(code=code, severity=severity, values=values)


def _demand_whole(shp: bytes, dbf: bytes, limits: Limits) -> None:
    """Refuse parts that are shorter than their heads say, before anything is read by those heads.

    Raises: BcpKitError I-009, I-011.
    """
    if len(shp) < 100 or len(dbf) < 33:
        raise BcpKitError(ErrorCode.FILE_DAMAGED)
    words = struct.unpack(">i", shp[24:28])[0]
    count, head, width = struct.unpack("<IHH", dbf[4:12])
    short = len(shp) < 2 * words or words < 50 or len(dbf) < head + count * width
    if struct.unpack(">i", shp[:4])[0] != 9994 or short or width == 0:
        raise BcpKitError(ErrorCode.FILE_DAMAGED)
    if count > limits.rows or (head - 33) // 32 > limits.columns:
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)


def _encoding(dbf: bytes, stated: bytes) -> tuple[tuple[str, str], list[Problem]]:
    """Return the encoding of the attributes: as stated, unless another one fits and the stated does not."""
    head = int.from_bytes(dbf[8:10], "little")
    sample = dbf[32:head] + dbf[head : head + _SAMPLE]
    word = "".join(c for c in stated.decode("ascii", "ignore").lower() if c.isalnum())
    said = _CODECS.get(word) or _LANGUAGE_DRIVERS.get(dbf[29])
    losses = {codec: sample.decode(codec, "replace").count(_LOST) for codec, _ in _GUESSED}
    best = min(_GUESSED, key=lambda guess: losses[guess[0]])
    if said is None:
        return best, []
    if losses[best[0]] * 10 < losses[said[0]]:
        values = {"stated": said[1], "encoding": best[1]}
        problem = Problem(code=ErrorCode.ENCODING_BELIED, severity=Severity.WARNING, values=values)
        return best, [problem]
    return said, []


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Number names that stand twice: a shapefile cuts them at ten bytes."""
    found: list[str] = []
    for name in names:
        number, own = 2, name
        while own in found:
            own, number = f"{name}_{number}", number + 1
        found.append(own)
    return tuple(found)


def _features(reader: Any, fields: Sequence[str], codec: str) -> Iterator[Feature]:
    records = reader.dbf_reader.iterRecords(deleted_as_None=True)
    for shape, record in zip(reader.iterShapes(), records, strict=True):
        if record is not None:
            values = {f: _value(v, codec) for f, v in zip(fields, record, strict=True)}
            yield Feature(geometry=_geometry(shape), attributes=values)


def _geometry(shape: Any) -> Mapping[str, Any] | None:
    if shape is None or shape.shapeType == pyshp.NULL:
        return None
    tree = shape.__geo_interface__
    return {"type": tree["type"], "coordinates": _plain(tree["coordinates"])} if tree["coordinates"] else None


def _plain(coordinates: Any) -> Any:
    """Return coordinates as lists of (x, y): heights and measures are left out."""
    if coordinates and isinstance(coordinates[0], int | float):
        return (float(coordinates[0]), float(coordinates[1]))
    return [_plain(part) for part in coordinates]


def _value(value: Any, codec: str) -> Value:
    if isinstance(value, str):
        return _text(value, codec)
    return value.isoformat() if isinstance(value, date) else value


def _text(raw: str, codec: str) -> str:
    """Return the text of a field read byte by byte; a character that the field's end cut is left out."""
    text = raw.encode("latin-1").rstrip(b"\0 ").decode(codec, "replace")
    return text[:-1] if text.endswith(_LOST) else text
