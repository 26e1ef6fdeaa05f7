"""The officer's way with shelters: from the matching's guesses to the fact, then one closed in an event."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand
from bcp_kit.services.matching import match as match_now
from bcp_kit.services.shelters import read_shelter
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, press, settle

pytestmark = pytest.mark.browser
SAY = messages("ja")
LONG_WORK_MS = 180_000
HOME, HOME_NAME = "W001", "水鏡苑"


@contextmanager
def _officer(served: Served) -> Iterator[Context]:
    """An officer's context over the server's store."""
    handle = open_store(StoreSettings(data_dir=served.data, plain=True))
    try:
        yield Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    finally:
        handle.close()


def open_page(page: Page, served: Served, name: str) -> None:
    """Open a page as a disaster officer."""
    page.goto(f"{served.address}/{name}?role=disaster_officer")
    settle(page)


def match(page: Page) -> None:
    """Compute destinations for the earthquake on the page that is open."""
    page.get_by_role("button", name=SAY["pages.matching.run"]).click()
    expect(page.get_by_text(SAY["pages.jobs.ended"], exact=True)).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)


def test_confirm_what_matters_and_close_a_shelter(town: Served, visit: Visit) -> None:
    """One click leads from a guess to its field; an answer is stored; a closed shelter is used no more."""
    page = visit.page
    with _officer(town) as ctx:
        match_now(ctx, MatchCommand(HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0))
    open_page(page, town, "matching")
    page.get_by_text(SAY["desk.view.first"], exact=True).first.click()
    settle(page)
    expect(page.get_by_text(SAY["matching.confirm_first"])).to_be_visible()
    page.get_by_role("button", name=SAY["shelters.confirm_first.open"], exact=True).first.click()
    expect(page.get_by_text(SAY["shelters.form.focus"], exact=True)).to_be_visible()
    settle(page)
    address = re.search(r"shelter=([^&]+)&fact=([^&]+)", page.url)
    assert address and not re.search(r"[%][EeFf]", page.url), "only ids stand in the address"
    shelter_id, fact = address.groups()
    page.get_by_label(SAY["shelters.form.answered_by"]).fill("施設長")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_text(SAY["shelters.three.no"], exact=True).first.click()
    settle(page)
    expect(page.get_by_text("確認済み", exact=False).nth(1)).to_be_visible()

    open_page(page, town, "shelter_status")
    page.get_by_label(SAY["shelters.board.name"]).fill("地震（訓練）")
    press(page, SAY["shelters.board.begin"])
    closed = page.locator(f".st-key-status-{HOME}-closed button, .st-key-status\\.{HOME}\\.closed button")
    closed.first.click()
    expect(page.get_by_text(text("shelters.board.count", label="閉鎖", count=1), exact=False)).to_be_visible()

    open_page(page, town, "matching")
    match(page)
    told = page.get_by_text(SAY["shelters.matching.out_of_use"].split("{", maxsplit=1)[0], exact=False)
    expect(told).to_contain_text(HOME_NAME)
    with _officer(town) as ctx:
        stored = read_shelter(ctx, shelter_id)
    assert fact in stored.confirmations and stored.confirmations[fact].answered_by == "施設長"
    assert visit.outside == [] and town.reached() == []
    assert "施設長" not in town.log.read_text(encoding="utf-8")
