"""Places for people in need over many drawn attendances: the middle and the low tenth on a few days.

A draw has no full roster. Its places follow from hours: what the people present can give within their
contracts, less what the facility's own people need at the service level of that attendance. That leaves out
how hours fall into shifts, so a draw may have a few places more than a roster would give.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover import demand
from bcp_kit.cores.staff_cover.capacity import StaffLeft, capacity, limits
from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.instance import WEEK_DAYS, Worker
from bcp_kit.cores.staff_cover.waves_board import Bools, Rosters
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.scenario import Scenario
from bcp_kit.services import cover_catalogue as known
from bcp_kit.services.capacity import (
    SHIFT_MIN,
    is_carer,
    is_consultant,
    is_nurse,
    nurse_load_min,
    supplies_on,
)
from bcp_kit.services.cover_inputs import CoverFacts, CoverQuestion

DAYS_SHOWN = (0, 1, 3, 7)  # and the last day
LOW_PERCENT, MIDDLE_PERCENT = 10, 50
LEVELS = (*(level for _, level in demand.TIER_STEPS), demand.FULL)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DayPlaces:
    """Places of one facility, day and need class over the draws.

    `low`: nine draws in ten have at least so many; `middle`: half of them; `some`: share with a place at
    all; `binding`: the limit that is smallest most often.
    """

    facility_id: str
    day: int
    need_class: str
    low: int
    middle: int
    some: float
    binding: str


@dataclass(frozen=True)
class _Hours:
    """Minutes that the people of one site give on each day: draws × days by kind of work."""

    carers: Floats
    carers_night: Floats
    nurses: Floats
    consultants: Floats
    heads: Floats
    share: Floats


def places_of(
    facts: CoverFacts, scenario: Scenario, asked: CoverQuestion, found: Rosters, present: Presence
) -> tuple[DayPlaces, ...]:
    """Return places by facility, day and need class; none on days on which life-keeping posts stay empty."""
    days = sorted({d for d in (*DAYS_SHOWN, scenario.days - 1) if d < scenario.days})
    places: list[DayPlaces] = []
    for facility in facts.facilities:
        hours = _hours(facility, asked, present)
        short = _life_short(facility, found)
        for day in days:
            left = _left(facility, facts, asked, hours, day)
            left = [
                s.model_copy(update={"life_is_short": bool(b)})
                for s, b in zip(left, short[:, day], strict=True)
            ]
            places += _of_day(facility, facts, scenario, day, left)
    return tuple(places)


def _of_day(
    facility: Facility, facts: CoverFacts, scenario: Scenario, day: int, left: Sequence[StaffLeft]
) -> list[DayPlaces]:
    settings = facts.settings[facility.id].capacity
    supplies = supplies_on(scenario, day, round(facts.settings[facility.id].number("food_days")))
    alike = Counter(left)
    found = []
    for need in known.need_classes():
        answers = {
            one: capacity(
                facility, day, need, limits(facility, need, one, supplies, settings), settings.reserve_ratio
            )
            for one in alike
        }
        numbers = np.repeat([answers[one].places for one in alike], list(alike.values()))
        binding = Counter[str]()
        for one, times in alike.items():
            binding[answers[one].binding] += times
        low, middle = np.percentile(numbers, (LOW_PERCENT, MIDDLE_PERCENT), method="lower")
        found.append(
            DayPlaces(
                facility_id=facility.id,
                day=day,
                need_class=need.key,
                low=int(low),
                middle=int(middle),
                some=float((numbers > 0).mean()),
                binding=binding.most_common(1)[0][0],
            )
        )
    return found


def _life_short(facility: Facility, found: Rosters) -> Bools:
    """Return draws × days: whether a life-keeping post of the site stays empty."""
    short = np.zeros((len(found.filled), found.board.instance.days), dtype=bool)
    for number, post in enumerate(found.board.posts):
        if post.site == facility.id:
            short[:, post.day] |= found.missing[:, number] > 0
    return short


def _hours(facility: Facility, asked: CoverQuestion, present: Presence) -> _Hours:
    """Return what the own staff of a site gives: contracts spread over the days on which each can come."""
    workers = asked.instance.workers
    own = [n for n, w in enumerate(workers) if w.home == facility.id and w.route is None]
    here = present[:, own, :].astype(np.float64)
    minutes = here * _minutes_each(here, [workers[n] for n in own])

    def given(fits: Sequence[bool]) -> Floats:
        total: Floats = minutes[:, list(fits), :].sum(axis=1)
        return total

    people = [workers[n] for n in own]
    carers = [is_carer(w) and not is_nurse(w) for w in people]
    return _Hours(
        carers=given(carers),
        carers_night=given([c and w.night_ok for c, w in zip(carers, people, strict=True)]),
        nurses=given([is_nurse(w) for w in people]),
        consultants=given([is_consultant(w) for w in people]),
        heads=minutes.sum(axis=1) / SHIFT_MIN,
        share=here.mean(axis=1) if own else np.zeros((len(present), present.shape[2])),
    )


def _minutes_each(here: Floats, people: Sequence[Worker]) -> Floats:
    """Return draws × people × days: minutes of contract on a day, at most one ordinary shift."""
    contract = np.array([w.week_min for w in people], dtype=np.float64)[None, :]
    found = np.zeros_like(here)
    for first in range(0, here.shape[2], WEEK_DAYS):
        week = here[:, :, first : first + WEEK_DAYS]
        length = week.shape[2]
        days = np.maximum(1.0, week.sum(axis=2))
        each = np.minimum(SHIFT_MIN, contract * length / WEEK_DAYS / days)
        found[:, :, first : first + WEEK_DAYS] = each[:, :, None]
    return found


def _left(
    facility: Facility, facts: CoverFacts, asked: CoverQuestion, hours: _Hours, day: int
) -> list[StaffLeft]:
    """Return what is left for guests in each draw at the service level of its attendance."""
    share = asked.plan.productive_share
    needs, shifts = asked.needs[facility.id], asked.shifts[facility.id][day]
    busy_share = facts.settings[facility.id].number("consultant_busy_share")
    loads = {}
    for level in LEVELS:
        at = needs.model_copy(update={"level_by_day": (level,) * asked.instance.days})
        each = demand.own_load_min(at, day, shifts, asked.plan)
        nights = sum(each[s.key] for s in shifts if s.night)
        loads[level] = (sum(each.values()), nights, nurse_load_min(at, day, shifts, asked.plan))
    found = []
    for draw in range(len(hours.share)):
        load, night, nursing = loads[demand.service_level(float(hours.share[draw, day]))]
        nurses = share * hours.nurses[draw, day] - nursing
        carers = share * hours.carers[draw, day] - (load - nursing) + min(0.0, nurses)
        nightly = min(carers, share * hours.carers_night[draw, day] - night)
        found.append(
            StaffLeft(
                spare_min=round(max(0.0, carers)),
                spare_night_min=round(max(0.0, nightly)),
                nurse_min=round(max(0.0, nurses)),
                consultants=round(busy_share * hours.consultants[draw, day] / SHIFT_MIN, 1),
                staff_present=round(hours.heads[draw, day]),
            )
        )
    return found
