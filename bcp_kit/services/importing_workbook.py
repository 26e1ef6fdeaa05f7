"""The report as Excel beside the input: the user's own table with what was found, all findings, a guide."""

from collections.abc import Iterator, Sequence

from bcp_kit.domain.errors import Problem, Severity
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.intake.corrections import Corrections
from bcp_kit.intake.guard import COMMAND
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.table import Table
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.render.annotated import AnnotatedTable, AnnotatedWords, write_annotated
from bcp_kit.render.spreadsheet import Written
from bcp_kit.services.importing_report import findings_table, line_of

# Larger tables are shown with their heading and the rows with findings only: a spreadsheet of millions of
# cells takes minutes to write and cannot be worked with.
WHOLE_TABLE_ROWS = 20_000
_WORST_FIRST = list(Severity)


def annotated_report(
    inspection: Inspection,
    content: bytes,
    corrections: Corrections | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> Written:
    """Return the file's tables with their findings as an Excel file; as personal as the file itself.

    Erroneous cells are coloured, a column says what was found in each row and what to do, corrected cells
    hold the corrected text. `content` are the file's bytes, already inspected.
    """
    tables = {table.name: table for table in read_tables(content, inspection.name, COMMAND)}
    made = corrections or {}
    pages = [
        _annotated(tables[part.sheet_name], part, made, language)
        for part in inspection.parts
        if part.sheet_name in tables
    ]
    return write_annotated(pages, findings_table(inspection, language), _words(language))


def _annotated(table: Table, part: Part, corrections: Corrections, language: str) -> AnnotatedTable:
    problems = [*part.problems, *(p for record in part.records for p in record.problems)]
    marks: dict[tuple[int, int], Severity] = {}
    for problem in problems:
        index = part.columns.get(problem.column)
        if problem.row is not None and index is not None:
            place = (problem.row, index)
            marks[place] = min(marks.get(place, problem.severity), problem.severity, key=_WORST_FIRST.index)
    texts = {
        (place.row, part.columns[place.heading]): value
        for place, value in corrections.items()
        if place.sheet == table.name and place.heading in part.columns
    }
    remarks = _remarks(problems, language)
    whole = len(table.rows) <= WHOLE_TABLE_ROWS
    wanted = None if whole else {*remarks, part.heading_row, *(row for row, _ in texts)}
    return AnnotatedTable(
        title=part.sheet_name or part.title,
        heading_row=part.heading_row,
        rows=_rows(table, texts, wanted),
        marks=marks,
        remarks=remarks,
        corrected=frozenset(texts),
    )


def _remarks(problems: Sequence[Problem], language: str) -> dict[int, str]:
    """Return what was found in each row, the worst first, one finding a line."""
    by_row: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.row is not None:
            by_row.setdefault(problem.row, []).append(problem)
    remarks = {}
    for row, found in by_row.items():
        found.sort(key=lambda problem: _WORST_FIRST.index(problem.severity))
        lines = [line_of("", problem, language) for problem in found]
        remarks[row] = "\n".join(
            text(
                "intake.annotated.remark",
                language,
                severity=text(f"intake.severity.{line.severity.value}", language),
                column=line.column,
                what=line.what,
                remedy=line.remedy,
                code=line.code,
            )
            for line in lines
        )
    return remarks


def _rows(
    table: Table, texts: dict[tuple[int, int], str], wanted: set[int] | None
) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the rows with corrected cells; empty rows are kept, so that rows stand where they stood."""
    last = 0
    for row in table.rows:
        if wanted is not None:
            if row.number not in wanted:
                continue
        else:
            yield from ((number, ()) for number in range(last + 1, row.number))
        last = row.number
        changed = {index: value for (number, index), value in texts.items() if number == row.number}
        yield row.number, _with(row.cells, changed) if changed else row.cells


def _with(cells: Sequence[str], changed: dict[int, str]) -> Sequence[str]:
    width = max(len(cells), max(changed) + 1)
    return [changed.get(i, cells[i] if i < len(cells) else "") for i in range(width)]


def _words(language: str) -> AnnotatedWords:
    def say(name: str) -> str:
        return text(f"intake.annotated.{name}", language)

    steps = [(None, say(f"guide_{number}")) for number in range(1, 6)]
    colours = [(severity, say(f"colour_{severity.value}")) for severity in Severity]
    return AnnotatedWords(
        row=say("row"), findings=say("findings"), guide_tab=say("guide_tab"), guide=[*steps, *colours]
    )
