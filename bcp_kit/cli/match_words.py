"""What the matching commands print: the summary of a run, one person's lines, a person by number."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import MatchingRun, SolveStatus
from bcp_kit.forms.messages import text
from bcp_kit.services.matching_export import place_words
from bcp_kit.services.matching_locks import rule_sentence
from bcp_kit.services.matching_read import Line, RunView, sentence
from bcp_kit.services.matching_tables import gap_of, gap_sentence, tier_counts

SHOWN_REASONS = 5
KM = 1000


def summary_table(found: MatchingRun) -> Table:
    """Return one row a stage: people looked for, placed, and placed by tier."""
    table = Table(title=text("matching.title", hazard=text(f"matching.hazard.{found.hazard.value}")))
    for key in ("stage", "people", "placed", "tiers"):
        table.add_column(text(f"matching.column.{key}"), overflow="fold")
    for stage in found.stages:
        name = text(f"pages.matching.stage_{stage.stage}")
        table.add_row(name, f"{stage.people:,}", f"{stage.placed:,}", tier_counts(stage))
    table.caption = text(f"matching.mode.{found.mode.value}")
    return table


def sure_lines(found: MatchingRun) -> list[str]:
    """Return one line a stage: how certain the answer is, and how far from the best, in plain words."""
    lines = []
    for stage in found.stages:
        proven = stage.status is SolveStatus.OPTIMAL
        status = "" if proven else f"{text(f'matching.status.{stage.status.value}')}。"
        lines.append(f"{text(f'pages.matching.stage_{stage.stage}')}：{status}{gap_sentence(stage)}")
    return lines


def run_facts(found: MatchingRun) -> dict[str, Any]:
    """Return the run without its lines: what it asked, its stages, its gaps in people and metres."""
    facts = found.model_dump(mode="json", exclude={"placements", "locks"})
    gaps = []
    for stage in found.stages:
        gap = gap_of(stage)
        gaps.append({"stage": stage.stage, "people": gap.all_people, "metres": gap.metres})
    return facts | {"gaps": gaps}


def person_of(view: RunView, number: str) -> Person:
    """Return the person of a register number or id.

    Raises: BcpKitError U-002 when the run has no such person.
    """
    for line in view.lines:
        if number in (line.person.register_no, line.person.id):
            return line.person
    raise BcpKitError(ErrorCode.NOT_FOUND)


def print_line(out: Any, view: RunView, line: Line) -> None:
    """Print one line of one person: where to, or why nowhere, and what would help; by number, no name."""
    placement = line.placement
    who = escape(line.person.register_no or line.person.id)
    head = text("matching.person", no=who, stage=placement.stage, tier=placement.tier)
    out.print(f"[bold]{head}[/]  {escape(place_words(line))}", soft_wrap=True)
    for key in placement.waived:
        out.print(f"   ! {key} {escape(rule_sentence(key, 'ja'))}", soft_wrap=True)
    for reason in placement.reasons[:SHOWN_REASONS]:
        out.print(f"   {escape(sentence(reason, view.shelters))}", soft_wrap=True)
    for remedy in placement.remedies:
        out.print(f"   → {escape(sentence(remedy, view.shelters))}", soft_wrap=True)


def line_facts(view: RunView, line: Line) -> dict[str, Any]:
    """Return one line for the JSON, by number, without a name."""
    placement = line.placement
    return {
        "register_no": line.person.register_no,
        "stage": placement.stage,
        "tier": placement.tier,
        "shelter": placement.shelter_id,
        "locked": bool(placement.lock_id),
        "waived": list(placement.waived),
        "reasons": [sentence(r, view.shelters) for r in placement.reasons],
        "remedies": [sentence(r, view.shelters) for r in placement.remedies],
    }
