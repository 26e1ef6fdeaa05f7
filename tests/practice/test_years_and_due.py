"""Due dates: counts by fiscal year and over twelve months, what is overdue, what stands first."""

from dataclasses import replace
from datetime import date

import pytest

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.practice import Finding, FindingState, PracticeKind, PracticeRecord
from bcp_kit.domain.practice_settings import CountBasis, PracticeSettings
from bcp_kit.forms.practice.due import (
    DueFacts,
    DueKind,
    DueLine,
    DueState,
    PlanDates,
    due_lines,
    frequency_for,
)
from bcp_kit.forms.practice.years import fiscal_end, fiscal_start, months_later

TODAY = date(2026, 11, 23)
INF, ND = PlanKind.INFECTION, PlanKind.NATURAL_DISASTER
SERVICES = list(catalogue("service_types").rows.values())


def facts(service_key: str = "tsusho", **fields: object) -> DueFacts:
    """Facts of a day service with both plans, nothing recorded."""
    settings = fields.pop("settings", PracticeSettings(id="f"))
    category = ServiceCategory(catalogue("service_types").need(service_key).data["service_category"])
    plans = dict.fromkeys(CONTINUITY_KINDS, PlanDates(begun_on=date(2026, 9, 1)))
    given = {"frequency": frequency_for(service_key, category, settings), "settings": settings}
    return DueFacts(**{"today": TODAY, "plans": plans, **given, **fields})  # type: ignore[arg-type]


def record(kind: PracticeKind, held_on: date, *plans: PlanKind, **fields: object) -> PracticeRecord:
    """A record of one day."""
    return PracticeRecord(
        id=f"{kind}-{held_on}", facility_id="f", kind=kind, plan_kinds=plans, held_on=held_on, **fields
    )


def line_of(lines: tuple[DueLine, ...], kind: DueKind, plan: PlanKind | None = None) -> DueLine:
    """The only line of that kind and plan."""
    (found,) = [line for line in lines if line.kind is kind and line.plan_kind is plan]
    return found


def test_the_fiscal_year_begins_in_april() -> None:
    """31 March belongs to the year that began the April before, 1 April to the new one."""
    assert fiscal_start(date(2027, 3, 31)) == date(2026, 4, 1)
    assert fiscal_start(date(2027, 4, 1)) == date(2027, 4, 1)
    assert fiscal_end(date(2026, 4, 1)) == date(2027, 3, 31)
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2026, 1, 31), -2) == date(2025, 11, 30)


@pytest.mark.parametrize("service", SERVICES, ids=lambda row: row.key)
def test_every_service_has_the_counts_of_the_catalogue(service: object) -> None:
    """For each service type the count found is the one that its own row states, and nothing is guessed."""
    category = ServiceCategory(service.data["service_category"])  # type: ignore[attr-defined]
    found = frequency_for(service.key, category, PracticeSettings(id="f"))  # type: ignore[attr-defined]
    stated = service.data["training_min_per_year"], service.data["drill_min_per_year"]  # type: ignore[attr-defined]
    assert (found.training, found.drill, found.guessed) == (*stated, False)
    assert found.row.sources


def test_a_facility_without_a_service_type_is_counted_the_strict_way() -> None:
    """Without a service type the most that the category knows is asked, and that is said."""
    found = frequency_for("", ServiceCategory.CARE_RESIDENTIAL, PracticeSettings(id="f"))
    assert (found.training, found.guessed) == (2, True)


def test_own_counts_win_with_their_reason() -> None:
    """A local ordinance changes the counts; the reason goes with it."""
    own = PracticeSettings(id="f", training_per_year=3, override_reason="見本市条例")
    found = frequency_for("tsusho", ServiceCategory.CARE_DAY, own)
    assert (found.training, found.drill, found.reason) == (3, 1, "見本市条例")


def test_nothing_recorded_is_overdue_and_comes_first() -> None:
    """Training and drills of both plans that were never held are overdue and stand before all else."""
    lines = due_lines(facts())
    assert [line.state for line in lines[:4]] == [DueState.OVERDUE] * 4
    assert {(line.kind, line.plan_kind) for line in lines[:4]} == {
        (kind, plan) for kind in (DueKind.TRAINING, DueKind.DRILL) for plan in CONTINUITY_KINDS
    }
    assert all(line.missed_last_year for line in lines[:4])


def test_one_session_counts_for_the_plans_it_names() -> None:
    """A training for one plan leaves the other open; one for both counts for both."""
    only = due_lines(facts(records=[record(PracticeKind.TRAINING, date(2026, 6, 1), INF)]))
    assert line_of(only, DueKind.TRAINING, INF).fiscal_done == 1
    assert line_of(only, DueKind.TRAINING, INF).state is DueState.LATER
    assert line_of(only, DueKind.TRAINING, ND).fiscal_done == 0
    both = due_lines(facts(records=[record(PracticeKind.TRAINING, date(2026, 6, 1), INF, ND)]))
    assert line_of(both, DueKind.TRAINING, ND).state is DueState.LATER


def test_fiscal_and_rolling_differ_where_they_must() -> None:
    """A training of 10 November 2025 fills last year: due by March, but overdue by twelve months."""
    held = [record(PracticeKind.TRAINING, date(2025, 11, 10), INF)]
    fiscal = line_of(due_lines(facts(records=held)), DueKind.TRAINING, INF)
    assert (fiscal.due_on, fiscal.state, fiscal.fiscal_done, fiscal.rolling_done) == (
        date(2027, 3, 31),
        DueState.LATER,
        0,
        0,
    )
    rolling = PracticeSettings(id="f", basis=CountBasis.ROLLING)
    other = line_of(due_lines(facts(records=held, settings=rolling)), DueKind.TRAINING, INF)
    assert (other.due_on, other.state) == (date(2026, 11, 10), DueState.OVERDUE)


def test_a_missed_year_stays_overdue_until_this_year_is_full() -> None:
    """Last year had none: overdue since 31 March; once this year's count is full, only the gap is named."""
    missed = line_of(due_lines(facts()), DueKind.DRILL, ND)
    assert missed.state is DueState.OVERDUE
    held = [record(PracticeKind.DRILL, date(2026, 10, 1), ND)]
    made_good = line_of(due_lines(facts(records=held)), DueKind.DRILL, ND)
    assert (made_good.state, made_good.missed_last_year, made_good.due_on) == (
        DueState.LATER,
        True,
        date(2028, 3, 31),
    )


def test_a_new_facility_owes_nothing_for_last_year() -> None:
    """A facility that opened in June 2026 is not overdue for the year before."""
    fresh = PracticeSettings(id="f", designated_on=date(2026, 6, 1))
    line = line_of(due_lines(facts(settings=fresh)), DueKind.TRAINING, INF)
    assert (line.state, line.due_on, line.missed_last_year) == (DueState.LATER, date(2027, 3, 31), False)


def test_twice_a_year_needs_two() -> None:
    """A home that has to train twice is not done after one; the second one counts from its own day."""
    one = [
        record(PracticeKind.TRAINING, date(2026, 6, 1), INF),
        record(PracticeKind.TRAINING, date(2025, 6, 1), INF),
    ]
    line = line_of(due_lines(facts("kaigo_rojin_fukushi", records=one)), DueKind.TRAINING, INF)
    assert (line.required, line.fiscal_done, line.state) == (2, 1, DueState.OVERDUE)
    two = [*one, record(PracticeKind.TRAINING, date(2026, 10, 1), INF)]
    assert (
        line_of(due_lines(facts("kaigo_rojin_fukushi", records=two)), DueKind.TRAINING, INF).state
        is DueState.LATER
    )
    rolling = PracticeSettings(id="f", basis=CountBasis.ROLLING)
    by_year = due_lines(facts("kaigo_rojin_fukushi", records=two, settings=rolling))
    assert line_of(by_year, DueKind.TRAINING, INF).due_on == date(2027, 6, 1)


def test_records_of_days_to_come_do_not_count() -> None:
    """A session that lies ahead is no session held."""
    held = [record(PracticeKind.TRAINING, date(2026, 12, 1), INF)]
    assert line_of(due_lines(facts(records=held)), DueKind.TRAINING, INF).fiscal_done == 0


def test_new_staff_is_trained_after_the_hire() -> None:
    """Without a hiring day it is not counted; a training before the hire does not count; one after does."""
    assert line_of(due_lines(facts()), DueKind.NEW_HIRES).state is DueState.NOT_COUNTED
    hired = PracticeSettings(id="f", last_hired_on=date(2026, 10, 1))
    before = [record(PracticeKind.TRAINING, date(2026, 9, 30), INF, new_hires=True)]
    late = line_of(due_lines(facts(settings=hired, records=before)), DueKind.NEW_HIRES)
    assert (late.state, late.due_on) == (DueState.OVERDUE, date(2026, 10, 31))
    after = [record(PracticeKind.TRAINING, date(2026, 10, 2), INF, new_hires=True)]
    assert line_of(due_lines(facts(settings=hired, records=after)), DueKind.NEW_HIRES).state is DueState.DONE


def test_notice_follows_the_version_in_force() -> None:
    """A notice older than the version in force does not count; without a version nothing is asked."""
    plans = {ND: PlanDates(date(2026, 4, 1), approved_on=date(2026, 9, 1), reviewed_on=date(2026, 9, 1))}
    old = [record(PracticeKind.NOTICE, date(2026, 8, 1), ND)]
    late = line_of(due_lines(facts(plans=plans, records=old)), DueKind.NOTICE, ND)
    assert (late.state, late.due_on) == (DueState.OVERDUE, date(2026, 10, 1))
    new = [record(PracticeKind.NOTICE, date(2026, 9, 2), ND)]
    assert line_of(due_lines(facts(plans=plans, records=new)), DueKind.NOTICE, ND).state is DueState.DONE
    assert line_of(due_lines(facts()), DueKind.NOTICE, ND).state is DueState.NOT_COUNTED


def test_reviews_contacts_stock_and_findings_are_due() -> None:
    """Each has its day: review after its interval, the oldest contact, stock, findings not closed."""
    finding = Finding(id="x", words="鍵の場所が分からない", due_on=date(2026, 11, 1), owner="主任")
    closed = finding.model_copy(update={"id": "y", "state": FindingState.CLOSED})
    held = [
        record(PracticeKind.REVIEW, date(2025, 10, 1), ND),
        record(PracticeKind.DRILL, date(2026, 5, 1), ND, findings=(finding, closed)),
    ]
    stock = [("米", date(2026, 12, 1)), ("水", date(2029, 1, 1))]
    lines = due_lines(facts(records=held, contacts=[date(2025, 6, 1), date(2026, 6, 1)], stock=stock))
    assert line_of(lines, DueKind.REVIEW, ND).due_on == date(2026, 10, 1)
    assert line_of(lines, DueKind.CONTACTS).due_on == date(2026, 6, 1)
    assert line_of(lines, DueKind.STOCK).state is DueState.SOON
    assert line_of(lines, DueKind.FINDING).state is DueState.OVERDUE
    unknown = due_lines(facts(contacts=[None, date(2026, 11, 1)]))
    assert line_of(unknown, DueKind.CONTACTS).state is DueState.OVERDUE
    order = [line.state for line in lines]
    assert order == sorted(order, key=list(DueState).index)


def test_zero_times_a_year_asks_for_nothing() -> None:
    """A count of zero, with its reason, leaves the line out."""
    none = PracticeSettings(id="f", drill_per_year=0, override_reason="x")
    given = replace(facts(), frequency=frequency_for("tsusho", ServiceCategory.CARE_DAY, none))
    assert not [line for line in due_lines(given) if line.kind is DueKind.DRILL]
