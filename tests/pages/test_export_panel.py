"""Files out of the page: each form is made on request, and lost characters are a choice."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.messages import text
from bcp_kit.services.store import StoreSettings, open_store


@pytest.fixture
def panel(tmp_path: Path) -> AppTest:
    """The panel alone over a store with one shelter whose name CP932 cannot write."""
    handle = open_store(StoreSettings(data_dir=tmp_path, plain=True))
    with handle.open() as uow:
        uow.shelters.add(Shelter(id="W1", name="𠮷田会館", kind=DestinationKind.GENERAL, address="みどり町"))
        uow.commit()
    at = AppTest.from_file(str(Path(__file__).with_name("export_page.py")), default_timeout=60)
    at.session_state["actor_role"] = "disaster_officer"
    at.session_state["store"] = handle
    return at.run()


def _made(at: AppTest, form: str, missing: str = "refuse") -> bytes | None:
    at.radio[0].set_value(form).run()
    if form == "csv-cp932":
        at.radio[1].set_value(missing).run()
    at.button[0].click().run()
    assert not at.exception
    key = "export.t.made"
    return at.session_state[key].written.content if key in at.session_state else None


def test_each_form_is_made(panel: AppTest) -> None:
    """Excel, CSV, GeoJSON and the municipal standard are made; nothing is made unasked."""
    assert "export.t.made" not in panel.session_state
    for form, start in (("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("standard", b"\xef\xbb\xbf")):
        content = _made(panel, form)
        assert content is not None and content.startswith(start)
    content = _made(panel, "geojson")
    assert content is not None and len(json.loads(content)["features"]) == 1


def test_lost_characters_are_told_and_chosen(panel: AppTest) -> None:
    """The refusal names row, column and character; with a choice the file says what was written instead."""
    assert _made(panel, "csv-cp932") is None
    (error,) = panel.error
    assert "2行目／名称「𠮷」" in error.value
    content = _made(panel, "csv-cp932", "similar")
    assert content is not None and "吉田会館" in content.decode("cp932")
    assert text("intake.written.replaced", "ja", count=1) in [w.value for w in panel.warning]


def test_a_candidate_becomes_a_destination(panel: AppTest) -> None:
    """A facility of a public list is found by a word, chosen, and added with everything unknown."""
    store = panel.session_state["store"]
    candidate = FacilityCandidate(id="c1", name="みどり苑", service_name="通所介護", beds=30)
    with store.open() as uow:
        uow.layers.put("facility_candidates", {"c1": candidate.model_dump(mode="json")})
        uow.commit()
    panel.run()
    panel.text_input[0].set_value("みどり").run()
    panel.multiselect[0].set_value(["c1"]).run()
    next(b for b in panel.button if b.label == text("pages.candidates.adopt")).click().run()
    assert not panel.exception
    assert [s.value for s in panel.success] == [text("pages.candidates.adopted", name="みどり苑")]
    with store.open() as uow:
        made = {s.name: s for s in uow.shelters.list()}["みどり苑"]
    assert made.kind is DestinationKind.AGREEMENT_WELFARE and made.capacity_people is None
