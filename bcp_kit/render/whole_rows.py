"""Tables whose rows stay on one page, and headings that never stand alone at a page's end."""

from collections.abc import Iterator, Sequence

from reportlab.platypus import CondPageBreak, Flowable, Spacer, Table

from bcp_kit.render.japara import JaPara

_ROOM_SHARE = 0.5  # of a page: what needs more is not waited for
_MOST_SENTENCES = 4  # between a heading and its table
_SENTENCE_PT = 60.0  # of a long paragraph only its beginning stays with the heading


class WholeRows(Table):
    """A table that breaks between rows; only a row that is longer than a page is broken inside."""

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Return the part that fits and the rest, nothing where not even the first row fits."""
        frame = getattr(self, "_frame", None)
        if frame is not None and self.first_rows_pt(available_width) <= frame._aH:
            found: list[Flowable] = self._splitRows(  # type: ignore[attr-defined, unused-ignore]
                available_height, doInRowSplit=False
            )
            return found
        parts: list[Flowable] = super().split(available_width, available_height)
        return parts

    def first_rows_pt(self, available_width: float) -> float:
        """Return the height of the head with the first row below it, in points."""
        self._calc(available_width, 0)  # type: ignore[attr-defined, unused-ignore]
        heights = self._rowHeights  # type: ignore[attr-defined, unused-ignore]
        return float(sum(heights[: int(self.repeatRows or 0) + 1]))


class RoomFor(CondPageBreak):  # type: ignore[misc, unused-ignore]
    """Begins a new page where what follows would not fit: headings with the first lines below them.

    `whole`: the last of what follows in one piece, not only its first rows. What is longer than half a page
    (whole: than a page) is not waited for.
    """

    def __init__(self, following: Sequence[Flowable], *, whole: bool = False) -> None:
        super().__init__(0)
        self.following, self.whole = following, whole

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Ask for a new page where there is too little room; takes no room itself."""
        frame = self._doctemplateAttr("frame")  # type: ignore[attr-defined, unused-ignore]
        needed = sum(self._needed(each, available_width) for each in self.following)
        most = frame._aH if frame is not None else available_height
        self.height = needed if needed <= most * (1.0 if self.whole else _ROOM_SHARE) else 0.0
        size: tuple[float, float] = super().wrap(available_width, available_height)
        return size

    def _needed(self, each: Flowable, width: float) -> float:
        if isinstance(each, RoomFor):
            return 0.0
        if isinstance(each, WholeRows) and not self.whole:
            return each.first_rows_pt(width)
        height = float(each.wrap(width, 0)[1])
        return height if self.whole else min(height, _SENTENCE_PT)


def with_room(story: Sequence[Flowable]) -> Iterator[Flowable]:
    """Yield the story with, before headings, what keeps them with the first rows or lines below them."""
    end = 0
    for index, each in enumerate(story):
        if index >= end and getattr(each, "keepWithNext", False):
            end = _end_of_group(story, index)
            yield RoomFor(story[index:end])
        yield each


def _end_of_group(story: Sequence[Flowable], start: int) -> int:
    """Return the place behind headings and gaps, and what they lead to: a table below a few sentences."""
    sentences: list[int] = []
    for index in range(start, len(story)):
        each = story[index]
        if getattr(each, "keepWithNext", False) or type(each) is Spacer:
            continue
        if isinstance(each, WholeRows):
            return index + 1
        if not isinstance(each, JaPara) or len(sentences) == _MOST_SENTENCES:
            break
        sentences.append(index)
    return sentences[0] + 1 if sentences else start + 1
