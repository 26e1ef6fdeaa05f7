"""Work on plans by offices on contract: minutes, fees of the town, the monthly list of claims (F58)."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_steps import EffortKind, PlanEffort, PlanFees
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.spreadsheet import TableOut, write_csv, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

FEES_LAYER = "plan_fees"
FEES = "plan_fees"
MOST_MINUTES = 24 * 60
_COLUMNS = ("office", "plan", "register_no", "kind", "finished_on", "by", "minutes", "fee")


@dataclass(frozen=True)
class EffortCommand:
    """Work that an office did on one person's plan."""

    person_id: str
    office: str
    kind: EffortKind
    minutes: int
    on: date | None = None
    by: str = ""
    finished: bool = False


@dataclass(frozen=True)
class ClaimLine:
    """One finished piece of work: the minutes of all work of its kind on this plan since the one before."""

    plan_number: str
    register_no: str
    kind: EffortKind
    finished_on: date
    by: str
    minutes: int
    fee: int


@dataclass(frozen=True)
class Claim:
    """What one office may claim for a month. `minutes_open`: work of the month that is not finished."""

    office: str
    month: str
    lines: tuple[ClaimLine, ...]
    minutes_open: int = 0

    @property
    def total(self) -> int:
        """The sum in yen."""
        return sum(line.fee for line in self.lines)


def default_fees() -> PlanFees:
    """Return the fees of the catalogue `plan_fees`: what some towns pay, unverified as a national unit."""
    rows = catalogue(FEES).rows
    values = {key: round(row.value or 0) for key, row in rows.items()}
    return PlanFees(**values, basis=rows[EffortKind.NEW_PLAN.value].label_ja)


def fees_of(uow: UnitOfWork) -> PlanFees:
    """Return the town's fees, those of the catalogue until it set its own."""
    stored = uow.layers.get(FEES_LAYER)
    return PlanFees.model_validate(stored) if stored else default_fees()


def read_fees(ctx: Context) -> PlanFees:
    """Return the town's fees."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return fees_of(uow)


def set_fees(ctx: Context, fees: PlanFees) -> PlanFees:
    """Set the town's own fees; `basis` says on what they rest (contract, notice)."""
    ctx.demand(Action.KEEP_RULES)
    if not fees.basis.strip():
        raise _wrong("basis")
    with ctx.open_store() as uow:
        uow.lock()
        uow.layers.put(FEES_LAYER, fees.model_dump(mode="json"), why="plan_fees")
        uow.commit()
    return fees


def _wrong(why: str) -> BcpKitError:
    return BcpKitError(ErrorCode.PLAN_EFFORT_WRONG, why=text(f"plan_efforts.wrong.{why}", DEFAULT_LANGUAGE))


def record_effort(ctx: Context, command: EffortCommand) -> PlanEffort:
    """Record work on one person's plan.

    Raises: BcpKitError P-051 (no office, a day to come, impossible minutes), U-002 (no such person).
    """
    ctx.demand(Action.MAKE_PLANS)
    day = command.on or ctx.today()
    if not command.office.strip():
        raise _wrong("office")
    if day > ctx.today():
        raise _wrong("future")
    if not 0 <= command.minutes <= MOST_MINUTES:
        raise _wrong("minutes")
    with ctx.open_store() as uow:
        uow.people.need(command.person_id)
        plans = uow.evacuation_plans.list(person_id=command.person_id)
        if command.finished and not plans:
            raise BcpKitError(ErrorCode.PLAN_MISSING)
        effort = PlanEffort(
            id=ctx.new_id(),
            person_id=command.person_id,
            plan_id=plans[0].id if plans else "",
            office=command.office.strip(),
            kind=command.kind,
            on=day,
            minutes=command.minutes,
            by=command.by.strip() or ctx.actor.name,
            finished=command.finished,
        )
        uow.plan_efforts.add(effort, why=command.kind.value)
        uow.commit()
    return effort


def efforts_of(ctx: Context, person_id: str) -> tuple[PlanEffort, ...]:
    """Return the work done on one person's plan, in the order of recording."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return tuple(uow.plan_efforts.list(person_id=person_id))


def claims(ctx: Context, month: str, office: str = "") -> tuple[Claim, ...]:
    """Return what each office (or `office`) may claim for a month (YYYY-MM), by name of office.

    A finished piece is paid once by its kind, in the month in which it was finished. Raises: BcpKitError
    P-051 for a month that is none.
    """
    ctx.demand(Action.MAKE_PLANS)
    first, last = _days_of(month)
    with ctx.open_store() as uow:
        fees = fees_of(uow)
        wanted = {"office": office} if office else {}
        efforts: dict[str, list[PlanEffort]] = {}
        for effort in uow.plan_efforts.list(**wanted):
            efforts.setdefault(effort.office, []).append(effort)
        ids = {e.person_id for found in efforts.values() for e in found if first <= e.on <= last}
        numbers = {p.id: p.register_no for p in uow.people.list(id=list(ids))}
        plans = {p.person_id: p.number for p in uow.evacuation_plans.list(person_id=list(ids))}
        uow.audit.note("export", "plan_efforts", "", f"claims {month}")
        uow.commit()
    made = (
        _claim(name, month, (first, last), found, fees, (numbers, plans))
        for name, found in sorted(efforts.items())
    )
    return tuple(claim for claim in made if claim.lines or claim.minutes_open)


def _days_of(month: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise _wrong("month") from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _claim(
    office: str,
    month: str,
    days: tuple[date, date],
    efforts: Sequence[PlanEffort],
    fees: PlanFees,
    known: tuple[dict[str, str], dict[str, str]],
) -> Claim:
    numbers, plans = known
    lines: list[ClaimLine] = []
    gathered: dict[tuple[str, EffortKind], list[PlanEffort]] = {}
    for effort in sorted(efforts, key=lambda e: e.on):
        key = (effort.person_id, effort.kind)
        gathered.setdefault(key, []).append(effort)
        if not effort.finished:
            continue
        minutes = sum(e.minutes for e in gathered.pop(key))
        if days[0] <= effort.on <= days[1]:
            lines.append(
                ClaimLine(
                    plan_number=plans.get(effort.person_id, ""),
                    register_no=numbers.get(effort.person_id, ""),
                    kind=effort.kind,
                    finished_on=effort.on,
                    by=effort.by,
                    minutes=minutes,
                    fee=fees.of(effort.kind),
                )
            )
    left = (e for found in gathered.values() for e in found if days[0] <= e.on <= days[1])
    return Claim(office, month, tuple(lines), sum(e.minutes for e in left))


def claim_file(found: Sequence[Claim], language: str = DEFAULT_LANGUAGE, *, as_csv: bool = False) -> bytes:
    """Return claims as an Excel file (or CSV), a line for each piece and a sum for each office.

    The list names plans by number, never people.
    """
    columns = [
        Column(key=name, heading=text(f"plan_efforts.column.{name}", language), type=ColumnType.TEXT)
        for name in _COLUMNS
    ]
    rows = []
    for claim in found:
        rows += [
            {
                "office": claim.office,
                "plan": line.plan_number,
                "register_no": line.register_no,
                "kind": text(f"plan_efforts.kind.{line.kind.value}", language),
                "finished_on": line.finished_on.isoformat(),
                "by": line.by,
                "minutes": str(line.minutes),
                "fee": str(line.fee),
            }
            for line in claim.lines
        ]
        total = text("plan_efforts.total", language, month=claim.month, count=len(claim.lines))
        minutes = str(sum(line.minutes for line in claim.lines))
        rows.append({"office": claim.office, "kind": total, "minutes": minutes, "fee": str(claim.total)})
    table = TableOut(text("plan_efforts.title", language), columns, rows)
    return (write_csv(table) if as_csv else write_workbook([table])).content
