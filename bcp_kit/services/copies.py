"""The ledger of copies in use: hand out, take back, destroy, lose; who holds what, what is stale."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Decision
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import (
    FOLLOWS,
    OUT_THERE,
    CopyState,
    HolderKind,
    PaperCopy,
    read_copy_number,
)
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.evacuation.content import content_digest
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_lists import list_changed, list_forbidden
from bcp_kit.services.copies_of_run import stepped
from bcp_kit.services.plans_read import (
    APPROVAL,
    Dossier,
    TownRules,
    all_shelters,
    basis_words,
    case_of,
    dossiers,
    may_hand_out,
    town_rules,
)
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.storage.unit_of_work import UnitOfWork


class StaleReason(StrEnum):
    """Why a copy on paper is no longer right."""

    CHANGED = "changed"
    NO_PLAN = "no_plan"
    LEFT = "left"
    NOT_ALLOWED = "not_allowed"
    AWAITING = "awaiting"


@dataclass(frozen=True)
class HandOut:
    """Who gets copies, what for and until when."""

    holder_kind: HolderKind
    holder: str
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class StaleCopy:
    """A copy that exists on paper and is out of date, with the reason."""

    copy: PaperCopy
    reason: StaleReason


@dataclass(frozen=True)
class HolderLine:
    """One holder: how many copies are there, how many of them are overdue or stale."""

    kind: HolderKind | None
    holder: str
    copies: int
    overdue: int
    stale: int


@dataclass(frozen=True)
class CopyQuery:
    """Which copies to list; None leaves a question open."""

    state: CopyState | None = None
    person_id: str | None = None
    run_id: str | None = None
    holder: str | None = None
    overdue_only: bool = False

    @property
    def equals(self) -> dict[str, object]:
        """The columns that must have these values."""
        asked = {
            "state": self.state,
            "person_id": self.person_id,
            "run_id": self.run_id,
            "holder": self.holder,
        }
        return {name: value for name, value in asked.items() if value is not None}


def find_copy(ctx: Context, typed: str) -> PaperCopy:
    """Return the copy with the number that somebody typed from the foot of a page.

    Raises: BcpKitError P-006 (a slip, or no such copy).
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        return _need(uow, typed)


def list_copies(ctx: Context, query: CopyQuery) -> tuple[PaperCopy, ...]:
    """Return the copies that the query asks for, in the order of their numbers."""
    ctx.demand(Action.PRINT_PLANS)
    today = ctx.today()
    with ctx.open_store() as uow:
        found = uow.paper_copies.list(**query.equals)
    return tuple(copy for copy in found if not query.overdue_only or copy.is_overdue(today))


def hand_out(ctx: Context, numbers: Sequence[str], to: HandOut) -> tuple[PaperCopy, ...]:
    """Note that these copies were handed out, all or none.

    Whether each may be given is asked anew: a consent may have been withdrawn since printing. Raises:
    BcpKitError P-001, P-006, P-007 (not in the house), P-008 (no holder).
    """
    ctx.demand(Action.PRINT_PLANS)
    if not to.holder.strip() and to.holder_kind is not HolderKind.PERSON:
        raise BcpKitError(ErrorCode.HOLDER_MISSING)
    with ctx.open_store() as uow:
        uow.lock()
        copies = [_need(uow, number) for number in numbers]
        _demand_allowed(ctx, uow, copies, to.holder_kind)
        given = [
            _move(ctx, copy, CopyState.HANDED_OUT, to.note).model_copy(
                update={
                    "holder_kind": to.holder_kind,
                    "holder": to.holder.strip(),
                    "handed_on": ctx.today(),
                    "due_on": to.due_on,
                }
            )
            for copy in copies
        ]
        saved = uow.paper_copies.save_many(given, "hand_out")
        uow.commit()
    return tuple(saved)


def close_copies(
    ctx: Context, numbers: Sequence[str], state: CopyState, note: str = ""
) -> tuple[PaperCopy, ...]:
    """Note that these copies came back, were destroyed or are lost, all or none.

    Raises: BcpKitError P-006, P-007.
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        moved = [_move(ctx, _need(uow, number), state, note) for number in numbers]
        saved = uow.paper_copies.save_many(moved, state.value)
        uow.commit()
    return tuple(saved)


def _need(uow: UnitOfWork, typed: str) -> PaperCopy:
    number = read_copy_number(typed)
    copy = uow.paper_copies.get(number) if number else None
    if copy is None:
        raise BcpKitError(ErrorCode.COPY_UNKNOWN, number=typed)
    return copy


def _move(ctx: Context, copy: PaperCopy, state: CopyState, note: str) -> PaperCopy:
    if state not in FOLLOWS[copy.state]:
        raise BcpKitError(
            ErrorCode.COPY_STEP_WRONG,
            number=copy.number,
            state=text(f"copies.state.{copy.state.value}", DEFAULT_LANGUAGE),
            wanted=text(f"copies.state.{state.value}", DEFAULT_LANGUAGE),
        )
    return stepped(ctx, copy, state, note)


def _demand_allowed(ctx: Context, uow: UnitOfWork, copies: Sequence[PaperCopy], kind: HolderKind) -> None:
    rules, now = town_rules(uow), ctx.clock.now()
    files = {d.person.id: d for d in dossiers(uow, [copy.person_id for copy in copies])}
    for copy in copies:
        if copy.is_disclosure:
            _demand(uow, copy, list_forbidden(uow, copy, kind, now))
        if copy.is_list:  # that of a drill was asked for when it was printed, for everybody on it
            continue
        if copy.person_id not in files:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        _demand(uow, copy, may_hand_out(files[copy.person_id], Edition(copy.edition), rules, now))


def _demand(uow: UnitOfWork, copy: PaperCopy, decision: Decision | None) -> None:
    """Go on only with a copy that may be given; a refusal is noted."""
    if decision is None or decision.allowed:
        return
    uow.audit.note("deny", "paper_copies", copy.number, decision.reason)
    uow.commit()
    reason = text(decision.reason, DEFAULT_LANGUAGE)
    raise BcpKitError(ErrorCode.COPY_NOT_ALLOWED, article=basis_words(decision.article), reason=reason)


def stale_copies(ctx: Context) -> tuple[StaleCopy, ...]:
    """Return the copies on paper that say something else than the records do now, with the reason.

    A change that a copy does not show (a number of another edition's field) leaves it as it is.
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        return tuple(_stale(ctx, uow, _on_paper(uow)))


def _on_paper(uow: UnitOfWork) -> list[PaperCopy]:
    return [
        c
        for c in uow.paper_copies.list(state=list(OUT_THERE))
        if c.pages and (not c.is_list or c.is_disclosure)
    ]


def _stale(ctx: Context, uow: UnitOfWork, copies: Sequence[PaperCopy]) -> Iterator[StaleCopy]:
    rules, shelters = town_rules(uow), all_shelters(uow)
    by_person: dict[str, list[PaperCopy]] = defaultdict(list)
    for copy in copies:
        if not copy.is_list:
            by_person[copy.person_id].append(copy)
        elif list_changed(uow, copy, ctx.clock.now()):
            yield StaleCopy(copy, StaleReason.CHANGED)
    for part in chunks(list(by_person), PEOPLE_AT_ONCE):
        known = {dossier.person.id: dossier for dossier in dossiers(uow, part)}
        for person_id in part:
            yield from _stale_of(ctx, by_person[person_id], known.get(person_id), rules, shelters)


def _stale_of(
    ctx: Context,
    copies: Iterable[PaperCopy],
    dossier: Dossier | None,
    rules: TownRules,
    shelters: Mapping[str, Shelter],
) -> Iterator[StaleCopy]:
    digests: dict[str, str] = {}
    for copy in copies:
        reason = _reason(ctx, copy, dossier, rules)
        if reason is None and dossier is not None:
            if copy.edition not in digests:
                case = case_of(dossier, Edition(copy.edition), rules, shelters, ctx.clock.now())
                digests[copy.edition] = content_digest(case) if case else ""
            reason = None if digests[copy.edition] == copy.content else StaleReason.CHANGED
        if reason is not None:
            yield StaleCopy(copy, reason)


def _reason(ctx: Context, copy: PaperCopy, dossier: Dossier | None, rules: TownRules) -> StaleReason | None:
    """Return why a copy is stale whatever it says, or None."""
    if dossier is None or dossier.person.register_status.has_left:
        return StaleReason.LEFT
    if dossier.plan is None or dossier.plan.id != copy.plan_id:
        return StaleReason.NO_PLAN
    decision = may_hand_out(dossier, Edition(copy.edition), rules, ctx.clock.now())
    if not decision.allowed:
        return StaleReason.AWAITING if decision.article == APPROVAL else StaleReason.NOT_ALLOWED
    return None


def by_holder(ctx: Context, stale: Iterable[StaleCopy]) -> tuple[HolderLine, ...]:
    """Return who holds copies now: those with overdue or stale ones first, then those with many.

    `stale` is what `stale_copies` found; looking at everybody's records twice would double the wait.
    """
    ctx.demand(Action.PRINT_PLANS)
    today, out_of_date = ctx.today(), {each.copy.number for each in stale}
    with ctx.open_store() as uow:
        held = uow.paper_copies.list(state=CopyState.HANDED_OUT)
    groups: dict[tuple[HolderKind | None, str], list[PaperCopy]] = defaultdict(list)
    for copy in held:
        groups[(copy.holder_kind, copy.holder)].append(copy)
    lines = [
        HolderLine(
            kind,
            holder,
            copies=len(copies),
            overdue=sum(copy.is_overdue(today) for copy in copies),
            stale=sum(copy.number in out_of_date for copy in copies),
        )
        for (kind, holder), copies in groups.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.overdue - line.stale, -line.copies, line.holder)))


def count_copies(ctx: Context) -> Mapping[CopyState, int]:
    """Return the number of copies in each state, without reading them."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        return {state: uow.paper_copies.count(state=state) for state in CopyState}
