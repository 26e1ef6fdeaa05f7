"""Numbers that carry their unit in the type, with the limits that any value of that unit has."""

from math import asin, cos, radians, sin, sqrt
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel

Metres = Annotated[float, Field(ge=0)]
SquareMetres = Annotated[float, Field(ge=0)]
Minutes = Annotated[float, Field(ge=0)]
Hours = Annotated[float, Field(ge=0)]
Days = Annotated[float, Field(ge=0)]
Watts = Annotated[float, Field(ge=0)]
WattHours = Annotated[float, Field(ge=0)]
Litres = Annotated[float, Field(ge=0)]
Persons = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


class Location(DomainModel):
    """A point in degrees (JGD2011, here the same as WGS 84) and how far it may be off, in metres."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    uncertainty_m: Metres = 0.0


def straight_distance_m(a: Location, b: Location) -> Metres:
    """Great-circle distance in metres (haversine).

    Units: degrees in, metres out.
    """
    lat_a, lat_b = radians(a.latitude), radians(b.latitude)
    half = sin((lat_b - lat_a) / 2) ** 2
    half += cos(lat_a) * cos(lat_b) * sin(radians(b.longitude - a.longitude) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(half))
