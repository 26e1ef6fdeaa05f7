"""Records, findings and versions through the services: states, second names, one phone number end to end."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bcp_kit.access.policy import Role
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.domain.practice import FindingState, PracticeKind
from bcp_kit.domain.practice_settings import PracticeSettings
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import add_revision, save_answers
from bcp_kit.services.bcp_content import read_content
from bcp_kit.services.bcp_print import Wish, print_plans
from bcp_kit.services.next_steps import manager_steps
from bcp_kit.services.plan_versions import (
    Proposal,
    VersionDecision,
    compare,
    decide_version,
    plan_history,
    propose_for_all,
    propose_version,
    unversioned_plans,
)
from bcp_kit.services.practice_due import expiry_day, overdue_count, read_due, read_penalty, save_settings
from bcp_kit.services.practice_records import (
    Closing,
    NewFinding,
    NewRecord,
    add_finding,
    add_record,
    close_finding,
    list_records,
    mark_changed,
    open_findings,
    remove_record,
)
from bcp_kit.services.sample_plans import SamplePlans
from bcp_kit.services.site_facts import FactChange, plans_touched, read_facts, save_fact

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from paper_checks import page_texts

Named = Callable[[str], Context]
NETWORK = "nd_network"
BOTH = (PlanKind.INFECTION, PlanKind.NATURAL_DISASTER)


def code_of(work: Callable[[], object]) -> ErrorCode:
    """The code with which a call is refused."""
    with pytest.raises(BcpKitError) as caught:
        work()
    return caught.value.code


def drill(home: SamplePlans, **fields: object) -> NewRecord:
    """A drill of today with one finding about the network."""
    finding = NewFinding("順番が分からない", PlanKind.NATURAL_DISASTER, NETWORK, "主任", date(2026, 12, 1))
    given = {"plan_kinds": BOTH, "held_on": date(2026, 11, 23), "title": "訓練", "findings": (finding,)}
    return NewRecord(**{"facility_id": home.facility.id, "kind": PracticeKind.DRILL, **given, **fields})  # type: ignore[arg-type]


def approved(named: Named, plan_id: str, reason: str = "初めての版") -> int:
    """Propose and approve what stands now; return the number."""
    number = propose_version(named("主任"), Proposal(plan_id, reason)).number
    decide_version(named("施設長"), VersionDecision(plan_id, number, approve=True))
    return number


def write(ctx: Context, plan_id: str, words: str) -> None:
    """Change the text about the network."""
    save_answers(ctx, plan_id, {NETWORK: Answer(text=words)})


def test_a_record_comes_back_as_written(ctx: Context, home: SamplePlans) -> None:
    """Names, number of people, minutes, finding and its link are kept; who wrote it stands with it."""
    record = add_record(ctx, drill(home, participants=("甲 例子", "乙 見本"), minutes=40))
    (stored,) = list_records(ctx, home.facility.id, PracticeKind.DRILL)
    assert stored == record
    assert (stored.people, stored.minutes, stored.recorded_by) == (2, 40, "管理者")
    assert stored.findings[0].item_id == NETWORK
    assert list_records(ctx, home.facility.id, PracticeKind.NOTICE) == ()


def test_records_that_cannot_be_are_refused(ctx: Context, home: SamplePlans) -> None:
    """A day to come, no plan, an empty finding, an unknown item, a reader: each has its code."""
    tomorrow = ctx.today() + timedelta(days=1)
    assert code_of(lambda: add_record(ctx, drill(home, held_on=tomorrow))) is ErrorCode.RECORD_IN_FUTURE
    assert code_of(lambda: add_record(ctx, drill(home, plan_kinds=()))) is ErrorCode.RECORD_WITHOUT_PLAN
    empty, wrong = (NewFinding(" "),), (NewFinding("x", PlanKind.INFECTION, "nd_network"),)
    assert code_of(lambda: add_record(ctx, drill(home, findings=empty))) is ErrorCode.FINDING_EMPTY
    assert code_of(lambda: add_record(ctx, drill(home, findings=wrong))) is ErrorCode.FORM_ITEM_MISSING
    reader = replace(ctx, actor=ctx.actor.model_copy(update={"role": Role.FACILITY_STAFF}))
    assert code_of(lambda: add_record(reader, drill(home))) is ErrorCode.ACTION_DENIED
    assert list_records(ctx, home.facility.id) == ()


def test_a_mistaken_record_goes_with_a_reason(ctx: Context, home: SamplePlans) -> None:
    """A record is taken back only with a reason, and the audit log keeps it."""
    record = add_record(ctx, drill(home))
    assert code_of(lambda: remove_record(ctx, record.id, " ")) is ErrorCode.REASON_MISSING
    remove_record(ctx, record.id, "二重に書いた")
    with ctx.open_store() as uow:
        assert "二重に書いた" in [entry.why for entry in uow.audit.entries()]


def test_the_worklist_goes_by_due_date(ctx: Context, home: SamplePlans) -> None:
    """What is due first comes first, what has no day comes last, closed ones are gone."""
    findings = (
        NewFinding("後", due_on=date(2027, 1, 1)),
        NewFinding("いつでも"),
        NewFinding("先", due_on=date(2026, 12, 1)),
    )
    record = add_record(ctx, drill(home, findings=findings))
    add_finding(ctx, record.id, NewFinding("一番先", due_on=date(2026, 11, 1)))
    assert [line.finding.words for line in open_findings(ctx, home.facility.id)] == [
        "一番先",
        "先",
        "後",
        "いつでも",
    ]


def test_a_finding_closes_without_change_only_by_reason_and_second_name(
    ctx: Context, home: SamplePlans, named: Named
) -> None:
    """No reason, or the recorder's own name (in any width or spacing), is refused; another name closes it."""
    record = add_record(ctx, drill(home))
    finding = record.findings[0].id
    assert (
        code_of(lambda: close_finding(ctx, Closing(record.id, finding, by="施設長")))
        is ErrorCode.REASON_MISSING
    )
    same = Closing(record.id, finding, by=" 管 理　者 ", words="変えない")
    assert code_of(lambda: close_finding(ctx, same)) is ErrorCode.SECOND_NAME_NEEDED
    saved = close_finding(named("施設長"), Closing(record.id, finding, words="変えない"))
    assert (saved.findings[0].state, saved.findings[0].closed_by) == (FindingState.CLOSED, "施設長")
    again = Closing(record.id, finding, by="別の人", words="x")
    assert code_of(lambda: close_finding(ctx, again)) is ErrorCode.FINDING_STATE


def test_a_version_answers_a_finding_and_another_name_closes_it(
    ctx: Context, home: SamplePlans, plan_id: str, named: Named
) -> None:
    """Finding → changed by version 2 → closed; the author of the version cannot close it."""
    approved(named, plan_id)
    record = add_record(ctx, drill(home))
    finding = record.findings[0].id
    write(ctx, plan_id, "順番は電話の横にはる。")
    proposal = Proposal(plan_id, "順番を書いた", "主任", ((record.id, finding),))
    assert propose_version(ctx, proposal).number == 2
    (line,) = open_findings(ctx, home.facility.id)
    assert (line.finding.state, line.finding.version_number) == (FindingState.CHANGED, 2)
    assert (
        code_of(lambda: close_finding(ctx, Closing(record.id, finding, by="主任")))
        is ErrorCode.SECOND_NAME_NEEDED
    )
    assert (
        close_finding(ctx, Closing(record.id, finding, by="施設長")).findings[0].state is FindingState.CLOSED
    )
    assert open_findings(ctx, home.facility.id) == ()


def test_a_rejected_version_opens_its_findings_again(
    ctx: Context, home: SamplePlans, plan_id: str, named: Named
) -> None:
    """A rejection needs its reason; then the finding stands open again without a version."""
    record = add_record(ctx, drill(home))
    propose_version(named("主任"), Proposal(plan_id, "案", "", ((record.id, record.findings[0].id),)))
    no = VersionDecision(plan_id, 1, approve=False, by="施設長")
    assert code_of(lambda: decide_version(ctx, no)) is ErrorCode.REASON_MISSING
    decide_version(ctx, replace(no, note="書き方が足りない"))
    (line,) = open_findings(ctx, home.facility.id)
    assert (line.finding.state, line.finding.version_number) == (FindingState.OPEN, None)


def test_a_finding_is_tied_to_a_version_by_hand(
    ctx: Context, home: SamplePlans, plan_id: str, named: Named
) -> None:
    """A version that there is can be named; one that there is not is refused."""
    approved(named, plan_id)
    record = add_record(ctx, drill(home))
    finding = record.findings[0].id
    assert code_of(lambda: mark_changed(ctx, record.id, finding, 9)) is ErrorCode.VERSION_MISSING
    assert mark_changed(ctx, record.id, finding, 1).findings[0].version_number == 1


def test_a_version_needs_reason_change_and_second_name(ctx: Context, plan_id: str, named: Named) -> None:
    """No reason, nothing changed, the author's own name, a second decision: each is refused."""
    assert code_of(lambda: propose_version(ctx, Proposal(plan_id, " "))) is ErrorCode.REASON_MISSING
    propose_version(named("主任"), Proposal(plan_id, "初めて"))
    assert code_of(lambda: propose_version(ctx, Proposal(plan_id, "もう一度"))) is ErrorCode.NOTHING_CHANGED
    own = VersionDecision(plan_id, 1, approve=True, by="主任")
    assert code_of(lambda: decide_version(ctx, own)) is ErrorCode.SECOND_NAME_NEEDED
    decide_version(ctx, replace(own, by="施設長"))
    assert code_of(lambda: decide_version(ctx, replace(own, by="施設長"))) is ErrorCode.VERSION_DECIDED
    assert code_of(lambda: decide_version(ctx, replace(own, number=7, by="x"))) is ErrorCode.VERSION_MISSING


def test_the_newest_approved_version_is_in_force(ctx: Context, plan_id: str, named: Named) -> None:
    """A proposal changes nothing in force; a newer proposal replaces the open one; approval moves it."""
    approved(named, plan_id)
    write(ctx, plan_id, "二つ目。")
    propose_version(named("主任"), Proposal(plan_id, "案"))
    write(ctx, plan_id, "三つ目。")
    propose_version(named("主任"), Proposal(plan_id, "案の直し"))
    history = plan_history(ctx, plan_id)
    assert history.in_force is not None and history.in_force.number == 1
    assert [version.state for version in history.versions] == [
        VersionState.PROPOSED,
        VersionState.REJECTED,
        VersionState.APPROVED,
    ]
    assert len(history.changed_since) == 1
    decide_version(ctx, VersionDecision(plan_id, 3, approve=True, by="施設長"))
    later = plan_history(ctx, plan_id)
    assert later.in_force is not None and later.in_force.number == 3 and later.changed_since == ()


def test_earlier_lines_of_the_history_stand_beside_versions(ctx: Context, plan_id: str, named: Named) -> None:
    """What was written into the history before versions is shown with them."""
    add_revision(ctx, plan_id, "見直した結果、変更なし")
    approved(named, plan_id)
    assert {line.reason for line in plan_history(ctx, plan_id).lines} == {
        "見直した結果、変更なし",
        "初めての版",
    }


def test_any_two_versions_are_compared_in_words(ctx: Context, plan_id: str, named: Named) -> None:
    """Version with version, and version with what stands now; an unknown number is refused."""
    write(ctx, plan_id, "一つ目。")
    approved(named, plan_id)
    write(ctx, plan_id, "二つ目。")
    approved(named, plan_id, "直した")
    write(ctx, plan_id, "三つ目。")
    between, now = compare(ctx, plan_id, 1, 2), compare(ctx, plan_id, 2)
    assert [(c.before, c.after) for c in between.changes] == [("一つ目。", "二つ目。")]
    assert [(c.before, c.after) for c in now.changes] == [("二つ目。", "三つ目。")]
    assert compare(ctx, plan_id, 1, 1).changes == ()
    assert code_of(lambda: compare(ctx, plan_id, 5)) is ErrorCode.VERSION_MISSING


def test_one_phone_number_changes_every_plan_and_raises_its_version(
    ctx: Context, home: SamplePlans, named: Named
) -> None:
    """One contact's new number: places listed, versions raised in one step, old ones printable."""
    facility = home.facility.id
    plans = {kind: plan.id for kind, plan in home.plans.items()}
    for plan_id in plans.values():
        approved(named, plan_id)
    view = read_facts(ctx, facility)
    rows = [row for row in view.facts.tables["contacts"] if row.cells.get("contact")]
    row = next(
        r
        for r in rows
        if {u.plan_id for u in plans_touched(ctx, facility, "contacts", r.id)} == set(plans.values())
    )
    old, new = row.cells["contact"], "000-987-6543"
    saved = save_fact(ctx, facility, FactChange("contacts", {"contact": new}, row.id))
    touched = sorted({use.plan_id for use in saved.touched})
    assert sorted(each.plan.id for each in unversioned_plans(ctx, facility)) == touched
    assert all(each.changes for each in unversioned_plans(ctx, facility))
    assert touched == sorted(plans.values())
    raised = propose_for_all(named("主任"), touched, "連絡先の電話番号が変わった")
    assert [(version.plan_id, version.number) for version in raised] == [(plan_id, 2) for plan_id in touched]
    assert unversioned_plans(ctx, facility) == ()
    for plan_id in touched:
        decide_version(named("施設長"), VersionDecision(plan_id, 2, approve=True))
        changes = compare(ctx, plan_id, 1, 2).changes
        assert changes and all(new in change.after and new not in change.before for change in changes)
        before = "".join(page_texts(print_plans(ctx, [plan_id], Wish(version=1)).content))
        after = "".join(page_texts(print_plans(ctx, [plan_id], Wish(version=2)).content))
        assert old in before and new not in before
        assert new in after
    assert code_of(lambda: propose_for_all(ctx, touched, "もう一度")) is ErrorCode.NOTHING_CHANGED


def test_a_version_keeps_the_words_of_its_day(ctx: Context, plan_id: str, named: Named) -> None:
    """No reference to a fact stands in a stored version: its words are resolved."""
    approved(named, plan_id)
    (version,) = plan_history(ctx, plan_id).versions
    assert "@{" not in version.model_dump_json()
    assert version.answers == read_content(ctx, plan_id).plan.answers


def test_settings_need_a_reason_and_move_the_due_dates(ctx: Context, home: SamplePlans) -> None:
    """Counts that differ need their reason; then they are what is counted."""
    asked = PracticeSettings(id=home.facility.id, drill_per_year=3)
    assert code_of(lambda: save_settings(ctx, asked)) is ErrorCode.OVERRIDE_WITHOUT_REASON
    save_settings(ctx, asked.model_copy(update={"override_reason": "条例"}))
    assert read_due(ctx, home.facility.id).frequency.drill == 3


def test_what_is_overdue_stands_among_the_next_steps(ctx: Context, home: SamplePlans) -> None:
    """The start page's list of a manager counts what is overdue, and is done when nothing is."""
    step = next(step for step in manager_steps(ctx) if step.key == "due")
    assert not step.done and step.values["count"] == overdue_count(ctx) == len(
        read_due(ctx, home.facility.id).overdue
    )
    assert step.page == "records"


def test_a_year_of_records_leaves_nothing_overdue(ctx: Context, lived: SamplePlans) -> None:
    """After the invented year nothing is overdue, and the deduction does not apply."""
    assert [line.kind for line in read_due(ctx, lived.facility.id).overdue] == []
    assert read_penalty(ctx, lived.facility.id).check.verdict.value == "not_applies"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2027年3月", date(2027, 3, 31)),
        ("2027-02", date(2027, 2, 28)),
        ("2027/4/5", date(2027, 4, 5)),
        ("令和9年4月5日", date(2027, 4, 5)),
        ("なし", None),
        ("2027年13月", None),
        ("", None),
    ],
)
def test_use_by_dates_are_read_as_people_write_them(words: str, day: date | None) -> None:
    """A month ends with its last day; words that are no day are no day."""
    assert expiry_day(words) == day
