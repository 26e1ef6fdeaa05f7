"""Printing the plans of many sites in one run: one file after the other, and again only what changed."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.bcp import CONTINUITY_KINDS, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import content_of
from bcp_kit.services.bcp_print import PaperFormat, PlanFile, Wish, prepared, print_blank, print_plans
from bcp_kit.services.bcp_writing import has_form

LEDGER = "印刷の記録.json"
_PRINTING = "paper.cli.printing"


@dataclass(frozen=True)
class BatchOrder:
    """What to print where. `joint` binds a facility's two continuity plans into one document; None binds
    those that are kept as one.

    Exactly the named plans when `plan_ids` are given; else all plans of `facility_ids`, with a record in the
    folder of what was printed, so that a second run makes only what changed.
    """

    folder: Path
    papers: tuple[PaperFormat, ...] = (PaperFormat.PDF,)
    facility_ids: tuple[str, ...] = ()
    plan_ids: tuple[str, ...] = ()
    joint: bool | None = None
    without_personal: bool = False
    version: int = 0
    again: bool = False


@dataclass
class BatchOutcome:
    """What was written, what stood there already and had not changed, and what was drawn as 〓."""

    written: list[Path] = field(default_factory=list)
    unchanged: list[Path] = field(default_factory=list)
    missing_glyphs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pages: int = 0
    stopped: bool = False


@dataclass(frozen=True)
class _Job:
    """One file: how to make it, what tells it from others, and the state of what it prints."""

    key: str
    state: str
    make: Callable[[], PlanFile]


class _Ledger:
    """What a folder's files were printed from: key → name of the file and state. Kept after each file."""

    def __init__(self, folder: Path, kept: bool) -> None:
        self._path, self._kept = folder / LEDGER, kept
        self.lines: dict[str, dict[str, str]] = {}
        if not kept:
            return
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            self.lines = {key: {"file": line["file"], "state": line["state"]} for key, line in read.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.lines = {}  # nothing printed yet, or not our file: everything is printed anew

    def printed(self, job: _Job) -> Path | None:
        """Return the file of an unchanged job, None when it has to be made."""
        line = self.lines.get(job.key)
        if line is None or line["state"] != job.state:
            return None
        path = self._path.parent / Path(line["file"]).name
        return path if path.is_file() else None

    def name_for(self, job: _Job, wanted: str) -> str:
        """Return a name that no other job's file has."""
        taken = {line["file"] for key, line in self.lines.items() if key != job.key}
        path, name, number = Path(wanted), wanted, 1
        while name in taken:
            number += 1
            name = f"{path.stem} ({number}){path.suffix}"
        return name

    def note(self, job: _Job, name: str) -> None:
        old = self.lines.get(job.key)
        if old and old["file"] != name:
            (self._path.parent / Path(old["file"]).name).unlink(missing_ok=True)
        self.lines[job.key] = {"file": name, "state": job.state}
        if self._kept:
            _write(self._path, json.dumps(self.lines, ensure_ascii=False, indent=1).encode())


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is whole or not there."""
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def facilities_of(ctx: Context, operator: str) -> tuple[Facility, ...]:
    """Return the facilities of one operator whose plans the actor may see, by name."""
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        found = [
            f
            for f in uow.facilities.list()
            if f.operator.strip() == operator.strip() and decide(ctx.actor, Action.SEE_BCP, f.id).allowed
        ]
    return tuple(sorted(found, key=lambda facility: (facility.name, facility.id)))


def _plans_of(ctx: Context, facility_id: str) -> list[ContinuityPlan]:
    """Return a facility's plans in the order of their kinds."""
    ctx.demand(Action.SEE_BCP, facility_id)
    order = list(PlanKind)
    with ctx.open_store() as uow:
        plans = list(uow.continuity_plans.list(facility_id=facility_id))
    return sorted(plans, key=lambda plan: order.index(plan.kind))


def _state_of(ctx: Context, plan_ids: Sequence[str], wish: Wish) -> str:
    """Return a digest of all that the pages of these plans in this format depend on."""
    told: list[object] = []
    with ctx.open_store() as uow:
        for plan_id in plan_ids:
            doc = prepared(ctx, uow, plan_id, wish)
            told += [doc.plan.version, doc.plan.answers, doc.facilities, doc.stamp, doc.pictures]
            told.append(wish)
            if wish.paper is PaperFormat.XLSX:
                told.append(content_of(ctx, uow, plan_id).facts)
    return sha256(repr(told).encode()).hexdigest()


def groups(plans: Sequence[ContinuityPlan], joint: bool | None) -> Iterator[tuple[str, ...]]:
    """Yield which plans of one facility stand in one document, by id."""
    both = [plan for plan in plans if plan.kind in CONTINUITY_KINDS]
    bound = [plan.id for plan in both if (plan.joint if joint is None else joint)]
    if len(bound) > 1:
        yield tuple(bound)
    for plan in plans:
        if len(bound) < 2 or plan.id not in bound:
            yield (plan.id,)


def _plan_jobs(ctx: Context, plans: Sequence[ContinuityPlan], order: BatchOrder) -> Iterator[_Job]:
    for paper in (paper for paper in order.papers if paper is not PaperFormat.BLANK):
        wish = Wish(paper, order.without_personal, order.version)
        for ids in groups(plans, order.joint):
            key = f"{'+'.join(ids)} {paper.value}{' -' if order.without_personal else ''}"
            if order.version:
                key += f" v{order.version}"
            yield _Job(key, _state_of(ctx, ids, wish), partial(print_plans, ctx, ids, wish))


def _blank_jobs(ctx: Context, facility_id: str, plans: Sequence[ContinuityPlan]) -> Iterator[_Job]:
    begun = {plan.kind: plan for plan in plans}
    for kind in PlanKind:
        if not has_form(kind):
            continue
        covered = begun[kind].also_covers if kind in begun else ()
        ids = (facility_id, *covered)
        yield _Job(
            f"{'+'.join(ids)} {kind.value} blank",
            _facility_state(ctx, ids),
            partial(print_blank, ctx, kind, ids),
        )


def _facility_state(ctx: Context, ids: Sequence[str]) -> str:
    with ctx.open_store() as uow:
        return repr([uow.facilities.need(facility_id).version for facility_id in ids])


def _jobs_of(ctx: Context, facility_id: str, order: BatchOrder) -> Iterator[_Job]:
    plans = _plans_of(ctx, facility_id)
    chosen = [plan for plan in plans if not order.plan_ids or plan.id in order.plan_ids]
    yield from _plan_jobs(ctx, chosen, order)
    if PaperFormat.BLANK in order.papers:
        yield from _blank_jobs(ctx, facility_id, plans)


def _facility_ids(ctx: Context, order: BatchOrder) -> tuple[str, ...]:
    if not order.plan_ids:
        return order.facility_ids
    with ctx.open_store() as uow:
        return tuple(dict.fromkeys(uow.continuity_plans.need(key).facility_id for key in order.plan_ids))


def print_batch(ctx: Context, order: BatchOrder) -> BatchOutcome:
    """Print every document of the order into its folder; a run that was stopped goes on where it ended.

    One document at a time is in memory. A file whose plan has not changed since is left as it is, unless the
    order says `again`. Raises: BcpKitError B-022 (nothing to print), U-002, B-023.
    """
    ctx.demand(Action.SEE_BCP)
    order.folder.mkdir(parents=True, exist_ok=True)
    ledger, outcome = _Ledger(order.folder, not order.plan_ids), BatchOutcome()
    ids = _facility_ids(ctx, order)
    for number, facility_id in enumerate(ids):
        if not ctx.progress(number / len(ids), _PRINTING):
            outcome.stopped = True
            return outcome
        for job in _jobs_of(ctx, facility_id, order):
            _do(job, order, ledger, outcome)
    if not (outcome.written or outcome.unchanged):
        raise BcpKitError(ErrorCode.NOTHING_TO_PRINT)
    ctx.progress(1.0, _PRINTING)
    return outcome


def _do(job: _Job, order: BatchOrder, ledger: _Ledger, outcome: BatchOutcome) -> None:
    there = None if order.again else ledger.printed(job)
    if there is not None:
        outcome.unchanged.append(there)
        return
    made = job.make()
    name = ledger.name_for(job, made.name)
    _write(order.folder / name, made.content)
    ledger.note(job, name)
    outcome.written.append(order.folder / name)
    outcome.pages += made.pages
    if made.missing_glyphs:
        outcome.missing_glyphs[name] = made.missing_glyphs
