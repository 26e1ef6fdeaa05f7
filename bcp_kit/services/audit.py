"""The audit log for those who may read it: its lines, and the proof that nobody altered it."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.services.base import Context
from bcp_kit.storage.audit import AuditEntry, ChainFault, ChainFaultKind, ChainHead, verify_chain

__all__ = [
    "AuditEntry",
    "ChainFault",
    "ChainFaultKind",
    "ChainHead",
    "ChainReport",
    "check_audit",
    "read_audit",
]


@dataclass(frozen=True)
class ChainReport:
    """The log's length and last digest, and where it is not as it was written."""

    head: ChainHead
    faults: tuple[ChainFault, ...]


def read_audit(
    ctx: Context, kind: str = "", subject_id: str = "", limit: int = 100, before: int | None = None
) -> list[AuditEntry]:
    """Return entries, newest first; `before` is a sequence number and turns the page. Reading is logged."""
    ctx.demand(Action.READ_AUDIT)
    with ctx.open_store() as uow:
        found = uow.audit.newest(kind, subject_id, limit, before)
        uow.audit.note("read", "audit")
        uow.commit()
        return found


def check_audit(ctx: Context, seal: ChainHead | None = None) -> ChainReport:
    """Verify the whole log, against a `seal` printed earlier where there is one. Checking is logged."""
    ctx.demand(Action.READ_AUDIT)
    with ctx.open_store() as uow:
        faults = verify_chain(uow.audit, seal)
        uow.audit.note("verify", "audit", why=f"faults={len(faults)}")
        uow.commit()
        return ChainReport(uow.audit.head(), tuple(faults))
