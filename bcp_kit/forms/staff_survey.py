"""What staff are asked about coming to work in a disaster: columns of the staff sheet, in the order asked.

The Excel sheet of the survey is a staff sheet with these columns alone, so an ordinary import takes it back
and changes nothing else. Paper asks the same in the same order, so that it is quickly typed in.
"""

from functools import cache

from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, sheet, words

KEPT = ("id", "facility_id", "name")  # by which a row is known again
ASKED = (
    "commute",
    "other_means",
    "walk_min",
    "comes_at_night",
    "night_ok",
    "youngest_child_age",
    "other_parent_at_home",
    "cares_for_family",
    "qualifications",
    "procedures",
    "languages",
    "home_exposures.river_flood.in_zone",
    "home_exposures.landslide.in_zone",
    "home_exposures.tsunami.in_zone",
)
CONFIRMED = "verified_on"


@cache
def survey_columns() -> tuple[Column, ...]:
    """Return the columns of the Excel sheet of the survey."""
    known = {column.key: column for column in sheet(SheetKind.STAFF).expanded()}
    return tuple(known[key] for key in (*KEPT, *ASKED, CONFIRMED))


@cache
def asked_columns() -> tuple[Column, ...]:
    """Return the columns that are asked, without those that only name the row."""
    return tuple(column for column in survey_columns() if column.key in ASKED)


def boxes_of(column: Column) -> tuple[str, ...]:
    """Return the words to tick for a column; empty where the answer is written."""
    if column.type is ColumnType.YES_NO:
        told = words()["yes_no"]
        return (str(told["yes"][0]), str(told["no"][0]))
    if column.type is ColumnType.KNOWN:
        zone = column.key.endswith("in_zone")
        told = words()["known"]
        return ("内", "外") if zone else (str(told["yes"][0]), str(told["no"][0]))
    return tuple(label for key, label in column.choices.items() if key != "unknown")
