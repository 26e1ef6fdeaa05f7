"""What the town decided about the making of its plans: preparing before consent, imported supporters."""

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.plan_rules import PairRule, PlanRules
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

LAYER, DEFAULTS, WHY = "plan_rules", "plans_defaults", "plan_rules"
PREPARE, APPROVE = "prepare_before_consent", "approve_imported"


def default_rules() -> PlanRules:
    """Return the rules of a town that decided nothing (unverified planning defaults)."""
    row = catalogue(DEFAULTS).need
    return PlanRules(
        prepare_before_consent=row(PREPARE).data["choice"] == "yes",
        approve_imported=PairRule(row(APPROVE).data["choice"]),
    )


def rules_of(uow: UnitOfWork) -> PlanRules:
    """Return the rules that count: the town's own, the defaults where it has none."""
    return default_rules().model_copy(update=_own(uow))


def _own(uow: UnitOfWork) -> dict[str, object]:
    kept = uow.layers.get(LAYER) or {}
    own: dict[str, object] = {}
    if PREPARE in kept:
        own[PREPARE] = bool(kept[PREPARE])
    if APPROVE in kept:
        own[APPROVE] = PairRule(kept[APPROVE])
    return own


def read_plan_rules(ctx: Context) -> PlanRules:
    """Return the rules that count."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return rules_of(uow)


def set_plan_rules(ctx: Context, rules: PlanRules) -> PlanRules:
    """Keep the town's own rules; what was prepared before consent goes at once where it may not be any more.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.KEEP_RULES)
    with ctx.open_store() as uow:
        uow.lock()
        uow.layers.put(LAYER, rules.model_dump(mode="json"), WHY)
        if not rules.prepare_before_consent:
            uow.plan_preparations.remove_all(WHY)
        uow.commit()
    return rules


def pairs_wait(uow: UnitOfWork) -> bool:
    """True when pairs of person and supporter that come in now wait for a second person."""
    rule = rules_of(uow).approve_imported
    return rule is PairRule.ALWAYS or (rule is PairRule.AFTER_SETUP and bool(uow.evacuation_plans.count()))
