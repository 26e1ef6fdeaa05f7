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

from bcp_kit.cores.staff_cover import attendance_factors as factors
from bcp_kit.cores.staff_cover.attendance_factors import AttendanceSettings, Commuter, CountMode
from bcp_kit.cores.staff_cover.instance import DAY_MIN, Shift
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import AttendanceEstimate
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.scenario import Scenario


class Presence(DomainModel):
    """One person over the horizon: an estimate per day, and from which minute of day 0 they can be there."""

    staff_id: str
    estimates: tuple[AttendanceEstimate, ...]
    arrival_min: int
    on_duty_from_min: int | None = None


def _estimate(
    commuter: Commuter, day: int, scenario: Scenario, settings: AttendanceSettings, seed: int
) -> AttendanceEstimate:
    staff = commuter.staff
    if day == 0 and commuter.on_duty_until_min is not None:
        reason = Reason(rule="on_duty", message="cover.attendance.on_duty")
        return AttendanceEstimate(staff_id=staff.id, day=day, chance=1.0, on_site=True, reasons=(reason,))
    found = (
        *factors.reach(commuter, day, scenario, settings),
        factors.family(commuter, day, scenario, settings),
        factors.home(staff, day, scenario, settings, seed),
        factors.health(staff, day, scenario, settings, seed),
    )
    chance = 1.0
    for factor, _ in found:
        chance *= factor
    return AttendanceEstimate(
        staff_id=staff.id,
        day=day,
        chance=min(1.0, max(0.0, chance)),
        reasons=tuple(reason for _, reason in found if reason is not None),
    )


def estimate(commuter: Commuter, scenario: Scenario, settings: AttendanceSettings, seed: int = 0) -> Presence:
    """Return the chances of one person over the days of the scenario, nobody counted on yet."""
    return Presence(
        staff_id=commuter.staff.id,
        estimates=tuple(_estimate(commuter, d, scenario, settings, seed) for d in range(scenario.days)),
        arrival_min=factors.arrival_min(commuter, scenario, settings),
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
            estimates, key=lambda e: (not e.on_site, -e.chance, factors.uniform(seed, e.staff_id, "rank"))
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
