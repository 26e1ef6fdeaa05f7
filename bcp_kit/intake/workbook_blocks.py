"""A very long Excel sheet in blocks of rows, each a small workbook, so that it is never held whole.

The reader keeps every cell of a sheet in memory, filled or not: a register of a whole city would take 900 MB.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import IO

from bcp_kit.intake.workbook_cells import sheet_paths

SPLIT_FROM = 32 * 1024 * 1024
"""Sheets whose XML is smaller than this are read in one go, bytes."""
_BLOCK = 10 * 1024 * 1024
_CHUNK = 1024 * 1024
_START, _ROW_END, _END = b"<sheetData>", b"</row>", b"</sheetData></worksheet>"
_NUMBERED = b"<row r="


def long_sheets(content: bytes, split_from: int = SPLIT_FROM) -> dict[str, str]:
    """Return the part of the archive by the name of each sheet that is to be read in blocks."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        long = {name: path for name, path in sheet_paths(archive).items() if sizes.get(path, 0) > split_from}
        return {name: path for name, path in long.items() if _can_be_split(archive, path)}


def _can_be_split(archive: zipfile.ZipFile, path: str) -> bool:
    """True when rows carry their numbers and are written as nearly every program writes them."""
    with archive.open(path) as part:
        head = part.read(_CHUNK)
    return _START in head and _NUMBERED in head.partition(_START)[2][:100] and _ROW_END in head


def sheet_blocks(content: bytes, path: str, block_bytes: int = _BLOCK) -> Iterator[BytesIO]:
    """Yield workbooks of consecutive rows of one sheet; row numbers stay, merges come with the last."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        others = [
            name
            for name in archive.namelist()
            if name.endswith((".xml", ".rels")) and not name.startswith("xl/worksheets/")
        ]
        with archive.open(path) as part:
            for rows in _blocks(part, block_bytes):
                yield _book(archive, others, path, rows)


def _blocks(part: IO[bytes], block_bytes: int) -> Iterator[bytes]:
    step = min(_CHUNK, block_bytes)
    pieces = [part.read(step)]
    while _START not in pieces[0]:
        pieces[0] += part.read(step)
    head, start, pieces[0] = pieces[0].partition(_START)
    size = len(pieces[0])
    while chunk := part.read(step):
        pieces.append(chunk)
        size += len(chunk)
        if size < block_bytes:
            continue
        rows = b"".join(pieces)
        cut = rows.rfind(_ROW_END) + len(_ROW_END)
        if cut < len(_ROW_END):
            continue
        yield head + start + rows[:cut] + _END
        pieces = [rows[cut:]]
        size = len(pieces[0])
    yield head + start + b"".join(pieces)


def _book(source: zipfile.ZipFile, others: list[str], path: str, rows: bytes) -> BytesIO:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in others:
            target.writestr(name, source.read(name))
        target.writestr(path, rows)
    out.seek(0)
    return out
