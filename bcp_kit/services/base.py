"""What every service is given: who acts, the clock, the source of ids, and the way to the store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from bcp_kit.access.policy import Action, Actor, decide
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent

if TYPE_CHECKING:
    from bcp_kit.storage.unit_of_work import UnitOfWork


class Clock(Protocol):
    """The present moment, with time zone."""

    def now(self) -> datetime:
        """Return now."""
        ...


class SystemClock:
    """The computer's clock in the local time zone."""

    def now(self) -> datetime:
        """Return now."""
        return datetime.now(tz=UTC).astimezone()


@dataclass(frozen=True)
class FixedClock:
    """A clock that stands still: demos and tests give the same bytes each time."""

    moment: datetime

    def now(self) -> datetime:
        """Return the fixed moment."""
        return self.moment


def random_id() -> str:
    """Return a new id that says nothing about its bearer."""
    return uuid4().hex


@dataclass(frozen=True)
class Context:
    """Handed to every service: `open_store()` gives a unit of work (a context manager)."""

    actor: Actor
    open_store: "Callable[[], UnitOfWork]"
    clock: Clock = field(default_factory=SystemClock)
    new_id: Callable[[], str] = random_id
    progress: Progress = silent

    def today(self) -> date:
        """Return the present date."""
        return self.clock.now().date()

    def demand(self, action: Action, facility_id: str = "") -> None:
        """Go on only when the actor may do `action`.

        Raises: BcpKitError A-001 otherwise.
        """
        if not decide(self.actor, action, facility_id).allowed:
            raise BcpKitError(ErrorCode.ACTION_DENIED, action=action.value, role=self.actor.role.value)
