"""Several services at one site (併設): one fact base, one plan for those that share it; join and split."""

from collections.abc import Iterable, Mapping, Sequence

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.site_facts import FactRow, SiteFacts, reference, replace_references
from bcp_kit.forms.bindings import FACT_ID
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import content_in
from bcp_kit.services.site_facts_store import FACILITY, stored_facts
from bcp_kit.storage.unit_of_work import UnitOfWork

Renamed = Mapping[tuple[str, str], str]


def join_services(ctx: Context, plan_id: str, facility_ids: Iterable[str]) -> ContinuityPlan:
    """Let a plan cover further services of the same operator at its site; they share its facts from now on.

    Equal rows of the fact bases become one; nothing else is lost. Plans that these services have stay.
    Raises: BcpKitError B-013 (another operator), U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        new = [key for key in dict.fromkeys(facility_ids) if key not in {plan.facility_id, *plan.also_covers}]
        for key in (plan.facility_id, *new):
            ctx.demand(Action.EDIT_BCP, key)
        _same_operator(uow, (plan.facility_id, *new))
        _share(ctx, uow, (plan.facility_id, *plan.also_covers, *new))
        plan = uow.continuity_plans.need(plan_id)
        plan = uow.continuity_plans.save(plan.model_copy(update={"also_covers": (*plan.also_covers, *new)}))
        shown = content_in(uow, plan).plan
        uow.commit()
    return shown


def split_services(ctx: Context, plan_id: str, facility_ids: Iterable[str]) -> ContinuityPlan:
    """Let a plan cover these services no more. Each goes on with a copy of the facts of its own.

    What was written into the plan for them stays in it and is shown again when they are joined again. Raises:
    BcpKitError U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, plan.facility_id)
        gone = set(facility_ids) & set(plan.also_covers)
        left = tuple(key for key in plan.also_covers if key not in gone)
        plan = uow.continuity_plans.save(plan.model_copy(update={"also_covers": left}))
        for key in sorted(gone):
            if not _is_covered(uow, plan.facility_id, key):
                _part(ctx, uow, key)
        shown = content_in(uow, plan).plan
        uow.commit()
    return shown


def _same_operator(uow: UnitOfWork, facility_ids: Iterable[str]) -> None:
    operators = {uow.facilities.need(key).operator.strip() for key in facility_ids}
    if len(operators) > 1:
        raise BcpKitError(ErrorCode.SITE_NOT_ONE_OPERATOR)


def _is_covered(uow: UnitOfWork, facility_id: str, other: str) -> bool:
    """True when another plan of the facility still covers the other service, or the other way round."""
    ours, theirs = (uow.continuity_plans.list(facility_id=key) for key in (facility_id, other))
    return any(other in plan.also_covers for plan in ours) or any(
        facility_id in p.also_covers for p in theirs
    )


def _share(ctx: Context, uow: UnitOfWork, facility_ids: Sequence[str]) -> None:
    """Make one fact base of those that these facilities have."""
    bases: dict[str, SiteFacts] = {}
    for key in facility_ids:
        found = stored_facts(uow, key)
        if found is not None:
            bases.setdefault(found.id, found)
    everybody = tuple(
        dict.fromkeys((*facility_ids, *(k for base in bases.values() for k in base.facility_ids)))
    )
    if not bases:
        fresh = SiteFacts(id=ctx.new_id(), facility_ids=everybody, updated_at=ctx.clock.now(), version=1)
        uow.site_facts.add(fresh)
        return
    first, *others = bases.values()
    tables = dict(first.tables)
    for other in others:
        renamed = _take_in(tables, other)
        _rename_in_plans(uow, other, renamed)
        uow.site_facts.remove(other.id, "join")
    update = {"facility_ids": everybody, "tables": tables, "updated_at": ctx.clock.now()}
    uow.site_facts.save(first.model_copy(update=update), "join")


def _take_in(tables: dict[str, tuple[FactRow, ...]], other: SiteFacts) -> Renamed:
    """Add the rows of another fact base; return which of them are rows that stood there already."""
    renamed: dict[tuple[str, str], str] = {}
    for table, rows in other.tables.items():
        present = (
            {} if table == FACILITY else {frozenset(r.cells.items()): r.id for r in tables.get(table, ())}
        )
        for row in rows:
            twin = present.get(frozenset(row.cells.items()))
            if twin is not None:
                renamed[table, row.id] = twin
            else:
                tables[table] = (*tables.get(table, ()), row)
    for table, rows in tables.items():
        tables[table] = tuple(
            row.model_copy(update={"cells": _renamed_cells(row.cells, renamed)}) for row in rows
        )
    return renamed


def _renamed_cells(cells: Mapping[str, str], renamed: Renamed) -> dict[str, str]:
    def say(table: str, row_id: str, column: str) -> str:
        return reference(table, renamed.get((table, row_id), row_id), column)

    return {key: replace_references(cell, say) for key, cell in cells.items()}


def _rename_in_plans(uow: UnitOfWork, other: SiteFacts, renamed: Renamed) -> None:
    """Let the plans of the other site point to the rows that stand for theirs."""
    for key in other.facility_ids if renamed else ():
        for plan in uow.continuity_plans.list(facility_id=key):
            bound = {item.id: item.facts.table for item in form(plan.form_id).items if item.facts}
            fresh = {
                item_id: _renamed_answer(answer, bound.get(item_id, ""), renamed)
                for item_id, answer in plan.answers.items()
            }
            if fresh != plan.answers:
                uow.continuity_plans.save(plan.model_copy(update={"answers": fresh}), "join")


def _renamed_answer(answer: Answer, table: str, renamed: Renamed) -> Answer:
    rows = []
    for row in answer.rows:
        cells = _renamed_cells(row, renamed)
        if FACT_ID in cells:
            cells[FACT_ID] = renamed.get((table, cells[FACT_ID]), cells[FACT_ID])
        rows.append(cells)
    return answer.model_copy(update={"rows": tuple(rows)})


def _part(ctx: Context, uow: UnitOfWork, facility_id: str) -> None:
    """Give a facility a copy of the facts of its own; its plans go on pointing to the same row numbers."""
    shared = stored_facts(uow, facility_id)
    if shared is None or shared.facility_ids == (facility_id,):
        return
    rest = tuple(key for key in shared.facility_ids if key != facility_id)
    uow.site_facts.save(shared.model_copy(update={"facility_ids": rest}), "split")
    own = {"id": ctx.new_id(), "facility_ids": (facility_id,), "version": shared.version + 1}
    uow.site_facts.add(shared.model_copy(update=own), "split")
