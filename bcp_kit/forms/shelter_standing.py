"""What is confirmed about a destination, what only stands in a list, what grew old, what nobody knows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bcp_kit.domain.shelter_facts import confirmation_of, fact_text
from bcp_kit.domain.shelters import Confirmation, Shelter
from bcp_kit.forms.shelter_form import AskedFact, asked_facts

NEVER_ASKED = frozenset({"id", "site_id", "facility_id", "source", "note", "common_id"})


class FactState(StrEnum):
    """Where one fact stands. UNCONFIRMED: a value that somebody wrote and nobody confirmed."""

    UNKNOWN = "unknown"
    STALE = "stale"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class FactStanding:
    """One fact of one destination: its state, who confirmed it, and until when that holds."""

    fact: AskedFact
    state: FactState
    confirmation: Confirmation | None
    review_on: date | None


def months_after(day: date, months: int) -> date:
    """Return the day so many months later; the last of the month where it has no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has a day 28")


def fact_standing(shelter: Shelter, fact: AskedFact, today: date) -> FactStanding:
    """Return where one fact stands on `today`."""
    if not fact_text(shelter, fact.key):
        return FactStanding(fact, FactState.UNKNOWN, None, None)
    confirmation = confirmation_of(shelter, fact.key)
    if confirmation is None:
        return FactStanding(fact, FactState.UNCONFIRMED, None, None)
    review_on = months_after(confirmation.on, fact.item.review_months)
    state = FactState.STALE if review_on <= today else FactState.CONFIRMED
    return FactStanding(fact, state, confirmation, review_on)


@dataclass(frozen=True)
class ShelterStanding:
    """Where all facts of one destination stand."""

    facts: Mapping[str, FactStanding]

    def count(self, *states: FactState) -> int:
        """Return how many facts that are asked stand in one of the states."""
        counts = Counter(f.state for key, f in self.facts.items() if key not in NEVER_ASKED)
        return sum(counts[state] for state in states)

    @property
    def total(self) -> int:
        """How many facts are asked."""
        return self.count(*FactState)

    @property
    def open(self) -> int:
        """How many facts need to be confirmed: unknown, only listed, or grown old."""
        return self.total - self.count(FactState.CONFIRMED)


def shelter_standing(shelter: Shelter, today: date) -> ShelterStanding:
    """Return where every fact of the form stands on `today`."""
    return ShelterStanding({key: fact_standing(shelter, fact, today) for key, fact in asked_facts().items()})
