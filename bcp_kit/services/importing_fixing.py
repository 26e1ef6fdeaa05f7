"""Which cells of a file can be put right on the screen."""

from dataclasses import dataclass

from bcp_kit.domain.errors import Problem, Severity
from bcp_kit.intake.corrections import CellPlace
from bcp_kit.intake.inspection import Inspection


@dataclass(frozen=True)
class FixableCell:
    """One erroneous cell: where it stands, what is written there, every error found in it."""

    place: CellPlace
    value: str
    problems: tuple[Problem, ...]


def fixable_cells(inspection: Inspection) -> tuple[FixableCell, ...]:
    """Return the cells with errors, in the order of the file."""
    found: dict[CellPlace, list[Problem]] = {}
    for part in inspection.parts:
        for record in part.records:
            for problem in record.problems:
                if problem.severity is Severity.ERROR and problem.column in part.columns:
                    place = CellPlace(part.sheet_name, record.row, problem.column)
                    found.setdefault(place, []).append(problem)
    return tuple(FixableCell(place, ps[0].value, tuple(ps)) for place, ps in found.items())
