"""The manager's way: answer, leave, come back, nothing lost; two windows on one item."""

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SMALL_OFFICE_SCREEN, Served, Visit, press, settle

pytestmark = pytest.mark.browser
POLICY = "利用者と職員の命を守ることを何より優先する。𠮷田・﨑山"


def open_as_manager(page: Page, served: Served) -> None:
    """Open the page of the plan as a facility manager."""
    page.goto(f"{served.address}/bcp?role=facility_manager")
    settle(page)


def begin_plan(page: Page, served: Served) -> None:
    """Register a facility and begin its plan."""
    open_as_manager(page, served)
    page.get_by_label("施設名").fill("特別養護老人ホーム ひだまり苑")
    press(page, "保存する")
    press(page, "自然災害の業務継続計画を始める")


def write_policy(page: Page, words: str) -> None:
    """Write the basic policy and leave the field."""
    page.get_by_label("あなたの施設では").fill(words)
    page.get_by_label("あなたの施設では").blur()
    settle(page)


def two_windows(first: Page, served: Served, chromium: Browser, words: tuple[str, str]) -> Page:
    """Let two people write the same item at once, and return the second one's window: it shows both texts."""
    begin_plan(first, served)
    press(first, "書く", 1)
    second = chromium.new_context(viewport=SMALL_OFFICE_SCREEN, locale="ja-JP").new_page()
    open_as_manager(second, served)
    press(second, "続きから書く")
    for page, text in zip((first, second), words, strict=True):
        write_policy(page, text)
    for text in words:
        expect(second.get_by_text(text)).to_be_visible()
    return second


def write_cell(page: Page, words: str) -> None:
    """Write into a cell of the first row of the first sheet, as one does: click, Enter, write, Enter."""
    sheet = page.get_by_test_id("stDataFrame").first
    sheet.click(position={"x": 500, "y": 60})
    page.keyboard.press("Enter")
    page.locator("#portal textarea").fill(words)
    page.keyboard.press("Enter")
    settle(page)


def print_plan(page: Page, folder: Path) -> str:
    """Print the plan, save the file, and return its text."""
    page.get_by_text("印刷", exact=True).click()
    settle(page)
    press(page, "PDFを作る")
    with page.expect_download() as saved:
        page.locator(".st-key-bcp-print-save button").click()
    target = folder / "plan.pdf"
    saved.value.save_as(target)
    document = pypdfium2.PdfDocument(target)
    return "\n".join(page_.get_textpage().get_text_range() for page_ in document)


def test_three_chapters_leave_come_back_nothing_lost(served: Served, visit: Visit, tmp_path: Path) -> None:
    """Text, a sheet and rows as fields are there again after leaving, and stand in the printed plan."""
    page = visit.page
    begin_plan(page, served)
    press(page, "書く", 0)
    page.get_by_label("法人名").first.fill("社会福祉法人 ひだまり会")
    page.get_by_label("法人名").first.blur()
    expect(page.get_by_text("保存しました").first).to_be_visible()
    press(page, "次の節")
    write_policy(page, POLICY)
    expect(page.get_by_text("保存しました").first).to_be_visible()
    press(page, "次の節")
    write_cell(page, "施設長")
    expect(page.get_by_text("保存しました").first).to_be_visible()
    page.goto("about:blank")
    open_as_manager(page, served)
    press(page, "続きから書く")
    press(page, "前の節")
    expect(page.get_by_label("あなたの施設では")).to_have_value(POLICY)
    press(page, "前の節")
    expect(page.get_by_label("法人名").first).to_have_value("社会福祉法人 ひだまり会")
    press(page, "章の一覧へ戻る")
    assert POLICY in "".join(print_plan(page, tmp_path).split("\n")).replace("\r", "")
    assert visit.outside == [] and served.reached() == []


def test_two_windows_on_one_item_show_both_values(served: Served, visit: Visit, chromium: Browser) -> None:
    """The second window to save sees both texts and chooses; nothing is overwritten unseen."""
    second = two_windows(visit.page, served, chromium, ("一つ目の窓の文", "二つ目の窓の文"))
    expect(second.get_by_text("どちらを残すか選んでください")).to_be_visible()
    press(second, "先に保存された内容を残す")
    expect(second.get_by_label("あなたの施設では")).to_have_value("一つ目の窓の文")
    second.context.close()
