"""Paper forms typed by keyboard alone, twice, by two people: how long a form takes, and that nothing differs.

BCP_KIT_FORMS says how many forms (3 unless told otherwise; 20 is what the measurements name).
"""

import os
import time
from collections.abc import Mapping, Sequence

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.forms.messages import messages
from bcp_kit.forms.plan_form import standard_form
from bcp_kit.services.base import Context
from bcp_kit.services.form_entry import open_entries
from bcp_kit.services.form_rows import paper_fields
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.plans_print import PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, settle

SAY = messages("ja")
FORMS = int(os.environ.get("BCP_KIT_FORMS", "3"))
MOST_SECONDS = 60  # what a form may take (N8)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300 + 2 * MOST_SECONDS * FORMS)]


def rows_of(number: int) -> Mapping[int, str]:
    """What an invented household wrote on one form: boxes, words, a number, a table."""
    return {
        24: f"090-0000-{number:04d}",
        27: "13",
        31: "ひざが痛く、長く歩けない",
        44: "1",
        46: f"1;見本 {number}子;ミホン;長女",
        58: "1",
        62: f"1階の奥の部屋 {number}",
        65: "玄関に黄色い旗",
        81: f"橋の手前で右、{number}番目の角",
        84: "1",
        86: "2",
        89: "1 2",
        99: "急に腕を引かない",
        104: "朝と夜の薬",
        115: "玄関の棚",
    }


@pytest.fixture
def forms(town: Served) -> Sequence[str]:
    """Numbers of printed forms of the town, as many as asked for."""
    handle = open_store(StoreSettings(data_dir=town.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    draft_plans(ctx, ())
    while len(got := _numbers(ctx)) < FORMS:
        print_plans(ctx, PrintOrder(town.data / "print"))
    handle.close()
    return got[:FORMS]


def _numbers(ctx: Context) -> Sequence[str]:
    with ctx.open_store() as uow:
        return uow.paper_copies.ids(state="printed")


def sign_in(page: Page, name: str) -> None:
    """Say who types."""
    page.get_by_label(SAY["pages.sidebar.name"]).fill(name)
    page.keyboard.press("Tab")
    settle(page)


def type_one(page: Page, number: str, rows: Mapping[int, str], *, first: bool) -> float:
    """Type one form with the keyboard alone and return the seconds from its number to its end."""
    page.get_by_label(SAY["entry.number"]).focus()
    began = time.monotonic()
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"控え番号 {number}", exact=False).first).to_be_visible()
    settle(page)
    page.get_by_label(SAY["entry.number"]).focus()
    page.keyboard.press("Tab")  # the button that opens a form
    for field in paper_fields(standard_form()):
        page.keyboard.press("Tab")
        if field.row in rows:
            label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
            assert label.startswith(f"{field.row}　"), (field.row, label)
            page.keyboard.type(rows[field.row])
    page.keyboard.press("Tab")  # who filled it in
    if first:
        page.keyboard.press("Tab")
        page.keyboard.press("Space")  # typed by two people
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{number} を入力しました", exact=False)).to_be_visible()
    taken = time.monotonic() - began
    settle(page)
    return taken


def test_forms_are_typed_by_keyboard_and_nothing_differs(
    town: Served, visit: Visit, forms: Sequence[str]
) -> None:
    """Two people type the same paper: each form in less than a minute, no row differs, all are stored."""
    page = visit.page
    page.goto(f"{town.address}/plan_upkeep?role=disaster_officer")
    settle(page)
    seconds = []
    for name in ("甲野 一", "乙野 二"):
        sign_in(page, name)
        page.get_by_role("tab", name=SAY["pages.plan_upkeep.tab_entry"]).click()
        settle(page)
        for at, number in enumerate(forms, start=1):
            seconds.append(type_one(page, number, rows_of(at), first=name.startswith("甲")))
    told = f"{len(seconds)} keyings: {sum(seconds) / len(seconds):.1f} s a form, most {max(seconds):.1f} s"
    print(f"\n{told}")  # noqa: T201 - a measurement
    handle = open_store(StoreSettings(data_dir=town.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    with ctx.open_store() as uow:
        entries = uow.form_entries.list()
    assert open_entries(ctx) == () and [entry.differences for entry in entries] == [()] * FORMS
    assert all(len(entry.agreed) == len(rows_of(0)) for entry in entries)
    handle.close()
    assert max(seconds) < MOST_SECONDS
    assert visit.outside == [] and town.reached() == []
