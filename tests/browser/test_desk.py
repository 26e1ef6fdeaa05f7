"""The officer's walk over a matching: why one is out, the remedy, again, decision, closure, paper."""

from collections.abc import Iterator
from datetime import date

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.people import Device, Person
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.messages import messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.store import StoreSettings, open_store
from tests.browser.conftest import Served, Visit, press, settle

pytestmark = pytest.mark.browser
SAY = messages("ja")
LONG_WORK_MS = 120_000
AGREED = date(2026, 4, 1)
HERE, THERE = (Location(latitude=33.92, longitude=137.61), Location(latitude=33.94, longitude=137.61))


def _hall(key: str, name: str, at: Location, **fields: object) -> Shelter:
    base = {"id": key, "name": name, "kind": DestinationKind.GENERAL, "location": at, "capacity_people": 20}
    return Shelter.model_validate(base | fields)


@pytest.fixture
def hamlet(served: Served) -> Iterator[Served]:
    """The server over three invented people and two halls; one hall's only lack is an outlet."""
    device = Device(kind="酸素濃縮器", power_w=300, hours_per_day=24, life_support=True)
    power = {
        "features": {"backup_power": Known.YES},
        "medical_outlets": 0,
        "backup_power_w": 3000,
        "backup_power_wh": 300_000,
    }
    people = [
        Person(
            id="p1", register_no="00001", name="架空 酸素", address="架空", location=HERE,
            needs=("hot_oxygen",), devices=(device,),
        ),
        *(
            Person(id=f"p{n}", register_no=f"0000{n}", name=f"架空 {name}", address="架空", location=HERE)
            for n, name in ((2, "春子"), (3, "夏夫"))
        ),
    ]  # fmt: skip
    halls = [_hall("near", "近い公民館", HERE, **power), _hall("far", "遠い体育館", THERE)]
    handle = open_store(StoreSettings(data_dir=served.data, plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    with ctx.open_store() as uow:
        uow.people.add_many(people)
        uow.shelters.add_many(halls)
        uow.consents.add_many(
            Consent(
                id=f"c-{p.id}", kind=ConsentKind.MAKE_PLAN, giver_id=p.id, answer=ConsentAnswer.GIVEN,
                given_on=AGREED, explained_on=AGREED,
            )
            for p in people
        )  # fmt: skip
        uow.commit()
    handle.close()
    return served


def open_page(page: Page, served: Served, name: str) -> None:
    """Open a page as a disaster officer."""
    page.goto(f"{served.address}/{name}?role=disaster_officer")
    settle(page)


def part(page: Page, name: str) -> None:
    """Show a part of the matching page."""
    page.get_by_role("radio", name=SAY[f"desk.view.{name}"], exact=True).click()
    settle(page)


def calculate(page: Page) -> None:
    """Press the button and wait for the end."""
    page.get_by_role("button", name=SAY["pages.matching.run"]).click()
    expect(page.get_by_text(SAY["pages.jobs.ended"], exact=True)).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a list by part of its text."""
    field = page.get_by_role("combobox", name=label).first
    field.click()
    field.press_sequentially(option)
    expect(page.get_by_role("option").filter(has_text=option).first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    settle(page)


def try_and_make_the_remedy(page: Page, served: Served) -> None:
    """Read why one person is out, try the outlet as a trial, then record the outlet at the hall."""
    page.locator("summary").filter(has_text="架空 酸素").click()
    expect(page.get_by_text("医療機器用コンセント", exact=False).first).to_be_visible()
    press(page, SAY["desk.left.try"])
    trial = page.get_by_text(SAY["desk.trial"].split("（", maxsplit=1)[0], exact=False)
    expect(trial).to_be_visible(timeout=LONG_WORK_MS)
    expect(page.get_by_text(SAY["pages.matching.nobody_left"])).to_be_visible()
    press(page, SAY["desk.trial_back"])
    expect(trial).to_have_count(0)
    page.locator("summary").filter(has_text="架空 酸素").click()
    page.get_by_role("button", name=SAY["desk.left.open"], exact=True).first.click()
    expect(page.get_by_text(SAY["shelters.form.focus"], exact=True)).to_be_visible()
    settle(page)
    outlets = page.get_by_role("textbox", name="コンセント").or_(
        page.get_by_role("spinbutton", name="コンセント")
    )
    outlets.first.fill("1")
    page.keyboard.press("Tab")
    settle(page)
    open_page(page, served, "matching")
    calculate(page)
    expect(page.get_by_text(SAY["pages.matching.nobody_left"])).to_be_visible()


def decide(page: Page) -> None:
    """Put one person into the far hall with a reason, calculate again, and find it on the list."""
    part(page, "people")
    choose(page, SAY["desk.people.choose"], "架空 春子")
    choose(page, SAY["desk.lock.shelter"], "遠い体育館")
    page.get_by_label(SAY["desk.lock.reason"]).fill("家族が近くに住む")
    page.keyboard.press("Tab")
    settle(page)
    press(page, SAY["desk.lock.save"])
    expect(page.get_by_text(SAY["desk.lock.saved"])).to_be_visible()
    calculate(page)
    part(page, "locks")
    expect(page.get_by_role("cell", name="家族が近くに住む")).to_be_visible()
    part(page, "places")
    expect(page.get_by_role("row").filter(has_text="遠い体育館").first).to_contain_text("1")


def lose_a_place(page: Page) -> None:
    """Close the near hall, see three ways beside each other, accept the one that moves few."""
    part(page, "replan")
    choose(page, SAY["desk.replan.closed"], "近い公民館")
    page.get_by_role("button", name=SAY["desk.replan.run"], exact=True).click()
    expect(page.get_by_text(SAY["desk.replan.moves"])).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)
    expect(page.get_by_text(SAY["matching.move.closed"]).first).to_be_visible()
    press(page, SAY["desk.replan.accept"])
    closed = page.get_by_text(text("desk.closed", places="近い公民館"))
    expect(closed).to_be_visible(timeout=LONG_WORK_MS)
    settle(page)


def see_second_places(page: Page) -> None:
    """Read who has a second place, and why it stands apart."""
    part(page, "second")
    expect(page.get_by_text("2番目がある人", exact=False)).to_be_visible()
    settle(page)


def print_the_run(page: Page) -> str:
    """Make the officer's paper of the run, save it, and return its words."""
    part(page, "export")
    page.get_by_role("button", name=SAY["matching_paper.make"], exact=True).click()
    save = page.get_by_role("button", name=SAY["pages.pdf.download"])
    expect(save).to_be_visible(timeout=LONG_WORK_MS)
    with page.expect_download() as saved:
        save.click()
    printed = pypdfium2.PdfDocument(saved.value.path())
    return "".join(printed[n].get_textpage().get_text_range() for n in range(len(printed)))


def test_the_walk_of_an_officer(hamlet: Served, visit: Visit) -> None:
    """Run, why, remedy, again, decision, closure, comparison, print; no name in a log or address."""
    page = visit.page
    open_page(page, hamlet, "matching")
    calculate(page)
    try_and_make_the_remedy(page, hamlet)
    decide(page)
    see_second_places(page)
    lose_a_place(page)
    part(page, "compare")
    expect(page.get_by_text(text("desk.compare.moved", count=1))).to_be_visible()
    paper = print_the_run(page)
    assert "架空 春子" in paper and "家族が近くに住む" in paper and "遠い体育館" in paper
    open_page(page, hamlet, "plans")
    press(page, SAY["pages.plans.draft"])
    expect(page.get_by_text("計画は3人分あります。")).to_be_visible(timeout=LONG_WORK_MS)
    page.get_by_role("tab", name=SAY["pages.plans.tab_print"]).click()
    page.get_by_role("button", name=SAY["pages.plans.print"]).click()
    expect(page.get_by_text("3人分、", exact=False)).to_be_visible(timeout=LONG_WORK_MS)
    with page.expect_download() as saved:
        page.get_by_role("button", name="plans_person_001.pdf").click()
    printed = pypdfium2.PdfDocument(saved.value.path())
    words = "".join(printed[n].get_textpage().get_text_range() for n in range(len(printed)))
    assert "遠い体育館" in words and "近い公民館" not in words
    assert visit.outside == [] and hamlet.reached() == []
    told = hamlet.log.read_text(encoding="utf-8") + "".join(visit.addresses)
    assert "春子" not in told and "家族が近く" not in told
