"""The fact base of one site (事業所の基礎情報): what several plans need is kept once, here.

A person, phone number, stock item, building fact or hazard fact is a row of a table; templates/facts says
which tables there are. Plans that show a fact hold no copy of it: they hold nothing, or a reference.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from pydantic import Field

from bcp_kit.domain.base import DomainModel

_REFERENCE = re.compile(r"@\{([a-z_]+):([A-Za-z0-9_-]+)(?:\.([a-z_0-9]+))?\}")


class FactRow(DomainModel):
    """One fact: cell texts by column key, and when somebody last made sure that it is true."""

    id: str
    cells: Mapping[str, str] = Field(default_factory=dict)
    confirmed_on: date | None = None


class SiteFacts(DomainModel):
    """The facts of one site. Several services at one site (併設) share it: `facility_ids` names them all."""

    id: str
    facility_ids: tuple[str, ...]
    tables: Mapping[str, tuple[FactRow, ...]] = Field(default_factory=dict)
    updated_at: datetime
    version: int = 0

    def row(self, table: str, row_id: str) -> FactRow | None:
        """Return one fact, None when it is gone."""
        return next((row for row in self.tables.get(table, ()) if row.id == row_id), None)


def reference(table: str, row_id: str, column: str = "") -> str:
    """Return what a cell of a plan holds in the place of a fact: of its words, or of one of its columns."""
    return f"@{{{table}:{row_id}.{column}}}" if column else f"@{{{table}:{row_id}}}"


def references(words: str) -> tuple[tuple[str, str], ...]:
    """Return the (table, row id) of every reference in `words`, in order."""
    return tuple((match[1], match[2]) for match in _REFERENCE.finditer(words))


def replace_references(words: str, say: Callable[[str, str, str], str]) -> str:
    """Return `words` with each reference replaced by what `say(table, row id, column)` makes of it."""
    return _REFERENCE.sub(lambda match: say(match[1], match[2], match[3] or ""), words)
