"""Checks of the words themselves: sample text, another facility, another kind of service, abolished names."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from bcp_kit.catalogues.load import catalogue, number
from bcp_kit.domain.bcp import AnswerState, PlanKind
from bcp_kit.forms.checks.case import Case, Cells, Hit, PlanPart
from bcp_kit.forms.checks.data import lists
from bcp_kit.forms.checks.reading import squeezed
from bcp_kit.forms.completeness import filled_rows
from bcp_kit.forms.schema import Item

SHOWN = 30  # characters of an answer that a finding repeats


@lru_cache(maxsize=20_000)
def _pairs(words: str) -> Counter[str]:
    return Counter(words[place : place + 2] for place in range(len(words) - 1))


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, 0–1: shared pairs of neighbouring characters (Dice)."""
    a, b = _pairs(one), _pairs(other)
    size = sum(a.values()) + sum(b.values())
    return 2 * (a & b).total() / size if size else float(one == other)


def sample_marker(case: Case) -> Iterator[Hit]:
    """Signs such as ○○ stand for words that somebody still has to fill in."""
    for part in case.plans.values():
        for item, row, column, words in case.cells(part):
            mark = next((mark for mark in part.form.sample_markers if mark in words), None)
            if mark:
                yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values={"words": mark})


def _samples(item: Item) -> tuple[str, ...]:
    texts = [item.hint_ja]
    if item.example:
        texts += [item.example.text, *(cell for row in item.example.rows for cell in row.values())]
    least = number("check_rules", "sample_characters_min")
    return tuple(said for words in texts if len(said := squeezed(words)) >= least)


def _own(item: Item, row: Cells) -> str:
    """Return what a row says beyond the words that the form began it with."""
    begun = {(key, cell) for given in item.input.default_rows for key, cell in given.items()}
    return squeezed("".join(row[key] for key in sorted(row) if (key, row[key]) not in begun))


def _is_copy(words: str, samples: tuple[str, ...]) -> bool:
    """True when the words are nearly one of the samples; much longer or shorter ones are not compared."""
    said, alike = squeezed(words), number("check_rules", "sample_likeness_min")
    if len(said) < number("check_rules", "sample_characters_min"):
        return False
    return any(
        min(len(said), len(sample)) > alike * max(len(said), len(sample)) / 2
        and likeness(said, sample) >= alike
        for sample in samples
    )


def sample_copied(case: Case) -> Iterator[Hit]:
    """An answer that is the example or hint, or nearly so, is not the facility's own."""
    for part in case.plans.values():
        seen: set[tuple[str, int | None]] = set()
        samples = {item.id: _samples(item) for item in case.asked(part)}
        begun = {
            (item.id, *cell)
            for item in case.asked(part)
            for row in item.input.default_rows
            for cell in row.items()
        }
        for item, row, column, words in case.cells(part):
            if (item.id, row) in seen or (item.id, column, words) in begun:
                continue
            if _is_copy(words, samples[item.id]):
                seen.add((item.id, row))
                shown = {"words": words[:SHOWN]}
                yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values=shown)
        yield from _copied_rows(case, part, seen)


def _copied_rows(case: Case, part: PlanPart, seen: set[tuple[str, int | None]]) -> Iterator[Hit]:
    alike = number("check_rules", "sample_likeness_min")
    for item in case.asked(part):
        given = part.answers.get(item.id)
        samples = [_own(item, row) for row in item.example.rows] if item.example else []
        if given is None or given.state is AnswerState.NOT_APPLICABLE or not samples:
            continue
        filled = filled_rows(item.input, given.rows)
        for place, row in enumerate(given.rows):
            if row not in filled or (item.id, place) in seen:
                continue
            if any(likeness(_own(item, row), sample) >= alike for sample in samples):
                shown = {"words": "、".join(row.values())[:SHOWN]}
                yield Hit(kind=part.kind, item_id=item.id, row=place, values=shown)


def other_facility(case: Case) -> Iterator[Hit]:
    """The name of another facility, or of one of the examples, outside of the lists of partners."""
    own = squeezed("".join(one.name for one in (case.facility, *case.covers)))
    foreign = [name for name in (*case.other_names, *lists().example_names) if squeezed(name) not in own]
    for part in case.plans.values():
        for item, row, column, words in case.cells(part):
            if item.id in lists().partner_items:
                continue
            name = next((name for name in foreign if squeezed(name) in squeezed(words)), None)
            if name:
                yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values={"name": name})


def own_name_differs(case: Case) -> Iterator[Hit]:
    """The cover names the facility as the record does."""
    for kind, item_id in ((PlanKind.NATURAL_DISASTER, "nd_cover"), (PlanKind.INFECTION, "if_cover")):
        for place, row in enumerate(case.rows(item_id, kind)):
            said = row.get("facility_name", "")
            names = [case.facility.name, *case.other_names]
            if place == 0 and said.strip() and not any(squeezed(name) in squeezed(said) for name in names):
                shown = {"words": said, "name": case.facility.name}
                yield Hit(kind=kind, item_id=item_id, row=place, column="facility_name", values=shown)


def misfit_words(case: Case) -> Iterator[Hit]:
    """Words that belong to another kind of service, such as units and night shifts in a visiting office."""
    each = [lists().misfit_words.get(one.category.value, ()) for one in (case.facility, *case.covers)]
    misfits = [word for word in each[0] if all(word in words for words in each)]
    for part in case.plans.values():
        seen: set[str] = set()
        for item, row, column, words in case.cells(part):
            word = next((word for word in misfits if word in words), None)
            if word and item.id not in seen and item.id not in lists().partner_items:
                seen.add(item.id)
                yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values={"words": word})


@lru_cache(maxsize=1)
def _obsolete() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = catalogue("obsolete_words").rows.values()
    return tuple(
        (re.compile(pattern), str(row.data["instead_ja"]))
        for row in rows
        for pattern in row.data.get("patterns", ())
    )


def obsolete_words(case: Case) -> Iterator[Hit]:
    """Names of warnings that were abolished or renamed at the end of May 2026."""
    for part in case.plans.values():
        for item, row, column, words in case.cells(part):
            for pattern, instead in _obsolete():
                found = pattern.search(words)
                if found:
                    shown = {"words": found[0], "instead": instead}
                    yield Hit(kind=part.kind, item_id=item.id, row=row, column=column, values=shown)
                    break
