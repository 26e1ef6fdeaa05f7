"""Mappings of foreign tables: propose, try out, keep under a name, share as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.people import Person, SupportLink
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.inspection import Inspection
from bcp_kit.intake.profiles import (
    MAPPED_KINDS,
    Profile,
    mapped_columns,
    missing_columns,
    number_key,
    profile_text,
    read_profile,
    unit_factors,
)
from bcp_kit.intake.proposals import (
    Proposal,
    best_proposal,
    options_of,
    propose,
    unit_in,
    unread_values,
)
from bcp_kit.intake.records import Record
from bcp_kit.intake.unknown_tables import UnknownTable
from bcp_kit.render.sheet_rows import cells_of, object_tree, person_tree
from bcp_kit.services.base import Context, SystemClock
from bcp_kit.services.importing import ACTIONS
from bcp_kit.services.profile_store import put_profiles, stored_profiles

__all__ = [
    "MAPPED_KINDS",
    "PreviewRow",
    "Profile",
    "Proposal",
    "UnknownTable",
    "export_profile",
    "list_profiles",
    "mapped_columns",
    "missing_columns",
    "number_key",
    "options_of",
    "preview",
    "profile_bytes",
    "propose_mapping",
    "read_profile",
    "remove_profile",
    "save_profile",
    "unit_factors",
    "unit_in",
    "untranslated",
]


@dataclass(frozen=True)
class PreviewRow:
    """One row as it will be understood: texts by column key, and how many errors it has."""

    row: int
    cells: Mapping[str, str]
    errors: int


def propose_mapping(
    ctx: Context | None, table: UnknownTable, kinds: Sequence[SheetKind] = MAPPED_KINDS
) -> Proposal:
    """Return what the headings of a table may be, for the likeliest of our sheets `kinds`."""
    mapped = tuple(kind for kind in kinds if kind in MAPPED_KINDS)
    today = SystemClock().now().date() if ctx is None else ctx.today()
    if len(mapped) == 1:
        return propose(table, mapped[0], today)
    return best_proposal(table, today, mapped or MAPPED_KINDS)


def untranslated(ctx: Context, table: UnknownTable, profile: Profile) -> Mapping[str, tuple[str, ...]]:
    """Return, by column key, the written values that are none of ours and have no translation yet."""
    columns = mapped_columns(profile.kind)
    found = {}
    for heading, key in profile.fields.items():
        if heading in table.headings:
            values = unread_values(table, heading, columns[key], ctx.today())
            if values:
                found[key] = values
    return found


def preview(inspection: Inspection, profile: Profile, limit: int = 5) -> tuple[PreviewRow, ...]:
    """Return the first rows of an inspected file as they will be understood."""
    columns = mapped_columns(profile.kind)
    keys = [*profile.fields.values(), *profile.constants]
    wanted = [columns[key] for key in dict.fromkeys(keys)]
    rows: list[PreviewRow] = []
    for part in inspection.parts:
        for record in part.records[: limit - len(rows)]:
            tree = _tree(record)
            cells = {} if tree is None else cells_of(tree, wanted)
            errors = sum(1 for p in record.problems if p.severity is Severity.ERROR)
            rows.append(PreviewRow(record.row, cells, errors))
    return tuple(rows)


def _tree(record: Record) -> dict[str, Any] | None:
    objects: list[DomainModel] = [item.obj for item in record.items]
    person = next((obj for obj in objects if isinstance(obj, Person)), None)
    if person is not None:
        consents = [obj for obj in objects if isinstance(obj, Consent)]
        return person_tree(person, consents, [obj for obj in objects if isinstance(obj, SupportLink)])
    if not objects:
        return None
    return {**object_tree(objects[0]), "feature": getattr(objects[0], "features", {})}


def list_profiles(ctx: Context) -> tuple[Profile, ...]:
    """Return the stored profiles, those made last first."""
    with ctx.open_store() as uow:
        return stored_profiles(uow)


def save_profile(ctx: Context, profile: Profile) -> Profile:
    """Keep a profile under its name, in place of an older one of that name.

    Raises: BcpKitError A-001 unless the actor may import such tables.
    """
    ctx.demand(ACTIONS[profile.kind])
    with ctx.open_store() as uow:
        others = [known for known in stored_profiles(uow) if known.name != profile.name]
        put_profiles(uow, [profile, *others], "profile")
        uow.commit()
    return profile


def remove_profile(ctx: Context, name: str) -> None:
    """Forget a profile. Raises: BcpKitError U-002 when there is none of that name, A-001."""
    with ctx.open_store() as uow:
        known = stored_profiles(uow)
        gone = next((profile for profile in known if profile.name == name), None)
        if gone is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        ctx.demand(ACTIONS[gone.kind])
        put_profiles(uow, [profile for profile in known if profile.name != name], "profile")
        uow.commit()


def profile_bytes(profile: Profile) -> bytes:
    """Return a profile as a YAML file."""
    return profile_text(profile).encode()


def export_profile(ctx: Context, name: str) -> bytes:
    """Return a stored profile as a YAML file. Raises: BcpKitError U-002 when there is none of that name."""
    found = next((profile for profile in list_profiles(ctx) if profile.name == name), None)
    if found is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return profile_bytes(found)
