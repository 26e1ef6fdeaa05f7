"""The ledger of copies as an Excel table, for those who keep such lists there. No names of the people."""

from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.spreadsheet import TableOut, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.copies_lost import holder_words

_COLUMNS = ("number", "plan", "edition", "state", "holder", "due")


def ledger_workbook(ctx: Context, language: str = DEFAULT_LANGUAGE) -> bytes:
    """Return all copies as an Excel file; that the list left is noted in the audit log."""
    copies = list_copies(ctx, CopyQuery())
    headings = {name: text(f"copies.cli.column.{name}", language) for name in _COLUMNS}
    columns = [Column(key=name, heading=head, type=ColumnType.TEXT) for name, head in headings.items()]
    rows = [
        {
            "number": copy.number,
            "plan": copy.plan_number,
            "edition": text(f"plans.paper.edition.{copy.edition}", language),
            "state": text(f"copies.state.{copy.state.value}", language),
            "holder": holder_words(copy, language),
            "due": copy.due_on.isoformat() if copy.due_on else "",
        }
        for copy in copies
    ]
    with ctx.open_store() as uow:
        uow.audit.note("export", "paper_copies", "", f"rows={len(rows)}")
        uow.commit()
    return write_workbook([TableOut(text("copies.page.tab", language), columns, rows)]).content
