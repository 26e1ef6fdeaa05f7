"""The words of rosters as facilities keep them: headings, totals, marks of rest, occupations."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from bcp_kit.catalogues import load
from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.staff import WISH_OFF
from bcp_kit.forms.sheets import words
from bcp_kit.intake.parsed import folded
from bcp_kit.resources import locate

REST = ("off", "leave", "after_night", WISH_OFF)
"""What a mark may mean beside a shift: day off, leave, the day after a night, a wish to be off.
None of them is a shift."""


@cache
def roster_words() -> Mapping[str, Any]:
    """Return the words that a roster is read with (templates/sheets/roster_words.yaml)."""
    tree: Mapping[str, Any] = read_yaml(locate("templates") / "sheets" / "roster_words.yaml")
    return tree


@cache
def heading_words() -> Mapping[str, str]:
    """Return what column a heading names, by the folded heading."""
    listed: Mapping[str, list[str]] = roster_words()["headings"]
    return {folded(word): key for key, names in listed.items() for word in names}


@cache
def folded_list(name: str) -> frozenset[str]:
    """Return one of the word lists, folded."""
    return frozenset(folded(word) for word in roster_words()[name])


@cache
def mark_words() -> Mapping[str, str]:
    """Return what a mark or a word for it usually means: a key of the catalogue `shifts`, or one of REST."""
    found = {folded(w): key for key, listed in words()["shifts"].items() for w in listed}
    for row in load.catalogue("shifts").rows.values():
        found |= {folded(row.label_ja): row.key, folded(row.key): row.key}
    for row in load.catalogue("roster_marks").rows.values():
        found[folded(row.data["mark"])] = row.key
    rest: Mapping[str, list[str]] = roster_words()["rest"]
    return found | {folded(w): key for key, listed in rest.items() for w in listed}


@cache
def role_words() -> Mapping[str, str]:
    """Return the qualification that an occupation stands for, by the folded occupation."""
    roles: Mapping[str, list[str]] = roster_words()["roles"]
    return {folded(word): key for key, listed in roles.items() for word in listed}


@cache
def form_words() -> Mapping[str, str]:
    """Return the kind of employment (full_time, part_time) by the folded letter or word of the column."""
    forms: Mapping[str, list[str]] = roster_words()["forms"]
    return {folded(word): meaning[0] for word, meaning in forms.items()}
