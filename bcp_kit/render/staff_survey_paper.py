"""The survey of staff on paper: one page for each person, boxes to tick in the order of the Excel sheet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column
from bcp_kit.forms.staff_survey import asked_columns, boxes_of
from bcp_kit.render.document import (
    Heading,
    PageFrame,
    Pages,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.plan_blocks import Facts
from bcp_kit.render.plan_look import facts_table
from bcp_kit.render.tagpdf import DocumentFacts

_SIDE_MM = 16.0
_BODY = TextStyle(size_pt=10.5, leading=1.4, color="#111111")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_NOTE = replace(_BODY, size_pt=9.5, color="#333333")
_TITLE = TextStyle(size_pt=15, weight=Weight.BOLD, leading=1.35, color="#1f3f66")
_HEAD_FILL = "#e6edf5"
_COLUMNS_MM = (10.0, 52.0, 116.0)
_LINE = "\u3000"


@dataclass(frozen=True)
class StaffSheet:
    """One person's page: number, name, and what is held now by column key."""

    staff_id: str
    name: str
    held: Mapping[str, str]


@dataclass(frozen=True)
class StaffSurvey:
    """The survey of one facility."""

    facility: str
    people: Sequence[StaffSheet]
    made_at: datetime
    return_by: str = ""


def say(key: str, **values: str | int | float) -> str:
    """Return a text of the survey."""
    return text(f"staff_survey.{key}", DEFAULT_LANGUAGE, **values)


def staff_survey_paper(survey: StaffSurvey, file_name: str) -> PrintedDocument:
    """Return the survey as a tagged PDF, one page for each person; the same survey gives the same bytes."""
    frame = PageFrame(foot="{page} / {pages}", margin_side_mm=_SIDE_MM, margin_top_mm=13, margin_bottom_mm=13)
    facts = DocumentFacts(title=f"{say('title')}　{survey.facility}", made_at=survey.made_at)
    return build(lambda _pages: _story(survey, _pages), facts, frame, file_name)


def _story(survey: StaffSurvey, _pages: Pages) -> list[Flowable]:
    story: list[Flowable] = []
    for number, person in enumerate(survey.people):
        if number:
            story += new_page()
        story += _page(survey, person)
    return story


def _page(survey: StaffSurvey, person: StaffSheet) -> Iterator[Flowable]:
    yield Heading(say("title"), _TITLE, 1, f"person-{person.staff_id}")
    yield gap(3)
    yield JaPara(say("lead"), _NOTE)
    yield JaPara(say("use"), _NOTE)
    yield gap(4)
    pairs = [
        (say("facility"), survey.facility),
        (say("who"), f"{person.staff_id}　{person.name}"),
        (say("answered_on"), _LINE),
    ]
    if survey.return_by:
        pairs.append((say("return_by"), survey.return_by))
    yield facts_table(Facts(tuple(pairs)), A4[0] - 2 * _SIDE_MM * mm)
    yield gap(5)
    yield _questions(person)


def _questions(person: StaffSheet) -> Flowable:
    rows: list[list[Flowable]] = [[JaPara(say(key), _BOLD) for key in ("number", "question", "answer")]]
    for number, column in enumerate(asked_columns(), start=1):
        asked = say(f"ask.{column.key.replace('.', '_')}")
        answer = _answer(column, person.held.get(column.key, ""))
        rows.append([JaPara(words, _BODY) for words in (str(number), asked, answer)])
    return grid(
        rows,
        [width * mm for width in _COLUMNS_MM],
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
        padding_pt=3.4,
    )


def _answer(column: Column, held: str) -> str:
    """Return boxes to tick or room to write; what is held now stands above, to be confirmed or put right."""
    boxes = boxes_of(column)
    line = "　".join(say("box", label=label) for label in boxes) if boxes else _LINE
    now = say("held", value=held) if held else ""
    return "\n".join(part for part in (now, line) if part)
