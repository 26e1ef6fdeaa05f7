"""Power without the grid: load by hour, peak with motors starting, how long the fuel lasts. Pure."""

import math

from pydantic import Field

from bcp_kit.catalogues.load import catalogue, number
from bcp_kit.domain.base import DomainModel

HOURS = 24


class Appliance(DomainModel):
    """One thing that must run: its power in W while it runs, and how many hours a day."""

    name: str
    power_w: float = Field(ge=0)
    hours_per_day: float = Field(ge=0)


class Generator(DomainModel):
    """What supplies: rated power in W, fuel at full load in L/h, fuel in stock in L."""

    rated_w: float = Field(gt=0)
    fuel_l_per_h: float = Field(gt=0)
    fuel_l: float = Field(ge=0)


class PowerBalance(DomainModel):
    """Load by hour (W), the peak when the largest motor starts, energy a day, and how long the fuel lasts.

    `full_load_h` is fuel divided by consumption at full load, `by_load_h` follows the load of each hour; both
    None without a generator. `by_load_h` ends at the longest time of the catalogue `power_rules`.
    """

    hourly_w: tuple[float, ...]
    peak_w: float
    start_w: float
    energy_wh: float
    rated_w: float | None = None
    full_load_h: float | None = None
    by_load_h: float | None = None
    fuel_for_target_l: float | None = None

    @property
    def carries(self) -> bool | None:
        """True when the generator carries the peak and the start of motors; None without one."""
        return None if self.rated_w is None else self.rated_w >= max(self.peak_w, self.start_w)


def starts_at(name: str) -> int:
    """Return the hour at which something that does not run all day is switched on. Source: `power_rules`."""
    evening = catalogue("power_rules").need("evening_start_h")
    late = any(word in name for word in evening.data["words"])
    return int(number("power_rules", "evening_start_h" if late else "day_start_h"))


def hourly_load(appliances: tuple[Appliance, ...]) -> tuple[float, ...]:
    """Return the load of each hour of a day in W; what runs a part of an hour counts with that part."""
    load = [0.0] * HOURS
    for one in appliances:
        hours = min(one.hours_per_day, HOURS)
        begin = 0 if hours >= HOURS else starts_at(one.name)
        for step in range(math.ceil(hours)):
            load[(begin + step) % HOURS] += one.power_w * min(1.0, hours - step)
    return tuple(load)


def fuel_per_hour(generator: Generator, load_w: float) -> float:
    """Return what the generator burns at a load, in L/h.

    A part burns without any load (catalogue `power_rules`, idle_fuel_share), the rest goes with the load.
    """
    idle = number("power_rules", "idle_fuel_share")
    return generator.fuel_l_per_h * (idle + (1 - idle) * min(load_w / generator.rated_w, 1.0))


def hours_by_load(generator: Generator, hourly_w: tuple[float, ...], begin_h: int = 0) -> float:
    """Return how many hours the fuel lasts when the power fails at the hour `begin_h` of a day."""
    fuel, longest = generator.fuel_l, number("power_rules", "longest_h")
    hours = 0.0
    while hours < longest:
        burnt = fuel_per_hour(generator, hourly_w[int(begin_h + hours) % HOURS])
        if burnt >= fuel:
            return hours + fuel / burnt
        fuel -= burnt
        hours += 1
    return longest


def start_load(appliances: tuple[Appliance, ...], peak_w: float) -> float:
    """Return the peak when the largest motor starts on top of the rest.

    Source: catalogue `power_rules`, motor_start_factor (3–4 times its power).
    """
    row = catalogue("power_rules").need("motor_start_factor")
    motors = [one.power_w for one in appliances if any(word in one.name for word in row.data["words"])]
    return peak_w + (float(row.value or 1) - 1) * max(motors, default=0.0)


def balance(
    appliances: tuple[Appliance, ...], generator: Generator | None, target_h: float = 72.0
) -> PowerBalance:
    """Return the balance; `fuel_for_target_l` is the fuel for `target_h` hours of this load."""
    running = tuple(one for one in appliances if one.power_w and one.hours_per_day)
    hourly = hourly_load(running)
    peak = max(hourly)
    told = PowerBalance(
        hourly_w=hourly,
        peak_w=peak,
        start_w=start_load(running, peak),
        energy_wh=sum(one.power_w * min(one.hours_per_day, HOURS) for one in running),
    )
    if generator is None:
        return told
    burnt = [fuel_per_hour(generator, hourly[hour % HOURS]) for hour in range(math.ceil(target_h))]
    return told.model_copy(
        update={
            "rated_w": generator.rated_w,
            "full_load_h": generator.fuel_l / generator.fuel_l_per_h,
            "by_load_h": hours_by_load(generator, hourly),
            "fuel_for_target_l": sum(burnt),
        }
    )
