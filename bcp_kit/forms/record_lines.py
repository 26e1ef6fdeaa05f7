"""Several small records in one cell: a line each, parts between full-width bars, quoted where needed."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

BAR = "｜"


def to_lines(records: Iterable[Sequence[str]]) -> str:
    """Return the records as the text of one cell; `from_lines` gives them back."""
    out = StringIO(newline="")
    csv.writer(out, delimiter=BAR, lineterminator="\n").writerows(records)
    return out.getvalue().removesuffix("\n")


def from_lines(text: str) -> list[list[str]]:
    """Return the records of a cell, empty lines left out."""
    return [row for row in csv.reader(StringIO(text, newline=""), delimiter=BAR) if any(row)]
