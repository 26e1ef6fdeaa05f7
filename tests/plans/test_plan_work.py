"""Steps with dates, touched plans, signatures, consents, work of offices and what they may claim."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import RegisterStatus
from bcp_kit.domain.plan_answers import FieldValue, Proxy, Signature, SigningWay
from bcp_kit.domain.plan_drills import Outcome
from bcp_kit.domain.plan_steps import EffortKind, PlanFees, StepScope, StepState
from bcp_kit.domain.plans import PlanStatus
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.base import Context
from bcp_kit.services.duplicates import MergeCommand, merge_people
from bcp_kit.services.minsei import set_minsei
from bcp_kit.services.plan_agreement import (
    ConsentCommand,
    end_plan,
    record_consent,
    sign_plan,
    signature_is_older,
)
from bcp_kit.services.plan_drills import NewDrill, NewResult, record_results, start_drill
from bcp_kit.services.plan_efforts import (
    EffortCommand,
    claim_file,
    claims,
    default_fees,
    read_fees,
    record_effort,
    set_fees,
)
from bcp_kit.services.plan_fields import plan_sheet, write_fields
from bcp_kit.services.plan_steps import StepCommand, next_step, read_steps, record_step
from bcp_kit.services.plans import confirm_plan, draft_plans, latest_run_ids, read_plan
from bcp_kit.services.plans_read import TownRules, all_shelters, case_of, dossiers
from bcp_kit.services.plans_worklist import WorkBy, work_list


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The town after drafting its plans."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


@pytest.fixture
def checked(drafted: Context) -> Context:
    """The same after the first plan was gone through with the person."""
    plan = read_plan(drafted, "full").plan
    assert plan is not None
    confirm_plan(drafted, plan.id, plan.version)
    return drafted


def _tasks(ctx: Context, person_id: str = "full") -> set[str]:
    (group,) = work_list(ctx)
    return {task for line in group.lines if line.person.id == person_id for task in line.tasks}


def _today(ctx: Context) -> date:
    return ctx.today()


def test_steps_of_town_district_and_person_add_up(
    drafted: Context, change_person: Callable[..., None]
) -> None:
    """What the town did counts for everybody, a district's for its people, one's own for oneself."""
    change_person("alone", district="西")
    record_step(drafted, StepCommand(1, StepScope.TOWN, on=_today(drafted) - timedelta(days=9), by="課長"))
    record_step(drafted, StepCommand(4, StepScope.DISTRICT, ("西",)))
    record_step(drafted, StepCommand(5, scope_ids=("full", "alone"), state=StepState.BEGUN, note="聞き取り"))
    full, alone = read_steps(drafted, "full"), read_steps(drafted, "alone")
    assert [view.number for view in full if view.done] == [1]
    assert [view.number for view in alone if view.done] == [1, 4]
    entry = full[0].entry
    assert entry is not None
    assert (entry.by, entry.on) == ("課長", _today(drafted) - timedelta(days=9))
    assert full[4].entry is not None
    assert not full[4].done
    assert next_step(full) == 2


def test_who_took_part_in_a_drill_has_done_step_seven(drafted: Context) -> None:
    """The result of a drill is the step; who did not come has not done it, a corrected result adds none."""
    drill = start_drill(drafted, NewDrill("秋の訓練", _today(drafted), HazardKind.EARTHQUAKE))
    came, missed = NewResult("full", Outcome.CAME), NewResult("alone", Outcome.NOT_CAME)
    record_results(drafted, drill.id, (came, missed))
    record_results(drafted, drill.id, (came,))
    assert read_steps(drafted, "full")[6].done
    assert not read_steps(drafted, "alone")[6].done
    with drafted.open_store() as uow:
        assert uow.plan_steps.count() == 1


def test_a_wrong_entry_is_taken_back_not_wiped_out(drafted: Context) -> None:
    """The last entry counts; the ones before stay in the store."""
    record_step(drafted, StepCommand(2, StepScope.TOWN))
    record_step(drafted, StepCommand(2, StepScope.TOWN, state=StepState.TAKEN_BACK))
    assert read_steps(drafted, "full")[1].entry is None
    with drafted.open_store() as uow:
        assert len(uow.plan_steps.list()) == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (StepCommand(8, StepScope.TOWN), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(0, StepScope.TOWN), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(1, StepScope.TOWN, on=date(2099, 1, 1)), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(1, StepScope.TOWN, ("西",)), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(1, StepScope.PERSON), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(1, StepScope.DISTRICT, (" ",)), ErrorCode.PLAN_STEP_WRONG),
        (StepCommand(1, scope_ids=("full", "nobody")), ErrorCode.NOT_FOUND),
    ],
)
def test_steps_that_cannot_be_are_refused(drafted: Context, command: StepCommand, code: ErrorCode) -> None:
    """Number, day and for whom must be possible; nothing is written otherwise."""
    with pytest.raises(BcpKitError) as caught:
        record_step(drafted, command)
    assert caught.value.code is code
    with drafted.open_store() as uow:
        assert uow.plan_steps.count() == 0


def test_checking_a_plan_is_step_six_and_the_list_says_what_comes_next(checked: Context) -> None:
    """Who checked when is a step; the worklist names the first one that is not done."""
    view = read_steps(checked, "full")[5]
    assert view.done
    assert view.entry is not None
    assert view.entry.by == "防災担当"
    for number in (1, 2, 3, 4):
        record_step(checked, StepCommand(number, StepScope.TOWN))
    (group,) = work_list(checked)
    assert {line.person.id: line.step for line in group.lines}["alone"] == 5


def _move_home(uow: Any) -> None:
    uow.people.save(uow.people.need("full").model_copy(update={"address": "別の町1"}))


def _other_need(uow: Any) -> None:
    uow.people.save(uow.people.need("full").model_copy(update={"needs": ("care_level_5",)}))


def _new_map(uow: Any) -> None:
    zone = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=3)
    uow.people.save(uow.people.need("full").model_copy(update={"home_exposures": (zone,)}))


def _place_opens_later(uow: Any) -> None:
    uow.shelters.save(uow.shelters.need("home").model_copy(update={"opens_after_h": 72}))


def _place_gone(uow: Any) -> None:
    uow.shelters.remove("school")


def _supporter_moved(uow: Any) -> None:
    uow.supporters.save(uow.supporters.need("near").model_copy(update={"phone": "090-2"}))


def _supporter_gone(uow: Any) -> None:
    uow.links.remove(("full", "near"))


@pytest.mark.parametrize(
    ("change", "task"),
    [
        (_move_home, "touched_address"),
        (_other_need, "touched_needs"),
        (_new_map, "touched_hazard"),
        (_place_opens_later, "touched_shelter"),
        (_place_gone, "touched_shelter"),
        (_supporter_moved, "touched_supporter"),
        (_supporter_gone, "touched_supporter"),
    ],
)
def test_a_change_marks_the_plans_that_it_touches(
    checked: Context, change: Callable[[Any], None], task: str
) -> None:
    """The worklist names the reason, whoever made the change; checking the plan again settles it."""
    assert not any(t.startswith("touched") for t in _tasks(checked))
    with checked.open_store() as uow:
        change(uow)
        uow.commit()
    view = read_plan(checked, "full")
    assert {t for t in _tasks(checked) if t.startswith("touched")} == {task}
    assert view.stale
    assert task == f"touched_{view.touched[0]}"
    assert view.plan is not None
    confirm_plan(checked, view.plan.id, view.plan.version)
    assert not any(t.startswith("touched") for t in _tasks(checked))


def test_a_touched_plan_is_printed_as_unconfirmed(
    checked: Context, change_person: Callable[..., None]
) -> None:
    """On paper too: what was checked is not what stands there now; an untouched plan keeps its check."""

    def on_paper() -> bool:
        with checked.open_store() as uow:
            (dossier,) = dossiers(uow, ["full"])
            case = case_of(dossier, Edition.PERSON, TownRules(), all_shelters(uow), checked.clock.now())
        assert case is not None
        return case.plan.is_stale(case.printed_on)

    assert not on_paper()
    change_person("full", address="別の町1")
    assert on_paper()


def test_a_new_matching_marks_only_plans_that_were_checked(checked: Context, later: Context) -> None:
    """A place that a new run changed is a reason for a checked plan; others need their check anyway."""
    with later.open_store() as uow:
        run = uow.matching_runs.latest(hazard=HazardKind.EARTHQUAKE)
        assert run is not None
        moved = tuple(p.model_copy(update={"shelter_id": "home"}) for p in run.placements)
        uow.matching_runs.add(run.model_copy(update={"id": "run-new", "placements": moved}))
        uow.commit()
    draft_plans(later, latest_run_ids(later))
    assert "touched_destination" in _tasks(later)
    assert not any(t.startswith("touched") for t in _tasks(later, "alone"))


def test_people_who_left_are_on_the_list_until_their_plan_is_ended(
    checked: Context, change_person: Callable[..., None]
) -> None:
    """A death or move asks for the end of the plan; a person whom the register lost is looked up first."""
    change_person("full", register_status=RegisterStatus.DIED)
    change_person("alone", register_status=RegisterStatus.MISSING)
    assert _tasks(checked) == {"end_plan"}
    assert "check_register" in _tasks(checked, "alone")
    plan = read_plan(checked, "full").plan
    assert plan is not None
    with pytest.raises(BcpKitError):
        end_plan(checked, plan.id, "because", plan.version)
    ended = end_plan(checked, plan.id, "death", plan.version)
    assert ended.status is PlanStatus.WITHDRAWN
    assert _tasks(checked) == set()


def test_a_signature_is_kept_and_grows_old_with_a_change(checked: Context, later: Context) -> None:
    """Who, when, how, and for a proxy why; a change after signing asks for it again."""
    plan = read_plan(checked, "full").plan
    assert plan is not None
    signed = Signature(
        signed_by="𠮷田 花",
        signed_on=_today(checked),
        way=SigningWay.WRITTEN_BY_OTHER,
        proxy=Proxy(relation="長女", reason="手が動かない"),
    )
    plan = sign_plan(checked, plan.id, signed, plan.version)
    assert plan.status is PlanStatus.AGREED
    values = plan_sheet(checked, "full").values
    assert "長女" in values["signature"].text
    assert values["proxy_name"].text == "𠮷田 花（長女）"
    assert not signature_is_older(plan)
    assert "sign_again" not in _tasks(checked)
    write_fields(later, "full", {"pets": FieldValue(text="犬")})
    assert "sign_again" in _tasks(later)


@pytest.mark.parametrize(
    "signature",
    [
        Signature(signed_by=" ", signed_on=date(2020, 1, 1)),
        Signature(signed_by="甲", signed_on=date(2099, 1, 1)),
        Signature(signed_by="甲", signed_on=date(2020, 1, 1), proxy=Proxy(relation=" ", reason="x")),
    ],
)
def test_half_a_signature_is_none(checked: Context, signature: Signature) -> None:
    """Blank words and days to come are refused."""
    plan = read_plan(checked, "full").plan
    assert plan is not None
    with pytest.raises(BcpKitError) as caught:
        sign_plan(checked, plan.id, signature, plan.version)
    assert caught.value.code is ErrorCode.SIGNATURE_INCOMPLETE


def test_a_consent_opens_the_way_to_a_plan_and_a_later_no_closes_it(ctx: Context) -> None:
    """Recorded on the same day the second answer counts; the explanation must come first."""
    yes = ConsentCommand(
        "no_answer", ConsentKind.MAKE_PLAN, ConsentAnswer.GIVEN, explained_on=_today(ctx), way="訪問"
    )
    record_consent(ctx, yes)
    assert draft_plans(ctx, latest_run_ids(ctx)).created == 5
    assert read_plan(ctx, "no_answer").may_have_plan.allowed
    record_consent(ctx, ConsentCommand("no_answer", ConsentKind.MAKE_PLAN, ConsentAnswer.REFUSED))
    assert not read_plan(ctx, "no_answer").may_have_plan.allowed
    named = ConsentCommand("alone", ConsentKind.BE_NAMED, ConsentAnswer.GIVEN, supporter_id="silent")
    record_consent(ctx, named)
    assert read_plan(ctx, "alone").may_share.allowed
    with pytest.raises(BcpKitError) as caught:
        late = _today(ctx) + timedelta(days=1)
        record_consent(ctx, ConsentCommand("alone", yes.kind, yes.answer, explained_on=late))
    assert caught.value.code is ErrorCode.CONSENT_BEFORE_EXPLANATION


def _work(ctx: Context, person_id: str, minutes: int, day: date, **more: Any) -> None:
    command = EffortCommand(person_id, "ひまわり居宅", EffortKind.NEW_PLAN, minutes, day, "介護 花", **more)
    record_effort(ctx, command)


def test_a_claim_counts_finished_plans_and_all_minutes_that_went_into_them(drafted: Context) -> None:
    """Work of the month before counts into the plan that it finished; unfinished work is told apart."""
    day = _today(drafted).replace(day=1)
    _work(drafted, "full", 40, day - timedelta(days=3))
    _work(drafted, "full", 50, day, finished=True)
    _work(drafted, "alone", 30, day)
    _work(drafted, "hidden", 20, day - timedelta(days=5), finished=True)
    (claim,) = claims(drafted, f"{day:%Y-%m}")
    assert [(line.minutes, line.fee, line.register_no) for line in claim.lines] == [(90, 7000, "1")]
    assert (claim.total, claim.minutes_open) == (7000, 30)
    set_fees(drafted, PlanFees(new_plan=5500, basis="令和8年度契約"))
    assert claims(drafted, f"{day:%Y-%m}", "ひまわり居宅")[0].total == 5500
    assert claims(drafted, "2001-01") == ()
    sheet = load_workbook(BytesIO(claim_file([claim]))).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[1][:3] == ["ひまわり居宅", "000001", "1"]
    assert cells[-1][-1] == "7000"
    assert not any("𠮷田" in str(cell) for row in cells for cell in row)
    assert "ひまわり居宅" in claim_file([claim], as_csv=True).decode("utf-8-sig")


def test_the_fee_is_a_towns_example_until_the_contract_is_entered(drafted: Context) -> None:
    """7,000 yen is what some towns pay; a fee of one's own needs its basis."""
    assert read_fees(drafted) == default_fees()
    with pytest.raises(BcpKitError):
        set_fees(drafted, PlanFees(new_plan=1))


@pytest.mark.parametrize(
    "command",
    [
        EffortCommand("full", " ", EffortKind.OTHER, 1),
        EffortCommand("full", "甲", EffortKind.OTHER, -1),
        EffortCommand("full", "甲", EffortKind.OTHER, 1441),
        EffortCommand("full", "甲", EffortKind.OTHER, 1, date(2099, 1, 1)),
        EffortCommand("refused", "甲", EffortKind.NEW_PLAN, 1, finished=True),
    ],
)
def test_work_that_cannot_be_is_refused(drafted: Context, command: EffortCommand) -> None:
    """No office, impossible minutes, a day to come, a finished plan where there is none."""
    with pytest.raises(BcpKitError):
        record_effort(drafted, command)


def test_steps_and_work_follow_a_person_who_was_entered_twice(drafted: Context) -> None:
    """Merging two records of one person carries over what was done for the other."""
    record_step(drafted, StepCommand(5, scope_ids=("alone",)))
    _work(drafted, "alone", 30, _today(drafted))
    merge_people(drafted, MergeCommand("full", "alone"))
    assert read_steps(drafted, "full")[4].done
    with drafted.open_store() as uow:
        assert [effort.person_id for effort in uow.plan_efforts.list()] == ["full"]


def test_the_list_is_divided_by_commissioner(drafted: Context, change_person: Callable[..., None]) -> None:
    """One's own supporter who is a commissioner comes first, then the one of the district."""
    change_person("alone", district="西")
    change_person("hidden", district="西")
    set_minsei(drafted, {"西": "民生 一郎"})
    with drafted.open_store() as uow:
        group = uow.supporters.need("group")
        uow.supporters.save(group.model_copy(update={"relation": "民生委員・児童委員"}))
        uow.commit()
    found = {g.name: {line.person.id for line in g.lines} for g in work_list(drafted, WorkBy.MINSEI)}
    assert found["民生 一郎"] == {"alone"}
    assert found["見本自主防災会"] == {"full", "hidden"}


def test_a_plan_checked_before_bases_were_kept_is_looked_at_once(drafted: Context) -> None:
    """Nobody knows what changed since: it is work and 未確認 until somebody checks it again."""
    plan = read_plan(drafted, "full").plan
    assert plan is not None
    confirm_plan(drafted, plan.id, plan.version)
    with drafted.open_store() as uow:
        old = uow.evacuation_plans.need(plan.id)
        uow.evacuation_plans.save(old.model_copy(update={"basis": {}}))
        uow.commit()
    view = read_plan(drafted, "full")
    assert view.touched == ("unnoted",) and view.stale and "touched_unnoted" in _tasks(drafted)
    draft_plans(drafted, latest_run_ids(drafted))
    assert "touched_unnoted" in _tasks(drafted)  # drafting is no check
    assert view.plan is not None
    plan = read_plan(drafted, "full").plan
    assert plan is not None
    confirm_plan(drafted, plan.id, plan.version)
    assert read_plan(drafted, "full").touched == () and "touched_unnoted" not in _tasks(drafted)
