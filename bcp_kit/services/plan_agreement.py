"""What the person agreed to, and the signature (or proxy's) under the plan (F63, Art. 49-14, 49-15)."""

from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import FieldValue, Signature
from bcp_kit.domain.plans import EvacuationPlan, PlanStatus
from bcp_kit.forms.plan_form import standard_form
from bcp_kit.services.base import Context
from bcp_kit.services.plan_field_words import read_value
from bcp_kit.storage.faults import Conflict

REASON = "removed_reason"


@dataclass(frozen=True)
class ConsentCommand:
    """One answer: of the person, or for BE_NAMED of a supporter (`supporter_id`) about this person.

    `explained_on` is the day on which it was explained to whom and when the plan is given (Art. 49-14(2)).
    """

    person_id: str
    kind: ConsentKind
    answer: ConsentAnswer
    supporter_id: str = ""
    given_on: date | None = None
    explained_on: date | None = None
    way: str = ""
    proxy: str = ""
    scope: tuple[str, ...] = ()


def record_consent(ctx: Context, command: ConsentCommand) -> Consent:
    """Add an answer; earlier ones stay, the newest counts. A second answer of one day replaces the first.

    Who refuses a plan has no preparation from then on.

    Raises: BcpKitError U-002 (no such person or supporter), I-233 for a consent before its explanation,
    I-204 for a day to come.
    """
    ctx.demand(Action.RECORD_CONSENT)
    today = ctx.today()
    given = command.given_on or today
    if command.explained_on is not None and command.explained_on > given:
        raise BcpKitError(ErrorCode.CONSENT_BEFORE_EXPLANATION)
    if given > today:
        raise BcpKitError(ErrorCode.DATE_IN_FUTURE)
    with ctx.open_store() as uow:
        uow.lock()
        uow.people.need(command.person_id)
        named = command.kind is ConsentKind.BE_NAMED
        if named:
            uow.supporters.need(command.supporter_id)
        giver = command.supporter_id if named else command.person_id
        about = command.person_id if named else ""
        before = [
            c
            for c in uow.consents.list(giver_id=giver, kind=command.kind)
            if c.given_on == given and c.person_id == about
        ]
        consent = Consent(
            id=before[-1].id if before else ctx.new_id(),
            version=before[-1].version if before else 0,
            kind=command.kind,
            giver_id=giver,
            person_id=about,
            answer=command.answer,
            given_on=given,
            explained_on=command.explained_on,
            scope=command.scope,
            way=command.way,
            proxy=command.proxy,
        )
        if before:
            consent = uow.consents.save(consent, why=command.kind.value)
        else:
            uow.consents.add(consent, why=command.kind.value)
        if command.kind is ConsentKind.MAKE_PLAN and command.answer is ConsentAnswer.REFUSED:
            uow.plan_preparations.remove_all("refused", person_id=command.person_id)
        uow.commit()
    return consent


def sign_plan(ctx: Context, plan_id: str, signature: Signature, expected_version: int) -> EvacuationPlan:
    """Record who signed the plan; a later change of the plan makes the signature an older one.

    Raises: BcpKitError P-049 (blank name, blank relation or reason of a proxy, a day to come), U-002,
    Conflict (D-001) when somebody saved in between.
    """
    ctx.demand(Action.MAKE_PLANS)
    words = [signature.signed_by]
    words += [signature.proxy.relation, signature.proxy.reason] if signature.proxy else []
    if not all(word.strip() for word in words) or signature.signed_on > ctx.today():
        raise BcpKitError(ErrorCode.SIGNATURE_INCOMPLETE)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.evacuation_plans.need(plan_id)
        mine = plan.model_copy(update={"signature": signature, "status": PlanStatus.AGREED})
        if plan.version != expected_version:
            raise Conflict(mine, plan)
        saved = uow.evacuation_plans.save(mine, why="signature")
        uow.commit()
    return saved


def end_plan(ctx: Context, plan_id: str, reason: str, expected_version: int) -> EvacuationPlan:
    """End a plan, with the reason (a key of the field `removed_reason`); its copies are taken back by hand.

    Raises: BcpKitError P-047 for a reason that the form lacks, U-002, Conflict (D-001).
    """
    ctx.demand(Action.MAKE_PLANS)
    value = read_value(standard_form().field(REASON), FieldValue(text=reason))
    if value.is_empty:
        raise BcpKitError(ErrorCode.REASON_MISSING)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.evacuation_plans.need(plan_id)
        answers = {**plan.answers, REASON: value.text}
        mine = plan.model_copy(update={"status": PlanStatus.WITHDRAWN, "answers": answers})
        if plan.version != expected_version:
            raise Conflict(mine, plan)
        saved = uow.evacuation_plans.save(mine, why="end")
        uow.commit()
    return saved


def signature_is_older(plan: EvacuationPlan) -> bool:
    """True when the plan was changed after it was signed: the person has not seen what it says now."""
    return plan.signature is not None and plan.signature.signed_on < plan.updated_on
