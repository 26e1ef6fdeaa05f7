"""Planted faults are found, all of them and nothing else; clean plans give no finding."""

from collections import Counter

import pytest

from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.checks.case import Severity
from bcp_kit.forms.checks.data import registry
from bcp_kit.forms.checks.run import CHECKS, run_checks
from bcp_kit.forms.messages import LANGUAGES, messages, text
from tests.checks.cases import clean, with_cells
from tests.checks.planted import INNOCENT, PLANTED, SINGLE, Planted


@pytest.mark.parametrize("category", ServiceCategory)
def test_clean_plans_give_no_finding(category: ServiceCategory) -> None:
    """Both sample plans of every category pass all checks."""
    assert [(one.code, one.item_id, dict(one.values)) for one in run_checks(clean(category))] == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_fault_is_found_and_nothing_else(planted: Planted) -> None:
    """What was planted, and only that, is found at its item."""
    found = run_checks(planted.plant(clean(planted.category)))
    assert {(one.code, one.item_id) for one in found} == planted.found
    assert max(Counter((one.code, one.item_id) for one in found).values()) <= 8


@pytest.mark.parametrize("innocent", INNOCENT, ids=lambda innocent: innocent.name)
def test_another_way_to_write_it_is_no_fault(innocent: Planted) -> None:
    """Full-width digits, other units, brackets and word order that mean the same give no finding."""
    found = run_checks(innocent.plant(clean(innocent.category)))
    assert [(one.code, one.item_id, dict(one.values)) for one in found] == []


def test_precision_and_recall_over_the_planted_set() -> None:
    """At least forty planted faults over all categories; every one is found and no finding is idle."""
    true, missed, idle = 0, 0, 0
    for planted in (*PLANTED, *INNOCENT):
        found = {(one.code, one.item_id) for one in run_checks(planted.plant(clean(planted.category)))}
        true += len(found & planted.found)
        missed += len(planted.found - found)
        idle += len(found - planted.found)
    print(f"planted {len(PLANTED)}, expected findings {true + missed}")  # noqa: T201
    assert len(PLANTED) >= 40
    assert {planted.category for planted in PLANTED} == set(ServiceCategory)
    assert true / (true + idle) == 1
    assert true / (true + missed) == 1


def test_every_check_has_a_planted_fault() -> None:
    """No check exists that nothing proves."""
    assert {code for planted in SINGLE for code, _ in planted.found} == {check.__name__ for check in CHECKS}


def test_registry_and_functions_name_the_same_checks() -> None:
    """Each check stands in the registry once, in the same order."""
    assert [check.__name__ for check in CHECKS] == list(registry())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_its_sentences(language: str) -> None:
    """Title, reason and remedy of each finding are complete sentences with every value filled in."""
    known = messages(language)
    for planted in SINGLE:
        for one in run_checks(planted.plant(clean(planted.category))):
            for part in ("title", "why", "todo"):
                key = f"checks.{part}.{one.code}"
                assert key in known
                said = text(key, language, **{"": 0, **one.values})
                assert said.strip()
                assert "{" not in said


def test_findings_come_by_weight() -> None:
    """Law stands before guideline, guideline before advice."""
    combined = next(one for one in PLANTED if one.name == "copied, stale, understaffed home")
    ranks = [one.severity.rank for one in run_checks(combined.plant(clean(combined.category)))]
    assert ranks == sorted(ranks)
    assert {Severity.LAW.rank, Severity.GUIDELINE.rank} <= set(ranks)


def test_a_finding_keeps_its_key_until_the_words_change() -> None:
    """The same fault has the same key each time, other words another key."""
    planted = next(one for one in SINGLE if one.name == "quake without number")
    case = planted.plant(clean(planted.category))
    again = planted.plant(clean(planted.category))
    assert [one.key for one in run_checks(case)] == [one.key for one in run_checks(again)]
    other = with_cells(case, "nd_trigger_earthquake", 2, condition="強い揺れのとき")
    assert run_checks(other)[0].key != run_checks(case)[0].key
