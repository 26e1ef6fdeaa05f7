"""Boxes onto the two sides: what is too much goes on to further pages, what is left over gives room.

Nothing is dropped: the rows that leave their side come back in order, each under its own title.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bcp_kit.render.evacuation.layout import PlanLayout
from bcp_kit.render.evacuation.rows import Box, Row, RowKind, cut_rows


@dataclass(frozen=True)
class PlacedBox:
    """A box with its place: `top` and `height` in points from the page's lower edge."""

    box: Box
    top: float
    height: float


@dataclass(frozen=True)
class Side:
    """One page: `name` is front, back or more."""

    name: str
    boxes: tuple[PlacedBox, ...]


@dataclass(frozen=True)
class Frame:
    """The heights that boxes share: page room, title band, padding and gaps, in points."""

    room: float
    top: float
    title: float
    padding: float
    gap: float
    most_gap: float
    note: float

    def height(self, box: Box) -> float:
        """Height of a whole box."""
        return max(self.around(box) + box.rows_height, self._side(box), box.whole_height)

    def around(self, box: Box) -> float:
        """Height of a box without its rows."""
        return (0.0 if box.side_title else self.title) + 2 * self.padding

    def _side(self, box: Box) -> float:
        return sum(line.height for line in box.side_title) + 2 * self.padding

    @classmethod
    def of(cls, layout: PlanLayout, page_height: float) -> "Frame":
        """Return the frame of a page."""
        paper = layout.paper
        header = layout.type["title"].style.leading_pt + paper.gap_pt
        top = page_height - paper.margin_top_pt - header
        return cls(
            room=top - paper.margin_bottom_pt,
            top=top,
            title=layout.type["tab"].style.leading_pt,
            padding=paper.padding_pt,
            gap=paper.gap_pt,
            most_gap=paper.most_gap_pt,
            note=layout.type["label"].style.leading_pt,
        )


def _cut(box: Box, frame: Frame, height: float) -> tuple[Box, Box | None]:
    """Return the box no higher than `height` (with a line that says where it goes on) and the rest."""
    rows, rest = cut_rows(box.rows, height - frame.around(box) - frame.note)
    if not rest:
        return box, None
    heads = tuple(row for row in box.rows if row.kind is RowKind.HEAD)
    if rows and rest[0].kind is RowKind.CELLS:
        rest = (*heads, *rest)  # a table that goes on says again what its columns are
    return replace(box, rows=rows, goes_on=True), replace(
        box, rows=rest, continued=True, grow=0.0, whole_height=0.0
    )


def _least(box: Box, frame: Frame) -> float:
    """Height under which a box is not cut (with the line that says that it goes on)."""
    return min(frame.height(box), frame.around(box) + box.least_height + frame.note)


def _heights(boxes: Sequence[Box], frame: Frame) -> list[float]:
    """Return the height of each box so that all stand on the page: too long ones give way, longest first."""
    heights = [frame.height(box) for box in boxes]
    room = frame.room - frame.gap * (len(boxes) - 1)
    excess = sum(heights) - room
    floors = [_least(box, frame) for box in boxes]
    spare = [height - floor for height, floor in zip(heights, floors, strict=True)]
    while excess > 0 and any(amount > 0 for amount in spare):
        index = max(range(len(boxes)), key=lambda i: spare[i])
        second = max([amount for i, amount in enumerate(spare) if i != index], default=0.0)
        given = min(spare[index], excess, max(spare[index] - second, frame.note))
        heights[index] -= given
        spare[index] -= given
        excess -= given
    return heights


def _fit(boxes: Sequence[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    """Return the boxes as they stand on one side, and what goes on elsewhere.

    When a box leaves as a whole, the others share the room anew.
    """
    kept, more = _fit_once(boxes, frame)
    whole = [box for box in more if any(box is other for other in boxes)]
    if not whole or len(whole) == len(boxes):
        return kept, more
    staying = [box for box in boxes if not any(box is other for other in whole)]
    kept, again = _fit(staying, frame)
    order = {box.key: index for index, box in enumerate(boxes)}
    return kept, sorted([*again, *whole], key=lambda box: order[box.key])


def _fit_once(boxes: Sequence[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    kept, more = [], []
    room = frame.room
    for box, height in zip(boxes, _heights(boxes, frame), strict=True):
        allowed = min(height, room)
        if allowed >= frame.height(box) - 1e-6:
            kept.append(box)
        elif allowed < frame.around(box) + 2 * frame.note:
            more.append(box)  # no room even for a line: the whole box goes on
            continue
        else:
            part, rest = _cut(box, frame, allowed)
            if part.rows:
                kept.append(part)
                more += [rest] if rest else []
            else:
                more.append(box)
                continue
        room -= _drawn(kept[-1], frame) + frame.gap
    return kept, more


def _drawn(box: Box, frame: Frame) -> float:
    return frame.height(box) + (frame.note if box.goes_on else 0.0)


def _place(boxes: Sequence[Box], frame: Frame) -> tuple[PlacedBox, ...]:
    """Stack the boxes from the top; what is left over goes to boxes that grow, then between them."""
    heights = [_drawn(box, frame) for box in boxes]
    left = frame.room - sum(heights) - frame.gap * (len(boxes) - 1)
    weight = sum(box.grow for box in boxes)
    grown = list(boxes)
    for index, box in enumerate(boxes):
        if left <= 0 or not box.grow or box.goes_on:
            continue
        share = left * box.grow / weight
        grown[index], used = _grow(box, share)
        heights[index] += used
    left = frame.room - sum(heights) - frame.gap * (len(boxes) - 1)
    gap = frame.gap + min(max(left, 0.0) / max(len(boxes) - 1, 1), frame.most_gap - frame.gap)
    placed, top = [], frame.top
    for box, height in zip(grown, heights, strict=True):
        placed.append(PlacedBox(box, top, height))
        top -= height + gap
    return tuple(placed)


def _grow(box: Box, share: float) -> tuple[Box, float]:
    """Return the box with more room: a map grows, the rows of a table move apart."""
    if box.rows and box.rows[-1].kind is RowKind.MAP:
        room = max(0.0, min(share, box.most_height - box.rows[-1].least))
        return replace(box, rows=(*box.rows[:-1], _taller(box.rows[-1], room))), room
    loose = sum(row.kind in (RowKind.CELLS, RowKind.WRITE) for row in box.rows)
    if not loose:
        return box, 0.0
    each = min(share / loose, box.most_row_gap)
    return replace(box, rows=tuple(_looser(row, each) for row in box.rows)), each * loose


def _looser(row: Row, by: float) -> Row:
    if row.kind is RowKind.CELLS:
        return replace(row, pad=row.pad + by / 2)
    return _taller(row, by) if row.kind is RowKind.WRITE else row


def _taller(row: Row, by: float) -> Row:
    return replace(row, least=row.least + by)


def arrange(sides: Sequence[tuple[str, Sequence[Box]]], frame: Frame) -> tuple[Side, ...]:
    """Return the pages of one person: the sides in order, then as many further pages as it takes.

    What does not fit the front goes first onto the back, where there may be room.
    """
    pages: list[Side] = []
    waiting: list[Box] = []
    for name, boxes in sides:
        kept, waiting = _fit((*waiting, *boxes), frame)
        pages.append(Side(name, _place(kept, frame)))
    while waiting:
        kept, waiting = _fill(waiting, frame)
        pages.append(Side("more", _place(kept, frame)))
    return tuple(pages)


def _fill(boxes: Sequence[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    """Return the boxes of one further page in order, and what is still waiting."""
    kept: list[Box] = []
    room = frame.room
    for index, box in enumerate(boxes):
        if frame.height(box) <= room + 1e-6:
            kept.append(box)
            room -= frame.height(box) + frame.gap
            continue
        part, rest = _cut(box, frame, room)
        if part.rows and rest is not None:
            kept.append(part)
            return kept, [rest, *boxes[index + 1 :]]
        return kept, list(boxes[index:])
    return kept, []
