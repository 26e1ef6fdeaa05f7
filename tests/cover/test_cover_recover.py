"""Two call in sick: fewest changes, days before stay, who changes is told; alternatives side by side."""

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from bcp_kit.cli import build, cover_compare, cover_recover, cover_remedies
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Preference
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, read_run, run_cover
from bcp_kit.services.cover_compare import compare, keep_alternative
from bcp_kit.services.cover_recover import RecoverCommand, recover_run

Make = Callable[..., Scenario]


def short_run(ctx: Context, scenario: Make) -> CoverRun:
    """A stored run of one site over four days."""
    return run_cover(ctx, CoverCommand(("A",), scenario(days=4), work_limit=3, own_process=False))


def test_the_missing_work_no_more_and_the_days_before_stay(ctx: Context, scenario: Make) -> None:
    """From day 1 on two people are gone; day 0 is as it was; the new run says where it is from."""
    run = short_run(ctx, scenario)
    gone = list(dict.fromkeys(a.staff_id for a in run.assignments if a.day >= 1 and a.staff_id))[:2]
    outcome = recover_run(ctx, RecoverCommand(dict.fromkeys(gone, 1)))
    after = outcome.after
    assert not [a for a in after.assignments if a.staff_id in gone and a.day >= 1]
    assert [a for a in run.assignments if a.day < 1] == [a for a in after.assignments if a.day < 1]
    assert after.settings["recovered_from"] == run.id and read_run(ctx).id == after.id
    assert outcome.fewest_proven and after.violations == 0
    told = {c.staff_id for c in outcome.changes if c.missing}
    assert told == set(gone)


def test_only_the_changes_are_changed(ctx: Context, scenario: Make) -> None:
    """The told changes, laid over the old roster, give the new one."""
    run = short_run(ctx, scenario)
    gone = next(a.staff_id for a in run.assignments if a.day == 2 and a.staff_id)
    outcome = recover_run(ctx, RecoverCommand({gone: 1}, keep=False))
    plan = {(a.staff_id or a.helper_id, a.day): (a.shift, a.facility_id, a.post) for a in run.assignments}
    for c in outcome.changes:
        was = plan.pop((c.staff_id, c.day), ("", "", ""))
        assert was == (c.shift_before, c.facility_before, c.post_before)
        if c.shift_after:
            plan[c.staff_id, c.day] = (c.shift_after, c.facility_after, c.post_after)
    new = {
        (a.staff_id or a.helper_id, a.day): (a.shift, a.facility_id, a.post)
        for a in outcome.after.assignments
    }
    assert plan == new
    assert read_run(ctx).id == run.id


def test_nobody_missing_and_unknown_people_are_refused(ctx: Context, scenario: Make) -> None:
    """An empty question and somebody who is not on the staff end with their codes."""
    short_run(ctx, scenario)
    for absent, code in (({}, "U-001"), ({"nobody": 0}, "U-002")):
        with pytest.raises(BcpKitError) as refused:
            recover_run(ctx, RecoverCommand(absent))
        assert refused.value.code.value == code


def test_the_commands_say_who_changes_and_what_differs(
    ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`recover` prints words and writes JSON; the table of alternatives holds a line for each goal."""
    monkeypatch.setattr(cover_recover, "open_context", lambda *args, **kept: ctx)
    monkeypatch.setattr(cover_recover.console, "width", 160)
    run = short_run(ctx, scenario)
    gone = next(a.staff_id for a in run.assignments if a.day == 1 and a.staff_id)
    words = ["recover", "--absent", gone, "--from-day", "1", "--dry-run"]
    app = build(["recover"])
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert "（欠勤）" in shown.stdout and "勤務が変わる人" in shown.stdout and "cover" not in shown.stdout
    facts = json.loads(CliRunner().invoke(app, [*words, "--json", "-"]).stdout)
    assert facts["fewest_changes_proven"] and facts["recovered_from"] == run.id


def test_each_alternative_is_best_in_what_it_prefers(ctx: Context, scenario: Make) -> None:
    """Posts are filled alike; each alternative is at least as good in its own goal; one can be kept."""
    command = CoverCommand(("A",), scenario(event=EventKind.INFECTION), work_limit=3, own_process=False)
    found = compare(ctx, command)
    assert [a.preference for a in found] == list(Preference)
    for goal in (Goal.LIFE, Goal.STANDARD, Goal.OTHER):
        assert len({a.values[goal] for a in found}) == 1
    for own, goal in zip(found, (Goal.OUTSIDE_HELP, Goal.OVERLOAD), strict=False):
        assert own.values[goal] == min(a.values[goal] for a in found)
    assert found[0].different_people == 0
    with pytest.raises(BcpKitError):
        read_run(ctx)
    assert (
        read_run(ctx, keep_alternative(ctx, found[1], command.scenario).id).settings["preference"]
        == found[1].preference.value
    )


def test_the_comparison_is_printed(ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command shows each goal in words for three alternatives."""
    monkeypatch.setattr(cover_compare, "open_context", lambda *args, **kept: ctx)
    monkeypatch.setattr(cover_compare, "scenario_of", lambda context, key: scenario())
    monkeypatch.setattr(
        cover_compare,
        "CoverCommand",
        lambda ids, found, seed, work_limit: CoverCommand(
            ids, found, seed=seed, work_limit=work_limit, own_process=False
        ),
    )
    monkeypatch.setattr(cover_compare.console, "width", 160)
    shown = CliRunner().invoke(build(["cover"]), ["cover", "compare", "--facility", "A", "--work", "2"])
    assert shown.exit_code == 0, shown.output
    assert "応援を最も少なく" in shown.stdout and "契約を超える時間" in shown.stdout


def test_a_second_absence_keeps_the_first(ctx: Context, scenario: Make) -> None:
    """Who was missing in the run before is missing in the next one as well."""
    run = short_run(ctx, scenario)
    one, two = list(dict.fromkeys(a.staff_id for a in run.assignments if a.day >= 1 and a.staff_id))[:2]
    recover_run(ctx, RecoverCommand({one: 1}))
    after = recover_run(ctx, RecoverCommand({two: 2})).after
    assert not [a for a in after.assignments if a.staff_id == one and a.day >= 1]
    assert after.settings["absent"] == " ".join(sorted([f"{one}@1", f"{two}@2"]))


def test_remedies_and_breaks_are_said_in_words(
    ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without nurses the remedy is a nurse, proven; the commands print sentences and JSON."""
    monkeypatch.setattr(cover_remedies, "open_context", lambda *args, **kept: ctx)
    monkeypatch.setattr(cover_remedies.console, "width", 160)
    with ctx.open_store() as uow:
        for person in ("A01", "A02"):
            uow.staff.remove(person)
        uow.commit()
    short_run(ctx, scenario)
    app = build(["cover"])
    shown = CliRunner().invoke(app, ["cover", "remedies", "--posts", "2"])
    assert shown.exit_code == 0, shown.output
    assert "看護" in shown.stdout and "頼む" in shown.stdout and "cover" not in shown.stdout
    facts = json.loads(CliRunner().invoke(app, ["cover", "remedies", "--posts", "1", "--json", "-"]).stdout)
    assert facts["posts"][0]["remedies"]
    lost = CliRunner().invoke(app, ["cover", "breaks"])
    assert lost.exit_code == 0 and "命を守る業務" in lost.stdout
