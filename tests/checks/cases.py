"""Clean cases of all categories, and how a test changes one of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.cover import AttendanceEstimate, CoverRun
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.forms.checks.case import Case, PlanPart
from bcp_kit.forms.schema import form
from bcp_kit.geo.floors import dry_floor_of
from bcp_kit.services.bcp import tidy
from bcp_kit.services.sample_plans import sample_facility

TODAY = date(2026, 11, 24)
ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION


@cache
def clean(category: ServiceCategory) -> Case:
    """The sample facility of a category with both plans, as the checks see it."""
    sample = sample_facility(category, TODAY)
    others = tuple(sample_facility(c, TODAY).facility.name for c in ServiceCategory if c is not category)
    dry = [floor for exposure in sample.facility.exposures if (floor := dry_floor_of(exposure))]
    parts = {
        kind: PlanPart(
            kind, form(f"bcp_{kind.value}"), {key: tidy(answer) for key, answer in answers.items()}
        )
        for kind, answers in sample.answers.items()
    }
    return Case(
        parts,
        sample.facility,
        TODAY,
        staff=sample.staff,
        exposures=sample.facility.exposures,
        dry_floor=max(dry, default=None),
        other_names=others,
    )


def with_answer(case: Case, kind: PlanKind, item_id: str, answer: Answer | None) -> Case:
    """The case with one answer put in, or taken out."""
    part = case.plans[kind]
    answers = {key: given for key, given in part.answers.items() if key != item_id}
    if answer is not None:
        answers[item_id] = answer
    return replace(case, plans={**case.plans, kind: replace(part, answers=answers)})


def with_rows(case: Case, kind: PlanKind, item_id: str, rows: Iterable[Mapping[str, str]]) -> Case:
    """The case with other rows in one table."""
    given = case.plans[kind].answers[item_id]
    return with_answer(case, kind, item_id, given.model_copy(update={"rows": tuple(rows)}))


def with_cells(case: Case, item_id: str, row: int, kind: PlanKind = ND, **cells: str) -> Case:
    """The case with some cells of one row changed."""
    rows = [dict(each) for each in case.plans[kind].answers[item_id].rows]
    rows[row].update(cells)
    return with_rows(case, kind, item_id, rows)


def with_fields(case: Case, item_id: str, kind: PlanKind = ND, **fields: Any) -> Case:
    """The case with fields of one answer changed, such as text, number, reason, state."""
    given = case.plans[kind].answers[item_id]
    return with_answer(case, kind, item_id, given.model_copy(update=fields))


def with_run(case: Case, share: float, on_site: int) -> Case:
    """The case with a cover run that expects `share` of the staff on every day, `on_site` of them at once."""
    estimates = tuple(
        AttendanceEstimate(staff_id=person.id, day=day, chance=share, on_site=day == 0 and place < on_site)
        for day in range(8)
        for place, person in enumerate(case.staff)
    )
    run = CoverRun(
        id="run", facility_ids=(case.facility.id,), scenario_id="quake",
        made_at=datetime(2026, 11, 1, tzinfo=UTC), status=SolveStatus.OPTIMAL, attendance=estimates,
    )  # fmt: skip
    return replace(case, run=run)


def days_ago(days: int) -> str:
    """A day before TODAY as it stands in a plan."""
    on = TODAY - timedelta(days=days)
    return f"{on.year}年{on.month}月{on.day}日"
