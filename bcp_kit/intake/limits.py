"""What kinds of file are read, and how much a file may hold before it is refused."""

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file is by its content."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    OLD_WORKBOOK = "old_workbook"
    GEOJSON = "geojson"
    SHAPEFILE = "shapefile"


@dataclass(frozen=True)
class Limits:
    """What a file may hold. Sizes in bytes; `rows`, `columns` and `cells` (their product) per sheet.

    A zip may not unfold to more than `ratio` times its size once it unfolds to `ratio_from_bytes`; a sheet of
    more than `sparse_from_cells` may not be larger than `sparseness` times the cells that it really holds. A
    line of a text file may hold `line_bytes`; a JSON file `json_parts` lists and objects.
    """

    file_bytes: int = 50 * 1024 * 1024
    unfolded_bytes: int = 600 * 1024 * 1024
    entry_bytes: int = 400 * 1024 * 1024
    ratio: int = 120
    ratio_from_bytes: int = 10 * 1024 * 1024
    entries: int = 2_000
    rows: int = 400_000
    columns: int = 1_000
    cells: int = 40_000_000
    sparse_from_cells: int = 1_000_000
    sparseness: int = 50
    line_bytes: int = 1024 * 1024
    json_parts: int = 6_000_000


SCREEN = Limits()
COMMAND = Limits(file_bytes=300 * 1024 * 1024, json_parts=40_000_000)
