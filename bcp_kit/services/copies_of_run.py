"""The ledger's part of a print run: numbers are taken before printing, confirmed after, never used twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bcp_kit.domain.paper_copies import (
    CopyState,
    CopyStep,
    PaperCopy,
    PrintedFile,
    PrintRun,
    RunState,
    copy_number,
)
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.content import content_digest
from bcp_kit.render.evacuation.paper import CopyPages, plan_number
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "print"


def stepped(ctx: Context, copy: PaperCopy, state: CopyState, note: str = "", **changes: object) -> PaperCopy:
    """Return the copy in its new state, with a line about it in its story."""
    step = CopyStep(at=ctx.clock.now(), actor=ctx.actor.name, state=state, note=note)
    return copy.model_copy(update={"state": state, "steps": (*copy.steps, step), **changes})


def single_run(ctx: Context, uow: UnitOfWork, person_id: str, **what: str) -> PrintRun:
    """Store and return the run of one copy that is made at once; `what` names edition, variant, purpose."""
    run = PrintRun(
        id=ctx.new_id(),
        folder="",
        person_ids=(person_id,),
        batch_size=1,
        started_at=ctx.clock.now(),
        actor=ctx.actor.name,
        state=RunState.FINISHED,
        **what,
    )
    uow.print_runs.add(run, WHY)
    return run


def last_serial(uow: UnitOfWork) -> int:
    """Return the serial of the number given out last; numbers are added in their order."""
    newest = uow.paper_copies.latest()
    return int(newest.number.split("-")[0]) if newest else 0


def reserve(ctx: Context, run: PrintRun, batch: int, cases: Sequence[PlanCase]) -> list[PlanCase]:
    """Take a number for each case in one write of its own, and return the cases with their numbers.

    From here on a number is used up: when the printing breaks off it becomes VOID.
    """
    with ctx.open_store() as uow:
        uow.lock()
        first = last_serial(uow) + 1
        numbered = [replace(case, copy_number=copy_number(first + at)) for at, case in enumerate(cases)]
        uow.paper_copies.add_many((_reserved(ctx, run, batch, case) for case in numbered), WHY)
        uow.commit()
    return numbered


def _reserved(ctx: Context, run: PrintRun, batch: int, case: PlanCase) -> PaperCopy:
    fresh = PaperCopy(
        number=case.copy_number,
        run_id=run.id,
        batch=batch,
        plan_id=case.plan.id,
        plan_number=plan_number(case),
        plan_version=case.plan.version,
        person_id=case.person.id,
        edition=case.edition.value,
        variant=case.variant.value,
        wording=case.wording.value,
        content=content_digest(case),
        purpose=run.purpose,
    )
    return stepped(ctx, fresh, CopyState.RESERVED)


def confirm(
    ctx: Context, uow: UnitOfWork, run: PrintRun, printed: Mapping[str, tuple[PrintedFile, CopyPages]]
) -> PrintRun:
    """Enter the finished copies (by number) and their files; the batch counts as printed from here on.

    Raises: Conflict (D-001) when somebody resumed this run in between: then nothing here counts.
    """
    reserved = {copy.number: copy for copy in uow.paper_copies.list(id=list(printed))}
    uow.paper_copies.save_many(
        (_confirmed(ctx, reserved[number], *where) for number, where in printed.items()), WHY
    )
    files = dict.fromkeys(file for file, _ in printed.values())
    return uow.print_runs.save(
        run.model_copy(update={"files": (*run.files, *files), "batches_done": run.batches_done + 1}), WHY
    )


def _confirmed(ctx: Context, copy: PaperCopy, file: PrintedFile, pages: CopyPages) -> PaperCopy:
    return stepped(
        ctx,
        copy,
        CopyState.PRINTED,
        file_name=file.name,
        first_page=pages.first_page,
        pages=pages.pages,
        missing_glyphs="".join(pages.missing_glyphs),
    )


def void_reserved(ctx: Context, uow: UnitOfWork, run_id: str) -> int:
    """Give up the numbers of a run whose pages were never finished, and return how many."""
    open_ones = uow.paper_copies.list(run_id=run_id, state=CopyState.RESERVED)
    uow.paper_copies.save_many((stepped(ctx, copy, CopyState.VOID) for copy in open_ones), WHY)
    return len(open_ones)


def copies_of(uow: UnitOfWork, run_id: str) -> Iterable[PaperCopy]:
    """Return the finished copies of a run, in the order of printing."""
    return (copy for copy in uow.paper_copies.list(run_id=run_id) if copy.pages)
