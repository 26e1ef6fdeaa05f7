"""The list of overtime beyond the agreement: counted by day and week, told with what it rests on."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO

import openpyxl

from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import RosterEntry
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, run_cover
from bcp_kit.services.cover_overtime import export_overtime, overtime_lines, overtime_min, overtime_notes
from bcp_kit.services.cover_settings import override_setting

Make = Callable[..., Scenario]
FIRST = date(2026, 11, 23)


def days(*minutes: int) -> list[tuple[date, int]]:
    """Work on days in a row from the first one on."""
    return [(FIRST + timedelta(days=n), m) for n, m in enumerate(minutes)]


def test_hours_beyond_the_day_and_beyond_the_week_count_once() -> None:
    """Eleven hours are three over; the sixth day of eight hours is eight over; a new week begins anew."""
    assert overtime_min(days(660), FIRST, 480, 2400) == 180
    assert overtime_min(days(*[480] * 6), FIRST, 480, 2400) == 480
    assert overtime_min(days(*[660] * 5), FIRST, 480, 2400) == 900
    assert overtime_min(days(*[480] * 5, 0, 0, *[480] * 5), FIRST, 480, 2400) == 0
    assert overtime_min([(FIRST - timedelta(days=n), 480) for n in range(1, 7)], FIRST, 480, 2400) == 480


def test_the_list_names_people_hours_and_the_day(ctx: Context, scenario: Make) -> None:
    """Past weeks count; who is beyond comes first with the day; the file says the same."""
    with ctx.open_store() as uow:
        uow.rosters.add_many(
            RosterEntry(staff_id="A10", day=FIRST - timedelta(days=n), shift="day")
            for n in range(2, 29)
            if n % 7
        )
        uow.commit()
    override_setting(ctx, "A", "agreement_month_h", 20)
    run = run_cover(ctx, CoverCommand(("A",), scenario(days=3), work_limit=2, own_process=False))
    lines = overtime_lines(ctx, run.id, "A")
    worked = {a.staff_id for a in run.assignments if a.shift in ("day12", "night12")}
    assert {line.staff_id for line in lines} >= worked
    assert all(line.agreed_h == 20 for line in lines)
    first = lines[0]
    assert first.staff_id == "A10" and first.before_h > 20 and first.beyond_h == round(first.all_h - 20, 1)
    book = openpyxl.load_workbook(BytesIO(export_overtime(ctx, run.id, "A").content))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [str(row[1]) for row in cells][:1] == [first.name] and len(cells) == len(lines)
    notes = "".join(overtime_notes())
    assert "33条" in notes and "出典" in notes and "確かめていない" in notes
    assert export_overtime(ctx, run.id, "A", as_csv=True).content.startswith('\ufeff"職員番号"'.encode())
