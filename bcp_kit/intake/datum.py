"""From a file's own coordinates to degrees in the world system, and files that say they are in the old one.

The old Japanese datum (Tokyo, used until 2002) lies about 450 m from the world system; a file that names it
is read as it stands, with a warning. Between JGD2000, JGD2011 and WGS 84 the difference does not matter here.
"""

from collections.abc import Callable

from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from bcp_kit.domain.errors import ErrorCode, Problem, Severity

Degrees = Callable[[float, float], tuple[float, float]]
"""From (x, y) or (longitude, latitude) to (longitude, latitude) in degrees."""

_OLD = ("tokyo", "bessel", "日本測地系", "旧測地系", "tgd", "jgd1")


def says_old_datum(text: str) -> bool:
    """True when a heading or the text of a projection names the datum that was used until 2002.

    世界測地系 in the same text wins: some lists name both to say which one they are not in.
    """
    plain = text.casefold()
    return any(word in plain for word in _OLD) and "世界測地系" not in plain and "jgd20" not in plain


def same_degrees(x: float, y: float) -> tuple[float, float]:
    """Return degrees as they are."""
    return x, y


def degrees_of(projection: str, name: str = "") -> tuple[Degrees | None, tuple[Problem, ...]]:
    """Return how the coordinates of a projection become degrees, and what is to be said about it.

    `projection` is the text of a .prj or the name of a reference system (EPSG:6677); empty means degrees.
    None when it cannot be read: the places are then unknown.
    """
    if not projection.strip():
        return same_degrees, ()
    problems = []
    if says_old_datum(projection):
        problems.append(Problem(code=ErrorCode.DATUM_OLD, severity=Severity.WARNING, values={"name": name}))
    try:
        system = CRS.from_user_input(projection)
        if not system.is_projected:
            return same_degrees, tuple(problems)
        target = system.geodetic_crs
        turned = Transformer.from_crs(system, target, always_xy=True)
    except (ProjError, ValueError, TypeError):
        unread = Problem(
            code=ErrorCode.PROJECTION_UNREADABLE, severity=Severity.WARNING, values={"name": name}
        )
        return None, (*problems, unread)
    return turned.transform, tuple(problems)
