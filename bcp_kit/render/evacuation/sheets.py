"""How pages come to stand on sheets of paper: one a side, two side by side, or folded in the middle."""

from collections.abc import Iterator

from bcp_kit.render.evacuation.layout import Sheet
from bcp_kit.render.tagpdf import TaggedCanvas, artifact

_MARK_PT = 9.0
_OUTER, _INNER = (3, 0), (1, 2)  # pages of a folded sheet from left to right


def filled(pages: int, sheet: Sheet) -> int:
    """Return the number of pages with the empty ones that fill the last sheet: nobody shares a sheet."""
    return -(-pages // sheet.pages_on_sheet) * sheet.pages_on_sheet


def sides_of(pages: int, sheet: Sheet) -> Iterator[tuple[int, ...]]:
    """Yield for each side of paper the pages on it from left to right, counted from 0.

    `pages` fill whole sheets. Each folded sheet is folded for itself: its first page lies outside.
    """
    if not sheet.booklet:
        for start in range(0, pages, sheet.panels):
            yield tuple(range(start, start + sheet.panels))
        return
    for start in range(0, pages, sheet.pages_on_sheet):
        for side in (_OUTER, _INNER):
            yield tuple(start + place for place in side)


def draw_fold_marks(canvas: TaggedCanvas, sheet: Sheet) -> None:
    """Draw where a sheet with several pages side by side is folded: short dashes at both edges."""
    with artifact(canvas):
        canvas.setStrokeGray(0)
        canvas.setLineWidth(0.5)
        canvas.setDash(2, 2)
        for number in range(1, sheet.panels):
            x = number * sheet.width_pt
            canvas.line(x, 0, x, _MARK_PT)
            canvas.line(x, sheet.height_pt - _MARK_PT, x, sheet.height_pt)
        canvas.setDash()
