"""The damage report as a use case: numbered reports of one event, filled from what is known, handed over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import number
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import DamageReport
from bcp_kit.forms.damage import Change, HandOver, changes, checked, damage_form, shown
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import call_lines, tally
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.damage_paper import DamagePrint, damage_paper
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_stock import days_of_cover
from bcp_kit.storage.unit_of_work import UnitOfWork

WITHIN_24H = 24
ALL_SHEETS = (None, HandOver.D24H, HandOver.DWAT)
_COLUMNS = ("order", "section", "item", "value", "before", "key", "mark")


@dataclass(frozen=True)
class ReportView:
    """One report with the one before it of the same event, and what can be filled in from what is known.

    `known`: value by item id from the facility record, the stock, and the newest roll call.
    """

    report: DamageReport
    facility: Facility
    before: DamageReport | None
    changes: tuple[Change, ...]
    known: Mapping[str, str]


def begin_report(ctx: Context, facility_id: str, event: str = "", *, drill: bool = False) -> ReportView:
    """Begin the next report of an event: the last one's values, and the roll call as it stands now.

    Without `event` the newest one goes on. Raises: BcpKitError U-002, A-001, U-001 without any event.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    with ctx.open_store() as uow:
        uow.lock()
        facility = uow.facilities.need(facility_id)
        reports = [r for r in uow.damage_reports.list(facility_id=facility_id) if r.drill is drill]
        name = event.strip() or (reports[-1].event if reports else "")
        if not name:
            raise BcpKitError(ErrorCode.WRONG_USE)
        before = next((r for r in reversed(reports) if r.event == name), None)
        fixed, called = _known(uow, facility, drill=drill)
        report = DamageReport(
            id=ctx.new_id(),
            facility_id=facility_id,
            event=name,
            number=before.number + 1 if before else 1,
            reported_at=ctx.clock.now(),
            values={**fixed, **(before.values if before else {}), **called},
            drill=drill,
        )
        uow.damage_reports.add(report)
        uow.commit()
    return ReportView(report, facility, before, changes(before, report), {**fixed, **called})


def list_reports(ctx: Context, facility_id: str) -> tuple[DamageReport, ...]:
    """Return the reports of a facility, the newest first."""
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return tuple(reversed(uow.damage_reports.list(facility_id=facility_id)))


def read_report(ctx: Context, report_id: str = "", facility_id: str = "") -> ReportView:
    """Return a report, or the newest one of a facility.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        found = (
            uow.damage_reports.need(report_id)
            if report_id
            else uow.damage_reports.latest(**({"facility_id": facility_id} if facility_id else {}))
        )
        if found is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        return _view(ctx, uow, found)


def _view(ctx: Context, uow: UnitOfWork, report: DamageReport) -> ReportView:
    ctx.demand(Action.SEE_BCP, report.facility_id)
    facility = uow.facilities.need(report.facility_id)
    same = (
        r
        for r in uow.damage_reports.list(facility_id=facility.id)
        if r.event == report.event and r.drill is report.drill and r.number < report.number
    )
    before = max(same, key=lambda r: r.number, default=None)
    fixed, called = _known(uow, facility, drill=report.drill)
    return ReportView(report, facility, before, changes(before, report), {**fixed, **called})


def save_report(
    ctx: Context, report_id: str, values: Mapping[str, str], expected_version: int | None = None
) -> ReportView:
    """Save values by item id; an empty one takes the item out. Others stay.

    Raises: BcpKitError E-004, E-005 (nothing is saved then), Conflict D-001.
    """
    fresh = checked(values)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.damage_reports.need(report_id)
        ctx.demand(Action.EDIT_BCP, stored.facility_id)
        kept = {key: value for key, value in {**stored.values, **fresh}.items() if value}
        version = stored.version if expected_version is None else expected_version
        saved = uow.damage_reports.save(stored.model_copy(update={"values": kept, "version": version}))
        view = _view(ctx, uow, saved)
        uow.commit()
    return view


def _known(uow: UnitOfWork, facility: Facility, *, drill: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the records say of the facility, and what the newest roll call (of that kind) says."""
    staff = uow.staff.list(facility_id=facility.id)
    people = facility.residents + len(staff)
    fixed = {
        "facility_name": facility.name,
        "office_number": facility.office_number,
        "service": text(f"bcp.category.{facility.category.value}"),
        "operator": facility.operator,
        "address": facility.address,
        "manager": facility.manager,
        "contact_name": facility.manager,
        "contact_phone": facility.phone,
        "own_generator": "yes" if facility.generator_w else "",
        "users_present": f"{facility.residents}" if facility.residents else "",
        "medical_care": f"{facility.residents_medical}" if facility.residents_medical else "",
        "generator_hours": f"{facility.generator_fuel_h:g}" if facility.generator_fuel_h else "",
        "staff_total": f"{len(staff)}" if staff else "",
        "water_days": _days(facility.water_l, "drinking_water_l_per_person_day", people),
        "food_days": _days(facility.food_meals, "meals_per_person_day", people),
    }
    calls = [c for c in uow.safety_calls.list(facility_id=facility.id) if c.drill is drill]
    called: dict[str, str] = {}
    if calls:
        counts = tally(calls[-1], call_lines(calls[-1], staff, facility.location))
        within = {w.hours: w.people for w in counts.within}
        called = {
            "staff_confirmed": f"{counts.answered}",
            "staff_injured": f"{counts.hit}",
            "staff_now": f"{within[0]}",
            "staff_24h": f"{within[WITHIN_24H]}",
        }
    return {key: value for key, value in fixed.items() if value}, called


def _days(stock: float | None, coefficient: str, people: int) -> str:
    """Return how many days a stock lasts, in tenths of a day rounded down; empty when nobody knows."""
    lasts = None if stock is None else days_of_cover(stock, number("stockpile", coefficient), people)
    return "" if lasts is None else f"{int(lasts * 10) / 10:g}"


def print_report(
    ctx: Context, report_id: str, sheets: tuple[HandOver | None, ...] = (None,)
) -> PrintedDocument:
    """Return the report (None among `sheets`) and hand-over sheets as one PDF.

    Raises: BcpKitError U-002.
    """
    view = read_report(ctx, report_id)
    _note(ctx, report_id, "print")
    about = DamagePrint(view.report, view.facility.name, view.changes, ctx.clock.now(), sheets)
    return damage_paper(about)


def export_report(ctx: Context, report_id: str, *, as_csv: bool = False) -> Written:
    """Return all items in the order of the report as Excel or CSV; what is not known is an empty cell.

    The format is our own: neither D24H nor 災害時情報共有システム is known to read it.
    """
    view = read_report(ctx, report_id)
    _note(ctx, report_id, "export")
    columns = tuple(
        Column(key=key, heading=text(f"damage.column.{key}"), type=ColumnType.TEXT, width=24)
        for key in _COLUMNS
    )
    table = TableOut(text("damage.title"), columns, _rows(view))
    return write_csv(table) if as_csv else write_workbook([table])


def _rows(view: ReportView) -> list[dict[str, str]]:
    report, before = view.report, view.before
    head: list[tuple[str, Callable[[DamageReport], str]]] = [
        ("event", lambda r: r.event),
        ("number", lambda r: str(r.number)),
        ("reported_at", lambda r: f"{r.reported_at:%Y-%m-%d %H:%M}"),
        ("drill", lambda r: text("calls.drill" if r.drill else "calls.real")),
    ]
    rows = [
        {
            "section": text("damage.title"),
            "item": text(f"damage.column.{key}"),
            "value": value(report),
            "before": value(before) if before else "",
            "key": key,
        }
        for key, value in head
    ]
    for section in damage_form().sections:
        rows += [
            {
                "section": section.title_ja,
                "item": item.title_ja,
                "value": shown(item, report.values),
                "before": shown(item, before.values) if before else "",
                "key": item.id,
                "mark": text(f"damage.mark_long.{item.verification.value}"),
            }
            for item in section.items
        ]
    return [{"order": str(place), **row} for place, row in enumerate(rows, start=1)]


def _note(ctx: Context, report_id: str, action: str) -> None:
    with ctx.open_store() as uow:
        uow.audit.note(action, "damage_reports", report_id, "report")
        uow.commit()
