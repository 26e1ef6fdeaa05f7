"""Distances between homes and places: great-circle metres and what a road makes of them. No network."""

from collections.abc import Sequence

import numpy as np

from bcp_kit.domain.units import EARTH_RADIUS_M, Location


def _radians(points: Sequence[Location | None]) -> np.ndarray:
    """Return one row (latitude, longitude) a point in radians, NaN where there is none."""
    degrees = [(p.latitude, p.longitude) if p else (np.nan, np.nan) for p in points]
    return np.asarray(np.radians(np.array(degrees, dtype=float).reshape(-1, 2)))


def straight_distances_m(homes: Sequence[Location | None], places: Sequence[Location | None]) -> np.ndarray:
    """Return great-circle metres, one row a home and one column a place; NaN where a point is unknown.

    Units: degrees in, metres out. The same formula as `domain.units.straight_distance_m`.
    """
    a, b = _radians(homes), _radians(places)
    half = np.sin((b[None, :, 0] - a[:, None, 0]) / 2) ** 2
    half += np.cos(a[:, None, 0]) * np.cos(b[None, :, 0]) * np.sin((b[None, :, 1] - a[:, None, 1]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half)))


def travel_seconds(distance_m: np.ndarray, speed_m_min: np.ndarray) -> np.ndarray:
    """Return whole seconds for each way, -1 where the distance is unknown; one speed a row."""
    seconds = distance_m / speed_m_min[:, None] * 60
    return np.where(np.isnan(seconds), -1, np.rint(seconds)).astype(np.int64)
