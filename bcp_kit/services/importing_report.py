"""What was found in a file, for people: lines with row, column, what happened, what to do; JSON and Excel."""

from dataclasses import dataclass
from typing import Any

from bcp_kit.domain.errors import Problem, Severity
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.same_person import reason_words
from bcp_kit.intake.unknown_tables import UnknownTable
from bcp_kit.render.spreadsheet import TableOut, Written, write_workbook
from bcp_kit.services.importing import ImportOutcome

_WIDTHS = {
    "sheet": 14,
    "row": 8,
    "column": 24,
    "value": 30,
    "severity": 10,
    "code": 8,
    "what": 60,
    "remedy": 60,
}


@dataclass(frozen=True)
class ReportLine:
    """One finding in words. `row` is the row as the spreadsheet shows it, None for the table or file."""

    sheet: str
    row: int | None
    column: str
    value: str
    severity: Severity
    code: str
    what: str
    remedy: str


def report_lines(inspection: Inspection, language: str = DEFAULT_LANGUAGE) -> tuple[ReportLine, ...]:
    """Return every finding in the order of the file."""
    return tuple(line_of(sheet, problem, language) for sheet, problem in inspection.findings())


def line_of(sheet: str, problem: Problem, language: str = DEFAULT_LANGUAGE) -> ReportLine:
    """Return one finding in words."""
    key = f"errors.{problem.code.value}"
    values = dict(problem.values)
    if isinstance(reasons := values.get("reasons"), str):
        values["reasons"] = reason_words(reasons.split(","), language)
    return ReportLine(
        sheet=sheet,
        row=problem.row,
        column=problem.column,
        value=problem.value,
        severity=problem.severity,
        code=problem.code.value,
        what=text(f"{key}.what", language, **values),
        remedy=text(f"{key}.remedy", language, **values),
    )


def _part_json(part: Part) -> dict[str, Any]:
    return {
        "sheet": part.sheet_name,
        "layout": part.layout,
        "title": part.title,
        "kind": part.kind,
        "encoding": part.encoding,
        "rows": part.rows,
        "good_rows": 0 if part.is_refused else part.good_rows,
        "places": vars(part.place_counts()),
    }


def _unmapped_json(table: UnknownTable) -> dict[str, Any]:
    """Return a table that needs a mapping, or that holds nothing of ours, without any of its values."""
    return {
        "sheet": table.sheet_name,
        "known_as": table.known_as,
        "encoding": table.encoding,
        "rows": table.rows,
        "headings": list(table.headings),
        "lines_or_areas": table.areas,
    }


def report_json(inspection: Inspection, outcome: ImportOutcome | None = None) -> dict[str, Any]:
    """Return the report as one object; `imported` is None when nothing was stored."""
    imported = None
    if outcome is not None:
        counts = {name: vars(done) for name, done in outcome.counts.items()}
        imported = {"counts": counts, "rows_left_out": outcome.rows_left_out, "absent": dict(outcome.absent)}
        imported["batch_id"] = outcome.batch_id
    return {
        "file": inspection.name,
        "size_bytes": inspection.size_bytes,
        "refused": inspection.is_refused,
        "rows": inspection.rows,
        "good_rows": inspection.good_rows,
        "bad_rows": inspection.bad_rows,
        "parts": [_part_json(part) for part in inspection.parts],
        "unmapped": [_unmapped_json(table) for table in inspection.unmapped],
        "problems": [vars(line) for line in report_lines(inspection)],
        "imported": imported,
    }


def findings_table(inspection: Inspection, language: str = DEFAULT_LANGUAGE) -> TableOut:
    """Return the findings as one table, in the order of the file."""
    columns = [
        Column(key=key, heading=text(f"intake.column.{key}", language), type=ColumnType.TEXT, width=width)
        for key, width in _WIDTHS.items()
    ]
    lines = report_lines(inspection, language)
    rows = [{key: _shown(line, key, language) for key in _WIDTHS} for line in lines]
    return TableOut(text("intake.report_tab", language), columns, rows)


def report_workbook(inspection: Inspection) -> Written:
    """Return the findings as an Excel file. It holds cells as written, so it is as personal as its source."""
    return write_workbook([findings_table(inspection)])


def _shown(line: ReportLine, key: str, language: str) -> str:
    if key == "severity":
        return text(f"intake.severity.{line.severity.value}", language)
    value = getattr(line, key)
    return "" if value is None else str(value)
