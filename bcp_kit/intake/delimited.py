"""CSV and tab-separated files: encoding tried strictly in one order, separators counted, quotes checked."""

import csv
from io import StringIO

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import unguard_cell
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.table import Row, Table

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8 (BOM)"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_TRIED = (("utf-8", "UTF-8"), ("cp932", "CP932"), ("euc_jp", "EUC-JP"))
_SEPARATORS = (",", "\t", ";")
_SEVEN_BIT_JAPANESE = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_LONGEST_CELL = 200_000


def decode(content: bytes) -> tuple[str, str]:
    """Return text and the shown name of its encoding: byte order mark, else UTF-8, CP932, EUC-JP, strictly.

    Raises: BcpKitError I-010 when none of them fits.
    """
    for mark, codec, shown in _BOMS:
        if content.startswith(mark):
            return _strict(content, codec), shown
    if any(escape in content for escape in _SEVEN_BIT_JAPANESE):
        raise BcpKitError(ErrorCode.ENCODING_UNKNOWN)
    for codec, shown in _TRIED:
        try:
            return content.decode(codec), shown
        except UnicodeDecodeError:
            continue
    raise BcpKitError(ErrorCode.ENCODING_UNKNOWN)


def _strict(content: bytes, codec: str) -> str:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        raise BcpKitError(ErrorCode.ENCODING_UNKNOWN) from None


def _separator(text: str) -> str:
    """Return the separator that stands most often in the first lines, outside of quotes."""
    head = "".join(part for i, part in enumerate(text[:20_000].split('"')) if i % 2 == 0)
    return max(_SEPARATORS, key=head.count)


def read_delimited(content: bytes, limits: Limits = SCREEN) -> Table:
    """Return the table of a CSV or TSV file, all cells as text.

    Raises: BcpKitError I-010 (encoding), I-015 (a quote that never ends).
    """
    text, encoding = decode(content)
    rows, problems, line = [], [], 1
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            raise BcpKitError(ErrorCode.CSV_QUOTES, row=line) from None
        rows.append(Row(number=line, cells=tuple(unguard_cell(cell) for cell in cells)))
        line = reader.line_num + 1
    if encoding == "EUC-JP":
        problems.append(
            Problem(code=ErrorCode.ENCODING_RARE, severity=Severity.WARNING, values={"encoding": encoding})
        )
    return Table(
        name="", kind=FileKind.DELIMITED, encoding=encoding, rows=tuple(rows), problems=tuple(problems)
    )
