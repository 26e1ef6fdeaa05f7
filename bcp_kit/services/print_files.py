"""Files of a print run: written under a passing name, named once they count, mended after a run broke off."""

import hashlib
import os
from pathlib import Path

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import PrintRun

PART = ".part"
_RUN_CHARACTERS = 8


def digest_of_file(content: bytes) -> str:
    """Return the SHA-256 by which a finished file is known."""
    return hashlib.sha256(content).hexdigest()


def mark_of(run: PrintRun) -> str:
    """Return what passing names of this run carry, so that runs in one folder leave each other alone."""
    return run.id[:_RUN_CHARACTERS]


def passing_name(run: PrintRun, name: str, number: str) -> Path:
    """Return the name of a file that does not count yet; two tries never share it."""
    return Path(run.folder) / f"{name}.{mark_of(run)}.{number}{PART}"


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that it is on the disk when this returns. Raises: BcpKitError P-003."""
    try:
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise BcpKitError(ErrorCode.PRINT_FOLDER_REFUSED, folder=str(path.parent)) from None


def finish_names(run: PrintRun) -> None:
    """Name the files that count as printed and still have their passing name; drop what never counted."""
    folder = Path(run.folder)
    for file in run.files:
        if (folder / file.name).exists():
            continue
        for part in sorted(folder.glob(f"{file.name}.{mark_of(run)}.*{PART}")):
            if digest_of_file(part.read_bytes()) == file.sha256:
                part.replace(folder / file.name)
                break
    for part in folder.glob(f"*.{mark_of(run)}.*{PART}"):
        part.unlink()
