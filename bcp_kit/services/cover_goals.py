"""The goals of a stored run: value, proven bound and gap of each, and from what the run came."""

from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Preference, order_of
from bcp_kit.domain.cover import CoverRun
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover_reopen import absences_of

ALTERNATIVE = "alternative"  # in the settings of a run: it was chosen from answers side by side
RECOVERED = "recovered_from"  # in the settings of a run: the id of the run before an absence
MINUTES = (Goal.OVERLOAD, Goal.FAIR_SHARES)
HOUR_MIN = 60


@dataclass(frozen=True)
class GoalLine:
    """One goal of a run; value and bound in its unit (minutes for `MINUTES`).

    The bound holds for rosters that keep the earlier goals at their values.
    """

    goal: Goal
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """(value − bound) ÷ max(value, 1), as the gap of the whole run is told."""
        return (self.value - self.bound) / max(self.value, 1)


def preference_of(run: CoverRun) -> Preference:
    """Return which goal came first; after an absence the least change does."""
    if run.settings.get(RECOVERED):
        return Preference.CHANGE
    return Preference(str(run.settings.get("preference", Preference.OUTSIDE_HELP)))


def goal_lines(run: CoverRun) -> tuple[GoalLine, ...]:
    """Return the goals of a run that were worked on, in the order in which they were held."""
    order = order_of(preference_of(run))
    if run.settings.get(RECOVERED):  # what comes after the changes is counted and not worked on
        order = order[: order.index(Goal.CHANGE) + 1]
    known = [g for g in order if g.value in run.values and g.value in run.bounds]
    return tuple(GoalLine(g, run.values[g.value], run.bounds[g.value]) for g in known)


def worst_goal(run: CoverRun) -> GoalLine | None:
    """Return the goal with the largest gap, None when every goal is proven."""
    worst = max(goal_lines(run), key=lambda line: line.gap, default=None)
    return worst if worst is not None and worst.gap > 0 else None


def number_words(goal: Goal, value: float) -> str:
    """Return a value as people read it: hours where the goal counts minutes."""
    return f"{value / HOUR_MIN:,.1f}" if goal in MINUTES else f"{value:,.0f}"


def gap_words(line: GoalLine, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the gap of a goal in percent, or that it is proven."""
    if line.gap <= 0:
        return text("cover_answers.goals.proven", language)
    return f"{100 * line.gap:.1f}%"


def worst_words(run: CoverRun, language: str = DEFAULT_LANGUAGE) -> str:
    """Return which goal the largest gap belongs to, as a part of a sentence."""
    worst = worst_goal(run)
    if worst is None:
        return text("cover_answers.goals.all_proven", language)
    name = text(f"cover_answers.goals.name.{worst.goal.value}", language)
    return text("cover_answers.goals.worst", language, goal=name, gap=gap_words(worst, language))


def goal_rows(run: CoverRun, language: str = DEFAULT_LANGUAGE) -> list[dict[str, str]]:
    """Return one row (heading → text) for each goal: value, bound, gap."""
    heads = {key: text(f"cover_answers.goals.{key}", language) for key in ("goal", "value", "bound", "gap")}
    return [
        {
            heads["goal"]: text(f"cover_answers.compare.unit_{line.goal.value}", language),
            heads["value"]: number_words(line.goal, line.value),
            heads["bound"]: number_words(line.goal, line.bound),
            heads["gap"]: gap_words(line, language),
        }
        for line in goal_lines(run)
    ]


def origin_words(run: CoverRun, names: Mapping[str, str], language: str = DEFAULT_LANGUAGE) -> str:
    """Return from what a run came: an absence (who, from which day) or an alternative; "" for a plain one."""
    parts = []
    preference = preference_of(run)
    if run.settings.get(ALTERNATIVE) or (
        preference is not Preference.OUTSIDE_HELP and not run.settings.get(RECOVERED)
    ):
        which = text(f"cover_answers.compare.{preference.value}", language)
        parts.append(text("cover_answers.origin.alternative", language, which=which))
    absent = absences_of(run)
    if absent:
        mark = text("cover_answers.origin.mark", language)
        who = mark.join(
            text("cover_answers.origin.who", language, name=names.get(key, "？"), day=day)
            for key, day in absent.items()
        )
        parts.append(text("cover_answers.origin.absence", language, who=who))
    return text("cover_answers.origin.join", language).join(parts)
