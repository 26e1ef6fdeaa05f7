"""Regional meshes (地域メッシュ, JIS X 0410): from a code to its rectangle. No network."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    """A rectangle in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> tuple[float, float]:
        """Return longitude and latitude of the middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2


def mesh_rectangle(code: str) -> Rectangle:
    """Return the rectangle of a mesh of 4, 6, 8, 9, 10 or 11 digits: from 80 km down to 125 m wide.

    Source: JIS X 0410. Raises: ValueError for anything else.
    """
    if not re.fullmatch(r"[3-6]\d[2-5]\d(?:[0-7]{2}(?:\d{2}(?:[1-4]{1,3})?)?)?", code):
        raise ValueError(code)
    south, west = int(code[:2]) / 1.5, int(code[2:4]) + 100.0
    high, wide = 2 / 3, 1.0
    if len(code) >= 6:
        high, wide = high / 8, wide / 8
        south, west = south + int(code[4]) * high, west + int(code[5]) * wide
    if len(code) >= 8:
        high, wide = high / 10, wide / 10
        south, west = south + int(code[6]) * high, west + int(code[7]) * wide
    for digit in code[8:]:
        high, wide = high / 2, wide / 2
        place = int(digit) - 1
        south, west = south + (place // 2) * high, west + (place % 2) * wide
    return Rectangle(west, south, west + wide, south + high)
