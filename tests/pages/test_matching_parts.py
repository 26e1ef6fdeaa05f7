"""The parts of the matching page over the invented town: each opens, decisions are stored."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockKind
from bcp_kit.forms.messages import messages
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_locks import list_locks
from bcp_kit.services.matching_read import read_run
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store

OpenApp = Callable[..., AppTest]
SAY = messages("ja")
OFFICER = "disaster_officer"
PARTS = (
    "left", "places", "people", "second", "map", "locks", "replan", "compare", "stress", "fairness", "first",
    "supporters", "export",
)  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Context]:
    """An officer's context over the store of the app, with the invented town matched twice."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "data", plain=True))
    ctx = Context(actor=Actor(name="試験", role=Role.DISASTER_OFFICER), open_store=handle.open)
    load_world(ctx, "town", work_dir=tmp_path)
    for _ in range(2):
        match(ctx, MatchCommand(HazardKind.EARTHQUAKE, own_process=False, work_limit=1.0))
    yield ctx
    handle.close()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_part_opens(town: Context, open_app: OpenApp, language: str) -> None:
    """Every part of the page shows without a failure, in Japanese and in English."""
    for part in PARTS:
        at = open_app(OFFICER, "matching", language=language, **{"matching.part": part})
        assert not at.exception and not at.error, part
        assert messages(language)["desk.views"] in [group.label for group in at.get("button_group")], part


def test_a_decision_is_made_on_the_page(town: Context, open_app: OpenApp) -> None:
    """The form refuses a decision without a reason, and stores one with it in the name of the actor."""
    view = read_run(town)
    person = next(line.person for line in view.lines if line.shelter is not None)
    at = open_app(OFFICER, "matching", **{"matching.part": "people"})
    at.selectbox(key="matching.person").set_value(person.id).run()
    key = f"matching.decide.{person.id}"
    at.radio(key=f"{key}.kind").set_value(LockKind.HOSPITAL).run()
    at.button(key=f"{key}.save").click().run()
    assert any(SAY["errors.M-007.what"].split("（")[0] in str(e.value) for e in at.error)
    at.text_area(key=f"{key}.reason").set_value("入院の予約がある").run()
    at.button(key=f"{key}.save").click().run()
    (stored,) = list_locks(town)
    assert stored.lock.person_id == person.id and stored.lock.reason == "入院の予約がある"
    assert any(SAY["desk.lock.saved"] == str(s.value) for s in at.success)


def press_and_wait(at: AppTest, key: str, done: Callable[[AppTest], bool]) -> None:
    """Press a button that starts a job, and redraw the page until the job has shown what it made."""
    at.button(key=key).click().run()
    for _ in range(300):
        if done(at) or at.exception:
            break
        sleep(0.1)
        at.run()
    assert not at.exception and done(at), key


def test_what_is_kept_with_a_run_is_made_on_the_page(town: Context, open_app: OpenApp) -> None:
    """Second places, everybody's change, the town's changes, the paper: each has a button and is kept."""
    before = read_run(town).run

    def shows(kind: str, words: str) -> Callable[[AppTest], bool]:
        return lambda at: any(words in str(one.value) for one in at.get(kind))

    at = open_app(OFFICER, "matching", **{"matching.part": "second"})
    press_and_wait(at, "matching.second.run", shows("markdown", "2番目がある人"))
    at = open_app(OFFICER, "matching", **{"matching.part": "first"})
    press_and_wait(at, "matching.first.run", lambda _: read_run(town).run.advised)
    at = open_app(OFFICER, "matching", **{"matching.part": "left"})
    press_and_wait(at, "matching.batch.run", shows("success", "世帯を調べました"))
    at = open_app(OFFICER, "matching", **{"matching.part": "export"})
    press_and_wait(at, "matching.paper.make", shows("caption", "ページ"))
    assert read_run(town).run.id == before.id
