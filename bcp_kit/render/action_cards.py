"""Action cards, poster and pocket card as PDF: large type, one page each, refused when it does not hold.

The largest size of type at which a card fills one page is taken; where the smallest does not hold it, the
card is not printed and `TooLong` says which answers are long. Nothing is ever cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.action_cards import Box, BoxKind, Card, Line
from bcp_kit.forms.messages import text
from bcp_kit.render.document import (
    PAPERS,
    DocumentFacts,
    Heading,
    PageFrame,
    Panel,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.tagpdf import artifact, tagged

SIDE_MM, TOP_MM, BOTTOM_MM = 13.0, 10.0, 14.0
A3_SCALE = 1.414
CARD_SIZES_PT = (18.0, 17.0, 16.0, 15.0, 14.0)  # 14 pt is read by torch at arm's length
POSTER_SIZES_PT = (18.0, 17.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0)
_LEADING = 1.28
_INK, _BAND, _TINT, _SOFT = "#000000", "#111111", "#e3e3e3", "#333333"
_FILL = ("BACKGROUND", (0, 0), (0, -1), HexColor("#f2f2f2"))


@dataclass(frozen=True)
class CardPrint:
    """What stands on every card beside its lines. `made_at` is handed in, so that pages are repeatable.

    `stamp` names the version of the plan in words.
    """

    facility: str
    made_at: datetime
    stamp: str
    file_name: str
    title: str
    paper: str = "A4"


@dataclass(frozen=True)
class TooLong:
    """A card that does not hold on one page: by how many lines, and the longest answers (item, lines)."""

    card_id: str
    title: str
    lines_over: int
    longest: tuple[tuple[str, int], ...]


class Tick(Flowable):  # type: ignore[misc, unused-ignore]
    """A box to tick and its words."""

    def __init__(self, words: JaPara) -> None:
        super().__init__()
        self.inside, self.size = words, words.style.size_pt

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        _, height = self.inside.wrap(available_width - 1.5 * self.size, available_height)
        self.width, self.height = available_width, height + 0.22 * self.size
        return self.width, self.height

    def draw(self) -> None:
        """Draw the box as decoration and the words as content."""
        canvas, side = tagged(self.canv), 0.86 * self.size
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(_INK))
            canvas.setLineWidth(1.3)
            canvas.rect(0.1 * self.size, self.height - 1.14 * self.size, side, side)
        self.inside.drawOn(canvas, 1.5 * self.size, 0.22 * self.size)


class WriteLine(Flowable):  # type: ignore[misc, unused-ignore]
    """What is missing, in small type, and a line to write on."""

    def __init__(self, words: JaPara, height_pt: float) -> None:
        super().__init__()
        self.inside, self.line_pt = words, height_pt

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        _, height = self.inside.wrap(available_width, available_height)
        self.width, self.height = available_width, height + self.line_pt
        return self.width, self.height

    def draw(self) -> None:
        """Draw the words above, the line below as decoration."""
        canvas = tagged(self.canv)
        self.inside.drawOn(canvas, 0, self.line_pt)
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(_SOFT))
            canvas.setLineWidth(0.8)
            canvas.line(0, 2, self.width, 2)


def _style(size_pt: float, *, bold: bool = False, color: str = _INK) -> TextStyle:
    return TextStyle(size_pt, Weight.BOLD if bold else Weight.REGULAR, _LEADING, color)


def _title(card: Card, size: float) -> list[Flowable]:
    band = Heading(card.title, _style(1.55 * size, bold=True, color="#ffffff"), 1, card.id)
    who = [JaPara(text("cards.for_whom", who=card.who), _style(0.8 * size))] if card.who else []
    return [Panel(band, fill=_BAND, padding_pt=0.35 * size), gap(0.2 * size), *who]


def _box(card: Card, place: int, size: float, width: float) -> list[Flowable]:
    box = card.boxes[place]
    head = Heading(box.title, _style(1.05 * size, bold=True), 2, f"{card.id}.{place}")
    found: list[Flowable] = [
        gap(0.35 * size),
        Panel(head, fill=_TINT, padding_pt=0.2 * size),
        gap(0.2 * size),
    ]
    if box.kind is BoxKind.STEPS:
        return found + [_step(line, size) for line in box.lines]
    return found + _pairs(box, size, width)


def _step(line: Line, size: float) -> Flowable:
    if line.missing:
        return _write_line(line.words, size)
    return Tick(JaPara(line.words, _style(size)))


def _write_line(words: str, size: float) -> Flowable:
    return WriteLine(JaPara(words, _style(0.62 * size, color=_SOFT)), 1.25 * size)


def _pairs(box: Box, size: float, width: float) -> list[Flowable]:
    """Return facts or numbers as a table of name and value; what has no value gets room to write."""
    found: list[Flowable] = []
    rows: list[list[Flowable]] = []
    dial = box.kind is BoxKind.DIAL
    left = width * (0.55 if dial else 0.26)
    for line in box.lines:
        if not line.name:
            small = JaPara(line.words, _style(0.8 * size))
            found.append(_write_line(line.words, size) if line.missing else small)
            continue
        value = line.number if dial else line.words
        strong = _style(1.12 * size if dial else size, bold=dial)
        rows.append([JaPara(line.name, _style(0.9 * size)), JaPara(value or "　", strong)])
    if rows:
        table = grid(
            rows,
            [left, width - left],
            head_rows=0,
            head_columns=1,
            commands=[_FILL, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
            padding_pt=0.22 * size,
        )
        found.insert(0, table)
    return found


def card_story(card: Card, size: float, width: float) -> list[Flowable]:
    """Return what draws one card in type of `size` points."""
    found = _title(card, size)
    for place in range(len(card.boxes)):
        found += _box(card, place, size, width)
    return found


def _height(story: Sequence[Flowable], width: float) -> float:
    return sum(flowable.wrap(width, 1e6)[1] for flowable in story)


def _room(paper: str) -> tuple[float, float]:
    scale = A3_SCALE if paper == "A3" else 1.0
    width, height = PAPERS[paper]
    return width - 2 * SIDE_MM * mm * scale, height - (TOP_MM + BOTTOM_MM) * mm * scale


def _sizes(card: Card, paper: str) -> Sequence[float]:
    base = POSTER_SIZES_PT if card.id == "poster" else CARD_SIZES_PT
    return [size * A3_SCALE for size in base] if paper == "A3" else base


def fitting_size(card: Card, paper: str = "A4") -> float | None:
    """Return the largest size of type in points at which the card holds on one page, None when none does."""
    width, height = _room(paper)
    for size in _sizes(card, paper):
        if _height(card_story(card, size, width), width) <= height:
            return size
    return None


def too_long(card: Card, paper: str = "A4") -> TooLong | None:
    """Return why a card cannot be printed, None when it can."""
    if fitting_size(card, paper) is not None:
        return None
    width, height = _room(paper)
    size = _sizes(card, paper)[-1]
    over = _height(card_story(card, size, width), width) - height
    by_item: dict[str, int] = {}
    for box in card.boxes:
        for line in box.lines:
            words = JaPara(f"{line.name}{line.words}{line.number}", _style(size))
            lines = words.wrap(width - 2 * size, 1e6)[1] / words.style.leading_pt
            by_item[line.item_id] = by_item.get(line.item_id, 0) + round(lines)
    by_item.pop("", None)
    longest = sorted(by_item.items(), key=lambda pair: -pair[1])[:3]
    return TooLong(card.id, card.title, max(1, round(over / (size * _LEADING))), tuple(longest))


def render_cards(cards: Sequence[Card], about: CardPrint) -> PrintedDocument:
    """Return the cards, one page each. All of them must hold (`too_long` is None for each)."""
    scale = A3_SCALE if about.paper == "A3" else 1.0
    width, _ = _room(about.paper)
    sizes = [fitting_size(card, about.paper) or _sizes(card, about.paper)[-1] for card in cards]

    def story(_pages: object) -> list[Flowable]:
        found: list[Flowable] = []
        for place, (card, size) in enumerate(zip(cards, sizes, strict=True)):
            found += new_page() if place else []
            found += card_story(card, size, width)
        return found

    frame = PageFrame(
        foot=_foot(about),
        margin_top_mm=TOP_MM * scale,
        margin_bottom_mm=BOTTOM_MM * scale,
        margin_side_mm=SIDE_MM * scale,
        style=TextStyle(9.0 * scale, color=_SOFT),
        paper=about.paper,
    )
    return build(story, DocumentFacts(about.title, about.made_at), frame, about.file_name)


def _foot(about: CardPrint) -> str:
    words = text(
        "cards.foot",
        facility=about.facility,
        stamp=about.stamp,
        day=f"{about.made_at:%Y-%m-%d}",
    )
    return words.replace("{", "{{").replace("}", "}}")


class _Panels(Flowable):  # type: ignore[misc, unused-ignore]
    """Copies of panels side by side with fold lines between them, each panel a small page of its own."""

    def __init__(self, panels: Sequence[Sequence[Flowable]], width_pt: float, height_pt: float) -> None:
        super().__init__()
        self.panels, self.panel_width, self.height = panels, width_pt, height_pt
        self.inside = [flowable for panel in panels for flowable in panel]
        self.width = width_pt * len(panels)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        del available_width, available_height
        return self.width, self.height

    def draw(self) -> None:
        """Draw the frame and folds as decoration, then panel by panel in reading order."""
        canvas = tagged(self.canv)
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(_SOFT))
            canvas.setLineWidth(0.7)
            canvas.rect(0, 0, self.width, self.height)
            canvas.setDash(3, 3)
            for place in range(1, len(self.panels)):
                canvas.line(place * self.panel_width, 0, place * self.panel_width, self.height)
            canvas.setDash()
        for place, panel in enumerate(self.panels):
            top = self.height - _POCKET_PAD_PT
            for flowable in panel:
                _, height = flowable.wrap(self.panel_width - 2 * _POCKET_PAD_PT, 1e6)
                top -= height
                flowable.drawOn(canvas, place * self.panel_width + _POCKET_PAD_PT, top)


POCKET_MM = (91.0, 60.0)
POCKET_SIZES_PT = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)
_POCKET_PAD_PT, _COPIES = 5.0, 3


def _pocket_panel(card: Card, size: float, width: float, copy: int) -> list[Flowable]:
    title = Heading(card.title, _style(1.15 * size, bold=True), 1, f"{card.id}.{copy}")
    found: list[Flowable] = [title, gap(0.3 * size)]
    for box in card.boxes:
        found += [_step(line, size) for line in box.lines] if box.kind is BoxKind.STEPS else []
        if box.kind is not BoxKind.STEPS:
            found += [*_pairs(box, size, width), gap(0.3 * size)]
    return found


def pocket_size(card: Card) -> float | None:
    """Return the largest size of type in points at which a panel holds, None when none does."""
    width, height = (length * mm - 2 * _POCKET_PAD_PT for length in POCKET_MM)
    for size in POCKET_SIZES_PT:
        if _height(_pocket_panel(card, size, width, 0), width) <= height:
            return size
    return None


def pocket_too_long(cards: Sequence[Card]) -> tuple[TooLong, ...]:
    """Return the panels that do not hold at the smallest size."""
    width, height = (length * mm - 2 * _POCKET_PAD_PT for length in POCKET_MM)
    size, found = POCKET_SIZES_PT[-1], []
    for card in cards:
        over = _height(_pocket_panel(card, size, width, 0), width) - height
        if over > 0:
            items = dict.fromkeys(line.item_id for box in card.boxes for line in box.lines if line.item_id)
            lines = max(1, round(over / (size * _LEADING)))
            found.append(TooLong(card.id, card.title, lines, tuple((item, lines) for item in items)))
    return tuple(found)


def render_pocket(cards: Sequence[Card], about: CardPrint) -> PrintedDocument:
    """Return a sheet of three copies of the folding card (three panels of a business card's size)."""
    sizes = [pocket_size(card) or POCKET_SIZES_PT[-1] for card in cards]
    width, height = (length * mm for length in POCKET_MM)
    inner = width - 2 * _POCKET_PAD_PT
    side_mm = (landscape(PAPERS["A4"])[0] - len(cards) * width) / 2 / mm

    def story(_pages: object) -> list[Flowable]:
        found: list[Flowable] = []
        for copy in range(_COPIES):
            panels = [_pocket_panel(card, size, inner, copy) for card, size in zip(cards, sizes, strict=True)]
            found += [_Panels(panels, width, height), gap(2.5 * mm)]
        return found[:-1]

    frame = PageFrame(
        foot=_foot(about),
        margin_top_mm=7,
        margin_bottom_mm=11,
        margin_side_mm=side_mm,
        style=replace(TextStyle(8.0), color=_SOFT),
        lying=True,
    )
    return build(story, DocumentFacts(about.title, about.made_at), frame, about.file_name)
