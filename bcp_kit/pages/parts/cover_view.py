"""What every room of the cover page is given: the facility, the run on screen, the names it speaks of."""

from dataclasses import dataclass

from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import Facility
from bcp_kit.services.cover import CoverNames

ROOM = "cover.room"
SHOWN_RUN = "cover.shown_run"


@dataclass(frozen=True)
class CoverView:
    """A run on screen, looked at for one of its facilities."""

    facility: Facility
    run: CoverRun
    names: CoverNames

    @property
    def site(self) -> str:
        """The id of the facility that is looked at."""
        return self.facility.id
