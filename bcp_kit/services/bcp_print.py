"""Printing a continuity plan."""

from bcp_kit.access.policy import Action
from bcp_kit.render.continuity_plan import render_continuity_plan
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.plan_blocks import PlanPrint
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import view_of


def print_plan(ctx: Context, plan_id: str, *, without_personal: bool = False) -> PrintedDocument:
    """Return the plan as PDF; `without_personal` leaves the lists of users and staff out.

    The audit log notes the print, because the paper leaves the house. Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        view = view_of(ctx, uow, plan_id)
        uow.audit.note("print", "continuity_plans", plan_id, "without_personal" if without_personal else "")
        uow.commit()
    doc = PlanPrint(view.plan, view.facility, view.form, view.completeness, ctx.clock.now(), without_personal)
    return render_continuity_plan(doc)
