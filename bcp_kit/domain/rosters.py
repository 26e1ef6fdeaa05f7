"""What a person decided about a roster of the facility's own shape, and what is remembered of it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel

SKIP = "skip"
NEW = "new"

Short = Annotated[str, Field(max_length=200)]


class RosterMapping(DomainModel):
    """What marks and names of a facility's rosters mean; it is used again for the next month's file.

    `marks` leads from a mark (in one width and case) to a shift, a kind of rest or SKIP, `names` from a
    levelled name to the id of a member of staff or SKIP. `blank_is_off`: an empty cell is a day off.
    """

    marks: Mapping[Short, Short] = Field(default_factory=dict)
    names: Mapping[Short, Short] = Field(default_factory=dict)
    blank_is_off: bool = True


class RosterDecisions(DomainModel):
    """What was decided about one file: months by sheet, corrected cells and people by address, marks.

    `people` leads from a row's address (sheet!A5) to a staff id, NEW or SKIP.
    """

    months: Mapping[Short, date] = Field(default_factory=dict)
    fixes: Mapping[Short, Short] = Field(default_factory=dict)
    marks: Mapping[Short, Short] = Field(default_factory=dict)
    people: Mapping[Short, Short] = Field(default_factory=dict)
    blank_is_off: bool | None = None
    new_for_unknown: bool = False
    skip_unknown: bool = False
