"""The calculator through services, Excel and command line."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli.bcp import app
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.cover import AttendanceEstimate, CoverRun, OperationLevel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers
from bcp_kit.services.sample_plans import SamplePlans, load_sample_plans
from bcp_kit.services.supplies import read_supplies, set_figures, shopping_list

ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION


@pytest.fixture
def sample(ctx: Context) -> SamplePlans:
    """The sample home with both plans."""
    return load_sample_plans(ctx, ServiceCategory.CARE_RESIDENTIAL)


def _with_run(ctx: Context, sample: SamplePlans) -> None:
    estimates = tuple(
        AttendanceEstimate(staff_id=person.id, day=day, chance=0.9)
        for day in range(8)
        for person in sample.staff
    )
    levels = tuple(
        OperationLevel(
            day=day,
            operation="laundry",
            level="stopped" if day < 3 else "kept",
            facility_id=sample.facility.id,
        )
        for day in range(8)
    )
    run = CoverRun(
        id="sample-run", facility_ids=(sample.facility.id,), scenario_id="quake", made_at=ctx.clock.now(),
        status=SolveStatus.OPTIMAL, attendance=estimates, operations=levels,
    )  # fmt: skip
    with ctx.open_store() as uow:
        uow.cover_runs.add(run)
        uow.commit()


def test_the_sample_home_has_enough_and_seven_days_are_short(ctx: Context, sample: SamplePlans) -> None:
    """Three days are covered for own people and guests apart; trying seven days changes nothing stored."""
    view = read_supplies(ctx, sample.plans[ND].id)
    assert (view.people.residents, view.people.staff, view.people.guests) == (46, 28, 10)
    assert not any(one.short or one.guest_short for one in view.supplies)
    week = read_supplies(ctx, sample.plans[ND].id, {"days": 7})
    water = next(one for one in week.supplies if one.item == "water")
    assert (water.own_need, water.short) == (1554, 474)
    assert read_supplies(ctx, sample.plans[ND].id).figures == {}


def test_own_figures_are_kept_and_checked(ctx: Context, sample: SamplePlans) -> None:
    """A facility's figure stays with the plan; None goes back; what cannot be counted with is refused."""
    plan_id = sample.plans[ND].id
    set_figures(ctx, plan_id, {"water": 4, "guests": 0})
    view = read_supplies(ctx, plan_id)
    assert view.people.guests == 0
    assert next(one for one in view.supplies if one.item == "water").own_need == 74 * 4 * 3
    assert set_figures(ctx, plan_id, {"water": None}) == {"guests": 0}
    for wrong in ({"water": -1.0}, {"days": 0.0}, {"perhaps": 1.0}):
        with pytest.raises(BcpKitError) as refused:
            set_figures(ctx, plan_id, wrong)
        assert refused.value.code is ErrorCode.STOCK_COEFFICIENT


def test_a_run_offers_the_tables_and_they_are_taken_over(ctx: Context, sample: SamplePlans) -> None:
    """Attendance and levels of the run go into the table of operations, other rows and cells stay."""
    _with_run(ctx, sample)
    view = read_supplies(ctx, sample.plans[ND].id)
    assert [line.coming for line in view.days] == pytest.approx([25.2] * 8)
    offered = {proposal.item_id: (plan_id, proposal) for plan_id, proposal in view.proposals}
    assert set(offered) == {"nd_critical_work_table", "if_work_adjust"}
    for plan_id, proposal in offered.values():
        save_answers(ctx, plan_id, {proposal.item_id: proposal.answer})
    rows = {row["stage_item"]: row for row in offered["nd_critical_work_table"][1].answer.rows}
    assert rows["出勤率"]["d1"].startswith("90%")
    assert (rows["洗濯・シーツ"]["h6"], rows["洗濯・シーツ"]["d3"]) == ("休む", "続ける")
    assert rows["給食"]["d1"] == "温めた備えの食事"
    tasks = [row["task"] for row in offered["if_work_adjust"][1].answer.rows]
    assert tasks[-1] == "洗濯・掃除"
    assert not [
        p
        for _, p in read_supplies(ctx, sample.plans[ND].id).proposals
        if p.item_id == "nd_critical_work_table"
    ]


def test_the_infection_plan_has_no_calculator(ctx: Context, sample: SamplePlans) -> None:
    """Stock is counted from the natural-disaster plan."""
    with pytest.raises(BcpKitError):
        read_supplies(ctx, sample.plans[IF].id)


def test_staff_without_the_list_see_no_run(ctx: Context, sample: SamplePlans) -> None:
    """Who may not see staff gets the stock but no estimates of people."""
    _with_run(ctx, sample)
    other = replace(ctx, actor=Actor(name="職員", role=Role.FACILITY_STAFF, facility_id=sample.facility.id))
    view = read_supplies(other, sample.plans[ND].id)
    assert view.people.staff == 28
    assert view.days == ()


def test_the_shopping_list_is_a_workbook(ctx: Context, sample: SamplePlans) -> None:
    """One row an item: what is needed, there, missing, to buy, at what cost; numbers are numbers."""
    book = load_workbook(BytesIO(shopping_list(ctx, sample.plans[ND].id, {"days": 7})))
    tab = book[book.sheetnames[0]]
    rows = list(tab.iter_rows(values_only=True))
    assert rows[0][0] == "品目"
    water = next(row for row in rows if row[0] == "飲料水")
    assert float(water[1]) == 1554 and float(water[3]) == 474
    assert int(water[7]) == (474 + 10 * 3 * 7 - 90) / 2


def test_the_command_counts_and_writes(
    ctx: Context, sample: SamplePlans, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON with every figure; exit 0 when enough, 5 when short; the workbook lies where it was asked for."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    common = ["stock", "--plan", sample.plans[ND].id, "--data", str(tmp_path / "data")]
    enough = CliRunner().invoke(app, [*common, "--json", "-"])
    assert enough.exit_code == 0, enough.output
    told = json.loads(enough.stdout)
    assert told["people"] == {"residents": 46, "staff": 28, "guests": 10}
    assert told["power"]["full_load_h"] == 76
    short = CliRunner().invoke(app, [*common, "--set", "days=7", "--out", str(tmp_path / "buy")])
    assert short.exit_code == 5, short.output
    assert "飲料水" in short.stdout
    assert len(list((tmp_path / "buy").glob("*.xlsx"))) == 1
    wrong = CliRunner().invoke(app, [*common, "--set", "days=many"])
    assert isinstance(wrong.exception, BcpKitError)
