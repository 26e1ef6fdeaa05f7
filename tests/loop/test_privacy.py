"""No personal value leaves by logs, messages, file names, metadata or the audit log (AC-8)."""

import csv
from pathlib import Path

import pikepdf
import pytest
from loop_runs import Ran, command

from bcp_kit.resources import locate
from bcp_kit.services.store import StoreSettings, open_store

MARKER = "ZQ目印漏洩太郎"
COLUMNS = ("氏名", "住所", "電話（自宅）", "電話（携帯）")


def _personal_values() -> set[str]:
    with (locate("sample_data") / "town" / "people.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return {row[c] for row in rows for c in COLUMNS if len(row.get(c, "")) >= 4}


def test_words_and_json_of_the_demo_name_nobody(town_demo: Ran) -> None:
    """What the demo prints on the screen and into its JSON holds no name, address or number."""
    said = town_demo.words + str(town_demo.facts)
    assert not [v for v in _personal_values() if v in said]


def test_file_names_and_metadata_name_nobody(town_demo: Ran) -> None:
    """Names of files and folders and the metadata of PDFs hold no name, address or number."""
    values = _personal_values()
    for path in town_demo.folder.rglob("*"):
        assert not [v for v in values if v in path.name]
        if path.suffix == ".pdf":
            with pikepdf.open(path) as pdf:
                meta = str(dict(pdf.docinfo)) + bytes(pdf.Root.Metadata.read_bytes()).decode("utf-8")
            assert not [v for v in values if v in meta]


def test_nothing_is_written_outside_the_folder_of_the_demo(town_demo: Ran) -> None:
    """The demo leaves no log, cache or copy in the user's home."""
    assert not [p for p in town_demo.home.rglob("*") if p.is_file()]


def test_the_audit_log_names_nobody(town_demo: Ran) -> None:
    """Entries of the audit log hold kinds, ids and reasons, never a personal value."""
    handle = open_store(StoreSettings(data_dir=town_demo.folder / "store", plain=True), "審査")
    with handle.open() as uow:
        entries = str(uow.audit.newest(limit=5000))
    handle.close()
    assert len(entries) > 1000
    assert not [v for v in _personal_values() if v in entries]


@pytest.mark.parametrize(
    "words",
    [
        ("plans", "show", MARKER),
        ("bcp", "show", "--plan", MARKER),
        ("cover", "run", "--facility", MARKER),
        ("match", "run", "--hazard", MARKER),
        ("people", "import", f"{MARKER}.csv"),
        ("read", f"{MARKER}.csv"),
    ],
)
def test_failures_show_no_value_and_no_traceback(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A failing command says its code and remedy; neither the value nor a traceback shows."""
    result = command(*words, cwd=tmp_path, home=tmp_path / "home")
    said = result.stdout + result.stderr
    assert result.returncode != 0
    assert "Traceback" not in said and MARKER not in said
    assert "→" in said
