"""What takes the place of consent: the town's ordinance, and a recorded decision in an emergency (F89)."""

from dataclasses import dataclass
from datetime import timedelta

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.domain.consent import Emergency, Ordinance
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context
from bcp_kit.services.plans_read import EMERGENCY_LAYER, ORDINANCE_LAYER, town_rules
from bcp_kit.storage.unit_of_work import UnitOfWork

HISTORY_LAYER = "emergencies"
DEFAULTS = "plans_defaults"


@dataclass(frozen=True)
class DisclosureRules:
    """What stands now, and the decisions before, the newest first. `running`: the emergency is on now."""

    ordinance: Ordinance | None
    emergency: Emergency | None
    running: bool
    earlier: tuple[Emergency, ...]


def read_rules(ctx: Context) -> DisclosureRules:
    """Return the ordinance, the emergency decision and the earlier ones."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        rules, earlier = town_rules(uow), _history(uow)
    emergency = rules.emergency
    running = emergency is not None and emergency.runs_at(ctx.clock.now())
    return DisclosureRules(rules.ordinance, emergency, running, tuple(reversed(earlier)))


def _history(uow: UnitOfWork) -> list[Emergency]:
    return [Emergency.model_validate(each) for each in (uow.layers.get(HISTORY_LAYER) or {}).get("all", [])]


def record_ordinance(ctx: Context, ordinance: Ordinance) -> Ordinance:
    """Record the ordinance that takes the place of consent in peacetime; one without a name is taken back.

    Law: Art. 49-11(2) and 49-15(2) provisos (special provision by ordinance). Raises: BcpKitError P-009 for a
    waiver without the ordinance's name.
    """
    ctx.demand(Action.KEEP_RULES)
    if not ordinance.name.strip() and (ordinance.waives_plan_consent or ordinance.waives_register_consent):
        raise BcpKitError(ErrorCode.ORDINANCE_NAME_MISSING)
    with ctx.open_store() as uow:
        uow.lock()
        uow.layers.put(ORDINANCE_LAYER, ordinance.model_dump(mode="json"))
        uow.audit.note("edit", "disclosure_rules", "", "ordinance")
        uow.commit()
    return ordinance


def begin_emergency(ctx: Context, decided_by: str, reason: str, hours: float) -> Emergency:
    """Record that disclosure without consent is specially necessary to protect life or body, from now on.

    Who decided, why and until when are kept and printed on nothing personal. Law: Art. 49-11(3), 49-15(3).
    Raises: BcpKitError P-010 (no name or reason), P-011 (the period is not within what the catalogue allows).
    """
    ctx.demand(Action.KEEP_RULES)
    if not decided_by.strip() or not reason.strip():
        raise BcpKitError(ErrorCode.EMERGENCY_UNSIGNED)
    most = load.number(DEFAULTS, "emergency_most")
    if not 0 < hours <= most:
        raise BcpKitError(ErrorCode.EMERGENCY_TOO_LONG, hours=f"{most:g}")
    now = ctx.clock.now()
    begun = Emergency(
        decided_by=decided_by.strip(),
        reason=reason.strip(),
        starts_at=now,
        ends_at=now + timedelta(hours=hours),
    )
    with ctx.open_store() as uow:
        uow.lock()
        _keep(uow, begun)
        uow.audit.note("edit", "disclosure_rules", "", "emergency_begins")
        uow.commit()
    return begun


def _keep(uow: UnitOfWork, begun: Emergency) -> None:
    """Make `begun` the one that counts, and keep the one before as it was."""
    current = uow.layers.get(EMERGENCY_LAYER)
    if current:
        earlier = [each.model_dump(mode="json") for each in _history(uow)]
        uow.layers.put(HISTORY_LAYER, {"all": [*earlier, current]})
    uow.layers.put(EMERGENCY_LAYER, begun.model_dump(mode="json"))


def end_emergency(ctx: Context) -> Emergency:
    """End the running emergency now: from here on peacetime's rules decide again.

    Raises: BcpKitError P-012 when none is running.
    """
    ctx.demand(Action.KEEP_RULES)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        uow.lock()
        emergency = town_rules(uow).emergency
        if emergency is None or not emergency.runs_at(now):
            raise BcpKitError(ErrorCode.NO_EMERGENCY)
        ended = emergency.model_copy(update={"ends_at": now})
        uow.layers.put(EMERGENCY_LAYER, ended.model_dump(mode="json"))
        uow.audit.note("edit", "disclosure_rules", "", "emergency_ends")
        uow.commit()
    return ended
