"""The register page: one person twice is decided, people who are gone get a reason, undoing is offered."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.people import Person, RegisterStatus
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.store import StoreSettings, open_store
from tests.intake.conftest import HEADINGS, ROW, csv_bytes
from tests.pages.test_town_pages import shown

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
OFFICER = "disaster_officer"
BORN = date(1937, 3, 4)
PEOPLE = (
    Person(id="a", register_no="1", name="髙橋　花子", birth_date=BORN, address="本町1丁目2番3号"),
    Person(
        id="b", register_no="2", name="高橋花子", birth_date=BORN, address="本町1-2-3", fax="0123-45-6789"
    ),
    Person(id="c", register_no="3", name="若葉", address="海町1", register_status=RegisterStatus.MISSING),
)


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """An officer's context over the store of the app."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    return Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)


def _people(ctx: Context) -> dict[str, Person]:
    with ctx.open_store() as uow:
        return {person.id: person for person in uow.people.list()}


def _add(ctx: Context) -> None:
    with ctx.open_store() as uow:
        uow.people.add_many(PEOPLE)
        uow.commit()


@pytest.mark.parametrize("merged", [True, False])
def test_the_same_person_twice_is_decided_on_the_page(ctx: Context, open_app: OpenApp, merged: bool) -> None:
    """The pair is shown with its reasons; chosen fields are merged, or the two stay and are shown no more."""
    _add(ctx)
    at = open_app(OFFICER, "register")
    at.button(key="duplicates.search").click().run()
    assert "点" in shown(at) and "氏名が異体字" in shown(at)
    at.button(key="duplicates.look.0").click().run()
    at.radio(key="duplicates.take.a.b.name").set_value("other").run()
    at.button(key="duplicates.merge" if merged else "duplicates.apart").click().run()
    assert SAY["identity.duplicates.none"] in shown(at) and not at.exception
    people = _people(ctx)
    assert set(people) == ({"a", "c"} if merged else {"a", "b", "c"})
    if merged:
        assert (people["a"].name, people["a"].fax) == ("高橋花子", "0123-45-6789")


def test_the_officer_says_why_somebody_is_gone(ctx: Context, open_app: OpenApp) -> None:
    """A reason is chosen for the person; then nobody is left undecided."""
    _add(ctx)
    at = open_app(OFFICER, "register")
    at.selectbox(key="missing.c").set_value(RegisterStatus.DIED)
    next(b for b in at.button if b.label == SAY["identity.screen.decide"]).click().run()
    assert _people(ctx)["c"].register_status is RegisterStatus.DIED
    assert SAY["identity.missing.none"] in shown(at)


def test_nobody_else_sees_pairs_or_people_who_are_gone(ctx: Context, open_app: OpenApp) -> None:
    """A case worker's page offers neither."""
    _add(ctx)
    at = open_app("case_worker", "register")
    assert not [b for b in at.button if b.label == SAY["identity.screen.search_duplicates"]]
    assert not [box for box in at.selectbox if str(box.key).startswith("missing.")]


def test_the_same_in_english(ctx: Context, open_app: OpenApp) -> None:
    """Buttons and states are in English when English is chosen."""
    _add(ctx)
    at = open_app(OFFICER, "register", language="en")
    english = messages("en")
    labels = {button.label for button in at.button}
    assert {english["identity.screen.search_duplicates"], english["identity.screen.decide"]} <= labels
    assert english["identity.screen.undo"] in shown(at) and not at.exception


def test_undoing_says_what_would_be_undone(ctx: Context, open_app: OpenApp) -> None:
    """The last import is named by file and moment only when somebody opens that part."""
    import_inspection(ctx, inspect_file(ctx, csv_bytes([HEADINGS, ROW]), "名簿.csv"))
    at = open_app(OFFICER, "register")
    assert SAY["identity.screen.undo"] in shown(at)
    assert "名簿.csv" not in shown(at)
