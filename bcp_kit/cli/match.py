"""`bcp-kit match`: people and destinations for one hazard; who is left over, why, and what would help."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

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
from bcp_kit.cli.match_instance import match_file
from bcp_kit.cli.match_words import line_facts, person_of, print_line, run_facts, summary_table, sure_lines
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.forms.messages import text
from bcp_kit.services.exporting_sheets import FileFormat
from bcp_kit.services.matching import MatchCommand, match, small_enough
from bcp_kit.services.matching_export import export_run
from bcp_kit.services.matching_presets import list_presets, store_preset
from bcp_kit.services.matching_read import (
    RunView,
    fact_label,
    list_runs,
    read_run,
    sentence,
    view_of,
    what_to_confirm_first,
)
from bcp_kit.services.matching_remedies import remedies_for
from bcp_kit.services.matching_tables import compare as compared
from bcp_kit.services.matching_tables import lock_of

app = typer.Typer(help="マッチング：だれがどこへ行くか、行けない人の理由")
app.callback(invoke_without_command=True)(match_file)

HazardOption = Annotated[HazardKind, typer.Option("--hazard", help="災害の種類")]
NewestOption = Annotated[
    HazardKind | None, typer.Option("--hazard", help="災害の種類（省略時はいちばん新しい計算）")
]
ModeOption = Annotated[
    UnknownMode, typer.Option("--mode", help="未確認のことを仮に置く（assume）か、確認ずみだけか")
]
SeedOption = Annotated[int, typer.Option("--seed", help="乱数の種（同じ種なら同じ答え）")]
WorkOption = Annotated[float, typer.Option("--work", help="計算の上限（目安は秒の1〜2倍）", min=1)]
LimitOption = Annotated[int, typer.Option("--limit", help="表示する件数", min=1)]
PresetOption = Annotated[str, typer.Option("--preset", help="大切にする順（match presets で一覧）")]
PersonArgument = Annotated[str, typer.Argument(help="名簿番号", metavar="名簿番号")]
EXAMPLE = """key: our_town
label_ja: わが町の順
goals: [tier_1, tier_2, tier_3, suited_1, suited_2, suited_3, travel, familiar, longest, load]
familiarity: {present: 2, usual_facility: 1, same_district: 0}
numbers: {reserve_ratio: 0.2, max_distance_m: 15000}
tiers: {1: 70, 2: 40}
"""


@app.command("run")
def run(  # noqa: PLR0913, PLR0917 - options of a command
    hazard: HazardOption = HazardKind.EARTHQUAKE,
    mode: ModeOption = UnknownMode.ASSUME,
    preset: PresetOption = "",
    seed: SeedOption = 0,
    work: WorkOption = 15.0,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """マッチングを計算して保存し、結果のまとめを表示します。"""
    with progress_bar(text("matching.progress.start")) as bar:
        ctx = open_context(data, progress=bar)
        command = MatchCommand(
            hazard=hazard,
            mode=mode,
            seed=seed,
            work_limit=work,
            preset=preset,
            own_process=not small_enough(ctx),
        )
        found = match(ctx, command)
    out = err_console if json == "-" else console
    _print_head(out, view_of(ctx, found))
    write_json(json, lambda: run_facts(found))
    if not any(stage.placed for stage in found.stages):
        raise typer.Exit(int(Exit.NOBODY_PLACED))


def _print_head(out: Any, view: RunView) -> None:
    out.print(summary_table(view.run))
    for words in sure_lines(view.run):
        out.print(words, soft_wrap=True)
    for note in view.run.notes:
        out.print(escape(f"※ {sentence(note, view.shelters)}"), soft_wrap=True)
    for fault in view.run.lock_faults:
        number = next((x.person.register_no for x in view.lines if x.person.id == fault.person_id), "")
        words = text(f"matching.lock_fault.{fault.cause}")
        rules = text("desk.fault_rules", rules="・".join(fault.rules)) if fault.rules else ""
        out.print(escape(text("desk.fault_line", name=f"No.{number}", words=words + rules)), soft_wrap=True)


@app.command("show")
def show(hazard: NewestOption = None, data: DataOption = None, json: JsonOption = None) -> None:
    """いちばん新しい計算のまとめを表示します。"""
    view = read_run(open_context(data), hazard=hazard)
    _print_head(err_console if json == "-" else console, view)
    write_json(json, lambda: run_facts(view.run))


@app.command("unplaced")
def unplaced(
    hazard: NewestOption = None, limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None
) -> None:
    """行き先のない人を、理由と、いちばん小さな手当てとともに表示します。"""
    view = read_run(open_context(data), hazard=hazard)
    left = (*view.unplaced, *view.waiting)
    out = err_console if json == "-" else console
    out.print(
        text("matching.left_over", first=len(view.unplaced), second=len(view.waiting),
             hospital=len(view.for_hospital))
    )  # fmt: skip
    for line in left[:limit]:
        print_line(out, view, line)
    if len(left) > limit:
        out.print(text("matching.more", count=len(left) - limit))
    write_json(json, lambda: {"unplaced": [line_facts(view, line) for line in left]})


@app.command("why")
def why(
    number: PersonArgument, hazard: NewestOption = None, data: DataOption = None, json: JsonOption = None
) -> None:
    """一人の行き先と、その理由を表示します。"""
    _tell(number, hazard, data, json, exact=False)


@app.command("explain")
def explain(
    number: PersonArgument, hazard: NewestOption = None, data: DataOption = None, json: JsonOption = None
) -> None:
    """一人の理由に加えて、行き先ができるいちばん小さな手当てを、解き直して確かめます。"""
    _tell(number, hazard, data, json, exact=True)


def _tell(
    number: str, hazard: HazardKind | None, data: Path | None, json: str | None, *, exact: bool
) -> None:
    out = err_console if json == "-" else console
    with progress_bar(text("matching.progress.start")) as bar:
        ctx = open_context(data, progress=bar)
        view = read_run(ctx, hazard=hazard)
        person = person_of(view, number)
        found = remedies_for(ctx, person.id, view.run.id) if exact else ()
    lines = view.of_person(person.id)
    for line in lines:
        print_line(out, view, line)
        if line.placement.lock_id:
            out.print(escape(text("desk.people.held", reason=lock_of(view.run, line.placement))))
    for remedy in found:
        out.print(f"   → {escape(sentence(remedy, view.shelters))}", soft_wrap=True)
    if exact and not found:
        out.print(text("desk.left.none"))
    write_json(
        json,
        lambda: {
            "lines": [line_facts(view, line) for line in lines],
            "changes": [r.model_dump(mode="json") for r in found],
        },
    )


@app.command("confirm-first")
def confirm_first(
    hazard: NewestOption = None, limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None
) -> None:
    """仮に置いたことのうち、先に確かめるとよいものを、頼る人の多い順に表示します。"""
    view = read_run(open_context(data), hazard=hazard)
    found = what_to_confirm_first(view)
    table = Table(title=text("matching.confirm_first"))
    for key in ("place", "fact", "fact_people"):
        table.add_column(text(f"matching.column.{key}"), overflow="fold")
    for item in found[:limit]:
        table.add_row(escape(item.shelter.name), fact_label(item.fact), f"{item.people:,}")
    (err_console if json == "-" else console).print(table)
    write_json(
        json,
        lambda: {"confirm": [{"shelter": i.shelter.id, "fact": i.fact, "people": i.people} for i in found]},
    )


@app.command("compare")
def compare(
    before: Annotated[int, typer.Option("--before", min=0, help="くらべる元（0が最新、1がその前）")] = 1,
    after: Annotated[int, typer.Option("--after", min=0, help="くらべる先")] = 0,
    hazard: HazardOption = HazardKind.EARTHQUAKE,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """二つの計算をくらべます。だれの行き先が変わったかを数えます。"""
    ctx = open_context(data)
    runs = list_runs(ctx, hazard)
    if max(before, after) >= len(runs):
        raise BcpKitError(ErrorCode.RUNS_TOO_FEW, count=len(runs))
    found = compared(view_of(ctx, runs[before]), view_of(ctx, runs[after]))
    table = Table(title=text("desk.view.compare"))
    for key in ("figure", "before", "after", "change"):
        table.add_column(text(f"desk.compare.{key}"), overflow="fold")
    for key, (old, new) in found.totals.items():
        table.add_row(text(f"desk.compare.{key}"), f"{old:,.0f}", f"{new:,.0f}", f"{new - old:+,.0f}")
    out = err_console if json == "-" else console
    out.print(table)
    counts = {"moved": len(found.moved), "gained": len(found.gained), "lost": len(found.lost)}
    for key, count in counts.items():
        out.print(text(f"desk.compare.{key}", count=count))
    write_json(
        json,
        lambda: counts | {"totals": {k: {"before": a, "after": b} for k, (a, b) in found.totals.items()}},
    )


@app.command("export")
def export(
    target: Annotated[Path, typer.Argument(help="書き出すファイル（.xlsx か .csv）", metavar="FILE")],
    left_over: Annotated[bool, typer.Option("--left-over", help="CSVに、行き先のない人と理由を書く")] = False,
    cp932: Annotated[bool, typer.Option("--cp932", help="古いシステムのための文字コードで書く")] = False,
    hazard: NewestOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """結果をExcelかCSVに書き出します。住所と位置は書きません。"""
    csv = FileFormat.CSV_CP932 if cp932 else FileFormat.CSV
    kinds = {".xlsx": FileFormat.XLSX, ".csv": csv}
    if target.suffix.lower() not in kinds:
        raise BcpKitError(ErrorCode.WRONG_USE)
    ctx = open_context(data)
    view = read_run(ctx, hazard=hazard)
    written = export_run(ctx, view, kinds[target.suffix.lower()], left_over=left_over)
    target.write_bytes(written.content)
    out = err_console if json == "-" else console
    out.print(text("match_cli.exported", path=str(target)), soft_wrap=True)
    write_json(
        json,
        lambda: {
            "run": view.run.id,
            "file": str(target),
            "bytes": len(written.content),
            "left_over_only": left_over,
            "lines": len(view.lines),
        },
    )


@app.command("presets")
def presets(
    add: Annotated[
        Path | None, typer.Option("--add", exists=True, dir_okay=False, help="町の順のYAMLを加える")
    ] = None,
    example: Annotated[bool, typer.Option("--example", help="YAMLの見本を表示する")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """大切にする順を一覧にします。町の順をYAMLで加えられます。"""
    if example:
        console.print(EXAMPLE, markup=False, end="")
        return
    ctx = open_context(data)
    if add is not None:
        stored = store_preset(ctx, add.read_bytes())
        console.print(text("desk.own_preset.added", name=escape(stored.label_ja)))
    table = Table()
    for column in ("match_cli.key", "match_cli.name", "match_cli.told"):
        table.add_column(text(column), overflow="fold")
    known = list_presets(ctx)
    for preset in known:
        table.add_row(escape(preset.key), escape(preset.label_ja), escape(preset.told_ja))
    (err_console if json == "-" else console).print(table)
    write_json(json, lambda: {"presets": [p.model_dump(mode="json") for p in known]})
