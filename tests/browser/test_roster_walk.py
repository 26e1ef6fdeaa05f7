"""A manager brings in the month's roster from Excel, computes an earthquake, and prints the call list."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.forms.messages import messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, press, settle
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

pytestmark = pytest.mark.browser
SAY = messages("ja")
ROUND = ("早", "日", "遅", "夜", "明", "休", "研")
NEWCOMER = "見本　新子"


def roster_file(names: list[str], first: date) -> bytes:
    """An invented month as facilities keep it: two heading rows, sums, a legend that does not tell 研."""
    book = Workbook()
    tab: Any = book.active
    days = [first + timedelta(days=n) for n in range(28)]
    tab.append([f"令和{first.year - 2018}年{first.month}月分　勤務形態一覧表"])
    tab.append([])
    tab.append(["職種", "勤務形態", "氏名", *(day.day for day in days)])
    tab.append(["", "", "", *("月火水木金土日"[day.weekday()] for day in days)])
    for place, name in enumerate(names):
        tab.append(["介護職員", "A", name, *(ROUND[(place + n) % 7] for n in range(28))])
    tab.append(["", "", "合計", *([len(names)] * 28)])
    tab.append(["凡例", "早：7:00～16:00　日：9:00～18:00　遅：13:00～22:00　夜：22:00～翌7:00"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def short_town(town: Served) -> tuple[Served, list[str]]:
    """The town's facility with one nurse only, and the names of its staff: somebody has to be called."""
    handle = open_store(StoreSettings(data_dir=town.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.FACILITY_MANAGER), open_store=handle.open)
    with ctx.open_store() as uow:
        staff = uow.staff.list()
        nurses = [s for s in staff if {"nurse", "assistant_nurse"} & set(s.qualifications)]
        for person in nurses[1:]:
            uow.rosters.remove_all("test", staff_id=[person.id])
            uow.staff.remove(person.id, "test")
        uow.commit()
    handle.close()
    gone = {person.id for person in nurses[1:]}
    return town, [person.name for person in staff if person.id not in gone]


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a list by its label."""
    page.get_by_label(label, exact=True).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Tab")
    settle(page)


def room(page: Page, key: str) -> None:
    """Go to a room of the page."""
    page.get_by_role("radio", name=SAY[f"rosters.room.{key}"], exact=True).click()
    settle(page)


def overflow(page: Page) -> int:
    """By how many points the page is wider than its window."""
    script = (
        "(() => { const m = document.querySelector('[data-testid=stMain]');"
        " return Math.max(m.scrollWidth - m.clientWidth,"
        " document.documentElement.scrollWidth - window.innerWidth); })()"
    )
    return int(page.evaluate(script))


def bring_in(page: Page, names: list[str], file: Path) -> None:
    """From the file to the stored roster: one mark and one name are decided on the way."""
    room(page, "staff")
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_text("I-370")).to_be_visible()
    expect(page.get_by_text("I-371")).to_be_visible()
    settle(page)
    count = sum(ROUND[(place + n) % 7] == "研" for place in range(len(names)) for n in range(28))
    choose(page, text("rosters.screen.mark", mark="研", count=count), "日勤")
    press(page, text("rosters.screen.all_new", count=1))
    expect(page.get_by_text("I-37")).to_have_count(0)
    shifts = sum(ROUND[(place + n) % 7] not in "明休" for place in range(len(names)) for n in range(28))
    press(page, text("rosters.screen.store", shifts=shifts))
    expect(page.get_by_text(SAY["intake.imported.title"])).to_be_visible()
    press(page, SAY["rosters.screen.go_on"])


def test_from_the_excel_roster_to_the_printed_call_list(
    short_town: tuple[Served, list[str]], visit: Visit, tmp_path: Path
) -> None:
    """Import, compute, look at the board, print the call list: nothing leaves, nothing scrolls sideways."""
    served, stored = short_town
    page, names = visit.page, [*stored, NEWCOMER]
    file = tmp_path / "勤務表.xlsx"
    file.write_bytes(roster_file(names, datetime.now(tz=UTC).date().replace(day=1)))
    page.goto(f"{served.address}/cover?role=facility_manager")
    settle(page)
    bring_in(page, names, file)
    page.get_by_text(SAY["pages.scenario.change"]).click()
    page.get_by_label(SAY["pages.scenario.days"], exact=True).fill("3")
    page.keyboard.press("Tab")
    settle(page)
    press(page, SAY["pages.cover.run"])
    page.get_by_role("button", name=SAY["rosters.see"], exact=True).wait_for(timeout=60_000)
    press(page, SAY["rosters.see"])
    board = page.locator("table.bcp-grid")
    expect(board).to_contain_text(NEWCOMER)
    assert overflow(page) <= 0
    room(page, "uncovered")
    expect(page.get_by_text(SAY["rosters.uncovered.grid"])).to_be_visible()
    assert overflow(page) <= 0
    room(page, "papers")
    press(page, SAY["rosters.papers.print_calls"])
    with page.expect_download() as saved:
        page.get_by_role("button", name=SAY["pages.pdf.download"]).click()
    pdf = saved.value.path().read_bytes()
    words = "".join(page_texts(pdf))
    assert failed_rules(pdf) == [] and fonts_not_embedded(pdf) == []
    assert squeezed(SAY["rosters.calls.title"]) in words and "0000-" in words and "□来られない" in words
    assert visit.outside == [] and served.reached() == []
