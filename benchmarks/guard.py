"""Times and memory of refusing hostile files: the aim of IN-3 is 2 seconds and 200 MB for each.

Run: python benchmarks/guard.py (Linux). Each file is refused in a process of its own; file and program
count as memory.
"""

import json
import multiprocessing
import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import Workbook

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.intake.limits import SCREEN
from bcp_kit.intake.table_reader import read_tables

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def book(**parts: bytes) -> bytes:
    plain = BytesIO()
    made = Workbook()
    made.active.append(["名簿番号", "氏名"])
    made.save(plain)
    out = BytesIO()
    changed = {name.replace("__", "/").replace("_DOT_", "."): body for name, body in parts.items()}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changed:
                target.writestr(name, source.read(name))
        for name, body in changed.items():
            target.writestr(name, body)
    return out.getvalue()


def with_sheet(body: bytes) -> bytes:
    return book(**{SHEET.replace("/", "__").replace(".", "_DOT_"): HEAD + body + TAIL})


def many_entries() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(100_000):
            archive.writestr(f"xl/{i}.xml", b"")
    return out.getvalue()


def many_rows() -> bytes:
    return with_sheet(
        b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (i, i, i) for i in range(1, 1_000_001))
    )


def shapefile(dbf: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", struct.pack(">i", 9994) + b"\0" * 96)
        archive.writestr("a.dbf", dbf)
    return out.getvalue()


LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)).encode()
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zeros, 49 MB in one line": ("a.csv", lambda: b"0" * (49 * MB)),
    "separators, 49 MB in one line": ("a.csv", lambda: b"," * (49 * MB)),
    "empty lines, 49 MB": ("a.csv", lambda: b"\n" * (49 * MB)),
    "short rows, 49 MB": ("a.csv", lambda: b"1,2\n" * (49 * MB // 4)),
    "open quote, 49 MB": ("a.csv", lambda: b'"' + b"a,b\n" * (49 * MB // 4)),
    "over the size limit": ("a.csv", lambda: b"1,2\n" * (51 * MB // 4)),
    "lists in lists, 49 MB": ("a.json", lambda: b"[" * (49 * MB)),
    "objects in objects, 49 MB": ("a.json", lambda: b'{"a":' * (49 * MB // 5)),
    "empty lists, 49 MB": ("a.json", lambda: b"[" + b"[]," * (49 * MB // 3) + b"[]]"),
    "number of 49 MB digits": ("a.json", lambda: b'{"type":' + b"9" * (49 * MB) + b"}"),
    "ratio 1000:1 in a cell": (
        "a.xlsx",
        lambda: with_sheet(b"<row><c><v>" + b"1" * (200 * MB) + b"</v></c></row>"),
    ),
    "100,000 entries": ("a.xlsx", many_entries),
    "archive in the archive": ("a.xlsx", lambda: book(xl__a_DOT_zip=b"PK")),
    "entity bomb": (
        "a.xlsx",
        lambda: book(xl__sharedStrings_DOT_xml=b"<!DOCTYPE x [" + LAUGHS + b"]><sst/>"),
    ),
    "1,000,000 rows": ("a.xlsx", many_rows),
    "two cells, XFD1048576": (
        "a.xlsx",
        lambda: with_sheet(b'<row r="1"><c r="A1"/><c r="XFD1048576" s="1"/></row>'),
    ),
    "cells that never end": ("a.xlsx", lambda: with_sheet(b"<c r" * (2 * MB))),
    "formulas that never end": ("a.xlsx", lambda: with_sheet(b'<c r="A1"><f>' * MB)),
    "attributes of zeros": ("a.dbf.zip", lambda: shapefile(b"\3" + b"\0" * (300 * MB))),
    "records that are not there": (
        "a.zip",
        lambda: shapefile(b"\3\1\1\1" + struct.pack("<IHH", 4_000_000_000, 65, 4_000) + b"\0" * 100),
    ),
}


def _measure(name: str, path: str, answer: "multiprocessing.Queue[str]") -> None:
    content = Path(path).read_bytes()
    start = time.perf_counter()
    try:
        said = f"{len(read_tables(content, name, SCREEN))} tables"
    except BcpKitError as error:
        said = error.code.value
    took = time.perf_counter() - start
    answer.put(json.dumps([said, took, len(content) / MB, _peak_mb()]))


def _peak_mb() -> float:
    """Return the most memory of this process alone (what its parent used before does not count)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    context = multiprocessing.get_context("spawn")
    print(f"{'file':32} {'answer':10} {'s':>6} {'file MB':>8} {'peak MB':>8}")
    with TemporaryDirectory() as folder:
        for label, (name, make) in FILES.items():
            path = Path(folder) / "file"
            path.write_bytes(make())
            answer = context.Queue()
            worker = context.Process(target=_measure, args=(name, str(path), answer))
            worker.start()
            said, took, size, peak = json.loads(answer.get())
            worker.join()
            print(f"{label:32} {said:10} {took:6.2f} {size:8.1f} {peak:8.0f}")


if __name__ == "__main__":
    main()
