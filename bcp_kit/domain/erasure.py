"""Erasing what is kept of people who are no longer on the register: due by a set time, by two people."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class ErasureWay(StrEnum):
    """ERASE: nothing stays. ANONYMISE: district, needs and the like stay for counting, nobody is named."""

    ERASE = "erase"
    ANONYMISE = "anonymise"


class ErasureState(StrEnum):
    """ASKED: waits for another person. DONE: carried out. REFUSED: nothing was done."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class StatisticsLine(DomainModel):
    """What stays of one person for counting: nothing here names or singles out anybody.

    `born` is the decade of birth, `needs` keys of the catalogue, `ended` the year in which the entry ended.
    """

    born: int | None = None
    needs: tuple[str, ...] = ()
    had_plan: bool = False
    supporters: int = 0
    left_by: str = ""
    ended: int | None = None


class Erasure(DomainModel):
    """One order to erase. It holds ids and counts, never a name; the ids lead nowhere once it is done.

    Of people in `plan_only` the plan goes and the entry on the register stays. `removed` counts removed or
    changed records by table. `files` are printed files that lay where a run put them and were deleted,
    `files_missing` those that lie elsewhere now. `mentions` are records of other people that name the person
    (as somebody to call): they stay. `statistics` is filled when the way is ANONYMISE.
    """

    id: str
    way: ErasureWay
    person_ids: tuple[str, ...]
    plan_only: tuple[str, ...] = ()
    reason: str
    asked_by: str
    asked_at: datetime
    state: ErasureState = ErasureState.ASKED
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_words: str = ""
    removed: dict[str, int] = Field(default_factory=dict)
    files: tuple[str, ...] = ()
    files_missing: tuple[str, ...] = ()
    mentions: int = 0
    statistics: tuple[StatisticsLine, ...] = ()
    version: int = 0
