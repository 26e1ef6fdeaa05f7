"""Latitude and longitude as people write them: decimal, 35°12'34", N35.12.34.5, glued 351234.5, seconds.

A reading is taken only when it can be no other: the ranges of Japan for degrees, glued degrees and seconds do
not meet. Everything but plain decimal degrees gets a notice with what was read.
"""

import re

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.intake.numbers import is_unknown
from bcp_kit.intake.parsed import Cell, Parsed, noted, refused, width_folded

_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d*)?")
_BARE = re.compile(r"(\d+)(?:\.(\d+))?")
_SIDE = r"(?P<side>[NSEW]|北緯|南緯|東経|西経)?"
_SIGNED = re.compile(
    rf"{_SIDE}[\s:]*(?P<d>\d{{1,3}})\s*[°º度:.\s-]\s*(?P<m>\d{{1,2}})\s*['′’分:.\s-]\s*"
    r"(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:\"|″|”|''|′′|秒)?\s*(?P<after>[NSEW])?"
)
_MINUTES = re.compile(
    rf"{_SIDE}[\s:]*(?P<d>\d{{1,3}})\s*[°º度]\s*(?P<m>\d{{1,2}}(?:\.\d+)?)\s*['′’分]?\s*(?P<after>[NSEW])?"
)
_MARKED = re.compile(rf"{_SIDE}[\s:]*(?P<d>\d{{1,3}}(?:\.\d+)?)\s*[°º度]?\s*(?P<after>[NSEW])?")
_BOUNDS = {ColumnType.LATITUDE: (20.0, 46.0), ColumnType.LONGITUDE: (122.0, 154.0)}
_AROUND = {"S": -1, "W": -1, "南緯": -1, "西経": -1}


def parse_degrees(cell: Cell, column: Column) -> Parsed:
    """Read latitude or longitude in degrees; 0 is unknown. Whether it lies in Japan is seen later."""
    if is_unknown(cell.text):
        return Parsed()
    plain = width_folded(cell.text).replace("，", ",").rstrip(",")
    if _DECIMAL.fullmatch(plain):
        value = float(plain)
        return Parsed(value) if value else noted(None, ErrorCode.PLACE_ZERO, Severity.NOTICE)
    found = _written(plain.upper()) or _bare(plain, column)
    if found is None:
        return refused(ErrorCode.DEGREES_UNREADABLE)
    value = round(found, 9)
    return noted(value, ErrorCode.DEGREES_MENDED, Severity.NOTICE, degrees=f"{value:.6f}")


def _written(text: str) -> float | None:
    """Return degrees written with signs: three numbers, two, or one with a letter."""
    for pattern in (_SIGNED, _MINUTES, _MARKED):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        parts = found.groupdict()
        minutes, seconds = float(parts.get("m") or 0), float(parts.get("s") or 0)
        if minutes >= 60 or seconds >= 60:
            return None
        sign = _AROUND.get(parts["side"] or "", 1) * _AROUND.get(parts["after"] or "", 1)
        return sign * (float(parts["d"]) + minutes / 60 + seconds / 3600)
    return None


def _bare(text: str, column: Column) -> float | None:
    """Return degrees of a number without signs: glued 351234.5, seconds 126754.5, or thousandths of them."""
    low, high = _BOUNDS[column.type]
    found = _BARE.fullmatch(text)
    if found is None:
        return None
    amount = float(text)
    for unit in (3600, 3_600_000):
        if low <= amount / unit <= high:
            return amount / unit
    width = 2 if column.type is ColumnType.LATITUDE else 3
    whole, fraction = found[1], found[2] or ""
    if len(whole) < width + 4 or (len(whole) > width + 4 and fraction):
        return None
    degrees, minutes = int(whole[:width]), int(whole[width : width + 2])
    seconds = float(f"{whole[width + 2 : width + 4]}.{whole[width + 4 :]}{fraction or '0'}")
    if minutes >= 60 or seconds >= 60 or not low <= degrees <= high:
        return None
    return degrees + minutes / 60 + seconds / 3600
