"""What is left to do on the plans: for whom, what, whom to ask; divided by district and by care office."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.plans import confirm_plan, draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_worklist import WorkBy, work_list, work_workbook
from bcp_kit.services.store import StoreSettings


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def _tasks(ctx: Context) -> dict[str, tuple[str, ...]]:
    (town,) = work_list(ctx)
    return {line.person.id: line.tasks for line in town.lines}


def test_before_drafting_the_first_steps_are_asked(ctx: Context) -> None:
    """Who has not answered is asked; who agreed gets a draft; who refused is left in peace."""
    tasks = _tasks(ctx)
    assert tasks["no_answer"] == ("ask_consent",) and tasks["full"] == ("draft",)
    assert "refused" not in tasks


def test_a_plan_says_what_it_lacks_in_the_order_of_doing(drafted: Context) -> None:
    """Missing contents, then the check with the person, then the consents that sharing needs."""
    tasks = _tasks(drafted)
    assert tasks["alone"][-2:] == ("verify", "share_supporter")
    assert {"content_2", "content_5"} <= set(tasks["alone"])
    assert tasks["nowhere"][-1] == "share_person" and "content_8" in tasks["nowhere"]


def test_a_checked_plan_is_finished_until_its_review_is_due(drafted: Context) -> None:
    """After the check the task goes; a year later it comes back as a review."""
    view = read_plan(drafted, "full")
    assert view.plan is not None
    confirm_plan(drafted, view.plan.id, view.plan.version)
    assert not {"verify", "review"} & set(_tasks(drafted).get("full", ()))
    later = replace(drafted, clock=FixedClock(drafted.clock.now() + timedelta(days=400)))
    assert "review" in _tasks(later)["full"]


def test_the_list_is_divided_by_district_and_by_care_office(
    drafted: Context, change_person: Callable[..., None]
) -> None:
    """Every person stands in one group; people without a district or office stand together."""
    change_person("full", district="﨑町3班", care_provider="見本居宅支援")
    for by, name in ((WorkBy.DISTRICT, "﨑町3班"), (WorkBy.CARE_OFFICE, "見本居宅支援")):
        groups = {group.name: group for group in work_list(drafted, by)}
        assert set(groups) == {name, ""} and groups[name].people == 1 and groups[""].people == 5
        assert groups[""].finished == 1  # the one who refused


def test_the_list_for_excel_has_a_row_for_each_task(drafted: Context) -> None:
    """What to do and whom to ask stand beside the name, with a column to tick."""
    groups = work_list(drafted)
    book = load_workbook(io.BytesIO(work_workbook(drafted, groups)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) - 1 == sum(len(line.tasks) for line in groups[0].lines)
    assert any("見本 独歩" in row and "支援者" in row for row in rows)


def test_the_command_ends_with_five_while_something_is_left(
    drafted: Context, settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts in Japanese, names only in the JSON's ids."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    done = CliRunner().invoke(app, ["check", "--by", "district", "--data", str(settings.data_dir)])
    assert done.exit_code == 5 and "6人のうち、済んだ方 1人" in done.output and "独歩" not in done.output
