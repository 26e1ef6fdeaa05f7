"""Options of `bcp-kit cover run` that decide for single people and days."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bcp_kit.catalogues import load
from bcp_kit.cores.staff_cover.instance import Lock, LockKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.cover_locks import RELEASED, lock_of, locks_from

LockOption = Annotated[
    list[str] | None, typer.Option("--lock", help="必ず入る 職員:日:勤務（例 S001:2:night）")
]
BarOption = Annotated[list[str] | None, typer.Option("--bar", help="入らない 職員:日:勤務")]
OffOption = Annotated[list[str] | None, typer.Option("--off", help="休みにする 職員:日")]


def locks_given(
    lock: Sequence[str] | None, bar: Sequence[str] | None, off: Sequence[str] | None
) -> tuple[Lock, ...]:
    """Return the locks that the options ask for. Raises: BcpKitError U-001 for words of another shape."""
    kinds = ((LockKind.WORKS, lock), (LockKind.NOT_THIS, bar), (LockKind.OFF, off))
    return tuple(lock_of(words, kind) for kind, given in kinds for words in given or ())


def released_words(run: CoverRun) -> str:
    """Return a sentence that names the locks which could not be kept; "" when all were."""
    released = locks_from(str(run.settings.get(RELEASED, "")))
    named = [
        text(
            "cover_answers.locks.one",
            DEFAULT_LANGUAGE,
            who=lock.worker_id,
            day=lock.day,
            shift=load.catalogue("shifts").need(lock.shift).label_ja,
        )
        for lock in released
    ]
    return text("cover_answers.locks.released", DEFAULT_LANGUAGE, locks="、".join(named)) if named else ""
