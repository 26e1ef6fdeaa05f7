"""Where somebody stopped writing a plan, so that the next visit begins there."""

from datetime import datetime

from bcp_kit.domain.base import DomainModel


class WritingPlace(DomainModel):
    """The item that one person opened last in one plan; no part of the plan itself."""

    plan_id: str
    actor: str
    item_id: str
    at: datetime
    version: int = 0
