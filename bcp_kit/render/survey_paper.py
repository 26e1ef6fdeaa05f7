"""The survey of one place on paper: the rows of the Excel sheet with boxes to tick and lines to write on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.domain.shelter_facts import FEATURE
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.forms.shelter_form import AskedFact, facts_of, shelter_form
from bcp_kit.forms.survey import choices_of, say, space_columns, surveyed_facts
from bcp_kit.render.document import Heading, PageFrame, Pages, PrintedDocument, build, gap, grid
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.plan_blocks import Facts
from bcp_kit.render.plan_look import facts_table
from bcp_kit.render.sheet_rows import cells_of
from bcp_kit.render.survey_sheet import Survey
from bcp_kit.render.tagpdf import DocumentFacts

_SIDE_MM = 14.0
_BODY = TextStyle(size_pt=9.5, leading=1.35, color="#111111")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_NOTE = replace(_BODY, size_pt=9.0, color="#333333")
_TITLE = TextStyle(size_pt=15, weight=Weight.BOLD, leading=1.35, color="#1f3f66")
_GROUP = TextStyle(size_pt=11.5, weight=Weight.BOLD, leading=1.35, color="#1f3f66")
_HEAD_FILL = "#e6edf5"
_COLUMNS_MM = (16.0, 53.0, 46.0, 67.0)
_PAIR_MM = (15.0, 40.0, 13.0, 23.0)  # features stand two in a row
_ROOM_COLUMNS_MM = (32.0, 26.0, 16.0, 20.0, 18.0, 14.0, 22.0, 34.0)
_EMPTY_ROOMS = 6
_WRITING_ROOM = "\u3000\n\u3000"


def survey_paper(survey: Survey, file_name: str) -> PrintedDocument:
    """Return the survey as a tagged PDF for one place; the same survey gives the same bytes."""
    name, code = survey.shelter.name, survey.code.text()
    foot = say("page", place=_no_braces(name), code=_no_braces(code), page="{page}", pages="{pages}")
    frame = PageFrame(foot=foot, margin_side_mm=_SIDE_MM, margin_top_mm=14, margin_bottom_mm=15)
    facts = DocumentFacts(title=f"{say('title')}　{name}", made_at=survey.made_at)
    return build(lambda _pages: _story(survey, _pages), facts, frame, file_name)


def _no_braces(text: str) -> str:
    """Return a text that the foot's own filling-in leaves alone."""
    return text.replace("{", "{{").replace("}", "}}")


def _story(survey: Survey, _pages: Pages) -> list[Flowable]:
    width = A4[0] - 2 * _SIDE_MM * mm
    story: list[Flowable] = [Heading(say("title"), _TITLE, 1, "title"), gap(3)]
    story += [JaPara(say(key), _NOTE) for key in ("how", "not_official")]
    story += [gap(5), facts_table(_head(survey), width), gap(8)]
    for group in shelter_form().groups:
        asked = [f for item in group.items for f in facts_of(item) if f.row in surveyed_facts()]
        if asked:
            story += [Heading(group.title_ja, _GROUP, 2, group.id), gap(2)]
            pairs = asked[0].key.startswith(FEATURE)
            story += [(_pairs if pairs else _questions)(survey, asked), gap(8)]
    return [*story, *_rooms(survey)]


def _head(survey: Survey) -> Facts:
    pairs = [
        (say("place"), f"{survey.shelter.name}　{survey.shelter.address}"),
        (say("code"), survey.code.text()),
        (say("answered_by"), _WRITING_ROOM),
        (say("answered_on"), "\u3000"),
    ]
    lines = [say("return_to", text=survey.return_to)] if survey.return_to else []
    lines += [say("return_by", text=survey.return_by)] if survey.return_by else []
    lines.append(say("made_on", day=survey.made_on.isoformat()))
    return Facts((*pairs, (say("sending"), "\n".join(lines))))


def _questions(survey: Survey, asked: Sequence[AskedFact]) -> Flowable:
    heads = [JaPara(say(key), _BOLD) for key in ("row", "item", "current", "answer")]
    rows: list[list[Flowable]] = [list(heads)]
    for fact in asked:
        shown = survey.shown.get(fact.key, "")
        texts = (fact.row, fact.column.heading, shown or say("nothing"), _answer(fact.column, bool(shown)))
        rows.append([JaPara(words, _BODY) for words in texts])
    return grid(
        rows,
        [width * mm for width in _COLUMNS_MM],
        head_columns=2,
        commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
        padding_pt=3.2,
    )


def _pairs(survey: Survey, asked: Sequence[AskedFact]) -> Flowable:
    """Return features two in a row: number, item, what is held now, boxes to tick."""
    small = replace(_BODY, size_pt=8.5)
    heads = [say(key) for key in ("row", "item", "current_short", "answer")] * 2
    rows: list[list[Flowable]] = [[JaPara(head, replace(_BOLD, size_pt=8.5)) for head in heads]]
    for start in range(0, len(asked), 2):
        cells = []
        for fact in asked[start : start + 2]:
            shown = survey.shown.get(fact.key, "") or "－"
            cells += [fact.row, fact.column.heading, shown, say("boxes_short")]
        rows.append([JaPara(cell, small) for cell in (*cells, *[""] * (len(heads) - len(cells)))])
    return grid(
        rows,
        [width * mm for width in _PAIR_MM * 2],
        commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
        padding_pt=2.6,
    )


def _answer(column: Column, known: bool) -> str:
    """Return the boxes to tick, or room to write."""
    same = f"{say('same_box')}　" if known else ""
    if column.type is ColumnType.KNOWN:
        zone = column.key.endswith("in_zone")
        return same + say("boxes_zone" if zone else "boxes_known")
    if column.type is ColumnType.YES_NO:
        return same + say("boxes_yes_no")
    options = choices_of(column)
    if options is not None:
        return same + "　".join(say("box", label=label) for label in (*options, say("dont_know")))
    lines = _WRITING_ROOM if column.type in (ColumnType.LONG_TEXT, ColumnType.ACCEPTS) else "\u3000"
    return f"{same}{say('box', label=say('dont_know'))}\n{lines}"


def _rooms(survey: Survey) -> Iterator[Flowable]:
    columns = tuple(space_columns().values())
    yield Heading(say("rooms_tab"), _GROUP, 2, "rooms")
    yield gap(2)
    yield JaPara(say("rooms_lead"), _NOTE)
    yield gap(3)
    filled = [cells_of(space, columns) for space in survey.shelter.spaces]
    rows: list[list[Flowable]] = [[JaPara(c.heading, replace(_BOLD, size_pt=8.5)) for c in columns]]
    for cells in [*filled, *({} for _ in range(_EMPTY_ROOMS))]:
        words = [cells.get(column.key, "") or _WRITING_ROOM for column in columns]
        rows.append([JaPara(word, _BODY) for word in words])
    yield grid(
        rows,
        [width * mm for width in _ROOM_COLUMNS_MM],
        commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
        padding_pt=3.0,
    )
