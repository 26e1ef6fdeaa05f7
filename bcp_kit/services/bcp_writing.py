"""What helps a person to write: where they stopped, which plans the facility needs, joint or separate."""

from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import Row, catalogue
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import CONTINUITY_KINDS, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.writing import WritingPlace
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import form_id

# The plan that a kind of plan is in the catalogue `adjacent_plans`, with law, trigger and sources.
ADJACENT = {PlanKind.EVACUATION_SECURING: "evacuation_plan", PlanKind.EMERGENCY_DISASTER: "disaster_plan"}
# 水防法, 土砂災害防止法 and 津波防災地域づくり法 name these; an earthquake zone asks for no such plan.
EVACUATION_HAZARDS = frozenset(HazardKind) - {HazardKind.EARTHQUAKE}
# Services whose standards have no article on 非常災害 (catalogue `adjacent_plans`, row disaster_plan).
WITHOUT_DISASTER_ARTICLE = frozenset(
    {
        ServiceCategory.CARE_HOME_VISIT,
        ServiceCategory.CARE_MANAGEMENT,
        ServiceCategory.DIS_HOME_VISIT,
        ServiceCategory.DIS_CONSULTATION,
    }
)


class Need(StrEnum):
    """Whether a facility needs a plan. MAYBE: it depends on what nobody has looked up yet."""

    DUTY = "duty"
    MAYBE = "maybe"
    NO = "no"


@dataclass(frozen=True)
class PlanNeed:
    """Whether a facility needs one kind of plan, and the catalogue row that says when (None: BCP itself).

    `exists` is False while this version of the program has no form for the kind.
    """

    kind: PlanKind
    need: Need
    row: Row | None
    exists: bool


def has_form(kind: PlanKind) -> bool:
    """True when there is a form for a kind of plan."""
    try:
        form(form_id(kind))
    except BcpKitError as error:
        if error.code is ErrorCode.FORM_MISSING:
            return False
        raise
    return True


def _need(kind: PlanKind, facility: Facility) -> Need:
    if kind in CONTINUITY_KINDS:
        return Need.DUTY
    if kind is PlanKind.EMERGENCY_DISASTER:
        return Need.NO if facility.category in WITHOUT_DISASTER_ARTICLE else Need.DUTY
    looked = {e.hazard: e.in_zone for e in facility.exposures if e.hazard in EVACUATION_HAZARDS}
    if Known.YES in looked.values():
        return Need.DUTY
    all_clear = set(looked) == EVACUATION_HAZARDS and set(looked.values()) == {Known.NO}
    return Need.NO if all_clear else Need.MAYBE


def plan_needs(facility: Facility) -> tuple[PlanNeed, ...]:
    """Return for each kind of plan whether the facility needs it; the two continuity plans first.

    Source: catalogue `adjacent_plans` (which services and places); only what is entered of the facility's
    place counts, the naming in the municipal plan is for the municipality to say.
    """
    rows = catalogue("adjacent_plans").rows
    return tuple(
        PlanNeed(kind, _need(kind, facility), rows.get(ADJACENT.get(kind, "")), has_form(kind))
        for kind in PlanKind
    )


def remember_place(ctx: Context, plan_id: str, item_id: str) -> None:
    """Keep the item that the actor opened last in the plan. The plan itself and its version stay as they are.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.SEE_BCP, plan.facility_id)
        stored = uow.writing_places.get((plan_id, ctx.actor.name))
        fresh = WritingPlace(plan_id=plan_id, actor=ctx.actor.name, item_id=item_id, at=ctx.clock.now())
        if stored is None:
            uow.writing_places.add(fresh)
        elif stored.item_id != item_id:
            uow.writing_places.save(fresh.model_copy(update={"version": stored.version}))
        uow.commit()


def places_of(ctx: Context, facility_id: str) -> dict[str, WritingPlace]:
    """Return where the actor stopped in each plan of the facility, by plan id."""
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        ids = uow.continuity_plans.ids(facility_id=facility_id)
        found = (uow.writing_places.get((plan_id, ctx.actor.name)) for plan_id in ids)
        return {place.plan_id: place for place in found if place is not None}


def set_joint(ctx: Context, facility_id: str, *, joint: bool) -> tuple[ContinuityPlan, ...]:
    """Say whether the facility's two continuity plans are kept as one document; return the plans as stored.

    The guidelines allow both (catalogue `legal_obligations`, row integrate). Raises: Conflict (D-001), A-001.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    with ctx.open_store() as uow:
        uow.lock()
        plans = uow.continuity_plans.list(facility_id=facility_id)
        changed = [p for p in plans if p.kind in CONTINUITY_KINDS and p.joint is not joint]
        saved = tuple(uow.continuity_plans.save(p.model_copy(update={"joint": joint})) for p in changed)
        uow.commit()
    return saved
