"""All checks on one case: findings by weight, each with the key under which it can be set aside."""

import hashlib
from collections.abc import Callable, Iterator, Mapping

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import AnswerState, PlanKind
from bcp_kit.forms.checks import (
    agreement,
    contacts,
    gaps,
    hazards,
    people,
    practice,
    stock,
    triggers,
    words,
)
from bcp_kit.forms.checks.case import Case, Hit, Severity, Words
from bcp_kit.forms.checks.data import CheckRow, registry

Check = Callable[[Case], Iterator[Hit]]

CHECKS: tuple[Check, ...] = (
    gaps.plan_missing,
    gaps.item_blank,
    gaps.item_faulty,
    gaps.reason_missing,
    gaps.row_blank,
    words.sample_marker,
    words.sample_copied,
    words.other_facility,
    words.own_name_differs,
    words.misfit_words,
    words.obsolete_words,
    triggers.trigger_earthquake_number,
    triggers.trigger_flood_number,
    triggers.trigger_other_number,
    triggers.suspension_number,
    triggers.trigger_condition_blank,
    triggers.outage_hours,
    triggers.no_judge,
    triggers.elderly_level_late,
    people.deputies_too_few,
    people.infection_deputy_missing,
    people.too_many_roles,
    people.attendance_too_high,
    people.attendance_beyond_roster,
    people.tasks_exceed_people,
    people.night_tasks_exceed_people,
    people.former_staff,
    people.staff_not_listed,
    contacts.phone_missing,
    contacts.phone_malformed,
    contacts.contacts_old,
    contacts.staff_contacts_old,
    agreement.water_amounts_differ,
    agreement.deputies_differ,
    agreement.manager_differs,
    agreement.phones_differ,
    agreement.suspension_levels_differ,
    agreement.places_differ,
    agreement.covers_differ,
    agreement.heads_differ,
    agreement.ppe_amounts_differ,
    agreement.record_differs,
    hazards.hazard_denied,
    hazards.hazard_not_known,
    hazards.hazard_depth_low,
    hazards.hazard_unanswered,
    hazards.refuge_in_zone,
    hazards.refuge_below_water,
    hazards.command_post_below_water,
    stock.water_short,
    stock.meals_short,
    stock.toilets_short,
    stock.guest_water_short,
    stock.stock_expired,
    stock.stock_expiring,
    stock.ppe_days,
    stock.generator_hours,
    stock.generator_overloaded,
    stock.timeline_beyond_generator,
    stock.timeline_beyond_water,
    stock.fuel_over_limit,
    practice.training_too_few,
    practice.drills_too_few,
    practice.infection_training_too_few,
    practice.newcomers_untrained,
    practice.no_night_drill,
    practice.next_review_past,
    practice.revision_old,
    practice.date_past,
)
_KEY_LENGTH = 16


class Finding(DomainModel):
    """What a check found, and where. `key` stays the same as long as the words there stay the same.

    `chapter_id` and `item_title` are of the item, empty where the plan as a whole is meant. The sentences are
    the messages `checks.title.<code>`, `checks.why.<code>`, `checks.todo.<code>` with `values`.
    """

    key: str
    code: str
    severity: Severity
    kind: PlanKind
    chapter_id: str = ""
    item_id: str = ""
    item_title: str = ""
    row: int | None = None
    row_title: str = ""
    column: str = ""
    column_title: str = ""
    values: Mapping[str, Words] = {}


def run_checks(case: Case, checks: tuple[Check, ...] = CHECKS) -> tuple[Finding, ...]:
    """Return all findings: law, guideline, advice; within each in the order of plan, chapter and item."""
    rows = registry()
    order = {
        (kind, item.id): place
        for kind, part in case.plans.items()
        for place, item in enumerate(part.form.items)
    }
    found = [_finding(case, rows[check.__name__], hit) for check in checks for hit in check(case)]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                one.severity.rank,
                list(PlanKind).index(one.kind),
                order.get((one.kind, one.item_id), -1),
                one.row if one.row is not None else -1,
            ),
        )
    )


def _finding(case: Case, check: CheckRow, hit: Hit) -> Finding:
    part = case.plans.get(hit.kind)
    chapter_id = item_title = row_title = column_title = ""
    if part and hit.item_id:
        item = part.form.item(hit.item_id)
        item_title = item.title_ja
        chapter_id = next(c.id for c in part.form.chapters if item in c.items)
        column_title = next((c.label_ja for c in item.input.columns if c.key == hit.column), "")
        row_title = _row_title(case, hit)
    return Finding(
        key=_key(case, check.code, hit),
        code=check.code,
        severity=hit.severity or check.severity,
        kind=hit.kind,
        chapter_id=chapter_id,
        item_id=hit.item_id,
        item_title=item_title,
        row=hit.row,
        row_title=row_title,
        column=hit.column,
        column_title=column_title,
        values=hit.values,
    )


def _row_title(case: Case, hit: Hit) -> str:
    if hit.row is None:
        return ""
    cells = case.rows(hit.item_id, hit.kind)
    return (
        next((cell for cell in cells[hit.row].values() if cell.strip()), "") if hit.row < len(cells) else ""
    )


def _key(case: Case, code: str, hit: Hit) -> str:
    """Return a key that changes with the words: a finding that was set aside comes back with new words."""
    part = case.plans.get(hit.kind)
    given = part.answers.get(hit.item_id) if part else None
    said = ""
    if given is not None and given.state is AnswerState.NOT_APPLICABLE:
        said = given.reason
    elif given is not None and hit.row is not None and hit.row < len(given.rows):
        row = given.rows[hit.row]
        said = row.get(hit.column, "") if hit.column else "|".join(row.values())
    elif given is not None:
        said = f"{given.text}|{given.number}|{given.choices}"
    shown = sorted(hit.values.items())
    words = f"{code}|{hit.kind}|{hit.item_id}|{hit.column}|{said}|{shown}"
    return hashlib.sha256(words.encode()).hexdigest()[:_KEY_LENGTH]
