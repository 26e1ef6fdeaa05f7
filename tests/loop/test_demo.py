"""The whole loop in one command: people in, staff cover, places, matching, plans, paper."""

from pathlib import Path

import pypdfium2
from loop_runs import Ran

from bcp_kit.cli.demo import _fresh_folder

RARE = ("𠮷岡", "山﨑", "髙梨")  # families of the town whose names a poor font or table loses


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
