"""Words of a cover run on screen: labels of the catalogues, days as ranges, reasons as sentences."""

from collections.abc import Iterable

from bcp_kit.catalogues import load
from bcp_kit.domain.placements import Reason
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.cover import CoverNames


def label(catalogue: str, key: str) -> str:
    """Return the label of a row of a catalogue, the key itself where there is no such row."""
    row = load.catalogue(catalogue).rows.get(key)
    return row.label(language()) if row else key


def cover_say(key: str, **values: str | int | float) -> str:
    """Return a text that the command `cover` uses too."""
    return say(f"cover.cli.{key}", **values)


def day_text(day: int) -> str:
    """Return a day by its number; the day of the event is day 0."""
    return cover_say("day_number", day=day)


def days_text(days: Iterable[int]) -> str:
    """Return days as ranges: 0–3, 5."""
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def reason_text(reason: Reason, names: CoverNames) -> str:
    """Return a reason as a sentence, its keys put into words, with the one person whom it concerns."""
    values = dict(reason.values)
    if "shift" in values:
        values["shift"] = label("shifts", str(values["shift"]))
    for name in ("route", "qualification", "means"):
        if name in values:
            values[name] = say(f"cover.{name}.{values[name]}")
    who = f"（{names.of(reason.subject_id)}）" if reason.subject_id in names.names else ""
    return say(reason.message, **values) + who
