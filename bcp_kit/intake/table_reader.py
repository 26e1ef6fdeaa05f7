"""From bytes to tables: guard, then the reader of the file's kind. Cells are text; nothing is guessed."""

from bcp_kit.intake.delimited import read_delimited
from bcp_kit.intake.geojson import read_geojson
from bcp_kit.intake.guard import SCREEN, FileKind, Limits, guard
from bcp_kit.intake.table import Table
from bcp_kit.intake.workbook import read_workbook


def read_tables(content: bytes, name: str, limits: Limits = SCREEN) -> tuple[Table, ...]:
    """Return the tables of a file.

    Raises: BcpKitError I-0xx when the file is refused or cannot be read.
    """
    kind = guard(content, name, limits)
    if kind is FileKind.WORKBOOK:
        return read_workbook(content)
    return (read_geojson(content) if kind is FileKind.GEOJSON else read_delimited(content),)
