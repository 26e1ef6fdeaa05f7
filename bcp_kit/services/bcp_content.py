"""The content of a plan as it is read, checked and printed: its answers with the facts of the site in them.

What stands behind a plan is `ContinuityPlan` (what was written into it) and `SiteFacts` (what several plans
share). Everything that shows, checks, compares or prints a plan takes `PlanContent`, never the parts.
"""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.forms.schema import Form, form
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PlanContent:
    """One plan, resolved.

    `plan.answers` hold words only: shared facts and references stand in them as text. `facilities`: the one
    that the plan belongs to first, then those at the same site that it covers too. `facts` is None while
    nobody has entered any.
    """

    plan: ContinuityPlan
    facilities: tuple[Facility, ...]
    form: Form
    facts: SiteFacts | None

    @property
    def facility(self) -> Facility:
        """Return the facility that the plan belongs to."""
        return self.facilities[0]


def content_of(ctx: Context, uow: UnitOfWork, plan_id: str) -> PlanContent:
    """Return the plan's content within an open unit of work.

    Raises: BcpKitError D-002 (no such plan), U-002 (not this facility's).
    """
    plan = uow.continuity_plans.need(plan_id)
    ctx.demand(Action.SEE_BCP, plan.facility_id)
    facilities = tuple(uow.facilities.need(key) for key in (plan.facility_id, *plan.also_covers))
    found = uow.site_facts.list(facility_id=plan.facility_id)
    return PlanContent(plan, facilities, form(plan.form_id), next(iter(found), None))


def read_content(ctx: Context, plan_id: str) -> PlanContent:
    """Return the plan's content.

    Raises: BcpKitError D-002, U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        return content_of(ctx, uow, plan_id)
