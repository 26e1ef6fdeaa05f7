"""The two-dimensional code of a plan, drawn on a page."""

from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.code import dark_runs, plan_code
from bcp_kit.render.evacuation.values import say
from bcp_kit.render.evacuation.wording import without_readings
from bcp_kit.render.tagpdf import TaggedCanvas, fill_cells, marked


def draw_code(canvas: TaggedCanvas, case: PlanCase, x: float, y: float, side: float) -> None:
    """Draw the code of the plan with its lower left corner at (x, y), `side` points wide."""
    count, runs = dark_runs(plan_code(case.plan.id, case.plan.version))
    with marked(canvas, "Figure", alt=without_readings(say("qr_alt"))):
        canvas.setFillGray(0)
        canvas.saveState()
        canvas.translate(x, y)
        cells = ((column, count - row - 1, length) for row, column, length in runs)
        fill_cells(canvas, cells, side / count)
        canvas.restoreState()
