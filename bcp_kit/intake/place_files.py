"""Files that tell where towns lie and what codes mean: points of towns, municipality codes, postal codes."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.geo.places import TownPoint
from bcp_kit.intake.delimited import decode, read_delimited
from bcp_kit.intake.guard import guard, shown_name
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.records import JAPAN_LATITUDES, JAPAN_LONGITUDES
from bcp_kit.intake.table import Table

_HEADS: Mapping[str, tuple[str, ...]] = {
    "prefecture": ("都道府県名", "都道府県", "prefecture"),
    "municipality": ("市区町村名", "市区町村", "市町村名", "municipality", "city"),
    "town": (
        "町丁目名",
        "大字町丁目名",
        "大字・丁目名",
        "大字_丁目名",
        "大字・町丁目名",
        "町字名",
        "町域名",
        "town",
    ),
    "latitude": ("緯度", "lat", "latitude"),
    "longitude": ("経度", "lon", "lng", "longitude"),
}
_MORE: Mapping[str, tuple[str, ...]] = {
    "small_area": ("小字・通称名", "小字", "小字名"),
    "block": ("街区符号・地番", "街区符号", "地番"),
}
_CODE, _NAME = ("団体コード6桁", "団体コード", "コード6桁"), ("名称", "団体名", "市区町村名")
_POSTAL = re.compile(r"^\d{7}$")
_REST_OF_TOWN = re.compile(r"[(（].*$|以下に掲載がない場合|.*の次に番地がくる場合|.*一円$")


@dataclass(frozen=True)
class PointFile:
    """Points of towns as a file holds them."""

    name: str
    points: tuple[TownPoint, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class CodeFile:
    """Names of municipalities by their code of six digits."""

    name: str
    codes: Mapping[str, str]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class PostalFile:
    """What postal codes mean: (municipality code of five digits, prefecture, municipality, town) by code."""

    name: str
    codes: Mapping[str, tuple[tuple[str, str, str, str], ...]]
    problems: tuple[Problem, ...] = ()


def check_digit(five: str) -> str:
    """Return the check digit of a municipality code (全国地方公共団体コード).

    Source: rule of the ministry as the catalogue `data_formats` has it. Raises: ValueError for anything but
    five digits.
    """
    if not re.fullmatch(r"[0-9]{5}", five):
        raise ValueError("five digits")
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total if total < 11 else 11 - total % 11) % 10)


def is_municipality_code(code: str) -> bool:
    """Return whether six digits are a code whose check digit is right."""
    return re.fullmatch(r"[0-9]{6}", code) is not None and check_digit(code[:5]) == code[5]


def read_place_file(content: bytes, name: str, limits: Limits = SCREEN) -> PointFile | CodeFile | PostalFile:
    """Return what a table of places holds, told by its headings; nothing is stored.

    Points: the columns of 位置参照情報 (大字・町丁目 or 街区) or alike. Codes: 団体コード and 名称. Postal
    codes: KEN_ALL without headings, or a table with 郵便番号. Raises: BcpKitError G-003, G-018 with the
    missing heading, those of the guard and the table reader.
    """
    if guard(content, name, limits) is not FileKind.DELIMITED:
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds="CSV")
    if _is_ken_all(content):
        return _ken_all(content, shown_name(name))
    table = read_delimited(content)
    heads, rows = _rows(table)
    if "郵便番号" in heads:
        return _postal_table(heads, rows, shown_name(name))
    if _column(heads, _CODE) is not None and _column(heads, _HEADS["latitude"]) is None:
        return _codes(heads, rows, shown_name(name))
    return _points(heads, rows, shown_name(name))


def _rows(table: Table) -> tuple[list[str], list[tuple[str, ...]]]:
    filled = [row for row in table.rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        raise BcpKitError(ErrorCode.POINTS_UNREADABLE, heading="都道府県名")
    heads = [unicodedata.normalize("NFKC", cell).strip().casefold() for cell in filled[0].cells]
    return heads, [row.cells for row in filled[1:]]


def _column(heads: Sequence[str], names: Sequence[str]) -> int | None:
    wanted = [unicodedata.normalize("NFKC", name).casefold() for name in names]
    return next((heads.index(name) for name in wanted if name in heads), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _points(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> PointFile:
    columns = {key: _column(heads, names) for key, names in _HEADS.items()}
    for key, column in columns.items():
        if column is None:
            raise BcpKitError(ErrorCode.POINTS_UNREADABLE, heading=_HEADS[key][0])
    more = {key: _column(heads, names) for key, names in _MORE.items()}
    points = []
    for row in rows:
        latitude, longitude = _place(_cell(row, columns["latitude"]), _cell(row, columns["longitude"]))
        points.append(
            TownPoint(
                prefecture=_cell(row, columns["prefecture"]),
                municipality=_cell(row, columns["municipality"]),
                town=_cell(row, columns["town"]),
                small_area=_cell(row, more["small_area"]),
                block=_cell(row, more["block"]),
                latitude=latitude,
                longitude=longitude,
            )
        )
    without = sum(point.latitude != point.latitude for point in points)
    problems = (_told(ErrorCode.POINTS_LEFT_OUT, without),) if without else ()
    if without == len(points):
        raise BcpKitError(ErrorCode.POINTS_UNREADABLE, heading="緯度")
    return PointFile(name, tuple(points), problems)


def _place(latitude: str, longitude: str) -> tuple[float, float]:
    """Return a place in Japan, swapped ones put right; NaN for anything else, (0, 0) included."""
    nowhere = float("nan"), float("nan")
    try:
        lat, lon = (float(unicodedata.normalize("NFKC", text)) for text in (latitude, longitude))
    except ValueError:
        return nowhere
    for y, x in ((lat, lon), (lon, lat)):
        if JAPAN_LATITUDES[0] <= y <= JAPAN_LATITUDES[1] and JAPAN_LONGITUDES[0] <= x <= JAPAN_LONGITUDES[1]:
            return y, x
    return nowhere


def _told(code: ErrorCode, count: int) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, values={"count": count})


def _codes(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> CodeFile:
    code_column, name_column = _column(heads, _CODE), _column(heads, _NAME)
    prefecture = _column(heads, ("都道府県名", "都道府県名(漢字)"))
    own_name = _column(heads, ("市区町村名", "市区町村名(漢字)")) if prefecture is not None else name_column
    if own_name is None:
        raise BcpKitError(ErrorCode.POINTS_UNREADABLE, heading="名称")
    codes, wrong = {}, 0
    for row in rows:
        code = unicodedata.normalize("NFKC", _cell(row, code_column)).zfill(6)
        called = _cell(row, prefecture) + _cell(row, own_name)
        if is_municipality_code(code) and called:
            codes[code] = called
        else:
            wrong += 1
    return CodeFile(name, codes, (_told(ErrorCode.CODES_WRONG, wrong),) if wrong else ())


def _is_ken_all(content: bytes) -> bool:
    """Return whether the first line is one of the post's own file: no headings, fifteen columns."""
    text, _ = decode(content[:4096].rsplit(b"\n", 1)[0] or content)
    first = next(csv.reader(StringIO(text)), [])
    return len(first) >= 9 and bool(_POSTAL.match(first[2].strip()))


def _ken_all(content: bytes, name: str) -> PostalFile:
    text, _ = decode(content)
    rows = (r for r in csv.reader(StringIO(text, newline="")) if len(r) >= 9)
    return PostalFile(name, _by_code((r[2], r[0], r[6], r[7], r[8]) for r in rows))


def _postal_table(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> PostalFile:
    names = (("郵便番号",), ("全国地方公共団体コード",), ("都道府県名",), ("市区町村名",), ("町域名",))
    columns = [_column(heads, some) for some in names]
    if None in (columns[2], columns[3]):
        raise BcpKitError(ErrorCode.POINTS_UNREADABLE, heading="都道府県名")
    return PostalFile(name, _by_code(tuple(_cell(row, c) for c in columns) for row in rows))


def _by_code(
    rows: Iterator[tuple[str, ...]],
) -> Mapping[str, tuple[tuple[str, str, str, str], ...]]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for postal, code, prefecture, municipality, town in rows:
        key = re.sub(r"\D", "", unicodedata.normalize("NFKC", postal)).zfill(7)
        meaning = (
            code.strip(),
            prefecture.strip(),
            municipality.strip(),
            _REST_OF_TOWN.sub("", town.strip()),
        )
        if _POSTAL.match(key) and meaning not in found.setdefault(key, []):
            found[key].append(meaning)
    return {key: tuple(meanings) for key, meanings in found.items()}
