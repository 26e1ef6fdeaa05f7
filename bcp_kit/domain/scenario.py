"""What happens: the kind of event, when it starts, what it cuts off."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Share


class EventKind(StrEnum):
    """Events for which staff cover is computed."""

    EARTHQUAKE = "earthquake"
    FLOOD = "flood"
    INFECTION = "infection"
    SCHOOL_CLOSURE = "school_closure"


class Scenario(DomainModel):
    """One event. Days count from 0, the day on which it starts; hours are local time of the facility.

    `*_back_day` is the day from which a means of transport runs again; None: it is not cut. Until then
    `road_cut_share` of the roads and `train_cut_share` of the lines are cut.
    """

    id: str
    name: str
    event: EventKind
    hazard: HazardKind | None = None
    starts_at: datetime
    days: Annotated[int, Field(ge=1, le=28)] = 7
    train_back_day: int | None = None
    bus_back_day: int | None = None
    road_back_day: int | None = None
    road_cut_share: Share = 1.0
    train_cut_share: Share = 1.0
    power_back_day: int | None = None
    water_back_day: int | None = None
    schools_reopen_day: int | None = None
    homes_damaged_share: Share = 0.0
    infected_share_by_day: tuple[Share, ...] = ()
    contact_share_by_day: tuple[Share, ...] = ()
    version: int = 0
