"""Long solves run in a process of their own: progress comes back, a stop is heard, memory has a limit.

Works the same with spawn (Windows, macOS) and fork. The function and its argument travel by multiprocessing's
own transport, so both must be importable or plain data.
"""

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.progress import Progress, silent

ArgumentT = TypeVar("ArgumentT")
ResultT = TypeVar("ResultT")

POLL_S = 0.1  # how often the parent asks its own progress whether to go on
GRACE_S = 0.5  # how long a stopped child that handed over an answer before may take for a better one
LONGEST_GRACE_S = 10.0  # how long one may take that has handed over nothing yet
DEFAULT_MEMORY_MB = 4096


def memory_limit_works() -> bool:
    """True where the operating system lets a process limit its own memory (decision 12 of the design)."""
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - absent on Windows

        return hasattr(resource, "RLIMIT_AS")
    return False


def limit_memory(memory_mb: int) -> None:
    """Limit the memory of this process where the operating system can."""
    if memory_limit_works():
        import resource  # noqa: PLC0415 - absent on Windows

        wanted = memory_mb * 1024 * 1024
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


class _Reporter:
    """The progress of the new process: reports and the best answer so far go up, a stop comes down."""

    def __init__(self, pipe: Connection, stop: Event) -> None:
        self._pipe, self._stop = pipe, stop

    def __call__(self, done: float, stage: str) -> bool:
        self._pipe.send(("progress", (done, stage)))
        return not self._stop.is_set()

    def keep(self, best: object) -> None:
        """Hand over the best answer so far."""
        self._pipe.send(("best", best))


def _child(
    function: Callable[[Any, Progress], Any],
    argument: object,
    pipe: Connection,
    stop: Event,
    memory_mb: int,
) -> None:
    """Run in the new process: solve, report, hand over the result or a failure without personal text."""
    limit_memory(memory_mb)
    try:
        pipe.send(("result", function(argument, _Reporter(pipe, stop))))
    except BcpKitError as known:
        pipe.send(("known", (known.code, dict(known.values))))
    except MemoryError:
        pipe.send(("known", (ErrorCode.SOLVER_OUT_OF_MEMORY, {"memory_mb": memory_mb})))
    except Exception as unknown:  # its text may hold names, so only its kind goes on
        pipe.send(("known", (ErrorCode.SOLVER_FAILED, {"kind": type(unknown).__name__})))


def _receive(
    pipe: Connection, process: Any, stop: Event, progress: Progress
) -> tuple[str, Any]:  # multiprocessing's process class differs by start method
    """Return the child's last message, passing progress on and a stop down.

    A stopped child that is not soon done is left: the best answer it handed over is the last message.
    Raises: BcpKitError U-003 when a stopped child has handed over nothing in time, U-007 when it dies.
    """
    last, stopped_at, best = (0.0, "matching.progress.start"), None, None
    while True:
        if pipe.poll(POLL_S):
            try:
                kind, value = pipe.recv()
            except EOFError:
                raise BcpKitError(ErrorCode.SOLVER_FAILED, kind="EOFError") from None
            if kind == "best":
                best = (kind, value)
            elif kind != "progress":
                return kind, value
            else:
                last = value
        elif not process.is_alive() and not pipe.poll(0):
            raise BcpKitError(ErrorCode.SOLVER_FAILED, kind=f"exit {process.exitcode}")
        if stopped_at is None and not progress(*last):
            stop.set()
            stopped_at = time.monotonic()
        waited = 0.0 if stopped_at is None else time.monotonic() - stopped_at
        if best is not None and waited > GRACE_S:
            return best
        if waited > LONGEST_GRACE_S:
            raise BcpKitError(ErrorCode.STOPPED_BY_USER)


def run_in_process(
    function: Callable[[ArgumentT, Progress], ResultT],
    argument: ArgumentT,
    progress: Progress = silent,
    memory_mb: int = DEFAULT_MEMORY_MB,
) -> ResultT:
    """Return `function(argument, progress)` computed in a process of its own.

    `progress` is called in this process, at least ten times a second; once it returns False the function's
    own progress returns False at its next call, and it should hand back the best answer so far. One that
    hands over answers on the way (`progress.keeper`) is not waited for longer than GRACE_S.
    Raises: BcpKitError as raised by the function, U-003 (stopped without an answer), U-004 (out of memory),
    U-005 (the process failed).
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    stop = context.Event()
    process = context.Process(target=_child, args=(function, argument, sender, stop, memory_mb), daemon=True)
    process.start()
    sender.close()
    kind = ""
    try:
        kind, value = _receive(receiver, process, stop, progress)
    finally:
        receiver.close()
        process.join(0.0 if kind == "best" else 0.5)
        if process.is_alive():
            process.terminate()
            process.join()
    if kind == "known":
        code, values = value
        raise BcpKitError(code, **values)
    result: ResultT = value
    return result
