"""Whether a finished file holds for each person the own pages and nothing of anybody else.

In this work mix-ups have been of paper: a page of one plan in the envelope of another. The check reads the
finished file, not what it was made from, so that it also finds what went wrong in between.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.render.pdf_words import without_spaces

# Shorter words ("山", "1-1") stand in too many places to say whose page it is.
LEAST_CHARACTERS = 4


class MixupKind(StrEnum):
    """What is wrong with a page."""

    PAGES = "pages"
    NOT_OWN = "not_own"
    FOREIGN = "foreign"


@dataclass(frozen=True)
class ExpectedCopy:
    """One copy as it should stand in a file.

    `key` is the person's id. `marks` stand on every page of it (the number of the copy). `words` is
    everything that the copy may say, in which others' identifiers are no mix-up (a neighbour who helps here
    and has a plan too).
    """

    key: str
    first_page: int
    pages: int
    marks: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Mixup:
    """One fault: on which page of the file (from 1), of whose copy, and whose identifier stands there."""

    kind: MixupKind
    page: int
    key: str
    other: str = ""


class Identifiers:
    """Words that belong to one person each: names, telephone numbers.

    They are found by their first characters, so that the time does not grow with the number of people.
    """

    def __init__(self, of_people: Iterable[tuple[str, Iterable[str]]]) -> None:
        """`of_people` pairs a person's id with that person's identifiers; short ones are left out."""
        self.by_head: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for key, identifiers in of_people:
            for identifier in map(without_spaces, identifiers):
                if len(identifier) >= LEAST_CHARACTERS:
                    self.by_head[identifier[:LEAST_CHARACTERS]][identifier].append(key)

    def others_in(self, words: str, key: str, own: str) -> tuple[str, ...]:
        """Return the ids of other people whose identifiers stand in `words` but not in `own`."""
        found: dict[str, None] = {}
        for start in range(len(words) - LEAST_CHARACTERS + 1):
            for identifier, keys in self.by_head.get(words[start : start + LEAST_CHARACTERS], {}).items():
                if key not in keys and words.startswith(identifier, start) and identifier not in own:
                    found.update(dict.fromkeys(keys))
        return tuple(found)


def find_mixups(
    pages: Sequence[str], copies: Sequence[ExpectedCopy], everybody: Identifiers
) -> tuple[Mixup, ...]:
    """Return every page that is not what it should be; none for a file that may leave the house.

    `pages` are the words of each page (`page_words`), `everybody` the identifiers of all people of the town.
    Checked are: the copies fill the file without gap or overlap, each page carries the marks of its copy, and
    no page carries an identifier of another person that the own copy does not name.
    """
    found = list(_page_faults(len(pages), copies))
    for copy in copies:
        marks = tuple(without_spaces(mark) for mark in copy.marks)
        own = without_spaces(copy.words)
        for number in range(copy.first_page, min(copy.first_page + copy.pages, len(pages) + 1)):
            words = pages[number - 1]
            if not all(mark in words for mark in marks):
                found.append(Mixup(MixupKind.NOT_OWN, number, copy.key))
            others = everybody.others_in(words, copy.key, own)
            found += [Mixup(MixupKind.FOREIGN, number, copy.key, other) for other in others]
    return tuple(found)


def _page_faults(total: int, copies: Sequence[ExpectedCopy]) -> Iterable[Mixup]:
    expected = 1
    for copy in copies:
        if copy.first_page != expected:
            yield Mixup(MixupKind.PAGES, copy.first_page, copy.key)
        expected = copy.first_page + copy.pages
    if total != expected - 1:
        yield Mixup(MixupKind.PAGES, total, copies[-1].key if copies else "")
