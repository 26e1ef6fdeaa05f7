"""The rules of staff cover, as sentences: which bind, which are weighed, where they come from.

The sentence of a rule stands in templates/messages under its `message`. `catalogue` names the rows that hold
its numbers. check.py and model.py follow this list in its order and under its names.
"""

from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.domain.base import DomainModel


class Rule(DomainModel):
    """One rule: `hard` binds every answer, otherwise it is a goal that is weighed in strict order."""

    key: str
    message: str
    hard: bool
    source: str
    catalogue: tuple[str, ...] = ()


def _hard(key: str, source: str, *catalogue: str) -> Rule:
    return Rule(key=key, message=f"cover.rule.{key}", hard=True, source=source, catalogue=catalogue)


def _goal(goal: Goal, source: str, *catalogue: str) -> Rule:
    return Rule(
        key=goal.value, message=f"cover.goal.{goal.value}", hard=False, source=source, catalogue=catalogue
    )


ONE_SHIFT = "one_shift"
QUALIFIED = "qualified"
PRESENT = "present"
NIGHT_OK = "night_ok"
REST = "rest"
CONSECUTIVE_DAYS = "consecutive_days"
CONSECUTIVE_NIGHTS = "consecutive_nights"
WEEK_HOURS = "week_hours"
MONTH_HOURS = "month_hours"
LOCKED = "locked"
NEWCOMER_PAIR = "newcomer_pair"
TRAVEL = "travel"
LODGING = "lodging"
ASKED_POSTS = "asked_posts"

HARD_RULES = (
    _hard(ONE_SHIFT, "project"),
    _hard(QUALIFIED, "project", "post_groups"),
    _hard(PRESENT, "kitaku_def", "staff_attendance", "cover_defaults"),
    _hard(NIGHT_OK, "project"),
    _hard(REST, "general", "cover_defaults.rest_h", "labour_rules.lab_interval"),
    _hard(CONSECUTIVE_DAYS, "general", "cover_defaults.consecutive_days", "labour_rules.lab_plan_limits"),
    _hard(CONSECUTIVE_NIGHTS, "general", "cover_defaults.consecutive_nights", "labour_rules.lab_plan_limits"),
    _hard(WEEK_HOURS, "law_rk33", "cover_defaults.emergency_overtime_h", "labour_rules.lab_33"),
    _hard(MONTH_HOURS, "law_36", "cover_defaults.overtime_month_h", "labour_rules.lab_36"),
    _hard(LOCKED, "project"),
    _hard(NEWCOMER_PAIR, "project", "cover_defaults.newcomer_pair"),
    _hard(TRAVEL, "project", "cover_defaults.travel_from_day"),
    _hard(LODGING, "project", "dispatch_routes.disp_receiving"),
    _hard(ASKED_POSTS, "project", "operations", "staffing_standards"),
)
GOALS = (
    _goal(Goal.LIFE, "project", "operations"),
    _goal(Goal.STANDARD, "law_kokuji29_night", "staffing_standards"),
    _goal(Goal.OTHER, "project", "operations"),
    _goal(Goal.OUTSIDE_HELP, "project", "dispatch_routes"),
    _goal(Goal.OVERLOAD, "law_rk33", "labour_rules.lab_33"),
    _goal(Goal.FAIR_SHARES, "project", "cover_defaults.night_hour_weight"),
    _goal(Goal.WISHES, "project"),
    _goal(Goal.CHANGE, "project"),
)
WAIVABLE = (
    NIGHT_OK,
    REST,
    CONSECUTIVE_DAYS,
    CONSECUTIVE_NIGHTS,
    WEEK_HOURS,
    MONTH_HOURS,
    NEWCOMER_PAIR,
)
