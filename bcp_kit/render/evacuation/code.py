"""The two-dimensional code of a plan: id, version and a check value, nothing about the person."""

import hashlib

import segno

_PREFIX = "BK1"
_CHECK_CHARACTERS = 8
_SEPARATOR = "|"


def _check(plan_id: str, version: int) -> str:
    return hashlib.sha256(f"{plan_id}{_SEPARATOR}{version}".encode()).hexdigest()[:_CHECK_CHARACTERS]


def plan_code(plan_id: str, version: int) -> str:
    """Return what the code says."""
    return _SEPARATOR.join((_PREFIX, plan_id, str(version), _check(plan_id, version)))


def read_plan_code(words: str) -> tuple[str, int] | None:
    """Return id and version out of a code that was read, or None when it is none of ours or damaged."""
    parts = words.split(_SEPARATOR)
    if len(parts) != 4 or parts[0] != _PREFIX or not parts[2].isdecimal():
        return None
    plan_id, version = parts[1], int(parts[2])
    return (plan_id, version) if parts[3] == _check(plan_id, version) else None


Module = tuple[int, int, int]


def dark_runs(words: str) -> tuple[int, tuple[Module, ...]]:
    """Return the code's width in modules and its dark runs (row from the top, first column, length)."""
    code = segno.make_qr(words, error="m", mask=3, boost_error=False, encoding="utf-8")
    runs: list[Module] = []
    for row, line in enumerate(code.matrix):
        column = 0
        while column < len(line):
            end = column
            while end < len(line) and line[end]:
                end += 1
            if end > column:
                runs.append((row, column, end - column))
            column = end + 1
    return len(code.matrix), tuple(runs)
