"""Invented facilities, one for each service category, with both continuity plans written to the end.

Their answers lie in sample_data/plans: layers of shared answers, merged in the order that `facility.yaml` of
the category names; a later layer replaces an item as a whole. Words in braces are filled with the facility's
own words, names and dates, so that the plans never grow old.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, ContinuityPlan, PlanKind
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.messages import text
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import save_answers, start_plan
from bcp_kit.services.bcp_answers import parse_answers
from bcp_kit.services.bcp_facts import call_in_rows

CALL_IN_ITEM = "nd_callin_list"
_WORD = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_DAY = re.compile(r"\{([dm])([+-]\d+)\}")
_DEEPEST = 4  # a word may hold words


@dataclass(frozen=True)
class SampleFacility:
    """One invented facility: its record, its staff, and its answers to both plans by kind."""

    facility: Facility
    staff: tuple[StaffMember, ...]
    answers: Mapping[PlanKind, Mapping[str, Answer]]


@dataclass(frozen=True)
class SamplePlans:
    """What was brought into the store."""

    facility: Facility
    staff: tuple[StaffMember, ...]
    plans: Mapping[PlanKind, ContinuityPlan]


def sample_facility(category: ServiceCategory, today: date) -> SampleFacility:
    """Return the invented facility of `category`; dates in its plans are counted from `today`."""
    folder = locate("sample_data") / "plans"
    told = _told(folder / category.value / "facility.yaml")
    facility = Facility.model_validate({**told["facility"], "confirmed_on": today - timedelta(days=60)})
    staff = tuple(
        StaffMember.model_validate(
            {**person, "facility_id": facility.id, "verified_on": today - timedelta(days=60)}
        )
        for person in told["staff"]
    )
    words = _words(told, facility, staff)
    answers = {}
    for kind in CONTINUITY_KINDS:
        layers = [folder / layer / f"{kind.value}.yaml" for layer in told["layers"]]
        answers[kind] = _merged([path for path in layers if path.is_file()], words, today)
    callable_rows = call_in_rows(facility, staff, None)
    natural = {**answers[PlanKind.NATURAL_DISASTER], CALL_IN_ITEM: Answer(rows=callable_rows)}
    return SampleFacility(facility, staff, {**answers, PlanKind.NATURAL_DISASTER: natural})


def load_sample_plans(ctx: Context, category: ServiceCategory) -> SamplePlans:
    """Bring the invented facility of `category` with staff and both plans into the store.

    Raises: BcpKitError D-003 or the like when the store holds it already, A-001.
    """
    for action in (Action.EDIT_FACILITY, Action.EDIT_STAFF, Action.EDIT_BCP):
        ctx.demand(action)
    sample = sample_facility(category, ctx.today())
    with ctx.open_store() as uow:
        uow.facilities.add(sample.facility)
        uow.staff.add_many(sample.staff)
        uow.commit()
    plans = {}
    for kind, answers in sample.answers.items():
        begun = start_plan(ctx, sample.facility.id, kind)
        plans[kind] = save_answers(ctx, begun.id, answers).plan
    return SamplePlans(sample.facility, sample.staff, plans)


def _words(told: Mapping[str, Any], facility: Facility, staff: tuple[StaffMember, ...]) -> Mapping[str, str]:
    people = {person.id: person for person in staff}
    names = {role: people[staff_id].name for role, staff_id in told["roles"].items()}
    phones = {f"{role}_phone": people[staff_id].phone for role, staff_id in told["roles"].items()}
    record = {
        "operator": facility.operator,
        "representative": facility.representative,
        "address": facility.address,
        "phone": facility.phone,
        "office_number": facility.office_number,
        "service_type": text(f"bcp.category.{facility.category.value}"),
    }
    return {**record, **told["words"], **phones, **names}


def _merged(paths: list[Path], words: Mapping[str, str], today: date) -> Mapping[str, Answer]:
    answers: dict[str, Answer] = {}
    for path in paths:
        for item_id, answer in _layer(path).items():
            answers[item_id] = _filled(answer, words, today)
    return answers


@cache
def _told(path: Path) -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return read


@cache
def _layer(path: Path) -> Mapping[str, Answer]:
    return parse_answers(path.read_text(encoding="utf-8"))


def _filled(answer: Answer, words: Mapping[str, str], today: date) -> Answer:
    return answer.model_copy(
        update={
            "text": fill_words(answer.text, words, today),
            "reason": fill_words(answer.reason, words, today),
            "rows": tuple(
                {key: fill_words(cell, words, today) for key, cell in row.items()} for row in answer.rows
            ),
        }
    )


def fill_words(said: str, words: Mapping[str, str], today: date) -> str:
    """Return `said` with `{word}` filled from `words`, `{d+30}` and `{m-2}` with a day or month near `today`.

    Units: days. Raises: KeyError for a word that nobody gave.
    """
    for _ in range(_DEEPEST):
        said = _WORD.sub(lambda found: words[found[1]], said)
    return _DAY.sub(lambda found: _day(found[1], today + timedelta(days=int(found[2]))), said)


def _day(form: str, day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if form == "d" else f"{day.year}年{day.month}月"
