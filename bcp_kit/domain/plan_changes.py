"""Changes of plans that another person must approve: whose supporter is who, what a drill found.

Known mix-ups registered a helper under the wrong person; one pair of eyes did not see it (N5).
"""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.people import SupportRole


class ChangeKind(StrEnum):
    """What is to change. NAME_SUPPORTER with `replaces_id` puts one supporter in another's place."""

    NAME_SUPPORTER = "name_supporter"
    END_SUPPORTER = "end_supporter"
    ANSWER = "answer"


LINK_KINDS = (ChangeKind.NAME_SUPPORTER, ChangeKind.END_SUPPORTER)


class ChangeState(StrEnum):
    """OPEN: nobody decided. APPROVED: decided and done in one step. REFUSED: nothing was done."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


class PlanChange(DomainModel):
    """One proposed change of one person's plan, with who proposed and who decided, when and why.

    `field_id`, `before` and `after` are those of an answer of the form; `before` is what stood there when it
    was proposed. `drill_id` and `finding_id` say which finding of a drill asks for it, `batch_id`
    which import brought it: those are decided on together.
    """

    id: str
    person_id: str
    kind: ChangeKind
    state: ChangeState = ChangeState.OPEN
    supporter_id: str = ""
    replaces_id: str = ""
    rank: int | None = Field(default=None, ge=1)
    roles: tuple[SupportRole, ...] = ()
    field_id: str = ""
    before: str = ""
    after: str = ""
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    decided_words: str = ""
    drill_id: str = ""
    finding_id: str = ""
    batch_id: str = ""
    version: int = 0

    @property
    def is_of_links(self) -> bool:
        """True when it changes who supports the person."""
        return self.kind in LINK_KINDS
