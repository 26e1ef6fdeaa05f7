"""Tables of an existing plan as facilities keep them in Excel, read as facts: stock, contacts, structure …

Which table of facts a sheet is, is found by its headings (templates/sheets/fact_headings.yaml); nothing is
stored here. Every cell is kept as written; what looks garbled is kept too, with a remark.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import Field

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.forms.fact_tables import FactType, fact_table, fact_tables
from bcp_kit.forms.sheets import Column, ColumnType, words
from bcp_kit.intake.headings import find_heading_row, heading_word
from bcp_kit.intake.limits import SCREEN, Limits
from bcp_kit.intake.parsed import Cell, folded
from bcp_kit.intake.row_kinds import HEADING_JOIN
from bcp_kit.intake.table import CellNature, Row, Table
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.texts import parse_phone, parse_text
from bcp_kit.resources import locate

UNIT, KIND = "unit", "kind"
LEAST_HEADINGS, NAMED_SHEET = 2, 2
_BRACKETS = re.compile(r"[【】\[\]［］〔〕■●◆◎○<>＜＞《》]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_TEXT = Column(key="text", heading="", type=ColumnType.LONG_TEXT)
_PHONE = Column(key="phone", heading="", type=ColumnType.PHONE)


class KnownHeadings(DomainModel):
    """The words by which one table of facts is known: of sheets, of kinds, of columns."""

    sheets: tuple[str, ...] = ()
    default_kind: str = ""
    kinds: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class FactLine:
    """One row of a sheet as a fact: its number as Excel shows it, its cells by column of the table."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class FactSheet:
    """One sheet that was understood. `headings`: as written → label of the column, "" for an unknown one."""

    sheet_name: str
    table: str
    heading_row: int
    headings: Mapping[str, str]
    lines: tuple[FactLine, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class FactFile:
    """What a file holds: the sheets that were understood, and the names of those that were not."""

    sheets: tuple[FactSheet, ...]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


@cache
def known_headings() -> Mapping[str, KnownHeadings]:
    """Return the words of templates/sheets/fact_headings.yaml by table of facts."""
    raw = read_yaml(locate("templates") / "sheets" / "fact_headings.yaml")
    return {key: KnownHeadings.model_validate(value) for key, value in raw.items()}


@cache
def _columns(table_id: str) -> Mapping[str, str]:
    """Return the column (or `unit`) for each heading that a table is known by; its own labels first."""
    found = {heading_word(column.label_ja): column.key for column in fact_table(table_id).columns}
    listed = known_headings().get(table_id)
    for key, names in (listed.columns if listed else {}).items():
        for name in names:
            found.setdefault(heading_word(name), key)
    return found


def read_fact_file(content: bytes, name: str, today: date, limits: Limits = SCREEN) -> FactFile:
    """Return the facts that a file of tables holds.

    Raises: BcpKitError I-0xx when the file is refused or cannot be read.
    """
    sheets: list[FactSheet] = []
    unknown: list[str] = []
    problems: list[Problem] = []
    for table in read_tables(content, name, limits):
        found = None if table.hidden else _sheet(table, today)
        if found is not None:
            sheets.append(found)
        elif any(table.filled()):
            unknown.append(table.name)
        else:
            problems += table.problems
    return FactFile(tuple(sheets), tuple(unknown), tuple(problems))


def _sheet(table: Table, today: date) -> FactSheet | None:
    best: tuple[int, str, Row] | None = None
    for table_id in fact_tables():
        heads, _ = find_heading_row(table, _columns(table_id))
        if heads is None:
            continue
        hits = {_column_of(table_id, cell) for cell in heads.cells} - {""}
        if len(hits) < LEAST_HEADINGS or not hits & set(_names(table_id)):
            continue
        score = len(hits) + NAMED_SHEET * _sheet_is_named(table_id, table.name)
        if best is None or score > best[0]:
            best = (score, table_id, heads)
    return None if best is None else _FactReader(table, best[1], best[2], today).sheet()


def _names(table_id: str) -> tuple[str, ...]:
    return fact_table(table_id).named_by


def _sheet_is_named(table_id: str, name: str) -> bool:
    known = known_headings().get(table_id)
    title = fact_table(table_id).title_ja
    return name == title or bool(known and any(folded(word) in folded(name) for word in known.sheets))


def _column_of(table_id: str, heading: str) -> str:
    """Return the column that a heading is, by all of its words or by the last that says something."""
    parts = [heading, *reversed(heading.split(HEADING_JOIN))]
    known = _columns(table_id)
    return next((known[heading_word(part)] for part in parts if heading_word(part) in known), "")


class _FactReader:
    """Reads the rows of one sheet below its headings."""

    def __init__(self, table: Table, table_id: str, heads: Row, today: date) -> None:
        self._source, self._heads, self._today = table, heads, today
        self._table, self._known = fact_table(table_id), known_headings().get(table_id)
        self._keys = self._placed(table_id)
        self._problems: list[Problem] = list(table.problems)
        self._section = self._kind_in(table.name)

    def _placed(self, table_id: str) -> tuple[str, ...]:
        """Return the column of each place; a column that stands twice is read once."""
        seen: set[str] = set()
        keys = []
        for cell in self._heads.cells:
            key = _column_of(table_id, cell)
            keys.append("" if key in seen else key)
            seen.add(key)
        return tuple(keys)

    def sheet(self) -> FactSheet:
        """Return the sheet with all its rows."""
        lines = tuple(self._lines())
        heads = self._heads.cells
        shown = {h: self._label(key) for h, key in zip(heads, self._keys, strict=True) if h.strip()}
        return FactSheet(
            self._source.name, self._table.id, self._heads.number, shown, lines, tuple(self._problems)
        )

    def _label(self, key: str) -> str:
        if key == UNIT:
            return self._table.column("quantity").label_ja
        return self._table.column(key).label_ja if key else ""

    def _lines(self) -> Iterator[FactLine]:
        names = self._table.named_by
        for row in self._source.filled():
            if row.number <= self._heads.number:
                continue
            cells = dict(self._cells(row))
            name = "".join(cells.get(key, "") for key in names)
            if self._is_section(row, name) or not cells:
                continue
            if folded(name) in {folded(word) for word in words()["total_rows"]}:
                self._note(ErrorCode.TOTAL_ROW, row.number, "", name, Severity.NOTICE)
                continue
            if self._table.kinds:
                cells[KIND] = self._kind(cells.get(KIND, ""), name)
            yield FactLine(row.number, cells)

    def _cells(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield the cells that say something, a unit behind its quantity."""
        found = {
            key: self._said(row, place, key)
            for place, key in enumerate(self._keys)
            if key and place < len(row.cells) and row.cells[place].strip()
        }
        unit = found.pop(UNIT, "")
        if unit and found.get("quantity") and not found["quantity"].endswith(unit):
            found["quantity"] += unit
        yield from found.items()

    def _said(self, row: Row, place: int, key: str) -> str:
        """Return a cell as written; a number that lost its first 0 gets it back, with a notice."""
        text, nature = row.cells[place].strip(), row.natures.get(place)
        kind = self._table.column(key).type if key != UNIT else FactType.TEXT
        if kind is FactType.DATE and nature is CellNature.DATE:
            return text
        cell = Cell(text, nature, self._today)
        parsed = parse_phone(cell, _PHONE) if kind is FactType.PHONE else parse_text(cell, _TEXT)
        for finding in parsed.findings:
            if finding.code in {ErrorCode.PHONE_UNUSUAL, ErrorCode.TEXT_TOO_LONG}:
                continue
            severity = Severity.WARNING if finding.severity is Severity.ERROR else finding.severity
            self._note(finding.code, row.number, self._label(key), text, severity, finding.values)
        return parsed.value if isinstance(parsed.value, str) else _CONTROL.sub("", text)

    def _note(
        self,
        code: ErrorCode,
        number: int,
        column: str,
        value: str,
        severity: Severity,
        values: Mapping[str, str | int | float] | None = None,
    ) -> None:
        found = Problem(
            code=code, severity=severity, row=number, column=column, value=value, values=values or {}
        )
        self._problems.append(found)

    def _is_section(self, row: Row, name: str) -> bool:
        """True for a row that only says of which kind the rows below are."""
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        if not self._table.kinds or len(set(filled)) != 1:
            return False
        kind = self._kind_in(filled[0])
        bracketed = _BRACKETS.search(filled[0]) is not None
        if not kind or (name and not bracketed and len(filled) == 1 and self._is_article(filled[0])):
            return False
        self._section = kind
        return True

    def _is_article(self, said: str) -> bool:
        """True when the words are longer than those of a kind: an article, not a heading of articles."""
        labels = [folded(option.label_ja) for option in self._table.kinds]
        kinds = [
            folded(word) for listed in (self._known.kinds.values() if self._known else ()) for word in listed
        ]
        return folded(said) not in {*labels, *kinds}

    def _kind_in(self, said: str) -> str:
        """Return the kind that words speak of: an option's label, or one of the words for it."""
        plain = folded(_BRACKETS.sub("", said))
        for option in self._table.kinds:
            if folded(option.label_ja) == plain:
                return option.key
        listed = self._known.kinds.items() if self._known else ()
        found = [(len(w), key) for key, names in listed for w in names if folded(w) in plain]
        return max(found)[1] if found else ""

    def _kind(self, said: str, name: str) -> str:
        """Return the kind of a row: by its own cell, the section or sheet it stands in, its name."""
        default = self._known.default_kind if self._known else ""
        own = self._kind_in(said) or self._table.kind_of(said) if said else ""
        return own or self._section or self._table.kind_of(name) or default or self._table.kinds[0].key


def unknown_headings(sheet: FactSheet) -> Sequence[str]:
    """Return the headings of a sheet that name no column; their cells are not taken over."""
    return [heading for heading, label in sheet.headings.items() if not label]
