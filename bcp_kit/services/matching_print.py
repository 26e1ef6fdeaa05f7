"""Printing one matching run: an officer's edition with names, and one without people for a meeting."""

from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.matching_paper import PaperPart, RunPaper, print_run_paper
from bcp_kit.services.base import Context
from bcp_kit.services.matching_locks import Locked, list_locks
from bcp_kit.services.matching_presets import list_presets
from bcp_kit.services.matching_print_people import decisions_part, everybody_part, left_over_part
from bcp_kit.services.matching_print_places import confirm_part, places_parts, town_part
from bcp_kit.services.matching_print_sure import head_part, sure_part
from bcp_kit.services.matching_read import RunView
from bcp_kit.services.matching_rebuild import rebuilt
from bcp_kit.services.matching_settings import STANDARD, Preset
from bcp_kit.services.matching_words import trial_words


class RunEdition(StrEnum):
    """For whom the paper is: the officer's holds names, the other no people at all."""

    OFFICER = "officer"
    NO_NAMES = "no_names"


@dataclass(frozen=True)
class PrintRun:
    """Which edition of which run is printed."""

    view: RunView
    edition: RunEdition = RunEdition.OFFICER


def print_run(ctx: Context, wanted: PrintRun) -> PrintedDocument:
    """Return a run as PDF: how sure, places with loads and limits, who is left over, decisions, people.

    Loads and limits are those of the run's places under the facts of today. Addresses and coordinates are on
    neither edition, the length of the way of a protected home on none (H16). The audit log notes the print.
    Raises: BcpKitError A-001 for who may not see matchings, or the register for an edition with names.
    """
    ctx.demand(Action.SEE_MATCHING)
    view, named = wanted.view, wanted.edition is RunEdition.OFFICER
    if named:
        ctx.demand(Action.SEE_REGISTER)
    ctx.progress(0.1, "matching_paper.progress")
    with ctx.open_store() as uow:
        town = str((uow.layers.get("town") or {}).get("name", ""))
        uow.audit.note("print", "matching_runs", view.run.id, f"edition={wanted.edition.value}")
        uow.commit()
    paper = RunPaper(
        title=text("matching.title", hazard=text(f"matching.hazard.{view.run.hazard.value}")),
        edition=text(f"matching_paper.edition.{wanted.edition.value}"),
        foot="　".join(
            part for part in (town, text("matching_paper.number", number=view.run.id[:8])) if part
        ),
        made_at=ctx.clock.now(),
        marks=_marks(view, named),
        parts=_parts(ctx, view, named),
    )
    if not ctx.progress(0.5, "matching_paper.progress"):
        raise BcpKitError(ErrorCode.STOPPED_BY_USER)
    name = f"matching_{view.run.hazard.value}_{view.run.id[:8]}_{wanted.edition.value}.pdf"
    return print_run_paper(paper, name)


def _marks(view: RunView, named: bool) -> tuple[str, ...]:
    marks = [text("matching_paper.secret")] if named else []
    if view.run.is_trial:
        marks.append(text("desk.trial", changes=trial_words(view.run, view.shelters)))
    return tuple(marks)


def _parts(ctx: Context, view: RunView, named: bool) -> tuple[PaperPart, ...]:
    preset = next((p for p in list_presets(ctx) if p.key == (view.run.preset or STANDARD)), None)
    with ctx.open_store() as uow:
        kept = bool(uow.matching_runs.get(view.run.id))
    seen = rebuilt(ctx, view.run.id) if kept else None
    locks: tuple[Locked, ...] = list_locks(ctx, view.run.hazard)
    parts = [
        head_part(view, preset or Preset(key="", label_ja=view.run.preset)),
        sure_part(view),
        left_over_part(view, named),
        town_part(view),
        *places_parts(view, seen),
        decisions_part(view, locks, named),
        confirm_part(view),
    ]
    return (*parts, everybody_part(view)) if named else tuple(parts)
