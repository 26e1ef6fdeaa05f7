"""Checks of review, training and drills: dates gone by, fewer than the service asks for, nothing by night."""

from collections.abc import Iterator
from datetime import timedelta

from bcp_kit.catalogues.load import Row, catalogue, number
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.checks.case import Case, Cells, Hit, label_of
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import last_day

ND, IF = PlanKind.NATURAL_DISASTER, PlanKind.INFECTION
NEWCOMERS = ("新し", "新人", "入職", "採用", "新規")
DRILL_WORDS = ("訓練", "実地", "机上")
LIVED_IN = (ServiceCategory.CARE_RESIDENTIAL, ServiceCategory.DIS_RESIDENTIAL)


def frequency(case: Case) -> Row | None:
    """Return the row of the least counts for this kind of service, None when nobody knows it."""
    rows = catalogue("training_frequency").rows.values()
    own = case.facility.service_key
    return next((row for row in rows if own in row.data.get("service_ids", ())), None)


def _short(case: Case, item_id: str, found: int, what: str, kind: PlanKind) -> Iterator[Hit]:
    least = frequency(case)
    part = case.plans.get(kind)
    if least is None or part is None or not case.rows(item_id, kind):
        return
    needed = int(least.data.get(what, 0))
    if found < needed:
        yield Hit(kind=kind, item_id=item_id, values={"count": found, "needed": needed})


def training_too_few(case: Case) -> Iterator[Hit]:
    """The plan for natural disasters holds as many trainings a year as the service asks for."""
    yield from _short(case, "nd_training_plan", len(case.rows("nd_training_plan")), "training", ND)


def drills_too_few(case: Case) -> Iterator[Hit]:
    """The plan for natural disasters holds as many drills a year as the service asks for."""
    yield from _short(case, "nd_drill_plan", len(case.rows("nd_drill_plan")), "drill", ND)


def _is_drill(row: Cells) -> bool:
    record, method = row.get("record", ""), row.get("method", "")
    return "訓練記録" in record or (any(word in method for word in DRILL_WORDS) and "研修記録" not in record)


def infection_training_too_few(case: Case) -> Iterator[Hit]:
    """The infection plan holds as many trainings and drills a year as the service asks for."""
    rows = case.rows("if_prep_training", IF)
    drills = sum(_is_drill(row) for row in rows)
    hits = [
        *_short(case, "if_prep_training", len(rows) - drills, "training", IF),
        *_short(case, "if_prep_training", drills, "drill", IF),
    ]
    yield from hits[:1]


def newcomers_untrained(case: Case) -> Iterator[Hit]:
    """Newcomers are trained when they begin."""
    for kind, item_id in ((ND, "nd_training_plan"), (IF, "if_prep_training")):
        rows = case.rows(item_id, kind)
        said = "".join(cell for row in rows for cell in row.values())
        if rows and not any(word in said for word in NEWCOMERS):
            yield Hit(kind=kind, item_id=item_id, column="audience")


def no_night_drill(case: Case) -> Iterator[Hit]:
    """Where people live, one drill of the year is about the night."""
    rows = case.rows("nd_drill_plan")
    said = "".join(cell for row in rows for cell in row.values())
    if rows and case.facility.category in LIVED_IN and "夜" not in said:
        yield Hit(kind=ND, item_id="nd_drill_plan", column="time_of_day")


def next_review_past(case: Case) -> Iterator[Hit]:
    """The day of the next review has not gone by."""
    rows = case.rows("nd_version")
    dated = [(n, last_day(row.get("next_review_on", ""))) for n, row in enumerate(rows)]
    known = [(on, n) for n, on in dated if on]
    if known and max(known)[0] < case.today:
        on, place = max(known)
        shown = {"on": on.isoformat()}
        yield Hit(kind=ND, item_id="nd_version", row=place, column="next_review_on", values=shown)


def revision_old(case: Case) -> Iterator[Hit]:
    """The last line of the history is not older than the interval of review."""
    interval = timedelta(days=number("check_rules", "review_interval_days"))
    for kind, item_id in ((ND, "nd_revisions"), (IF, "if_revisions")):
        known = [on for row in case.rows(item_id, kind) if (on := last_day(row.get("updated_on", "")))]
        if known and case.today - max(known) > interval:
            yield Hit(kind=kind, item_id=item_id, values={"on": max(known).isoformat()})


def date_past(case: Case) -> Iterator[Hit]:
    """What the plan wants done until a day has been done by then."""
    for part in case.plans.values():
        for item_id, column in lists().dated_columns.items():
            if item_id not in part.answers:
                continue
            for place, row in enumerate(case.rows(item_id, part.kind)):
                until = last_day(row.get(column, ""))
                if until and until < case.today:
                    shown = {"name": label_of(row), "on": until.isoformat()}
                    yield Hit(kind=part.kind, item_id=item_id, row=place, column=column, values=shown)
