"""No page in another person's envelope: the finished file is read before it leaves."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.paper import PrintedCopies
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, Mixup, MixupKind, find_mixups
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services import plans_press
from bcp_kit.services.base import Context
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.plans import draft_plans, latest_run_ids, read_plan, save_plan_answers
from bcp_kit.services.plans_print import PrintOrder, open_runs, print_plans, resume_print

EVERYBODY = Identifiers([("a", ("見本 太郎", "090-0000-0001")), ("b", ("見本 花子", "090-0000-0002"))])
TWO = (
    ExpectedCopy("a", 1, 2, ("K1",), "見本 太郎 090-0000-0001"),
    ExpectedCopy("b", 3, 2, ("K2",), "見本 花子 支援 見本 太郎"),
)
RIGHT = ("K1見本太郎", "K1裏", "K2見本花子 支援見本太郎", "K2裏")


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def test_right_pages_give_no_finding() -> None:
    """A supporter who has a plan too may be named on the copy that names the supporter."""
    assert find_mixups(RIGHT, TWO, EVERYBODY) == ()


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (("K1見本太郎", "K2裏", *RIGHT[2:]), {Mixup(MixupKind.NOT_OWN, 2, "a")}),
        (("K1見本太郎", "K1見本花子", *RIGHT[2:]), {Mixup(MixupKind.FOREIGN, 2, "a", "b")}),
        (("K1見本太郎", "K1 090-0000-0002", *RIGHT[2:]), {Mixup(MixupKind.FOREIGN, 2, "a", "b")}),
        ((*RIGHT, "K2"), {Mixup(MixupKind.PAGES, 5, "b")}),
        (RIGHT[:3], {Mixup(MixupKind.PAGES, 3, "b")}),
    ],
    ids=["other copy's number", "other's name", "other's telephone", "page too many", "page too few"],
)
def test_each_kind_of_mixup_is_found(pages: tuple[str, ...], expected: set[Mixup]) -> None:
    """Wrong number, foreign name or telephone, a page too many or too few: page and copy are told."""
    assert set(find_mixups(pages, TWO, EVERYBODY)) == expected


def test_a_page_put_into_the_wrong_place_stops_the_batch(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pages are swapped in the finished file: nothing of the batch leaves, and the run can go on."""
    make = plans_press.print_copies

    def swapped(cases: Sequence[PlanCase], facts: DocumentFacts) -> PrintedCopies:
        made = make(cases, facts)
        target = io.BytesIO()
        with pikepdf.open(io.BytesIO(made.pdf_bytes)) as pdf:
            pdf.pages.insert(1, pdf.pages[3])
            del pdf.pages[4]
            pdf.save(target)
        return PrintedCopies(target.getvalue(), made.copies)

    monkeypatch.setattr(plans_press, "print_copies", swapped)
    with pytest.raises(BcpKitError) as failure:
        print_plans(drafted, PrintOrder(tmp_path / "out"))
    assert failure.value.code is ErrorCode.COPIES_MIXED_UP and failure.value.values["page"] == 2
    assert not list((tmp_path / "out").iterdir())
    monkeypatch.undo()
    (run,) = open_runs(drafted)
    assert resume_print(drafted, run.id).people == 4
    copies = list_copies(drafted, CopyQuery())
    assert [copy.state for copy in copies] == [CopyState.VOID] * 4 + [CopyState.PRINTED] * 4


def test_another_persons_data_from_the_outside_is_found(
    drafted: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy drawn with another person's record is stopped by the name and the telephone number."""
    make = plans_press.print_copies

    def wrong(cases: Sequence[PlanCase], facts: DocumentFacts) -> PrintedCopies:
        first, second, *others = cases
        return make([replace(first, person=second.person), second, *others], facts)

    monkeypatch.setattr(plans_press, "print_copies", wrong)
    with pytest.raises(BcpKitError) as failure:
        print_plans(drafted, PrintOrder(tmp_path / "out"))
    assert failure.value.code is ErrorCode.COPIES_MIXED_UP


def test_what_the_plan_itself_says_of_a_neighbour_is_no_mixup(drafted: Context, tmp_path: Path) -> None:
    """A neighbour on the register may be named in a plan's own words."""
    view = read_plan(drafted, "full")
    assert view.plan is not None
    save_plan_answers(
        drafted, view.plan.id, {"special_notes": "見本 独歩さんに声をかける"}, view.plan.version
    )
    assert print_plans(drafted, PrintOrder(tmp_path)).people == 4
