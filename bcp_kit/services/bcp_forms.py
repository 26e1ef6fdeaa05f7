"""The forms, the supplementary tables and the contact tree of a facility, on paper and in Excel."""

from collections.abc import Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import SafetyCall
from bcp_kit.forms.action_cards import CardFacts
from bcp_kit.forms.contact_tree import contact_tree
from bcp_kit.forms.form_sheets import FilledSheet, SheetSpec, compose_sheet, sheet_specs, title_of
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import CallLine, call_lines
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.form_paper import SheetPrint, contact_paper, form_paper
from bcp_kit.render.spreadsheet import TableOut, Written, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_cards import both_plans, card_facts

_TAB_CHARACTERS = 31
_NOT_IN_TAB = str.maketrans(dict.fromkeys("[]:*?/\\", " ") | {"(": "（", ")": "）"})


@dataclass(frozen=True)
class FormOrder:
    """Which sheets of a plan; empty `keys`: all. `blank`: nothing filled in, for writing by hand."""

    plan_id: str
    keys: tuple[str, ...] = ()
    blank: bool = False


@dataclass(frozen=True)
class _Known:
    """What the sheets are made from."""

    facility: Facility
    facts: CardFacts
    lines: tuple[CallLine, ...]


def form_list() -> tuple[tuple[str, str], ...]:
    """Return key and title of all sheets, in order."""
    return tuple((spec.key, title_of(spec)) for spec in sheet_specs())


def _known(ctx: Context, plan_id: str, why: str) -> _Known:
    """Return what is known, and note that paper leaves the house. Staff only for who may see them."""
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        contents = both_plans(ctx, uow, plan_id)
        facts, facility = card_facts(ctx, uow, contents), contents[0].facility
        sees = decide(ctx.actor, Action.SEE_STAFF, facility.id).allowed
        staff = uow.staff.list(facility_id=[f.id for f in contents[0].facilities]) if sees else []
        uow.audit.note("print", "continuity_plans", plan_id, why)
        uow.commit()
    call = SafetyCall(id="", facility_id=facility.id, title="", started_at=ctx.clock.now())
    return _Known(facility, facts, call_lines(call, staff, facility.location))


def _chosen(keys: Sequence[str]) -> tuple[SheetSpec, ...]:
    by_key = {spec.key: spec for spec in sheet_specs()}
    if any(key not in by_key for key in keys):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return tuple(by_key[key] for key in keys) if keys else sheet_specs()


def _sheets(known: _Known, order: FormOrder) -> list[FilledSheet]:
    staff = [line.person for line in known.lines]
    return [compose_sheet(spec, known.facts, staff, blank=order.blank) for spec in _chosen(order.keys)]


def print_forms(ctx: Context, order: FormOrder) -> PrintedDocument:
    """Return the sheets as one PDF.

    Raises: BcpKitError U-002 for an unknown plan or sheet.
    """
    known = _known(ctx, order.plan_id, "forms_blank" if order.blank else "forms")
    about = SheetPrint(
        title=text("cards.document.forms"),
        facility=known.facility.name,
        printed_at=ctx.clock.now(),
        file_name=f"forms{'_blank' if order.blank else ''}_{order.plan_id[:8]}.pdf",
        personal=not order.blank,
    )
    return form_paper(_sheets(known, order), about)


def export_forms(ctx: Context, order: FormOrder) -> Written:
    """Return the sheets as an Excel file, one tab each; the mark of each stands in the first tab."""
    sheets = _sheets(_known(ctx, order.plan_id, "forms_excel"), order)
    about = ("title", "mark")
    columns = tuple(
        Column(key=key, heading=text(f"cards.forms.{key}_column"), type=ColumnType.TEXT, width=60)
        for key in about
    )
    marks = [{"title": sheet.title, "mark": sheet.mark} for sheet in sheets]
    tables = [TableOut(text("cards.forms.about_tab"), columns, marks)]
    for sheet in sheets:
        shown = tuple(Column(key=c, heading=c, type=ColumnType.TEXT, width=16) for c in sheet.columns)
        tables.append(TableOut(_tab(sheet.title), shown, sheet.rows))
    return write_workbook(tables)


def _tab(title: str) -> str:
    return title.translate(_NOT_IN_TAB)[:_TAB_CHARACTERS]


def print_contact_tree(ctx: Context, plan_id: str) -> PrintedDocument:
    """Return the contact tree as PDF: manager, deputies, teams, then staff by group in order of calling.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_STAFF)
    known = _known(ctx, plan_id, "contact_tree")
    about = SheetPrint(
        title=text("cards.document.contact_tree"),
        facility=known.facility.name,
        printed_at=ctx.clock.now(),
        file_name=f"contact_tree_{plan_id[:8]}.pdf",
        personal=True,
    )
    return contact_paper(contact_tree(known.facts, known.lines), about)
