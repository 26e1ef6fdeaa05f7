"""Who works beyond the agreement on overtime in a run: the list for the report under Article 33.

A planning figure and no legal one: hours beyond eight a day, and beyond forty in each seven days counted from
the event, with those of the stored roster of the four weeks before. Systems of flexible hours are not known.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.cores.staff_cover.instance import WEEK_DAYS
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv, write_workbook
from bcp_kit.services import cover_catalogue
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of, names_of, read_run, scenario_of_run
from bcp_kit.services.cover_history import DAYS_LOOKED_BACK

COLUMNS = ("number", "name", "nights", "before", "now", "all", "agreed", "beyond", "since")
HOUR_MIN = 60
RULES = ("lab_33", "lab_36")


@dataclass(frozen=True)
class OvertimeLine:
    """One person: hours of overtime in the four weeks before and in the run, and beyond the agreement.

    `since` is the day on which the agreement is used up, None where it is not.
    """

    staff_id: str
    name: str
    nights: int
    before_h: float
    now_h: float
    agreed_h: float
    since: date | None

    @property
    def all_h(self) -> float:
        """Hours before and in the run together."""
        return round(self.before_h + self.now_h, 1)

    @property
    def beyond_h(self) -> float:
        """Hours beyond the agreement."""
        return max(0.0, round(self.all_h - self.agreed_h, 1))

    def cells(self) -> dict[str, str]:
        """Return the line as words by the key of its column."""
        since = f"{self.since.month}/{self.since.day}" if self.since else ""
        hours = (self.before_h, self.now_h, self.all_h, self.agreed_h, self.beyond_h)
        words = (self.staff_id, self.name, str(self.nights), *(f"{h:.1f}" for h in hours), since)
        return dict(zip(COLUMNS, words, strict=True))


def overtime_min(work: Iterable[tuple[date, int]], first: date, day_min: int, week_min: int) -> int:
    """Return minutes beyond `day_min` a day, and of the rest beyond `week_min` in seven days from `first`."""
    over = 0
    weeks: dict[int, int] = defaultdict(int)
    for day, minutes in work:
        over += max(0, minutes - day_min)
        weeks[(day - first).days // WEEK_DAYS] += min(minutes, day_min)
    return over + sum(max(0, minutes - week_min) for minutes in weeks.values())


@dataclass(frozen=True)
class _Limits:
    first: date
    day_min: int
    week_min: int
    agreed_h: float

    def minutes(self, work: Iterable[tuple[date, int]]) -> int:
        return overtime_min(work, self.first, self.day_min, self.week_min)

    def since(self, before: int, work: Sequence[tuple[date, int]]) -> date | None:
        """Return the first day on which the agreement no longer suffices."""
        most = self.agreed_h * HOUR_MIN
        for at in range(1, len(work) + 1):
            if before + self.minutes(work[:at]) > most:
                return work[at - 1][0]
        return None


def overtime_lines(ctx: Context, run_id: str = "", facility_id: str = "") -> tuple[OvertimeLine, ...]:
    """Return who works overtime in a run at one of its sites, most hours beyond the agreement first.

    Raises: BcpKitError U-002 when there is no such run or the run is not about the site, A-001.
    """
    run = read_run(ctx, run_id, facility_id)
    site = facility_id or run.facility_ids[0]
    if site not in run.facility_ids:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    ctx.demand(Action.SEE_STAFF, site)
    scenario = scenario_of_run(ctx, run)
    facts = facts_of(ctx, CoverCommand(run.facility_ids, scenario))
    numbers = facts.settings[site].numbers
    limits = _Limits(
        first=scenario.starts_at.date(),
        day_min=round(HOUR_MIN * numbers["statutory_day_h"]),
        week_min=round(HOUR_MIN * numbers["statutory_week_h"]),
        agreed_h=numbers["agreement_month_h"],
    )
    names = names_of(ctx, run)
    lines = [
        _line(person.id, names.of(person.id), _worked(run, person.id, limits.first), roster, limits)
        for person in facts.staff
        if person.facility_id == site
        for roster in (facts.rosters.get(person.id, {}),)
    ]
    found = [line for line in lines if line.now_h or line.beyond_h]
    return tuple(sorted(found, key=lambda line: (-line.beyond_h, -line.all_h, line.staff_id)))


def _worked(run: CoverRun, staff_id: str, first: date) -> dict[date, str]:
    return {first + timedelta(days=a.day): a.shift for a in run.assignments if a.staff_id == staff_id}


def _line(
    staff_id: str, name: str, worked: Mapping[date, str], roster: Mapping[date, str], limits: _Limits
) -> OvertimeLine:
    shifts = {k.shift.key: k.shift for k in cover_catalogue.known_shifts()}
    start = limits.first - timedelta(days=DAYS_LOOKED_BACK)
    past = [
        (day, shifts[key].work_min)
        for day, key in roster.items()
        if start <= day < limits.first and key in shifts
    ]
    now = [(day, shifts[key].work_min) for day, key in sorted(worked.items())]
    before = limits.minutes(past)
    return OvertimeLine(
        staff_id=staff_id,
        name=name,
        nights=sum(shifts[key].night for key in worked.values()),
        before_h=round(before / HOUR_MIN, 1),
        now_h=round(limits.minutes(now) / HOUR_MIN, 1),
        agreed_h=limits.agreed_h,
        since=limits.since(before, now),
    )


def overtime_notes(language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return what the list rests on: how it counts, what is unknown, the rules with source and mark."""
    rules = load.catalogue("labour_rules").rows
    told = [
        text(
            "rosters.overtime.rule",
            language,
            name=rules[key].label_ja,
            content=rules[key].data["content_ja"],
            source="、".join(load.catalogue("sources").need(s).label_ja for s in rules[key].sources),
            mark=text(f"checks.verification.{rules[key].verification.value}", language),
        )
        for key in RULES
    ]
    return (*(text(f"rosters.overtime.{key}", language) for key in ("how", "agreed_note", "unknown")), *told)


def export_overtime(ctx: Context, run_id: str, facility_id: str, as_csv: bool = False) -> Written:
    """Return the list as Excel or CSV; that it left the store is noted. Raises: as `overtime_lines`."""
    lines = overtime_lines(ctx, run_id, facility_id)
    columns = tuple(
        Column(key=key, heading=text(f"rosters.overtime.{key}"), type=ColumnType.TEXT) for key in COLUMNS
    )
    table = TableOut(text("rosters.overtime.tab"), columns, [line.cells() for line in lines])
    note = Column(key="note", heading=text("rosters.overtime.notes"), type=ColumnType.LONG_TEXT)
    notes = TableOut(text("rosters.overtime.notes"), (note,), [{"note": n} for n in overtime_notes()])
    with ctx.open_store() as uow:
        uow.audit.note("export", "cover_runs", run_id, "overtime")
        uow.commit()
    return write_csv(table) if as_csv else write_workbook((table, notes))
