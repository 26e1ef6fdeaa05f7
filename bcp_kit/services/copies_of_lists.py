"""The ledger's part of lists: numbers, whether one may be handed to its reader, whether it is out of date."""

from datetime import datetime

from bcp_kit.domain.consent import Decision, Recipient
from bcp_kit.domain.paper_copies import HolderKind, ListKind, PaperCopy
from bcp_kit.services.plan_lists import GATHER, Asking, Gathered, forbidden
from bcp_kit.services.plan_lists_words import content_of
from bcp_kit.services.plans_read import all_shelters, dossiers, town_rules
from bcp_kit.storage.unit_of_work import UnitOfWork


def list_forbidden(uow: UnitOfWork, copy: PaperCopy, holder: HolderKind, at: datetime) -> Decision | None:
    """Return the decision that forbids to hand a list to such a holder, None where nothing does.

    In the town hall it may be read without consent; a sealed set goes to others in an emergency only.
    """
    reader = Recipient.OFFICE if holder is HolderKind.OFFICE else Recipient.SUPPORT_PARTY
    return forbidden(copy, dossiers(uow, copy.people), Asking(town_rules(uow), at, reader))


def gathered_of(uow: UnitOfWork, copy: PaperCopy, at: datetime) -> Gathered:
    """Return who would stand on such a list now."""
    asking = Asking(town_rules(uow), at, Recipient(copy.recipient))
    return GATHER[ListKind(copy.edition)](uow, copy.subject, asking)


def list_changed(uow: UnitOfWork, copy: PaperCopy, at: datetime) -> bool:
    """True when such a list would say something else now, or its shelter is gone."""
    shelters = all_shelters(uow)
    if copy.edition == ListKind.ARRIVALS and copy.subject.partition("\n")[0] not in shelters:
        return True
    return content_of(gathered_of(uow, copy, at), shelters) != copy.content
