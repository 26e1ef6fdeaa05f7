"""Print runs of other papers and words: numbered, searched, resumed, by command as the usual ones."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState
from bcp_kit.services import plans_press
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, list_copies, stale_copies
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import Edition, PrintOrder, Variant, Wording, plan_pdf, print_plans
from tests.render.paper_checks import page_texts


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def test_texts_are_one_file_a_person_and_stand_in_the_ledger(drafted: Context, tmp_path: Path) -> None:
    """No two people in one file; each file has the number of its copy, the ledger its variant and words."""
    order = PrintOrder(tmp_path, variant=Variant.TEXT, wording=Wording.EASY)
    outcome = print_plans(drafted, order)
    assert [file.name for file in outcome.files][:2] == [
        "plan_000001_person_text_easy.txt",
        "plan_000002_person_text_easy.txt",
    ]
    copies = list_copies(drafted, CopyQuery(run_id=outcome.run_id))
    assert len(copies) == outcome.people == 4
    for copy, file in zip(copies, outcome.files, strict=True):
        assert copy.number in file.read_text(encoding="utf-8")
        assert (copy.variant, copy.wording, copy.state) == ("text", "easy", CopyState.PRINTED)
    assert "用紙0枚" in "".join(page_texts(outcome.index_files[1].read_bytes()))


@pytest.mark.parametrize("wording", list(Wording))
def test_a_page_of_somebody_else_is_caught_in_every_wording(
    drafted: Context, tmp_path: Path, wording: Wording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies that changed places leave no file, whatever their words; the numbers are given up."""
    whole = plans_press.print_copies
    monkeypatch.setattr(plans_press, "print_copies", lambda cases, facts: whole(_crossed(cases), facts))
    with pytest.raises(BcpKitError) as failure:
        print_plans(drafted, PrintOrder(tmp_path, wording=wording))
    assert failure.value.code is ErrorCode.COPIES_MIXED_UP
    assert not list(tmp_path.glob("plans_*.pdf"))


def _crossed(cases: list) -> list:  # type: ignore[type-arg]
    """Return the copies with the people of the first two changed and their numbers left."""
    one, other = cases[:2]
    crossed = [replace(other, copy_number=one.copy_number), replace(one, copy_number=other.copy_number)]
    return [*crossed, *cases[2:]]


def test_a_text_of_somebody_else_is_caught(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text with another person's plan under the own number does not leave."""
    kept: list = []  # type: ignore[type-arg]
    whole = plans_press.text_copy

    def crossed(case):  # type: ignore[no-untyped-def]
        kept.append(case)
        return whole(replace(kept[0], copy_number=case.copy_number))

    monkeypatch.setattr(plans_press, "text_copy", crossed)
    with pytest.raises(BcpKitError) as failure:
        print_plans(drafted, PrintOrder(tmp_path, variant=Variant.TEXT))
    assert failure.value.code is ErrorCode.COPIES_MIXED_UP


def test_words_and_paper_do_not_make_a_copy_stale(drafted: Context, tmp_path: Path) -> None:
    """An English A3 copy says the same as the usual one: nothing is stale until the plan changes."""
    print_plans(drafted, PrintOrder(tmp_path, variant=Variant.A3, wording=Wording.ENGLISH))
    assert stale_copies(drafted) == ()


def test_a_text_for_the_screen(drafted: Context) -> None:
    """The text of one person as a file, under a number like a print."""
    made = plan_pdf(drafted, "full", Edition.PERSON, Variant.TEXT)
    assert made.file_name == "plan_000001_person_text.txt" and "𠮷田 葛子" in made.pdf_bytes.decode()


def test_the_command_prints_other_papers_and_words(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--size and --words choose; the files say which they are."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    out = tmp_path / "out"
    for size, words in (("a3", "furigana"), ("a3_large", "plain"), ("text", "english")):
        told = [
            "print",
            "--data",
            str(tmp_path / "data"),
            "--out",
            str(out),
            "--size",
            size,
            "--words",
            words,
        ]
        assert CliRunner().invoke(app, told).exit_code == 0
    names = {path.name for path in out.iterdir()}
    assert {"plans_person_a3_furigana_001.pdf", "plans_person_a3_large_001.pdf"} <= names
    assert "plan_000001_person_text_english.txt" in names
