"""Setting items aside that a facility does not need: proposed with a reason, accepted by the manager."""

from collections.abc import Collection
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.closing import ON_SITE, RESIDENTIAL, Profile, closings, is_small
from bcp_kit.forms.schema import Requirement
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import PlanContent, content_of
from bcp_kit.services.bcp_saving import Saved, save_answers
from bcp_kit.storage.unit_of_work import UnitOfWork

SHELTER_ITEM, SHELTER_YES = "nd_shelter_designation", frozenset({"designated", "agreement_only"})


@dataclass(frozen=True)
class Closing:
    """One item that may be set aside: why it is asked, and the reason that would be stored."""

    item_id: str
    title: str
    required: Requirement
    reason: str


def profile_of(uow: UnitOfWork, content: PlanContent) -> Profile:
    """Return what records and answers say of a facility; what nobody said stays unknown."""
    categories = set(content.categories)
    staff = sum(uow.staff.count(facility_id=facility.id) for facility in content.facilities)
    operator = content.facility.operator
    sisters = uow.facilities.count(operator=operator) if operator else None
    chosen = set(content.plan.answers.get(SHELTER_ITEM, Answer()).choices)
    generators = [facility.generator_w for facility in content.facilities]
    return Profile(
        night=bool(categories & RESIDENTIAL),
        users_on_site=bool(categories & ON_SITE),
        one_service=sisters == 1,
        small=is_small(staff),
        generator=None if None in generators else any(generators),
        shelter=bool(chosen & SHELTER_YES) if chosen else None,
    )


def closing_proposals(ctx: Context, plan_id: str, profile: Profile | None = None) -> tuple[Closing, ...]:
    """Return the items of a plan that nobody wrote yet and that may be set aside.

    `profile`: what the manager says of the facility, in the place of what the records say. Raises:
    BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        content = content_of(ctx, uow, plan_id)
        said = profile or profile_of(uow, content)
    answers = content.plan.answers
    still_open = [i for i in content.items if answers.get(i.id, Answer()).state is AnswerState.OPEN]
    reasons = closings(still_open, said)
    return tuple(Closing(i.id, i.title_ja, i.required, reasons[i.id]) for i in still_open if i.id in reasons)


def facility_profile(ctx: Context, plan_id: str) -> Profile:
    """Return the profile that the records give, for the manager to put right.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        return profile_of(uow, content_of(ctx, uow, plan_id))


def accept_closings(
    ctx: Context,
    plan_id: str,
    item_ids: Collection[str] | None = None,
    profile: Profile | None = None,
    expected_version: int | None = None,
) -> Saved:
    """Set the proposed items aside, all or those named, each with its reason; what somebody wrote stays.

    Raises: Conflict (D-001), BcpKitError A-001.
    """
    proposed = closing_proposals(ctx, plan_id, profile)
    answers = {
        closing.item_id: Answer(state=AnswerState.NOT_APPLICABLE, reason=closing.reason)
        for closing in proposed
        if item_ids is None or closing.item_id in item_ids
    }
    return save_answers(ctx, plan_id, answers, expected_version)
