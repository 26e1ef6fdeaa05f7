"""How long work reports its progress and learns that it should stop."""

from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """Called now and then by long work. Returning False asks the work to stop with the best answer so far."""

    def __call__(self, done: float, stage: str) -> bool:
        """`done` runs from 0 to 1; `stage` is a key of templates/messages."""
        ...


def silent(done: float, stage: str) -> bool:
    """Progress that nobody watches: always go on."""
    del done, stage
    return True


def keeper(progress: Progress) -> Callable[[object], None]:
    """Return where long work hands its best answer so far, in the form of its outcome.

    Whoever watches may have a method `keep` for it and then need not wait for the end when asked to stop.
    """
    keep: Callable[[object], None] | None = getattr(progress, "keep", None)
    return keep if keep is not None else lambda _best: None
