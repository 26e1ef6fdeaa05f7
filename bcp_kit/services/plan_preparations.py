"""For people who were not asked yet: what the town hall prepares, who asks them; and who has a draft or not.

A preparation is no plan (decision 60): it is kept apart from plans, so no paper, list or drill can hold it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind, answer_on
from bcp_kit.domain.people import STILL_HERE, Person
from bcp_kit.domain.plan_preparations import PlanPreparation
from bcp_kit.services.base import Context
from bcp_kit.services.minsei import minsei_of
from bcp_kit.services.plan_rules import rules_of
from bcp_kit.services.plans_make import Drafting, draft
from bcp_kit.services.plans_read import Dossier, supporters_of
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "before_consent"


def preparation(dossier: Dossier, before: PlanPreparation | None, work: Drafting) -> PlanPreparation:
    """Return what matching and register say about the person; `before` itself when that is the same."""
    as_plan = draft(dossier.person, supporters_of(dossier), None, "", work)
    fresh = PlanPreparation(
        person_id=dossier.person.id,
        made_on=before.made_on if before else work.today,
        updated_on=work.today,
        matching_run_ids=as_plan.matching_run_ids,
        stages=as_plan.stages,
        unplaced=as_plan.unplaced,
        missing=as_plan.missing,
        version=before.version if before else 0,
    )
    if before is None:
        return fresh
    same = {"matching_run_ids": before.matching_run_ids, "updated_on": before.updated_on}
    return before if fresh.model_copy(update=same) == before else fresh


def put_preparations(uow: UnitOfWork, part: Sequence[Dossier], work: Drafting) -> None:
    """Prepare for these people; what did not change is not written."""
    stored = {each.person_id: each for each in uow.plan_preparations.list(person_id=_ids(part))}
    made = [(stored.get(d.person.id), preparation(d, stored.get(d.person.id), work)) for d in part]
    uow.plan_preparations.add_many([fresh for before, fresh in made if before is None], WHY)
    changed = [fresh for before, fresh in made if before is not None and fresh is not before]
    uow.plan_preparations.save_many(changed, WHY)


def _ids(part: Sequence[Dossier]) -> list[str]:
    return [dossier.person.id for dossier in part]


def drop_all_but(uow: UnitOfWork, kept: set[str]) -> None:
    """Remove what was prepared for people who have a plan now, refused, or left."""
    gone = [key for key in uow.plan_preparations.ids() if key not in kept]
    if gone:
        uow.plan_preparations.remove_all(WHY, id=gone)


@dataclass(frozen=True)
class Asking:
    """Who asks the person for the consent: care office, 民生委員 of the district; neither: the town."""

    care_office: str = ""
    minsei: str = ""


def asking_of(uow: UnitOfWork, person: Person) -> Asking:
    """Return who asks the person for the consent to a plan, and explains it beforehand (Art. 49-14(2))."""
    office = person.care_provider
    if not office and person.usual_facility_id:
        facility = uow.facilities.get(person.usual_facility_id)
        office = facility.name if facility else ""
    return Asking(office, minsei_of(uow).get(person.district, ""))


@dataclass(frozen=True)
class Coverage:
    """Everybody on the list, each counted once.

    `plans` have a draft or more, `prepared` wait for consent; `reasons` counts the others by message key.
    `not_drafted` were not looked at yet: the next batch takes them in.
    """

    listed: int = 0
    plans: int = 0
    prepared: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    not_drafted: int = 0

    @property
    def accounted(self) -> int:
        """How many have a draft, a preparation or a named reason for none."""
        return self.plans + self.prepared + sum(self.reasons.values())


COVERAGE_COUNTS = ("listed", "plans", "prepared")  # told one by one, in this order
REFUSED, OFF = "consent.prepare.refused", "consent.prepare.off"


def read_coverage(ctx: Context) -> Coverage:
    """Return how many people on the list have a draft, wait for consent, or have none and why."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        listed = uow.people.ids(register_status=STILL_HERE)
        planned = {person_id for _, person_id in uow.evacuation_plans.columns("person_id")}
        prepared = set(uow.plan_preparations.ids())
        rest = [key for key in listed if key not in planned and key not in prepared]
        reasons = _reasons(ctx, uow, rest)
    left = reasons.pop("", 0)
    plans = sum(key in planned for key in listed)
    return Coverage(len(listed), plans, len(listed) - plans - len(rest), dict(reasons), left)


def _reasons(ctx: Context, uow: UnitOfWork, person_ids: Sequence[str]) -> Counter[str]:
    """Count people without a draft by why they have none, "" where nothing stands in the way."""
    off, today = not rules_of(uow).prepare_before_consent, ctx.today()
    found: Counter[str] = Counter()
    for part in chunks(person_ids, PEOPLE_AT_ONCE):
        consents = uow.consents.list(giver_id=part, kind=ConsentKind.MAKE_PLAN)
        by_giver: dict[str, list[Consent]] = {}
        for consent in consents:
            by_giver.setdefault(consent.giver_id, []).append(consent)
        for key in part:
            answer = answer_on(by_giver.get(key, ()), ConsentKind.MAKE_PLAN, key, key, today)
            if answer is ConsentAnswer.REFUSED:
                found[REFUSED] += 1
            elif answer is ConsentAnswer.NO_ANSWER and off:
                found[OFF] += 1
            else:
                found[""] += 1
    return found
