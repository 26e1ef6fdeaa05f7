"""Who can come to work on which day: a chance per person and day, with the reasons that set it.

`chance = distance × means × time of day × family × home × health`, clipped to 0–1 at the end. The best of the
usual means, the other means and walking counts. No source gives such a formula; each coefficient is a
planning default of the catalogues that a facility replaces with its own (decision 14 of the design).

From chances to a roster: `expected` (the default) counts on as many people of a site and qualification as the
chances add up to, those most likely to come first, so that no day is taken for better than its mean.
`threshold` counts on everybody whose chance reaches `count_chance`; where everybody has a chance of 0.8 it
counts on everybody, which is too many. Both are shown beside the expected number of heads.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from bcp_kit.cores.staff_cover.instance import DAY_MIN, Shift
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.cover import AttendanceEstimate
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import CommuteMeans, StaffMember
from bcp_kit.domain.units import Hours, Location, Share, straight_distance_m

SUDDEN = (EventKind.EARTHQUAKE, EventKind.FLOOD)  # they strike at an hour, and people are called in
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
    count_chance: Share = 0.5
    count_mode: CountMode = CountMode.EXPECTED
    health_mode: HealthMode = HealthMode.EXPECTED


class Commuter(DomainModel):
    """One member of staff as attendance sees them.

    `on_duty_from_min` and `on_duty_until_min` are set for those who are at work when the event strikes: when
    their shift began and when it ends, in minutes from midnight of day 0 (below 0: on the day before).
    """

    staff: StaffMember
    site_location: Location | None = None
    on_duty_from_min: int | None = None
    on_duty_until_min: int | None = None


class Presence(DomainModel):
    """One person over the horizon: an estimate per day, and from which minute of day 0 they can be there."""

    staff_id: str
    estimates: tuple[AttendanceEstimate, ...]
    arrival_min: int
    on_duty_from_min: int | None = None


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


def distance_km(commuter: Commuter) -> float | None:
    """Return the straight distance from home to work in kilometres; None where nobody knows the home."""
    staff = commuter.staff
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


def _way(
    commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings
) -> tuple[CommuteMeans, Factor]:
    """Return the best means on `day` and its factor; walking stands in where the usual means is cut."""
    known = distance_km(commuter)
    km = settings.unknown_distance_km if known is None else known
    staff = commuter.staff
    options = [
        (_means_factor(m, km, day, scenario, settings), m) for m in (staff.commute, *staff.other_means)
    ]
    options.append((_reach(km, settings) * settings.walk_instead_factor, CommuteMeans.FOOT))
    factor, means = max(options, key=lambda option: option[0])
    if factor >= 1.0:
        return means, SURE
    topic = "distance_unknown" if known is None else ("way" if means is staff.commute else "other_way")
    return means, _because(topic, factor, km=round(km, 1), means=means.value)


def _time_of_day(scenario: Scenario, day: int, settings: AttendanceSettings) -> Factor:
    hour = scenario.starts_at.hour
    if day == 0 and scenario.event in SUDDEN and (hour >= NIGHT_FROM_H or hour < NIGHT_TO_H):
        return _because("night", settings.night_factor)
    return SURE


def _family(staff: StaffMember, day: int, scenario: Scenario, settings: AttendanceSettings) -> Factor:
    """The heaviest of the family constraints; they concern the same child, so they are not multiplied."""
    found = [SURE]
    age = staff.youngest_child_age
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


def _home(
    staff: StaffMember, day: int, scenario: Scenario, settings: AttendanceSettings, seed: int
) -> Factor:
    """A home in the hazard zone counts as hit; else damage is a mean, or drawn for each person."""
    if day >= settings.home_recover_days:
        return SURE
    in_zone = scenario.hazard is not None and any(
        e.hazard is scenario.hazard and e.in_zone is Known.YES for e in staff.home_exposures
    )
    if in_zone:
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


def _health(
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


def _estimate(
    commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings, seed: int
) -> AttendanceEstimate:
    staff = commuter.staff
    if day == 0 and commuter.on_duty_until_min is not None:
        reason = Reason(rule="on_duty", message="cover.attendance.on_duty")
        return AttendanceEstimate(staff_id=staff.id, day=day, chance=1.0, on_site=True, reasons=(reason,))
    factors = (
        _way(commuter, day, scenario, settings)[1],
        _time_of_day(scenario, day, settings),
        _family(staff, day, scenario, settings),
        _home(staff, day, scenario, settings, seed),
        _health(staff, day, scenario, settings, seed),
    )
    chance = 1.0
    for factor, _ in factors:
        chance *= factor
    return AttendanceEstimate(
        staff_id=staff.id,
        day=day,
        chance=min(1.0, max(0.0, chance)),
        reasons=tuple(reason for _, reason in factors if reason is not None),
    )


def _speed_kmh(means: CommuteMeans, scenario: Scenario, settings: AttendanceSettings) -> float:
    hour = scenario.starts_at.hour
    dark = hour >= NIGHT_FROM_H or hour < NIGHT_TO_H
    if means is CommuteMeans.FOOT:
        return settings.walk_speed_kmh if dark else settings.walk_speed_day_kmh
    if means is CommuteMeans.BICYCLE:
        return settings.bicycle_speed_kmh
    return settings.motor_speed_kmh if _is_cut(scenario.road_back_day, 0) else settings.open_road_speed_kmh


def arrival_min(commuter: Commuter, scenario: Scenario, settings: AttendanceSettings) -> int:
    """Return the minute of day 0 from which the person can be at work, called when the event strikes.

    0 for those on duty and for events that do not strike suddenly.
    """
    if commuter.on_duty_until_min is not None or scenario.event not in SUDDEN:
        return 0
    known = distance_km(commuter)
    km = settings.unknown_distance_km if known is None else known
    means, _ = _way(commuter, 0, scenario, settings)
    travel_h = km / _speed_kmh(means, scenario, settings)
    strike_min = scenario.starts_at.hour * 60 + scenario.starts_at.minute
    return round(strike_min + 60 * (settings.prepare_h + travel_h))


def estimate(commuter: Commuter, scenario: Scenario, settings: AttendanceSettings, seed: int = 0) -> Presence:
    """Return the chances of one person over the days of the scenario, nobody counted on yet."""
    return Presence(
        staff_id=commuter.staff.id,
        estimates=tuple(_estimate(commuter, d, scenario, settings, seed) for d in range(scenario.days)),
        arrival_min=arrival_min(commuter, scenario, settings),
        on_duty_from_min=commuter.on_duty_from_min,
    )


def count_on(
    presences: Sequence[Presence],
    alike: Mapping[str, str],
    settings: AttendanceSettings,
    seed: int = 0,
) -> tuple[Presence, ...]:
    """Return the same people with `counted` set on each day.

    `alike` gives each staff id the key of the people who can replace each other (site and qualification).
    Among equal chances the seed decides, the same way on every day, so that one person is absent for days.
    """
    counted = set()
    by_day: dict[tuple[int, str], list[AttendanceEstimate]] = defaultdict(list)
    for presence in presences:
        for e in presence.estimates:
            by_day[e.day, alike[e.staff_id]].append(e)
    choose = _expected if settings.count_mode is CountMode.EXPECTED else _above(settings.count_chance)
    for (day, _), estimates in by_day.items():
        ranked = sorted(
            estimates, key=lambda e: (not e.on_site, -e.chance, uniform(seed, e.staff_id, "rank"))
        )
        counted |= {(e.staff_id, day) for e in choose(ranked)}
    return tuple(
        p.model_copy(
            update={
                "estimates": tuple(
                    e.model_copy(update={"counted": (e.staff_id, e.day) in counted}) for e in p.estimates
                )
            }
        )
        for p in presences
    )


def _expected(ranked: Sequence[AttendanceEstimate]) -> Iterable[AttendanceEstimate]:
    heads = int(sum(e.chance for e in ranked) + 0.5)
    return [e for n, e in enumerate(ranked) if n < heads or e.on_site]


def _above(chance: float) -> Callable[[Sequence[AttendanceEstimate]], Iterable[AttendanceEstimate]]:
    return lambda ranked: [e for e in ranked if e.chance >= chance]


def shifts_open_to(
    presence: Presence, shifts_by_day: Mapping[int, Sequence[Shift]], strike_min: int, late_start_min: int
) -> dict[int, tuple[str, ...]]:
    """Return, by day, the shifts for which the roster may count on the person.

    On day 0 a shift that is running when the event strikes is worked by those on duty, who stay on it; a
    later one by those who arrive at most `late_start_min` after it starts.
    """

    stays_on = presence.on_duty_from_min is not None and presence.on_duty_from_min >= 0

    def is_open(day: int, shift: Shift) -> bool:
        if day > 0:
            return True
        if shift.start_min < strike_min:
            return stays_on
        return not stays_on and presence.arrival_min <= shift.start_min + late_start_min

    return {
        e.day: tuple(s.key for s in shifts_by_day.get(e.day, ()) if is_open(e.day, s))
        for e in presence.estimates
        if e.counted
    }


def strike_minute(scenario: Scenario) -> int:
    """Return the minute of day 0 at which the event starts."""
    return (scenario.starts_at.hour * 60 + scenario.starts_at.minute) % DAY_MIN
