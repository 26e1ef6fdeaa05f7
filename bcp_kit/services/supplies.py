"""Arithmetic for a plan: stock by group, power and fuel, operations by day; what the plan can take over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.operation_table import DayLine, adjust_rows, days_of, table_rows
from bcp_kit.forms.power import PowerBalance, balance
from bcp_kit.forms.supplies import Figures, Group, Headcount, StockLine, Supply, count_supplies, known_figures
from bcp_kit.forms.supply_lines import (
    appliances,
    dates_of,
    generator_of,
    guests_planned,
    rows_of,
    stock_lines,
)
from bcp_kit.render.shopping_list import ShoppingList, shopping_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import content_of
from bcp_kit.services.bcp_facts import Proposal, attendance_row, merge_rows
from bcp_kit.storage.unit_of_work import UnitOfWork

LIVED_IN = (ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.DIS_RESIDENTIAL)
TARGET_H = 72.0
WORK_TABLE, ADJUST, TOILET = "nd_critical_work_table", "if_work_adjust", "nd_toilet"
TOILET_GROUPS = {"利用者": Group.RESIDENTS, "職員": Group.STAFF, "避難者(受け入れる場合)": Group.GUESTS}


@dataclass(frozen=True)
class SupplyView:
    """Everything that the calculator shows for one natural-disaster plan.

    `figures` are the facility's own numbers in place of the catalogue's. `days` is empty without a cover run
    or for those who may not see staff. `proposals` are what the plans could take over, by plan id.
    """

    plan_id: str
    plan_version: int
    facility: Facility
    people: Headcount
    figures: Figures
    supplies: tuple[Supply, ...]
    lines: tuple[StockLine, ...]
    dates: tuple[tuple[date, str], ...]
    power: PowerBalance
    days: tuple[DayLine, ...]
    run: CoverRun | None
    proposals: tuple[tuple[str, Proposal], ...]


@dataclass(frozen=True)
class _Known:
    """What the store tells of one natural-disaster plan and its site."""

    plan: ContinuityPlan
    facility: Facility
    lived_in: bool
    people: Headcount
    figures: Figures
    run: CoverRun | None
    staff_ids: frozenset[str]
    infection_id: str
    infection_answers: Mapping[str, Answer]


def read_supplies(ctx: Context, plan_id: str, figures: Figures | None = None) -> SupplyView:
    """Return the arithmetic for a natural-disaster plan; `figures` are tried out beside the stored ones.

    Raises: BcpKitError U-002 (no such plan), B-001 when the plan is of another kind, B-052, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        known = _known(ctx, uow, plan_id, figures or {})
    answers = known.plan.answers
    lines = stock_lines(answers)
    supplies = count_supplies(known.people, lines, ctx.today(), known.figures, lived_in=known.lived_in)
    days = days_of(known.run, known.facility.id, known.staff_ids) if known.run else ()
    offered = [(plan_id, each) for each in _for_disaster(known, supplies, days)]
    if known.infection_id and days and adjust_rows(days):
        offered.append((known.infection_id, _adjust(known.infection_answers, days)))
    return SupplyView(
        plan_id=plan_id,
        plan_version=known.plan.version,
        facility=known.facility,
        people=known.people,
        figures=known.figures,
        supplies=supplies,
        lines=lines,
        dates=dates_of(lines),
        power=balance(appliances(answers), generator_of(answers), TARGET_H),
        days=days,
        run=known.run,
        proposals=tuple(offered),
    )


def _known(ctx: Context, uow: UnitOfWork, plan_id: str, tried: Figures) -> _Known:
    content = content_of(ctx, uow, plan_id)
    if content.plan.kind is not PlanKind.NATURAL_DISASTER:
        raise BcpKitError(ErrorCode.FORM_MISSING, form=content.plan.form_id)
    own = [one.id for one in content.facilities]
    figures = checked({**content.plan.figures, **tried})
    sees_staff = decide(ctx.actor, Action.SEE_STAFF, content.facility.id).allowed
    staff = uow.staff.list(facility_id=own) if sees_staff else []
    infection_id = _infection(uow, content.facility.id)
    return _Known(
        plan=content.plan,
        facility=content.facility,
        lived_in=any(one.category in LIVED_IN for one in content.facilities),
        people=Headcount(
            residents=sum(one.residents for one in content.facilities),
            staff=uow.staff.count(facility_id=own),
            guests=int(figures.get("guests", guests_planned(content.plan.answers))),
        ),
        figures=figures,
        run=uow.cover_runs.latest(facility_id=content.facility.id) if sees_staff else None,
        staff_ids=frozenset(person.id for person in staff),
        infection_id=infection_id,
        infection_answers=content_of(ctx, uow, infection_id).plan.answers if infection_id else {},
    )


def checked(figures: Mapping[str, float]) -> dict[str, float]:
    """Return figures that can be counted with.

    Raises: BcpKitError B-052 for an unknown name, a number below zero, or no days.
    """
    for name, value in figures.items():
        if name not in known_figures() or value < 0 or (name == "days" and value <= 0):
            raise BcpKitError(ErrorCode.STOCK_COEFFICIENT, name=name)
    return dict(figures)


def set_figures(ctx: Context, plan_id: str, changes: Mapping[str, float | None]) -> Figures:
    """Keep a facility's own figures with its plan; None goes back to the catalogue's.

    Raises: BcpKitError B-052, U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, plan.facility_id)
        merged = {**plan.figures, **changes}
        kept = checked({name: value for name, value in merged.items() if value is not None})
        uow.continuity_plans.save(plan.model_copy(update={"figures": kept}), "figures")
        uow.commit()
    return kept


def shopping_list(ctx: Context, plan_id: str, figures: Figures | None = None) -> bytes:
    """Return what to buy as an Excel workbook: by item, for own people and people taken in apart."""
    view = read_supplies(ctx, plan_id, figures)
    return shopping_workbook(ShoppingList(view.facility.name, ctx.today(), view.people, view.supplies))


def _infection(uow: UnitOfWork, facility_id: str) -> str:
    found = uow.continuity_plans.list(facility_id=facility_id, kind=PlanKind.INFECTION)
    return found[0].id if found else ""


def _for_disaster(known: _Known, supplies: tuple[Supply, ...], days: tuple[DayLine, ...]) -> list[Proposal]:
    answers, offered = known.plan.answers, []
    rows = table_rows(days)
    if known.run and rows:
        attendance = attendance_row(known.run, known.staff_ids)
        counted = (attendance, *rows) if attendance else rows
        offered.append(_replaced(answers, WORK_TABLE, "stage_item", counted, "supplies.origin.run"))
    toilets = next((one for one in supplies if one.item == "toilets"), None)
    if toilets is not None:
        needed = tuple(
            {"subject": subject, "needed_quantity": f"{toilets.need[group]:.0f}"}
            for subject, group in TOILET_GROUPS.items()
            if toilets.need[group]
        )
        offered.append(_replaced(answers, TOILET, "subject", needed, "supplies.origin.count"))
    return [one for one in offered if one.answer.rows != rows_of(answers, one.item_id)]


def _replaced(
    answers: Mapping[str, Answer], item_id: str, same: str, known: tuple[Mapping[str, str], ...], origin: str
) -> Proposal:
    """Return a table with the counted cells in place of what stood there; other cells and rows stay."""
    counted = {row[same]: row for row in known}
    present = [{**row, **counted.get(row.get(same, ""), {})} for row in rows_of(answers, item_id)]
    return Proposal(
        item_id, Answer(state=AnswerState.ANSWERED, rows=merge_rows((same,), present, known)), origin
    )


def _adjust(answers: Mapping[str, Answer], days: tuple[DayLine, ...]) -> Proposal:
    """Return 業務内容の調整 with the rows of the run put in below what is written already."""
    rows = merge_rows(("task",), rows_of(answers, ADJUST), adjust_rows(days))
    return Proposal(ADJUST, Answer(state=AnswerState.ANSWERED, rows=rows), "supplies.origin.run")
