"""A whole print run of a town through the store: time and memory by batch, then every page searched anew.

`python benchmarks/print_run.py --plans 10000` stores so many invented people with consents, supporters and
plans, prints one edition of all of them, and reads every finished file with poppler's `pdftotext`, a program
that has no part in making or checking them. On each page it looks for every name and number of all other
people and of their supporters by a plain search over all lengths. It prints one line of JSON with what it
found: whether each page carries the number of its own copy, how many pages hold something foreign, and how
many of the deliberate faults (a page of another copy put in, at so many places) this search and the
program's own search catch.
"""

import argparse
import csv
import json
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from printing import invented_case, invented_shelters

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, find_mixups
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.plans_print import USUAL_BATCH, PrintOrder, print_plans
from bcp_kit.services.store import StoreSettings, open_store

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEAST = 4  # shorter words stand in too many places to say whose they are
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


@dataclass
class Watch:
    """Seconds and megabytes each time a batch begins."""

    began: float = field(default_factory=time.process_time)
    seconds: list[float] = field(default_factory=list)
    megabytes: list[int] = field(default_factory=list)

    def __call__(self, _done: float, _stage: str) -> bool:
        """Note where the run stands."""
        self.seconds.append(round(time.process_time() - self.began, 1))
        self.megabytes.append(peak_mb())
        return True


def peak_mb() -> int:
    """Return the most memory that this process has held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def context(folder: Path) -> Context:
    """Return a context over a new store in `folder`."""
    clock, numbers = FixedClock(NOW), count(1)
    store = open_store(StoreSettings(data_dir=folder, plain=True), clock=clock)
    actor = Actor(name="計測", role=Role.DISASTER_OFFICER)
    return Context(actor=actor, open_store=store.open, clock=clock, new_id=lambda: f"id-{next(numbers)}")


def fill(base: Path, plans: int) -> dict[str, set[str]]:
    """Store the people and return by plan number the words that belong to one of them alone."""
    ctx, rng = context(base), random.Random(1)
    shelters = invented_shelters(rng)
    own: dict[str, set[str]] = {}
    with ctx.open_store() as uow:
        uow.shelters.add_many(shelters.values())
        for start in range(0, plans, 500):
            cases = [invented_case(n, rng, shelters) for n in range(start, min(start + 500, plans))]
            uow.people.add_many(case.person for case in cases)
            uow.supporters.add_many(named.supporter for case in cases for named in case.supporters)
            uow.links.add_many(named.link for case in cases for named in case.supporters)
            uow.consents.add_many(consent for case in cases for consent in _consents(case))
            uow.evacuation_plans.add_many(case.plan for case in cases)
            for case in cases:
                words = (
                    case.person.name,
                    case.person.phone_home,
                    *(n.supporter.name for n in case.supporters),
                )
                own[case.plan.number] = {level(word) for word in words}
        uow.commit()
    return own


def _consents(case: PlanCase) -> Iterable[Consent]:
    person, supporter = case.person.id, case.supporters[0].supporter.id
    for kind, giver in (
        (ConsentKind.MAKE_PLAN, person),
        (ConsentKind.SHARE_REGISTER, person),
        (ConsentKind.SHARE_PLAN, person),
        (ConsentKind.BE_NAMED, supporter),
    ):
        yield Consent(
            id=f"{kind}-{person}",
            kind=kind,
            giver_id=giver,
            person_id=person,
            answer=ConsentAnswer.GIVEN,
            given_on=NOW.date(),
        )


def level(words: str) -> str:
    """Return words without spaces, breaks and variation selectors, with width levelled."""
    return "".join(unicodedata.normalize("NFKC", _SELECTORS.sub("", words)).split())


def read_pages(file: Path) -> list[str]:
    """Return the words of each page as poppler reads them."""
    told = subprocess.run(
        [shutil.which("pdftotext") or "pdftotext", "-raw", str(file), "-"], capture_output=True, check=True
    )
    return [level(page) for page in told.stdout.decode().split("\f")[:-1]]


class PlainSearch:
    """Every word of everybody, looked for at every place of a page."""

    def __init__(self, own: dict[str, set[str]]) -> None:
        """`own`: words by plan number."""
        self.owners: dict[str, set[str]] = defaultdict(set)
        for number, words in own.items():
            for word in words:
                if len(word) >= LEAST:
                    self.owners[word].add(number)
        self.lengths = sorted({len(word) for word in self.owners})

    def foreign(self, page: str, number: str) -> bool:
        """Return whether the page holds a word that belongs to others than `number` alone."""
        return any(
            number not in owners
            for length in self.lengths
            for start in range(len(page) - length + 1)
            if (owners := self.owners.get(page[start : start + length]))
        )


def search(folder: Path, index: Path, own: dict[str, set[str]]) -> dict[str, int]:
    """Read every file and return what stands where it should not, and what is found of planted faults."""
    with index.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    by_file: dict[str, list[Sequence[str]]] = defaultdict(list)
    for row in rows:
        by_file[row[2]].append(row)
    plain, found = PlainSearch(own), defaultdict(int)
    identifiers = Identifiers((number, words) for number, words in own.items())
    for name, copies in by_file.items():
        pages = read_pages(folder / name)
        for copy, number, _, first, length, *_ in copies:
            for at in range(int(first) - 1, int(first) - 1 + int(length)):
                found["pages"] += 1
                found["without_own_number"] += level(copy) not in pages[at]
                found["foreign"] += plain.foreign(pages[at], number)
        _plant(pages, copies, own, plain, identifiers, found)
    return dict(found)


def _plant(
    pages: list[str],
    copies: list[Sequence[str]],
    own: dict[str, set[str]],
    plain: PlainSearch,
    identifiers: Identifiers,
    found: dict[str, int],
) -> None:
    """Put a page of the next copy in the place of one's own, once a file, and see who notices."""
    if len(copies) < 2:
        return
    (_, number, _, first, *_), (*_, _) = copies[0], copies[1]
    at, other = int(first) - 1, int(copies[1][3]) - 1
    wrong = [*pages[:at], pages[other], *pages[at + 1 :]]
    expected = [
        ExpectedCopy(row[1], int(row[3]), int(row[4]), (row[0],), "\n".join(own[row[1]])) for row in copies
    ]
    found["planted"] += 1
    found["planted_found_plain"] += plain.foreign(wrong[at], number)
    found["planted_found_own"] += any(m.page == at + 1 for m in find_mixups(wrong, expected, identifiers))


def main() -> None:
    """Store, print, search, and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plans", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=USUAL_BATCH)
    parser.add_argument("--edition", choices=[edition.value for edition in Edition], default="person")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base, out = Path(folder) / "data", Path(folder) / "out"
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:  # its memory is not the run's
            own = apart.submit(fill, base, wanted.plans).result()
        begun_mb, watch, wall = peak_mb(), Watch(), time.perf_counter()
        ctx = replace(context(base), progress=watch)
        outcome = print_plans(ctx, PrintOrder(out, Edition(wanted.edition), batch_size=wanted.batch))
        spent = time.perf_counter() - wall
        result = {
            "plans": outcome.people,
            "skipped": len(outcome.skipped),
            "wall_s": round(spent, 1),
            "cpu_s_by_batch": watch.seconds,
            "begun_mb": begun_mb,
            "peak_mb_by_batch": watch.megabytes,
            **search(out, outcome.index_files[0], own),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
