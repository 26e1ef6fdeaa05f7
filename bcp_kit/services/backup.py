"""Copies of the store: made while people work, proved sound, restored without ever overwriting."""

import hashlib
import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from bcp_kit.access.policy import Action, Actor, decide
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Clock, Context
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store
from bcp_kit.storage.audit import ChainHead, verify_chain
from bcp_kit.storage.database import FILE_NAME, create_file

_PIECE_BYTES = 1 << 20


class BackupManifest(DomainModel):
    """What a backup must be: written beside it, checked before it is restored. Holds no personal data."""

    made_at: datetime
    size_bytes: int
    sha256: str
    encrypted: bool
    audit_entries: int
    audit_digest: str


class StoreFacts(DomainModel):
    """How the store stands: its place, lock, soundness and the number of records of each kind."""

    path: Path
    encrypted: bool
    statement: str
    sound: bool
    counts: dict[str, int]


def describe_store(ctx: Context, handle: StoreHandle) -> StoreFacts:
    """Check the whole file and count its records."""
    ctx.demand(Action.MAINTAIN)
    with ctx.open_store() as uow:
        counts = {repository.kind.table: repository.count() for repository in uow.repositories}
    return StoreFacts(
        path=handle.path,
        encrypted=handle.encrypted,
        statement=handle.statement,
        sound=handle.database.is_sound(),
        counts=counts,
    )


def manifest_path(backup: Path) -> Path:
    """Return where the manifest of a backup lies."""
    return backup.with_name(f"{backup.name}.json")


def back_up(ctx: Context, handle: StoreHandle, target: Path) -> BackupManifest:
    """Copy the store into the new file `target` and write its manifest beside it.

    The copy has the key of the store. The medium it lies on is not the one that holds the key file. Raises:
    BcpKitError D-018 when the target exists, D-019 when the copy is not sound.
    """
    ctx.demand(Action.MAINTAIN)
    if manifest_path(target).exists():
        raise BcpKitError(ErrorCode.TARGET_EXISTS)
    with ctx.open_store() as uow:
        uow.audit.note("backup", "store")
        uow.commit()
        head = uow.audit.head()
    handle.database.copy_to(target)
    manifest = BackupManifest(
        made_at=ctx.clock.now(),
        size_bytes=target.stat().st_size,
        sha256=_sha256(target),
        encrypted=handle.encrypted,
        audit_entries=head.entries,
        audit_digest=head.digest,
    )
    manifest_path(target).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return manifest


def restore(actor: Actor, settings: StoreSettings, backup: Path, clock: Clock) -> StoreHandle:
    """Make the store of `settings` from a backup and return it open; its data folder must hold none yet.

    The copy is checked against its manifest, opened with the key of `settings`, read through and its audit
    log verified before it takes its name. Raises: BcpKitError A-001, D-018 when there is a store already,
    D-019 when the backup is not what was made, D-002 for a wrong key.
    """
    if not decide(actor, Action.MAINTAIN).allowed:
        raise BcpKitError(ErrorCode.ACTION_DENIED, action=Action.MAINTAIN.value, role=actor.role.value)
    final = settings.data_dir / FILE_NAME
    if any(settings.data_dir.glob(f"{FILE_NAME}*")):
        raise BcpKitError(ErrorCode.TARGET_EXISTS)
    seal = _seal(backup)
    trial_settings = settings.model_copy(update={"data_dir": settings.data_dir / "restoring"})
    trial = trial_settings.data_dir / FILE_NAME
    try:
        create_file(trial)
        shutil.copyfile(backup, trial)
        _check_copy(open_store(trial_settings, actor.name, clock), seal)
        trial.replace(final)
    finally:
        shutil.rmtree(trial.parent, ignore_errors=True)
    return open_store(settings, actor.name, clock)


def _seal(backup: Path) -> ChainHead:
    """Compare the backup with its manifest and return the head that its audit log must contain.

    Raises: BcpKitError D-019 for a backup that is not what was made, or whose manifest is missing.
    """
    try:
        manifest = BackupManifest.model_validate_json(manifest_path(backup).read_text(encoding="utf-8"))
        fits = manifest.sha256 == _sha256(backup)
    except (OSError, ValidationError, UnicodeDecodeError):
        raise BcpKitError(ErrorCode.BACKUP_DAMAGED) from None
    if not fits:
        raise BcpKitError(ErrorCode.BACKUP_DAMAGED)
    return ChainHead(manifest.audit_entries, manifest.audit_digest)


def _check_copy(copy: StoreHandle, seal: ChainHead) -> None:
    with closing(copy), copy.open() as uow:
        if not copy.database.is_sound() or verify_chain(uow.audit, seal):
            raise BcpKitError(ErrorCode.BACKUP_DAMAGED)
        uow.audit.note("restore", "store")
        uow.commit()


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()
