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


WORKING_AGES = (22, 66)


@cache
def families(rare: bool) -> tuple[Word, ...]:
    """Return the usual family names, or those with rare characters."""
    wanted = "yes" if rare else "no"
    return tuple(Word(r["name"], r["kana"]) for r in _rows("family.csv") if r["rare"] == wanted)


@cache
def given_names(sex: Sex, age: int) -> tuple[Word, ...]:
    """Return the given names of one sex that people of this age bear."""
    rows = (r for r in _rows("given.csv") if r["sex"] == sex.value)
    return tuple(Word(r["name"], r["kana"]) for r in rows if int(r["from_age"]) <= age <= int(r["to_age"]))


def draw_family(rng: Random, rare_share: float) -> Word:
    """Return a family name; `rare_share` of them hold characters that are easily lost."""
    return rng.choice(families(hits(rng, rare_share)))


def draw_name(rng: Random, family: Word, sex: Sex, age: int) -> FullName:
    """Return a full name of the family; given names go with the age."""
    given = rng.choice(given_names(sex, age))
    return FullName(f"{family.name}{SPACE}{given.name}", f"{family.kana}{SPACE}{given.kana}")


def draw_grown_up(rng: Random, rare_share: float, ages: tuple[int, int]) -> FullName:
    """Return the name of somebody of any family and sex, in the given range of ages."""
    sex = rng.choice((Sex.FEMALE, Sex.MALE))
    return draw_name(rng, draw_family(rng, rare_share), sex, rng.randint(*ages))
