"""The audit log: who did what to whose record, when and why, each entry bound to the one before it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select, update

from bcp_kit.storage.tables import AUDIT, AUDIT_HEAD
from bcp_kit.storage.transaction import Transaction

GENESIS = "0" * 64
_CHUNK = 5_000
_COLUMNS = tuple(column.name for column in AUDIT.columns)
_INSERT = f"INSERT INTO {AUDIT.name} ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608

_Noted = tuple[str, str, str, str, str, str]  # at, actor, action, kind, subject id, why


class WriteAction(StrEnum):
    """What the store itself writes into the log."""

    ADD = "add"
    SAVE = "save"
    REMOVE = "remove"


@dataclass(frozen=True)
class AuditEntry:
    """One line: `at` is ISO 8601 with UTC offset; `digest` binds all fields and the digest before."""

    seq: int
    at: str
    actor: str
    action: str
    kind: str
    subject_id: str
    why: str
    previous: str
    digest: str

    def computed_digest(self) -> str:
        """Return the SHA-256 that the fields call for, in hexadecimal digits."""
        fields = [
            self.previous,
            self.seq,
            self.at,
            self.actor,
            self.action,
            self.kind,
            self.subject_id,
            self.why,
        ]
        line = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(line.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class ChainHead:
    """How many entries the log has and the digest of the last: what is printed to prove it later."""

    entries: int = 0
    digest: str = GENESIS


class AuditLog:
    """Entries of one unit of work: collected while it runs, chained and written when it commits."""

    def __init__(self, transaction: Transaction, actor: str, now: Callable[[], datetime]) -> None:
        self._transaction = transaction
        self._actor = actor
        self._now = now
        self._pending: list[_Noted] = []

    def note(self, action: str, kind: str, subject_id: str | Sequence[str] = "", why: str = "") -> None:
        """Add an entry: used by the store for each write, by services for reads, exports and denials.

        Several ids give an entry each, at one moment.

        `subject_id` is an id and `why` a plain reason or message key: never a name or an address. Raises:
        ValueError when the clock has no time zone.
        """
        moment = self._now()
        if moment.tzinfo is None:
            raise ValueError("the clock must know its offset from UTC")
        subjects = (subject_id,) if isinstance(subject_id, str) else subject_id
        at, actor, done = moment.isoformat(), self._actor, str(action)
        self._pending += [(at, actor, done, kind, subject, why) for subject in subjects]

    def head(self) -> ChainHead:
        """Return the length and last digest of the stored log."""
        row = self._transaction.read(select(AUDIT_HEAD.c.entries, AUDIT_HEAD.c.digest)).one()
        return ChainHead(row.entries, row.digest)

    def newest(
        self, kind: str = "", subject_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[AuditEntry]:
        """Return stored entries, newest first, at most `limit`, those before sequence number `before`."""
        statement = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(limit)
        for column, value in ((AUDIT.c.kind, kind), (AUDIT.c.subject_id, subject_id)):
            if value:
                statement = statement.where(column == value)
        if before is not None:
            statement = statement.where(AUDIT.c.seq < before)
        return [_entry(row) for row in self._transaction.read(statement)]

    def entries(self) -> Iterator[AuditEntry]:
        """Yield every stored entry in the order of writing."""
        for row in self._transaction.read(select(AUDIT).order_by(AUDIT.c.seq)):
            yield _entry(row)

    def flush(self) -> bool:
        """Chain the collected entries to the stored ones, inside the running transaction.

        Returns True when something was removed.
        """
        if not self._pending:
            return False
        self._transaction.lock()
        head = self.head()
        for start in range(0, len(self._pending), _CHUNK):
            chained = []
            for at, actor, action, kind, subject_id, why in self._pending[start : start + _CHUNK]:
                bare = AuditEntry(head.entries + 1, at, actor, action, kind, subject_id, why, head.digest, "")
                head = ChainHead(bare.seq, bare.computed_digest())
                chained.append(
                    (bare.seq, at, actor, action, kind, subject_id, why, bare.previous, head.digest)
                )
            self._transaction.write_many(_INSERT, chained)
        self._transaction.write(update(AUDIT_HEAD).values(entries=head.entries, digest=head.digest))
        removed = any(noted[2] == WriteAction.REMOVE for noted in self._pending)
        self.forget()
        return removed

    def forget(self) -> None:
        """Drop what was collected and not written."""
        self._pending.clear()


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(**row._mapping)


class ChainFaultKind(StrEnum):
    """What is wrong at one place of the log."""

    CHANGED = "changed"
    MISSING = "missing"
    BROKEN_LINK = "broken_link"
    TAIL = "tail"
    SEAL = "seal"


@dataclass(frozen=True)
class ChainFault:
    """One finding: `seq` is the entry at which the log stops being what was written."""

    kind: ChainFaultKind
    seq: int


def verify_chain(log: AuditLog, seal: ChainHead | None = None) -> list[ChainFault]:
    """Return where the log was changed, cut, reordered or added to; none when it is as written.

    Each digest covers its entry and the digest before; the head row covers the end. Somebody who can write
    the file and knows this program could recompute all of it: only a `seal` (length and digest printed
    earlier) proves that nothing before it changed.
    """
    faults, last = [], ChainHead()
    sealed = seal is None or seal == last
    for entry in log.entries():
        faults += _faults_of(entry, last)
        last = ChainHead(entry.seq, entry.digest)
        sealed = sealed or seal == last
    if log.head() != last:
        faults.append(ChainFault(ChainFaultKind.TAIL, last.entries + 1))
    if not sealed and seal is not None:
        faults.append(ChainFault(ChainFaultKind.SEAL, seal.entries))
    return faults


def _faults_of(entry: AuditEntry, last: ChainHead) -> list[ChainFault]:
    found = {
        ChainFaultKind.CHANGED: entry.digest != entry.computed_digest(),
        ChainFaultKind.MISSING: entry.seq != last.entries + 1,
        ChainFaultKind.BROKEN_LINK: entry.seq == last.entries + 1 and entry.previous != last.digest,
    }
    return [ChainFault(kind, entry.seq) for kind, wrong in found.items() if wrong]
