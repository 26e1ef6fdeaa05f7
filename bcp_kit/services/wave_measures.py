"""Measures that help life-keeping work to hold: rows of `wave_measures`, put on the facts of a question.

A measure goes to those whom it helps most: staff in the order of what their chances gain over all days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bcp_kit.catalogues import load
from bcp_kit.catalogues.load import Row
from bcp_kit.cores.staff_cover import attendance
from bcp_kit.cores.staff_cover.attendance_factors import Commuter, distance_km
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import CommuteMeans, HelpOffer, HelpRoute, Qualification, StaffMember
from bcp_kit.services.cover_inputs import CoverFacts, commuters

CATALOGUE = "wave_measures"
LEAST_GAIN = 1e-9


@dataclass(frozen=True)
class Helped:
    """The facts with a measure in force, what it changes of commuters by id, how many people it reaches."""

    facts: CoverFacts
    changes: Mapping[str, Mapping[str, Any]]
    people: int


def measure_rows() -> Mapping[str, Row]:
    """Return the measures of the catalogue by key, in their order."""
    return load.catalogue(CATALOGUE).rows


def with_measure(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    """Return the facts with the measure `row` in force for `size` people (seats, beds)."""
    return _KINDS[row.data["kind"]](facts, scenario, row, size)


def changed_commuters(
    facts: CoverFacts, scenario: Scenario, changes: Mapping[str, Mapping[str, Any]]
) -> tuple[Commuter, ...]:
    """Return all staff as attendance sees them, with the changes of a measure."""
    return tuple(
        c.model_copy(update=dict(changes[c.staff.id])) if c.staff.id in changes else c
        for c in commuters(facts, scenario)
    )


def _chances(facts: CoverFacts, scenario: Scenario, asked: Sequence[Commuter]) -> dict[str, float]:
    """Return the days on which each person is expected, by id."""
    settings = {f.id: facts.settings[f.id].attendance for f in facts.facilities}
    return {
        c.staff.id: sum(
            e.chance for e in attendance.estimate(c, scenario, settings[c.staff.facility_id]).estimates
        )
        for c in asked
    }


def _who_gains(
    facts: CoverFacts, scenario: Scenario, changes: Mapping[str, Mapping[str, Any]], size: int
) -> dict[str, Mapping[str, Any]]:
    """Return the changes of the `size` people who gain most by theirs; who gains nothing is left out."""
    before = _chances(facts, scenario, commuters(facts, scenario))
    after = _chances(facts, scenario, changed_commuters(facts, scenario, changes))
    gains = sorted((before[i] - after[i], i) for i in changes)
    return {i: changes[i] for loss, i in gains[:size] if loss < -LEAST_GAIN}


def _within(facts: CoverFacts, scenario: Scenario, reach_km: float) -> list[Commuter]:
    found = []
    for commuter in commuters(facts, scenario):
        settings = facts.settings[commuter.staff.facility_id].attendance
        km = distance_km(commuter, settings)
        if (settings.unknown_distance_km if km is None else km) <= reach_km:
            found.append(commuter)
    return found


def _stay(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    del row
    chosen = _who_gains(facts, scenario, {s.id: {"stays_over": True} for s in facts.staff}, size)
    return Helped(facts, chosen, len(chosen))


def _ride(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    change = {"ride_from_day": row.data["from_day"], "ride_factor": row.data["factor"]}
    near = _within(facts, scenario, row.data["reach_km"])
    chosen = _who_gains(facts, scenario, {c.staff.id: change for c in near}, size)
    return Helped(facts, chosen, len(chosen))


def _childcare(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    del row
    parents = {s.id: {"childcare": True} for s in facts.staff if s.youngest_child_age is not None}
    chosen = _who_gains(facts, scenario, parents, size)
    return Helped(facts, chosen, len(chosen))


def _means(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    """Lend a means: it becomes one of the person's own, so whoever already has it gains nothing."""
    means = CommuteMeans(row.data["means"])
    changes = {
        c.staff.id: {"staff": _also(c.staff, means)} for c in _within(facts, scenario, row.data["reach_km"])
    }
    chosen = _who_gains(facts, scenario, changes, size)
    staff = tuple(_also(s, means) if s.id in chosen else s for s in facts.staff)
    return Helped(replace(facts, staff=staff), {}, len(chosen))


def _also(person: StaffMember, means: CommuteMeans) -> StaffMember:
    return person.model_copy(update={"other_means": (*person.other_means, means)})


def _most_likely(
    facts: CoverFacts, scenario: Scenario, fits: Callable[[StaffMember], bool], size: int
) -> frozenset[str]:
    """Return the `size` people who fit and are expected on most days."""
    chances = _chances(facts, scenario, commuters(facts, scenario))
    fitting = sorted((-chances[s.id], s.id) for s in facts.staff if fits(s))
    return frozenset(i for _, i in fitting[:size])


def _qualify(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    new = Qualification(row.data["qualification"])
    among = frozenset(Qualification(q) for q in row.data["among"])

    def fits(person: StaffMember) -> bool:
        return new not in person.qualifications and not among.isdisjoint(person.qualifications)

    chosen = _most_likely(facts, scenario, lambda s: fits(s) and s.night_ok, size)
    if len(chosen) < size:
        chosen = _most_likely(facts, scenario, fits, size)
    staff = tuple(
        s.model_copy(update={"qualifications": (*s.qualifications, new)}) if s.id in chosen else s
        for s in facts.staff
    )
    return Helped(replace(facts, staff=staff), {}, len(chosen))


def _nights(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    del row
    chosen = _most_likely(facts, scenario, lambda s: not s.night_ok, size)
    staff = tuple(s.model_copy(update={"night_ok": True}) if s.id in chosen else s for s in facts.staff)
    return Helped(replace(facts, staff=staff), {}, len(chosen))


def _helpers(facts: CoverFacts, scenario: Scenario, row: Row, size: int) -> Helped:
    """An agreement with a partner for the first site; it comes last, so earlier offers keep their beds."""
    del scenario
    offer = HelpOffer(
        id=f"measure-{row.key}",
        facility_id=facts.facilities[0].id,
        route=HelpRoute.PARTNER,
        name=row.label_ja,
        qualification=Qualification(row.data["qualification"]),
        people=size,
        from_day=row.data["from_day"],
        needs_lodging=True,
    )
    return Helped(replace(facts, offers=(*facts.offers, offer)), {}, size)


_KINDS: Mapping[str, Callable[[CoverFacts, Scenario, Row, int], Helped]] = {
    "stay": _stay,
    "ride": _ride,
    "helpers": _helpers,
    "qualify": _qualify,
    "nights": _nights,
    "means": _means,
    "childcare": _childcare,
}
