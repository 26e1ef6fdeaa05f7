"""What to buy, as an Excel workbook."""

from dataclasses import dataclass
from datetime import date

from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.forms.supplies import Group, Headcount, Supply
from bcp_kit.render.sheet_rows import Cells
from bcp_kit.render.spreadsheet import TableOut, write_workbook

COLUMNS = (
    ("item", ColumnType.TEXT, 16),
    ("need_own", ColumnType.NUMBER, 14),
    ("stock", ColumnType.NUMBER, 12),
    ("short", ColumnType.NUMBER, 14),
    ("need_guests", ColumnType.NUMBER, 16),
    ("guest_short", ColumnType.NUMBER, 16),
    ("unit", ColumnType.TEXT, 8),
    ("packs", ColumnType.INTEGER, 12),
    ("pack_unit", ColumnType.TEXT, 14),
    ("cost_yen", ColumnType.INTEGER, 14),
    ("next_use_by", ColumnType.DATE, 14),
    ("note", ColumnType.TEXT, 34),
)


@dataclass(frozen=True)
class ShoppingList:
    """Whose list it is, of which day, for how many people, and the counted items."""

    facility: str
    on: date
    people: Headcount
    supplies: tuple[Supply, ...]


def shopping_workbook(shown: ShoppingList) -> bytes:
    """Return the workbook: one tab with what to buy, what is there, what it costs."""
    columns = tuple(
        Column(key=key, heading=text(f"supplies.column.{key}"), type=kind, width=width)
        for key, kind, width in COLUMNS
    )
    rows = [_row(shown, supply) for supply in shown.supplies]
    return write_workbook([TableOut(text("supplies.tab"), columns, rows)]).content


def _amount(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _row(shown: ShoppingList, supply: Supply) -> Cells:
    people = shown.people
    return {
        "item": supply.label_ja,
        "need_own": _amount(supply.own_need),
        "stock": _amount(supply.stock),
        "short": _amount(supply.short),
        "need_guests": _amount(supply.need[Group.GUESTS]),
        "guest_short": _amount(supply.guest_short),
        "unit": supply.unit,
        "packs": str(supply.packs),
        "pack_unit": supply.pack_unit_ja,
        "cost_yen": f"{supply.cost_yen:.0f}",
        "next_use_by": supply.next_use_by.isoformat() if supply.next_use_by else "",
        "note": text(
            "supplies.note",
            residents=people.residents,
            staff=people.staff,
            guests=people.guests,
            days=f"{supply.days:g}",
        ),
    }
