"""Doubts that only the whole table shows: repeated, far-off and coarse places, short numbers, old datum."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import cos, hypot, radians
from statistics import median, quantiles

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.units import EARTH_RADIUS_M, Location
from bcp_kit.forms.sheets import ColumnType
from bcp_kit.intake.datum import says_old_datum
from bcp_kit.intake.headings import Headings
from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.records import Record
from bcp_kit.intake.table import Table
from bcp_kit.intake.typed import TypedRow, TypedTable

_ROWS_OF_A_CENTRE = 3
_ROWS_FOR_DISTANCE = 8
_FAR_KM = 30.0
_FAR_TIMES = 6.0
_ROWS_FOR_MINUTES = 12
_MOST = 0.7
_LATITUDE = "location.latitude"
_LONGITUDE = "location.longitude"
_COARSE = re.compile(r"[+-]?\d{2,3}(?:\.\d{1,2})?")
_LIKE_MINUTES = re.compile(r"\d{2,3}\.([0-5]\d)([0-5]\d)")
_KM_PER_DEGREE = radians(1) * EARTH_RADIUS_M / 1000


def with_doubts(typed: TypedTable, records: Sequence[Record], key: str) -> tuple[Record, ...]:
    """Return the records with warnings on places and numbers that are odd beside all others.

    `key` is the column of the table's own numbers, empty when it has none. No value is changed.
    """
    rows = {row.number: row for row in typed.rows}
    places = [(r.row, place) for r in records if (place := _place(r)) is not None]
    found: dict[int, list[Problem]] = defaultdict(list)
    for problems in (
        _repeated(typed, rows, places),
        _far_off(typed, rows, places),
        _coarse(typed, rows, places),
    ):
        for problem in problems:
            found[problem.row or 0].append(problem)
    for problem in _shorter(typed, key):
        found[problem.row or 0].append(problem)
    return tuple(replace(r, problems=(*r.problems, *found[r.row])) if r.row in found else r for r in records)


def doubts_of_table(table: Table, headings: Headings, typed: TypedTable) -> tuple[Problem, ...]:
    """Return warnings on the table: an old datum that it names, minutes and seconds written as degrees."""
    at = [
        i
        for i, c in enumerate(headings.columns)
        if c is not None and c.type in (ColumnType.LATITUDE, ColumnType.LONGITUDE)
    ]
    if not at:
        return ()
    problems = []
    above = [row for row in table.rows if row.number <= headings.row.number]
    said = [cell for row in above for cell in row.cells if cell]
    if any(says_old_datum(cell) for cell in said if "測地系" in cell or "datum" in cell.casefold()):
        problems.append(_of_table(ErrorCode.DATUM_OLD, name=table.name))
    texts = [_texts(row) for row in typed.rows]
    pairs = [(a, b) for a, b in texts if a and b]
    alike = all(_LIKE_MINUTES.fullmatch(text) for pair in pairs for text in pair)
    if len(pairs) >= _ROWS_FOR_MINUTES and alike:
        problems.append(_of_table(ErrorCode.PLACES_MAYBE_MINUTES))
    return tuple(problems)


def _of_table(code: ErrorCode, **values: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, values=values)


def _texts(row: TypedRow) -> tuple[str, str]:
    return tuple(width_folded(row.texts.get(key, "")) for key in (_LATITUDE, _LONGITUDE))  # type: ignore[return-value]


def _place(record: Record) -> Location | None:
    places = (getattr(item.obj, "location", None) for item in record.items)
    return next((place for place in places if isinstance(place, Location)), None)


Places = Sequence[tuple[int, Location]]
Rows = dict[int, TypedRow]


def _repeated(typed: TypedTable, rows: Rows, places: Places) -> Iterable[Problem]:
    """Name rows of different addresses that share one point: it is rather the town's than theirs."""
    groups: dict[tuple[float, float], list[int]] = defaultdict(list)
    for number, place in places:
        groups[(round(place.latitude, 6), round(place.longitude, 6))].append(number)
    for numbers in groups.values():
        addresses = {folded(rows[n].texts.get("address", "")) or f"row {n}" for n in numbers}
        if len(numbers) < _ROWS_OF_A_CENTRE or len(addresses) < _ROWS_OF_A_CENTRE:
            continue
        for number in numbers:
            code, severity = ErrorCode.PLACE_REPEATED, Severity.WARNING
            yield typed.problem(rows[number], _LATITUDE, code, severity, count=len(numbers))


def _far_off(typed: TypedTable, rows: Rows, places: Places) -> Iterable[Problem]:
    """Name places far from the middle of the others of their municipality, by a distance that they set."""
    groups: dict[str, list[tuple[int, Location]]] = defaultdict(list)
    for number, place in places:
        groups[folded(rows[number].texts.get("municipality", ""))].append((number, place))
    for group in groups.values():
        if len(group) < _ROWS_FOR_DISTANCE:
            continue
        north = median(place.latitude for _, place in group)
        east = median(place.longitude for _, place in group)
        away = [(n, _km(place.latitude - north, place.longitude - east, north)) for n, place in group]
        usual = quantiles([km for _, km in away], n=4)[2]
        for number, km in away:
            if km > max(_FAR_KM, _FAR_TIMES * usual):
                code, severity = ErrorCode.PLACE_FAR_OFF, Severity.WARNING
                yield typed.problem(rows[number], _LATITUDE, code, severity, km=round(km))


def _km(north: float, east: float, latitude: float) -> float:
    return hypot(north, east * cos(radians(latitude))) * _KM_PER_DEGREE


def _coarse(typed: TypedTable, rows: Rows, places: Places) -> Iterable[Problem]:
    """Name places of which both coordinates have two decimals at most."""
    for number, _ in places:
        if all(_COARSE.fullmatch(text) for text in _texts(rows[number])):
            yield typed.problem(rows[number], _LATITUDE, ErrorCode.PLACE_COARSE, Severity.WARNING)


def _shorter(typed: TypedTable, key: str) -> Iterable[Problem]:
    """Name numbers that are shorter than nearly all others, where some of those begin with 0."""
    if not key:
        return
    numbers = [(row, width_folded(row.texts.get(key, ""))) for row in typed.rows]
    digits = [(row, n) for row, n in numbers if n.isascii() and n.isdigit()]
    if not digits:
        return
    usual, count = Counter(len(n) for _, n in digits).most_common(1)[0]
    padded = any(n.startswith("0") and len(n) == usual for _, n in digits)
    if not padded or count < _MOST * len(digits):
        return
    for row, number in digits:
        if len(number) < usual:
            yield typed.problem(row, key, ErrorCode.CODE_SHORTER, Severity.WARNING, digits=usual)
