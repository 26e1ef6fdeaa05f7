"""What listed people and their supporters agreed to, refused, took back or never answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.people import Person
from bcp_kit.intake.people import consent_id
from bcp_kit.services.sample_city.draws import pick
from bcp_kit.services.sample_city.settings import CitySettings, ConsentSettings, ratio

EXPLAINED_BEFORE_DAYS = (3, 30)
WITHDRAWN = "withdrawn"
NO_RECORD = "none"


@dataclass(frozen=True)
class Given:
    """All answers, and who holds a consent to a plan and to sharing it on the day of reference."""

    consents: tuple[Consent, ...]
    plan_people: tuple[str, ...]
    sharing_people: frozenset[str]


def draw_consents(rng: Random, people: Sequence[Person], city: CitySettings) -> Given:
    """Return the answers of all people; the numbers of consents are exact shares."""
    rules = city.invention.consents
    ids = [person.id for person in people]
    register = _register_answers(rng, ids, rules)
    plan = _plan_answers(rng, ids, register, rules)
    plan_people = tuple(i for i in ids if plan.get(i) == ConsentAnswer.GIVEN)
    share = {i: pick(rng, rules.share_plan) for i in plan_people}
    found: list[Consent] = []
    for person_id in ids:
        for kind, answers in (
            (ConsentKind.MAKE_PLAN, plan),
            (ConsentKind.SHARE_REGISTER, register),
            (ConsentKind.SHARE_PLAN, share),
        ):
            answer = answers.get(person_id, NO_RECORD)
            if answer != NO_RECORD:
                found.append(make_consent(rng, kind, person_id, person_id, answer, city))
    sharing = frozenset(i for i in plan_people if share[i] == ConsentAnswer.GIVEN)
    return Given(tuple(found), plan_people, sharing)


def _register_answers(rng: Random, ids: Sequence[str], rules: ConsentSettings) -> dict[str, str]:
    parts = {
        ConsentAnswer.GIVEN.value: ratio("synthetic_consent_yes"),
        ConsentAnswer.REFUSED.value: rules.register_refused,
        WITHDRAWN: rules.register_withdrawn,
        ConsentAnswer.NO_ANSWER.value: rules.register_unanswered,
    }
    return _answers(rng.sample(ids, len(ids)), parts, len(ids))


def _plan_answers(
    rng: Random, ids: Sequence[str], register: Mapping[str, str], rules: ConsentSettings
) -> dict[str, str]:
    """Most of those who agree to a plan also let the register be shared."""
    wanted = round(len(ids) * ratio("city_plans") / ratio("city_listed"))
    sharing = [i for i in ids if register.get(i) == ConsentAnswer.GIVEN]
    others = [i for i in ids if register.get(i) != ConsentAnswer.GIVEN]
    from_sharing = round(wanted * rules.plan_among_register)
    chosen = rng.sample(sharing, from_sharing) + rng.sample(others, wanted - from_sharing)
    found = dict.fromkeys(chosen, ConsentAnswer.GIVEN.value)
    rest = [i for i in rng.sample(ids, len(ids)) if i not in found]
    parts = {
        ConsentAnswer.REFUSED.value: rules.plan_refused,
        WITHDRAWN: rules.plan_withdrawn,
        ConsentAnswer.NO_ANSWER.value: rules.plan_unanswered,
    }
    return found | _answers(rest, parts, len(ids))


def _answers(ids: Sequence[str], parts: Mapping[str, float], people: int) -> dict[str, str]:
    """Give each answer to its share of all `people`, in the order of `ids`; the rest have no record."""
    found: dict[str, str] = {}
    start = 0
    for answer, share in parts.items():
        end = start + round(people * share)
        found |= dict.fromkeys(ids[start:end], answer)
        start = end
    return found


def make_consent(
    rng: Random, kind: ConsentKind, giver_id: str, person_id: str, answer: str, city: CitySettings
) -> Consent:
    """Return one answer with its dates; a withdrawn consent was given and taken back before today."""
    taken_back = answer == WITHDRAWN
    real = ConsentAnswer.GIVEN if taken_back else ConsentAnswer(answer)
    given_on, explained_on = _dates(rng, city)
    unanswered = real is ConsentAnswer.NO_ANSWER
    by_supporter = kind is ConsentKind.BE_NAMED
    return Consent(
        id=consent_id(kind, giver_id, person_id),
        kind=kind,
        giver_id=giver_id,
        person_id=person_id,
        answer=real,
        given_on=None if unanswered else given_on,
        explained_on=None if unanswered or by_supporter else explained_on,
        withdrawn_on=_between(rng, given_on, city.reference_date) if taken_back else None,
    )


def _dates(rng: Random, city: CitySettings) -> tuple[date, date]:
    given_on = city.reference_date - timedelta(days=rng.randint(2, city.invention.consents.oldest_days))
    return given_on, given_on - timedelta(days=rng.randint(*EXPLAINED_BEFORE_DAYS))


def _between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(1, (last - first).days))
