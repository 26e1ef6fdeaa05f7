"""Surveys: make one file for each place, read those that came back, take over what the officer chooses."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import streamlit as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say, store
from bcp_kit.services.shelter_answers import read_answer
from bcp_kit.services.shelters import SPACES, ShelterQuery, find_shelters
from bcp_kit.services.surveys import (
    Accepted,
    AnswerLine,
    SurveyAnswers,
    SurveyOrder,
    SurveyOutcome,
    accept_survey,
    bundle,
    make_surveys,
    read_survey,
)

JOB, MADE, DONE, READ = "surveys", "surveys.made", "surveys.done", "surveys.read"
CHOICES = 2_000
WHICH = ("every", "open_only", "some")
ANSWER_WIDTHS = (0.5, 3, 3, 3)
_DAY = Column(key="answered_on", heading="", type=ColumnType.DATE, past=True)


def _folder() -> Path:
    """Return a new folder beside the store, named by nothing personal."""
    handle, ready = store(), context()
    if handle is None:
        raise RuntimeError("no store is open in this session")
    return handle.path.parent / "surveys" / f"{ready.clock.now():%Y%m%d-%H%M%S}-{ready.new_id()[:6]}"


def _ask_order() -> SurveyOrder | None:
    which = st.radio(
        say("shelters.survey.which"),
        WHICH,
        format_func=lambda w: say(f"shelters.survey.{w}"),
        horizontal=True,
        key="surveys.which",
    )
    ids = None
    if which == "some":
        known = {s.id: s.name for s in find_shelters(context(), ShelterQuery(limit=CHOICES)).shelters}
        label = say("shelters.survey.places")
        ids = st.multiselect(label, list(known), format_func=known.__getitem__, key="surveys.places")
    excel_at, paper_at = st.columns(2)
    excel = excel_at.checkbox(say("shelters.survey.excel"), value=True, key="surveys.excel")
    paper = paper_at.checkbox(say("shelters.survey.paper"), key="surveys.paper")
    to_at, by_at = st.columns((3, 2))
    to = to_at.text_input(
        say("shelters.survey.return_to"), key="surveys.to", persist_state="session", max_chars=120
    )
    by = by_at.text_input(
        say("shelters.survey.return_by"), key="surveys.by", persist_state="session", max_chars=60
    )
    if not (excel or paper) or ids == []:
        return None
    return SurveyOrder(_folder(), ids, excel, paper, which == "open_only", to, by)


def _show_made(made: SurveyOutcome) -> None:
    numbers = {"places": made.places, "excel": len(made.excel), "paper": len(made.paper)}
    st.success(say("shelters.survey.made", **numbers))
    if made.stopped:
        st.warning(say("shelters.survey.stopped"))
    if made.files:
        st.text(say("shelters.survey.where", folder=str(made.files[0].parent)))
        st.download_button(
            say("shelters.survey.zip"),
            lambda: bundle(made.files),
            file_name="surveys.zip",
            mime="application/zip",
            key="surveys.zip",
            on_click="ignore",
        )


def _show_making() -> None:
    st.subheader(say("shelters.survey.make_title"), anchor=False)
    st.caption(say("shelters.survey.make_lead"))
    order = _ask_order()
    if order is None:
        st.caption(say("shelters.survey.none_chosen"))
    pressed = st.button(
        say("shelters.survey.make"), type="primary", disabled=order is None, key="surveys.make"
    )
    if pressed and order is not None:
        chosen = order
        start_job(JOB, lambda ctx: make_surveys(ctx, chosen))
    made = show_job(JOB)
    if made is not None:
        st.session_state[MADE] = made
        st.rerun()
    if MADE in st.session_state:
        _show_made(st.session_state[MADE])


@dataclass(frozen=True)
class _Sheet:
    """One uploaded sheet as it was read, under the id of its upload."""

    upload: str
    answers: SurveyAnswers

    def key(self, name: str) -> str:
        return f"surveys.{self.upload}.{name}"


def _read_uploads() -> list[_Sheet]:
    files = st.file_uploader(say("shelters.survey.file"), accept_multiple_files=True, key="surveys.file")
    known: dict[str, SurveyAnswers | BcpKitError] = st.session_state.setdefault(READ, {})
    sheets = []
    for file in files:
        if file.file_id not in known:
            try:
                known[file.file_id] = read_survey(context(), file.getvalue(), file.name)
            except BcpKitError as error:
                known[file.file_id] = error
        found = known[file.file_id]
        if isinstance(found, BcpKitError):
            st.text(file.name)
            show_error(found)
        else:
            sheets.append(_Sheet(file.file_id, found))
    return sheets


def _tick(sheet: _Sheet, line: AnswerLine) -> str | None:
    """Show one answer beside what is stored; return its key when it is to be taken over."""
    tick, item, old, new = st.columns(ANSWER_WIDTHS, vertical_alignment="center")
    chosen = tick.checkbox(
        say("shelters.survey.take"),
        value=line.key in sheet.answers.suggested,
        key=sheet.key(line.key),
        label_visibility="collapsed",
    )
    item.text(f"{line.row}　{line.item}")
    old.text(line.old or say("pages.unknown"))
    new.text(say("shelters.survey.same_mark") if line.same else f"→ {line.new}")
    if line.moved:
        new.caption(f"※ {say('shelters.survey.moved')}")
    if line.remark:
        new.caption(plain(f"{say('shelters.survey.remark')}：{line.remark}"))
    return line.key if chosen else None


def _show_heads() -> None:
    """Show the headings of the answers."""
    _, item, old, new = st.columns(ANSWER_WIDTHS)
    for place, name in ((item, "item"), (old, "old"), (new, "new")):
        place.markdown(f"**{say(f'shelters.survey.{name}')}**")


def _tick_rooms(sheet: _Sheet) -> str | None:
    rooms = sheet.answers.rooms
    if rooms is None:
        return None
    old = say("shelters.survey.rooms_old", count=len(sheet.answers.shelter.spaces))
    label = f"{say('shelters.survey.rooms', count=len(rooms))}　{old}"
    taken = st.checkbox(label, value=True, key=sheet.key(SPACES))
    for room in rooms:
        st.caption(plain(f"・{room.name}"))
    return SPACES if taken else None


def _show_unread(answers: SurveyAnswers) -> None:
    if answers.older_edition:
        show_error(BcpKitError(ErrorCode.SURVEY_OTHER_EDITION, edition=answers.older_edition))
    for wrong in answers.unread:
        item = say("shelters.spaces.title") if wrong.item == SPACES else wrong.item
        what = say(f"errors.{wrong.code.value}.what", **wrong.values)
        values = {"row": wrong.row, "item": item, "value": wrong.value, "what": what}
        st.warning(plain(say("shelters.survey.unread", **values)))


def _ask_day(sheet: _Sheet) -> date | None:
    told = sheet.answers.answered_on
    text = st.text_input(
        say("shelters.survey.answered_on"), told.isoformat() if told else "", key=sheet.key("day")
    )
    read = read_answer(text, _DAY, context().today())
    if read.refused is not None:
        show_error(BcpKitError(read.refused.code, **read.refused.values))
    return read.value if isinstance(read.value, date) else None


def _show_answers(sheet: _Sheet) -> None:
    answers = sheet.answers
    with st.container(border=True):
        names = {"name": plain(answers.shelter.name), "shelter": plain(answers.shelter.id)}
        st.markdown(f"**{say('shelters.survey.answers_of', **names)}**")
        counts = {
            "changed": answers.count(same=False),
            "new": answers.count(same=False, known=False),
            "same": answers.count(same=True),
        }
        st.markdown(say("shelters.survey.counts", **counts))
        _show_unread(answers)
        if not answers.lines and answers.rooms is None:
            st.info(say("shelters.survey.nothing"))
            return
        by_at, on_at = st.columns(2)
        by = by_at.text_input(
            say("shelters.survey.answered_by"), answers.answered_by, key=sheet.key("by"), max_chars=60
        )
        with on_at:
            day = _ask_day(sheet)
        _show_heads()
        taken = [key for line in answers.lines if (key := _tick(sheet, line)) is not None]
        rooms = _tick_rooms(sheet)
        keys = (*taken, *([rooms] if rooms else []))
        label = say("shelters.survey.accept", count=len(keys))
        if st.button(label, disabled=not keys, type="primary", key=sheet.key("accept")):
            _accept(sheet, Accepted(keys, by, day))


def _accept(sheet: _Sheet, accepted: Accepted) -> None:
    try:
        accept_survey(context(), sheet.answers, accepted)
    except BcpKitError as error:
        show_error(error)
        return
    done: dict[str, str] = st.session_state.setdefault(DONE, {})
    done[sheet.upload] = say(
        "shelters.survey.accepted", name=sheet.answers.shelter.name, count=len(accepted.keys)
    )
    st.rerun()


def _show_reading() -> None:
    st.subheader(say("shelters.survey.read_title"), anchor=False)
    st.caption(say("shelters.survey.read_lead"))
    done: dict[str, str] = st.session_state.get(DONE, {})
    for sheet in _read_uploads():
        if sheet.upload in done:
            st.success(plain(done[sheet.upload]))
        else:
            _show_answers(sheet)


def show_surveys() -> None:
    """Show both ways of a survey: out and back."""
    _show_making()
    st.divider()
    _show_reading()
