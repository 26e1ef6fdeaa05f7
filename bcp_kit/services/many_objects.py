"""Work that makes millions of objects and no cycles: the search for cycles runs seldom meanwhile."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_SELDOM = (200_000, 50, 1_000)

_lock = Lock()
_running = 0
_usual: tuple[int, int, int] = gc.get_threshold()


@contextmanager
def many_objects() -> Iterator[None]:
    """Let Python look for unreachable cycles seldom until the work ends.

    By default it walks over all living objects again and again while a register grows in memory, which takes
    a sixth of the time of an import and finds nothing. Works with several imports at once.
    """
    global _running, _usual  # noqa: PLW0603 - the collector is one for the whole process, so is this count
    with _lock:
        if _running == 0:
            _usual = gc.get_threshold()
            gc.set_threshold(*_SELDOM)
        _running += 1
    try:
        yield
    finally:
        with _lock:
            _running -= 1
            if _running == 0:
                gc.set_threshold(*_usual)
