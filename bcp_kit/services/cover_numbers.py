"""The numbers of staff cover as a facility sees them: default, mark, source, its own value."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import Row, source_titles
from bcp_kit.services.base import Context
from bcp_kit.services.cover_settings import LAYER, overrides_of, setting_rows


@dataclass(frozen=True)
class OwnNumber:
    """One row whose number a facility may replace, and its own value (None: the default holds)."""

    row: Row
    own: float | None

    @property
    def now(self) -> float:
        """The value that computations use."""
        return self.own if self.own is not None else float(self.row.value or 0)

    @property
    def sources(self) -> tuple[str, ...]:
        """Titles of the sources of the default."""
        return source_titles(self.row.sources)


def own_numbers(ctx: Context, facility_id: str) -> tuple[OwnNumber, ...]:
    """Return every number of staff cover with what the facility put over it, its own first."""
    ctx.demand(Action.RUN_COVER, facility_id)
    with ctx.open_store() as uow:
        own = overrides_of(uow.layers.get(LAYER), facility_id)
    found = [OwnNumber(row, own.get(key)) for key, row in setting_rows().items()]
    return tuple(sorted(found, key=lambda n: n.own is None))
