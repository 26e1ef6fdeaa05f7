"""Who stands on a paper about several people, as far as the law lets its reader know (Art. 49-11, 49-15).

District list: register entries of those who may be disclosed; supporters and destination where the plan may.
Arrival list: who comes to a shelter. Sealed set: those who may not be disclosed now, by why. People with a
protected address stand on none of them with name and district; a shelter expects them under their number.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bcp_kit.domain.consent import (
    Decision,
    Disclosure,
    DisclosureItem,
    Recipient,
    may_disclose,
)
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import ListKind, PaperCopy
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.domain.plans import PlannedStage
from bcp_kit.domain.shelters import Shelter
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.plans_read import Dossier, TownRules, dossiers, may_hand_out
from bcp_kit.storage.unit_of_work import UnitOfWork

NO_PLAN = "no_plan"
BETWEEN = "\n"  # between the districts of one list


@dataclass(frozen=True)
class Listed:
    """One person on a list. `plan_shown`: supporters and destination may stand there too.

    `reason` is the message key of why the person stands in a sealed set, with the article.
    """

    dossier: Dossier
    plan_shown: bool
    reason: str = ""
    article: str = ""
    stages: tuple[PlannedStage, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """Who stands on one paper, who not: counts by message key of the reason; `hidden`: protected people.

    `unnamed` come to a shelter and may only be counted.
    """

    kind: ListKind
    subject: str
    listed: tuple[Listed, ...]
    left_out: Mapping[str, int]
    hidden: tuple[Listed, ...] = ()
    unnamed: tuple[Listed, ...] = ()
    shelter: Shelter | None = None
    hazard: HazardKind | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of everybody whose details stand on the paper."""
        return tuple(each.dossier.person.id for each in (*self.listed, *self.hidden))

    @property
    def plans_shown(self) -> tuple[str, ...]:
        """Ids of those whose plan stands on the paper."""
        shown = (each for each in (*self.listed, *self.hidden) if each.plan_shown)
        return tuple(each.dossier.person.id for each in shown)

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts of the paper."""
        return tuple(self.subject.split(BETWEEN))


@dataclass(frozen=True)
class Asking:
    """For whom a list is, at which moment, under which rules."""

    rules: TownRules
    at: datetime
    recipient: Recipient = Recipient.SUPPORT_PARTY


def districts_of(uow: UnitOfWork) -> tuple[str, ...]:
    """Return the districts in which people on the register live, in the order of their names."""
    rows = uow.people.fields("district", register_status=STILL_HERE)
    return tuple(sorted({str(row[1]) for row in rows if row[1]}))


def shelters_with_arrivals(uow: UnitOfWork) -> tuple[Shelter, ...]:
    """Return the places to which a plan leads, in the order of their names."""
    wanted = {stage.shelter_id for plan in uow.evacuation_plans.list() for stage in plan.stages}
    return tuple(sorted((s for s in uow.shelters.list() if s.id in wanted), key=lambda s: (s.name, s.id)))


def may_show_register(dossier: Dossier, asking: Asking) -> Decision:
    """Return whether the reader may have the person's entry of the register."""
    asked = Disclosure(
        item=DisclosureItem.REGISTER_ENTRY, person_id=dossier.person.id, recipient=asking.recipient
    )
    rules = asking.rules
    return may_disclose(
        asked, dossier.consents, at=asking.at, ordinance=rules.ordinance, emergency=rules.emergency
    )


def may_show_plan(dossier: Dossier, asking: Asking) -> Decision:
    """Return whether the reader may have the person's plan; within the town hall consent is not asked."""
    if asking.recipient is not Recipient.SUPPORT_PARTY:
        asked = Disclosure(
            item=DisclosureItem.PLAN,
            person_id=dossier.person.id,
            supporter_ids=dossier.supporter_ids,
            recipient=asking.recipient,
        )
        rules = asking.rules
        return may_disclose(
            asked, dossier.consents, at=asking.at, ordinance=rules.ordinance, emergency=rules.emergency
        )
    return may_hand_out(dossier, Edition.SUPPORTER, asking.rules, asking.at)


def _of_districts(uow: UnitOfWork, districts: Sequence[str]) -> list[Dossier]:
    wanted = set(districts)
    rows = uow.people.fields("district", "address", "register_no", register_status=STILL_HERE)
    found = sorted(
        (districts.index(row[1]), str(row[2]), str(row[3]), row[0]) for row in rows if row[1] in wanted
    )
    return dossiers(uow, [person_id for *_, person_id in found])


def gather_district(uow: UnitOfWork, subject: str, asking: Asking) -> Gathered:
    """Return who stands on the list of some districts, in the order of districts and addresses."""
    listed, left = [], Counter[str]()
    for dossier in _of_districts(uow, subject.split(BETWEEN)):
        decision = may_show_register(dossier, asking)
        if dossier.person.protected_address:
            continue
        if not decision.allowed:
            left[decision.reason] += 1
            continue
        shown = dossier.plan is not None and may_show_plan(dossier, asking).allowed
        listed.append(Listed(dossier, shown))
    return Gathered(ListKind.DISTRICT, subject, tuple(listed), dict(left))


def gather_sealed(uow: UnitOfWork, subject: str, asking: Asking) -> Gathered:
    """Return who may not be disclosed in peacetime, each with the reason: what the envelope holds.

    The emergency that opens the envelope is left aside: it is packed before.
    """
    calm = replace(asking, rules=replace(asking.rules, emergency=None), recipient=Recipient.SUPPORT_PARTY)
    listed = []
    for dossier in _of_districts(uow, subject.split(BETWEEN)):
        if dossier.person.protected_address:
            continue
        if dossier.plan is None:
            decision, reason = may_show_register(dossier, calm), NO_PLAN
            if decision.allowed:
                continue
            listed.append(Listed(dossier, False, reason, "49-11(3)"))
            continue
        decision = may_show_plan(dossier, calm)
        if not decision.allowed:
            listed.append(Listed(dossier, True, decision.reason, "49-15(3)"))
    return Gathered(ListKind.SEALED, subject, tuple(listed), {})


def gather_arrivals(uow: UnitOfWork, subject: str, asking: Asking) -> Gathered:
    """Return who comes to a shelter; those who may not be named are only counted.

    `subject` is the shelter's id, and for one hazard that hazard after it. Raises: BcpKitError U-002 for no
    such shelter.
    """
    shelter_id, _, named = subject.partition(BETWEEN)
    hazard = HazardKind(named) if named else None
    shelter = uow.shelters.need(shelter_id)
    stages: dict[str, tuple[PlannedStage, ...]] = {}
    for plan in uow.evacuation_plans.list():
        here = tuple(s for s in plan.stages if s.shelter_id == shelter_id and hazard in (None, s.hazard))
        if here:
            stages[plan.person_id] = here
    listed, hidden, unnamed, left = [], [], [], Counter[str]()
    for dossier in dossiers(uow, list(stages)):
        if dossier.person.register_status.has_left:
            continue
        one = Listed(dossier, True, stages=stages[dossier.person.id])
        decision = may_show_plan(dossier, asking)
        if not decision.allowed:
            left[decision.reason] += 1
            unnamed.append(one)
        elif dossier.person.protected_address:
            hidden.append(one)
        else:
            listed.append(one)
    return Gathered(
        ListKind.ARRIVALS,
        subject,
        tuple(sorted(listed, key=lambda each: (each.dossier.person.name_kana, each.dossier.person.id))),
        dict(left),
        tuple(hidden),
        tuple(unnamed),
        shelter,
        hazard,
    )


GATHER: Mapping[ListKind, Callable[[UnitOfWork, str, Asking], Gathered]] = {
    ListKind.DISTRICT: gather_district,
    ListKind.ARRIVALS: gather_arrivals,
    ListKind.SEALED: gather_sealed,
}


def forbidden(copy: PaperCopy, found: Iterable[Dossier], asking: Asking) -> Decision | None:
    """Return the first decision that forbids to hand a list to the reader, None where all allow it.

    Within the town hall a list is never forbidden; a sealed set leaves it in a recorded emergency only.
    """
    if asking.recipient is Recipient.OFFICE:
        return None
    shown = set(copy.plans_shown)
    for dossier in found:
        asked = may_show_plan if dossier.person.id in shown else may_show_register
        decision = asked(dossier, asking)
        if not decision.allowed:
            return decision
    return None
