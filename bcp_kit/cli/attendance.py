"""`bcp-kit attendance`: who can come under a scenario, the numbers used, the survey of the staff."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import DataOption, JsonOption, console, err_console, open_context, write_json
from bcp_kit.cli.cover import reason_text
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.attendance_view import (
    AttendanceView,
    Moved,
    PersonView,
    Wave,
    attendance_facts,
    attendance_view,
    moved_scenario,
)
from bcp_kit.services.base import Context
from bcp_kit.services.cover import scenario_of
from bcp_kit.services.cover_numbers import OwnNumber, own_numbers
from bcp_kit.services.cover_settings import override_setting
from bcp_kit.services.staff_survey import survey_pages, survey_sheet

app = typer.Typer(
    help="来られる職員：見込みと理由、計算に使う数値、職員へのアンケート",
    no_args_is_help=True,
    add_completion=False,
)

FacilityOption = Annotated[str, typer.Option("--facility", help="施設の番号")]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="場面の記号（cover scenarios で一覧）")]
DaysOption = Annotated[int | None, typer.Option(min=0, max=28, help="止まる日数（0は止まらない）")]
PercentOption = Annotated[int | None, typer.Option(min=0, max=100, help="割合（％）")]
DAYS_SHOWN = (0, 1, 3, 7)
WAVE_PARTS = 3


def _context(data: Path | None) -> Context:
    return open_context(data, role=Role.FACILITY_MANAGER)


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"attendance.{key}", DEFAULT_LANGUAGE, **values))


def _waves(given: list[str] | None) -> tuple[Wave, ...] | None:
    """Read waves written as first day:days:percent. Raises: BcpKitError U-001 for anything else."""
    if given is None:
        return None
    found = []
    for words in given:
        parts = words.split(":")
        if len(parts) != WAVE_PARTS or not all(part.isdigit() for part in parts) or parts[1] == "0":
            raise BcpKitError(ErrorCode.WRONG_USE)
        found.append(Wave(int(parts[0]), int(parts[1]), min(100, int(parts[2])) / 100))
    return tuple(found)


def _share(percent: int | None) -> float | None:
    return None if percent is None else percent / 100


@app.command("show")
def show(  # noqa: PLR0913, PLR0917 - one option for each slider
    facility: FacilityOption,
    scenario: ScenarioOption = "earthquake_night",
    hour: Annotated[int | None, typer.Option(min=0, max=23, help="起きる時刻（時）")] = None,
    road_days: DaysOption = None,
    road_share: PercentOption = None,
    train_days: DaysOption = None,
    train_share: PercentOption = None,
    school_days: DaysOption = None,
    homes: PercentOption = None,
    wave: Annotated[
        list[str] | None, typer.Option("--wave", help="感染の波：始まる日:日数:割合（％）。くり返せる")
    ] = None,
    people: Annotated[bool, typer.Option("--people", help="一人ひとりの見込みと理由も示す")] = False,
    json_target: JsonOption = None,
    data: DataOption = None,
) -> None:
    """場面を変えて、来られる職員の見込みを示します（保存はしません）。"""
    ctx = _context(data)
    base = scenario_of(ctx, scenario)
    moved = Moved(
        hour=hour,
        road_back_day=road_days,
        road_cut_share=_share(road_share),
        train_back_day=train_days,
        train_cut_share=_share(train_share),
        schools_reopen_day=school_days,
        homes_damaged_share=_share(homes),
        waves=_waves(wave),
    )
    view = attendance_view(attendance_facts(ctx, facility, base), moved_scenario(base, moved))
    write_json(json_target, lambda: _facts(view))
    if json_target != "-":
        _print(view, people)


def _print(view: AttendanceView, people: bool) -> None:
    console.print(_t("cli.head", scenario=view.scenario.name, staff=view.staff), soft_wrap=True)
    heads = [_t("day_axis"), _t("cli.expected"), *(_t(f"tier.{tier.value}") for tier in view.days[0].by_tier)]
    table = Table(*(Column(h, overflow="fold") for h in heads), title=_t("cli.days"), title_justify="left")
    for day in view.days:
        table.add_row(str(day.day), f"{day.expected:.1f}", *(str(n) for n in day.by_tier.values()))
    console.print(table)
    if view.hours:
        table = Table(_t("hours"), _t("on_site"), _t("template"), title=_t("hours_title"))
        for h in view.hours:
            template = "" if h.template_percent is None else f"{h.template_percent:.0f}%"
            table.add_row(_t("hours_value", hours=h.hours), f"{h.expected:.1f}", template)
        console.print(table)
    if people:
        _print_people(view)


def _print_people(view: AttendanceView) -> None:
    days = [d for d in DAYS_SHOWN if d < len(view.days)]
    heads = [_t("name"), *(text("cover.cli.day_number", day=d) for d in days), _t("reasons")]
    table = Table(*(Column(h, overflow="fold") for h in heads), title=_t("people_title"))
    for person in view.people:
        chances = [f"{_t(f'tier.{person.tiers[d].value}')} {100 * person.chances[d]:.0f}%" for d in days]
        table.add_row(escape(person.staff.name), *chances, _why(person))
    console.print(table)


def _why(person: PersonView) -> str:
    return "\n".join(f"・{reason_text(r)}" for r in person.reasons[0]) or _t("no_reason")


def _facts(view: AttendanceView) -> dict[str, Any]:
    """Return a view as plain data; staff stand in it by their numbers."""
    return {
        "scenario": view.scenario.model_dump(mode="json"),
        "staff": view.staff,
        "days": [asdict(d) for d in view.days],
        "shifts": [asdict(s) for s in view.shifts],
        "hours": [asdict(h) for h in view.hours],
        "people": [
            {
                "id": p.staff.id,
                "chances": p.chances,
                "tiers": p.tiers,
                "arrival_h": p.arrival_h,
                "reasons": [[r.model_dump(mode="json") for r in day] for day in p.reasons],
            }
            for p in view.people
        ],
    }


@app.command("numbers")
def numbers(facility: FacilityOption, json_target: JsonOption = None, data: DataOption = None) -> None:
    """計算に使う数値と、施設で置き換えた値を一覧します。"""
    found = own_numbers(_context(data), facility)
    write_json(json_target, lambda: {"numbers": [_number_facts(n) for n in found]})
    if json_target == "-":
        return
    heads = ("cli.key", "number", "number_now", "number_default", "cli.unit", "number_mark")
    table = Table(*(Column(_t(h), overflow="fold") for h in heads), title=_t("cli.numbers"))
    for n in found:
        table.add_row(
            n.row.key,
            escape(n.row.label_ja),
            f"{n.now:g}",
            f"{n.row.value:g}",
            n.row.unit,
            _t(f"mark.{n.row.verification.value}"),
        )
    console.print(table)
    console.print(_t("numbers_lead"), soft_wrap=True)


def _number_facts(n: OwnNumber) -> dict[str, Any]:
    return {
        "key": n.row.key,
        "label": n.row.label_ja,
        "now": n.now,
        "default": n.row.value,
        "own": n.own,
        "unit": n.row.unit,
        "verification": n.row.verification.value,
        "sources": list(n.sources),
    }


@app.command("set")
def set_number(
    facility: FacilityOption,
    key: Annotated[str, typer.Argument(help="数値の記号（attendance numbers で一覧）")],
    value: Annotated[float | None, typer.Argument(help="この施設の値（省略すると初期値に戻す）")] = None,
    data: DataOption = None,
) -> None:
    """計算に使う数値を、この施設の値に置き換えます。"""
    ctx = _context(data)
    override_setting(ctx, facility, key, value)
    row = next(n.row for n in own_numbers(ctx, facility) if n.row.key == key)
    shown = row.value if value is None else value
    done = "cli.reset" if value is None else "cli.set"
    console.print(_t(done, label=row.label_ja, value=f"{shown:g}", unit=row.unit), soft_wrap=True)


@app.command("survey")
def survey(
    facility: FacilityOption,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="書き出す先（.xlsx か .pdf）")],
    return_by: Annotated[str, typer.Option("--return-by", help="紙に載せる返却の期限")] = "",
    data: DataOption = None,
) -> None:
    """職員に聞くアンケートを作ります。Excelは staff import でそのまま取り込めます。"""
    ctx = _context(data)
    if out.suffix.lower() == ".xlsx":
        content = survey_sheet(ctx, facility).content
    elif out.suffix.lower() == ".pdf":
        content = survey_pages(ctx, facility, return_by, out.name).pdf_bytes
    else:
        raise BcpKitError(ErrorCode.WRONG_USE)
    out.write_bytes(content)
    err_console.print(escape(text("intake.written.form", DEFAULT_LANGUAGE, path=str(out))), soft_wrap=True)
    err_console.print(escape(text("intake.written.personal", DEFAULT_LANGUAGE)), soft_wrap=True)
