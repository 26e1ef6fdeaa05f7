"""A drill of individual plans: on a copy, with papers, against the plan, findings into approved changes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.plans import app
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import CopyState, HolderKind
from bcp_kit.domain.plan_drills import Inject, Outcome, PlanDrill
from bcp_kit.domain.practice import FindingState
from bcp_kit.render.pdf_words import page_words
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, HandOut, hand_out, list_copies, stale_copies
from bcp_kit.services.plan_changes import changes_of, decide_change
from bcp_kit.services.plan_drill_findings import (
    FindingRef,
    add_drill_finding,
    changes_for,
    close_drill,
    close_drill_finding,
    finding_state,
    gather_findings,
    propose_answer_for,
    propose_supporter_for,
)
from bcp_kit.services.plan_drill_papers import ListBy, lists_of, print_list, print_results
from bcp_kit.services.plan_drills import (
    NewDrill,
    NewResult,
    drill_counts,
    drill_lines,
    example_scenario,
    record_results,
    start_drill,
)
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_print import PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings
from tests.render.paper_checks import failed_rules, fonts_not_embedded

NEW = NewDrill("秋の訓練", held_on=None, hazard=HazardKind.EARTHQUAKE)  # type: ignore[arg-type]


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


@pytest.fixture
def drill(drafted: Context) -> PlanDrill:
    """A drill of the whole town for an earthquake."""
    return start_drill(drafted, replace(NEW, held_on=drafted.today()))


@pytest.fixture
def second(ctx: Context) -> Context:
    """Another officer."""
    return replace(ctx, actor=Actor(name="福祉担当", role=Role.TOWN_WELFARE))


def _live(ctx: Context) -> dict[str, list[str]]:
    """Every stored record as its bytes, without drills, ledger and runs of printing."""
    own = ("plan_drills", "paper_copies", "print_runs")
    with ctx.open_store() as uow:
        return {
            r.kind.table: [record.model_dump_json() for record in r.list()]
            for r in uow.repositories
            if r.kind.table not in own
        }


def test_a_drill_leaves_live_records_as_they_were(drafted: Context) -> None:
    """From the copy to the sheet of results, not one byte of a live record changes."""
    before = _live(drafted)
    drill = start_drill(drafted, replace(NEW, held_on=drafted.today()))
    record_results(drafted, drill.id, [NewResult("full", Outcome.NOT_CAME, words="熱があった")])
    for by in ListBy:
        for each in lists_of(drill, by):
            print_list(drafted, drill.id, by, each.key)
    gather_findings(drafted, drill.id)
    add_drill_finding(drafted, drill.id, "受付の机が足りない")
    print_results(drafted, drill.id)
    assert _live(drafted) == before


def test_the_copy_stays_as_it_was_taken(drafted: Context, drill: PlanDrill, second: Context) -> None:
    """Plans go on living; the drill still shows what was planned when it began."""
    with drafted.open_store() as uow:
        uow.people.save(uow.people.need("full").model_copy(update={"name": "別の 名前"}))
        uow.commit()
    record_results(drafted, drill.id, [NewResult("full", Outcome.CAME)])
    with second.open_store() as uow:
        (stored,) = uow.plan_drills.list()
    assert stored.subject("full") == drill.subject("full")


def test_only_plans_of_the_district_are_copied(drafted: Context) -> None:
    """A district without plans is told; one with plans holds only its own people."""
    with drafted.open_store() as uow:
        uow.people.save(uow.people.need("full").model_copy(update={"district": "﨑町"}))
        uow.commit()
    own = start_drill(drafted, replace(NEW, held_on=drafted.today(), district="﨑町"))
    assert [subject.person.id for subject in own.subjects] == ["full"]
    with pytest.raises(BcpKitError) as failure:
        start_drill(drafted, replace(NEW, held_on=drafted.today(), district="ない町"))
    assert failure.value.code is ErrorCode.DRILL_EMPTY


@pytest.mark.parametrize("hazard", list(HazardKind))
def test_every_hazard_has_an_example(hazard: HazardKind) -> None:
    """Scenario and injects are data, in the order of time, beginning at the start."""
    words, injects = example_scenario(hazard)
    assert words and injects[0].minute == 0
    assert [each.minute for each in injects] == sorted(each.minute for each in injects)


def test_what_happened_is_set_against_the_plan(drafted: Context, drill: PlanDrill) -> None:
    """Place, means, time, supporter: each difference by its key, nothing for one who came as planned."""
    drilled = record_results(
        drafted,
        drill.id,
        [
            NewResult("full", Outcome.CAME, supporter_came=Known.NO, shelter_id="home"),
            NewResult("alone", Outcome.CAME, supporter_came=Known.YES, shelter_id="school"),
            NewResult("nowhere", Outcome.STAYED_HOME),
        ],
    )
    found = {line.subject.person.id: [d.key for d in line.differences] for line in drill_lines(drilled)}
    assert found["full"] == ["other_place", "supporter_absent"]
    assert found["alone"] == [] and found["hidden"] == []
    assert found["nowhere"] == ["no_place", "stayed_home", "no_supporter"]
    counts = drill_counts(drilled)
    assert (counts.people, counts.recorded, counts.came, counts.different) == (4, 3, 2, 2)


@pytest.mark.parametrize(("minutes", "longer"), [(20, False), (30, False), (31, True)])
def test_longer_is_more_than_half_again(
    drafted: Context, drill: PlanDrill, minutes: int, longer: bool
) -> None:
    """The share is data; up to it the time counts as planned."""
    subject = drill.subject("full")
    assert subject is not None
    timed = tuple(stage.model_copy(update={"travel_min": 20}) for stage in subject.plan.stages)
    planned = subject.model_copy(update={"plan": subject.plan.model_copy(update={"stages": timed})})
    with drafted.open_store() as uow:
        uow.plan_drills.save(drill.model_copy(update={"subjects": (planned,)}))
        uow.commit()
    drilled = record_results(drafted, drill.id, [NewResult("full", Outcome.CAME, minutes=minutes)])
    assert ("longer" in [d.key for d in drill_lines(drilled)[0].differences]) is longer


def test_lists_have_numbers_and_say_that_it_is_a_drill(drafted: Context, drill: PlanDrill) -> None:
    """Each page carries the mark and the number; a list for others names only who may be named."""
    printed = print_list(drafted, drill.id, ListBy.SHELTER, "school")
    (copy,) = list_copies(drafted, CopyQuery())
    assert copy.state is CopyState.PRINTED and copy.is_list and copy.purpose == "秋の訓練"
    pages = page_words(printed.pdf_bytes)
    assert all("【訓練】" in page and copy.number in page for page in pages)
    words = "".join(pages)
    assert "𠮷田葛子" in words and "見本秘匿" in words and "見本独歩" not in words
    assert "秘密の町" not in words and "ほかに1人は" in words
    assert not fonts_not_embedded(printed.pdf_bytes)
    house = "".join(page_words(print_list(drafted, drill.id, ListBy.DISTRICT).pdf_bytes))
    assert "見本独歩" in house and "見本行先" in house
    (handed,) = hand_out(drafted, [copy.number], HandOut(HolderKind.ORGANISATION, "見本小学校"))
    assert handed.state is CopyState.HANDED_OUT and stale_copies(drafted) == ()


def test_a_withdrawn_consent_keeps_the_person_off_the_list(drafted: Context, drill: PlanDrill) -> None:
    """Whether a plan may be given is asked again when a list is printed."""
    with drafted.open_store() as uow:
        for consent in uow.consents.list(giver_id="full", kind="share_plan"):
            uow.consents.save(consent.model_copy(update={"withdrawn_on": drafted.today()}))
        uow.commit()
    words = "".join(page_words(print_list(drafted, drill.id, ListBy.SUPPORTER, "near").pdf_bytes))
    assert "𠮷田葛子" not in words


def test_papers_are_accessible(drafted: Context, drill: PlanDrill) -> None:
    """Lists and results fail no rule of PDF/UA-1."""
    record_results(drafted, drill.id, [NewResult("full", Outcome.NOT_CAME)])
    gather_findings(drafted, drill.id)
    made = [print_list(drafted, drill.id, ListBy.DISTRICT), print_results(drafted, drill.id)]
    for printed in made:
        assert failed_rules(printed.pdf_bytes) == []


def test_a_finding_becomes_a_change_is_approved_and_closed(
    drafted: Context, drill: PlanDrill, second: Context, tmp_path: Path
) -> None:
    """The whole loop: difference, finding, proposal, another person's approval, plan, stale copy, closed."""
    print_plans(drafted, PrintOrder(tmp_path, person_ids=("full",)))
    record_results(drafted, drill.id, [NewResult("full", Outcome.CAME, supporter_came=Known.NO)])
    found = gather_findings(drafted, drill.id)
    assert gather_findings(drafted, drill.id).findings == found.findings
    (finding,) = found.findings
    ref = FindingRef(drill.id, finding.id)
    change = propose_answer_for(drafted, ref, "route_text", "橋の手前で右")
    with pytest.raises(BcpKitError) as failure:
        close_drill_finding(second, ref, "変えた")
    assert failure.value.code is ErrorCode.FINDING_STATE
    assert read_plan(drafted, "full").plan.answers == {}  # type: ignore[union-attr]
    decide_change(second, change.id, approve=True)
    plan = read_plan(drafted, "full").plan
    assert plan is not None and plan.answers["route_text"] == "橋の手前で右"
    assert [each.copy.person_id for each in stale_copies(drafted)] == ["full"]
    story = changes_of(drafted, "full")[0].change
    assert story.drill_id == drill.id and "秋の訓練" in story.reason
    now = gather_findings(drafted, drill.id)
    assert finding_state(now.findings[0], changes_for(drafted, now)) is FindingState.CHANGED
    with pytest.raises(BcpKitError) as failure:
        close_drill(drafted, drill.id)
    assert failure.value.code is ErrorCode.DRILL_FINDINGS_OPEN
    with pytest.raises(BcpKitError) as failure:
        close_drill_finding(drafted, ref)
    assert failure.value.code is ErrorCode.SECOND_NAME_NEEDED
    close_drill_finding(second, ref)
    ended = close_drill(drafted, drill.id)
    assert ended.closed_on == drafted.today()
    with pytest.raises(BcpKitError) as failure:
        record_results(drafted, drill.id, [NewResult("full", Outcome.CAME)])
    assert failure.value.code is ErrorCode.DRILL_CLOSED


def test_a_finding_without_change_is_closed_with_a_reason(
    drafted: Context, drill: PlanDrill, second: Context
) -> None:
    """Of the whole drill there is no plan to change; closing it says why."""
    found = add_drill_finding(drafted, drill.id, "受付の机が足りない")
    ref = FindingRef(drill.id, found.findings[0].id)
    with pytest.raises(BcpKitError) as failure:
        propose_supporter_for(drafted, ref, "silent")
    assert failure.value.code is ErrorCode.NOT_IN_DRILL
    with pytest.raises(BcpKitError) as failure:
        close_drill_finding(second, ref)
    assert failure.value.code is ErrorCode.REASON_MISSING
    closed = close_drill_finding(second, ref, "次の訓練で机を増やす")
    assert closed.findings[0].closed_by == "福祉担当"


def test_the_drill_by_command(
    drafted: Context, settings: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """new, list, record, results, findings, propose, changes approve, close: with exit code 0 each."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    runner, data = CliRunner(), ["--data", str(settings.data_dir), "--json", "-"]

    def run(*words: str) -> dict[str, object]:
        done = runner.invoke(app, [*words, *data])
        assert done.exit_code == 0, (words, done.output, done.exception)
        found: dict[str, object] = json.loads(done.stdout)
        return found

    began = ["--hazard", "earthquake", "--title", "秋", "--inject", "0:始め", "--by", "甲"]
    drill = str(run("drill", "new", *began)["id"])[:8]
    made = run("drill", "list", drill, "--for", "supporter", "-o", str(tmp_path / "day"))
    assert len(list((tmp_path / "day").glob("*.pdf"))) == len(made["lists"]) == 3  # type: ignore[arg-type]
    run("drill", "record", drill, "1", "--outcome", "came", "--supporter", "no", "--by", "甲")
    run("drill", "results", drill, "--out", str(tmp_path / "results.pdf"))
    found = run("drill", "findings", drill, "--gather", "--by", "甲")
    assert len(found["findings"]) == 1  # type: ignore[arg-type]
    wanted = ["--finding", "1", "--supporter", "silent", "--replaces", "near", "--by", "甲"]
    change = str(run("drill", "propose", drill, *wanted)["id"])
    run("changes", "approve", change, "--by", "乙")
    run("drill", "close", drill, "--finding", "1", "--by", "乙")
    assert run("drill", "close", drill, "--by", "甲")["state"] == "closed"
    assert len(run("drill", "all")["drills"]) == 1  # type: ignore[arg-type]
    assert [n.supporter.id for n in read_plan(drafted, "full").supporters] == ["silent", "group"]


def test_own_injects_take_the_place_of_the_example(drafted: Context) -> None:
    """What the town wrote is kept as written."""
    own = (Inject(minute=3, words="橋が落ちた"),)
    made = start_drill(drafted, replace(NEW, held_on=drafted.today(), injects=own, scenario="夜の地震"))
    assert (made.injects, made.scenario) == (own, "夜の地震")
