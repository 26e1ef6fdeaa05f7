"""A batch of typed forms as a file: three columns, copy number, row number, words."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.form_entries import EntryState, FormEntry
from bcp_kit.services.base import Context
from bcp_kit.services.form_entry import Typed, type_form

HEAD = ("copy", "row", "value")


@dataclass(frozen=True)
class FileFault:
    """One form of a file that was not taken in, with the reason."""

    number: str
    error: BcpKitError


@dataclass(frozen=True)
class BatchOutcome:
    """What became of the forms of a file: entries as they stand now, and those that were refused."""

    entries: tuple[FormEntry, ...]
    faults: tuple[FileFault, ...]

    def count(self, state: EntryState) -> int:
        """Return how many forms are in a state."""
        return sum(entry.state is state for entry in self.entries)


def read_entry_file(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Return words by row number, by copy number, in the order of the file (UTF-8, with or without mark).

    Raises: BcpKitError P-034 with the line that cannot be read.
    """
    forms: dict[str, dict[str, str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise BcpKitError(ErrorCode.FORM_FILE_UNREADABLE, line=1) from None
    if not lines or tuple(cell.strip().lower() for cell in lines[0]) != HEAD:
        raise BcpKitError(ErrorCode.FORM_FILE_UNREADABLE, line=1)
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(HEAD) or cells[1].strip() in forms.get(cells[0].strip(), {}):
            raise BcpKitError(ErrorCode.FORM_FILE_UNREADABLE, line=number)
        forms.setdefault(cells[0].strip(), {})[cells[1].strip()] = cells[2]
    return forms


def type_file(ctx: Context, path: Path, *, twice: bool) -> BatchOutcome:
    """Take in every form of a file as one person's keying; a form that is refused leaves the others alone.

    Raises: BcpKitError P-034, A-001.
    """
    entries, faults = [], []
    for number, rows in read_entry_file(path).items():
        try:
            entries.append(type_form(ctx, Typed(number, rows, twice)))
        except BcpKitError as error:
            faults.append(FileFault(number, error))
    return BatchOutcome(tuple(entries), tuple(faults))
