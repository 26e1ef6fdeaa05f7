"""Surveys of destinations: one file for each to send out, answers read back as differences to accept."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from pydantic import ValidationError

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelter_facts import FactValue, fact_text, fact_value, with_facts
from bcp_kit.domain.shelters import ConfirmedHow, Shelter, Space
from bcp_kit.forms.shelter_form import asked_facts, shelter_form
from bcp_kit.forms.shelter_standing import shelter_standing
from bcp_kit.forms.survey import SurveyCode
from bcp_kit.intake.parsed import Finding
from bcp_kit.intake.survey import SurveyFile, SurveyRow, read_survey_file
from bcp_kit.render.survey_paper import survey_paper
from bcp_kit.render.survey_sheet import Survey, survey_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.shelter_answers import known_or_none, shown_answers
from bcp_kit.services.shelters import SPACES, HowConfirmed, all_shelters, confirm_facts
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "survey"
_SAFE = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class SurveyOrder:
    """Which surveys to make, and where. `shelter_ids` None: all; `only_open` leaves out settled places."""

    folder: Path
    shelter_ids: Sequence[str] | None = None
    excel: bool = True
    paper: bool = False
    only_open: bool = False
    return_to: str = ""
    return_by: str = ""


@dataclass(frozen=True)
class SurveyOutcome:
    """What was made: one Excel and one PDF file for each place, as ordered."""

    places: int = 0
    excel: tuple[Path, ...] = ()
    paper: tuple[Path, ...] = ()
    stopped: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """All files."""
        return (*self.excel, *self.paper)


def make_surveys(ctx: Context, order: SurveyOrder) -> SurveyOutcome:
    """Write the surveys into the folder; what was made before a stop stays. Noted in the audit log.

    Raises: BcpKitError U-002 for an unknown place.
    """
    ctx.demand(Action.EDIT_SHELTER)
    today = ctx.today()
    with ctx.open_store() as uow:
        shelters = all_shelters(uow, order.shelter_ids)
    if order.only_open:
        shelters = [s for s in shelters if shelter_standing(s, today).open]
    order.folder.mkdir(parents=True, exist_ok=True)
    excel: list[Path] = []
    paper: list[Path] = []
    done = 0
    names: set[str] = set()
    for shelter in shelters:
        if not ctx.progress(done / len(shelters), "shelters.progress.surveys"):
            break
        survey, name = _survey(ctx, shelter, order), _file_name(shelter, names)
        if order.excel:
            excel.append(_written(order.folder / f"{name}.xlsx", survey_workbook(survey)))
        if order.paper:
            printed = survey_paper(survey, f"{name}.pdf")
            paper.append(_written(order.folder / printed.file_name, printed.pdf_bytes))
        done += 1
    with ctx.open_store() as uow:
        for shelter in shelters[:done]:
            uow.audit.note("export", "shelters", shelter.id, why=WHY)
        uow.commit()
    return SurveyOutcome(done, tuple(excel), tuple(paper), stopped=done < len(shelters))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _file_name(shelter: Shelter, taken: set[str]) -> str:
    """Return a file name made of the place's number only; two that would be alike are told apart."""
    base = name = f"survey_{_SAFE.sub('_', shelter.id)[:60]}"
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _survey(ctx: Context, shelter: Shelter, order: SurveyOrder) -> Survey:
    columns = {key: fact.column for key, fact in asked_facts().items() if fact.item.survey}
    return Survey(
        shelter=shelter,
        code=SurveyCode(shelter.id, shelter_form().edition, ctx.today()),
        shown=shown_answers(shelter, columns),
        made_at=ctx.clock.now(),
        return_to=order.return_to.strip(),
        return_by=order.return_by.strip(),
    )


def bundle(files: Sequence[Path]) -> bytes:
    """Return the files as one zip, by their names alone."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return out.getvalue()


@dataclass(frozen=True)
class AnswerLine:
    """One answer beside what is stored now.

    `moved`: the stored value was changed since the sheet was made, or confirmed after the answer was given.
    """

    key: str
    row: str
    item: str
    old: str
    new: str
    value: FactValue
    same: bool
    moved: bool
    remark: str = ""


@dataclass(frozen=True)
class UnreadAnswer:
    """An answer that cannot be read: where it stands, what was written, and why."""

    row: str
    item: str
    value: str
    code: ErrorCode
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class SurveyAnswers:
    """A sheet that came back, as differences. `rooms` None: no change of rooms to take over."""

    shelter: Shelter
    answered_by: str
    answered_on: date | None
    lines: tuple[AnswerLine, ...]
    unread: tuple[UnreadAnswer, ...]
    rooms: tuple[Space, ...] | None = None
    older_edition: str = ""

    @property
    def suggested(self) -> frozenset[str]:
        """The answers to take over unless the officer says otherwise: all but those overtaken by others."""
        rooms = {SPACES} if self.rooms is not None else set()
        return frozenset({line.key for line in self.lines if not line.moved} | rooms)

    def count(self, *, same: bool, known: bool = True) -> int:
        """Return how many answers are the same, or change a known or unknown value."""
        return sum(line.same is same and bool(line.old) is known for line in self.lines)


def read_survey(ctx: Context, content: bytes, name: str) -> SurveyAnswers:
    """Return how a sheet that came back differs from what is stored. Nothing is stored.

    Raises: BcpKitError I-0xx, S-003 for a file that is no survey, S-004 for a place that is not there.
    """
    ctx.demand(Action.EDIT_SHELTER)
    sheet = read_survey_file(content, name, ctx.today())
    with ctx.open_store() as uow:
        shelter = _place(uow, sheet)
    columns = {key: fact.column for key, fact in asked_facts().items()}
    now = shown_answers(shelter, columns)
    lines, unread = [], [_stray(row, item) for row, item in sheet.strays]
    for row in sheet.rows:
        if row.refused is not None:
            unread.append(_unread(row.row, columns[row.key].heading, row.answer, row.refused))
            continue
        line = _line(shelter, row, now, sheet.answered_on)
        if line is not None:
            lines.append(line)
    rooms, bad = _rooms(shelter, sheet)
    current = shelter_form().edition
    return SurveyAnswers(
        shelter=shelter,
        answered_by=sheet.answered_by,
        answered_on=sheet.answered_on,
        lines=tuple(lines),
        unread=(*unread, *bad),
        rooms=rooms,
        older_edition=sheet.code.edition if sheet.code.edition != current else "",
    )


def _place(uow: UnitOfWork, sheet: SurveyFile) -> Shelter:
    shelter = uow.shelters.get(sheet.code.shelter_id)
    if shelter is None:
        raise BcpKitError(ErrorCode.SURVEY_OF_ANOTHER_PLACE, shelter=sheet.code.shelter_id)
    return shelter


def _stray(row: str, item: str) -> UnreadAnswer:
    return UnreadAnswer(row, item, "", ErrorCode.SURVEY_ROW_CHANGED)


def _unread(row: str, item: str, answer: str, why: Finding) -> UnreadAnswer:
    return UnreadAnswer(row, item, answer, why.code, why.values)


def _line(
    shelter: Shelter, row: SurveyRow, now: Mapping[str, str], answered_on: date | None
) -> AnswerLine | None:
    """Return the difference that an answer makes; None for one that says nothing."""
    fact = asked_facts()[row.key]
    value = fact_value(shelter, row.key) if row.same else known_or_none(row.value)
    if value is None:
        return None
    try:
        after = with_facts(shelter, {row.key: value})
    except (ValidationError, ValueError):
        return None
    same = fact_text(after, row.key) == fact_text(shelter, row.key)
    new = now[row.key] if same else shown_answers(after, {row.key: fact.column})[row.key]
    return AnswerLine(
        key=row.key,
        row=fact.row,
        item=fact.column.heading,
        old=now[row.key],
        new=new or row.answer,
        value=value,
        same=same,
        moved=row.held != now[row.key] or (not same and _confirmed_after(shelter, row.key, answered_on)),
        remark=row.remark,
    )


def _confirmed_after(shelter: Shelter, key: str, answered_on: date | None) -> bool:
    """True where somebody confirmed the fact on a later day than the answer was given."""
    known = shelter.confirmations.get(key)
    return known is not None and answered_on is not None and known.on > answered_on


def _rooms(shelter: Shelter, sheet: SurveyFile) -> tuple[tuple[Space, ...] | None, list[UnreadAnswer]]:
    """Return the rooms of the sheet where they differ from those stored and can all be read."""
    bad = [_unread(str(row), SPACES, "", why) for row, why in sheet.bad_rooms]
    if not sheet.rooms or bad:
        return None, bad
    try:
        rooms = tuple(Space.model_validate(room) for room in sheet.rooms)
    except ValidationError:
        return None, [UnreadAnswer("", SPACES, "", ErrorCode.FACTS_NOT_POSSIBLE)]
    return (rooms if rooms != shelter.spaces else None), []


@dataclass(frozen=True)
class Accepted:
    """Which answers an officer takes over, who gave them, and when."""

    keys: Collection[str]
    answered_by: str
    answered_on: date | None


def accept_survey(ctx: Context, answers: SurveyAnswers, accepted: Accepted) -> Shelter:
    """Store the accepted answers as confirmed by survey, on the day of the answer.

    Raises: BcpKitError S-007 without that day, I-204 for one ahead, Conflict (D-001) when one of the facts
    was changed since the sheet was read.
    """
    if accepted.answered_on is None:
        raise BcpKitError(ErrorCode.SURVEY_NO_DATE)
    if accepted.answered_on > ctx.today():
        raise BcpKitError(ErrorCode.DATE_IN_FUTURE)
    facts: dict[str, FactValue] = {
        line.key: line.value for line in answers.lines if line.key in accepted.keys
    }
    if SPACES in accepted.keys and answers.rooms is not None:
        facts[SPACES] = answers.rooms
    if not facts:
        return answers.shelter
    how = HowConfirmed(ConfirmedHow.SURVEY, accepted.answered_by, accepted.answered_on)
    return confirm_facts(ctx, answers.shelter, facts, how, WHY)
