"""Time and memory of reading a register: bytes to tables to typed rows, without storing.

Run: python benchmarks/reading.py [PEOPLE] (135,000 by default). Rows come from a seed, in CSV (CP932)
and Excel; each file is read in a process of its own. Aim: 25 s and 600 MB for reading and typing together.
"""

import csv
import json
import multiprocessing
import os
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.intake.layouts import recognise
from bcp_kit.intake.limits import COMMAND
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.typed import read_rows
from bcp_kit.intake.workbook_cells import column_letters

TODAY = date(2026, 11, 23)
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="要支援者" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
    '<Relationship Id="r2" Target="sharedStrings.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>',
}
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def rows(people: int) -> Iterator[list[str]]:
    """Yield headings and invented people: the columns of the sheet, about half of the cells filled."""
    rng = Random(7)
    columns = list(sheet(SheetKind.PEOPLE).expanded())
    yield [column.heading for column in columns]
    own = {c.key: i for i, c in enumerate(columns)}
    filled = [bool(c.example) and c.type not in ("date", "digits") and rng.random() < 0.6 for c in columns]
    names = [f"{a}{b}" for a in "青若森小山川田村林原" for b in "葉木谷野本崎沢島口中"]
    kana = [f"{a}{b}" for a in "アイウエオカキクケコ" for b in "サシスセソタチツテト"]
    for number in range(people):
        row = [c.example if use else "" for c, use in zip(columns, filled, strict=True)]
        pick = rng.randrange(100)
        row[own["register_no"]] = f"{number:07d}"
        row[own["name"]] = f"{names[pick]}　{names[rng.randrange(100)]}"
        row[own["name_kana"]] = f"{kana[pick]}　{kana[rng.randrange(100)]}"
        row[own["birth_date"]] = (date(1925, 1, 1) + timedelta(days=rng.randrange(30_000))).isoformat()
        row[own["address"]] = (
            f"みどり町{rng.choice('東西南北')}{number // 9}-{rng.randrange(40)}-{rng.randrange(20)}"
        )
        row[own["phone_home"]] = f"0467-{rng.randrange(20, 99)}-{rng.randrange(10_000):04d}"
        row[own["location.latitude"]] = f"{35 + rng.random() / 10:.6f}"
        row[own["location.longitude"]] = f"{139 + rng.random() / 10:.6f}"
        yield row


def write_csv(path: Path, people: int) -> None:
    with path.open("w", encoding="cp932", newline="") as out:
        csv.writer(out).writerows(rows(people))


def write_excel(path: Path, people: int) -> None:
    shared: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, body in _PARTS.items():
            archive.writestr(name, body)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(f"<worksheet {_MAIN}><sheetData>".encode())
            for number, row in enumerate(rows(people), start=1):
                text = StringIO()
                text.write(f'<row r="{number}">')
                for i, cell in enumerate(row):
                    if cell:
                        at = shared.setdefault(cell, len(shared))
                        text.write(f'<c r="{column_letters(i)}{number}" t="s"><v>{at}</v></c>')
                out.write(f"{text.getvalue()}</row>".encode())
            out.write(b"</sheetData></worksheet>")
        texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
        archive.writestr("xl/sharedStrings.xml", f"<sst {_MAIN}>{texts}</sst>")


def _peak_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _measure(path: str, answer: "multiprocessing.Queue[str]") -> None:
    marks = [(time.perf_counter(), time.process_time())]
    content = Path(path).read_bytes()
    (table,) = read_tables(content, path, COMMAND)
    del content
    marks.append((time.perf_counter(), time.process_time()))
    read_mb = _peak_mb()
    recognised = recognise(table, TODAY)
    assert recognised is not None  # noqa: S101
    typed = read_rows(table, recognised.headings, recognised.first_row, TODAY)
    marks.append((time.perf_counter(), time.process_time()))
    spans = [[b - a for a, b in zip(one, two, strict=True)] for one, two in pairwise(marks)]
    answer.put(json.dumps([len(typed.rows), len(typed.keys), spans, read_mb, _peak_mb()]))


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 135_000
    context = multiprocessing.get_context("spawn")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds as wall (processor)")
    print(f"{'file':12} {'MB':>6} {'rows':>8} {'columns':>8} {'reading':>14} {'typing':>14} {'peak MB':>16}")
    with TemporaryDirectory() as folder:
        for name, write in (("people.csv", write_csv), ("people.xlsx", write_excel)):
            path = Path(folder) / name
            write(path, people)
            answer = context.Queue()
            worker = context.Process(target=_measure, args=(str(path), answer))
            worker.start()
            count, keys, spans, read_mb, peak = json.loads(answer.get())
            worker.join()
            shown = [f"{wall:.1f} ({cpu:.1f})" for wall, cpu in spans]
            size = path.stat().st_size / 1024 / 1024
            print(
                f"{name:12} {size:6.1f} {count:8,} {keys:8} {shown[0]:>14} {shown[1]:>14} "
                f"{f'{read_mb:.0f} / {peak:.0f}':>16}"
            )


if __name__ == "__main__":
    main()
