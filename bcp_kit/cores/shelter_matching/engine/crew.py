"""Threads that do independent parts side by side; the outcome never depends on how many they are."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")


class Crew:
    """A few threads. numpy, scipy and the solvers let go of the interpreter, so they really work at once."""

    def __init__(self, workers: int = 1) -> None:
        self.workers = max(1, workers)
        self._pool = ThreadPoolExecutor(self.workers)

    def map(self, function: Callable[[Part], Done], parts: Iterable[Part]) -> list[Done]:
        """Return the outcome for each part, in the order of the parts."""
        if self.workers == 1:
            return [function(part) for part in parts]
        return list(self._pool.map(function, parts))

    def begin(self, function: Callable[..., Done], *arguments: object) -> "Future[Done]":
        """Begin one piece of work."""
        return self._pool.submit(function, *arguments)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)  # what nobody waits for any more ends by itself


ALONE = Crew(1)
