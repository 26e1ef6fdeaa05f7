"""What the town hall puts together for a person who was not asked for consent to a plan yet.

It is no individual evacuation plan (Art. 49-14): it has no number and no status, stays within the town hall
(Art. 49-11(1)), and is kept apart from plans, so that no paper, list, drill or ledger can take it up.
"""

from datetime import date

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.plans import PlannedStage


class PlanPreparation(DomainModel):
    """Where one person would go by the matching, and which lawful contents a plan would lack.

    `missing` holds keys of the catalogue `law_minimum`; the consent itself is always missing.
    """

    person_id: str
    made_on: date
    updated_on: date
    matching_run_ids: tuple[str, ...] = ()
    stages: tuple[PlannedStage, ...] = ()
    unplaced: tuple[HazardKind, ...] = ()
    missing: tuple[str, ...] = ()
    version: int = 0

    @property
    def place_ids(self) -> tuple[str, ...]:
        """Ids of the places that it leads to, each once."""
        return tuple(dict.fromkeys(stage.shelter_id for stage in self.stages if stage.shelter_id))
