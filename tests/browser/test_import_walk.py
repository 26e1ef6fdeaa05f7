"""The officer's way of a file: an unknown layout mapped, findings read, rows put right, stored, undone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.forms.messages import messages
from tests.browser.conftest import Served, Visit, press, settle
from tests.browser.test_officer import LONG_WORK_MS, open_page
from tests.intake.conftest import csv_bytes

pytestmark = pytest.mark.browser
SAY = messages("ja")
UNKNOWN = (
    ("台帳番号", "要援護者の名", "生れた日", "お住まい", "れんらく先"),
    ("A-001", "髙橋　花子", "S12.3.4", "みどり町本町1-2-3", "0000-00-0001"),
    ("A-002", "若葉　次郎", "昭和99年1月1日", "みどり町中央2", "0000-00-0002"),
    ("A-003", "新緑　三郎", "S20.5.6", "", "0000-00-0003"),
)
FIELDS = {"台帳番号": "名簿番号", "要援護者の名": "氏名", "生れた日": "生年月日", "お住まい": "住所"}


def choose_field(page: Page, heading: str, field: str) -> None:
    """Say what a heading of the unknown table is."""
    page.get_by_label(SAY["pages.mapping.field_of"].format(heading=heading), exact=True).first.click()
    page.keyboard.type(field)
    page.get_by_role("option", name=re.compile(rf"^{field}")).first.click()
    settle(page)


def no_sideways_scroll(page: Page) -> None:
    """The page is no wider than the window."""
    wider = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stMain], [data-testid=stTable]')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert wider == 0


def test_map_read_fix_store_undo(served: Served, visit: Visit, tmp_path: Path) -> None:
    """An unknown list becomes two corrected rows and three people in the store, and is taken back again."""
    page, source = visit.page, tmp_path / "台帳.csv"
    source.write_bytes(csv_bytes(UNKNOWN))
    open_page(page, served, "register")
    page.get_by_role("tab", name=SAY["pages.register.tab_import"]).click()
    panel = page.get_by_role("tabpanel", name=SAY["pages.register.tab_import"])
    panel.locator("input[type=file]").first.set_input_files(source)
    expect(page.get_by_text(SAY["pages.mapping.title"])).to_be_visible()
    settle(page)
    for heading, field in FIELDS.items():
        choose_field(page, heading, field)
    press(page, SAY["pages.mapping.keep"])
    expect(page.get_by_text("誤り 2")).to_be_visible()
    no_sideways_scroll(page)
    page.get_by_text(SAY["identity.screen.fix"].format(count=2)).click()
    page.get_by_label("3行目「生れた日」").fill("昭和9年1月1日")
    page.get_by_label("4行目「お住まい」").fill("みどり町南3")
    press(page, SAY["identity.screen.check_again"])
    store = page.get_by_role("button", name=SAY["pages.import.store"].format(good=3))
    expect(store).to_be_enabled()
    store.click()
    expect(page.get_by_text(SAY["intake.imported.title"])).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)
    page.get_by_text(SAY["identity.screen.undo"], exact=True).click()
    settle(page)
    press(page, SAY["identity.screen.undo_button"])
    expect(page.get_by_text(SAY["identity.undo.done"])).to_be_visible(timeout=LONG_WORK_MS)
    open_page(page, served, "register")
    expect(page.get_by_text(SAY["pages.register.empty"])).to_be_visible()
    assert visit.outside == [] and served.reached() == []
