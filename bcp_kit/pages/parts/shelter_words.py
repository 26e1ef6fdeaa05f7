"""Words about destinations that several parts of the pages share."""

from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.forms.shelter_form import AskedFact, sheet_columns
from bcp_kit.forms.shelter_standing import FactStanding, FactState
from bcp_kit.pages.parts.session import say

MARKS = {
    FactState.CONFIRMED: "✓",
    FactState.STALE: "↻",
    FactState.UNCONFIRMED: "△",
    FactState.UNKNOWN: "？",
}


def kind_label(kind: DestinationKind) -> str:
    """Return the name of a kind of destination, as the sheet has it."""
    return sheet_columns()["kind"].choices.get(kind.value, kind.value)


def fact_heading(fact: AskedFact) -> str:
    """Return the row number and the words of a single fact."""
    return f"{fact.row}　{fact.column.heading}"


def told(standing: FactStanding) -> str:
    """Return in words who confirmed a fact, when and how, or that nobody did."""
    said, mark = standing.confirmation, MARKS[standing.state]
    if said is None or standing.review_on is None:
        return f"{mark} {say(f'shelters.told.{standing.state.value}')}"
    values = {
        "day": said.on.isoformat(),
        "how": say(f"shelters.how.{said.how.value}"),
        "by": said.by,
        "answered": say("shelters.told.answered", name=said.answered_by) if said.answered_by else "",
        "review": standing.review_on.isoformat(),
    }
    if standing.state is FactState.STALE:
        values.pop("answered")
        values["by"] = f"　{said.by}" if said.by else ""
    else:
        values.pop("review")
    return f"{mark} {say(f'shelters.told.{standing.state.value}', **values)}"
