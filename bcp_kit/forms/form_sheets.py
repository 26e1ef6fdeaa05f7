"""The forms 様式1–9 and supplementary tables as sheets: columns of the catalogue, rows from plan and staff.

Pure. Names and columns have marks of their own: of most sheets only the name was read (guides/bcp.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from bcp_kit.catalogues.load import Row, Verification, catalogue, read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.action_cards import CardFacts, fill, phone_of
from bcp_kit.forms.completeness import filled_rows
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.resources import locate

FORMS, TABLES = "form_sheets", "supplementary_tables"
_NUMBER_COLUMNS = ("No",)


class RowSource(DomainModel):
    """Rows of one item of the plan: by column of the sheet a template of cells; `staff` looks up phones."""

    item: str
    columns: Mapping[str, str]
    staff: Mapping[str, str] = Field(default_factory=dict)


class SheetSpec(DomainModel):
    """One sheet: the key of its row in the catalogue, how sure its name is, where its rows come from."""

    key: str
    name_mark: Verification
    blank: int = Field(ge=0)
    sources: tuple[RowSource, ...] = Field(default=(), alias="from")
    people: Mapping[str, str] = Field(default_factory=dict)

    @property
    def row(self) -> Row:
        """The row of the catalogue: title, columns, source, mark of the columns."""
        found = catalogue(FORMS).rows.get(self.key)
        return found if found is not None else catalogue(TABLES).need(self.key)


@dataclass(frozen=True)
class FilledSheet:
    """A sheet ready for paper or Excel; `blank` empty rows follow those that are filled."""

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    blank: int
    mark: str


@cache
def sheet_specs() -> tuple[SheetSpec, ...]:
    """Return the sheets of templates/cards/forms.yaml in order; read once."""
    told = read_yaml(locate("templates") / "cards" / "forms.yaml")
    return tuple(SheetSpec.model_validate(raw) for raw in told["sheets"])


def title_of(spec: SheetSpec) -> str:
    """Return number and name of a sheet; one without a number says nothing in its place."""
    number = str(spec.row.data.get("no", ""))
    return f"{number}　{spec.row.label_ja}" if number.startswith("様式") else spec.row.label_ja


def compose_sheet(
    spec: SheetSpec, facts: CardFacts, staff: Sequence[StaffMember], *, blank: bool = False
) -> FilledSheet:
    """Return a sheet with what is known, or only its empty rows (`blank`)."""
    columns = tuple(str(column) for column in spec.row.data["columns"])
    rows = [] if blank else [*_from_plan(spec, facts), *_from_people(spec, staff)]
    if not rows:
        rows = list(_beforehand(spec, columns))
    numbered = [
        {**row, **{name: str(place) for name in _NUMBER_COLUMNS if name in columns}}
        for place, row in enumerate(rows, start=1)
    ]
    mark = text(
        "cards.forms.mark",
        name=text(f"cards.forms.name.{spec.name_mark.value}"),
        columns=text(f"cards.forms.columns.{spec.row.verification.value}"),
    )
    return FilledSheet(spec.key, title_of(spec), columns, tuple(numbered), spec.blank, mark)


def _beforehand(spec: SheetSpec, columns: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield the rows that the form has beforehand: `role: task` fills the first two columns."""
    for said in spec.row.data.get("default_rows", ()):
        first, _, second = str(said).partition(": ")
        yield dict(zip(columns, (first, second), strict=False))


def _from_plan(spec: SheetSpec, facts: CardFacts) -> Iterator[Mapping[str, str]]:
    for source in spec.sources:
        item, answer = facts.item(source.item), facts.answers.get(source.item, Answer())
        if item is None or answer.state is AnswerState.NOT_APPLICABLE:
            continue
        for row in filled_rows(item.input, answer.rows):
            cells = {column: fill(template, row) for column, template in source.columns.items()}
            for column, template in source.staff.items():
                cells[column] = phone_of(fill(template, row), facts.phones)
            yield {column: cell for column, cell in cells.items() if cell}


def _from_people(spec: SheetSpec, staff: Sequence[StaffMember]) -> Iterator[Mapping[str, str]]:
    if not spec.people:
        return
    words = {column.key: column.choices for column in sheet(SheetKind.STAFF).columns}
    for person in staff:
        known = {
            "name": person.name,
            "phone": person.phone,
            "roster_group": person.roster_group,
            "home_address": person.home_address,
            "qualifications": "、".join(words["qualifications"][q] for q in person.qualifications),
            "commute": words["commute"][person.commute],
        }
        yield {column: known.get(key, key) for column, key in spec.people.items() if known.get(key, key)}
