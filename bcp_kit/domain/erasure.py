"""Erasing what is kept of people who are no longer on the register: due by a set time, by two people."""

from datetime import date, datetime
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

    `removed` counts removed or blanked records by table; `files` are printed files that lay in the data
    folder or where a run put them and were deleted; `files_missing` those that lie elsewhere now.
    `statistics` is filled when the way is ANONYMISE.
    """

    id: str
    way: ErasureWay
    person_ids: tuple[str, ...]
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
    copies_out: tuple[str, ...] = ()
    statistics: tuple[StatisticsLine, ...] = ()
    last_day: date | None = None
    version: int = 0
