"""What makes it likely or not that one person can come on one day: one small function for each reason.

Each returns a factor in 0–1 and the reason in words that set it; 1 needs no reason. No source gives such
factors: each is a planning default of the catalogues that a facility replaces with its own.
"""

from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256

from bcp_kit.cores.staff_cover.instance import DAY_MIN
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import CommuteMeans, StaffMember
from bcp_kit.domain.units import Hours, Location, Share, straight_distance_m

SUDDEN = (EventKind.EARTHQUAKE, EventKind.FLOOD)  # they strike at an hour, and people are called in
FOREWARNED = (EventKind.FLOOD,)  # the warning comes while the roads are open
NIGHT_FROM_H, NIGHT_TO_H = 22, 5  # hours of the reference's night factor


class CountMode(StrEnum):
    """How chances become people whom the roster counts on."""

    EXPECTED = "expected"
    THRESHOLD = "threshold"


class HealthMode(StrEnum):
    """Illness, contact and damage as a mean over all staff, or drawn for each person from the seed."""

    EXPECTED = "expected"
    DRAWN = "drawn"


class AttendanceSettings(DomainModel):
    """Coefficients; each name is a row of `staff_attendance` or `cover_defaults`, units end the names."""

    near_km: float
    far_km: float
    unknown_distance_km: float
    walk_speed_kmh: float
    walk_speed_day_kmh: float
    bicycle_speed_kmh: float
    motor_speed_kmh: float
    open_road_speed_kmh: float
    prepare_h: Hours
    late_start_h: Hours
    bike_factor: float
    car_factor_day0: Share
    train_factor_day0: Share
    bus_factor_cut: Share
    walk_instead_factor: Share
    night_factor: Share
    family_factor: Share
    family_factor_later: Share
    family_settle_days: int
    young_child_age: int
    school_child_age: int
    school_closed_factor: Share
    school_closed_two_parents_factor: Share
    home_damaged_factor: Share
    home_in_zone_factor: Share
    home_recover_days: int
    infection_days_off: int
    contact_days_off: int
    night_told_yes_factor: Share
    on_duty_stay_days: int
    count_chance: Share = 0.5
    count_mode: CountMode = CountMode.EXPECTED
    health_mode: HealthMode = HealthMode.EXPECTED


class Commuter(DomainModel):
    """One member of staff as attendance sees them.

    `on_duty_from_min` and `on_duty_until_min` are set for those who are at work when the event strikes: when
    their shift began and when it ends, in minutes from midnight of day 0 (below 0: on the day before).
    `ride_from_day`: from that day a car of the facility fetches the person (`ride_factor`). `stays_over`: a
    bed at work, so who came once stays. `childcare`: the facility looks after the children.
    """

    staff: StaffMember
    site_location: Location | None = None
    on_duty_from_min: int | None = None
    on_duty_until_min: int | None = None
    ride_from_day: int | None = None
    ride_factor: Share = 0.0
    stays_over: bool = False
    childcare: bool = False


Factor = tuple[float, Reason | None]
SURE: Factor = (1.0, None)


def uniform(seed: int, *parts: str | int) -> float:
    """Return a number in [0, 1) that depends on the seed and `parts` only; equal on every machine."""
    digest = sha256("|".join(str(p) for p in (seed, *parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _because(topic: str, factor: float, **values: str | int | float) -> Factor:
    percent = round(100 * factor)
    return factor, Reason(
        rule=topic, message=f"cover.attendance.{topic}", values={"percent": percent, **values}
    )


def distance_km(commuter: Commuter, settings: AttendanceSettings) -> float | None:
    """Return the distance from home to work in kilometres; None where nobody knows the home.

    What the person told (minutes on foot) goes before a distance, a distance before the straight line.
    """
    staff = commuter.staff
    if staff.walk_min is not None:
        return staff.walk_min / 60 * settings.walk_speed_day_kmh
    if staff.home_distance_m is not None:
        return staff.home_distance_m / 1000
    if staff.home_location is not None and commuter.site_location is not None:
        return straight_distance_m(staff.home_location, commuter.site_location) / 1000
    return None


def _reach(km: float, settings: AttendanceSettings) -> float:
    """1 up to `near_km`, 0 from `far_km`, straight between (the rule for people stranded, turned round)."""
    return min(1.0, max(0.0, (settings.far_km - km) / (settings.far_km - settings.near_km)))


def _is_cut(back_day: int | None, day: int) -> bool:
    return back_day is not None and day < back_day


def _means_factor(
    means: CommuteMeans, km: float, day: int, scenario: Scenario, settings: AttendanceSettings
) -> float:
    """Return the factor of one means on one day, distance included where the means is hampered."""
    reach = _reach(km, settings)
    road_cut = _is_cut(scenario.road_back_day, day)
    if means is CommuteMeans.TRAIN:
        return settings.train_factor_day0 if _is_cut(scenario.train_back_day, day) else 1.0
    if means is CommuteMeans.BUS:
        return settings.bus_factor_cut if road_cut or _is_cut(scenario.bus_back_day, day) else 1.0
    if not road_cut:
        return 1.0
    if means is CommuteMeans.CAR:
        return reach * settings.car_factor_day0
    if means is CommuteMeans.FOOT:
        return reach
    return min(1.0, reach * settings.bike_factor)


def way(
    commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings
) -> tuple[CommuteMeans, Factor]:
    """Return the best means on `day` and its factor.

    Walking stands in where the usual means is cut, and a car of the facility where there is one. Where only
    a share of the ways is cut, the factor is the mean over all staff.
    """
    known = distance_km(commuter, settings)
    km = settings.unknown_distance_km if known is None else known
    staff = commuter.staff
    options = [
        (_means_factor(m, km, day, scenario, settings), m) for m in (staff.commute, *staff.other_means)
    ]
    options.append((_reach(km, settings) * settings.walk_instead_factor, CommuteMeans.FOOT))
    factor, means = max(options, key=lambda option: option[0])
    cut = scenario.train_cut_share if staff.commute is CommuteMeans.TRAIN else scenario.road_cut_share
    factor = factor * cut + (1 - cut)
    if factor >= 1.0:
        return means, SURE
    if commuter.ride_from_day is not None and day >= commuter.ride_from_day and commuter.ride_factor > factor:
        return CommuteMeans.CAR, _because("ride", commuter.ride_factor, km=round(km, 1))
    topic = "distance_unknown" if known is None else ("way" if means is staff.commute else "other_way")
    return means, _because(topic, factor, km=round(km, 1), means=means.value)


def is_dark(scenario: Scenario) -> bool:
    """Return whether the event starts in the hours of the night factor."""
    hour = scenario.starts_at.hour
    return hour >= NIGHT_FROM_H or hour < NIGHT_TO_H


def time_of_day(staff: StaffMember, day: int, scenario: Scenario, settings: AttendanceSettings) -> Factor:
    """The call at night: what the person told about it goes before the mean over all staff.

    Who cannot come at night comes in the morning at the earliest, so never when the day ends before it.
    """
    if day > 0 or scenario.event not in SUDDEN or not is_dark(scenario):
        return SURE
    if staff.comes_at_night is Known.YES:
        return _because("night_told_yes", max(settings.night_told_yes_factor, settings.night_factor))
    if staff.comes_at_night is Known.NO:
        late = scenario.starts_at.hour >= NIGHT_FROM_H
        return _because("night_told_no", 0.0 if late else settings.night_factor)
    return _because("night", settings.night_factor)


def reach(
    commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings
) -> tuple[Factor, Factor]:
    """Return the factors of the way and of the time of day.

    Who was on duty when it struck and cannot well get home stays for the first days; who has a bed at work
    and came once stays, and comes before an event that is forecast.
    """
    if commuter.stays_over and scenario.event in FOREWARNED:
        return _because("came_before", 1.0), SURE
    today = way(commuter, day, scenario, settings)[1], time_of_day(commuter.staff, day, scenario, settings)
    now = today[0][0] * today[1][0]
    if now >= 1.0 or day == 0:
        return today
    if commuter.on_duty_until_min is not None and (commuter.stays_over or day <= settings.on_duty_stay_days):
        return _because("stayed", 1.0), SURE
    if commuter.stays_over:
        before = max(
            way(commuter, d, scenario, settings)[1][0] * time_of_day(commuter.staff, d, scenario, settings)[0]
            for d in range(day)
        )
        if before > now:
            return _because("stays_over", before), SURE
    return today


def family(commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings) -> Factor:
    """The heaviest of the family constraints; they concern the same child, so they are not multiplied."""
    staff, found = commuter.staff, [SURE]
    age = None if commuter.childcare else staff.youngest_child_age
    young = age is not None and age <= settings.young_child_age and not staff.other_parent_at_home
    if scenario.event in SUDDEN and (young or staff.cares_for_family) and day < settings.family_settle_days:
        factor = settings.family_factor if day == 0 else settings.family_factor_later
        found.append(_because("family", factor))
    if age is not None and age <= settings.school_child_age and _is_cut(scenario.schools_reopen_day, day):
        if staff.other_parent_at_home:
            found.append(_because("school_two_parents", settings.school_closed_two_parents_factor))
        else:
            found.append(_because("school", settings.school_closed_factor))
    return min(found, key=lambda f: f[0])


def home_is_in_zone(staff: StaffMember, scenario: Scenario) -> bool:
    """Return whether the home lies in the zone of the scenario's hazard, so that it counts as hit."""
    return scenario.hazard is not None and any(
        e.hazard is scenario.hazard and e.in_zone is Known.YES for e in staff.home_exposures
    )


def home(staff: StaffMember, day: int, scenario: Scenario, settings: AttendanceSettings, seed: int) -> Factor:
    """A home in the hazard zone counts as hit; else damage is a mean, or drawn for each person."""
    if day >= settings.home_recover_days:
        return SURE
    if home_is_in_zone(staff, scenario):
        return _because("home_in_zone", settings.home_in_zone_factor)
    share = scenario.homes_damaged_share
    if share <= 0:
        return SURE
    if settings.health_mode is HealthMode.DRAWN:
        hit = uniform(seed, staff.id, "home") < share
        return _because("home_damaged", settings.home_damaged_factor) if hit else SURE
    return _because("homes_damaged_mean", 1 - share * (1 - settings.home_damaged_factor))


def _off(shares: Sequence[float], days_off: int, day: int) -> float:
    """Return the share that is off on `day` when `shares[d]` fall out on day d, each for `days_off` days."""
    return sum(shares[d] for d in range(max(0, day - days_off + 1), min(day + 1, len(shares))))


def health(
    staff: StaffMember, day: int, scenario: Scenario, settings: AttendanceSettings, seed: int
) -> Factor:
    """Illness and close contact: the shares of a day fall out on that day and return after their days off."""
    ill = _off(scenario.infected_share_by_day, settings.infection_days_off, day)
    near = _off(scenario.contact_share_by_day, settings.contact_days_off, day)
    if ill + near <= 0:
        return SURE
    if settings.health_mode is HealthMode.EXPECTED:
        return _because("infection_mean", max(0.0, 1 - ill - near))
    for topic, shares, days_off in (
        ("infected", scenario.infected_share_by_day, settings.infection_days_off),
        ("contact", scenario.contact_share_by_day, settings.contact_days_off),
    ):
        point, total = uniform(seed, staff.id, topic), 0.0
        for fell_on, share in enumerate(shares):
            total += share
            if point < total:
                if fell_on <= day < fell_on + days_off:
                    return _because(topic, 0.0, back_day=fell_on + days_off)
                break
    return SURE


def _speed_kmh(means: CommuteMeans, scenario: Scenario, settings: AttendanceSettings) -> float:
    if means is CommuteMeans.FOOT:
        return settings.walk_speed_kmh if is_dark(scenario) else settings.walk_speed_day_kmh
    if means is CommuteMeans.BICYCLE:
        return settings.bicycle_speed_kmh
    return settings.motor_speed_kmh if _is_cut(scenario.road_back_day, 0) else settings.open_road_speed_kmh


def arrival_min(commuter: Commuter, scenario: Scenario, settings: AttendanceSettings) -> int:
    """Return the minute of day 0 from which the person can be at work, called when the event strikes.

    0 for those on duty and for events that do not strike suddenly. Who told that they cannot come at night
    leaves in the morning.
    """
    before = commuter.stays_over and scenario.event in FOREWARNED
    if before or commuter.on_duty_until_min is not None or scenario.event not in SUDDEN:
        return 0
    known = distance_km(commuter, settings)
    km = settings.unknown_distance_km if known is None else known
    means, _ = way(commuter, 0, scenario, settings)
    travel_h = km / _speed_kmh(means, scenario, settings)
    leave_min = scenario.starts_at.hour * 60 + scenario.starts_at.minute
    if is_dark(scenario) and commuter.staff.comes_at_night is Known.NO:
        leave_min = NIGHT_TO_H * 60 + (DAY_MIN if scenario.starts_at.hour >= NIGHT_FROM_H else 0)
    return round(leave_min + 60 * (settings.prepare_h + travel_h))
