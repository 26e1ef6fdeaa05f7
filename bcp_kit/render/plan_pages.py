"""The order of a printed plan: cover, chapters, sheets, pictures, what is left out, what is still open.

Pure: one plan's `PlanPrint`, or those of several plans of one site, in; blocks out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from bcp_kit.catalogues.load import Verification
from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.forms.completeness import filled_rows
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Chapter, ColumnsOrigin, Item, Section
from bcp_kit.render.plan_blocks import (
    Annex,
    Block,
    Figure,
    Grid,
    Heading,
    Layout,
    PlanPages,
    PlanPrint,
    Reference,
    Stamp,
    Words,
    answer_blocks,
    day_words,
    heading_of,
    paper,
    plain_words,
    say,
    table_blocks,
)
from bcp_kit.render.plan_common import common_items

COMMON = "common"
_NOTHING = Answer()


def stamp_words(stamp: Stamp) -> str:
    """Return the version in one line, for the edge of every page."""
    if not stamp.number:
        return paper("stamp.none")
    words = [paper("stamp.number", number=stamp.number)]
    if stamp.state is VersionState.APPROVED and stamp.decided_on:
        words.append(paper("stamp.approved", day=day_words(stamp.decided_on), approver=stamp.approver))
    else:
        words.append(paper(f"stamp.state.{(stamp.state or VersionState.PROPOSED).value}"))
        if stamp.made_on:
            words.append(paper("stamp.made", day=day_words(stamp.made_on)))
    if stamp.changed_since:
        words.append(paper("stamp.changed"))
    return "・".join(words)


def _stamp_lines(stamp: Stamp) -> Iterator[tuple[str, str]]:
    if not stamp.number:
        yield paper("cover.version"), paper("stamp.none")
        return
    state = paper(f"stamp.state.{(stamp.state or VersionState.PROPOSED).value}")
    changed = f"（{paper('stamp.changed')}）" if stamp.changed_since else ""
    yield paper("cover.version"), f"{paper('stamp.number', number=stamp.number)}　{state}{changed}"
    if stamp.made_on:
        yield paper("cover.version_made"), day_words(stamp.made_on)
    approved = stamp.state is VersionState.APPROVED
    yield paper("cover.approved_on"), day_words(stamp.decided_on) if approved and stamp.decided_on else "—"
    yield paper("cover.approver"), stamp.approver if approved and stamp.approver else "—"


@dataclass
class _Book:
    """One document in the making: how it is laid out, which sheets came up so far, what is said in common."""

    layout: Layout
    annexes: list[Annex] = field(default_factory=list)
    common: Mapping[str, str] = field(default_factory=dict)

    def item(self, doc: PlanPrint, item: Item) -> Iterator[Block]:
        """Yield heading and answer of one item; a wide table leaves a reference and becomes a sheet."""
        answer = doc.plan.answers.get(item.id, _NOTHING)
        head = heading_of(item)
        yield head
        only = _only_for(item.applies_to, doc)
        if only:
            yield Words(only, "note")
        if item.personal and doc.without_personal:
            yield Words(say("personal_left_out"), "muted")
        elif item.id in self.common:
            yield Reference(0, self.common[item.id], "paper.see_common")
        elif self.layout.is_annex(item) and _has_rows(item, answer):
            key, number = f"annex_{item.id}", len(self.annexes) + 1
            title = say("annex_title", number=number, title=item.title_ja)
            blocks = tuple(table_blocks(item, answer, self.layout))
            self.annexes.append(Annex(Heading(1, title, key, head.mark, head.badge), blocks))
            yield Reference(number, key)
        else:
            yield from answer_blocks(item, answer, self.layout)

    def chapter(self, doc: PlanPrint, chapter: Chapter) -> Iterator[Block]:
        """Yield one chapter of one plan."""
        yield Heading(1, f"{chapter.number}　{chapter.title_ja}".strip(), chapter.id)
        only = _only_for(chapter.applies_to, doc)
        if only:
            yield Words(only, "note")
        for section in chapter.sections:
            yield Heading(2, f"{section.number}　{section.title_ja}".strip(), section.id)
            for item in section.items:
                yield from self.item(doc, item)


def _has_rows(item: Item, answer: Answer) -> bool:
    return answer.state is AnswerState.ANSWERED and bool(filled_rows(item.input, answer.rows))


def _only_for(applies_to: Iterable[ServiceCategory], doc: PlanPrint) -> str:
    """Return which of several services are asked, where not all are."""
    asked = frozenset(applies_to)
    named = [facility for facility in doc.facilities if facility.category in asked]
    if not asked or len(named) in (0, len(doc.facilities)):
        return ""
    return paper("only_for", names="、".join(facility.name for facility in named))


def _gone_items(doc: PlanPrint) -> Iterator[Block]:
    """Yield what an old version answered and the form no longer asks: it is told, never dropped."""
    known = {item.id for item in doc.asked.items}
    gone = {k: a for k, a in doc.plan.answers.items() if k not in known and a.state is AnswerState.ANSWERED}
    if not gone:
        return
    yield Heading(2, paper("gone.title"), f"gone_{doc.plan.id}")
    yield Words(paper("gone.text"), "note")
    rows = tuple((key, plain_words(answer)) for key, answer in gone.items())
    yield Grid((paper("gone.item"), paper("gone.answer")), rows)


def _places(chapters: Sequence[Chapter]) -> dict[str, str]:
    return {item.id: section.number for c in chapters for section in c.sections for item in section.items}


def _closed(doc: PlanPrint, places: Mapping[str, str]) -> Iterator[Block]:
    """Yield the items that do not apply, each with its reason."""
    titles = {item.id: item.title_ja for item in doc.asked.items}
    rows = tuple(
        (places[key], titles[key], answer.reason)
        for key in places
        if (answer := doc.plan.answers.get(key, _NOTHING)).state is AnswerState.NOT_APPLICABLE
    )
    if rows:
        yield Heading(2, paper("closed.title"), f"closed_{doc.plan.id}")
        heads = (say("open_columns.number"), say("open_columns.item"), paper("closed.reason"))
        yield Grid(heads, rows)


def _open_rows(doc: PlanPrint, places: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            places.get(item.item_id, ""),
            item.title_ja,
            text(item.badge),
            text(item.fault.short_message) if item.fault else "",
        )
        for item in doc.standing.open_items
    )


def _still_open(docs: Sequence[PlanPrint]) -> Iterator[Block]:
    yield Heading(1, say("open_title"), "still_open")
    rows = {doc.plan.id: _open_rows(doc, _places(doc.chapters)) for doc in docs}
    if not any(rows.values()):
        yield Words(say("open_none"))
    else:
        yield Words(say("open_text"))
    heads = tuple(say(f"open_columns.{column}") for column in ("number", "item", "required", "fault"))
    for doc in docs:
        if not rows[doc.plan.id]:
            continue
        if len(docs) > 1:
            yield Heading(2, doc.asked.title_ja, f"still_open_{doc.plan.id}")
        yield Grid(heads, rows[doc.plan.id])
    for doc in docs:
        yield from _closed(doc, _places(doc.chapters))
        yield from _gone_items(doc)


def how_to_read() -> Iterator[Block]:
    """Yield what the marks mean, and that nothing here is official wording."""
    yield Heading(2, say("marks_title"), "how_to_read")
    yield Words(say("marks_text"), "note")
    meanings = [
        f"{say(f'mark_short.{mark.value}')}　{text(f'forms.mark.{mark.value}')}"
        for mark in (Verification.CORROBORATED, Verification.UNVERIFIED)
    ]
    meanings += [
        f"{say(f'columns_short.{origin.value}')}　{text(f'forms.columns.{origin.value}')}"
        for origin in (ColumnsOrigin.TEMPLATE_RECALLED, ColumnsOrigin.PROPOSED)
    ]
    yield Words("\n".join((*meanings, say("own_column"))), "note")


def _pictures(docs: Sequence[PlanPrint]) -> Iterator[Annex]:
    pictures = {picture: None for doc in docs for picture in doc.pictures}
    for number, picture in enumerate(pictures, start=1):
        title = paper("picture_title", number=number, title=picture.title)
        upright = picture.height_px >= picture.width_px
        yield Annex(Heading(1, title, f"picture_{number}"), (Figure(picture),), upright)


def _own_cover(doc: PlanPrint) -> Mapping[str, str]:
    """Return the cells of the plan's own cover block, whichever item it is."""
    for item in doc.asked.items:
        keys = {column.key for column in item.input.columns}
        if {"operator", "facility_name"} <= keys:
            return next(iter(doc.plan.answers.get(item.id, _NOTHING).rows), {})
    return {}


def _cover(docs: Sequence[PlanPrint]) -> Iterator[tuple[str, str]]:
    first = docs[0]
    if first.others:
        kinds = (f"{f.name}（{text(f'bcp.category.{f.category.value}')}）" for f in first.facilities)
        yield paper("cover.services"), "\n".join(kinds)
    for doc in docs:
        lines = list(_stamp_lines(doc.stamp))
        if len(docs) > 1:
            lines = [(f"{text(f'bcp.kind.{doc.plan.kind.value}')}：{label}", value) for label, value in lines]
        yield from lines
    yield say("made_on"), day_words(min(doc.plan.created_on for doc in docs))
    yield say("updated_on"), day_words(max(doc.plan.updated_at for doc in docs))
    yield say("printed_on"), day_words(first.printed_at)
    yield say("printed_number"), "\n".join(f"{doc.plan.id}-{doc.plan.version}" for doc in docs)
    if first.without_personal:
        yield paper("cover.edition"), paper("cover.without_personal")


def compose(doc: PlanPrint, layout: Layout) -> PlanPages:
    """Return one plan as blocks."""
    book = _Book(layout)
    chapters = tuple(tuple(book.chapter(doc, chapter)) for chapter in doc.chapters)
    return _bound([doc], doc.asked.title_ja, chapters, book)


def _bound(
    docs: Sequence[PlanPrint], title: str, chapters: tuple[tuple[Block, ...], ...], book: _Book
) -> PlanPages:
    first = docs[0]
    own = _own_cover(first)
    name = own.get("facility_name", "") or first.facility.name
    stamps = [stamp_words(doc.stamp) for doc in docs]
    if len(docs) > 1 and len(set(stamps)) > 1:
        kinds = (text(f"bcp.kind.{doc.plan.kind.value}") for doc in docs)
        stamps = [f"{kind}：{stamp}" for kind, stamp in zip(kinds, stamps, strict=True)]
    return _with_depth(
        PlanPages(
            title=title,
            facility=name,
            operator=own.get("operator", "") or first.facility.operator,
            cover=tuple(_cover(docs)),
            how_to_read=tuple(how_to_read()),
            chapters=chapters,
            still_open=tuple(_still_open(docs)),
            annexes=(*book.annexes, *_pictures(docs)),
            edge="　".join(dict.fromkeys(stamps)),
            short_stamp=_short_stamp(docs),
        )
    )


def _short_stamp(docs: Sequence[PlanPrint]) -> str:
    """Return the version in the fewest words, for the name of the file."""
    numbers = {doc.stamp.number: doc.stamp.changed_since for doc in docs}
    words = [
        paper("stamp.number", number=number) + (paper("stamp.later") if changed else "")
        for number, changed in numbers.items()
        if number
    ]
    return "・".join(words) or paper("stamp.draft")


def _with_depth(pages: PlanPages) -> PlanPages:
    """Put chapters one level down where the document has parts."""
    parts = any(isinstance(block, Heading) and not block.level for block in chain(*pages.chapters))
    if not parts:
        return pages

    def down(blocks: Iterable[Block]) -> tuple[Block, ...]:
        return tuple(replace(b, deeper=True) if isinstance(b, Heading) else b for b in blocks)

    return replace(pages, chapters=tuple(map(down, pages.chapters)))


def _only(chapters: Iterable[Chapter], wanted: frozenset[str]) -> Iterator[Chapter]:
    for chapter in chapters:
        sections: list[Section] = []
        for section in chapter.sections:
            items = tuple(item for item in section.items if item.id in wanted)
            if items:
                sections.append(section.model_copy(update={"items": items, "id": f"{COMMON}_{section.id}"}))
        if sections:
            yield chapter.model_copy(
                update={"sections": tuple(sections), "id": f"{COMMON}_{chapter.id}", "number": ""}
            )


def _common_part(
    docs: Sequence[PlanPrint], twins: Mapping[str, str], book: _Book
) -> Iterator[tuple[Block, ...]]:
    opening: tuple[Block, ...] = (
        Heading(0, paper("part.common"), f"part_{COMMON}"),
        Words(paper("part.common_text"), "note"),
    )
    for doc in docs:
        for chapter in _only(doc.chapters, frozenset(twins.values())):
            blocks = [
                replace(b, key=f"{COMMON}_{b.key}") if isinstance(b, Heading) and b.level == 3 else b
                for b in book.chapter(doc, chapter)
            ]
            yield (*opening, *blocks)
            opening = ()


def compose_joint(docs: Sequence[PlanPrint], layout: Layout) -> PlanPages:
    """Return several plans of one site as one document: what they say alike once, then each plan."""
    if len(docs) == 1:
        return compose(docs[0], layout)
    book, twins = _Book(layout), common_items(docs)
    chapters = list(_common_part(docs, twins, book)) if twins else []
    book.common = {item: f"{COMMON}_{twin}" for item, twin in twins.items()}
    for number, doc in enumerate(docs, start=1):
        opening: tuple[Block, ...] = (
            Heading(0, paper("part.plan", number=number, title=doc.asked.title_ja), f"part_{doc.plan.id}"),
        )
        for chapter in doc.chapters:
            chapters.append((*opening, *book.chapter(doc, chapter)))
            opening = ()
    kinds = "・".join(text(f"bcp.kind.{doc.plan.kind.value}") for doc in docs)
    return _bound(docs, paper("joint_title", kinds=kinds), tuple(chapters), book)
