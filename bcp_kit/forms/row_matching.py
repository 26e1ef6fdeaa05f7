"""Which row of a table is which when it comes back changed: rows carry no numbers that people see."""

from collections.abc import Mapping, Sequence

Cells = Mapping[str, str]


def _filled(row: Cells) -> dict[str, str]:
    return {key: cell for key, cell in row.items() if cell.strip()}


def _likeness(old: Cells, new: Cells) -> float:
    """Return the share of filled cells that two rows have in common, 0–1."""
    one, other = _filled(old), _filled(new)
    if not one or not other:
        return 0.0
    return sum(other.get(key) == cell for key, cell in one.items()) / max(len(one), len(other))


def _by_cells(old: Sequence[Cells], free: Mapping[int, None]) -> dict[tuple[str, str], list[int]]:
    """Return which of the free old rows hold a cell."""
    found: dict[tuple[str, str], list[int]] = {}
    for index in free:
        for pair in _filled(old[index]).items():
            found.setdefault(pair, []).append(index)
    return found


def _one_cell(old: Cells, new: Cells) -> bool:
    """True when both rows have one filled cell, the same one: it was written anew."""
    one, other = _filled(old), _filled(new)
    return len(one) == 1 and one.keys() == other.keys()


def match_rows(old: Sequence[Cells], new: Sequence[Cells], named_by: Sequence[str]) -> tuple[int | None, ...]:
    """Return for each new row the index of the old row that it is, None for a row that was added.

    First rows that are equal, then rows of one name, then rows at the same place that have a cell in common
    (or but one cell), then rows that have half of their cells in common. Each old row is used once.
    """
    found: list[int | None] = [None] * len(new)
    free = dict.fromkeys(range(len(old)))
    _pair(
        found,
        free,
        [tuple(sorted(_filled(r).items())) for r in old],
        [tuple(sorted(_filled(r).items())) for r in new],
    )
    _pair(found, free, [_name(r, named_by) for r in old], [_name(r, named_by) for r in new])
    alike = _by_cells(old, free)
    for number, row in enumerate(new):
        if found[number] is not None or not free:
            continue
        at = _same_place(found, free, number, len(old), len(new))
        near = sorted({i for pair in _filled(row).items() for i in alike.get(pair, ()) if i in free})
        best = max(near, key=lambda i: (_likeness(old[i], row), -abs(i - number)), default=None)
        if at is not None and (at in near or _one_cell(old[at], row)):
            best = at
        elif best is None or 2 * _likeness(old[best], row) < 1:
            continue
        found[number] = best
        del free[best]
    return tuple(found)


def _same_place(
    found: Sequence[int | None], free: Mapping[int, None], number: int, old_count: int, new_count: int
) -> int | None:
    """Return the free old row at the place of the new row `number`, counted from the match before it."""
    before = next((n for n in range(number - 1, -1, -1) if found[n] is not None), None)
    index = number if before is None else (found[before] or 0) + number - before
    after = next((n for n in range(number + 1, new_count) if found[n] is not None), None)
    bound = old_count if after is None else (found[after] or 0)
    return index if index in free and index < max(bound, 0) else None


def _name(row: Cells, named_by: Sequence[str]) -> tuple[str, ...]:
    name = tuple(row.get(key, "").strip() for key in named_by)
    return name if any(name) else ()


def _pair(
    found: list[int | None], free: dict[int, None], old: Sequence[object], new: Sequence[object]
) -> None:
    """Match rows of one sign, in order; a row without a sign is no match."""
    places: dict[object, list[int]] = {}
    for index in free:
        if old[index]:
            places.setdefault(old[index], []).append(index)
    for number, sign in enumerate(new):
        if found[number] is None and places.get(sign):
            found[number] = places[sign].pop(0)
            del free[found[number]]  # type: ignore[arg-type]
