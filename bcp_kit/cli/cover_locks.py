"""Options of `bcp-kit cover run` that decide for single people and days."""

from collections.abc import Sequence
from typing import Annotated

import typer

from bcp_kit.cores.staff_cover.instance import Lock, LockKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.forms.messages import text
from bcp_kit.services.cover import CoverNames
from bcp_kit.services.cover_locks import lock_of, released_sentences

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


def released_words(run: CoverRun, names: CoverNames) -> str:
    """Return lines that name the locks which could not be kept, each with its reason; "" when all were."""
    lines = released_sentences(run, names.of)
    return (
        "\n".join((text("cover_answers.locks.released"), *(f"・{line}" for line in lines))) if lines else ""
    )
