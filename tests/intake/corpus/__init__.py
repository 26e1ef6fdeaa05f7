"""Malformed files as town halls receive them, made from a seed, each with the outcome that must follow."""

from collections.abc import Iterator

from tests.intake.corpus import hostile, maps, rows, text_files, values, workbooks
from tests.intake.corpus.model import Case, Maker

EACH = 12
"""Files of each kind."""

MAKERS: dict[str, Maker] = {
    **text_files.MAKERS,
    **rows.MAKERS,
    **values.MAKERS,
    **workbooks.MAKERS,
    **hostile.MAKERS,
    **maps.MAKERS,
}


def cases(seed: int = 1, each: int = EACH) -> Iterator[Case]:
    """Yield `each` files of every kind. The same seed gives the same files."""
    for kind, make in MAKERS.items():
        for number in range(each):
            yield make(kind, seed, number)
