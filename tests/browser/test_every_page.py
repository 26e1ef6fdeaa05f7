"""Every page: nothing leaves the machine, nothing serious for axe, no sideways scroll, Japanese on screen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Served, Visit, settle

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")
ZOOMED = {"width": 683, "height": 384}  # what a 1366 × 768 screen shows at 200 % zoom
PAGES = (
    ("", "facility_manager"),
    ("", "disaster_officer"),
    ("bcp", "facility_manager"),
    ("records", "facility_manager"),
    ("cover", "facility_manager"),
    ("facility_event", "facility_manager"),
    ("register", "disaster_officer"),
    ("shelters", "disaster_officer"),
    ("shelter_status", "disaster_officer"),
    ("map_data", "disaster_officer"),
    ("matching", "disaster_officer"),
    ("plans", "disaster_officer"),
    ("plan_upkeep", "disaster_officer"),
)
# English that may stand on a Japanese page: names of things, the choice of language itself.
ALLOWED_WORDS = {
    "English",
    "Language",
    "BCP",
    "PDF",
    "Excel",
    "CSV",
    "GeoJSON",
    "GraphML",
    "OpenStreetMap",
    "Ctrl",
    "JFDD",  # a source by its name
}


def english_words(shown: str) -> set[str]:
    """Words of four or more Latin letters that a reader of Japanese would stumble over."""
    return set(re.findall(r"[A-Za-z]{4,}", shown)) - ALLOWED_WORDS


def shown_text(visit: Visit) -> str:
    """The text of the page without the names by which the icon font draws its icons."""
    script = (
        "(() => { const copy = document.body.cloneNode(true);"
        " const unseen = 'script,noscript,style,[data-testid=stIconMaterial]';"
        " copy.querySelectorAll(unseen).forEach(e => e.remove());"
        " return copy.innerText; })()"
    )
    return str(visit.page.evaluate(script))


def overflow(visit: Visit) -> int:
    """By how many points the page is wider than its window."""
    script = "document.documentElement.scrollWidth - window.innerWidth"
    inner = (
        "(() => { const m = document.querySelector('[data-testid=stMain]');"
        " return m.scrollWidth - m.clientWidth; })()"
    )
    return max(int(visit.page.evaluate(script)), int(visit.page.evaluate(inner)))


def go(visit: Visit, served: Served, page: str, role: str) -> None:
    """Open a page as a role and wait until it stands."""
    visit.page.goto(f"{served.address}/{page}?role={role}")
    settle(visit.page)


@pytest.mark.parametrize(("page", "role"), PAGES)
def test_a_page_is_safe_readable_and_fits(town: Served, visit: Visit, page: str, role: str) -> None:
    """A page in Japanese: no request outside, no serious finding, no sideways scroll at 100 and 200 %."""
    go(visit, town, page, role)
    assert visit.page.evaluate("document.documentElement.lang") == "ja"
    found = Axe().run(visit.page).response["violations"]
    bad = {f["id"]: [n["html"][:160] for n in f["nodes"][:3]] for f in found if f["impact"] in SERIOUS}
    assert not bad, bad
    assert not english_words(shown_text(visit))
    assert overflow(visit) <= 0
    visit.page.set_viewport_size(ZOOMED)
    visit.page.wait_for_timeout(500)
    assert overflow(visit) <= 0
    assert visit.outside == [] and town.reached() == []
