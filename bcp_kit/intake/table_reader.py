"""From bytes to tables: guard, then the reader of the file's kind. Cells are text; nothing is guessed."""

from dataclasses import replace

from bcp_kit.intake.delimited import read_delimited
from bcp_kit.intake.feature_table import feature_table
from bcp_kit.intake.geojson import read_geojson
from bcp_kit.intake.guard import guard
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.shapefile import ShapeLayer, read_shapefile
from bcp_kit.intake.table import Table
from bcp_kit.intake.workbook import read_workbook


def read_tables(content: bytes, name: str, limits: Limits = SCREEN) -> tuple[Table, ...]:
    """Return the tables of a file.

    Raises: BcpKitError I-0xx when the file is refused or cannot be read.
    """
    kind = guard(content, name, limits)
    if kind in (FileKind.WORKBOOK, FileKind.OLD_WORKBOOK):
        return read_workbook(content, kind, limits)
    if kind is FileKind.SHAPEFILE:
        return tuple(_layer_table(layer) for layer in read_shapefile(content, limits))
    return (read_geojson(content, limits) if kind is FileKind.GEOJSON else read_delimited(content, limits),)


def _layer_table(layer: ShapeLayer) -> Table:
    pairs = ((feature.attributes, feature.geometry) for feature in layer.features)
    table = feature_table(layer.name, FileKind.SHAPEFILE, layer.encoding, pairs, layer.projection)
    return replace(table, problems=(*layer.problems, *table.problems))
