"""Rows of the sheets 支援者, 職員, 勤務表 and 応援."""

from datetime import date

from bcp_kit.domain.people import Supporter
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.intake.records import Item, Record, built, exposures, location, nested, stated_fields
from bcp_kit.intake.typed import TypedRow, TypedTable

DAY_OFF = "off"


def read_supporters(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one Supporter."""
    return tuple(_supporter(table, row) for row in table.rows)


def _supporter(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)

    def make() -> tuple[Item, ...]:
        plain = {key: value for key, value in tree.items() if key != "location"}
        return (Item(Supporter(**plain, location=place), stated_fields(table.keys)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def read_staff(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one StaffMember."""
    return tuple(_member(table, row) for row in table.rows)


def _member(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree, "home_location")

    def make() -> tuple[Item, ...]:
        plain = {key: value for key, value in tree.items() if key not in ("home_location", "home_exposures")}
        member = StaffMember(
            **plain, home_location=place, home_exposures=exposures(tree.get("home_exposures", {}))
        )
        return (Item(member, stated_fields(table.keys)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)


def read_rosters(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one RosterEntry for each day that the row states; DAY_OFF is no shift."""
    return tuple(_roster(table, row) for row in table.rows)


def _roster(table: TypedTable, row: TypedRow) -> Record:
    days: dict[str, str] = nested(row.values).get("day", {})

    def make() -> tuple[Item, ...]:
        return tuple(
            Item(
                RosterEntry(staff_id=row.text("staff_id"), day=date.fromisoformat(day), shift=shift),
                frozenset({"shift"}),
            )
            for day, shift in days.items()
        )

    items, found = built(table, row, [], make)
    return Record(row=row.number, items=items, problems=found)


def read_help_offers(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one HelpOffer."""
    return tuple(_offer(table, row) for row in table.rows)


def _offer(table: TypedTable, row: TypedRow) -> Record:
    def make() -> tuple[Item, ...]:
        return (Item(HelpOffer(**nested(row.values)), stated_fields(table.keys)),)

    items, found = built(table, row, [], make)
    return Record(row=row.number, items=items, problems=found)
