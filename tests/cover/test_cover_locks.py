"""Decisions about people and days: kept, or released and named; bad input ends with a partial answer."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import build
from bcp_kit.cli import cover as cli
from bcp_kit.cores.staff_cover.instance import LockKind
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.services import cover_locks
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, names_of, run_cover, two_homes_words
from bcp_kit.services.cover_inputs import question, who_can_come
from bcp_kit.services.cover_locks import lock_of, locks_from, reasons_of, with_locks, words_of
from bcp_kit.services.cover_reopen import reopened

Make = Callable[..., Scenario]


def _command(scenario: Make, *locks: str) -> CoverCommand:
    calm = scenario(event=EventKind.SCHOOL_CLOSURE, days=3)
    return CoverCommand(("A",), calm, work_limit=3, own_process=False, locks=locks_from(" ".join(locks)))


def test_locks_are_kept_and_stay_with_the_run(ctx: Context, scenario: Make) -> None:
    """Who must work a night works it, who is off is off; opening the run again finds the locks."""
    run = run_cover(ctx, _command(scenario, "works:A05:1:night", "off:A06:0", "not_this:A08:2:day"))
    mine = {(a.staff_id, a.day, a.shift) for a in run.assignments}
    assert ("A05", 1, "night") in mine and ("A08", 2, "day") not in mine
    assert not [m for m in mine if m[:2] == ("A06", 0)]
    assert run.settings[cover_locks.RELEASED] == ""
    assert len(reopened(ctx, run, 1).command.locks) == 3


def test_clashing_locks_are_released_and_named(ctx: Context, scenario: Make) -> None:
    """Two shifts on one day: one of them is kept, the other named with the rule that it breaks."""
    command = _command(scenario, "works:A05:1:night", "works:A05:1:day", "works:A05:2:day")
    run = run_cover(ctx, command)
    released = locks_from(str(run.settings[cover_locks.RELEASED]))
    assert 1 <= len(released) <= 2 and run.violations == 0
    again = reopened(ctx, run, 1)
    facts, asked = again.facts, again.asked
    full = with_locks(
        question(facts, command.scenario, who_can_come(facts, command.scenario, 0)), command.locks
    )
    assert {"one_shift", "rest"} & set(reasons_of(full.instance, released[0]))
    assert not set(released) & set(asked.instance.locks)


def test_words_of_another_shape_and_unknown_people_are_refused(ctx: Context, scenario: Make) -> None:
    """A lock without a day, of nobody, on a day beyond, of no shift."""
    for words, kind in (("A05", LockKind.OFF), ("A05:x:day", LockKind.WORKS)):
        with pytest.raises(BcpKitError):
            lock_of(words, kind)
    for words in ("works:nobody:1:day", "works:A05:9:day", "works:A05:1:tea"):
        with pytest.raises(BcpKitError) as refused:
            run_cover(ctx, _command(scenario, words))
        assert refused.value.code.value == "U-002"
    assert words_of(locks_from("off:A06:0 works:A05:1:night")) == "off:A06:0 works:A05:1:night"


def test_nobody_on_the_staff_is_an_answer(ctx: Context, scenario: Make) -> None:
    """Without any staff every post is named as empty, with its reason; nothing fails."""
    with ctx.open_store() as uow:
        for person in list(uow.staff.list(facility_id="A")):
            uow.staff.remove(person.id)
        for offer in ("offer-dwat", "offer-partner"):
            uow.help_offers.remove(offer)
        uow.commit()
    run = run_cover(ctx, _command(scenario))
    assert not run.assignments and run.uncovered
    assert all(p.reasons[0].rule == "qualified" and p.remedies for p in run.uncovered)


def test_the_command_takes_locks_and_names_the_released(
    ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--lock` twice on one day: the released one is told in words."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    monkeypatch.setattr(cli, "scenario_of", lambda context, key: _command(scenario).scenario)
    monkeypatch.setattr(cli, "run_cover", lambda context, command: run_cover(context, _calm(command)))
    words = ["cover", "run", "--facility", "A", "--work", "3", "--lock", "A05:1:night", "--lock", "A05:1:day"]
    shown = CliRunner().invoke(build(["cover"]), words)
    assert shown.exit_code == 0, shown.output
    assert "両立しないため外しました" in shown.output
    told = next(line for line in shown.output.splitlines() if line.startswith("・見本 A5"))
    assert "1日目の" in told and "勤" in told and told.endswith("。") and "A05" not in told


def test_more_locked_people_than_a_shift_asks_for_are_told(ctx: Context, scenario: Make) -> None:
    """Where no rule of the person is in the way, the sentence says that the shift has too many."""
    more = [f"works:A{n:02}:1:night" for n in (4, 5, 6, 7, 9, 10, 12, 14, 15)]
    run = run_cover(ctx, _command(scenario, *more))
    told = cover_locks.released_sentences(run, lambda key: key)
    assert told and all("1日目の夜勤：" in sentence for sentence in told)
    assert any("要る人数より多くの人" in sentence for sentence in told)


def test_a_person_with_two_homes_is_named(ctx: Context, scenario: Make) -> None:
    """The same name at two sites of one run is counted once for each, and that is said."""
    with ctx.open_store() as uow:
        twin = uow.staff.need("B05")
        uow.staff.save(twin.model_copy(update={"name": "見本　A5"}))
        uow.commit()
    command = replace(_command(scenario), facility_ids=("A", "B"), work_limit=2)
    run = run_cover(ctx, command)
    words = two_homes_words(run, names_of(ctx, run).of)
    assert "見本 A5" in words and "A6" not in words
    assert two_homes_words(run_cover(ctx, _command(scenario)), str) == ""


def test_no_nurse_at_all_gives_the_rest_of_the_roster(ctx: Context, scenario: Make) -> None:
    """Posts of nurses are named as empty with what would help; all others are filled as far as can be."""
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id="A"):
            if "nurse" in person.qualifications:
                uow.staff.remove(person.id)
        uow.help_offers.remove("offer-dwat")
        uow.commit()
    run = run_cover(ctx, _command(scenario))
    nurses = [p for p in run.uncovered if p.post == "nurse"]
    assert nurses and all(p.reasons[0].rule == "qualified" and p.remedies for p in nurses)
    assert {a.post for a in run.assignments} >= {"care", "kitchen"}


def test_a_demand_that_no_one_can_meet_is_counted_and_explained(ctx: Context, scenario: Make) -> None:
    """Far more residents than the staff can care for: posts stay empty, each with reasons; nothing breaks."""
    with ctx.open_store() as uow:
        uow.facilities.save(uow.facilities.need("A").model_copy(update={"residents": 400, "beds": 400}))
        uow.commit()
    run = run_cover(ctx, _command(scenario))
    assert run.assignments and run.violations == 0
    assert sum(p.missing for p in run.uncovered) > 100 and all(p.reasons for p in run.uncovered)


def _calm(command: CoverCommand) -> CoverCommand:
    return CoverCommand(
        command.facility_ids, command.scenario, work_limit=3, own_process=False, locks=command.locks
    )
