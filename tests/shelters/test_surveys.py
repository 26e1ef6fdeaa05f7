"""Surveys: what is sent out, what comes back, and that nothing is stored that the officer did not accept."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from shelter_makers import HOME

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelter_facts import FactValue
from bcp_kit.domain.shelters import ConfirmedHow, Space, SpaceKind
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.forms.shelter_form import asked_facts
from bcp_kit.forms.shelter_standing import shelter_standing
from bcp_kit.forms.survey import SurveyCode, read_code, say, surveyed_facts
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.shelters import SPACES, HowConfirmed, confirm_facts, read_shelter, save_spaces
from bcp_kit.services.surveys import (
    Accepted,
    SurveyAnswers,
    SurveyOrder,
    accept_survey,
    bundle,
    make_surveys,
    read_survey,
)
from bcp_kit.storage.faults import Conflict

TODAY = date(2026, 11, 23)
VISIT = HowConfirmed(ConfirmedHow.VISIT)
Answers = dict[str, str]
Fill = Callable[..., SurveyAnswers]


def tab_of(path: Path) -> tuple[object, Worksheet]:
    """The workbook of a survey, and its first tab."""
    book = load_workbook(path)
    tab = book.worksheets[0]
    return book, tab


def row_of(tab: Worksheet, key: str) -> int:
    """The line of a fact on the sheet."""
    row = asked_facts()[key].row
    return next(cells[0].row for cells in tab.iter_rows(max_col=1) if str(cells[0].value or "") == row)


@pytest.fixture
def returned(ctx: Context, tmp_path: Path) -> Fill:
    """A function that sends a survey to W1, lets the facility fill it in, and reads it back."""

    def fill(
        answers: Answers, on: str = "2026-11-20", rooms: Sequence[Sequence[object]] = ()
    ) -> SurveyAnswers:
        (path,) = make_surveys(ctx, SurveyOrder(tmp_path / "out", ["W1"])).excel
        book = load_workbook(path)
        tab = book.worksheets[0]
        for key, answer in answers.items():
            tab.cell(row_of(tab, key), 4).value = answer
        for line in range(5, 9):
            if tab.cell(line, 2).value == say("answered_by"):
                tab.cell(line, 3).value = "施設長 見本"
            if tab.cell(line, 2).value == say("answered_on"):
                tab.cell(line, 3).value = on
        for line, cells in enumerate(rooms, start=4):
            for place, value in enumerate(cells, start=1):
                book.worksheets[1].cell(line, place).value = value
        out = BytesIO()
        book.save(out)
        return read_survey(ctx, out.getvalue(), "answer.xlsx")

    return fill


def test_one_file_for_each_place(ctx: Context, tmp_path: Path) -> None:
    """Each place gets its own Excel and PDF with its name and number; the making is in the audit log."""
    made = make_surveys(ctx, SurveyOrder(tmp_path / "out", paper=True, return_to="見本市福祉課"))
    assert [p.name for p in made.files] == [
        "survey_W1.xlsx", "survey_G1.xlsx", "survey_W1.pdf", "survey_G1.pdf",
    ]  # fmt: skip
    paper = pypdfium2.PdfDocument(made.paper[0].read_bytes())
    words = "".join(paper[n].get_textpage().get_text_range() for n in range(len(paper)))
    assert "ひだまり苑" in words and "東小学校" not in words and "見本市福祉課" in words
    assert SurveyCode("W1", "2026-11", TODAY).text() in words
    with ctx.open_store() as uow:
        noted = [e.subject_id for e in uow.audit.entries() if e.action == "export"]
    assert noted == ["W1", "G1"]
    assert bundle(made.files).startswith(b"PK")


def test_the_sheet_asks_in_the_order_of_the_screen(ctx: Context, tmp_path: Path) -> None:
    """Numbers run as on the screen, every asked fact stands once, yes-no facts have a drop-down."""
    (path,) = make_surveys(ctx, SurveyOrder(tmp_path, ["W1"])).excel
    _, tab = tab_of(path)
    numbers = [str(c[0].value) for c in tab.iter_rows(min_row=11, max_col=1) if c[0].value]
    assert numbers == list(surveyed_facts())
    assert "17" not in numbers, "the pre-assigned people are not sent out"
    line = row_of(tab, "feature.accessible_toilet")
    offered = [r for r in tab.data_validations.dataValidation if f"D{line}" in r.sqref]
    assert offered and "有,無,わからない" in str(offered[0].formula1)
    assert all(c.data_type == "s" for r in tab.iter_rows(min_row=11) for c in r if c.value is not None)


def test_papers_are_the_same_each_time(ctx: Context, tmp_path: Path) -> None:
    """The same survey at the same moment gives the same bytes."""
    one, two = (
        make_surveys(ctx, SurveyOrder(tmp_path / n, ["W1"], excel=False, paper=True)).paper[0] for n in "ab"
    )
    assert one.read_bytes() == two.read_bytes()


def test_a_stop_keeps_what_was_made(ctx: Context, tmp_path: Path) -> None:
    """Stopped after the first place, its file stays and the outcome says so."""
    asked: list[float] = []

    def progress(done: float, stage: str) -> bool:
        asked.append(done)
        return len(asked) < 2

    made = make_surveys(replace(ctx, progress=progress), SurveyOrder(tmp_path))
    assert made.stopped and made.places == 1 and made.files[0].exists()


def test_answers_come_back_as_differences(ctx: Context, returned: Fill) -> None:
    """A changed, a new and an unchanged answer are told apart; nothing is stored before they are accepted."""
    answers = returned(
        {"toilets": "6", "feature.wifi": "有", "feature.elevator": "同じ", "beds": "わからない"}
    )
    assert (answers.answered_by, answers.answered_on) == ("施設長 見本", date(2026, 11, 20))
    told = {line.key: (line.old, line.new, line.same) for line in answers.lines}
    assert told == {
        "toilets": ("4", "6", False),
        "feature.wifi": ("", "有", False),
        "feature.elevator": ("無", "無", True),
    }
    assert answers.suggested == told.keys() and read_shelter(ctx, "W1") == HOME


def test_accepted_answers_say_who_and_when(ctx: Context, returned: Fill) -> None:
    """Only the chosen answers are stored, confirmed by survey on the day of the answer."""
    answers = returned({"toilets": "6", "feature.wifi": "有", "feature.elevator": "同じ"})
    keys = {"toilets", "feature.elevator"}
    saved = accept_survey(ctx, answers, Accepted(keys, answers.answered_by, answers.answered_on))
    assert saved.toilets == 6 and saved.feature("wifi") is Known.UNKNOWN
    for key in keys:
        said = saved.confirmations[key]
        assert (said.how, said.on, said.answered_by) == (
            ConfirmedHow.SURVEY, date(2026, 11, 20), "施設長 見本",
        )  # fmt: skip
    with ctx.open_store() as uow:
        assert list(uow.audit.entries())[-1].why == "survey"


@pytest.mark.parametrize(
    ("key", "answer", "value"),
    [
        ("capacity_people", "１２人", 12),
        ("last_drill", "令和7年11月9日", date(2025, 11, 9)),
        ("accepts_family", "介助者1人まで", "one_carer"),
        ("accepts", "高齢者、要介護3", ("elderly", "care_level_3")),
        ("direct_evacuation", "可", "yes"),
        ("phone_night", "0000-00-0009", "0000-00-0009"),
        ("opens_after_h", "3時間", 3),
        ("staff_available_ratio", "0.5", 0.5),
    ],
)
def test_answers_are_read_as_people_write_them(returned: Fill, key: str, answer: str, value: object) -> None:
    """Full-width digits, units, Japanese years and words of the list are understood."""
    (line,) = returned({key: answer}).lines
    assert line.value == value


@pytest.mark.parametrize(
    ("key", "answer", "code"),
    [
        ("toilets", "たくさん", "I-207"),
        ("feature.wifi", "たぶん", "I-212"),
        ("last_drill", "2099-01-01", "I-204"),
        ("toilets", "-3", "I-208"),
    ],
)
def test_an_answer_that_cannot_be_read_is_named(returned: Fill, key: str, answer: str, code: str) -> None:
    """It is told with its row and what was written, and the other answers are still there."""
    answers = returned({key: answer, "beds": "8"})
    (wrong,) = answers.unread
    assert (wrong.value, wrong.code.value, wrong.row) == (answer, code, asked_facts()[key].row)
    assert [line.key for line in answers.lines] == ["beds"]


def test_what_is_changed_here_meanwhile_is_not_overwritten(ctx: Context, returned: Fill) -> None:
    """A fact that somebody changes while the answers are looked at is not overwritten by them."""
    stored = confirm_facts(ctx, HOME, {"toilets": 5}, replace(VISIT, on=date(2026, 11, 1)))
    fresh = returned({"toilets": "6"})
    assert not fresh.lines[0].moved
    confirm_facts(ctx, stored, {"toilets": 9}, VISIT)
    with pytest.raises(Conflict):
        accept_survey(ctx, fresh, Accepted({"toilets"}, "x", TODAY))
    assert read_shelter(ctx, "W1").toilets == 9


def test_an_answer_to_an_older_value_is_marked(ctx: Context, tmp_path: Path) -> None:
    """The sheet says what was held when it was made; where that is no longer so, the line says it."""
    (path,) = make_surveys(ctx, SurveyOrder(tmp_path, ["W1"])).excel
    confirm_facts(ctx, HOME, {"toilets": 9}, VISIT)
    book, tab = tab_of(path)
    tab.cell(row_of(tab, "toilets"), 4).value = "6"
    out = BytesIO()
    book.save(out)  # type: ignore[attr-defined]
    answers = read_survey(ctx, out.getvalue(), "a.xlsx")
    assert answers.lines[0].moved and not answers.suggested


def test_an_answer_overtaken_by_a_later_confirmation_is_marked(ctx: Context, returned: Fill) -> None:
    """Where somebody confirmed another value after the answer was given, the answer is not suggested."""
    confirm_facts(ctx, HOME, {"toilets": 4}, VISIT)
    answers = returned({"toilets": "6", "beds": "8"}, on="2026-11-20")
    assert {line.key: line.moved for line in answers.lines} == {"toilets": True, "beds": False}
    assert answers.suggested == {"beds"}


def test_rooms_come_back_too(ctx: Context, returned: Fill) -> None:
    """Rooms of the second tab replace those stored once accepted; an untouched tab changes nothing."""
    assert returned({"beds": "8"}).rooms is None
    answers = returned(
        {}, rooms=[["相談室", "静かな部屋", 2, "", 18.5, 4, "無", ""], ["ホール", "", "", "", "", "", "", ""]]
    )
    assert answers.rooms == (
        Space(
            name="相談室",
            kind=SpaceKind.QUIET,
            floor=2,
            area_m2=18.5,
            capacity_people=4,
            accessible_toilet=Known.NO,
        ),
        Space(name="ホール"),
    )
    accept_survey(ctx, answers, Accepted({SPACES}, "施設長", TODAY))
    assert read_shelter(ctx, "W1").spaces == answers.rooms
    assert returned({}).rooms is None


def test_a_day_is_needed_and_lies_behind(ctx: Context, returned: Fill) -> None:
    """Without a day, or with one ahead, nothing is taken over."""
    answers = returned({"beds": "8"}, on="先週")
    assert answers.answered_on is None
    for day, code in ((None, ErrorCode.SURVEY_NO_DATE), (date(2027, 1, 1), ErrorCode.DATE_IN_FUTURE)):
        with pytest.raises(BcpKitError) as failure:
            accept_survey(ctx, answers, Accepted({"beds"}, "x", day))
        assert failure.value.code is code
    assert read_shelter(ctx, "W1") == HOME


def test_what_is_no_survey_is_refused(ctx: Context, tmp_path: Path) -> None:
    """Another Excel file, a sheet without its number and a sheet of an unknown place are told apart."""
    (path,) = make_surveys(ctx, SurveyOrder(tmp_path, ["W1"])).excel

    def changed(cell: str, value: str, title: str = "") -> bytes:
        book, tab = tab_of(path)
        tab[cell] = value
        tab.title = title or tab.title
        out = BytesIO()
        book.save(out)  # type: ignore[attr-defined]
        return out.getvalue()

    for content, code in (
        (changed("A1", "x", "別の表"), ErrorCode.SURVEY_UNREADABLE),
        (changed("C6", "消えた"), ErrorCode.SURVEY_UNREADABLE),
        (changed("C6", "W9 / 2026-11 / 2026-11-23"), ErrorCode.SURVEY_OF_ANOTHER_PLACE),
        (b"not a workbook", ErrorCode.SURVEY_UNREADABLE),
    ):
        with pytest.raises(BcpKitError) as failure:
            read_survey(ctx, content, "a.xlsx" if content.startswith(b"PK") else "a.csv")
        assert failure.value.code is code


def test_rows_that_were_moved_are_told(ctx: Context, tmp_path: Path) -> None:
    """A number that stands beside another item is not taken for an answer to either."""
    (path,) = make_surveys(ctx, SurveyOrder(tmp_path, ["W1"])).excel
    book, tab = tab_of(path)
    line = row_of(tab, "beds")
    tab.cell(line, 2).value, tab.cell(line, 4).value = "ほかの項目", "8"
    out = BytesIO()
    book.save(out)  # type: ignore[attr-defined]
    answers = read_survey(ctx, out.getvalue(), "a.xlsx")
    assert answers.lines == () and answers.unread[0].code is ErrorCode.SURVEY_ROW_CHANGED


def test_the_number_of_a_survey_reads_back() -> None:
    """Whatever the number of a place looks like, the code of its sheet names it."""
    for place in ("W1", "A/B", "避難所 3"):
        code = SurveyCode(place, "2026-11", TODAY)
        assert read_code(code.text()) == code
    assert read_code("W1 / 2026-11 / 2026-13-40") is None


def test_files_are_named_by_the_number_alone(ctx: Context, tmp_path: Path) -> None:
    """No name of a place and no sign that a folder could take amiss stands in a file name."""
    with ctx.open_store() as uow:
        uow.shelters.add_many(
            [HOME.model_copy(update={"id": i, "version": 0}) for i in ("../x", "--x", "a b")]
        )
        uow.commit()
    made = make_surveys(ctx, SurveyOrder(tmp_path / "o", ["../x", "--x", "a b"]))
    assert [p.name for p in made.excel] == ["survey____x.xlsx", "survey_--x.xlsx", "survey_a_b.xlsx"]
    assert all(p.parent == tmp_path / "o" for p in made.excel)


def some_value(column: Column) -> FactValue:
    """A value that a fact of this kind can have."""
    by_type: dict[ColumnType, FactValue] = {
        ColumnType.KNOWN: Known.YES,
        ColumnType.YES_NO: False,
        ColumnType.DATE: TODAY,
        ColumnType.ACCEPTS: ("elderly",),
        ColumnType.TEXT_LIST: ("00101",),
        ColumnType.CHOICE: next(iter(column.choices), None),
    }
    numbers = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.CAPACITY)
    numbers += (ColumnType.LATITUDE, ColumnType.LONGITUDE)
    return 1 if column.type in numbers else by_type.get(column.type, "x")


def test_a_place_with_nothing_open_gets_no_survey(ctx: Context, tmp_path: Path) -> None:
    """Every fact of the form can be confirmed; a place where all are is left out of the sending."""
    with ctx.open_store() as uow:
        school = uow.shelters.need("G1")
    facts = {key: some_value(fact.column) for key, fact in asked_facts().items() if key != "id"}
    settled = confirm_facts(ctx, school, facts, VISIT)
    assert shelter_standing(settled, TODAY).open == 0
    made = make_surveys(ctx, SurveyOrder(tmp_path, only_open=True))
    assert [p.name for p in made.files] == ["survey_W1.xlsx"]


def test_two_days_later_the_form_still_reads(ctx: Context, returned: Fill) -> None:
    """Rooms and answers are read on a later day as well."""
    save_spaces(ctx, HOME, (Space(name="ホール"),), VISIT)
    answers = returned({"beds": "8"})
    later = replace(ctx, clock=FixedClock(datetime(2026, 11, 25, tzinfo=UTC)))
    saved = accept_survey(later, answers, Accepted({"beds"}, "長", date(2026, 11, 24)))
    assert saved.confirmations["beds"].on == date(2026, 11, 24)
