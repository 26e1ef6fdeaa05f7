"""Lists about several people on the page: chosen, printed, offered; a refusal is told."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from bcp_kit.domain.paper_copies import ListKind
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.plans import draft_plans, latest_run_ids
from tests.pages.test_town_pages import match_town, shown, town

__all__ = ["town"]
OpenApp = Callable[..., AppTest]


def test_lists_are_printed_from_the_page(town: Context, open_app: OpenApp) -> None:
    """A list of arrivals is made and offered; a sealed set asks for a second person and says so."""
    match_town(town)
    draft_plans(town, latest_run_ids(town))
    at = open_app("disaster_officer", "plans")
    at.toggle(key="plan_lists.open").set_value(True).run()
    at.radio(key="plan_lists.kind").set_value(ListKind.SEALED).run()
    at.button(key="plan_lists.print").click().run()
    assert "封をした名簿は、2人で作ります" in shown(at)
    at.radio(key="plan_lists.kind").set_value(ListKind.ARRIVALS).run()
    at.button(key="plan_lists.print").click().run()
    assert not at.exception
    copies = list_copies(town, CopyQuery())
    assert copies and all(copy.edition == "arrival_list" for copy in copies)
    assert copies[0].number in shown(at).replace("\\", "")
