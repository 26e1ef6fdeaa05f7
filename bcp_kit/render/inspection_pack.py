"""The papers for an inspection (運営指導) as one PDF, and the sheet of one record.

One document is built, never tagged files glued: page numbers run through, the bookmarks are one tree.
"""

from collections.abc import Callable, Iterator

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.domain.practice import PracticeKind
from bcp_kit.forms.practice.words import day_words
from bcp_kit.render import document
from bcp_kit.render.continuity_plan import drawn, story_of
from bcp_kit.render.document import DocumentFacts, PageFrame, Pages, PrintedDocument, new_page
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.plan_blocks import Block, Heading
from bcp_kit.render.plan_look import look
from bcp_kit.render.plan_names import safe_part
from bcp_kit.render.practice_blocks import (
    PackPrint,
    SheetPrint,
    check_head,
    due_blocks,
    history_blocks,
    kind_blocks,
    measures_blocks,
    penalty_blocks,
    plans_blocks,
    review_blocks,
    say,
    sheet_blocks,
    sister_blocks,
    summary_blocks,
)

_BODIES: dict[str, Callable[[PackPrint], Iterator[Block]]] = {
    "ins_two_plans": history_blocks,
    "ins_content": plans_blocks,
    "ins_dissemination": lambda doc: kind_blocks(doc, PracticeKind.NOTICE),
    "ins_training": lambda doc: kind_blocks(doc, PracticeKind.TRAINING),
    "ins_drill": lambda doc: kind_blocks(doc, PracticeKind.DRILL),
    "ins_review": review_blocks,
    "ins_measures": measures_blocks,
    "ins_consistency": sister_blocks,
}
PLANS_AFTER = "ins_content"


def _width() -> float:
    return float(A4[0] - 2 * look().page.margin_side_mm * mm)


def _plans_story(doc: PackPrint, pages: Pages) -> list[Flowable]:
    """Return the plans as they are printed alone, every heading one level below the point they prove."""
    if doc.plans is None:
        return []
    story = [*new_page(), *story_of(doc.plans, pages)]
    above = 1
    for flowable in story:
        if isinstance(flowable, document.Heading):
            flowable.level = above = min(flowable.level + 1, above + 1)  # no level may be left out
            flowable.tag = f"H{flowable.level}"
        elif isinstance(flowable, JaPara) and flowable.tag == "H1":
            flowable.tag = "H2"
    return [*story, *new_page()]


def _story(doc: PackPrint, pages: Pages) -> list[Flowable]:
    width = _width()
    story: list[Flowable] = list(drawn(list(summary_blocks(doc, pages)), width, pages))
    story += new_page()
    for check in doc.checks:
        blocks = list(check_head(doc, check.key))
        body = _BODIES.get(check.key)
        blocks += list(body(doc)) if body else []
        story += [document.gap(6 * mm), *drawn(blocks, width, pages)]
        if check.key == PLANS_AFTER:
            story += _plans_story(doc, pages)
    ends = (
        (say("pack.due"), "pack_due", due_blocks(doc.due, doc.frequency)),
        (say("pack.penalty"), "pack_penalty", penalty_blocks(doc.penalty, doc.penalty_facts)),
    )
    for title, key, blocks_of in ends:
        story += [*new_page(), *drawn([Heading(1, title, key), *blocks_of], width, pages)]
    return story


def _frame(head: str) -> PageFrame:
    page, words = look().page, look().type
    return PageFrame(
        head=head,
        foot=say("pack.foot", page="{page}", pages="{pages}"),
        margin_top_mm=page.margin_top_mm,
        margin_bottom_mm=page.margin_bottom_mm,
        margin_side_mm=page.margin_side_mm,
        style=TextStyle(words.edge_pt, color=look().colour.muted),
    )


def render_pack(doc: PackPrint) -> PrintedDocument:
    """Return the papers for an inspection as a tagged PDF in the order of the catalogue.

    The same values give the same bytes. `missing_glyphs` lists characters that no font could draw.
    """
    facility, day = safe_part(doc.facility.name), doc.made_at.date().isoformat()
    name = say("pack.file", facility=facility, day=day)
    facts = DocumentFacts(title=say("pack.title"), made_at=doc.made_at)
    head = say("pack.head", facility=doc.facility.name)
    return document.build(lambda pages: _story(doc, pages), facts, _frame(head), f"{name}.pdf")


def render_sheet(doc: SheetPrint) -> PrintedDocument:
    """Return the sheet of one record (or a blank one) as a tagged PDF."""
    title = say(f"sheet.title.{doc.kind.value}")
    day = doc.held_on.isoformat() if doc.held_on else say("sheet.blank")
    name = say("sheet.file", title=safe_part(title), facility=safe_part(doc.facility.name), day=day)
    shown = day_words(doc.held_on) if doc.held_on else ""
    facts = DocumentFacts(title=title, made_at=doc.made_at)
    frame = _frame(f"{doc.facility.name}　{shown}".strip("　"))
    return document.build(
        lambda pages: list(drawn(list(sheet_blocks(doc)), _width(), pages)), facts, frame, f"{name}.pdf"
    )
