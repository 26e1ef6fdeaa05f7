"""The deduction: every example and every service of the catalogue, both readings, start, end, amount."""

import re
from datetime import date

import pytest

from bcp_kit.catalogues.load import Row, catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.practice_settings import Measures
from bcp_kit.forms.practice.penalty import (
    NOT_ASKED_ROWS,
    RULE_ROWS,
    LackKind,
    PenaltyCheck,
    PenaltyFacts,
    Reading,
    Verdict,
    check_penalty,
)

TODAY = date(2026, 11, 23)
INF, ND = PlanKind.INFECTION, PlanKind.NATURAL_DISASTER
OLD = {INF: date(2024, 3, 1), ND: date(2024, 3, 1)}
TAKEN = {kind: Measures(taken=Known.YES) for kind in (INF, ND)}
SERVICES = list(catalogue("service_types").rows.values())
EXAMPLES = {
    "example_1": PenaltyFacts("seikatsu_kaigo", date(2024, 10, 15)),
    "example_2": PenaltyFacts("kyotaku_kaigo", date(2025, 10, 15)),
    "example_3": PenaltyFacts("tsusho", date(2025, 10, 15)),
}


def check(service_key: str = "tsusho", **fields: object) -> PenaltyCheck:
    """The check of a day service today, with the facts given."""
    return check_penalty(PenaltyFacts(**{"service_key": service_key, "checked_on": TODAY, **fields}))  # type: ignore[arg-type]


@pytest.mark.parametrize("row", catalogue("penalty_examples").rows.values(), ids=lambda row: row.key)
def test_every_example_of_the_catalogue_comes_out(row: Row) -> None:
    """The first month of the deduction is the one that the example's own words name."""
    named = re.match(r"令和(\d+)年(\d+)月分から", row.data["effect_ja"])
    assert named
    found = check_penalty(EXAMPLES[row.key])
    assert found.since == date(2018 + int(named[1]), int(named[2]), 1)
    assert found.verdict is Verdict.APPLIES


@pytest.mark.parametrize("service", SERVICES, ids=lambda row: row.key)
def test_every_service_without_plans(service: Row) -> None:
    """Nothing made: rate and first month are those of the service's row; exempt and unknown ones say so."""
    found = check(service.key)
    assert found.percent == service.value
    if service.value is None:
        assert found.verdict is Verdict.NOT_KNOWN and not found.shown.months
    elif service.value == 0:
        assert found.verdict is Verdict.EXEMPT and found.since is None
    else:
        assert found.verdict is Verdict.APPLIES
        assert found.since == date.fromisoformat(service.data["penalty_from"])
        assert found.shown.months[-1] == date(2026, 11, 1) and found.shown.running
        assert found.percent in (1, 3)
    care = service.data["sector"] == "care"
    assert found.own_reading is (Reading.AND if care else Reading.OR)


@pytest.mark.parametrize("service", SERVICES, ids=lambda row: row.key)
def test_every_service_with_both_plans_and_measures(service: Row) -> None:
    """Both plans before the duty began and measures taken: nowhere a deduction."""
    found = check(service.key, plans_made_on=OLD, measures=TAKEN)
    assert found.verdict in (Verdict.NOT_APPLIES, Verdict.EXEMPT, Verdict.NOT_KNOWN)
    assert (found.verdict is Verdict.NOT_KNOWN) == (service.value is None)
    assert found.since is None and not found.lacks


@pytest.mark.parametrize("service", SERVICES, ids=lambda row: row.key)
@pytest.mark.parametrize("missing", [INF, ND])
def test_one_plan_is_as_bad_as_none(service: Row, missing: PlanKind) -> None:
    """With one of the two plans the deduction is the same as with none, in both sectors."""
    one = {kind: day for kind, day in OLD.items() if kind is not missing}
    assert check(service.key, plans_made_on=one, measures=TAKEN).since == check(service.key).since


@pytest.mark.parametrize(
    ("service_key", "verdict"), [("tsusho", Verdict.AT_RISK), ("seikatsu_kaigo", Verdict.APPLIES)]
)
def test_plans_without_measures_part_the_readings(service_key: str, verdict: Verdict) -> None:
    """Plans made and measures not taken: or applies, and does not; care is at risk, disability deducted."""
    none = {kind: Measures(taken=Known.NO) for kind in (INF, ND)}
    found = check(service_key, plans_made_on=OLD, measures=none)
    by_reading = {result.reading: bool(result.months) for result in found.readings}
    assert by_reading == {Reading.AND: False, Reading.OR: True}
    assert found.verdict is verdict
    assert found.since == date(2024, 4, 1)
    assert {lack.kind for lack in found.lacks} == {LackKind.MEASURES}


@pytest.mark.parametrize("service_key", ["tsusho", "seikatsu_kaigo"])
def test_measures_not_entered_are_not_guessed(service_key: str) -> None:
    """Without a word on measures the check says that it cannot say."""
    found = check(service_key, plans_made_on=OLD)
    assert found.verdict is Verdict.NOT_KNOWN
    assert {lack.kind for lack in found.lacks} == {LackKind.MEASURES_UNKNOWN}


def test_a_plan_made_late_ends_the_deduction_with_its_month() -> None:
    """Made on 20 May 2025: deducted from April 2024 to May 2025, and over."""
    late = {INF: date(2025, 5, 20), ND: date(2024, 3, 1)}
    found = check(plans_made_on=late, measures=TAKEN)
    assert (found.shown.months[0], found.shown.months[-1]) == (date(2024, 4, 1), date(2025, 5, 1))
    assert len(found.shown.months) == 14 and not found.shown.running


def test_guideline_and_disaster_plan_free_the_first_year() -> None:
    """Both there before April 2024: no deduction until March 2025, then from April 2025."""
    both = {"guideline_on": date(2023, 4, 1), "disaster_plan_on": date(2020, 4, 1)}
    assert check(**both).since == date(2025, 4, 1)
    assert check_penalty(PenaltyFacts("tsusho", date(2025, 3, 31), **both)).verdict is Verdict.NOT_APPLIES  # type: ignore[arg-type]
    only_one = check(guideline_on=date(2023, 4, 1))
    assert only_one.since == date(2024, 4, 1)


def test_a_guideline_made_within_the_year_frees_what_follows() -> None:
    """Both there from 10 August 2024: deducted April to August 2024, free to March 2025, again from April."""
    found = check(guideline_on=date(2024, 8, 10), disaster_plan_on=date(2024, 1, 1))
    months = found.shown.months
    assert months[:5] == tuple(date(2024, month, 1) for month in range(4, 9))
    assert months[5] == date(2025, 4, 1)


def test_home_visits_have_their_own_beginning() -> None:
    """Before April 2025 a home-visit service is never deducted, plan or not."""
    assert check_penalty(PenaltyFacts("houmon_kaigo", date(2025, 3, 31))).shown.months == ()
    assert check("houmon_kaigo").since == date(2025, 4, 1)


def test_a_facility_opened_in_mid_month_begins_with_the_next() -> None:
    """Designated on 15 June 2025 without plans: from July; on the first of June: from June."""
    assert check(designated_on=date(2025, 6, 15)).since == date(2025, 7, 1)
    assert check(designated_on=date(2025, 6, 1)).since == date(2025, 6, 1)


def test_the_amount_is_counted_only_from_what_was_entered() -> None:
    """100,000 units at 10.14 yen and 1 % are 10,140 yen a month; without either figure there is no amount."""
    found = check(monthly_units=100_000.0, unit_price_yen=10.14)
    assert found.month_yen == pytest.approx(10_140)
    assert found.total_yen == pytest.approx(10_140 * len(found.shown.months))
    assert check(monthly_units=100_000.0).total_yen is None
    assert check("kyotaku_ryoyo", monthly_units=100_000.0, unit_price_yen=10.0).total_yen is None


def test_an_unknown_service_is_said_to_be_unknown() -> None:
    """Without a service type nothing is decided, but what is missing is still named."""
    found = check("")
    assert (found.verdict, found.percent, found.service) == (Verdict.NOT_KNOWN, None, None)
    assert {lack.kind for lack in found.lacks} == {LackKind.PLAN}


def test_every_rule_shown_is_a_row_with_source_and_mark() -> None:
    """The rules that a screen or page shows are rows of the catalogue, each with sources."""
    rows = [catalogue("penalties").need(key) for key in (*RULE_ROWS, *NOT_ASKED_ROWS)]
    assert all(row.sources and row.verification for row in rows)
