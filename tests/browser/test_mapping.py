"""An officer brings in a list of shelters whose headings nobody knows, and takes the shelters out again."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bcp_kit.forms.messages import messages, text
from tests.browser.conftest import Served, Visit, press, settle
from tests.intake.conftest import csv_bytes

pytestmark = pytest.mark.browser
SAY = messages("ja")
ROWS = (
    ("みどり町　拠点の一覧", "", "", "", ""),
    ("拠点名", "おところ", "タイプ", "広さ（坪）", "車いすトイレ"),
    ("みどり苑", "みどり町3-1", "協定", "100", "あり"),
    ("𠮷田会館", "みどり町4-2", "一次", "", "なし"),
)


def _choose(page: Page, label: str, option: str) -> None:
    """Choose from a list by its label."""
    page.get_by_label(label, exact=True).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Tab")
    settle(page)


def test_an_unknown_list_is_mapped_and_taken_out_again(served: Served, visit: Visit, tmp_path: Path) -> None:
    """Fields are proposed, two words get a meaning, the mapping is kept, the rows are stored and exported."""
    page = visit.page
    (tmp_path / "拠点.csv").write_bytes(csv_bytes(ROWS))
    page.goto(f"{served.address}/shelters?role=disaster_officer")
    settle(page)
    page.get_by_role("tab", name=SAY["pages.shelters.tab_import"]).click()
    panel = page.get_by_role("tabpanel", name=SAY["pages.shelters.tab_import"])
    panel.locator("input[type=file]").first.set_input_files(tmp_path / "拠点.csv")
    expect(page.get_by_text(SAY["pages.mapping.title"])).to_be_visible()
    settle(page)
    for word, ours in (("協定", "協定等による福祉避難所"), ("一次", "一般の避難所")):
        _choose(page, text("pages.mapping.word_of", field="区分", word=word), ours)
    press(page, SAY["pages.mapping.keep"])
    press(page, text("pages.import.store", good=2))
    expect(page.get_by_text(SAY["intake.imported.title"])).to_be_visible()
    settle(page)
    press(page, SAY["pages.import.another"])
    page.get_by_text(SAY["pages.export.title"]).click()
    page.get_by_text(SAY["pages.export.formats.geojson"]).click()
    settle(page)
    press(page, SAY["pages.export.make"])
    with page.expect_download() as saved:
        page.get_by_role("button", name=text("pages.export.save", rows=2)).click()
    content = saved.value.path().read_text(encoding="utf-8")
    assert '"FeatureCollection"' in content and "𠮷田会館" in content
    assert visit.outside == [] and served.reached() == []
