"""Boxes onto the two sides: what is too much goes on to further pages, what is left over gives room.

Nothing is dropped: what leaves its side comes back in order, each under its own title. Boxes stay in one
piece unless they are long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bcp_kit.render.evacuation.layout import Emphasis, PlanLayout
from bcp_kit.render.evacuation.rows import Box, Row, RowKind, cut_rows

_LONG_SHARE = 0.4  # of a page: a box that takes more may be cut
_ROUNDING_PT = 1e-6


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
        """Height of a box, with the line that says where it goes on."""
        rows = self.around(box) + box.rows_height + (self.note if box.goes_on else 0.0)
        return max(rows, self.side(box), box.whole_height)

    def around(self, box: Box) -> float:
        """Height of a box without its rows."""
        return (0.0 if box.side_title else self.title) + 2 * self.padding

    def side(self, box: Box) -> float:
        """Height of a title that stands beside its box."""
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
    around = frame.around(box)
    rows, rest = cut_rows(box.rows, height - around - frame.note, frame.room - around - frame.note)
    if not rest:
        return box, None
    heads = tuple(row for row in box.rows if row.kind is RowKind.HEAD)
    if rows and rest[0].kind is RowKind.CELLS:
        rest = (*heads, *rest)  # a table that goes on says again what its columns are
    return replace(box, rows=rows, goes_on=True), replace(
        box, rows=rest, continued=True, grow=0.0, whole_height=0.0
    )


def _least(box: Box, frame: Frame) -> float:
    """Height under which a box is not cut: only what takes a large part of a page gives way at all."""
    whole, most = frame.height(box), frame.room * _LONG_SHARE
    if whole <= most:
        return whole
    return min(most, max(frame.around(box) + box.least_height + frame.note, frame.side(box)))


def _heights(boxes: Sequence[Box], frame: Frame) -> list[float]:
    """Return the height of each box so that all stand on the page: too long ones give way, longest first.

    Where that is not enough, the sum is more than the page holds.
    """
    heights = [frame.height(box) for box in boxes]
    excess = _excess(heights, frame)
    spare = [height - _least(box, frame) for box, height in zip(boxes, heights, strict=True)]
    while excess > 0 and any(amount > 0 for amount in spare):
        index = max(range(len(boxes)), key=lambda i: spare[i])
        second = max([amount for i, amount in enumerate(spare) if i != index], default=0.0)
        given = min(spare[index], excess, max(spare[index] - second, frame.note))
        heights[index] -= given
        spare[index] -= given
        excess -= given
    return heights


def _excess(heights: Sequence[float], frame: Frame) -> float:
    """Return by how much boxes of these heights are more than a page holds, in points."""
    return sum(heights) + frame.gap * (len(heights) - 1) - frame.room


def _fit(boxes: Sequence[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    """Return the boxes as they stand on one side, and what goes on elsewhere, both in their order.

    The last boxes leave as a whole until the others have room; heavy ones stay. What left and fits beside
    those that stayed comes back.
    """
    staying = _staying(boxes, frame)
    while len(staying) > 1 and (unfit := _unfit(staying, frame)):
        staying = _staying([box for box in staying if box not in unfit], frame)
    for box in boxes:
        back = [other for other in boxes if other is box or other in staying]
        if box not in staying and _excess([frame.height(each) for each in back], frame) <= _ROUNDING_PT:
            staying = back
    kept, more = _cut_long(staying, frame)
    order = {box.key: index for index, box in enumerate(boxes)}
    left = [box for box in boxes if box not in staying]
    return kept, sorted([*more, *left], key=lambda box: order[box.key])


def _staying(boxes: Sequence[Box], frame: Frame) -> list[Box]:
    """Return the boxes without the last ones that must leave so that the others have room."""
    staying = list(boxes)
    while len(staying) > 1 and _excess(_heights(staying, frame), frame) > _ROUNDING_PT:
        light = [box for box in staying if box.emphasis is not Emphasis.HEAVY]
        staying.remove((light or staying)[-1])
    return staying


def _unfit(boxes: Sequence[Box], frame: Frame) -> list[Box]:
    """Return the boxes of which not even one row would stand at the height that is left to them."""
    kept, _ = _cut_long(boxes, frame)
    standing = {box.key for box in kept}
    return [box for box in boxes if box.key not in standing]


def _cut_long(boxes: Sequence[Box], frame: Frame) -> tuple[list[Box], list[Box]]:
    """Return the boxes of one page with the long ones cut, and the rests."""
    kept, more = [], []
    for box, height in zip(boxes, _heights(boxes, frame), strict=True):
        if height >= frame.height(box) - _ROUNDING_PT:
            kept.append(box)
            continue
        part, rest = _cut(box, frame, min(height, frame.room))
        kept += [part] if part.rows else []
        more += [rest if part.rows and rest else box]
    return kept, more


def _place(boxes: Sequence[Box], frame: Frame) -> tuple[PlacedBox, ...]:
    """Stack the boxes from the top; what is left over goes to boxes that grow, then between them."""
    heights = [frame.height(box) for box in boxes]
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
        kept, left = _fit(waiting, frame)
        if not kept:  # a row that nothing can cut, on a page of its own
            kept, left = waiting[:1], waiting[1:]
        waiting = left
        pages.append(Side("more", _place(kept, frame)))
    return tuple(pages)


def joined(sides: Sequence[tuple[str, Sequence[Box]]], frame: Frame) -> list[tuple[str, Sequence[Box]]]:
    """Return the sides with those on one page whose boxes find room there: less paper for who needs less.

    Pages keep the names of their places (front, back, …), so the last names fall away.
    """
    groups: list[tuple[Box, ...]] = []
    for _, boxes in sides:
        together = (*(groups[-1] if groups else ()), *boxes)
        if groups and _excess([frame.height(box) for box in together], frame) <= _ROUNDING_PT:
            groups[-1] = together
        else:
            groups.append(tuple(boxes))
    return [(name, boxes) for (name, _), boxes in zip(sides, groups, strict=False)]
