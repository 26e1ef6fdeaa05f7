"""The whole loop in one command: people in, staff cover, places, matching, plans, paper; and it names nobody.

No personal value leaves by its words, its JSON, file names, metadata or the audit log (AC-8).
"""

import csv
from pathlib import Path

import pikepdf
import pypdfium2
from loop_runs import Ran

from bcp_kit.cli.demo import _fresh_folder
from bcp_kit.resources import locate
from bcp_kit.services.store import StoreSettings, open_store

RARE = ("𠮷岡", "山﨑", "髙梨")  # families of the town whose names a poor font or table loses
COLUMNS = ("氏名", "住所", "電話（自宅）", "電話（携帯）")


def test_papers_lie_where_the_demo_says(town_demo: Ran) -> None:
    """Every file that the demo names exists, is a PDF with pages, and its place is said in Japanese."""
    pdfs = [Path(f) for f in town_demo.facts["files"] if f.endswith(".pdf")]
    assert pdfs and all(len(pypdfium2.PdfDocument(p)) > 0 for p in pdfs)
    assert "印刷した紙" in town_demo.words and str(pdfs[0]) in town_demo.words


def test_counts_equal_what_was_planted(town_demo: Ran) -> None:
    """People, copies for the person and copies for supporters are as many as the world planted."""
    facts = town_demo.facts
    assert facts["people"] == facts["planted"]["listed"] == 12
    assert facts["person_copies"] == facts["planted"]["plan_consents"]
    assert facts["supporter_copies"] == facts["planted"]["supporter_copies"]


def test_answers_carry_status_bound_and_no_violation(town_demo: Ran) -> None:
    """Cover and matching name their status; each stage has bounds and no rule broken."""
    for stages in town_demo.facts["matching"].values():
        assert stages
        for stage in stages:
            assert stage["status"] in {"optimal", "feasible_at_limit"}
            assert stage["violations"] == 0 and stage["bounds"]
    assert all(run["violations"] == 0 for run in town_demo.facts["cover"].values())


def test_names_with_rare_kanji_are_on_paper(town_demo: Ran) -> None:
    """The rare kanji of the town's names can be found again in the text of the printed plans."""
    text = ""
    for path in (town_demo.folder / "person").rglob("*.pdf"):
        document = pypdfium2.PdfDocument(path)
        text += "".join(page.get_textpage().get_text_range() for page in document)
    assert all(name in text for name in RARE)


def test_a_second_demo_overwrites_nothing(town_demo: Ran) -> None:
    """Files of an earlier demo stay: their folder is not empty, so the next one takes another."""
    assert _fresh_folder(town_demo.folder) != town_demo.folder.resolve()


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
