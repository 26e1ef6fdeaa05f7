"""A public shift-scheduling file solved: read, planned person by person, checked, its plan written.

No staff list and no store are touched, so that the engine can be compared with others.
"""

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.instance import RosterInstance, RosterResult
from bcp_kit.cores.rostering.public_file import parse
from bcp_kit.cores.rostering.solve import Limits, solve
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.services.matching_points import peak_mb
from bcp_kit.services.solver_process import run_in_process

MOST_BYTES = 20_000_000
MARGIN = 0.95  # of the time: the rest is for the check and for steps that end a little late
MEMORY_MB = 12_000  # of addresses, which is much more than what is really used


@dataclass(frozen=True)
class RosterCommand:
    """A file, how long the engine may take in seconds, its rounds of improvement, the seed.

    `by_processor`: seconds of processor time instead of real ones, to compare on a busy machine.
    """

    file: Path
    seconds: float = 60.0
    rounds: int = 1000
    seed: int = 0
    by_processor: bool = False


@dataclass(frozen=True)
class RosterOutcome:
    """The checked result and its figures."""

    result: RosterResult
    figures: Mapping[str, Any]


def solve_roster_file(command: RosterCommand, progress: Progress = silent) -> RosterOutcome:
    """Solve a file in a process of its own.

    Raises: BcpKitError I-041 for a file that cannot be read, C-003 when the independent check fails.
    """
    read_roster_file(command.file)  # refused before a process is started
    return run_in_process(solve_here, command, progress, MEMORY_MB)


def solve_here(command: RosterCommand, progress: Progress = silent) -> RosterOutcome:
    """Do the same in this process."""
    began = perf_counter()
    instance = read_roster_file(command.file)
    clock = process_time if command.by_processor else perf_counter
    limits = Limits(command.seconds * MARGIN, command.rounds, command.seed, clock)
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
