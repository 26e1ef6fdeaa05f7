"""What a plan's pages draw besides words and tables: rules, lines to write on, pictures."""

import io

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable

from bcp_kit.render.pictures import Picture
from bcp_kit.render.tagpdf import artifact, marked, tagged


class Rule(Flowable):  # type: ignore[misc, unused-ignore]
    """A line over the whole width, as decoration; `space_pt` is left above and below."""

    def __init__(self, thick_pt: float, color: str, space_pt: float) -> None:
        super().__init__()
        self.thick_pt, self.color, self.space_pt = thick_pt, color, space_pt

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the whole width and the height of line and space, in points."""
        del available_height
        self.width, self.height = available_width, 2 * self.space_pt + self.thick_pt
        return self.width, self.height

    def draw(self) -> None:
        """Draw the line."""
        canvas = tagged(self.canv)
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(self.color))
            canvas.setLineWidth(self.thick_pt)
            canvas.line(0, self.height / 2, self.width, self.height / 2)


class RuledLines(Flowable):  # type: ignore[misc, unused-ignore]
    """One line to write on by hand, `height_pt` below the one before."""

    def __init__(self, height_pt: float, color: str) -> None:
        super().__init__()
        self.height, self.color = height_pt, color

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the whole width and the distance of lines, in points."""
        del available_height
        self.width = available_width
        return self.width, self.height

    def draw(self) -> None:
        """Draw the line as decoration."""
        canvas = tagged(self.canv)
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(self.color))
            canvas.setLineWidth(0.5)
            canvas.line(0, 0, self.width, 0)


class PictureFlowable(Flowable):  # type: ignore[misc, unused-ignore]
    """An attached picture, as large as the rest of the page allows; its title is its alternative text."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        self.picture = picture

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points, in the proportions of the picture."""
        wide, high = self.picture.width_px, self.picture.height_px
        scale = min(available_width / wide, (available_height - 1) / high)
        self.width, self.height = wide * scale, high * scale
        return self.width, self.height

    def draw(self) -> None:
        """Draw the picture as a figure."""
        canvas = tagged(self.canv)
        if canvas.counting:
            return
        with marked(canvas, "Figure", alt=self.picture.title):
            found = ImageReader(io.BytesIO(self.picture.content))
            canvas.drawImage(found, 0, 0, self.width, self.height)
