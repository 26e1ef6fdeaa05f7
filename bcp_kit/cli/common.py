"""What all commands share: the console, the store, progress, JSON, errors and exit codes."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain import progress as work_progress
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.store import StoreSettings, open_store

# typer carries click inside itself since 0.26; its public names lead to the same classes before and after.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]

console = Console(highlight=False)
err_console = Console(stderr=True, highlight=False)

JsonOption = Annotated[
    str | None, typer.Option("--json", help="結果を一つのJSONとして書き出す（- で標準出力）", metavar="FILE")
]
DataOption = Annotated[
    Path | None, typer.Option("--data", help="データの置き場所（省略時は利用者フォルダー）", metavar="DIR")
]


class Exit(IntEnum):
    """Exit codes (decision 10 of the design)."""

    DONE = 0
    WRONG_USE = 2
    INPUT_REFUSED = 3
    NOBODY_PLACED = 4
    FAULTS_FOUND = 5
    STOPPED = 130


def exit_code(code: ErrorCode) -> Exit:
    """Return the exit code for an error: refused input for files and data, wrong use for the rest."""
    if code is ErrorCode.STOPPED_BY_USER:
        return Exit.STOPPED
    if code is ErrorCode.COPIES_MIXED_UP:
        return Exit.FAULTS_FOUND
    if code.value[0] in "IDG":
        return Exit.INPUT_REFUSED
    if code.value[0] in "MC":
        return Exit.NOBODY_PLACED
    return Exit.WRONG_USE


def explain(error: BcpKitError, language: str = "ja") -> tuple[str, str]:
    """Return what happened and what to do."""
    key = f"errors.{error.code.value}"
    return text(f"{key}.what", language, **error.values), text(f"{key}.remedy", language, **error.values)


def _print_error(error: BcpKitError, detail: str = "") -> None:
    what, remedy = explain(error)
    head = f"{text('cli.error')} {error.code.value}"
    err_console.print(f"[bold red]{head}[/] {what}{detail}\n→ {remedy}", soft_wrap=True)


def _wrong_word(wrong: Exception) -> str:
    """Return the word of the command line that was not understood, in brackets, where click names one."""
    word = getattr(wrong, "option_name", "") or getattr(getattr(wrong, "param", None), "name", "") or ""
    return f"（{word}）" if word else ""


def run(app: typer.Typer) -> None:
    """Run the app; a known failure ends with its sentence, remedy and exit code, never with a traceback."""
    try:
        result = app(standalone_mode=False)
        raise SystemExit(int(result) if isinstance(result, int) else 0)
    except BcpKitError as error:
        _print_error(error)
        raise SystemExit(int(exit_code(error.code))) from None
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except UsageError as wrong:
        _print_error(BcpKitError(ErrorCode.WRONG_USE), _wrong_word(wrong))
        raise SystemExit(int(Exit.WRONG_USE)) from None
    except (KeyboardInterrupt, typer.Abort):
        err_console.print(text("errors.U-003.what"))
        raise SystemExit(int(Exit.STOPPED)) from None


def open_context(
    data: Path | None,
    role: Role = Role.DISASTER_OFFICER,
    name: str = "コマンド操作",
    progress: work_progress.Progress = work_progress.silent,
) -> Context:
    """Return the context of a command over the store in `data` (or the user's folder)."""
    settings = StoreSettings(data_dir=data) if data else StoreSettings()
    store = open_store(settings, actor_name=name)
    return Context(
        actor=Actor(name=name, role=role), open_store=store.open, clock=store.clock, progress=progress
    )


@contextmanager
def progress_bar(title: str) -> Iterator[work_progress.Progress]:
    """Show a bar on standard error; the yielded callable is handed to a service."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err_console, transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def report(done: float, stage: str) -> bool:
            bar.update(task, completed=done, description=text(stage))
            return True

        yield report


@contextmanager
def stoppable(progress: work_progress.Progress) -> Iterator[work_progress.Progress]:
    """Make Ctrl-C end the work with the best answer so far."""
    asked = []
    before = signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield lambda done, stage: progress(done, stage) and not asked
    finally:
        signal.signal(signal.SIGINT, before)


def write_json(target: str | None, make: Callable[[], dict[str, Any]]) -> None:
    """Write the object of `make` to the file `target`, to standard output for '-', nowhere for None."""
    if target is None:
        return
    body = json.dumps(make(), ensure_ascii=False, indent=2, default=str)
    if target == "-":
        sys.stdout.write(body + "\n")
    else:
        Path(target).write_text(body + "\n", encoding="utf-8")
