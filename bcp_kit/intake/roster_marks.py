"""What each mark of a roster means: as remembered, as the legend says, or as such marks are usually meant."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.catalogues import load
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.roster_legend import LegendEntry
from bcp_kit.intake.roster_people import PersonRow
from bcp_kit.intake.roster_words import mark_words

CHOSEN, REMEMBERED, LEGEND, WORD, LIKE = "chosen", "remembered", "legend", "word", "like"
_LEAST_OVERLAP = 0.45
_NUMBERED = re.compile(r"(.+?)[\d①-⑳a-z]+")


@dataclass(frozen=True)
class MarkUse:
    """One mark: how often and where it stands, its meaning ("" for unknown), and what tells it.

    `why` is one of CHOSEN, REMEMBERED, LEGEND, WORD, LIKE. `hours` are those of the legend, in minutes.
    """

    mark: str
    cells: tuple[str, ...]
    meaning: str = ""
    why: str = ""
    hours: tuple[int, int] | None = None


def uses_of_marks(
    people: Sequence[PersonRow],
    legend: Sequence[LegendEntry],
    chosen: Mapping[str, str],
    remembered: Mapping[str, str],
) -> tuple[MarkUse, ...]:
    """Return every mark of the people, the most frequent first; equal marks in another width count as one."""
    cells: dict[str, list[str]] = defaultdict(list)
    written: dict[str, str] = {}
    for person in people:
        for mark in person.marks:
            key = folded(mark.text)
            written.setdefault(key, mark.text)
            cells[key].append(f"{person.sheet}!{mark.cell}")
    told = {folded(entry.mark): entry for entry in legend}
    found = []
    for key, places in sorted(cells.items(), key=lambda item: (-len(item[1]), item[0])):
        entry = told.get(key)
        meaning, why = _meaning(key, entry, chosen, remembered)
        hours = (
            None
            if entry is None or entry.start_min is None or entry.end_min is None
            else (entry.start_min, entry.end_min)
        )
        found.append(MarkUse(written[key], tuple(places), meaning, why, hours))
    return tuple(found)


def _meaning(
    key: str, entry: LegendEntry | None, chosen: Mapping[str, str], remembered: Mapping[str, str]
) -> tuple[str, str]:
    for known, why in ((chosen, CHOSEN), (remembered, REMEMBERED)):
        if key in known:
            return known[key], why
    by_legend, exact = _by_legend(entry)
    word = mark_words().get(key, "")
    if by_legend and (exact or key.isascii() or not word):
        return by_legend, LEGEND
    if word:
        return word, WORD
    numbered = _NUMBERED.fullmatch(key)
    like = mark_words().get(numbered[1], "") if numbered else ""
    return (like, LIKE) if like else ("", "")


def _by_legend(entry: LegendEntry | None) -> tuple[str, bool]:
    """Return the shift whose hours are those of the legend, else most like them; True for the very same."""
    if entry is None:
        return "", False
    if entry.start_min is None or entry.end_min is None:
        return mark_words().get(folded(entry.words), ""), False
    best, share = "", 0.0
    for row in load.catalogue("shifts").rows.values():
        begin, end = round(60 * row.data["start_h"]), round(60 * row.data["end_h"])
        if (begin, end) == (entry.start_min, entry.end_min):
            return row.key, True
        both = max(0, min(end, entry.end_min) - max(begin, entry.start_min))
        alike = both / (max(end, entry.end_min) - min(begin, entry.start_min))
        if row.data["pattern"] == "normal" and alike > share:
            best, share = row.key, alike
    return (best, False) if share >= _LEAST_OVERLAP else ("", False)
