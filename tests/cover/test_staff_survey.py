"""The survey of staff: Excel that the ordinary import takes back, a page of paper for each person."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdfium2 import PdfDocument
from typer.testing import CliRunner

from bcp_kit.cli import attendance as cli
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import CommuteMeans, Qualification, StaffMember
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.forms.staff_survey import asked_columns, boxes_of, survey_columns
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.staff_survey import survey_pages, survey_sheet


def _staff(ctx: Context) -> dict[str, StaffMember]:
    with ctx.open_store() as uow:
        return {s.id: s for s in uow.staff.list(facility_id="A")}


def _answered(content: bytes, row: int, answers: dict[str, str]) -> bytes:
    """Write answers into one row of the survey, by heading."""
    book = load_workbook(BytesIO(content))
    tab = book.worksheets[0]
    places = {str(cell.value).rstrip("＊*"): cell.column for cell in tab[1]}
    headings = {column.key: column.heading for column in survey_columns()}
    for key, words in answers.items():
        tab.cell(row, next(at for name, at in places.items() if headings[key] in name)).value = words
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_unanswered_sheet_changes_nothing(ctx: Context) -> None:
    """What was written comes back as it is: no row is refused, nothing is changed."""
    before = _staff(ctx)
    found = inspect_file(ctx, survey_sheet(ctx, "A").content, "s.xlsx", SheetKind.STAFF)
    outcome = import_inspection(ctx, found)
    assert _staff(ctx) == before and outcome.counts["staff"].unchanged == 16


def test_answers_come_back_and_change_only_what_is_asked(ctx: Context) -> None:
    """One person answers: means, minutes, night, child and qualification are taken over, the rest stays."""
    before = _staff(ctx)
    book = load_workbook(BytesIO(survey_sheet(ctx, "A").content))
    who = str(book.worksheets[0].cell(2, 1).value)
    answers = {
        "commute": "自転車",
        "other_means": "徒歩",
        "walk_min": "35",
        "comes_at_night": "来られない",
        "youngest_child_age": "4",
        "qualifications": "介護福祉士、喀痰吸引等研修修了",
        "verified_on": "2026-11-20",
    }
    content = _answered(survey_sheet(ctx, "A").content, 2, answers)
    import_inspection(ctx, inspect_file(ctx, content, "s.xlsx", SheetKind.STAFF))
    after = _staff(ctx)
    told = after[who]
    assert told.commute is CommuteMeans.BICYCLE and told.other_means == (CommuteMeans.FOOT,)
    assert told.walk_min == 35 and told.comes_at_night is Known.NO and told.youngest_child_age == 4
    assert Qualification.SUCTION_TRAINED in told.qualifications and told.verified_on is not None
    assert told.home_distance_m == before[who].home_distance_m and told.newcomer == before[who].newcomer
    assert {i: s for i, s in after.items() if i != who} == {i: s for i, s in before.items() if i != who}


def test_the_paper_has_a_page_for_each_person(ctx: Context) -> None:
    """Sixteen pages; each names its person once and asks every question; equal surveys give equal bytes."""
    made = survey_pages(ctx, "A", "12月10日")
    assert made.pages == 16 and made.missing_glyphs == ()
    page = PdfDocument(made.pdf_bytes)[0].get_textpage().get_text_range()
    assert "A00" in page and "12月10日" in page and "夜中に呼ばれたら" in page
    assert made.pdf_bytes == survey_pages(ctx, "A", "12月10日").pdf_bytes


def test_every_question_has_boxes_or_room() -> None:
    """Choices become boxes, unknown is none of them; numbers and texts are written."""
    boxes = {column.key: boxes_of(column) for column in asked_columns()}
    assert boxes["comes_at_night"] == ("来られる", "来られない")
    assert boxes["walk_min"] == () and boxes["youngest_child_age"] == ()
    assert boxes["home_exposures.tsunami.in_zone"] == ("内", "外")
    assert len(boxes["commute"]) == len(CommuteMeans)


def test_a_site_that_is_not_there_is_named(ctx: Context) -> None:
    """An unknown facility is refused."""
    with pytest.raises(BcpKitError):
        survey_sheet(ctx, "nowhere")


@pytest.fixture
def run(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command of the group over the invented store and return what it prints."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    monkeypatch.setattr(cli.console, "width", 200)

    def go(*words: str) -> str:
        result = CliRunner().invoke(cli.app, list(words))
        assert result.exit_code == 0, result.output
        return result.stdout

    return go


def test_the_command_shows_who_comes(run: Callable[..., str]) -> None:
    """Days, hours, and with --people each person with reasons in words; --json without names."""
    words = run("show", "--facility", "A", "--people", "--hour", "2", "--road-days", "3")
    assert "一人ひとりの見込みと理由" in words and "見本 A3" in words and "ふだんの手段" in words
    told = run("show", "--facility", "A", "--wave", "0:3:40", "--wave", "6:3:20", "--json", "-")
    read = json.loads(told)
    assert len(read["people"]) == 16 and "見本 A" not in told
    assert sum(read["scenario"]["infected_share_by_day"]) == pytest.approx(0.6)


def test_the_command_sets_and_resets_a_number(run: Callable[..., str]) -> None:
    """A number of the facility is listed as its own, and goes back to the default."""
    assert "0.4" in run("set", "--facility", "A", "night_factor", "0.4")
    numbers = json.loads(run("numbers", "--facility", "A", "--json", "-"))["numbers"]
    assert numbers[0]["key"] == "night_factor" and numbers[0]["own"] == 0.4
    assert "night_factor" in run("numbers", "--facility", "A")
    run("set", "--facility", "A", "night_factor")
    numbers = json.loads(run("numbers", "--facility", "A", "--json", "-"))["numbers"]
    assert all(n["own"] is None for n in numbers)


def test_the_command_writes_the_survey(run: Callable[..., str], tmp_path: Path) -> None:
    """Excel and PDF by the ending of the file."""
    run("survey", "--facility", "A", str(tmp_path / "s.xlsx"))
    run("survey", "--facility", "A", str(tmp_path / "s.pdf"), "--return-by", "12月10日")
    assert (tmp_path / "s.xlsx").read_bytes()[:2] == b"PK" and (tmp_path / "s.pdf").read_bytes()[
        :4
    ] == b"%PDF"


def test_a_wave_is_read_as_it_is_written(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wave that is not first day, days and percent is wrong use."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    result = CliRunner().invoke(cli.app, ["show", "--facility", "A", "--wave", "soon"])
    assert isinstance(result.exception, BcpKitError)


def test_scenarios_with_shares_read_back(scenario: Callable[..., Scenario]) -> None:
    """A stored scenario of before, without the shares that are cut, reads as wholly cut."""
    old = scenario().model_dump()
    for name in ("road_cut_share", "train_cut_share"):
        old.pop(name)
    assert Scenario.model_validate(old) == scenario()
