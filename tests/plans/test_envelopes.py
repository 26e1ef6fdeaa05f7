"""Address sheets for window envelopes: address in the window, number and code as on the plan."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.render.evacuation.address_sheet import envelopes
from bcp_kit.services.base import Context
from bcp_kit.services.plans import draft_plans, latest_run_ids
from bcp_kit.services.plans_print import Edition, PrintOrder, Variant, print_plans, resume_print
from tests.render.paper_checks import failed_rules, page_texts, squeezed

MM = 72 / 25.4


@pytest.fixture
def drafted(ctx: Context) -> Context:
    """The officer with plans drafted."""
    draft_plans(ctx, latest_run_ids(ctx))
    return ctx


def _in_window(path: Path, number: int, kind: str) -> str:
    """Return the words that show through the window of a page."""
    envelope, document = envelopes()[kind], pypdfium2.PdfDocument(path)
    page = document[number]
    top = page.get_height() - envelope.top_mm * MM
    left, width, height = envelope.left_mm * MM, envelope.width_mm * MM, envelope.height_mm * MM
    return squeezed(page.get_textpage().get_text_bounded(left - 1, top - height, left + width, top + 1))


@pytest.mark.parametrize("kind", list(envelopes()))
def test_the_window_shows_the_address_and_nothing_of_the_plan(
    drafted: Context, tmp_path: Path, kind: str
) -> None:
    """Name and address lie in the window; number and code agree with the plan on each sheet (OUT-4)."""
    outcome = print_plans(drafted, PrintOrder(tmp_path, envelope=kind))
    pages = page_texts(outcome.files[0].read_bytes())
    assert (outcome.people, outcome.pages) == (4, 16) and "用紙8枚" in "".join(
        page_texts(outcome.index_files[1].read_bytes())
    )
    window = _in_window(outcome.files[0], 0, kind)
    assert window == "見本市﨑町１𠮷田葛子様"
    assert all("控え0000001-8" in page for page in pages[:4]) and "控え0000002-6" in pages[4]
    document = pypdfium2.PdfDocument(outcome.files[0])
    codes = [zxingcpp.read_barcodes(document[n].render(scale=3).to_pil())[0].text for n in (0, 2)]
    assert codes[0] == codes[1]
    assert failed_rules(outcome.files[0].read_bytes()) == []


def test_a_protected_address_is_not_posted(drafted: Context, tmp_path: Path) -> None:
    """The sheet says that it is handed over; the window shows neither name nor address."""
    outcome = print_plans(drafted, PrintOrder(tmp_path, person_ids=("hidden",), envelope="chou3"))
    words = "".join(page_texts(outcome.files[0].read_bytes()))
    window = _in_window(outcome.files[0], 0, "chou3")
    assert "手渡し" in window and "見本秘匿" not in window and "秘密の町" not in words


def test_a_long_address_is_not_cut(drafted: Context, tmp_path: Path) -> None:
    """What does not fit the window goes on below it: seen by whoever fills the envelope, never lost."""
    address = "見本県見本市" + "とても長い町名" * 30 + "１２３"
    with drafted.open_store() as uow:
        uow.people.save(uow.people.need("full").model_copy(update={"address": address}))
        uow.commit()
    outcome = print_plans(drafted, PrintOrder(tmp_path, person_ids=("full",), envelope="chou3"))
    assert squeezed(address) in page_texts(outcome.files[0].read_bytes())[0]


@pytest.mark.parametrize(
    ("edition", "variant", "kind"),
    [
        (Edition.SUPPORTER, Variant.STANDARD, "chou3"),
        (Edition.PERSON, Variant.TEXT, "chou3"),
        (Edition.PERSON, Variant.STANDARD, "unknown"),
    ],
)
def test_only_own_copies_on_paper_are_posted(
    drafted: Context, tmp_path: Path, edition: Edition, variant: Variant, kind: str
) -> None:
    """A supporter's copy has several readers, a text no sheet: refused before a number is taken."""
    with pytest.raises(BcpKitError) as refused:
        print_plans(drafted, PrintOrder(tmp_path, edition, variant=variant, envelope=kind))
    assert refused.value.code is ErrorCode.ENVELOPE_UNFIT and not list(tmp_path.glob("plan*"))


def test_a_resumed_run_keeps_its_envelopes(drafted: Context, tmp_path: Path) -> None:
    """What broke off goes on with address sheets."""
    asked = iter((True, False))
    ctx = replace(drafted, progress=lambda done, stage: next(asked, True))
    stopped = print_plans(ctx, PrintOrder(tmp_path, batch_size=2, envelope="kaku2"))
    outcome = resume_print(drafted, stopped.run_id)
    assert stopped.stopped and outcome.pages == 16
