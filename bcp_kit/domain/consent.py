"""The four consents, the ordinance that may replace them, who may be shown what (Art. 49-10 – 49-17)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from bcp_kit.domain.base import DomainModel


class ConsentKind(StrEnum):
    """Four separate facts; the last one is the supporter's."""

    MAKE_PLAN = "make_plan"
    SHARE_REGISTER = "share_register"
    SHARE_PLAN = "share_plan"
    BE_NAMED = "be_named"


class ConsentAnswer(StrEnum):
    """What was answered. No record at all is read as NO_ANSWER."""

    GIVEN = "given"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


class Consent(DomainModel):
    """One answer of one giver (a person's id, or for BE_NAMED a supporter's id and the person it is for)."""

    id: str
    kind: ConsentKind
    giver_id: str
    person_id: str = ""
    answer: ConsentAnswer
    given_on: date | None = None
    explained_on: date | None = None
    scope: tuple[str, ...] = ()
    way: str = ""
    proxy: str = ""
    withdrawn_on: date | None = None
    version: int = 0

    def holds_on(self, day: date) -> bool:
        """True when the consent is given and not withdrawn on `day`."""
        return self.answer is ConsentAnswer.GIVEN and (self.withdrawn_on is None or day < self.withdrawn_on)


class Ordinance(DomainModel):
    """Local ordinance that takes the place of consent in peacetime; `honours_refusal` keeps a stated no."""

    name: str = ""
    waives_register_consent: bool = False
    waives_plan_consent: bool = False
    honours_refusal: bool = True


class Emergency(DomainModel):
    """A recorded decision that disclosure is specially necessary to protect life or body."""

    decided_by: str
    reason: str
    starts_at: datetime
    ends_at: datetime

    def runs_at(self, moment: datetime) -> bool:
        """True from `starts_at` until before `ends_at`."""
        return self.starts_at <= moment < self.ends_at


class DisclosureItem(StrEnum):
    """What is to be shown."""

    REGISTER_ENTRY = "register_entry"
    PLAN = "plan"


class Recipient(StrEnum):
    """To whom something is to be shown.

    OFFICE: within the town hall. SUPPORT_PARTY: 避難支援等関係者 (fire service, police, 民生委員, 社協,
    自主防災組織, whoever carries out the support). OTHER: anybody else (その他の者); only an emergency opens
    it for them.
    """

    OFFICE = "office"
    SUPPORT_PARTY = "support_party"
    OTHER = "other"


class Disclosure(DomainModel):
    """What is asked: which item of which person for whom.

    `supporter_ids` are the supporters named in the plan (none for a register entry).
    """

    item: DisclosureItem
    person_id: str
    supporter_ids: tuple[str, ...] = ()
    recipient: Recipient = Recipient.SUPPORT_PARTY


class Decision(DomainModel):
    """Yes or no, with the article that decides and the key of the sentence that explains it."""

    allowed: bool
    article: str
    reason: str


def answer_on(
    consents: Iterable[Consent], kind: ConsentKind, giver_id: str, person_id: str, day: date
) -> ConsentAnswer:
    """The answer that counts on `day`: the newest of giver, kind and person; withdrawn is refused."""
    found = [
        c for c in consents if c.kind is kind and c.giver_id == giver_id and c.person_id in ("", person_id)
    ]
    if not found:
        return ConsentAnswer.NO_ANSWER
    newest = max(found, key=lambda c: (c.given_on or date.min, c.id))
    if newest.answer is ConsentAnswer.GIVEN and not newest.holds_on(day):
        return ConsentAnswer.REFUSED
    return newest.answer


def may_make_plan(consents: Iterable[Consent], person_id: str, day: date) -> Decision:
    """Decide whether a plan may be made for the person.

    Law: Art. 49-14(1) proviso: not without the person's consent; (2): explained beforehand.
    """
    given = answer_on(consents, ConsentKind.MAKE_PLAN, person_id, person_id, day) is ConsentAnswer.GIVEN
    reason = "consent.plan.given" if given else "consent.plan.missing"
    return Decision(allowed=given, article="49-14(1)", reason=reason)


def may_prepare(consents: Iterable[Consent], person_id: str, day: date, *, town_prepares: bool) -> Decision:
    """Decide whether the town hall may put together what it knows for a person who was not asked yet.

    That is no plan (Art. 49-14) but use of the register within the town hall, as far as the support needs it
    (Art. 49-11(1)); it ends with a refusal, and where the town chose not to prepare. Law: the proviso of
    Art. 49-14(1) and the explanation beforehand (2); the reading is this project's (decision 60).
    """
    answer = answer_on(consents, ConsentKind.MAKE_PLAN, person_id, person_id, day)
    if answer is ConsentAnswer.REFUSED:
        return Decision(allowed=False, article="49-14(1)", reason="consent.prepare.refused")
    if answer is ConsentAnswer.GIVEN:
        return Decision(allowed=False, article="49-14(1)", reason="consent.prepare.given")
    if not town_prepares:
        return Decision(allowed=False, article="49-14(1)", reason="consent.prepare.off")
    return Decision(allowed=True, article="49-11(1)", reason="consent.prepare.office")


def may_disclose(
    asked: Disclosure,
    consents: Iterable[Consent],
    *,
    at: datetime,
    ordinance: Ordinance | None = None,
    emergency: Emergency | None = None,
) -> Decision:
    """Decide whether a register entry or plan may be given to somebody.

    Within the town hall: as far as the support needs it, without consent (Art. 49-11(1), 49-15(1)).
    Emergency: to anybody as far as needed (Art. 49-11(3), 49-15(3)). Peacetime: to support parties only, with
    the person's consent (register, Art. 49-11(2)), with the person's and every named supporter's (plan,
    Art. 49-15(2)); an ordinance may waive both.
    """
    article = "49-11" if asked.item is DisclosureItem.REGISTER_ENTRY else "49-15"
    if asked.recipient is Recipient.OFFICE:
        return Decision(allowed=True, article=f"{article}(1)", reason="disclose.office")
    if emergency is not None and emergency.runs_at(at):
        return Decision(allowed=True, article=f"{article}(3)", reason="disclose.emergency")
    if asked.recipient is Recipient.OTHER:
        return Decision(allowed=False, article=f"{article}(2)", reason="disclose.not_a_party")
    return _in_peacetime(asked, tuple(consents), at.date(), ordinance or Ordinance())


def _in_peacetime(
    asked: Disclosure, consents: tuple[Consent, ...], day: date, ordinance: Ordinance
) -> Decision:
    """Decide for a support party in peacetime: ordinance first, then the person, then each supporter."""
    register = asked.item is DisclosureItem.REGISTER_ENTRY
    article = "49-11(2)" if register else "49-15(2)"
    kind = ConsentKind.SHARE_REGISTER if register else ConsentKind.SHARE_PLAN
    person = asked.person_id
    answers = [answer_on(consents, kind, person, person, day)]
    if not register:
        answers += [answer_on(consents, ConsentKind.BE_NAMED, s, person, day) for s in asked.supporter_ids]
    if ordinance.waives_register_consent if register else ordinance.waives_plan_consent:
        refused = ordinance.honours_refusal and ConsentAnswer.REFUSED in answers
        reason = "disclose.refused" if refused else "disclose.ordinance"
        return Decision(allowed=not refused, article=article, reason=reason)
    if answers[0] is not ConsentAnswer.GIVEN:
        return Decision(allowed=False, article=article, reason="disclose.person_missing")
    if any(a is not ConsentAnswer.GIVEN for a in answers[1:]):
        return Decision(allowed=False, article=article, reason="disclose.supporter_missing")
    return Decision(allowed=True, article=article, reason="disclose.consented")
