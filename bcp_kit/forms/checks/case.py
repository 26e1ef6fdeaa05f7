"""What a check is given and what it returns.

A check is a pure function `(Case) -> Iterator[Hit]`. A hit says where: which plan, item, row and column, and
the words for its sentences. The registry (templates/checks) adds weight, sources and the sentences' keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import Answer, AnswerState, PlanKind
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure
from bcp_kit.domain.staff import StaffMember
from bcp_kit.forms.schema import Form, Item, items_for

Cells = Mapping[str, str]
Words = str | int | float
Cell = tuple[Item, int | None, str, str]


class Severity(StrEnum):
    """How heavy a finding weighs: what the law asks, what the guideline asks, advice."""

    LAW = "law"
    GUIDELINE = "guideline"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        """0 for the heaviest."""
        return list(Severity).index(self)


class Hit(DomainModel):
    """One place where a check found something. `row` counts from 0; None means the item as a whole.

    An empty `item_id` means the plan as a whole. `severity` is set where it depends on the item.
    """

    kind: PlanKind
    item_id: str = ""
    row: int | None = None
    column: str = ""
    values: Mapping[str, Words] = {}
    severity: Severity | None = None


@dataclass(frozen=True)
class PlanPart:
    """One plan as a check sees it: its form and its answers in words."""

    kind: PlanKind
    form: Form
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Case:
    """Everything that the checks look at.

    `exposures` is what record and maps say of the site; `dry_floor` the lowest floor above the assumed water
    (None: none is known). `other_names` are names of other facilities, `places` how the shelters of the store
    lie, by name. `covers` are further services at the same site. `staff_count` is given where the staff
    itself may not be seen. `stale_contacts` are the names of contacts that nobody made sure of within the
    interval of their table, with the day of the last time (None: the site keeps no facts yet).
    """

    plans: Mapping[PlanKind, PlanPart]
    facility: Facility
    today: date
    covers: tuple[Facility, ...] = ()
    staff_count: int | None = None
    staff: tuple[StaffMember, ...] = ()
    run: CoverRun | None = None
    exposures: tuple[Exposure, ...] = ()
    dry_floor: int | None = None
    other_names: tuple[str, ...] = ()
    stale_contacts: Mapping[str, str] | None = None
    places: Mapping[str, tuple[Exposure, ...]] = field(default_factory=dict)

    @property
    def staff_number(self) -> int:
        """How many people work here."""
        return len(self.staff) if self.staff_count is None else self.staff_count

    @property
    def residents(self) -> int:
        """How many people the site cares for."""
        return sum(one.residents for one in (self.facility, *self.covers))

    def answer(self, kind: PlanKind, item_id: str) -> Answer | None:
        """Return the answer to an item that is asked and written, else None."""
        part = self.plans.get(kind)
        given = part.answers.get(item_id) if part else None
        return given if given is not None and given.state is not AnswerState.NOT_APPLICABLE else None

    def rows(self, item_id: str, kind: PlanKind = PlanKind.NATURAL_DISASTER) -> tuple[Cells, ...]:
        """Return the rows of a table, none when it is not written."""
        given = self.answer(kind, item_id)
        return given.rows if given else ()

    def asked(self, part: PlanPart) -> tuple[Item, ...]:
        """Return the items that this facility is asked."""
        return self._asked[part.kind]

    def cells(self, part: PlanPart) -> tuple[Cell, ...]:
        """Return every text that is written: item, row, column, words. A single field has neither."""
        return self._cells[part.kind]

    @cached_property
    def _asked(self) -> Mapping[PlanKind, tuple[Item, ...]]:
        categories = tuple(one.category for one in (self.facility, *self.covers))
        return {kind: items_for(part.form, *categories) for kind, part in self.plans.items()}

    @cached_property
    def _cells(self) -> Mapping[PlanKind, tuple[Cell, ...]]:
        return {kind: tuple(_written(part, self._asked[kind])) for kind, part in self.plans.items()}


def _written(part: PlanPart, items: tuple[Item, ...]) -> Iterator[Cell]:
    for item in items:
        given = part.answers.get(item.id)
        if given is None or given.state is AnswerState.NOT_APPLICABLE:
            continue
        if given.text.strip():
            yield item, None, "", given.text
        for place, row in enumerate(given.rows):
            for column, words in row.items():
                if words.strip():
                    yield item, place, column, words


def label_of(row: Cells) -> str:
    """Return the words that a reader knows a row by: its first cell that says something."""
    return next((cell for cell in row.values() if cell.strip()), "")
