"""Codes of municipalities: five digits, or six with a check digit.

Source: 総務省「全国地方公共団体コード」 (JIS X 0402): weights 6 5 4 3 2; the check digit is the last
digit of 11 minus the rest of the sum by 11, of 11 minus the sum itself where that is below 11.
"""

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column
from bcp_kit.intake.parsed import Cell, Parsed, noted, width_folded

_WEIGHTS = (6, 5, 4, 3, 2)
_PREFECTURES = range(1, 48)


def check_digit(five: str) -> str:
    """Return the sixth digit of a code of five digits."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, five, strict=True))
    return str((11 - (total if total < 11 else total % 11)) % 10)


def parse_municipality(cell: Cell, column: Column) -> Parsed:
    """Return the five digits of a code; a check digit is verified, zeros that Excel dropped are restored.

    A code that could be two different ones, or none, is kept as written with a warning.
    """
    del column
    digits = width_folded(cell.text)
    digits = digits.removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()):
        return noted(cell.text, ErrorCode.MUNICIPALITY_UNREADABLE, Severity.WARNING)
    readings = {five: lost for five, lost in _readings(digits) if int(five[:2]) in _PREFECTURES}
    if len(readings) != 1:
        return noted(digits, ErrorCode.MUNICIPALITY_UNREADABLE, Severity.WARNING)
    ((five, lost),) = readings.items()
    return noted(five, ErrorCode.ZERO_RESTORED, Severity.NOTICE, text=five) if lost else Parsed(five)


def _readings(digits: str) -> list[tuple[str, bool]]:
    """Return the codes that the digits may stand for, and whether a zero was lost."""
    found = []
    if len(digits) == 5:
        found.append((digits, False))
    if len(digits) == 4:
        found.append((digits.zfill(5), True))
    full = digits.zfill(6)
    if len(digits) in (5, 6) and full[5] == check_digit(full[:5]):
        found.append((full[:5], len(digits) == 5))
    return found
