"""Papers of plans on the screen: words and paper chosen, lists, the form to fill in by hand."""

import pytest
from playwright.sync_api import expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, settle
from tests.browser.test_every_page import go, overflow

pytestmark = pytest.mark.browser
SAY = messages("ja")
LONG_WORK_MS = 120_000


def _drafted(town: Served) -> None:
    """Match the town and draft its plans before the browser comes."""
    handle = open_store(StoreSettings(data_dir=town.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    match(ctx, MatchCommand(hazard=HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0))
    draft_plans(ctx, latest_run_ids(ctx))
    handle.close()


def test_other_papers_from_the_screen(town: Served, visit: Visit) -> None:
    """Paper and words are chosen, lists open on request, an empty form is made; no sideways scroll."""
    _drafted(town)
    page = visit.page
    go(visit, town, "plans", "disaster_officer")
    page.get_by_role("tab", name=SAY["pages.plans.tab_print"]).click()
    settle(page)
    for label, choice in (("variant", "plans.paper.variant.a3"), ("wording", "plans.paper.wording.easy")):
        page.get_by_role("combobox", name=SAY[f"pages.plans.{label}"]).first.click()
        page.get_by_role("option", name=SAY[choice]).click()
        settle(page)
    page.get_by_text(SAY["plan_lists.page.title"]).click()
    settle(page)
    page.get_by_text(SAY["plan_lists.page.kinds.arrival_list"]).click()
    settle(page)
    page.get_by_role("button", name=SAY["plan_form_paper.button"]).first.click()
    expect(page.get_by_role("button", name="plan_form.pdf")).to_be_visible(timeout=LONG_WORK_MS)
    assert overflow(visit) <= 0
    assert visit.outside == [] and town.reached() == []
