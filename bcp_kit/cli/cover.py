"""`bcp-kit cover`: who can come, the roster, what stays empty, how many people can be taken in."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.catalogues import load
from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.cli.cover_compare import compare_rosters
from bcp_kit.cli.cover_locks import BarOption, LockOption, OffOption, locks_given, released_words
from bcp_kit.cli.cover_remedies import breaks, remedies
from bcp_kit.cli.cover_roster import roster_file
from bcp_kit.domain.cover import CapacityByNeed, CoverRun, UncoveredPost
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.placements import Reason, SolveStatus
from bcp_kit.forms.capacity_words import limit_words, places_words
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.services.cover import (
    CoverCommand,
    CoverNames,
    default_scenarios,
    names_of,
    read_run,
    run_cover,
    scenario_of,
    two_homes_words,
    who_comes,
)
from bcp_kit.services.cover_goals import goal_rows, origin_words, worst_words

app = typer.Typer(
    help="職員体制：だれが来られるか、どの業務が続くか、何人受け入れられるか",
    no_args_is_help=True,
    add_completion=False,
)

app.command("roster-file")(roster_file)
app.command("compare")(compare_rosters)
app.command("remedies")(remedies)
app.command("breaks")(breaks)

FacilitiesOption = Annotated[
    list[str], typer.Option("--facility", help="施設の番号（同じ法人なら何度でも書ける）")
]
OneFacilityOption = Annotated[
    str, typer.Option("--facility", help="施設の番号（省略時はいちばん新しい計算）")
]
RunOption = Annotated[str, typer.Option("--run", help="計算の番号（省略時はいちばん新しい計算）")]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="場面の記号（cover scenarios で一覧）")]
SeedOption = Annotated[int, typer.Option("--seed", help="乱数の種（同じ種なら同じ答え）")]
WorkOption = Annotated[float, typer.Option("--work", help="計算の上限（秒の目安）", min=1)]


def _context(data: Path | None) -> Context:
    return open_context(data, role=Role.FACILITY_MANAGER)


def _t(key: str, **values: str | int | float) -> str:
    return escape(text(f"cover.cli.{key}", DEFAULT_LANGUAGE, **values))


def _label(catalogue: str, key: str) -> str:
    row = load.catalogue(catalogue).rows.get(key)
    return escape(row.label_ja) if row else key


def _name(names: CoverNames, key: str) -> str:
    return escape(names.of(key))


def _day(day: int) -> str:
    return _t("day_number", day=day)


def _days(days: Iterable[int]) -> str:
    """Return days as ranges: 0–3, 5."""
    parts: list[list[int]] = []
    for day in sorted(days):
        if parts and day == parts[-1][-1] + 1:
            parts[-1].append(day)
        else:
            parts.append([day])
    return "、".join(str(p[0]) if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts)


def _table(title: str, *heads: str) -> Table:
    return Table(*(Column(_t(h), overflow="fold") for h in heads), title=_t(title), title_justify="left")


def _by_site(table: Table, sites: Iterable[str]) -> Table:
    """Return the table without its column of facilities where there is only one."""
    if len(set(sites)) == 1:
        head = _t("facility")
        table.columns = [column for column in table.columns if column.header != head]
    return table


def reason_text(reason: Reason) -> str:
    """Return a reason as a sentence, its keys put into words."""
    values = dict(reason.values)
    if "shift" in values:
        values["shift"] = _label("shifts", str(values["shift"]))
    for name in ("route", "qualification", "means"):
        if name in values:
            values[name] = text(f"cover.{name}.{values[name]}")
    return escape(text(reason.message, DEFAULT_LANGUAGE, **values))


@app.command("scenarios")
def scenarios(json_target: JsonOption = None, data: DataOption = None) -> None:
    """用意してある場面を一覧する。"""
    found = default_scenarios(_context(data))
    write_json(json_target, lambda: {"scenarios": [s.model_dump(mode="json") for s in found]})
    if json_target == "-":
        return
    table = _table("scenarios", "key", "name", "days")
    for scenario in found:
        table.add_row(scenario.id, escape(scenario.name), str(scenario.days))
    console.print(table)


@app.command("run")
def run(  # noqa: PLR0913, PLR0917 - one option for each thing that is asked
    facility: FacilitiesOption,
    scenario: ScenarioOption = "earthquake_night",
    seed: SeedOption = 0,
    work: WorkOption = 20.0,
    call: Annotated[str, typer.Option("--call", help="この安否確認の答えで計算する（番号）")] = "",
    lock: LockOption = None,
    bar: BarOption = None,
    off: OffOption = None,
    json_target: JsonOption = None,
    data: DataOption = None,
) -> None:
    """職員体制を計算して保存し、結果を示す。"""
    ctx = _context(data)
    command = CoverCommand(
        tuple(facility),
        scenario_of(ctx, scenario),
        seed=seed,
        work_limit=work,
        call_id=call,
        locks=locks_given(lock, bar, off),
    )
    with progress_bar(text("cover.cli.progress")) as progress:
        made = run_cover(replace(ctx, progress=progress), command)
    _show(made, names_of(ctx, made), json_target)
    if made.status is SolveStatus.STOPPED:
        raise typer.Exit(Exit.STOPPED)


@app.command("show")
def show(
    run_id: RunOption = "",
    facility: OneFacilityOption = "",
    json_target: JsonOption = None,
    data: DataOption = None,
) -> None:
    """保存してある計算の結果を示す。"""
    ctx = _context(data)
    found = read_run(ctx, run_id, facility)
    _show(found, names_of(ctx, found), json_target)


@app.command("capacity")
def capacity(
    run_id: RunOption = "",
    facility: OneFacilityOption = "",
    json_target: JsonOption = None,
    why: Annotated[
        int | None, typer.Option("--why", min=0, help="この日の人数がどう決まったかを、数え方まで示す")
    ] = None,
    data: DataOption = None,
) -> None:
    """日ごとに受け入れられる人数と、いちばんの制約を示す。"""
    ctx = _context(data)
    found = read_run(ctx, run_id, facility)
    wanted = [c for c in found.capacity if not facility or c.facility_id == facility]
    chosen = [c for c in wanted if why is None or c.day == why]
    if not chosen:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    write_json(json_target, lambda: {"capacity": [c.model_dump(mode="json") for c in chosen]})
    if json_target == "-":
        return
    names = names_of(ctx, found)
    _print_one_site((c.facility_id for c in chosen), names)
    _print_capacity(chosen, names)
    if why is not None:
        _print_why(chosen, names)


def _print_why(chosen: Sequence[CapacityByNeed], names: CoverNames) -> None:
    """Print each limit with the numbers that it was counted from, the binding one first."""
    for c in chosen:
        need = _label("need_classes", c.need_class)
        console.print(f"[bold]{_name(names, c.facility_id)}　{_day(c.day)}　{need}[/]", soft_wrap=True)
        console.print(f"  {escape(places_words(c))}", soft_wrap=True)
        for name, value, how in limit_words(c):
            console.print(f"  ・{escape(name)}　{value:.1f}：{escape(how)}", soft_wrap=True)


def _show(found: CoverRun, names: CoverNames, json_target: str | None) -> None:
    write_json(json_target, lambda: found.model_dump(mode="json"))
    if json_target == "-":
        return
    _print_head(found, names)
    _print_who_comes(found)
    _print_roster(found, names)
    _print_uncovered(found, names)
    _print_operations(found, names)
    _print_single_points(found, names)
    _print_capacity(found.capacity, names)


def _print_head(found: CoverRun, names: CoverNames) -> None:
    values: dict[str, Any] = {
        "run": found.id,
        "scenario": str(found.settings.get("scenario_name", found.scenario_id)),
        "status": text(f"cover.status.{found.status.value}"),
        "worst": worst_words(found),
        "seconds": found.seconds,
    }
    console.print(_t("run", **values), soft_wrap=True)
    _print_one_site(found.facility_ids, names)
    origin = origin_words(found, names.names)
    if origin:
        console.print(escape(origin), soft_wrap=True)
    _print_goals(found)
    if found.settings.get("standard_unknown"):
        err_console.print(
            _t("standard_unknown", count=int(found.settings["standard_unknown"])), soft_wrap=True
        )
    released = released_words(found, names)
    if released:
        err_console.print(escape(released), soft_wrap=True)
    twice = two_homes_words(found, names.of)
    if twice:
        err_console.print(escape(twice), soft_wrap=True)
    if not found.settings.get("repeatable", True):
        err_console.print(_t("not_repeatable"), soft_wrap=True)
    console.print(_t("assumptions"), soft_wrap=True)


def _print_one_site(sites: Iterable[str], names: CoverNames) -> None:
    """Print the facility once where there is only one; tables of several have a column for it."""
    ids = set(sites)
    if len(ids) == 1:
        console.print(f"{_t('facility')}：{_name(names, ids.pop())}", soft_wrap=True)


def _print_goals(found: CoverRun) -> None:
    """Print value, bound and gap of each goal."""
    rows = goal_rows(found)
    if not rows:
        return
    title = escape(text("cover_answers.goals.title"))
    table = Table(*(Column(head, overflow="fold") for head in rows[0]), title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(escape, row.values()))
    console.print(table)
    console.print(escape(text("cover_answers.goals.note")), soft_wrap=True)


def _print_who_comes(found: CoverRun) -> None:
    table = _table("who_comes", "day", "staff", "expected", "counted", "on_site", "template")
    for day in who_comes(found):
        table.add_row(
            _day(day.day),
            str(day.staff),
            f"{day.expected:.1f}",
            str(day.counted),
            str(day.on_site) if day.on_site else "",
            f"{day.template_percent:.0f}%",
        )
    console.print(table)
    console.print(_t("who_comes_note"), soft_wrap=True)


def _print_roster(found: CoverRun, names: CoverNames) -> None:
    table = _table("roster", "day", "facility", "shift", "post", "people")
    posts: dict[tuple[int, str, str, str], list[str]] = defaultdict(list)
    for a in found.assignments:
        posts[a.day, a.facility_id, a.shift, a.post].append(_name(names, a.staff_id or a.helper_id))
    shifts = list(load.catalogue("shifts").rows)
    for (day, site, shift, post), people in sorted(
        posts.items(), key=lambda item: (item[0][0], item[0][1], shifts.index(item[0][2]), item[0][3])
    ):
        table.add_row(
            _day(day),
            _name(names, site),
            _label("shifts", shift),
            _label("post_groups", post),
            "、".join(people),
        )
    console.print(_by_site(table, found.facility_ids))


def _print_uncovered(found: CoverRun, names: CoverNames) -> None:
    if not found.uncovered:
        console.print(_t("uncovered_none"))
        return
    table = _table(
        "uncovered", "day", "facility", "shift", "post", "operation_class", "missing", "reasons", "remedies"
    )
    for post in found.uncovered:
        table.add_row(*_uncovered_row(post, names))
    console.print(_by_site(table, found.facility_ids))


def _uncovered_row(post: UncoveredPost, names: CoverNames) -> tuple[str, ...]:
    return (
        _day(post.day),
        _name(names, post.facility_id),
        _label("shifts", post.shift),
        _label("post_groups", post.post),
        text(f"cover.tier.{post.operation_class}"),
        str(post.missing),
        "\n".join(_about(r, names) for r in post.reasons),
        "\n".join(_about(r, names) for r in post.remedies),
    )


def _about(reason: Reason, names: CoverNames) -> str:
    """Return a reason with the one person or offer that it concerns, where there is one."""
    who = _name(names, reason.subject_id) if reason.subject_id in names.names else ""
    return f"・{reason_text(reason)}" + (f"（{who}）" if who else "")


def _print_operations(found: CoverRun, names: CoverNames) -> None:
    table = _table("operations", "facility", "operation", "day")
    levels: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for o in found.operations:
        levels[o.facility_id, o.operation][o.level].append(o.day)
    for (site, operation), by_level in levels.items():
        parts = [
            _t("kept_days", level=text(f"cover.level.{level}"), days=_days(days))
            for level, days in by_level.items()
        ]
        table.add_row(_name(names, site), _label("operations", operation), "　".join(parts))
    console.print(_by_site(table, found.facility_ids))


def _print_single_points(found: CoverRun, names: CoverNames) -> None:
    if not found.single_points:
        return
    table = _table("single_points", "facility", "post", "people", "day")
    days: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for point in found.single_points:
        days[point.facility_id, point.task, point.staff_id].append(point.day)
    for (site, task, who), on in sorted(days.items()):
        table.add_row(_name(names, site), _label("post_groups", task), _name(names, who), _days(on))
    console.print(_by_site(table, found.facility_ids))


def _print_capacity(chosen: Sequence[CapacityByNeed], names: CoverNames) -> None:
    table = _table("capacity", "facility", "day", "need_class", "places", "binding", "limits")
    unknown: set[str] = set()
    for c in chosen:
        known = sorted((v, k) for k, v in c.limits.items() if v is not None)
        unknown |= {k for k, v in c.limits.items() if v is None}
        limits = "　".join(f"{text(f'cover.limit.{k}')} {v:.1f}" for v, k in known)
        table.add_row(
            _name(names, c.facility_id),
            _day(c.day),
            _label("need_classes", c.need_class),
            str(c.places),
            text(f"cover.limit.{c.binding}"),
            limits,
        )
    console.print(_by_site(table, (c.facility_id for c in chosen)))
    if unknown:
        listed = "、".join(text(f"cover.limit.{k}") for k in sorted(unknown))
        console.print(_t("unknown_limits", limits=listed), soft_wrap=True)
