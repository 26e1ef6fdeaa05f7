"""From what the store holds about sites, staff, rosters and offers to the question that the core answers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.cores.staff_cover import attendance, attendance_factors, demand
from bcp_kit.cores.staff_cover.answers import ToldPresence, with_answers
from bcp_kit.cores.staff_cover.attendance import Presence
from bcp_kit.cores.staff_cover.attendance_factors import Commuter
from bcp_kit.cores.staff_cover.demand import PostPlan, SiteNeeds, Standard
from bcp_kit.cores.staff_cover.instance import DAY_MIN, CoverInstance, Shift, Site, Worker
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.services import cover_catalogue as known
from bcp_kit.services import cover_history
from bcp_kit.services.cover_settings import CoverSettings

WHOLE_DAY_H = 24


@dataclass(frozen=True)
class CoverFacts:
    """What is known of the sites: staff, the rosters in force by person and day, and the offers of help.

    `settings` by facility; working time follows those of the first one. `told`: answers of a roll call by
    staff id, in the place of chances.
    """

    facilities: tuple[Facility, ...]
    staff: tuple[StaffMember, ...]
    rosters: Mapping[str, Mapping[date, str]]
    offers: tuple[HelpOffer, ...]
    settings: Mapping[str, CoverSettings]
    told: Mapping[str, ToldPresence] = field(default_factory=dict)

    @property
    def first(self) -> CoverSettings:
        """The settings that hold for all sites together."""
        return self.settings[self.facilities[0].id]


@dataclass(frozen=True)
class CoverQuestion:
    """The instance, and what its answer is read with: who can come, needs of the sites, shifts by day."""

    instance: CoverInstance
    presences: tuple[Presence, ...]
    needs: Mapping[str, SiteNeeds]
    shifts: Mapping[str, Mapping[int, tuple[Shift, ...]]]
    plan: PostPlan
    standard_unknown: int


def rosters_by_day(entries: Sequence[RosterEntry]) -> dict[str, dict[date, str]]:
    """Return the shift of each person by date."""
    found: dict[str, dict[date, str]] = defaultdict(dict)
    for entry in entries:
        found[entry.staff_id][entry.day] = entry.shift
    return dict(found)


def pattern_on(scenario: Scenario, day: int, settings: CoverSettings) -> str:
    """Return the pattern of shifts on a day: 12 or 24 hours for the first days after a sudden event."""
    early = day < settings.number("emergency_pattern_days")
    if not early or scenario.event not in attendance_factors.SUDDEN:
        return known.NORMAL
    whole_day = settings.number("emergency_pattern_h") >= WHOLE_DAY_H
    return known.EMERGENCY_24H if whole_day else known.EMERGENCY_12H


def shifts_by_day(facility: Facility, facts: CoverFacts, scenario: Scenario) -> dict[int, tuple[Shift, ...]]:
    """Return the shifts to be covered by day.

    On day 0 a shift that ended before the event is left out, and one that is running is asked only where a
    roster says who is on it: without a roster nobody knows, and unknown is not uncovered.
    """
    strike = attendance.strike_minute(scenario)
    first = scenario.starts_at.date()
    has_roster = any(
        first in facts.rosters.get(s.id, {}) for s in facts.staff if s.facility_id == facility.id
    )
    found = {}
    for day in range(scenario.days):
        shifts = known.shifts_of(pattern_on(scenario, day, facts.first), facility.category)
        if day == 0:
            shifts = tuple(s for s in shifts if s.start_min >= strike or (has_roster and s.end_min > strike))
        found[day] = shifts
    return found


def on_duty(roster: Mapping[date, str], scenario: Scenario) -> tuple[int, int] | None:
    """Return begin and end of the shift during which the event finds somebody; minutes of day 0, or None."""
    strike, first = attendance.strike_minute(scenario), scenario.starts_at.date()
    times = {k.shift.key: k.shift for k in known.known_shifts()}
    for offset in (-1, 0):
        shift = times.get(roster.get(date.fromordinal(first.toordinal() + offset), ""))
        if shift is not None and scenario.event in attendance_factors.SUDDEN:
            begin, end = offset * DAY_MIN + shift.start_min, offset * DAY_MIN + shift.end_min
            if begin <= strike < end:
                return begin, end
    return None


def commuters(facts: CoverFacts, scenario: Scenario) -> tuple[Commuter, ...]:
    """Return all staff as attendance sees them: where they work, and whether it strikes while they do."""
    location = {f.id: f.location for f in facts.facilities}
    found = []
    for person in facts.staff:
        duty = on_duty(facts.rosters.get(person.id, {}), scenario) or (None, None)
        found.append(
            Commuter(
                staff=person,
                site_location=location[person.facility_id],
                on_duty_from_min=duty[0],
                on_duty_until_min=duty[1],
            )
        )
    return tuple(found)


def who_can_come(facts: CoverFacts, scenario: Scenario, seed: int) -> tuple[Presence, ...]:
    """Return the chances of all staff by day, and on whom the roster counts."""
    presences, alike = [], {}
    settings = {f.id: facts.settings[f.id].attendance for f in facts.facilities}
    for person, commuter in zip(facts.staff, commuters(facts, scenario), strict=True):
        presences.append(attendance.estimate(commuter, scenario, settings[person.facility_id], seed))
        alike[person.id] = f"{person.facility_id}|{_profile(person)}"
    known = with_answers(tuple(presences), facts.told, attendance.strike_minute(scenario))
    return attendance.count_on(known, alike, facts.first.attendance, seed)


def _profile(person: StaffMember) -> str:
    groups = known.post_groups()
    fits = (g for g in groups if g.may_fill(person.qualifications, person.procedures, person.languages))
    return ",".join(g.key for g in fits)


def question(facts: CoverFacts, scenario: Scenario, presences: tuple[Presence, ...]) -> CoverQuestion:
    """Return the question for the core.

    Levels of service by day follow the share of a site's staff that is expected to come.
    """
    settings, plan = facts.first, known.post_plan(facts.first.number("productive_share"))
    shifts = {f.id: shifts_by_day(f, facts, scenario) for f in facts.facilities}
    standards = {f.id: known.standard_of(f, settings.number("full_time_week_h")) for f in facts.facilities}
    needs = {
        f.id: _needs(f, facts, presences, scenario.days, standards[f.id] or Standard())
        for f in facts.facilities
    }
    instance = CoverInstance(
        days=scenario.days,
        shifts=tuple(k.shift for k in known.known_shifts()),
        groups=known.post_groups(),
        sites=tuple(Site(id=f.id, lodging_places=f.lodging_places) for f in facts.facilities),
        workers=(*_staff(facts, scenario, presences, shifts), *_helpers(facts, shifts)),
        demands=tuple(d for f in facts.facilities for d in demand.demands(needs[f.id], shifts[f.id], plan)),
        limits=settings.limits,
        travel_from_day=round(settings.number("travel_from_day")) if len(facts.facilities) > 1 else None,
    )
    unknown = sum(standard is None for standard in standards.values())
    return CoverQuestion(instance, presences, needs, shifts, plan, unknown)


def _needs(
    facility: Facility,
    facts: CoverFacts,
    presences: Sequence[Presence],
    days: int,
    standard: Standard,
) -> SiteNeeds:
    here = {s.id for s in facts.staff if s.facility_id == facility.id}
    expected = [0.0] * days
    for presence in presences:
        if presence.staff_id in here:
            for estimate in presence.estimates:
                expected[estimate.day] += estimate.chance
    return SiteNeeds(
        site=facility.id,
        residents=facility.residents,
        residents_medical=facility.residents_medical,
        operations=known.operations_of(facility.category),
        standard=standard,
        level_by_day=tuple(demand.service_level(e / len(here) if here else 0.0) for e in expected),
    )


def _staff(
    facts: CoverFacts,
    scenario: Scenario,
    presences: Sequence[Presence],
    shifts: Mapping[str, Mapping[int, tuple[Shift, ...]]],
) -> list[Worker]:
    strike = attendance.strike_minute(scenario)
    by_id = {p.staff_id: p for p in presences}
    found = []
    for person in facts.staff:
        roster = facts.rosters.get(person.id, {})
        presence = by_id[person.id]
        late_min = round(60 * facts.settings[person.facility_id].number("late_start_h"))
        duty = on_duty(roster, scenario)
        first, week_min = scenario.starts_at.date(), round(60 * person.weekly_hours_max)
        days_before, nights_before = cover_history.worked_before(roster, first)
        found.append(
            Worker(
                id=person.id,
                home=person.facility_id,
                qualifications=frozenset(person.qualifications),
                procedures=frozenset(person.procedures),
                languages=frozenset(person.languages),
                week_min=week_min,
                night_ok=person.night_ok,
                newcomer=person.newcomer,
                available=attendance.shifts_open_to(presence, shifts[person.facility_id], strike, late_min),
                free_from_min=duty[1] if duty is not None and duty[0] < 0 else None,
                days_before=days_before,
                nights_before=nights_before,
                overtime_before_min=cover_history.overtime_before(roster, first, week_min),
                in_force=_in_force(roster, facts, scenario),
                wishes_off=cover_history.wishes_off(roster, first, scenario.days),
            )
        )
    return found


def _in_force(roster: Mapping[date, str], facts: CoverFacts, scenario: Scenario) -> dict[int, str]:
    """Return the old roster by day, each shift as the one that takes it over in the pattern of its day."""
    first = scenario.starts_at.date()
    found = {}
    for day in range(scenario.days):
        old = roster.get(date.fromordinal(first.toordinal() + day))
        new = known.same_shift_in(pattern_on(scenario, day, facts.first), old) if old else ""
        if new:
            found[day] = new
    return found


def _helpers(facts: CoverFacts, shifts: Mapping[str, Mapping[int, tuple[Shift, ...]]]) -> list[Worker]:
    """Return one worker for each person of each offer, there for every shift from the day they can come."""
    week_min = round(60 * facts.first.number("full_time_week_h"))
    return [
        Worker(
            id=f"{offer.id}#{number}",
            home=offer.facility_id,
            qualifications=frozenset({offer.qualification}),
            week_min=week_min,
            available={
                day: tuple(s.key for s in keys)
                for day, keys in shifts[offer.facility_id].items()
                if day >= offer.from_day
            },
            route=offer.route,
            offer_id=offer.id,
            needs_lodging=offer.needs_lodging,
        )
        for offer in facts.offers
        for number in range(1, offer.people + 1)
    ]
