"""The law cases of disclosure.yaml (H15), each readable by an officer, run one by one."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bcp_kit.domain.consent import (
    Consent,
    ConsentAnswer,
    ConsentKind,
    Disclosure,
    DisclosureItem,
    Emergency,
    Ordinance,
    Recipient,
    may_disclose,
    may_make_plan,
    may_prepare,
)
from bcp_kit.forms.messages import messages

CASES = yaml.safe_load(Path(__file__).with_name("disclosure.yaml").read_text(encoding="utf-8"))["cases"]
YESTERDAY, TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)
ORDINANCES = {
    "none": None,
    "register": Ordinance(waives_register_consent=True),
    "plan": Ordinance(waives_plan_consent=True),
    "plan_ignores_refusal": Ordinance(waives_plan_consent=True, honours_refusal=False),
}


def _records(kind: ConsentKind, giver: str, fact: str, person: str) -> list[Consent]:
    def record(number: int, answer: str, on: date | None, **more: Any) -> Consent:
        values: dict[str, Any] = {"person_id": person if kind is ConsentKind.BE_NAMED else "", **more}
        name = f"{kind}-{giver}-{number}"
        return Consent(
            id=name, kind=kind, giver_id=giver, answer=ConsentAnswer(answer), given_on=on, **values
        )

    old, new = date(2025, 4, 1), date(2026, 4, 1)
    return {
        "none": [],
        "given": [record(1, "given", new)],
        "refused": [record(1, "refused", new)],
        "withdrawn": [record(1, "given", new, withdrawn_on=YESTERDAY)],
        "withdraws_today": [record(1, "given", new, withdrawn_on=TODAY)],
        "future_withdrawal": [record(1, "given", new, withdrawn_on=TOMORROW)],
        "given_by_proxy": [record(1, "given", new, proxy="法定代理人")],
        "refused_by_proxy": [record(1, "refused", new, proxy="法定代理人")],
        "own_refusal_after_proxy": [record(1, "given", old, proxy="家族"), record(2, "refused", new)],
        "no_answer": [record(1, "no_answer", new)],
        "given_then_no_answer": [record(1, "given", old), record(2, "no_answer", new)],
        "given_without_date": [record(1, "given", None)],
        "undated_then_refused": [record(1, "given", None), record(2, "refused", new)],
        "withdrawn_then_given": [record(1, "given", old, withdrawn_on=YESTERDAY), record(2, "given", TODAY)],
        "given_for_other": [record(1, "given", new, person_id="someone-else")],
        "refused_then_given": [record(1, "refused", old), record(2, "given", new)],
        "given_then_refused": [record(1, "given", old), record(2, "refused", new)],
    }[fact]


def _emergency(fact: str, moment: datetime) -> Emergency | None:
    starts = {
        "running": moment - timedelta(hours=1),
        "begins_now": moment,
        "ends_now": moment - timedelta(hours=72),
        "last_minute": moment - timedelta(hours=72) + timedelta(minutes=1),
        "over": moment - timedelta(days=4),
    }
    if fact == "none":
        return None
    start = starts.get(fact, moment + timedelta(hours=1))
    return Emergency(decided_by="x", reason="x", starts_at=start, ends_at=start + timedelta(hours=72))


@pytest.mark.parametrize("case", CASES, ids=[f"{c['id']} {c['article']}" for c in CASES])
def test_law_case(case: dict[str, Any], noon: datetime) -> None:
    """The decision, its article and its reason are those of the case."""
    main = {"register_entry": ConsentKind.SHARE_REGISTER, "plan": ConsentKind.SHARE_PLAN}
    kind = main.get(case["item"], ConsentKind.MAKE_PLAN)
    consents = _records(kind, "p", case["person"], "p")
    consents += _records(ConsentKind.SHARE_REGISTER, "p", case.get("person_register", "none"), "p")
    supporters = case.get("supporters", [])
    for number, fact in enumerate(supporters):
        consents += _records(ConsentKind.BE_NAMED, f"s{number}", fact, "p")
    if case["item"] == "make_plan":
        decision = may_make_plan(consents, "p", TODAY)
    elif case["item"] == "prepare":
        prepares = case.get("town_prepares", True)
        decision = may_prepare(consents, "p", TODAY, town_prepares=prepares)
    else:
        asked = Disclosure(
            item=DisclosureItem(case["item"]),
            person_id="p",
            supporter_ids=tuple(f"s{n}" for n in range(len(supporters))),
            recipient=Recipient(case.get("recipient", "support_party")),
        )
        decision = may_disclose(
            asked,
            consents,
            at=noon,
            ordinance=ORDINANCES[case.get("ordinance", "none")],
            emergency=_emergency(case.get("emergency", "none"), noon),
        )
    assert (decision.allowed, decision.article, decision.reason) == (
        case["allowed"],
        case["article"],
        case["reason"],
    )


def test_consents_of_others_never_count(noon: datetime) -> None:
    """A consent that another person gave does not open this person's plan."""
    foreign = _records(ConsentKind.SHARE_PLAN, "q", "given", "q")
    assert not may_disclose(Disclosure(item=DisclosureItem.PLAN, person_id="p"), foreign, at=noon).allowed


HOUSE = {
    "disclose.change_open",
    "disclose.basis_house",
    "disclose.basis_article",
    "consent.prepare.plan_stands",
}
"""Words of this tool's own rule (two people for supporters), of what decided, and of work that is left."""


def test_there_are_cases_for_every_reason_and_paragraph() -> None:
    """At least 80 cases; each reason and each paragraph of both articles is decided by one of them."""
    assert len(CASES) >= 80 and len({case["id"] for case in CASES}) == len(CASES)
    assert {case["article"] for case in CASES} == {
        "49-11(1)",
        "49-11(2)",
        "49-11(3)",
        "49-15(1)",
        "49-15(2)",
        "49-15(3)",
        "49-14(1)",
    }
    told = {key for key in messages("ja") if key.startswith(("disclose.", "consent."))}
    assert {case["reason"] for case in CASES} == told - HOUSE and told > HOUSE
