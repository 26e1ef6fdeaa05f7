"""From nothing to the printed plans of a small day service, by hand in the browser; clicks are counted."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, AnswerState, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.messages import messages
from bcp_kit.forms.schema import InputType, Item, Requirement, form, items_for
from bcp_kit.services.sample_plans import sample_facility
from tests.browser.conftest import Served, Visit, settle

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1800)]
SAY = messages("ja")
TODAY = date(2026, 11, 24)
FACILITY = "デイサービス　小さな庭"
# Both plans take a quarter of an hour by hand; every run of the tests writes the shorter one.
BOTH_PLANS = "BCP_KIT_BOTH_PLANS" in os.environ
WRITTEN = CONTINUITY_KINDS if BOTH_PLANS else (PlanKind.INFECTION,)
PASTE, PASTE_HERE = SAY["write.table.way_paste"], SAY["write.table.paste_here"]


@dataclass
class Hand:
    """A person at the keyboard: every click and every entry is counted."""

    page: Page
    clicks: int = 0
    entries: int = 0

    def click(self, what: Locator) -> None:
        """Click and wait until the page has settled."""
        what.click()
        self.clicks += 1
        settle(self.page)

    def button(self, name: str, within: Locator | None = None) -> None:
        """Press a button by its name, the last of that name on the page."""
        self.click((within or self.page).get_by_role("button", name=name, exact=True).last)

    def enter(self, field: Locator, words: str) -> None:
        """Write into a field and leave it."""
        field.fill(words)
        field.blur()
        self.entries += 1
        settle(self.page)


def as_copied(item: Item, answer: Answer) -> str:
    """The rows of a table as Excel hands them over, with its heading row."""
    columns = item.input.columns
    lines = ["\t".join(column.label_ja for column in columns)]
    for row in answer.rows:
        cells = (row.get(column.key, "").replace('"', '""') for column in columns)
        lines.append("\t".join(f'"{cell}"' if "\n" in cell or '"' in cell else cell for cell in cells))
    return "\n".join(lines)


def fill(hand: Hand, item: Item, answer: Answer, box: Locator) -> None:
    """Answer one item as a person does."""
    if answer.state is AnswerState.NOT_APPLICABLE:
        hand.click(box.get_by_text(SAY["pages.bcp.not_applicable"]))
        hand.enter(box.get_by_label(SAY["pages.bcp.reason"]), answer.reason)
    elif item.input.type is InputType.TABLE:
        hand.click(box.get_by_text(PASTE))
        hand.enter(box.get_by_label(PASTE_HERE), as_copied(item, answer))
        hand.click(box.locator('[class*="-paste-"] button').last)
    elif item.input.options:
        labels = {option.key: option.label_ja for option in item.input.options}
        for choice in answer.choices:
            hand.click(box.locator("label").filter(has_text=labels[choice]).first)
    elif item.input.type is InputType.NUMBER:
        hand.enter(box.locator("input[type=number]"), f"{answer.number:g}")
    else:
        hand.enter(box.get_by_label(SAY["pages.bcp.your_answer"]), answer.text)


def write_plan(hand: Hand, kind: PlanKind, answers: Mapping[str, Answer]) -> None:
    """Write a plan section by section to its end."""
    asked = form(f"bcp_{kind.value}")
    hand.button(SAY["write.start"].format(name=SAY[f"write.kind.{kind.value}"]))
    hand.click(hand.page.locator(".st-key-bcp-resume button"))
    while True:
        boxes = hand.page.locator('[class*="st-key-item-"]')
        for number in range(boxes.count()):
            classes = (boxes.nth(number).get_attribute("class") or "").split()
            item_id = next(c for c in classes if c.startswith("st-key-item-")).removeprefix("st-key-item-")
            if item_id in answers:
                fill(hand, asked.item(item_id), answers[item_id], boxes.nth(number))
        if hand.page.get_by_role("button", name=SAY["write.finish"], exact=True).count():
            hand.button(SAY["write.finish"])
            return
        hand.button(SAY["pages.bcp.next"])


def still_open(page: Page) -> list[str]:
    """What the list of missing items holds."""
    page.get_by_text(SAY["write.shelf.check"], exact=True).click()
    settle(page)
    buttons = page.locator('[class*="st-key-missing-"]')
    return [str(button.get_attribute("class")) for button in buttons.all()]


def test_a_new_manager_prints_the_plans(
    served: Served, visit: Visit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day service with 15 users: registered, plans written to the end and printed; nothing is missing."""
    hand, page = Hand(visit.page), visit.page
    page.goto(served.address)
    settle(page)
    hand.button(SAY["pages.start.manager_button"])
    hand.click(page.get_by_test_id("stSidebarNavLink").filter(has_text=SAY["pages.bcp.title"]))
    hand.enter(page.get_by_label("施設名"), FACILITY)
    hand.click(page.get_by_label("サービスの区分"))
    hand.click(page.get_by_role("option", name=SAY["bcp.category.care_day"]))
    hand.enter(page.get_by_label("今の利用者数"), "15")
    hand.button(SAY["pages.facility.save"])
    answers = sample_facility(ServiceCategory.CARE_DAY, TODAY).answers
    lines = []
    for kind in WRITTEN:
        before = (hand.clicks, hand.entries)
        write_plan(hand, kind, answers[kind])
        assert still_open(page) == [], kind
        hand.click(page.get_by_text(SAY["write.shelf.print"], exact=True))
        hand.button(SAY["paper.page.make.pdf"])
        with page.expect_download() as saved:
            page.locator(".st-key-bcp-print-save button").click()
        target = tmp_path / f"{kind.value}.pdf"
        saved.value.save_as(target)
        document = pypdfium2.PdfDocument(target)
        words = "".join(p.get_textpage().get_text_range() for p in document)
        assert answers[kind] and len(document) > 5 and len(words) > 5_000
        asked = items_for(form(f"bcp_{kind.value}"), ServiceCategory.CARE_DAY)
        by_law = sum(item.required is Requirement.LAW for item in asked)
        lines.append(
            f"{kind.value}: {len(asked)} items ({by_law} by law), "
            f"{hand.clicks - before[0]} clicks, {hand.entries - before[1]} entries, {len(document)} pages"
        )
        hand.button(SAY["write.back_to_choice"])
    assert visit.outside == [] and served.reached() == []
    expect(page.get_by_text("100％")).to_have_count(len(WRITTEN))
    with capsys.disabled():
        sys.stdout.write(f"\nnew manager: {hand.clicks} clicks, {hand.entries} entries in all\n")
        sys.stdout.write("".join(f"{line}\n" for line in lines))
