"""Names composed by lot from the lists in sample_data/names."""

import csv
from dataclasses import dataclass
from functools import cache
from random import Random

from bcp_kit.domain.people import Sex
from bcp_kit.resources import locate
from bcp_kit.services.sample_city.draws import hits

SPACE = "　"


@dataclass(frozen=True)
class Word:
    """A family or given name with its reading in katakana."""

    name: str
    kana: str


@dataclass(frozen=True)
class FullName:
    """A whole name and its reading, as the sheets write it."""

    name: str
    kana: str


def _rows(file_name: str) -> list[dict[str, str]]:
    path = locate("sample_data") / "names" / file_name
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def families(rare: bool) -> tuple[Word, ...]:
    """Return the usual family names, or those with rare characters."""
    wanted = "yes" if rare else "no"
    return tuple(Word(r["name"], r["kana"]) for r in _rows("family.csv") if r["rare"] == wanted)


@cache
def given_names(sex: str) -> tuple[Word, ...]:
    """Return the given names of one sex."""
    return tuple(Word(r["name"], r["kana"]) for r in _rows("given.csv") if r["sex"] == sex)


def draw_family(rng: Random, rare_share: float) -> Word:
    """Return a family name; `rare_share` of them hold characters that are easily lost."""
    return rng.choice(families(hits(rng, rare_share)))


def draw_name(rng: Random, family: Word, sex: Sex) -> FullName:
    """Return a full name of the family."""
    given = rng.choice(given_names(sex.value))
    return FullName(f"{family.name}{SPACE}{given.name}", f"{family.kana}{SPACE}{given.kana}")
