"""Powered devices that people depend on."""

from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.units import Hours, Watts


class Device(DomainModel):
    """A powered device that the person depends on or uses."""

    kind: str
    power_w: Watts | None = None
    hours_per_day: Annotated[float, Field(ge=0, le=24)] | None = None
    battery_h: Hours | None = None
    life_support: bool = False
