"""The facts of a site as plans see them: the fact base, with facility records and staff register in it.

What a record holds (name, phone, address) is not kept twice: it stands in the facts while they are worked
with, and goes back into the record when somebody changes it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

FACILITY, PEOPLE, STAFF_ID = "facility", "people", "staff_id"
RESIDENTIAL = ("care_residential", "dis_residential")
Tables = Mapping[str, tuple[FactRow, ...]]


def stored_facts(uow: UnitOfWork, facility_id: str) -> SiteFacts | None:
    """Return what is stored for the site of a facility, None when nobody entered anything yet."""
    return next(iter(uow.site_facts.list(facility_id=facility_id)), None)


def site_facilities(uow: UnitOfWork, facility_id: str) -> tuple[Facility, ...]:
    """Return all facilities that share the fact base, the one asked for first."""
    stored = stored_facts(uow, facility_id)
    others = [key for key in stored.facility_ids if key != facility_id] if stored else []
    found = (uow.facilities.get(key) for key in (facility_id, *others))
    return tuple(facility for facility in found if facility is not None)


def facts_of(uow: UnitOfWork, facilities: Sequence[Facility], moment: datetime) -> SiteFacts:
    """Return the facts of a site with references in them; facility rows for `facilities`, in their order.

    Nothing is stored: a site without facts has version 0 and no id.
    """
    first = facilities[0].id
    stored = stored_facts(uow, first) or SiteFacts(id="", facility_ids=(first,), updated_at=moment)
    tables = dict(stored.tables)
    tables[FACILITY] = tuple(_facility_row(facility, stored) for facility in facilities)
    if any(STAFF_ID in row.cells for row in tables.get(PEOPLE, ())):
        tables[PEOPLE] = tuple(_person_row(row, uow) for row in tables[PEOPLE])
    return stored.model_copy(update={"tables": tables})


def plans_of_site(uow: UnitOfWork, facts: SiteFacts) -> tuple[ContinuityPlan, ...]:
    """Return all plans of the facilities that share these facts, as stored."""
    return tuple(plan for key in facts.facility_ids for plan in uow.continuity_plans.list(facility_id=key))


def known_of_facility(facility: Facility) -> dict[str, str]:
    """Return what the facility record says, under the column keys of the table of facilities."""
    services = catalogue("service_types").rows
    service = services.get(facility.service_key)
    label = service.label_ja if service else text(f"bcp.category.{facility.category.value}")
    known = {"service_type": label}
    if facility.residents:
        known["users_day"] = str(facility.residents)
        if facility.category.value in RESIDENTIAL:
            known["users_night"] = str(facility.residents)
    for column in fact_table(FACILITY).columns:
        value = getattr(facility, column.record) if column.record else ""
        if value:
            known[column.key] = str(value)
    return known


def _facility_row(facility: Facility, stored: SiteFacts) -> FactRow:
    own = stored.row(FACILITY, facility.id)
    cells = {**known_of_facility(facility), **(own.cells if own else {})}
    return FactRow(id=facility.id, cells=cells, confirmed_on=facility.confirmed_on)


def _person_row(row: FactRow, uow: UnitOfWork) -> FactRow:
    person = uow.staff.get(row.cells.get(STAFF_ID, "")) if row.cells.get(STAFF_ID) else None
    if person is None:
        return row
    return row.model_copy(update={"cells": {**row.cells, **_known_of_person(person)}})


def _known_of_person(person: StaffMember) -> dict[str, str]:
    columns = (column for column in fact_table(PEOPLE).columns if column.record)
    known = {column.key: str(getattr(person, column.record)) for column in columns}
    return {key: cell for key, cell in known.items() if cell}


def keep_tables(ctx: Context, uow: UnitOfWork, before: SiteFacts, tables: Tables, why: str = "") -> SiteFacts:
    """Store the changed tables of a site, each field in the record that holds it; return what is stored.

    `before` is what `facts_of` returned. Raises: Conflict (D-001), BcpKitError A-001 where the actor may not
    change a record that holds one of the changed fields.
    """
    merged = dict(before.tables) | dict(tables)
    _keep_facilities(ctx, uow, before.tables[FACILITY], merged[FACILITY], why)
    _keep_people(ctx, uow, before.tables.get(PEOPLE, ()), merged.get(PEOPLE, ()), why)
    stored = stored_facts(uow, before.facility_ids[0])
    rows = {row.id: row for row in (stored.tables.get(FACILITY, ()) if stored else ())}
    for row in merged[FACILITY]:
        rows[row.id] = _beside_record(uow, row)
    merged[FACILITY] = tuple(row for row in rows.values() if row.cells)
    fresh = before.model_copy(update={"tables": merged, "updated_at": ctx.clock.now()})
    if stored is None:
        fresh = fresh.model_copy(update={"id": ctx.new_id(), "version": 1})
        uow.site_facts.add(fresh, why)
        return fresh
    return uow.site_facts.save(fresh, why)


def _beside_record(uow: UnitOfWork, row: FactRow) -> FactRow:
    """Return what of a facility's row its record does not hold."""
    known = known_of_facility(uow.facilities.need(row.id))
    records = {column.key for column in fact_table(FACILITY).columns if column.record}
    own = {k: cell for k, cell in row.cells.items() if k not in records and known.get(k) != cell}
    return row.model_copy(update={"cells": own})


def _keep_facilities(
    ctx: Context, uow: UnitOfWork, before: Sequence[FactRow], after: Sequence[FactRow], why: str
) -> None:
    """Write changed fields into the facility records; a name that was blanked stays as it was."""
    fields = {column.key: column.record for column in fact_table(FACILITY).columns if column.record}
    old = {row.id: row for row in before}
    for row in after:
        changed = {
            fields[key]: row.cells.get(key, "")
            for key in fields
            if row.id in old and row.cells.get(key, "") != old[row.id].cells.get(key, "")
        }
        if not changed.get("name", "x").strip():
            del changed["name"]
        if changed:
            ctx.demand(Action.EDIT_FACILITY, row.id)
            uow.facilities.save(uow.facilities.need(row.id).model_copy(update=changed), why)


def _keep_people(
    ctx: Context, uow: UnitOfWork, before: Sequence[FactRow], after: Sequence[FactRow], why: str
) -> None:
    """Write changed names and numbers of people of the staff register into the register."""
    fields = {column.key: column.record for column in fact_table(PEOPLE).columns if column.record}
    old = {row.id: row for row in before}
    for row in after:
        was = old.get(row.id)
        person = uow.staff.get(row.cells[STAFF_ID]) if row.cells.get(STAFF_ID) else None
        if person is None or was is None or was.cells.get(STAFF_ID) != row.cells[STAFF_ID]:
            continue
        changed = {
            fields[key]: row.cells[key]
            for key in fields
            if row.cells.get(key, "").strip() and row.cells[key] != was.cells.get(key, "")
        }
        if changed:
            ctx.demand(Action.EDIT_STAFF, person.facility_id)
            uow.staff.save(person.model_copy(update=changed), why)
