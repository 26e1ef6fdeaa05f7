"""Every kind of paper in every edition: PDF/UA-1 holds, rows stay whole, what matters stays in front."""

import io
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pikepdf
import pytest

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.render.evacuation.layout import Edition, Variant
from bcp_kit.render.evacuation.list_pages import ListPaper, ListPart, ListTable, print_list
from bcp_kit.render.evacuation.paper import print_copies
from bcp_kit.render.evacuation.wording import Wording
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services import plan_drill_papers
from bcp_kit.services.base import Context
from bcp_kit.services.copies import HandOut, HolderKind, hand_out
from bcp_kit.services.copies_lost import report_lost
from bcp_kit.services.plan_drills import NewDrill, start_drill
from bcp_kit.services.plan_form_print import blank_form, filled_form
from bcp_kit.services.plan_forms import choose_form, list_forms
from bcp_kit.services.plan_lists_print import ListKind, ListOrder, Recipient, print_lists
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import PrintOrder, print_plans
from tests.render import paper_makers as make
from tests.render.paper_checks import failed_rules, page_texts

SIZES = tuple(variant for variant in Variant if variant is not Variant.TEXT)
Files = list[bytes]


@pytest.fixture
def town(ctx: Context) -> Context:
    """The officer with plans drafted and everybody in one district."""
    draft_plans(ctx, latest_run_ids(ctx))
    with ctx.open_store() as uow:
        for person in uow.people.list():
            uow.people.save(person.model_copy(update={"district": "﨑町"}))
        uow.commit()
    return ctx


def _lists(ctx: Context, folder: Path) -> Files:
    files = []
    for kind in ListKind:
        order = ListOrder(kind, folder, second_person="課長", recipient=Recipient.OFFICE)
        files += [path.read_bytes() for path in print_lists(ctx, order).files]
    return files


def _run(ctx: Context, folder: Path) -> Files:
    made = print_plans(ctx, PrintOrder(folder, envelope="chou3"))
    return [path.read_bytes() for path in (*made.files, *made.index_files) if path.suffix == ".pdf"]


def _forms(ctx: Context, folder: Path) -> Files:
    del folder
    files = []
    for choice in list_forms(ctx):
        choose_form(ctx, choice.form.id)
        files.append(blank_form(ctx, Variant.LARGE).pdf_bytes)
    return [*files, filled_form(ctx, "full").pdf_bytes]


def _losses(ctx: Context, folder: Path) -> Files:
    print_plans(ctx, PrintOrder(folder, person_ids=("full",)))
    listed = print_lists(ctx, ListOrder(ListKind.ARRIVALS, folder, subjects=("school",))).printed
    hand_out(ctx, ["0000001-8"], HandOut(HolderKind.PERSON, ""))
    hand_out(ctx, [listed[0][0].number], HandOut(HolderKind.ORGANISATION, "自治会"))
    numbers = ("0000001-8", listed[0][0].number)
    return [report_lost(ctx, number, "見あたらない").pdf_bytes for number in numbers]


def _drill(ctx: Context, folder: Path) -> Files:
    del folder
    drill = start_drill(ctx, NewDrill("訓練", held_on=ctx.today(), hazard=HazardKind.EARTHQUAKE))
    by_kind = plan_drill_papers.ListBy
    lists = [(by, plan_drill_papers.lists_of(drill, by)[0].key) for by in by_kind]
    files = [plan_drill_papers.print_list(ctx, drill.id, by, key).pdf_bytes for by, key in lists]
    return [*files, plan_drill_papers.print_results(ctx, drill.id).pdf_bytes]


KINDS: Mapping[str, Callable[[Context, Path], Files]] = {
    "lists": _lists,
    "run": _run,
    "forms": _forms,
    "losses": _losses,
    "drill": _drill,
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_rule_fails_on_any_kind_of_paper(town: Context, tmp_path: Path, kind: str) -> None:
    """Lists, batch with address sheets and cover sheet, forms, sheets of lost copies, papers of a drill."""
    files = KINDS[kind](town, tmp_path)
    assert len(files) >= 2
    assert [failed_rules(content) for content in files] == [[]] * len(files)


@pytest.mark.parametrize("edition", list(Edition))
def test_no_rule_fails_on_a_copy_in_any_size_and_wording(edition: Edition, noon: datetime) -> None:
    """Every size of paper in every wording, in one file; English beside Japanese."""
    cases = [
        replace(make.full_case(edition), variant=size, wording=wording, copy_number="0000001-8")
        for size in SIZES
        for wording in Wording
    ]
    made = print_copies(cases, DocumentFacts(title="試験", made_at=noon))
    assert len(made.copies) == len(SIZES) * len(Wording)
    assert failed_rules(made.pdf_bytes) == []


@pytest.mark.parametrize("wording", list(Wording))
@pytest.mark.parametrize("size", [Variant.STANDARD, Variant.LARGE])
def test_what_saves_lives_stands_whole_on_the_first_page(
    size: Variant, wording: Wording, noon: datetime
) -> None:
    """Who, what never to do and when to leave are neither cut nor moved, however much else there is."""
    case = replace(make.full_case(), variant=size, wording=wording, copy_number="0000001-8")
    first = page_texts(print_copies([case], DocumentFacts(title="試験", made_at=noon)).pdf_bytes)[0]
    for words in (make.FULL_NAME[0], "たばこや火を近づけない。右うでを引っぱらない。"):
        assert words in first
    last_words = {
        Wording.PLAIN: "その場で安全な所へ。",
        Wording.EASY: "にいてください。",
        Wording.FURIGANA: "安全あんぜんな所ところへ。",
        Wording.ENGLISH: "safestspotwhereyouare",
    }
    assert last_words[wording] in first


def test_rows_of_a_list_stay_whole_and_its_head_stands_once_a_page(noon: datetime) -> None:
    """Sixty rows of four lines: no row goes on to the next page, no page has two heads."""
    rows = tuple(
        (f"始{n:03d}", "\n".join((f"甲{n:03d}", "乙", "丙", f"終{n:03d}")), "字" * (n % 40))
        for n in range(60)
    )
    table = ListTable(("頭の番号", "頭の氏名", "頭のこと"), (10, 40, 50), rows)
    paper = ListPaper("名簿", "控え", (), (ListPart("p", "来る人", (), table),))
    pages = page_texts(print_list(paper, DocumentFacts(title="試験", made_at=noon), "x.pdf").pdf_bytes)
    assert len(pages) > 3
    for page in pages:
        assert page.count("頭の番号") == 1
        for n in range(60):
            assert (f"甲{n:03d}" in page) is (f"終{n:03d}" in page)


def test_a_row_longer_than_a_page_still_goes_on(noon: datetime) -> None:
    """What no page can hold is broken, and nothing of it is lost."""
    table = ListTable(("番号", "こと"), (10, 90), (("1", "長" * 9000), ("2", "次")))
    paper = ListPaper("名簿", "控え", (), (ListPart("p", "来る人", (), table),))
    made = print_list(paper, DocumentFacts(title="試験", made_at=noon), "x.pdf")
    words = "".join(page_texts(made.pdf_bytes))
    assert words.count("長") == 9000 and "次" in words
    with pikepdf.open(io.BytesIO(made.pdf_bytes)) as pdf:
        assert len(pdf.pages) > 1
