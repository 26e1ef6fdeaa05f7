"""Approval by a second person, before accounts exist: a second name (decision 5 of the design)."""

import unicodedata

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.services.base import Context


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def demand_second_name(name: str, *others: str) -> str:
    """Return the name without blanks around it when it is another one than each of `others`.

    Width, case and blanks do not make another person. Raises: BcpKitError B-031 for no name or the same.
    """
    if not _bare(name) or _bare(name) in {_bare(other) for other in others}:
        raise BcpKitError(ErrorCode.SECOND_NAME_NEEDED)
    return name.strip()


def demand_reason(words: str) -> str:
    """Return the words without blanks around them.

    Raises: BcpKitError B-030 when there are none.
    """
    if not words.strip():
        raise BcpKitError(ErrorCode.REASON_MISSING)
    return words.strip()


def decision(ctx: Context, asked_by: str, *, approve: bool, words: str, by: str) -> dict[str, object]:
    """Return who decides on what `asked_by` asked, when and in which words, as fields of a record.

    `by` is who decides where that is not who sits at the screen. Raises: BcpKitError B-031 (the same name as
    who asked), B-030 (refused without a reason).
    """
    return {
        "decided_by": demand_second_name(by or ctx.actor.name, asked_by),
        "decided_at": ctx.clock.now(),
        "decided_words": words.strip() if approve else demand_reason(words),
    }
