"""Hazards, how a place is exposed to them, and the alert levels of the 2026 scheme."""

from enum import IntEnum, StrEnum

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.units import Metres, Minutes


class HazardKind(StrEnum):
    """The kinds of hazard for which a destination is chosen."""

    EARTHQUAKE = "earthquake"
    RIVER_FLOOD = "river_flood"
    INLAND_FLOOD = "inland_flood"
    LANDSLIDE = "landslide"
    TSUNAMI = "tsunami"
    STORM_SURGE = "storm_surge"


FLOODS = (HazardKind.RIVER_FLOOD, HazardKind.INLAND_FLOOD, HazardKind.STORM_SURGE, HazardKind.TSUNAMI)


class Exposure(DomainModel):
    """How one place lies to one hazard.

    `in_zone` unknown means nobody looked; `depth_m` is the assumed depth of water where there is one, the
    upper end of its class (0.5 m up to 3 m: 3 m) with the lower end in `depth_min_m`. `special` marks
    家屋倒壊等氾濫想定区域 (flood) or 土砂災害特別警戒区域 (landslide).
    """

    hazard: HazardKind
    in_zone: Known
    depth_m: Metres | None = None
    special: bool = False
    arrival_min: Minutes | None = None
    depth_min_m: Metres | None = None

    @property
    def depth_at_least_m(self) -> float:
        """Return the depth that is sure to be assumed: the lower end of the class, zero for none."""
        if self.depth_min_m is not None:
            return self.depth_min_m
        return self.depth_m or 0.0


class AlertLevel(IntEnum):
    """Five-level alert scheme; names and actions are rows of the catalogue `alert_levels`."""

    PREPARE = 1
    CHECK = 2
    ELDERLY_EVACUATE = 3
    ALL_EVACUATE = 4
    SAVE_LIFE_NOW = 5
