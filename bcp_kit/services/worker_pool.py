"""Many small computations side by side in processes: what they share travels once, results come in order."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.pool import IMapIterator
from os import cpu_count
from typing import Any

from bcp_kit.cores.shelter_matching.stress import ItemT, ResultT, SharedT, one_by_one
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.services.solver_process import DEFAULT_MEMORY_MB, limit_memory

FEW = 8  # items that are done here before a process would have started
POLL_S = 0.2  # between two questions whether to stop
CHUNKS = 8  # portions for each worker: few travels, and none waits long for another
_shared: dict[str, Any] = {}


def _set_up(work: Callable[[Any, Any], Any], shared: object, memory_mb: int) -> None:
    limit_memory(memory_mb)
    _shared["work"], _shared["shared"] = work, shared


def _do(items: Sequence[object]) -> list[object]:
    return [_shared["work"](_shared["shared"], item) for item in items]


@dataclass(frozen=True)
class PoolRunner:
    """A runner over `workers` processes (0: one for each core); few items are done in this process.

    Progress is told after each item, and while one waits for the next. `portion` items travel together (0: a
    few portions for each worker). Raises: BcpKitError U-003 once progress says to stop.
    """

    workers: int = 0
    progress: Progress = silent
    stage: str = "matching.progress.draws"
    memory_mb: int = DEFAULT_MEMORY_MB
    portion: int = 0

    def __call__(
        self, work: Callable[[SharedT, ItemT], ResultT], shared: SharedT, items: Sequence[ItemT]
    ) -> Iterator[ResultT]:
        """Yield `work(shared, item)` for each item, in order."""
        workers = self.workers or cpu_count() or 1
        if workers == 1 or len(items) <= FEW:
            yield from self._told(one_by_one(work, shared, items), len(items))
            return
        context = multiprocessing.get_context("spawn")
        size = self.portion or max(1, len(items) // (CHUNKS * workers))
        portions = [items[start : start + size] for start in range(0, len(items), size)]
        with context.Pool(workers, _set_up, (work, shared, self.memory_mb)) as pool:
            yield from self._told(self._waited(pool.imap(_do, portions), len(items)), len(items))

    def _waited(self, portions: "IMapIterator[list[Any]]", count: int) -> Iterator[Any]:
        """Yield the results, asking whether to go on while the next portion is not there yet."""
        done = 0
        while done < count:
            try:
                results = portions.next(POLL_S)
            except multiprocessing.TimeoutError:
                self._ask(done, count)
                continue
            done += len(results)
            yield from results

    def _told(self, results: Iterator[Any], count: int) -> Iterator[Any]:
        for done, result in enumerate(results, start=1):
            yield result
            self._ask(done, count)

    def _ask(self, done: int, count: int) -> None:
        if not self.progress(done / max(1, count), self.stage):
            raise BcpKitError(ErrorCode.STOPPED_BY_USER)
