"""Files that would hurt: bombs, far extents, entities, programs, passwords, names that leave the folder."""

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.model import (
    Case,
    Maker,
    Someone,
    delimited,
    dice,
    grid,
    new_excel,
    old_excel,
    people,
)

SHEET = "xl/worksheets/sheet1.xml"
Parts = dict[str, bytes]


def repacked(content: bytes, change: Callable[[Parts], None]) -> bytes:
    """Return a zip with its parts changed."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


def _case(kind: str, number: int, name: str, content: bytes, *codes: ErrorCode) -> Case:
    return Case(kind, number, name, content, refused=True, one_of=frozenset(codes))


def _book(rng: Random) -> tuple[list[Someone], bytes]:
    listed = people(rng)
    return listed, new_excel(grid(listed))


def bombs(kind: str, seed: int, number: int) -> Case:
    """Archives that unfold to a thousand times their size, or hold too many parts or other archives."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    size = rng.randint(12, 18) * 1_000_000

    def change(parts: Parts) -> None:
        way = number % 6
        if way == 0:
            parts["xl/media/image1.bin"] = b"\0" * size
        elif way == 1:
            parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b" " * size + b"</sheetData>")
        elif way == 2:
            parts["xl/sharedStrings.xml"] = b"<sst><si><t>" + b"a" * size + b"</t></si></sst>"
        elif way == 3:
            parts.update({f"xl/media/{i}.png": b"" for i in range(rng.randint(2_100, 4_000))})
        elif way == 4:
            parts[rng.choice(("xl/embeddings/a.zip", "xl/a.xlsx", "a.7z"))] = b"PK\3\4"
        else:
            parts["xl/worksheets/sheet2.xml"] = b"<worksheet>" + b"<row/>" * (size // 6)

    return _case(kind, number, "a.xlsx", repacked(book, change), ErrorCode.FILE_IS_BOMB)


def lying_directories(kind: str, seed: int, number: int) -> Case:
    """Parts that are larger than their directory says."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    size = rng.randint(2, 8) * 1_000_000
    honest = repacked(book, lambda parts: parts.update({SHEET: b"<worksheet>" + b" " * (size - 11)}))
    lying = honest.replace(struct.pack("<I", size), struct.pack("<I", rng.randint(500, 5_000)))
    return _case(kind, number, "a.xlsx", lying, ErrorCode.FILE_IS_BOMB, ErrorCode.FILE_DAMAGED)


def far_cells(kind: str, seed: int, number: int) -> Case:
    """A cell, empty or not, a million rows or thousands of columns away."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    far = rng.choice(
        ("XFD1048576", "A1048576", f"XFD{rng.randint(1, 99)}", f"ZZ{rng.randint(600_000, 1_048_576)}")
    )
    cell = f'<c r="{far}" s="0"/>' if number % 2 else f'<c r="{far}"><v>1</v></c>'
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    def change(parts: Parts) -> None:
        more = f'<row r="{row}">{cell}</row></sheetData>'.encode()
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", more)

    return _case(kind, number, "a.xlsx", repacked(book, change), ErrorCode.SHEET_TOO_LARGE)


def false_dimensions(kind: str, seed: int, number: int) -> Case:
    """A sheet that says it is a million rows high and is not: it is read as it is."""
    rng = dice(kind, seed, number)
    listed, book = _book(rng)
    said = rng.choice((b"A1:XFD1048576", b"A1:A1", b"A1", b"B2:C3", b"A1:ZZ999999"))

    def change(parts: Parts) -> None:
        start = parts[SHEET].index(b'<dimension ref="') + 16
        end = parts[SHEET].index(b'"', start)
        parts[SHEET] = parts[SHEET][:start] + said + parts[SHEET][end:]

    return Case(kind, number, "a.xlsx", repacked(book, change), tuple(listed))


def entities(kind: str, seed: int, number: int) -> Case:
    """XML that defines entities or reaches outside."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    laughs = "".join(f'<!ENTITY a{i} "&a{i - 1};&a{i - 1};">' for i in range(1, 20))
    declared = (
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>',
    )[number % 4].encode()
    part = rng.choice(
        ("xl/workbook.xml", SHEET, "xl/styles.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels")
    )

    def change(parts: Parts) -> None:
        head, mark, body = parts[part].rpartition(b"?>")
        parts[part] = head + mark + declared + body

    return _case(kind, number, "a.xlsx", repacked(book, change), ErrorCode.FILE_HAS_ENTITIES)


def programs(kind: str, seed: int, number: int) -> Case:
    """Workbooks with macros, whatever they are called."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    part = ("xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/VBAPROJECT.BIN")[number % 3]
    content = repacked(book, lambda parts: parts.update({part: rng.randbytes(300)}))
    name = rng.choice(("a.xlsm", "a.xlsx", "a.xls"))
    return _case(kind, number, name, content, ErrorCode.FILE_HAS_MACROS)


def locked(kind: str, seed: int, number: int) -> Case:
    """Files behind a password: old Excel, new Excel, zip."""
    rng = dice(kind, seed, number)
    listed, book = _book(rng)
    way = number % 3
    if way == 0:
        plain = old_excel(grid(listed))
        start = plain.index(struct.pack("<HH", 0x809, 16)) + 20
        content = plain[:start] + struct.pack("<H", 0x2F) + plain[start + 2 :]
        return _case(kind, number, "a.xls", content, ErrorCode.FILE_LOCKED)
    if way == 1:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.randbytes(rng.randint(500, 3_000))
        content += "EncryptedPackage".encode("utf-16-le") + rng.randbytes(900)
        return _case(kind, number, "a.xlsx", content, ErrorCode.FILE_LOCKED)
    content = bytearray(book)
    for mark, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return _case(kind, number, "a.xlsx", bytes(content), ErrorCode.FILE_LOCKED)


def leaving_names(kind: str, seed: int, number: int) -> Case:
    """Archives with names that would leave the folder."""
    rng = dice(kind, seed, number)
    _, book = _book(rng)
    names = ("../../a.xml", "/etc/a.xml", "..\\..\\a.xml", "C:\\a.xml", "\\\\server\\a.xml", "xl/../../a.xml")
    content = repacked(book, lambda parts: parts.update({names[number % len(names)]: b"<a/>"}))
    return _case(kind, number, "a.xlsx", content, ErrorCode.ARCHIVE_NAMES_UNSAFE)


def endless(kind: str, seed: int, number: int) -> Case:
    """Lines, columns and rows without end."""
    rng = dice(kind, seed, number)
    size = rng.randint(3, 6) * 1_000_000
    way = number % 6
    if way == 0:
        return _case(kind, number, "a.csv", b"0" * size, ErrorCode.LINE_TOO_LONG)
    if way == 1:
        head = delimited(grid(people(rng)))
        return _case(kind, number, "a.csv", head + b"," * size, ErrorCode.LINE_TOO_LONG)
    if way == 2:
        return _case(kind, number, "a.csv", b"1\n" * size, ErrorCode.SHEET_TOO_LARGE)
    if way == 3:
        return _case(kind, number, "a.csv", (b"," * 5_000 + b"\n") * 50, ErrorCode.SHEET_TOO_LARGE)
    if way == 4:
        return _case(
            kind, number, "a.csv", b'"' + b"a\n" * size, ErrorCode.SHEET_TOO_LARGE, ErrorCode.CSV_QUOTES
        )
    cell = b'"' + b"a\n" * 150_000 + b'",1\n'
    return _case(kind, number, "a.csv", b"a,b\n" + cell, ErrorCode.CSV_QUOTES)


MAKERS: dict[str, Maker] = {
    "bombs": bombs,
    "lying_directories": lying_directories,
    "far_cells": far_cells,
    "false_dimensions": false_dimensions,
    "entities": entities,
    "programs": programs,
    "locked": locked,
    "leaving_names": leaving_names,
    "endless": endless,
}
