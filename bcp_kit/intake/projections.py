"""From a map file's own coordinates to degrees: its system, axes that changed places, Japan or not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.intake.records import JAPAN_LATITUDES, JAPAN_LONGITUDES

Turn = Callable[[np.ndarray], np.ndarray]
"""From rows of (x, y) to rows of (longitude, latitude) in degrees."""

_WORLD = CRS.from_epsg(6668)  # JGD2011; here the same as JGD2000 and WGS 84
_SAME_M = 3.0  # systems that differ by less than this are read as they are
_SAMPLE = 5_000


@dataclass(frozen=True)
class Projection:
    """How a file's coordinates become degrees, and what is to be said about it."""

    turn: Turn
    problems: tuple[Problem, ...] = ()


def projection_of(sample: np.ndarray, stated: str = "") -> Projection:
    """Return how coordinates like those of `sample` (rows of x, y) become degrees in Japan.

    `stated` is what the file or the user says: EPSG:6677, 6677, an OGC name, the text of a .prj; empty where
    nobody says it. Raises: BcpKitError G-004 (no degrees, and no system stated), G-005 (a system that cannot
    be read), G-015 (the places lie outside Japan).
    """
    seen = sample[np.isfinite(sample).all(axis=1)][:: max(1, len(sample) // _SAMPLE)]
    if not len(seen):
        return Projection(_as_is)
    system = _system(stated)
    in_degrees = bool((np.abs(seen[:, 0]) <= 180).all() and (np.abs(seen[:, 1]) <= 180).all())
    if system is None or (not system.is_projected and not in_degrees):
        if not in_degrees:
            raise BcpKitError(ErrorCode.CRS_MISSING)
        return _checked(seen, Projection(_as_is))
    if _is_world(system, seen):
        return _checked(seen, Projection(_as_is))
    turned = Transformer.from_crs(system, _WORLD, always_xy=True)

    def turn(rows: np.ndarray) -> np.ndarray:
        return np.column_stack(turned.transform(rows[:, 0], rows[:, 1]))

    said = Problem(
        code=ErrorCode.MAP_CONVERTED, severity=Severity.NOTICE, values={"crs": str(system.name)[:60]}
    )
    return _checked(seen, Projection(turn, (said,)))


def _as_is(rows: np.ndarray) -> np.ndarray:
    return rows


def _system(stated: str) -> CRS | None:
    text = stated.strip()
    if not text or text.casefold().endswith("crs84"):
        return None
    try:
        return CRS.from_user_input(int(text) if text.isdecimal() else text)
    except (ProjError, ValueError, TypeError, OverflowError):
        raise BcpKitError(ErrorCode.CRS_UNKNOWN, crs=text[:60]) from None


def _is_world(system: CRS, seen: np.ndarray) -> bool:
    """Return whether degrees of the system are degrees of JGD2011, give or take a few metres."""
    if system.is_projected:
        return False
    lon, lat = Transformer.from_crs(system, _WORLD, always_xy=True).transform(137.0, 35.0)
    return bool(abs(lon - 137.0) * 91_000 < _SAME_M and abs(lat - 35.0) * 111_000 < _SAME_M)


def _checked(seen: np.ndarray, found: Projection) -> Projection:
    """Return the projection if the places lie in Japan with it, or with the axes changed; else refuse.

    Raises: BcpKitError G-015.
    """
    if _in_japan(found.turn(seen)):
        return found
    if _in_japan(found.turn(seen[:, ::-1])):
        own = found.turn

        def turn(rows: np.ndarray) -> np.ndarray:
            return own(rows[:, ::-1])

        swapped = Problem(code=ErrorCode.MAP_SWAPPED, severity=Severity.NOTICE)
        return Projection(turn, (*found.problems, swapped))
    longitude, latitude = np.nan_to_num(np.median(found.turn(seen), axis=0), posinf=0.0, neginf=0.0)
    values = {"longitude": round(float(longitude), 3), "latitude": round(float(latitude), 3)}
    raise BcpKitError(ErrorCode.MAP_OUTSIDE_JAPAN, **values)


def _in_japan(degrees: np.ndarray) -> bool:
    """Return whether most of the points lie in Japan."""
    longitude, latitude = degrees[:, 0], degrees[:, 1]
    inside = (latitude >= JAPAN_LATITUDES[0]) & (latitude <= JAPAN_LATITUDES[1])
    inside &= (longitude >= JAPAN_LONGITUDES[0]) & (longitude <= JAPAN_LONGITUDES[1])
    return bool(inside.mean() > 0.5)
