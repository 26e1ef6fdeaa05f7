"""A manager moves a slider and sees at once who can come; sets a number of the house; makes the survey."""

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.staff import CommuteMeans, Qualification, StaffMember
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, press, settle

pytestmark = pytest.mark.browser
STAFF = 10


def _fill(served: Served) -> None:
    """Put an invented home into the store: ten carers who come by car from ten kilometres away."""
    store = open_store(StoreSettings(data_dir=served.data, plain=True))
    with store.open() as uow:
        uow.facilities.add(
            Facility(id="F", name="見本苑", category=ServiceCategory.CARE_RESIDENTIAL, residents=20)
        )
        uow.staff.add_many(
            StaffMember(
                id=f"S{n}",
                facility_id="F",
                name=f"見本 {n}",
                qualifications=(Qualification.CARE_WORKER,),
                home_distance_m=10_000,
                commute=CommuteMeans.CAR,
            )
            for n in range(STAFF)
        )
        uow.commit()
    store.close()


def _expected(page: Page) -> str:
    """The heads expected on day 0, as the page shows them."""
    return page.get_by_test_id("stMetricValue").first.inner_text()


def test_a_slider_answers_and_a_number_is_kept(served: Served, visit: Visit) -> None:
    """By night 10 × 0.5 × 0.6 × 0.92 come; by day nearly twice as many; a number of the house changes it."""
    _fill(served)
    page = visit.page
    page.goto(f"{served.address}/cover?role=facility_manager")
    settle(page)
    page.get_by_text("動かして見る", exact=True).click()
    settle(page)
    assert _expected(page) == "3人"
    page.get_by_role("slider", name="起きる時刻（時）").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    settle(page)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("5人")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    page.get_by_text("計算に使う数値を、この施設のものにする").click()
    page.get_by_label("変える数値").click()
    page.keyboard.type("ふだんの手段が使えず歩いて来る場合")
    page.keyboard.press("Enter")
    settle(page)
    page.get_by_label("この施設の値").fill("1")
    page.get_by_label("この施設の値").blur()
    settle(page)
    press(page, "この施設の値として保存する")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("9人")
    page.get_by_text("職員に聞く（アンケート）").click()
    press(page, "アンケートの紙（PDF）を作る")
    with page.expect_download() as got:
        page.get_by_role("button", name="PDFを保存する").click()
    assert got.value.suggested_filename == "staff_survey.pdf"
    assert not visit.outside
