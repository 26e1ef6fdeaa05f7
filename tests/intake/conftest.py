"""Files made for the tests of reading and writing tables; all people and places are invented."""

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.store import StoreSettings, open_store

TODAY = date(2026, 11, 23)
HEADINGS = ("名簿番号", "氏名", "生年月日", "住所")
ROW = ("00101", "青葉　花子", "S12.3.4", "みどり町本町1-2-3")

Rows = Sequence[Sequence[object]]


def csv_bytes(rows: Rows, encoding: str = "utf-8-sig") -> bytes:
    """Return rows (headings first) as a CSV file."""
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx_bytes(rows: Rows, change: Callable[[Workbook], None] | None = None, title: str = "表") -> bytes:
    """Return rows (headings first) as an Excel file, after `change` has worked on the book."""
    book = Workbook()
    tab = book.active
    assert tab is not None
    tab.title = title
    for row in rows:
        tab.append(list(row))
    if change is not None:
        change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """A disaster officer's context over a fresh plain store, at a clock that stands still."""
    return context_for(tmp_path / "store", Role.DISASTER_OFFICER)


def context_for(folder: Path, role: Role) -> Context:
    """Return a context over the plain store in `folder`."""
    clock = FixedClock(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    handle = open_store(StoreSettings(data_dir=folder, plain=True), actor_name="試験", clock=clock)
    return Context(actor=Actor(name="試験", role=role), open_store=handle.open, clock=clock)
