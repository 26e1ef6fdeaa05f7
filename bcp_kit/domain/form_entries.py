"""Paper forms that came back and are typed in; a form of a batch is typed twice by two people (N8)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class EntryState(StrEnum):
    """TYPED_ONCE: waits for the second person. DIFFERS: two rows or more disagree. STORED: in the plan."""

    TYPED_ONCE = "typed_once"
    DIFFERS = "differs"
    STORED = "stored"


class Keying(DomainModel):
    """What one person typed from one form: row number of the paper → words, empty rows left out."""

    by: str
    at: datetime
    rows: Mapping[str, str] = Field(default_factory=dict)
    seconds: float | None = Field(default=None, ge=0)


class FormEntry(DomainModel):
    """One paper form, found by the number of its copy. `twice`: it counts when two people typed the same.

    `chosen` holds what was decided for rows in which the two differ; `chosen_by` who decided.
    """

    copy_number: str
    person_id: str
    plan_id: str
    twice: bool = False
    first: Keying
    second: Keying | None = None
    chosen: Mapping[str, str] = Field(default_factory=dict)
    chosen_by: str = ""
    state: EntryState = EntryState.TYPED_ONCE
    version: int = 0

    @property
    def differences(self) -> tuple[str, ...]:
        """Row numbers in which the two keyings differ and nobody has decided, in the order of typing."""
        if self.second is None:
            return ()
        both = dict.fromkeys((*self.first.rows, *self.second.rows))
        return tuple(
            row
            for row in both
            if row not in self.chosen and self.first.rows.get(row, "") != self.second.rows.get(row, "")
        )

    @property
    def agreed(self) -> Mapping[str, str]:
        """What both typed or somebody decided, by row."""
        second = self.second.rows if self.second else self.first.rows
        same = {row: words for row, words in self.first.rows.items() if second.get(row, "") == words}
        return {**same, **self.chosen}
