"""The mapping of an unknown table on the page: proposed, answered, kept, read again."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bcp_kit.forms.messages import text
from bcp_kit.services.store import StoreSettings, open_store
from tests.intake.conftest import csv_bytes

ROWS = (
    ("拠点名", "おところ", "タイプ", "広さ（坪）"),
    ("みどり苑", "みどり町3", "協定", "100"),
    ("みどり会館", "みどり町4", "一次", ""),
)


def _opened(content: bytes, folder: Path, language: str) -> AppTest:
    """Return the form alone (mapping_page.py) over a fresh store."""
    at = AppTest.from_file(str(Path(__file__).with_name("mapping_page.py")), default_timeout=60)
    at.session_state["content"] = content
    at.session_state["actor_role"] = "disaster_officer"
    at.session_state["language"] = language
    at.session_state["store"] = open_store(StoreSettings(data_dir=folder, plain=True))
    return at.run()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_an_unknown_table_is_mapped_and_read(tmp_path: Path, language: str) -> None:
    """The officer corrects a field, says what two words mean, names the mapping: the file is then known."""
    at = _opened(csv_bytes(ROWS), tmp_path, language)
    assert not at.exception
    by_heading = {box.label: box for box in at.selectbox}

    def box(heading: str) -> str:
        return text("pages.mapping.field_of", language, heading=heading)

    assert by_heading[box("拠点名")].value == "name" and by_heading[box("タイプ")].value == "kind"
    by_heading[box("おところ")].set_value("address").run()
    button = at.button[-1]
    assert button.label == text("pages.mapping.keep", language) and not button.disabled
    for word, ours in (("協定", "協定等による福祉避難所"), ("一次", "一般の避難所")):
        label = text("pages.mapping.word_of", language, field="区分", word=word)
        next(b for b in at.selectbox if b.label == label).set_value(ours).run()
    unit = text("pages.mapping.unit_of", language, heading="広さ（坪）", field="受入に使える面積（m2）")
    assert next(b for b in at.selectbox if b.label == unit).value == "坪"
    shown = [str(cell) for table in at.table for cell in table.value.to_numpy().ravel()]
    assert "330\\.5785" in shown
    at.button[-1].click().run()
    assert not at.exception and [s.value for s in at.success] == ["read 2"]


def test_what_is_missing_is_said_in_words(tmp_path: Path) -> None:
    """Without an address the mapping cannot be kept, and the form says which field is missing."""
    rows = (("拠点名", "x"), ("みどり苑", "1"))
    at = _opened(csv_bytes(rows), tmp_path, "ja")
    (warning,) = at.warning
    assert "区分" in warning.value and "所在地" in warning.value and at.button[-1].disabled
