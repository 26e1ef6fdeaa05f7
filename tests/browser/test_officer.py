"""The officer: lists in, match, complete a plan, print, hand out, take back, edit, see what is stale."""

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from bcp_kit.forms.messages import messages
from bcp_kit.resources import locate
from tests.browser.conftest import Served, Visit, press, settle

pytestmark = pytest.mark.browser
SAY = messages("ja")
ROLE = "disaster_officer"
# Names of the invented town; none of them may stand in a log or an address (AC-8).
NAMES = ("千鶴", "小椋", "髙梨")
LONG_WORK_MS = 180_000
WAY_SECTION = "避難経路と移動手段"


def open_page(page: Page, served: Served, name: str) -> None:
    """Open a page as a disaster officer."""
    page.goto(f"{served.address}/{name}?role={ROLE}")
    settle(page)


def bring_in(page: Page, served: Served, name: str, tab: str, files: tuple[str, ...]) -> None:
    """Bring files of the invented town in, one after the other, each after its report."""
    open_page(page, served, name)
    page.get_by_role("tab", name=tab).click()
    panel = page.get_by_role("tabpanel", name=tab)
    for number, file in enumerate(files):
        if number:
            press(page, SAY["pages.import.another"])
        panel.locator("input[type=file]").first.set_input_files(locate("sample_data") / "town" / file)
        store = page.get_by_role("button", name="行を取り込む")
        expect(store).to_be_visible()
        store.click()
        expect(page.get_by_text(SAY["intake.imported.title"])).to_be_visible()
        settle(page)


def match(page: Page, served: Served) -> None:
    """Compute destinations for the earthquake."""
    open_page(page, served, "matching")
    page.get_by_role("button", name=SAY["pages.matching.run"]).click()
    expect(page.get_by_text(SAY["pages.jobs.ended"], exact=True)).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a list by part of its text."""
    page.get_by_label(label).click()
    page.get_by_role("option").filter(has_text=option).first.click()
    page.keyboard.press("Tab")
    settle(page)


def draft(page: Page, served: Served) -> None:
    """Draft the plans of everybody who agreed to one."""
    open_page(page, served, "plans")
    press(page, SAY["pages.plans.draft"])
    expect(page.get_by_text("計画は9人分あります。")).to_be_visible(timeout=LONG_WORK_MS)


def write_way(page: Page, words: str) -> None:
    """Write the way into the plan that stands open."""
    field = page.get_by_label(re.compile("^81　"))
    if not field.count():
        page.get_by_label(SAY["plan_write.which"]).click()
        page.keyboard.type(WAY_SECTION)
        page.keyboard.press("Enter")
        settle(page)
    field.fill(words)
    page.keyboard.press("Tab")
    settle(page)


def complete_one(page: Page) -> None:
    """Complete one plan: the way, the person's consent to sharing, gone through with the person."""
    page.get_by_role("tab", name=SAY["pages.plans.tab_list"]).click()
    settle(page)
    choose(page, SAY["pages.plans.choose"], "千鶴")
    write_way(page, "玄関を出て右、橋の手前で左")
    page.get_by_text(SAY["plan_write.room_agree"], exact=True).click()
    settle(page)
    choose(page, SAY["plan_agree.kind"], SAY["plan_agree.kinds.share_plan"])
    page.get_by_role("radiogroup", name=SAY["plan_agree.answer"]).get_by_text(
        SAY["pages.register.consent.given"], exact=True
    ).click()
    settle(page)
    press(page, SAY["plan_agree.keep"])
    press(page, SAY["pages.plans.confirm"])
    expect(page.get_by_role("button", name=SAY["pages.plans.confirm"])).to_have_count(0)


def print_two(page: Page, folder: Path) -> Path:
    """Print the plans of two people; return the file."""
    page.get_by_role("tab", name=SAY["pages.plans.tab_print"]).click()
    page.get_by_text(SAY["pages.plans.some"], exact=True).click()
    settle(page)
    choose(page, SAY["pages.plans.people"], "千鶴")
    choose(page, SAY["pages.plans.people"], "小椋")
    page.get_by_role("button", name=SAY["pages.plans.print"]).click()
    expect(page.get_by_text("2人分、4ページ")).to_be_visible(timeout=LONG_WORK_MS)
    with page.expect_download() as saved:
        page.get_by_role("button", name="plans_person_001.pdf").click()
    target = folder / "plans.pdf"
    saved.value.save_as(target)
    return target


def follow_a_copy(page: Page) -> None:
    """Hand the first copy out; a wrong number is told; the holder stands on the list."""
    page.get_by_role("tab", name=SAY["copies.page.tab"]).click()
    panel = page.get_by_role("tabpanel", name=SAY["copies.page.tab"])
    expect(panel.get_by_text("手もと 2枚", exact=False)).to_be_visible()
    panel.get_by_label(SAY["copies.page.numbers"]).fill("0000001-0")
    panel.get_by_label(SAY["copies.page.holder"]).fill("みなと自治会")
    press(page, SAY["copies.page.record"])
    expect(panel.get_by_text("台帳にありません", exact=False)).to_be_visible()
    panel.get_by_label(SAY["copies.page.numbers"]).fill("0000001-8")
    press(page, SAY["copies.page.record"])
    expect(panel.get_by_text(SAY["copies.page.done"].format(count=1))).to_be_visible()
    expect(panel.get_by_text("渡してある 1枚", exact=False)).to_be_visible()
    expect(panel.get_by_text("みなと自治会").last).to_be_visible()


def take_back_and_edit(page: Page) -> None:
    """The copy comes back, the plan is changed, and the copy on paper is named as one that is out of date."""
    panel = page.get_by_role("tabpanel", name=SAY["copies.page.tab"])
    panel.get_by_text(SAY["copies.page.do_back"], exact=True).click()
    settle(page)
    panel.get_by_label(SAY["copies.page.numbers"]).fill("0000001-8")
    press(page, SAY["copies.page.record"])
    expect(panel.get_by_text("渡してある 0枚", exact=False)).to_be_visible()
    expect(panel.get_by_text("中身が古い 0枚", exact=False)).to_be_visible()
    page.get_by_role("tab", name=SAY["pages.plans.tab_list"]).click()
    settle(page)
    page.get_by_text(SAY["plan_write.room_write"], exact=True).click()
    settle(page)
    write_way(page, "玄関を出て左、坂の下の道")
    page.get_by_role("tab", name=SAY["copies.page.tab"]).click()
    settle(page)
    expect(panel.get_by_text("中身が古い 1枚", exact=False)).to_be_visible()
    expect(panel.get_by_text(SAY["copies.stale.changed"]).first).to_be_visible()


def test_from_lists_to_two_printed_plans(served: Served, visit: Visit, tmp_path: Path) -> None:
    """The whole way in one window: two people's plans come out of the printer's file, one person a sheet."""
    page = visit.page
    bring_in(page, served, "shelters", SAY["pages.shelters.tab_import"], ("shelters.csv",))
    bring_in(page, served, "register", SAY["pages.register.tab_import"], ("supporters.csv", "people.csv"))
    match(page, served)
    unplaced = page.locator("summary").filter(has_text="優先度").first
    unplaced.click()
    expect(page.get_by_text("・", exact=False).first).to_be_visible()
    draft(page, served)
    complete_one(page)
    printed = pypdfium2.PdfDocument(print_two(page, tmp_path))
    texts = [printed[n].get_textpage().get_text_range() for n in range(len(printed))]
    assert len(texts) == 4
    assert "千鶴" in texts[0] and "小椋" not in texts[0] + texts[1]
    assert "橋の手前で左" in texts[0] + texts[1]
    follow_a_copy(page)
    take_back_and_edit(page)
    assert visit.outside == [] and served.reached() == []


def test_names_stand_in_no_log_and_no_address(town: Served, visit: Visit) -> None:
    """Looking a person up leaves no name in the server's log, in the address or in the window's title."""
    page = visit.page
    open_page(page, town, "register")
    page.get_by_label(SAY["pages.register.search"]).fill("千鶴")
    page.keyboard.press("Enter")
    settle(page)
    choose(page, SAY["pages.register.choose"], "千鶴")
    expect(page.get_by_role("heading", name="千鶴")).to_be_visible()
    told = town.log.read_text(encoding="utf-8") + page.title() + "".join(visit.addresses)
    assert not [name for name in NAMES if name in told]
