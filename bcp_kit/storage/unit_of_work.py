"""One piece of work on the store: everything in it happens, or nothing."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.storage import kinds
from bcp_kit.storage.audit import AuditLog
from bcp_kit.storage.layers import Layers
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.transaction import Transaction


def _unnoted(action: str, kind: str, subject_id: str | Sequence[str], why: str) -> None:
    """Leave no audit entry: where somebody looks is not what was done to a plan."""


class UnitOfWork:
    """A context manager with one repository per kind of record; leaving without `commit()` rolls back.

    `actor` and `now` go into the audit log. A unit of work belongs to one thread and is used once.
    """

    def __init__(self, engine: Engine, actor: str, now: Callable[[], datetime]) -> None:
        self._transaction = Transaction(engine)
        self.audit = AuditLog(self._transaction, actor, now)
        at, note = self._transaction, self.audit.note
        self.people = Repository(kinds.PEOPLE, at, note)
        self.supporters = Repository(kinds.SUPPORTERS, at, note)
        self.links = Repository(kinds.LINKS, at, note)
        self.consents = Repository(kinds.CONSENTS, at, note)
        self.shelters = Repository(kinds.SHELTERS, at, note)
        self.facilities = Repository(kinds.FACILITIES, at, note)
        self.staff = Repository(kinds.STAFF, at, note)
        self.help_offers = Repository(kinds.HELP_OFFERS, at, note)
        self.rosters = Repository(kinds.ROSTERS, at, note)
        self.scenarios = Repository(kinds.SCENARIOS, at, note)
        self.continuity_plans = Repository(kinds.CONTINUITY_PLANS, at, note)
        self.evacuation_plans = Repository(kinds.EVACUATION_PLANS, at, note)
        self.matching_runs = Repository(kinds.MATCHING_RUNS, at, note)
        self.cover_runs = Repository(kinds.COVER_RUNS, at, note)
        self.import_batches = Repository(kinds.IMPORT_BATCHES, at, note)
        self.person_pairs = Repository(kinds.PERSON_PAIRS, at, note)
        self.matching_locks = Repository(kinds.MATCHING_LOCKS, at, note)
        self.person_aliases = Repository(kinds.PERSON_ALIASES, at, note)
        self.disaster_events = Repository(kinds.DISASTER_EVENTS, at, note)
        self.status_entries = Repository(kinds.STATUS_ENTRIES, at, note)
        self.site_facts = Repository(kinds.SITE_FACTS, at, note)
        self.plan_versions = Repository(kinds.PLAN_VERSIONS, at, note)
        self.practice_records = Repository(kinds.PRACTICE_RECORDS, at, note)
        self.practice_settings = Repository(kinds.PRACTICE_SETTINGS, at, note)
        self.safety_calls = Repository(kinds.SAFETY_CALLS, at, note)
        self.damage_reports = Repository(kinds.DAMAGE_REPORTS, at, note)
        self.paper_copies = Repository(kinds.PAPER_COPIES, at, note)
        self.print_runs = Repository(kinds.PRINT_RUNS, at, note)
        self.plan_preparations = Repository(kinds.PLAN_PREPARATIONS, at, note)
        self.plan_steps = Repository(kinds.PLAN_STEPS, at, note)
        self.plan_efforts = Repository(kinds.PLAN_EFFORTS, at, note)
        self.writing_places = Repository(kinds.WRITING_PLACES, at, _unnoted)
        self.plan_changes = Repository(kinds.PLAN_CHANGES, at, note)
        self.plan_drills = Repository(kinds.PLAN_DRILLS, at, note)
        self.erasures = Repository(kinds.ERASURES, at, note)
        self.form_entries = Repository(kinds.FORM_ENTRIES, at, note)
        self.layers = Layers(at, note)

    @property
    def repositories(self) -> tuple[Repository[Any], ...]:
        """Return all repositories, in the order of their making."""
        return tuple(r for r in vars(self).values() if isinstance(r, Repository))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.rollback()

    def lock(self) -> None:
        """Take the write lock now, before reading what a decision rests on ("is the last bed free?")."""
        self._transaction.lock()

    def commit(self) -> None:
        """Make all writes and their audit entries durable, together; after a removal empty the file's log."""
        removed = self.audit.flush()
        self._transaction.commit()
        if removed:
            # The edit is safe by now. A log that cannot be emptied yet is emptied when the store closes.
            with suppress(BcpKitError):
                self._transaction.empty_log()

    def compact(self) -> bool:
        """Write the file anew after a commit, so that erased text is gone; False when it is in use."""
        return self._transaction.compact()

    def rollback(self) -> None:
        """Drop all writes and audit entries since the last commit."""
        self.audit.forget()
        self._transaction.rollback()
