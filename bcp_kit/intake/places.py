"""Rows of the sheets 避難先 and 施設."""

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.shelter_facts import with_own_values
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import words
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Item, Nested, Record, built, exposures, location, nested, stated_fields
from bcp_kit.intake.typed import TypedRow, TypedTable

_SHELTER_PARTS = frozenset({"location", "features", "feature", "exposures", "direct_evacuation"})


def read_shelters(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one Shelter."""
    return tuple(_shelter(table, row) for row in table.rows)


def _shelter(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)
    condition, copied = _condition(table, row, tree)

    def make() -> tuple[Item, ...]:
        plain = {key: value for key, value in tree.items() if key not in _SHELTER_PARTS}
        shelter = Shelter(
            **{**plain, "open_condition": condition},
            location=place,
            direct_evacuation=Known(tree.get("direct_evacuation", Known.UNKNOWN)),
            features=_features(tree),
            exposures=exposures(tree.get("exposures", {})),
        )
        shelter = with_own_values(shelter)
        stated = {"features" if f == "feature" else f for f in stated_fields(table.keys)}
        return (Item(shelter, frozenset(stated) | ({"open_condition"} if copied else frozenset())),)

    items, found = built(table, row, [*problems, *copied], make)
    return Record(row=row.number, items=items, problems=found)


def _condition(table: TypedTable, row: TypedRow, tree: Nested) -> tuple[str, list[Problem]]:
    """Keep 経由 and 要請後, which say more than 不可, as the condition for opening when that is empty."""
    stated: str = tree.get("open_condition", "")
    written = row.texts.get("direct_evacuation", "")
    tells_more = {folded(w) for w in words()["conditions_in_direct_evacuation"]}
    if stated or folded(written) not in tells_more:
        return stated, []
    notice = table.problem(row, "direct_evacuation", ErrorCode.CONDITION_COPIED, Severity.NOTICE)
    return written.strip(), [notice]


def _features(tree: Nested) -> dict[str, Known]:
    """Return features from the lists of those there, missing and unknown, and from columns of their own."""
    listed = tree.get("features", {})
    found = {key: Known(state) for state in ("unknown", "no", "yes") for key in listed.get(state, ())}
    return {**found, **tree.get("feature", {})}


def read_facilities(table: TypedTable) -> tuple[Record, ...]:
    """Return a record per row: one Facility."""
    return tuple(_facility(table, row) for row in table.rows)


def _facility(table: TypedTable, row: TypedRow) -> Record:
    tree = nested(row.values)
    place, problems = location(table, row, tree)

    def make() -> tuple[Item, ...]:
        plain = {key: value for key, value in tree.items() if key not in ("location", "exposures")}
        facility = Facility(**plain, location=place, exposures=exposures(tree.get("exposures", {})))
        return (Item(facility, stated_fields(table.keys)),)

    items, found = built(table, row, problems, make)
    return Record(row=row.number, items=items, problems=found)
