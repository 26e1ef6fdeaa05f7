"""Who is due to be erased: people who left the register, plans whose consent was withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind, answer_on
from bcp_kit.domain.people import Person, RegisterStatus
from bcp_kit.services.base import Context
from bcp_kit.services.plans_make import months_later
from bcp_kit.storage.unit_of_work import UnitOfWork

PERIODS, LAYER = "retention_periods", "retention"


class Cause(StrEnum):
    """Why something is to be erased; keys of the catalogue `retention_periods`."""

    DIED = "died"
    MOVED_OUT = "moved_out"
    PLAN_REFUSED = "plan_refused"


_LEFT = {RegisterStatus.DIED: Cause.DIED, RegisterStatus.MOVED_OUT: Cause.MOVED_OUT}


@dataclass(frozen=True)
class DueLine:
    """One person. `since` None: nobody wrote down the day; such a line is never due by itself."""

    person: Person
    cause: Cause
    since: date | None
    due_on: date | None

    @property
    def plan_only(self) -> bool:
        """True when the plan goes and the entry on the register stays."""
        return self.cause is Cause.PLAN_REFUSED

    def is_due(self, today: date) -> bool:
        """True from the day on which the set time is over."""
        return self.due_on is not None and self.due_on <= today


def read_periods(ctx: Context) -> Mapping[Cause, int]:
    """Return the months until erasing by cause: the town's own, else the planning default."""
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        return periods(uow)


def periods(uow: UnitOfWork) -> Mapping[Cause, int]:
    """Return the months until erasing by cause."""
    own = uow.layers.get(LAYER) or {}
    return {cause: int(own.get(cause.value, round(load.number(PERIODS, cause.value)))) for cause in Cause}


def set_period(ctx: Context, cause: Cause, months: int) -> Mapping[Cause, int]:
    """Set the town's own time for one cause, in months (0: at once).

    Raises: ValueError for a negative one.
    """
    ctx.demand(Action.ERASE_RECORDS)
    if months < 0:
        raise ValueError("months")
    with ctx.open_store() as uow:
        uow.layers.put(LAYER, {**(uow.layers.get(LAYER) or {}), cause.value: months}, "retention")
        uow.commit()
        return periods(uow)


def due_list(ctx: Context) -> tuple[DueLine, ...]:
    """Return everybody who will have to be erased, those who are due first, then by day."""
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        lines = due_lines(uow, ctx.today())
    return tuple(sorted(lines, key=lambda line: (line.due_on or date.max, line.person.register_no)))


def due_lines(uow: UnitOfWork, today: date) -> list[DueLine]:
    """Return a line for each person who left, and for each plan without a consent that holds."""
    months = periods(uow)
    gone = uow.people.list(register_status=list(_LEFT))
    lines = [_line(person, _LEFT[person.register_status], person.status_on, months) for person in gone]
    planned = {row[1] for row in uow.evacuation_plans.columns("person_id")} - {p.id for p in gone}
    for person in uow.people.list(id=list(planned)):
        consents = uow.consents.list(giver_id=person.id, kind=ConsentKind.MAKE_PLAN)
        if answer_on(consents, ConsentKind.MAKE_PLAN, person.id, person.id, today) is ConsentAnswer.REFUSED:
            lines.append(_line(person, Cause.PLAN_REFUSED, _refused_on(consents), months))
    return lines


def _refused_on(consents: list[Consent]) -> date | None:
    days = [c.withdrawn_on or (c.given_on if c.answer is ConsentAnswer.REFUSED else None) for c in consents]
    return max((day for day in days if day is not None), default=None)


def _line(person: Person, cause: Cause, since: date | None, months: Mapping[Cause, int]) -> DueLine:
    return DueLine(person, cause, since, months_later(since, months[cause]) if since else None)
