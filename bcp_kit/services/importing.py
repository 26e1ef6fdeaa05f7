"""Files in: look at one without storing anything, then bring its rows in, all or none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem
from bcp_kit.domain.imports import BatchKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.intake.corrections import Corrections
from bcp_kit.intake.guard import COMMAND, SCREEN, Limits
from bcp_kit.intake.inspection import Inspection, inspect
from bcp_kit.intake.layouts import EMERGENCY_SITES, FACILITY_CANDIDATES
from bcp_kit.intake.profiles import Profile
from bcp_kit.services.base import Context, SystemClock
from bcp_kit.services.certificates import check_certificates
from bcp_kit.services.import_batches import BatchWriter
from bcp_kit.services.importing_merge import WHY, Counts, items_of, merge_all, stored_ids, under_stored_ids
from bcp_kit.services.importing_references import check_references
from bcp_kit.services.importing_sites import with_stored_sites
from bcp_kit.services.many_objects import many_objects
from bcp_kit.services.pair_proposals import proposer
from bcp_kit.services.profile_store import stored_profiles
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["COMMAND", "SCREEN", "Counts", "ImportOutcome", "Inspection", "import_inspection", "inspect_file"]

ACTIONS: Mapping[str, Action] = {
    SheetKind.PEOPLE: Action.IMPORT_REGISTER,
    SheetKind.SUPPORTERS: Action.IMPORT_REGISTER,
    SheetKind.CERTIFICATES: Action.IMPORT_REGISTER,
    SheetKind.SHELTERS: Action.EDIT_SHELTER,
    EMERGENCY_SITES: Action.EDIT_SHELTER,
    FACILITY_CANDIDATES: Action.SEE_SHELTER,
    SheetKind.FACILITIES: Action.EDIT_FACILITY,
    SheetKind.STAFF: Action.EDIT_STAFF,
    SheetKind.ROSTERS: Action.EDIT_STAFF,
    SheetKind.HELP_OFFERS: Action.EDIT_STAFF,
}


@dataclass(frozen=True)
class ImportOutcome:
    """What an import did: counts by kind of record, rows left out, and what the file does not name.

    `absent` counts stored people and destinations that the file does not list; they stay. `batch_id` names
    what can be undone (empty when nothing changed).
    """

    counts: Mapping[str, Counts]
    rows_left_out: int
    absent: Mapping[str, int]
    inspection: Inspection
    batch_id: str = ""


def inspect_file(
    ctx: Context | None,
    source: Path | bytes,
    name: str = "",
    as_kind: SheetKind | Profile | None = None,
    limits: Limits = SCREEN,
    corrections: Corrections = MappingProxyType({}),
) -> Inspection:
    """Return what a file holds and what is wrong with it; nothing is stored.

    With a context, the stored mapping profiles are tried, and numbers that point at other tables are looked
    up in the store as well. `as_kind` (one of our sheets, or a profile) decides where the headings do not
    tell; `corrections` are cells that a person corrected. Raises: BcpKitError U-002 when there is no such
    file.
    """
    content = _content(source, limits)
    shown = name or (source.name if isinstance(source, Path) else "")
    today = _today(ctx)
    if isinstance(content, Problem):
        return Inspection(name=shown, size_bytes=0, problems=(content,))
    with many_objects():
        if ctx is None:
            found = inspect(content, shown, today, as_kind, limits, corrections=corrections)
            return check_certificates(found, today)
        with ctx.open_store() as uow:
            known = stored_profiles(uow)
            found = inspect(content, shown, today, as_kind, limits, known, corrections=corrections)
            return check_references(check_certificates(found, today), uow) if found.parts else found


def _today(ctx: Context | None) -> date:
    return SystemClock().now().date() if ctx is None else ctx.today()


def _content(source: Path | bytes, limits: Limits) -> bytes | Problem:
    """Return the file's bytes, or the finding that it is too large to be read at all."""
    if isinstance(source, bytes):
        return source
    try:
        size = source.stat().st_size
        if size <= limits.file_bytes:
            return source.read_bytes()
    except OSError:
        raise BcpKitError(ErrorCode.NOT_FOUND) from None
    values = {"size_mb": size >> 20, "limit_mb": limits.file_bytes >> 20}
    return Problem(code=ErrorCode.FILE_TOO_LARGE, values=values)


def import_inspection(ctx: Context, inspection: Inspection, accept_good_rows: bool = False) -> ImportOutcome:
    """Store the rows of a file in one transaction: all of them, or on request those without errors.

    Known records change only in the fields that the file has a column for; no record that the file does not
    list is removed. Raises: BcpKitError I-403 (the table itself is wrong), I-402 (no good row), I-401 (rows
    with errors, and not `accept_good_rows`), A-001.
    """
    for kind in sorted(inspection.kinds()):
        ctx.demand(ACTIONS[kind])
    if SheetKind.CERTIFICATES in inspection.kinds():  # they are joined with people, not stored by themselves
        raise BcpKitError(ErrorCode.IMPORT_OTHER_KIND, titles=sheet(SheetKind.CERTIFICATES).title)
    with many_objects(), ctx.open_store() as uow:
        uow.lock()
        checked = check_references(inspection, uow)
        demand_importable(checked, accept_good_rows)
        known = with_stored_sites(under_stored_ids(checked, stored_ids(checked, uow)), uow)
        writer = BatchWriter(uow, WHY, proposer(ctx, uow, inspection.name))
        counts = merge_all(known, writer, lambda done: report_to(ctx, done))
        absent = _absent(known, uow)
        batch = writer.keep(ctx, BatchKind.IMPORT, inspection.name)
        uow.audit.note("import", "file", why=",".join(sorted(inspection.kinds())))
        uow.commit()
    return ImportOutcome(
        counts=counts,
        rows_left_out=checked.bad_rows,
        absent=absent,
        inspection=checked,
        batch_id="" if batch is None else batch.id,
    )


def report_to(ctx: Context, done: float) -> None:
    """Tell how far the storing is. Raises: BcpKitError U-003 when the user stops it."""
    if not ctx.progress(done, "intake.progress.storing"):
        raise BcpKitError(ErrorCode.STOPPED_BY_USER)


def demand_importable(inspection: Inspection, accept_good_rows: bool) -> None:
    """Go on only with a file that may be stored. Raises: BcpKitError I-401, I-402, I-403."""
    if inspection.is_refused:
        raise BcpKitError(ErrorCode.IMPORT_TABLE_REFUSED)
    if inspection.good_rows == 0:
        raise BcpKitError(ErrorCode.IMPORT_NOTHING)
    if inspection.bad_rows and not accept_good_rows:
        raise BcpKitError(ErrorCode.IMPORT_HAS_ERRORS, rows=inspection.bad_rows)


def _absent(inspection: Inspection, uow: UnitOfWork) -> Mapping[str, int]:
    """Count stored people and destinations that the file does not list."""
    listed = {
        "people": ({p.id for p, _ in items_of(inspection, Person)}, uow.people.ids()),
        "shelters": ({s.id for s, _ in items_of(inspection, Shelter)}, uow.shelters.ids()),
    }
    return {name: len(set(stored) - file) for name, (file, stored) in listed.items() if file}
