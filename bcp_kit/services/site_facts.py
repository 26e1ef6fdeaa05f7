"""The fact base of a site: read it, change a fact once, see which documents it touches, let it go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import ContinuityPlan, Revision
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.forms.fact_tables import FactTable, fact_table
from bcp_kit.forms.fact_words import Linker, is_original, linker, rows_in_words
from bcp_kit.forms.messages import text
from bcp_kit.forms.row_matching import match_rows
from bcp_kit.services.base import Context
from bcp_kit.services.fact_removal import let_go, tables_without
from bcp_kit.services.fact_uses import FactUse, repeated_in, uses_in, uses_of_many
from bcp_kit.services.site_facts_store import (
    FACILITY,
    PEOPLE,
    STAFF_ID,
    facts_of,
    keep_tables,
    plans_of_site,
    site_facilities,
)
from bcp_kit.services.store import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork

Cells = Mapping[str, str]


@dataclass(frozen=True)
class FactsView:
    """The facts of a site in words, its facilities, and the version that goes back with the next change."""

    facts: SiteFacts
    facilities: tuple[Facility, ...]
    version: int


@dataclass(frozen=True)
class FactChange:
    """New cells of one fact (those not named stay, an empty one is emptied); no `row_id` adds a fact.

    With a `reason` each plan that shows the fact gets a line in its history.
    """

    table: str
    cells: Cells
    row_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class FactsSaved:
    """The facts as they now stand, the ids of what changed, and the places in plans that follow.

    `by_hand`: places whose own words repeat an old number. `kept`: rows left out that other places show.
    """

    view: FactsView
    changed: tuple[str, ...]
    touched: tuple[FactUse, ...]
    by_hand: tuple[FactUse, ...] = ()
    kept: tuple[FactRow, ...] = ()


@dataclass(frozen=True)
class _Site:
    """A site within an open unit of work: facilities, the one asked for first; facts, with references."""

    ctx: Context
    uow: UnitOfWork
    facilities: tuple[Facility, ...]
    facts: SiteFacts

    @property
    def version(self) -> int:
        """The number that rises with every change of the facts and of the facility records."""
        return self.facts.version + sum(facility.version for facility in self.facilities)

    @property
    def plans(self) -> tuple[ContinuityPlan, ...]:
        """All plans of the site, as stored."""
        return plans_of_site(self.uow, self.facts)

    def view(self) -> FactsView:
        """Return the facts in words."""
        gone = text("facts.gone")
        said = {key: rows_in_words(rows, self.facts, gone) for key, rows in self.facts.tables.items()}
        return FactsView(self.facts.model_copy(update={"tables": said}), self.facilities, self.version)

    def uses(self, table: str, row_id: str) -> tuple[FactUse, ...]:
        """Return the places that show a fact."""
        return uses_in(self.uow, self.plans, self.facts, table, row_id)


def _open(ctx: Context, uow: UnitOfWork, facility_id: str) -> _Site:
    """Return the site of a facility."""
    uow.facilities.need(facility_id)
    facilities = site_facilities(uow, facility_id)
    return _Site(ctx, uow, facilities, facts_of(uow, facilities, ctx.clock.now()))


def read_facts(ctx: Context, facility_id: str) -> FactsView:
    """Return the facts of the site of a facility, in words.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return _open(ctx, uow, facility_id).view()


def fact_uses(ctx: Context, facility_id: str, table: str, row_id: str) -> tuple[FactUse, ...]:
    """Return every place in the site's plans that shows a fact, as a row or by reference.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return _open(ctx, uow, facility_id).uses(table, row_id)


def plans_touched(ctx: Context, facility_id: str, table: str, row_id: str) -> tuple[FactUse, ...]:
    """Return all places where a fact appears: those that follow it, then those whose words repeat its number.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        site = _open(ctx, uow, facility_id)
        row = site.facts.row(table, row_id)
        if row is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        return (*site.uses(table, row_id), *repeated_in(uow, site.plans, site.facts, table, row))


def _checked(table: FactTable, cells: Cells) -> None:
    known = {column.key for column in table.columns}
    for key in cells:
        if key not in known:
            raise BcpKitError(ErrorCode.FACT_COLUMN_MISSING, table=table.title_ja, column=key)


def _linked(table: FactTable, cells: Cells, linked: Linker) -> dict[str, str]:
    return {
        key: cell if is_original(table.id, key) else linked.link(cell, table.column(key).type)
        for key, cell in cells.items()
        if cell
    }


def save_fact(
    ctx: Context, facility_id: str, change: FactChange, expected_version: int | None = None
) -> FactsSaved:
    """Change one fact, or add one; every plan that shows it follows.

    Raises: Conflict (D-001), BcpKitError B-010, B-012, U-002, A-001.
    """
    table, cells, row_id = fact_table(change.table), change.cells, change.row_id
    _checked(table, cells)
    with ctx.open_store() as uow:
        site = _begin(ctx, uow, facility_id, expected_version)
        row = site.facts.row(table.id, row_id) if row_id else FactRow(id=ctx.new_id())
        if row is None or (not row_id and table.one_per_facility):
            raise BcpKitError(ErrorCode.NOT_FOUND)
        fresh = {**row.cells, **_linked(table, cells, linker(site.facts))}
        fresh = {key: cell for key, cell in fresh.items() if cell and cells.get(key, cell)}
        put = row.model_copy(update={"cells": fresh, "confirmed_on": ctx.today()})
        present = site.facts.tables.get(table.id, ())
        rows = tuple(put if r.id == row_id else r for r in present) if row_id else (*present, put)
        return _keep(site, table.id, rows, (put.id,), change.reason)


def save_fact_table(
    ctx: Context,
    facility_id: str,
    table_id: str,
    rows: Sequence[Cells],
    expected_version: int | None = None,
    *,
    drop_shared: bool = False,
) -> FactsSaved:
    """Put the rows of a whole table in place, as a person edited them; which row is which is found out.

    A row that was left out goes when no plan shows it, or when `drop_shared`; else it stays, and `kept` names
    it. Raises: Conflict (D-001), BcpKitError B-010, B-012, A-001.
    """
    table = fact_table(table_id)
    for row in rows:
        _checked(table, row)
    with ctx.open_store() as uow:
        site = _begin(ctx, uow, facility_id, expected_version)
        present = site.facts.tables.get(table_id, ())
        fresh, changed = _placed(site, table, rows)
        left = [row for row in present if row.id not in {r.id for r in fresh}]
        kept = _kept(site, table, left, drop_shared)
        site = _without(site, {(table_id, row.id) for row in left if row not in kept})
        done = _keep(site, table_id, (*fresh, *kept), changed)
    return replace(done, kept=kept)


def _placed(site: _Site, table: FactTable, rows: Sequence[Cells]) -> tuple[list[FactRow], tuple[str, ...]]:
    """Return the facts that edited rows are, in their order, and the ids of those that changed."""
    present, linked = site.facts.tables.get(table.id, ()), linker(site.facts)
    wanted = [_linked(table, row, linked) for row in rows]
    matched = match_rows([row.cells for row in present], wanted, table.named_by)
    if table.one_per_facility:
        matched = tuple(number if number < len(present) else None for number in range(len(wanted)))
    fresh, changed = [], []
    for cells, index in zip(wanted, matched, strict=True):
        if not cells or (index is None and table.one_per_facility):
            continue
        old = present[index] if index is not None else FactRow(id=site.ctx.new_id())
        hidden = {k: v for k, v in old.cells.items() if table.column(k).hidden}
        put = old.model_copy(update={"cells": hidden | cells, "confirmed_on": site.ctx.today()})
        same = index is not None and put.cells == old.cells
        fresh.append(old if same else put)
        changed += [] if same else [put.id]
    return fresh, tuple(changed)


def _begin(ctx: Context, uow: UnitOfWork, facility_id: str, expected_version: int | None) -> _Site:
    """Return the site to be changed, locked; only onto what the person saw."""
    ctx.demand(Action.EDIT_BCP, facility_id)
    uow.lock()
    site = _open(ctx, uow, facility_id)
    if expected_version not in {None, site.version}:
        raise Conflict(site.facts, site.view().facts)
    return site


def _kept(site: _Site, table: FactTable, left: Sequence[FactRow], drop_shared: bool) -> tuple[FactRow, ...]:
    """Return the rows that were left out and stay: records of facilities, and what a plan shows."""
    if table.one_per_facility:
        return tuple(left)
    if drop_shared or not left:
        return ()
    uses = uses_of_many(site.uow, site.plans, site.facts, [(table.id, row.id) for row in left])
    return tuple(row for row in left if uses[table.id, row.id])


def _without(site: _Site, gone: set[tuple[str, str]]) -> _Site:
    """Return the site without the facts that go; they are out of the stored plans too."""
    if not gone:
        return site
    let_go(site.uow, site.plans, site.facts, gone)
    for table, rows in tables_without(site.facts, gone).items():
        facts = site.facts.model_copy(update={"tables": {**site.facts.tables, table: rows}})
        site = replace(site, facts=facts)
    return site


def _keep(
    site: _Site, table: str, rows: tuple[FactRow, ...], changed: tuple[str, ...], reason: str = ""
) -> FactsSaved:
    """Store a table, note the reason in the plans that follow, and return what came of it."""
    ctx, uow, plans = site.ctx, site.uow, site.plans
    old = {row.id: row for row in site.facts.tables.get(table, ())}
    keep_tables(ctx, uow, site.facts, {table: rows}, reason)
    now = _open(ctx, uow, site.facilities[0].id)
    uses = uses_of_many(uow, now.plans, now.facts, [(table, row_id) for row_id in changed])
    touched = tuple(use for row_id in changed for use in uses[table, row_id])
    by_hand = tuple(
        use
        for row_id in changed
        if row_id in old and _reached_otherwise(table, old[row_id], now.facts.row(table, row_id))
        for use in repeated_in(uow, plans, now.facts, table, old[row_id])
    )
    if reason:
        _note(ctx, uow, {use.plan_id for use in touched}, reason)
    uow.commit()
    return FactsSaved(now.view(), changed, touched, by_hand)


def _reached_otherwise(table: str, old: FactRow, new: FactRow | None) -> bool:
    """True when a number or address of a fact was changed, so that its old words may stand somewhere."""
    keys = [column.key for column in fact_table(table).columns if column.contact]
    return new is None or any(old.cells.get(key, "") != new.cells.get(key, "") for key in keys)


def _note(ctx: Context, uow: UnitOfWork, plan_ids: set[str], reason: str) -> None:
    line = Revision(on=ctx.today(), reason=reason, author=ctx.actor.name)
    for plan_id in sorted(plan_ids):
        plan = uow.continuity_plans.need(plan_id)
        update = {"revisions": (*plan.revisions, line), "updated_at": ctx.clock.now()}
        uow.continuity_plans.save(plan.model_copy(update=update), reason)


def remove_fact(
    ctx: Context,
    facility_id: str,
    table_id: str,
    row_id: str,
    expected_version: int | None = None,
    *,
    told: bool = False,
) -> FactsSaved:
    """Take a fact out. `told`: the person saw where it is used; its last words stay where it was named.

    Raises: BcpKitError B-011 (used, and not told yet), U-002, A-001; Conflict (D-001).
    """
    with ctx.open_store() as uow:
        site = _begin(ctx, uow, facility_id, expected_version)
        if site.facts.row(table_id, row_id) is None or fact_table(table_id).one_per_facility:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        uses = site.uses(table_id, row_id)
        if uses and not told:
            raise BcpKitError(ErrorCode.FACT_IN_USE, count=len(uses))
        site = _without(site, {(table_id, row_id)})
        done = _keep(site, table_id, site.facts.tables.get(table_id, ()), ())
    return FactsSaved(done.view, (row_id,), uses)


def confirm_facts(ctx: Context, facility_id: str, table_id: str, row_ids: Sequence[str]) -> FactsView:
    """Note that somebody made sure today that these facts are true.

    Raises: BcpKitError B-010, A-001.
    """
    fact_table(table_id)
    with ctx.open_store() as uow:
        site = _begin(ctx, uow, facility_id, None)
        fresh = {"confirmed_on": ctx.today()}
        rows = tuple(
            row.model_copy(update=fresh) if row.id in set(row_ids) else row
            for row in site.facts.tables.get(table_id, ())
        )
        if table_id == FACILITY:
            for key in row_ids:
                uow.facilities.save(uow.facilities.need(key).model_copy(update=fresh))
        return _keep(site, table_id, rows, ()).view


def people_from_staff(ctx: Context, facility_id: str) -> FactsSaved:
    """Add everybody of the staff register who is not among the people yet, each pointing to the register.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.SEE_STAFF, facility_id)
    with ctx.open_store() as uow:
        site = _begin(ctx, uow, facility_id, None)
        present = site.facts.tables.get(PEOPLE, ())
        known = {row.cells.get(STAFF_ID) for row in present}
        names = {row.cells.get("name", "") for row in present if not row.cells.get(STAFF_ID)}
        staff = [p for f in site.facilities for p in uow.staff.list(facility_id=f.id) if p.id not in known]
        linked = tuple(_pointing(row, {p.name: p.id for p in staff}) for row in present)
        fresh = tuple(
            FactRow(
                id=ctx.new_id(),
                cells={k: v for k, v in (("name", p.name), ("phone", p.phone), (STAFF_ID, p.id)) if v},
                confirmed_on=p.verified_on,
            )
            for p in staff
            if p.name not in names
        )
        changed = tuple(row.id for row in fresh)
        return _keep(site, PEOPLE, (*linked, *fresh), changed)


def _pointing(row: FactRow, ids: Mapping[str, str]) -> FactRow:
    """Return a person of the register's name with a pointer to the register."""
    found = ids.get(row.cells.get("name", ""))
    if row.cells.get(STAFF_ID) or not found:
        return row
    return row.model_copy(update={"cells": {**row.cells, STAFF_ID: found}})
