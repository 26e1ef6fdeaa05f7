"""A public shift-scheduling file solved: read, planned person by person, checked, its plan written.

No staff list and no store are touched, so that the engine can be compared with others.
"""

import csv
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from threading import Event
from time import perf_counter, process_time
from typing import Any

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.instance import RosterInstance, RosterResult
from bcp_kit.cores.rostering.public_file import parse
from bcp_kit.cores.rostering.solve import Limits, solve
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.services.matching_points import peak_mb
from bcp_kit.services.solver_process import run_in_process

MOST_BYTES = 20_000_000
MARGIN = 0.92  # of the time: the rest is for the start, the check and steps that end a little late
MEMORY_MB = 12_000  # of addresses, which is much more than what is really used


@dataclass(frozen=True)
class RosterCommand:
    """A file, how long the engine may take in seconds, its rounds of improvement, the seed.

    `by_processor`: seconds of processor time instead of real ones, to compare on a busy machine.
    `searches`: so many searches run beside each other, each with the next seed and in a process of its own.
    """

    file: Path
    seconds: float = 60.0
    rounds: int = 1000
    seed: int = 0
    by_processor: bool = False
    searches: int = 2


@dataclass(frozen=True)
class RosterOutcome:
    """The checked result and its figures."""

    result: RosterResult
    figures: Mapping[str, Any]


def solve_roster_file(command: RosterCommand, progress: Progress = silent) -> RosterOutcome:
    """Solve a file by searches of different chances beside each other; the best plan is kept.

    As soon as one plan is proven the other searches end.
    Raises: BcpKitError I-041 for a file that cannot be read, C-003 when the independent check fails.
    """
    read_roster_file(command.file)  # refused before a process is started
    enough = Event()

    def search(number: int, report: Progress) -> RosterOutcome:
        one = replace(command, seed=command.seed + number)
        try:
            found = run_in_process(solve_here, one, report, MEMORY_MB)
        except BaseException:
            enough.set()  # nobody waits for the others when one has failed
            raise
        if found.result.status is SolveStatus.OPTIMAL:
            enough.set()
        return found

    def watched(done: float, stage: str) -> bool:
        if not enough.is_set() and not progress(done, stage):
            enough.set()
        return not enough.is_set()

    def unwatched(done: float, stage: str) -> bool:
        return not enough.is_set()

    with ThreadPoolExecutor(max(1, command.searches - 1)) as beside:
        others = [beside.submit(search, n, unwatched) for n in range(1, command.searches)]
        outcomes = [search(0, watched), *(other.result() for other in others)]
    return _best(outcomes)


def _best(outcomes: Sequence[RosterOutcome]) -> RosterOutcome:
    """Return the best plan of several searches under the best bound that one of them has proven.

    It can be repeated when no search was cut short; a tie goes to the earlier seed.
    """
    chosen = min(outcomes, key=lambda o: o.result.penalty)
    bound = max(o.result.bound for o in outcomes)
    proven = chosen.result.penalty <= bound and chosen.result.status is not SolveStatus.INFEASIBLE
    result = chosen.result.model_copy(
        update={
            "bound": bound,
            "seed": outcomes[0].result.seed,
            "status": SolveStatus.OPTIMAL if proven else chosen.result.status,
            "repeatable": all(o.result.repeatable for o in outcomes),
        }
    )
    figures = {
        **chosen.figures,
        **{"status": result.status.value, "bound": bound, "gap": round(result.gap, 6), "seed": result.seed},
        "seconds": max(o.figures["seconds"] for o in outcomes),
        "peak_mb": max(o.figures["peak_mb"] for o in outcomes),
        "repeatable": result.repeatable,
    }
    return RosterOutcome(result, figures)


def solve_here(command: RosterCommand, progress: Progress = silent) -> RosterOutcome:
    """Do the same in this process."""
    began = perf_counter()
    instance = read_roster_file(command.file)
    clock = process_time if command.by_processor else perf_counter
    workers = 1 if command.searches > 1 else Limits.workers
    limits = Limits(command.seconds * MARGIN, command.rounds, command.seed, clock, workers)
    result = solve(instance, limits, progress)
    broken = [v for v in check.violations(instance, result.plan) if v.person not in result.impossible]
    parts = check.penalty_parts(instance, result.plan)
    if broken or parts.total != result.penalty:
        raise BcpKitError(ErrorCode.COVER_CHECK_FAILED, violations=len(broken))
    figures = {
        "status": result.status.value,
        "penalty": result.penalty,
        **parts.model_dump(),
        "bound": result.bound,
        "gap": round(result.gap, 6),
        "columns": result.columns,
        "seconds": round(perf_counter() - began, 2),
        "peak_mb": peak_mb(),
        "seed": result.seed,
        "repeatable": result.repeatable,
        "people": len(instance.people),
        "days": instance.days,
        "impossible": list(result.impossible),
    }
    return RosterOutcome(result, figures)


def read_roster_file(path: Path) -> RosterInstance:
    """Return the instance of a public text file.

    Raises: BcpKitError I-041.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"> {MOST_BYTES // 1_000_000} MB")
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, IndexError) as wrong:
        detail = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
        raise BcpKitError(
            ErrorCode.ROSTER_FILE_UNREADABLE, file=path.name, detail=detail.replace("\n", " ")[:120]
        ) from None


def write_roster(outcome: RosterOutcome, path: Path) -> None:
    """Write the plan as CSV, a line a person, a field a day; whole or not at all.

    Raises: BcpKitError D-021.
    """
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerows([person, *roster] for person, roster in outcome.result.plan.items())
    half = path.with_name(f"{path.name}.part")
    try:
        half.write_text(text.getvalue(), encoding="utf-8")
        os.replace(half, path)  # noqa: PTH105 - replaces also where the target exists, on every system
    except OSError:
        raise BcpKitError(ErrorCode.PLAN_NOT_WRITTEN, file=path.name) from None
