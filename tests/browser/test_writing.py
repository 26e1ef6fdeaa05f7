"""Writing under strain: two people in one section, a very long text, a table from the clipboard, keys."""

import pytest
from playwright.sync_api import Browser, Page, expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_plans
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, press, settle
from tests.browser.test_manager import begin_plan, open_as_manager, two_windows, write_policy

pytestmark = pytest.mark.browser
LONG = "長い文。" * 5_000
COPIED = '総括\t施設長\t見本花子\t"二行\n目"\n物資\t主任\t見本一郎\t<b>太字</b>\n連絡\t事務\t𠮷田\t=1+1'


def stored(served: Served) -> ContinuityPlan:
    """The only plan in the store, in words."""
    handle = open_store(StoreSettings(data_dir=served.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.FACILITY_MANAGER), open_store=handle.open)
    (found,) = list_plans(ctx)
    handle.close()
    return found.plan


def to_organisation(page: Page) -> None:
    """Go to the section of the standing organisation, a table of four columns."""
    press(page, "書く", 1)
    press(page, "次の節")


def paste(page: Page, copied: str) -> None:
    """Put words on the clipboard and paste them into the first cell of the sheet."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.bring_to_front()
    page.evaluate("words => navigator.clipboard.writeText(words)", copied)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 80, "y": 60})
    page.wait_for_timeout(500)
    page.keyboard.press("Control+KeyV")
    page.wait_for_timeout(500)
    settle(page)


def test_a_range_copied_in_excel_fills_the_sheet(served: Served, visit: Visit) -> None:
    """Several rows arrive cell by cell; breaks, markup and formulas are plain words; undo takes them back."""
    page = visit.page
    begin_plan(page, served)
    to_organisation(page)
    paste(page, COPIED)
    expect(page.get_by_text("に保存しました")).to_be_visible()
    rows = stored(served).answers["nd_promotion_structure"].rows
    assert [[row["main_role"], row["department_post"], row["name"]] for row in rows] == [
        ["総括", "施設長", "見本花子"],
        ["物資", "主任", "見本一郎"],
        ["連絡", "事務", "𠮷田"],
    ]
    assert [row["note"] for row in rows] == ["二行\n目", "<b>太字</b>", "=1+1"]
    press(page, "一つ前に戻す")
    assert stored(served).answers["nd_promotion_structure"].rows == ()


def test_20000_characters_are_kept(served: Served, visit: Visit) -> None:
    """A very long text is stored whole, told to be long, and there again after leaving."""
    page = visit.page
    begin_plan(page, served)
    press(page, "書く", 1)
    write_policy(page, LONG)
    expect(page.get_by_text("決められた文字数より長くなっています")).to_be_visible()
    assert stored(served).answers["nd_basic_policy"].text == LONG
    open_as_manager(page, served)
    press(page, "続きから書く")
    expect(page.get_by_label("あなたの施設では")).to_have_value(LONG)


def test_keys_lead_on_and_lose_nothing(served: Served, visit: Visit) -> None:
    """Alt+PageDown in the middle of a word stores what was typed; a pause stores it without leaving."""
    page = visit.page
    begin_plan(page, served)
    press(page, "書く", 1)
    page.get_by_label("あなたの施設では").fill("書きかけの文")
    page.keyboard.press("Alt+PageDown")
    expect(page.locator("h1")).to_contain_text("推進体制")
    settle(page)
    page.keyboard.press("Alt+PageUp")
    expect(page.locator("h1")).to_contain_text("基本方針")
    field = page.get_by_label("あなたの施設では")
    expect(field).to_have_value("書きかけの文")
    field.click()
    page.keyboard.press("End")
    page.keyboard.type("と続き")
    page.wait_for_timeout(6_000)
    assert stored(served).answers["nd_basic_policy"].text == "書きかけの文と続き"


def test_two_people_in_one_section_lose_nothing(served: Served, visit: Visit, chromium: Browser) -> None:
    """Other items of both stand side by side; on the same item both texts are shown and one is chosen."""
    first = visit.page
    second = two_windows(first, served, chromium, ("一人目の文", "二人目の文"))
    assert stored(served).answers["nd_basic_policy"].text == "一人目の文"
    press(second, "次の節")
    press(second, "前の節")
    expect(second.get_by_text("二人目の文")).to_be_visible()
    press(first, "次の節")
    paste(first, COPIED)
    press(second, "この画面の内容を残す")
    answers = stored(served).answers
    assert answers["nd_basic_policy"].text == "二人目の文"
    assert len(answers["nd_promotion_structure"].rows) == 3
    second.context.close()
