"""The table of operations by attendance, filled from a staff-cover run: who comes, what runs and stops."""

from collections.abc import Mapping

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import CoverRun
from bcp_kit.forms.messages import text

STAGES = {"night": 0, "h6": 0, "d1": 1, "d3": 3, "d7": 7}
HEAVIEST_FIRST = ("stopped", "thinned", "kept")
Cells = Mapping[str, str]


class DayLine(DomainModel):
    """One day of a run: how many come of how many, and the operations by level."""

    day: int
    coming: float
    of: int
    levels: Mapping[str, str]


def days_of(run: CoverRun, facility_id: str, staff_ids: frozenset[str]) -> tuple[DayLine, ...]:
    """Return each day of the run for one facility. Units: persons as the sum of chances."""
    own = [one for one in run.attendance if one.staff_id in staff_ids]
    lines = []
    for day in sorted({one.day for one in own}):
        chances = [one.chance for one in own if one.day == day]
        levels = {
            one.operation: one.level
            for one in run.operations
            if one.day == day and one.facility_id in ("", facility_id)
        }
        lines.append(DayLine(day=day, coming=sum(chances), of=len(chances), levels=levels))
    return tuple(lines)


def _level(line: DayLine, operations: list[str]) -> str:
    found = [line.levels[one] for one in operations if one in line.levels]
    return next((level for level in HEAVIEST_FIRST if level in found), "")


def table_rows(days: tuple[DayLine, ...]) -> tuple[Cells, ...]:
    """Return the rows of 重要業務の継続 that the run can answer, attendance apart; blank cells stay out."""
    by_day = {line.day: line for line in days}
    rows = []
    for row in catalogue("operation_rows").rows.values():
        cells = {
            stage: text(f"supplies.level.{level}")
            for stage, day in STAGES.items()
            if stage != "night" and day in by_day and (level := _level(by_day[day], row.data["operations"]))
        }
        if cells:
            rows.append({"stage_item": row.label_ja, **cells})
    return tuple(rows)


def adjust_rows(days: tuple[DayLine, ...]) -> tuple[Cells, ...]:
    """Return the rows of 業務内容の調整: on which days each task is kept, thinned, stopped, and why."""
    columns = {"kept": "kept", "thinned": "reduced", "stopped": "stopped"}
    rows = []
    for row in catalogue("operation_rows").rows.values():
        spans = level_spans(days, row.data["operations"])
        if not row.data["task_ja"] or not spans:
            continue
        cells = {columns[level]: said for level, said in spans.items() if level in columns}
        rows.append({"task": row.data["task_ja"], **cells, "reason": text("supplies.reason")})
    return tuple(rows)


def level_spans(days: tuple[DayLine, ...], operations: list[str]) -> dict[str, str]:
    """Return by level (kept, thinned, stopped) on which days operations run so, in words."""
    spans: dict[str, list[int]] = {}
    for line in days:
        level = _level(line, operations)
        if level:
            spans.setdefault(level, []).append(line.day)
    return {level: _span(found) for level, found in spans.items()}


def _span(days: list[int]) -> str:
    """Return days in words: 1日目〜3日目、6日目."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = (
        text("supplies.day", day=run[0] + 1)
        if len(run) == 1
        else text("supplies.days_span", first=run[0] + 1, last=run[-1] + 1)
        for run in runs
    )
    return "、".join(said)
