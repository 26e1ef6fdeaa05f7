"""What plans need out of the store, for many people at once: supporters, places, consents, rules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bcp_kit.domain.consent import (
    Consent,
    ConsentAnswer,
    ConsentKind,
    Decision,
    Disclosure,
    DisclosureItem,
    Emergency,
    Ordinance,
    answer_on,
    may_disclose,
    may_make_plan,
)
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.plan_changes import ChangeState
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.evacuation.case import ConsentState, NamedSupporter, PlanCase
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.plan_touched import lapsed, touched_parts
from bcp_kit.storage.unit_of_work import UnitOfWork

APPROVAL = "approval"  # stands where a decision names an article: the rule is the house's own
TOWN_LAYER, ORDINANCE_LAYER, EMERGENCY_LAYER = "town", "ordinance", "emergency"


@dataclass(frozen=True)
class TownRules:
    """Whose plans these are, and what may take the place of consent."""

    municipality: str = ""
    ordinance: Ordinance | None = None
    emergency: Emergency | None = None


@dataclass(frozen=True)
class Dossier:
    """One person with everything that the plan says or rests on.

    `change_open`: a change of the supporters waits for approval.
    """

    person: Person
    plan: EvacuationPlan | None
    supporters: tuple[NamedSupporter, ...]
    consents: tuple[Consent, ...]
    change_open: bool = False

    @property
    def supporter_ids(self) -> tuple[str, ...]:
        """Ids of the supporters named in the plan."""
        return tuple(named.supporter.id for named in self.supporters)


def town_rules(uow: UnitOfWork) -> TownRules:
    """Return the town's name, its ordinance and an emergency that was recorded, where there are any."""
    town = uow.layers.get(TOWN_LAYER) or {}
    ordinance = uow.layers.get(ORDINANCE_LAYER) or town.get("ordinance")
    emergency = uow.layers.get(EMERGENCY_LAYER)
    return TownRules(
        municipality=str(town.get("name", "")),
        ordinance=Ordinance.model_validate(ordinance) if ordinance else None,
        emergency=Emergency.model_validate(emergency) if emergency else None,
    )


def all_shelters(uow: UnitOfWork) -> Mapping[str, Shelter]:
    """Return every destination by id."""
    return {shelter.id: shelter for shelter in uow.shelters.list()}


def dossiers(uow: UnitOfWork, person_ids: Sequence[str]) -> list[Dossier]:
    """Return the dossiers of these people in the order given; ids that the register lacks are left out."""
    people = {person.id: person for person in uow.people.list(id=person_ids)}
    plans = {plan.person_id: plan for plan in uow.evacuation_plans.list(person_id=person_ids)}
    links = uow.links.list(person_id=person_ids)
    helpers = {s.id: s for s in uow.supporters.list(id=list({link.supporter_id for link in links}))}
    named: dict[str, list[NamedSupporter]] = defaultdict(list)
    for link in sorted(links, key=lambda link: link.rank):
        if link.supporter_id in helpers:
            named[link.person_id].append(NamedSupporter(helpers[link.supporter_id], link))
    changing = {
        person_id
        for change in uow.plan_changes.list(person_id=person_ids, state=ChangeState.OPEN)
        for person_id in ([change.person_id] if change.is_of_links else [])
    }
    given = _by_giver(uow.consents.list(giver_id=[*people, *helpers]))
    found = []
    for person_id in dict.fromkeys(person_ids):
        if person_id in people:
            supporters = tuple(named[person_id])
            givers = (person_id, *(helper.supporter.id for helper in supporters))
            consents = tuple(
                consent
                for giver in givers
                for consent in given.get(giver, ())
                if consent.person_id in ("", person_id)
            )
            found.append(
                Dossier(people[person_id], plans.get(person_id), supporters, consents, person_id in changing)
            )
    return found


def _by_giver(consents: Iterable[Consent]) -> Mapping[str, list[Consent]]:
    found: dict[str, list[Consent]] = defaultdict(list)
    for consent in consents:
        found[consent.giver_id].append(consent)
    return found


def may_hand_out(dossier: Dossier, edition: Edition, rules: TownRules, at: datetime) -> Decision:
    """Return whether a copy may be printed for its reader.

    Law: the person's own copy needs the consent to the plan (Art. 49-14(1)); a supporter's copy is a
    disclosure of the plan, with the supporters who are really named in it (Art. 49-15). While a change of the
    supporters waits for approval nobody else gets a copy, except in a recorded emergency (N5).
    """
    if edition is Edition.PERSON:
        return may_make_plan(dossier.consents, dossier.person.id, at.date())
    urgent = rules.emergency is not None and rules.emergency.runs_at(at)
    if dossier.change_open and not urgent:
        return Decision(allowed=False, article=APPROVAL, reason="disclose.change_open")
    return may_disclose(
        Disclosure(
            item=DisclosureItem.PLAN,
            person_id=dossier.person.id,
            supporter_ids=dossier.supporter_ids,
        ),
        dossier.consents,
        at=at,
        ordinance=rules.ordinance,
        emergency=rules.emergency,
    )


def basis_words(decision_article: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return what a decision rests on, in words: the article of the law, or the house's own rule."""
    if decision_article == APPROVAL:
        return text("disclose.basis_house", language)
    return text("disclose.basis_article", language, article=decision_article)


def consent_state(dossier: Dossier, rules: TownRules, at: datetime) -> ConsentState:
    """Return what was answered, as the paper says it."""
    person_id, day, consents = dossier.person.id, at.date(), dossier.consents
    make = answer_on(consents, ConsentKind.MAKE_PLAN, person_id, person_id, day)
    dates = [c.given_on for c in consents if c.kind is ConsentKind.MAKE_PLAN and c.given_on]
    agreed = [
        answer_on(consents, ConsentKind.BE_NAMED, supporter_id, person_id, day)
        for supporter_id in dossier.supporter_ids
    ]
    return ConsentState(
        make_plan=make,
        make_plan_on=max(dates) if dates and make is ConsentAnswer.GIVEN else None,
        share_plan=answer_on(consents, ConsentKind.SHARE_PLAN, person_id, person_id, day),
        supporters_named=len(agreed),
        supporters_given=agreed.count(ConsentAnswer.GIVEN),
        ordinance=rules.ordinance.name if rules.ordinance else "",
        may_share=may_hand_out(dossier, Edition.SUPPORTER, rules, at).allowed,
    )


def case_of(
    dossier: Dossier, edition: Edition, rules: TownRules, shelters: Mapping[str, Shelter], at: datetime
) -> PlanCase | None:
    """Return the copy to draw, or None for a person without a plan."""
    plan = dossier.plan
    if plan is None:
        return None
    if touched_parts(dossier.person, supporters_of(dossier), plan, shelters):
        plan = lapsed(plan, at.date())
    return PlanCase(
        person=dossier.person,
        plan=plan,
        edition=edition,
        printed_on=at.date(),
        supporters=dossier.supporters,
        shelters=shelters,
        consent=consent_state(dossier, rules, at),
        municipality=rules.municipality,
    )


def supporters_of(dossier: Dossier) -> tuple[Supporter, ...]:
    """Return the supporters in the order of calling."""
    return tuple(named.supporter for named in dossier.supporters)
