"""The sister plans 避難確保計画 and 非常災害対策計画: whether a facility needs them, what each lacks."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import CONTINUITY_KINDS, ContinuityPlan, PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.completeness import Completeness, ItemProgress, completeness
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import form_id
from bcp_kit.services.bcp_content import PlanContent, content_in
from bcp_kit.services.bcp_writing import PlanNeed, plan_needs
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class SisterPlan:
    """One sister plan of a facility: whether it is needed and by which law, its content, where it stands.

    `begun` is False while nobody began it: the content is then what facts and natural-disaster plan give.
    """

    need: PlanNeed
    begun: bool
    content: PlanContent
    standing: Completeness

    @property
    def missing(self) -> tuple[ItemProgress, ...]:
        """What is still to be written, what the law asks first."""
        return self.standing.open_items


def sister_plans(ctx: Context, facility_id: str) -> tuple[SisterPlan, ...]:
    """Return both sister plans of a facility. Nothing is stored.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        needs = [need for need in plan_needs(facility) if need.kind not in CONTINUITY_KINDS]
        return tuple(_sister(ctx, uow, facility, need) for need in needs)


def _sister(ctx: Context, uow: UnitOfWork, facility: Facility, need: PlanNeed) -> SisterPlan:
    begun = uow.continuity_plans.list(facility_id=facility.id, kind=need.kind)
    plan = begun[0] if begun else _not_begun(ctx, facility, need.kind)
    content = content_in(uow, plan)
    standing = completeness(content.form, content.categories, content.plan)
    return SisterPlan(need, bool(begun), content, standing)


def _not_begun(ctx: Context, facility: Facility, kind: PlanKind) -> ContinuityPlan:
    """Return a plan as it would be begun today."""
    asked = form(form_id(kind))
    return ContinuityPlan(
        id="",
        facility_id=facility.id,
        kind=kind,
        form_id=asked.id,
        title=asked.title_ja,
        created_on=ctx.today(),
        updated_at=ctx.clock.now(),
    )
