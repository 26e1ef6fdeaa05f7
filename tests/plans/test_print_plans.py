"""Printing plans: whose copy may be handed out, files and index without names, audit, repeatability."""

import csv
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pypdfium2
import pytest
from typer.testing import CliRunner

from bcp_kit.cli.plans import app
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services import plans_print
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import Edition, PrintOrder, plan_pdf, print_plans
from bcp_kit.services.store import StoreSettings, open_store

NAMES = ("𠮷田", "独歩", "秘匿", "行先", "見本 ")


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def _words(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    return "".join(document[i].get_textpage().get_text_range() for i in range(len(document)))


def test_everyone_with_a_plan_gets_the_own_copy(drafted: Context, tmp_path: Path) -> None:
    """Four plans, two pages each, in one file, in the register's order."""
    outcome = print_plans(drafted, PrintOrder(tmp_path / "out"))
    assert (outcome.people, outcome.pages, len(outcome.files)) == (4, 8, 1)
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == [
        "plans_person_001.pdf",
        "plans_person_index.csv",
        "plans_person_index.pdf",
    ]
    words = _words(outcome.files[0])
    assert words.index("𠮷田 葛子") < words.index("見本 独歩") < words.index("見本 行先")


def test_a_supporters_copy_needs_both_consents(drafted: Context, tmp_path: Path) -> None:
    """Who or whose supporter did not agree is left out, with article and reason (Art. 49-15(2))."""
    outcome = print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER))
    assert outcome.people == 2  # full and hidden
    assert [(s.person_id, s.article, s.reason) for s in outcome.skipped] == [
        ("alone", "49-15(2)", "disclose.supporter_missing"),
        ("nowhere", "49-15(2)", "disclose.person_missing"),
    ]
    words = _words(outcome.files[0])
    assert "見本 独歩" not in words and "秘密の町" not in words and "見本 秘匿" in words


def test_an_ordinance_takes_the_place_of_consent_but_not_of_a_refusal(
    drafted: Context, tmp_path: Path
) -> None:
    """With a recorded ordinance everybody's plan may be handed out."""
    with drafted.open_store() as uow:
        uow.layers.put("ordinance", {"name": "見本市条例", "waives_plan_consent": True})
        uow.commit()
    outcome = print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER))
    assert outcome.people == 4 and not outcome.skipped
    assert "見本市条例" in _words(outcome.files[0])


def test_a_withdrawn_consent_stops_the_persons_copy_too(drafted: Context, tmp_path: Path) -> None:
    """A plan drafted earlier is not printed once the consent to it is withdrawn."""
    with drafted.open_store() as uow:
        consent = next(c for c in uow.consents.list(giver_id="full") if c.kind == "make_plan")
        uow.consents.save(consent.model_copy(update={"withdrawn_on": drafted.today()}))
        uow.commit()
    outcome = print_plans(drafted, PrintOrder(tmp_path))
    assert outcome.people == 3 and [s.article for s in outcome.skipped] == ["49-14(1)"]


def test_batches_and_single_files_hold_the_same_people(drafted: Context, tmp_path: Path) -> None:
    """Three to a file, or one each: the counts agree and no file name says who it is."""
    batches = print_plans(drafted, PrintOrder(tmp_path / "a", batch_size=3))
    single = print_plans(drafted, PrintOrder(tmp_path / "b", one_file_per_person=True))
    assert [len(o.files) for o in (batches, single)] == [2, 4]
    assert (batches.people, batches.pages) == (single.people, single.pages) == (4, 8)
    assert single.files[0].name == "plan_000001_person.pdf"


def test_the_index_names_plans_and_pages_but_no_people(drafted: Context, tmp_path: Path) -> None:
    """Number, file, first page and pages stand in both lists; names in neither."""
    outcome = print_plans(drafted, PrintOrder(tmp_path, batch_size=3))
    table, paper = outcome.index_files
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1:] == [
        ["0000001-8", "000001", "plans_person_001.pdf", "1", "2", ""],
        ["0000002-6", "000002", "plans_person_001.pdf", "3", "2", ""],
        ["0000003-4", "000003", "plans_person_002.pdf", "1", "2", ""],
        ["0000004-2", "000004", "plans_person_002.pdf", "3", "2", ""],
    ]
    words = _words(paper) + table.read_text(encoding="utf-8-sig")
    assert "000004" in words and not any(name in words for name in NAMES)


def test_a_long_run_has_its_counting_sheets_in_parts(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond so many copies there is a further sheet, of whole files, with their counts and numbers."""
    monkeypatch.setattr(plans_print, "_INDEX_COPIES", 3)
    _, *papers = print_plans(drafted, PrintOrder(tmp_path, batch_size=2)).index_files
    assert [paper.name for paper in papers] == [f"plans_person_index_00{n}.pdf" for n in (1, 2)]
    first, second = map(_words, papers)
    assert "1/2" in first and "2人分" in first and "0000001-8から0000002-6まで" in first.replace(" ", "")
    assert "2/2" in second and "2人分" in second and "0000003-4" not in first


def test_each_batch_is_in_the_audit_log_without_names(drafted: Context, tmp_path: Path) -> None:
    """What left the house is noted by file, edition, people and pages; a refusal by plan and reason."""
    print_plans(drafted, PrintOrder(tmp_path, Edition.SUPPORTER))
    with drafted.open_store() as uow:
        entries = uow.audit.newest("evacuation_plans", limit=3)
    assert [entry.action for entry in entries] == ["print", "deny", "deny"]
    assert entries[0].why == "edition=supporter file=plans_supporter_001.pdf people=2 pages=4"
    assert not any(name in f"{entry.why}{entry.subject_id}" for entry in entries for name in NAMES)


def test_same_clock_and_ledger_same_bytes(
    drafted: Context, settings: StoreSettings, noon: datetime, tmp_path: Path
) -> None:
    """Two runs from the same store give identical files, the index included."""
    same = tmp_path / "same"
    shutil.copytree(settings.data_dir, same)
    twin = open_store(StoreSettings(data_dir=same, plain=True), clock=FixedClock(noon))
    other_store = replace(drafted, open_store=twin.open)
    first, second = (
        print_plans(ctx, PrintOrder(tmp_path / name)) for ctx, name in ((drafted, "a"), (other_store, "b"))
    )
    for one, other in zip(
        (*first.files, *first.index_files), (*second.files, *second.index_files), strict=True
    ):
        assert one.read_bytes() == other.read_bytes()


def test_stopping_keeps_the_finished_batches_only(drafted: Context, tmp_path: Path) -> None:
    """After a stop there is no half file, and the outcome says how far it came."""
    asked = iter((True, False))
    ctx = replace(drafted, progress=lambda done, stage: next(asked, True))
    outcome = print_plans(ctx, PrintOrder(tmp_path, batch_size=3))
    assert outcome.stopped and outcome.people == 2 and len(outcome.files) == 1
    assert not list(tmp_path.glob("*.part"))


def test_chosen_people_only(drafted: Context, tmp_path: Path) -> None:
    """An order for one person prints one; people without a plan are passed over."""
    outcome = print_plans(drafted, PrintOrder(tmp_path, person_ids=("alone", "refused")))
    assert (outcome.people, outcome.pages) == (1, 2)


def test_nothing_to_print_writes_nothing(ctx: Context, tmp_path: Path) -> None:
    """Without plans there is no file and no index."""
    outcome = print_plans(ctx, PrintOrder(tmp_path))
    assert outcome.people == 0 and not outcome.files and not list(tmp_path.glob("plan*"))


def test_characters_without_a_shape_are_reported_by_plan(drafted: Context, tmp_path: Path) -> None:
    """The officer learns which plan shows a gap."""
    with drafted.open_store() as uow:
        person = uow.people.need("full")
        uow.people.save(person.model_copy(update={"name": "山\U0001f600"}))
        uow.commit()
    assert print_plans(drafted, PrintOrder(tmp_path)).missing_glyphs == {"000001": ("\U0001f600",)}


def test_one_copy_for_the_screen(drafted: Context) -> None:
    """The same copy as a file for the page, under a name without the person."""
    printed = plan_pdf(drafted, "full", Edition.PERSON)
    assert printed.file_name == "plan_000001_person.pdf" and printed.pages == 2
    assert pypdfium2.PdfDocument(printed.pdf_bytes)[0].get_textpage().get_text_range().count("𠮷田 葛子")


def test_a_copy_for_the_screen_follows_the_same_law(drafted: Context) -> None:
    """Without the supporter's consent there is no supporter's copy, with the article in the message."""
    with pytest.raises(BcpKitError) as failure:
        plan_pdf(drafted, "alone", Edition.SUPPORTER)
    assert failure.value.code is ErrorCode.COPY_NOT_ALLOWED
    assert str(failure.value.values["article"]).endswith("49-15(2)")
    with pytest.raises(BcpKitError) as failure:
        plan_pdf(drafted, "refused", Edition.PERSON)
    assert failure.value.code is ErrorCode.COPY_NOT_ALLOWED
    assert str(failure.value.values["article"]).endswith("49-14(1)")


def test_the_command_line_drafts_prints_and_shows(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three commands do the work and count in Japanese; JSON goes where it is asked to."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    data, out = str(tmp_path / "data"), str(tmp_path / "out")
    run = CliRunner()
    drafted = run.invoke(app, ["draft", "--data", data, "--json", str(tmp_path / "draft.json")])
    assert drafted.exit_code == 0 and "計画は4人分あります" in drafted.output
    assert '"created": 4' in (tmp_path / "draft.json").read_text(encoding="utf-8")
    printed = run.invoke(app, ["print", "--data", data, "--out", out, "--edition", "supporter"])
    assert printed.exit_code == 0 and "2人分、4ページを1個のファイルにしました" in printed.output
    assert "印刷しなかった人 1人" in printed.output
    shown = run.invoke(app, ["show", "葛子", "--data", data])
    assert shown.exit_code == 0 and "計画番号 000001" in shown.output and "見本小学校" in shown.output
    several = run.invoke(app, ["show", "見本", "--data", data])
    assert several.exit_code == 2 and "見つかりました" in several.output
