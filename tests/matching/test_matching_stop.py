"""A stop is heard through the service: the best answer so far, soon, and nothing goes on working."""

import multiprocessing
import time
from collections.abc import Callable

import pytest
from small_town import hall, person

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, keeper
from bcp_kit.domain.units import Location
from bcp_kit.services import solver_process
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.solver_process import run_in_process

PEOPLE, PLACES = 900, 18
SOON_S = 6.0  # wide: other work may share the machine; on free cores it is below one second


def deaf(answer: int, progress: Progress) -> int:
    """Hand over an answer, then hear no stop for a long time."""
    progress(0.1, "matching.progress.start")
    keeper(progress)(answer)
    time.sleep(120)
    return -1


def mute(answer: int, progress: Progress) -> int:
    """Hand over nothing, hear nothing."""
    progress(0.1, "matching.progress.start")
    time.sleep(120)
    return answer


def test_what_was_handed_over_counts_when_the_process_hears_no_stop() -> None:
    """Asked to stop, the caller gets the best answer so far although the function is deaf, which is ended."""
    heard = []

    def progress(done: float, stage: str) -> bool:
        heard.append(time.monotonic())
        return done < 0.1

    assert run_in_process(deaf, 7, progress) == 7
    assert time.monotonic() - heard[-1] < SOON_S
    assert not multiprocessing.active_children()


def test_nothing_handed_over_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stopped process without any answer ends with U-003 and is ended itself."""
    monkeypatch.setattr(solver_process, "LONGEST_GRACE_S", 0.3)
    with pytest.raises(BcpKitError) as caught:
        run_in_process(mute, 7, lambda done, stage: done < 0.1)
    assert caught.value.code is ErrorCode.STOPPED_BY_USER
    assert not multiprocessing.active_children()


def test_the_stop_button_gives_the_best_answer_so_far(filled: Callable[..., Context]) -> None:
    """A stop in the midst of a long solve gives a checked run, marked as stopped, and leaves no process."""
    ctx = _crowd(filled)
    stopped_at: list[float] = []

    def progress(done: float, stage: str) -> bool:
        if stage == "matching.progress.travel" and not stopped_at:
            stopped_at.append(time.monotonic())
        return not stopped_at

    ctx = Context(ctx.actor, ctx.open_store, ctx.clock, progress=progress)
    run = match(ctx, MatchCommand(HazardKind.EARTHQUAKE, work_limit=10_000))
    assert stopped_at and time.monotonic() - stopped_at[0] < SOON_S
    first = run.stages[0]
    assert first.status is SolveStatus.STOPPED and first.violations == 0
    assert 0 < first.placed < first.people
    assert not multiprocessing.active_children()


def _crowd(filled: Callable[..., Context]) -> Context:
    """More people than room, so that ways are worth a long search."""
    people = [
        person(
            f"p{i:04d}",
            *(("care_level_5",) if i % 3 else ("visual_1_2",)),
            companions=i % 3,
            location=_spot(i * 37),
        )
        for i in range(PEOPLE)
    ]
    halls = [hall(f"s{j:02d}", capacity_people=40 + 3 * j, location=_spot(j * 911)) for j in range(PLACES)]
    return filled(people, halls)


def _spot(number: int) -> Location:
    return Location(latitude=33.9 + number % 101 / 2000, longitude=137.6 + number % 97 / 2000)
