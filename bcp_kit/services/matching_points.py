"""Matching of an instance given as one file of points: read, solved, checked, its plan written.

The format is that of the public generator of matching instances (`engine/points.py`). No register and no
store are touched, so that the engine can be compared with others.
"""

import contextlib
import json
import os
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits, Plan
from bcp_kit.cores.shelter_matching.engine.points import FIELDS, Points
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.services.solver_process import run_in_process

MOST_BYTES = 2_000_000_000  # of an instance unfolded
USUAL_SECONDS = ((1_000, 4.8), (9_000, 12.0), (90_000, 60.0), (275_000, 410.0))  # by households
MARGIN = 0.94  # of the time: the rest is for the check
MEMORY_MB = 12_000  # of addresses, which is much more than what is really used


@dataclass(frozen=True)
class PointsCommand:
    """An instance, how long the solver may take (None: as long as is usual for its size), and how.

    With `rounds` the amount of work is fixed instead of the time: the same answer each time.
    """

    instance: Path
    seconds: float | None = None
    rounds: int | None = None
    seed: int = 0
    workers: int = 2


@dataclass(frozen=True)
class PointsOutcome:
    """The plan and its figures."""

    plan: list[int]
    figures: dict[str, Any]


def match_points(command: PointsCommand, progress: Progress = silent) -> PointsOutcome:
    """Solve an instance file in a process of its own and return the checked plan.

    Raises: BcpKitError I-040 for a file that cannot be read, M-003 when the independent check fails.
    """
    outcome = run_in_process(solve_points, command, progress, MEMORY_MB)
    outcome.figures["peak_mb"] = max(outcome.figures["peak_mb"] or 0, peak_mb() or 0) or None
    return outcome


def solve_points(command: PointsCommand, progress: Progress = silent) -> PointsOutcome:
    """Do the same in this process."""
    points = read_points(command.instance)
    began = perf_counter()
    seconds = command.seconds if command.seconds is not None else usual_seconds(points.homes)
    limits = Limits(
        rounds=command.rounds or 10_000,
        seconds=float("inf") if command.rounds else seconds * MARGIN,
        workers=command.workers,
        seed=command.seed,
        go_on=progress,
    )
    plan = optimise(points, limits)
    if points.broken(plan.chosen):
        raise BcpKitError(ErrorCode.MATCHING_CHECK_FAILED)
    return PointsOutcome([int(o) for o in plan.chosen], _figures(points, plan, perf_counter() - began))


def usual_seconds(households: int) -> float:
    """Return how long a solve of this many households usually takes, in seconds."""
    sizes, seconds = zip(*USUAL_SECONDS, strict=True)
    return float(np.exp(np.interp(np.log(max(1, households)), np.log(sizes), np.log(seconds))))


def _figures(points: Points, plan: Plan, seconds: float) -> dict[str, Any]:
    score = points.score(plan.chosen)
    bound = max(score.goal, int(np.floor(plan.bound + 1e-6)))
    return {
        "Z": score.goal,
        "W": score.weighted,
        "D": score.person_metres,
        "bound": bound,
        "gap": (bound - score.goal) / max(1, abs(bound)),
        "seconds": round(seconds, 3),
        "peak_mb": peak_mb(),
        "status": "optimal" if bound == score.goal else "stopped" if plan.stopped else "feasible_at_limit",
        "households": points.homes,
        "placed_households": int((plan.chosen >= 0).sum()),
        "unplaced_by_tier": dict(score.unplaced_by_tier),
        "worst_m": score.worst_m,
    }


def peak_mb() -> int | None:
    """Return the most memory this process has held, in MB; None where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="ignore").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    try:
        import resource  # noqa: PLC0415 - absent on Windows
    except ImportError:
        return None
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used // (1_048_576 if sys.platform == "darwin" else 1024)


def read_points(path: Path) -> Points:
    """Return the instance of a file in NPZ or JSON.

    Raises: BcpKitError I-040.
    """
    try:
        return Points(_fields(path))
    except (OSError, ValueError, KeyError, TypeError, EOFError, RecursionError, zipfile.BadZipFile) as wrong:
        detail = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
        raise BcpKitError(ErrorCode.INSTANCE_UNREADABLE, file=path.name, detail=detail[:120]) from None


def _fields(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MOST_BYTES:
        raise ValueError("size")
    if not zipfile.is_zipfile(path):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(kept, dict):
            raise ValueError("JSON")
        return {k: np.array(kept[k]) for k in FIELDS if k in kept}
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise ValueError("size")
    with np.load(path, allow_pickle=False) as stored:
        return {k: stored[k] for k in FIELDS if k in stored}


def write_plan(outcome: PointsOutcome, path: Path) -> None:
    """Write the plan, shelter index or -1 per household, as one JSON list; whole or not at all.

    Raises: BcpKitError D-021.
    """
    half = path.with_name(f"{path.name}.part")
    try:
        half.write_text(json.dumps(outcome.plan), encoding="utf-8")
        os.replace(half, path)  # noqa: PTH105 - replaces also where the target exists, on every system
    except OSError:
        raise BcpKitError(ErrorCode.PLAN_NOT_WRITTEN, file=path.name) from None
