"""A continuity plan as an Excel file: a cover, the items in words, and one sheet for each table.

Every cell is text, so nothing that somebody typed runs as a formula and no zero is lost. A table's sheet is
named by its item and headed by its columns, as the import of tables reads them back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook

from bcp_kit.domain.bcp import Answer
from bcp_kit.domain.site_facts import FactRow
from bcp_kit.forms.fact_tables import FactTable, fact_table
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.schema import InputType, Item
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.plan_blocks import PlanPages, PlanPrint, paper
from bcp_kit.render.spreadsheet import Cleaner, TableOut, data_tab, saved

_TITLE_LIMIT = 31  # characters that Excel allows for the name of a sheet
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LEAST, _MOST = 10, 44  # column widths in characters
_NOTHING = Answer()
_LISTS = ("stock", "contacts", "people")

Facts = Mapping[str, Sequence[FactRow]]


@dataclass(frozen=True)
class _Table:
    """One sheet: its heading texts by key, and its rows."""

    title: str
    heads: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]

    def out(self) -> TableOut:
        columns = [
            Column(key=key, heading=head, type=ColumnType.TEXT, width=_width(key, head, self.rows))
            for key, head in self.heads.items()
        ]
        return TableOut(self.title, columns, self.rows)


def _width(key: str, head: str, rows: Sequence[Mapping[str, str]]) -> int:
    """Return a width in half-width characters in which most cells stand on few lines."""
    lines = [len(line) for row in rows for line in row.get(key, "").split("\n")]
    usual = sorted(lines)[len(lines) * 9 // 10] if lines else 0
    return min(max(2 * max(len(head), usual), _LEAST), _MOST)


class _Titles:
    """Names of sheets: what Excel refuses left out, cut to its limit, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, words: str) -> str:
        plain = _NOT_IN_TITLE.sub(" ", words).strip().strip("'") or "-"
        title, number = plain[:_TITLE_LIMIT], 1
        while title.casefold() in self._taken:
            number += 1
            mark = f" ({number})"
            title = plain[: _TITLE_LIMIT - len(mark)] + mark
        self._taken.add(title.casefold())
        return title


def _shown_items(doc: PlanPrint) -> Iterator[tuple[str, str, Item, Answer]]:
    """Yield chapter, number, item and answer of all that the plan is asked and this edition may show."""
    for chapter in doc.chapters:
        for section in chapter.sections:
            for item in section.items:
                if not (item.personal and doc.without_personal):
                    answer = doc.plan.answers.get(item.id, _NOTHING)
                    yield f"{chapter.number}　{chapter.title_ja}".strip(), section.number, item, answer


def _words_of(item: Item, answer: Answer) -> str:
    """Return an answer in words: what was chosen by its label, the reason where it does not apply."""
    chosen = [option.label_ja for option in item.input.options if option.key in answer.choices]
    number = "" if answer.number is None else f"{answer.number:g}"
    return "\n".join(part for part in (number, "、".join(chosen), answer.text, answer.reason) if part)


def _texts(docs: Sequence[PlanPrint], titles: _Titles) -> _Table:
    heads = {key: paper(f"book.{key}") for key in ("chapter", "number", "item", "answer", "state", "item_id")}
    rows = [
        {
            "chapter": chapter,
            "number": number,
            "item": item.title_ja,
            "answer": _words_of(item, answer),
            "state": paper(f"book.state_words.{answer.state.value}"),
            "item_id": item.id,
        }
        for doc in docs
        for chapter, number, item, answer in _shown_items(doc)
        if item.input.type is not InputType.TABLE or answer.reason
    ]
    return _Table(titles.of(paper("book.texts")), heads, rows)


def _tables(docs: Sequence[PlanPrint], titles: _Titles) -> Iterator[_Table]:
    for doc in docs:
        for _, _, item, answer in _shown_items(doc):
            if item.input.type is InputType.TABLE:
                heads = {column.key: column.label_ja for column in item.input.columns}
                yield _Table(titles.of(item.title_ja), heads, answer.rows or item.input.default_rows)


def _about(shown: PlanPages, tables: Sequence[_Table], titles: _Titles) -> _Table:
    heads = {"label": paper("book.label"), "value": paper("book.value")}
    pairs = [
        (text("bcp.print.marks_title", DEFAULT_LANGUAGE), paper("book.lead")),
        ("", shown.title),
        (paper("blank.operator"), shown.operator),
        (paper("blank.facility"), shown.facility),
        *shown.cover,
        *((table.title, f"{paper('book.rows')} {len(table.rows)}") for table in tables),
    ]
    return _Table(titles.of(paper("book.about")), heads, [{"label": a, "value": b} for a, b in pairs])


def _fact_list(table: FactTable, rows: Sequence[FactRow], titles: _Titles) -> _Table:
    """Return the site's own list of one kind of facts: all of it, whichever plan shows which part."""
    columns = [column for column in table.columns if not column.hidden]
    options = {(c.key, o.key): o.label_ja for c in columns for o in c.options}
    cells = [{key: options.get((key, cell), cell) for key, cell in row.cells.items()} for row in rows]
    heads = {column.key: column.label_ja for column in columns}
    return _Table(titles.of(paper("book.list", title=table.title_ja)), heads, cells)


def _fact_lists(doc: PlanPrint, facts: Facts, titles: _Titles) -> Iterator[_Table]:
    for key in _LISTS:
        table = fact_table(key)
        if facts.get(key) and not (table.personal and doc.without_personal):
            yield _fact_list(table, facts[key], titles)


def render_workbook(docs: Sequence[PlanPrint], shown: PlanPages, facts: Facts) -> bytes:
    """Return the plans' answers as an Excel file, with the site's lists of stock, contacts and people.

    `facts`: the rows of the site's tables, in words, by table.
    """
    titles = _Titles()
    about, texts = titles.of(paper("book.about")), _texts(docs, titles)
    tables = list(_tables(docs, titles))
    further = list(_fact_lists(docs[0], facts, titles))
    first = _about(shown, tables, _Titles())
    book, cleaner = Workbook(write_only=True), Cleaner()
    for out in (TableOut(about, first.out().columns, first.rows), texts.out()):
        data_tab(book, cleaner, out)
    for table in (*further, *tables):
        data_tab(book, cleaner, table.out())
    return saved(book)
