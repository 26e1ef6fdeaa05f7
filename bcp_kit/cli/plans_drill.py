"""`bcp-kit plans drill …`: a drill of individual plans on a copy: lists, what happened, findings, closing."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, out, show_rows, tell
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.plan_drills import Inject, Outcome, PlanDrill
from bcp_kit.forms.messages import text
from bcp_kit.services.copies import CopyQuery, list_copies
from bcp_kit.services.plan_drill_findings import (
    FindingRef,
    add_drill_finding,
    changes_for,
    close_drill,
    close_drill_finding,
    finding_state,
    gather_findings,
    propose_answer_for,
    propose_supporter_for,
)
from bcp_kit.services.plan_drill_papers import (
    RESULT_COLUMNS,
    ListBy,
    lists_of,
    print_list,
    print_results,
    result_cells,
)
from bcp_kit.services.plan_drills import (
    NewDrill,
    NewResult,
    drill_counts,
    drill_lines,
    list_drills,
    read_drill,
    record_results,
    start_drill,
    subject_named,
)
from bcp_kit.services.register import one_supporter

app = typer.Typer(
    help="個別避難計画の訓練：計画の写しで行い、気づきを承認を経て計画に入れる", no_args_is_help=True
)

DrillArgument = Annotated[str, typer.Argument(help="訓練の番号（drill allで見られる）", metavar="訓練")]
FindingOption = Annotated[str, typer.Option("--finding", help="気づきの番号（findingsの一覧の番号）")]
SHOWN_ID = 8


def _facts(drill: PlanDrill) -> dict[str, Any]:
    """Return the drill without the copy of the plans."""
    kept = drill.model_dump(mode="json", exclude={"subjects", "shelters"})
    return {**kept, "counts": vars(drill_counts(drill))}


@app.command("new")
def new(  # noqa: PLR0913, PLR0917 - options of a command
    hazard: Annotated[HazardKind, typer.Option("--hazard", help="どの災害の訓練か")],
    title: Annotated[str, typer.Option("--title", help="訓練の名前")] = "",
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="訓練の日（省略時は今日）")
    ] = None,
    district: Annotated[str, typer.Option("--district", help="この地区だけ（省略時は全体）")] = "",
    scenario: Annotated[str, typer.Option("--scenario", help="想定（省略時は災害ごとの例）")] = "",
    group: Annotated[list[str] | None, typer.Option("--group", help="参加する団体（何度でも）")] = None,
    inject: Annotated[
        list[str] | None, typer.Option("--inject", help="「分:伝えること」（何度でも。省略時は例）")
    ] = None,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """いまの計画を写して訓練を始めます。訓練で何を書いても、本物の計画は変わりません。"""
    ctx = open_context(data, name=by)
    told = tuple(_inject(words) for words in inject or ())
    held_on = day.date() if day else ctx.today()
    order = NewDrill(title, held_on, hazard, district, scenario, tuple(group or ()), told)
    drill = start_drill(ctx, order)
    tell(json, "drills.cli.started", id=drill.id[:SHOWN_ID], count=len(drill.subjects))
    write_json(json, lambda: _facts(drill))


def _inject(words: str) -> Inject:
    minute, _, said = words.partition(":")
    if not minute.strip().isdecimal() or not said.strip():
        raise typer.BadParameter(words)
    return Inject(minute=int(minute), words=said.strip())


@app.command("all")
def all_command(data: DataOption = None, json: JsonOption = None) -> None:
    """訓練の一覧を出します。"""
    found = list_drills(open_context(data))
    if not found:
        tell(json, "drills.cli.none")
    rows = (
        (
            drill.id[:SHOWN_ID],
            f"{drill.held_on:%Y-%m-%d}",
            drill.title,
            *(str(getattr(drill_counts(drill), name)) for name in ("people", "recorded", "open_findings")),
            text(f"drills.state.{drill.state.value}"),
        )
        for drill in found
    )
    names = ("id", "held_on", "title", "people", "recorded", "open_findings", "state")
    show_rows(json, "drills.cli.column", names, rows)
    write_json(json, lambda: {"drills": [_facts(drill) for drill in found]})


@app.command("list")
def list_command(  # noqa: PLR0913, PLR0917 - options of a command
    drill: DrillArgument,
    for_: Annotated[ListBy, typer.Option("--for", help="だれに渡す一覧か")] = ListBy.DISTRICT,
    only: Annotated[str, typer.Option("--only", help="この避難先・支援者だけ（名前）")] = "",
    folder: Annotated[Path, typer.Option("-o", "--out", help="PDFの置き場所", metavar="DIR")] = Path("drill"),
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """当日の一覧を、控え番号をつけてPDFにします（避難先ごと・支援者ごとは、1か所・1人に1つ）。"""
    ctx = open_context(data, name=by)
    wanted = [each for each in lists_of(read_drill(ctx, drill), for_) if only in ("", each.title)]
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for each in wanted:
        printed = print_list(ctx, drill, for_, each.key)
        target = folder / printed.file_name
        target.write_bytes(printed.pdf_bytes)
        number = list_copies(ctx, CopyQuery(state=None))[-1].number
        tell(json, "drills.cli.written", file=str(target), number=number)
        made.append({"file": str(target), "copy": number, "for": each.title})
    write_json(json, lambda: {"lists": made})


@app.command("record")
def record(  # noqa: PLR0913, PLR0917 - options of a command
    drill: DrillArgument,
    person: Annotated[str, typer.Argument(help="名簿番号か計画番号", metavar="だれの")],
    outcome: Annotated[Outcome, typer.Option("--outcome", help="どうなったか")],
    way: Annotated[str, typer.Option("--way", help="移動手段（walk・carなどのキーか、言葉）")] = "",
    minutes: Annotated[float | None, typer.Option("--minutes", min=0, help="かかった分")] = None,
    supporter: Annotated[Known, typer.Option("--supporter", help="支援者は来たか")] = Known.UNKNOWN,
    device: Annotated[Known, typer.Option("--device", help="機器・電源は使えたか")] = Known.UNKNOWN,
    at: Annotated[str, typer.Option("--at", help="着いた避難先の番号（計画とちがうとき）")] = "",
    words: Annotated[str, typer.Option("--words", help="気づいたこと")] = "",
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """1人について、訓練で起きたことを記録します。"""
    ctx = open_context(data, name=by)
    who = subject_named(read_drill(ctx, drill), person).person.id
    result = NewResult(who, outcome, way, minutes, supporter, device, at, words)
    saved = record_results(ctx, drill, [result])
    counts = drill_counts(saved)
    tell(json, "drills.cli.recorded", recorded=counts.recorded, people=counts.people)
    write_json(json, lambda: _facts(saved))


@app.command("results")
def results(
    drill: DrillArgument,
    paper: Annotated[Path | None, typer.Option("--out", help="結果の紙（PDF）の置き場所")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画と、訓練で起きたことをくらべます（--outで紙にします）。"""
    ctx = open_context(data)
    found = read_drill(ctx, drill)
    cells = [result_cells(found, line) for line in drill_lines(found)]
    show_rows(json, "drills.paper.column", RESULT_COLUMNS, cells)
    if paper:
        paper.write_bytes(print_results(ctx, drill).pdf_bytes)
        tell(json, "drills.cli.written_results", file=str(paper))
    write_json(json, lambda: _facts(found))


@app.command("findings")
def findings(  # noqa: PLR0913, PLR0917 - options of a command
    drill: DrillArgument,
    add: Annotated[str, typer.Option("--add", help="自分の言葉で気づきを加える")] = "",
    person: Annotated[str, typer.Option("--person", help="--addがだれの計画のことか（名簿番号）")] = "",
    gather: Annotated[bool, typer.Option("--gather", help="計画とちがったことを気づきにする")] = False,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """気づきの一覧を出します（--gatherと--addで加えます）。"""
    ctx = open_context(data, name=by)
    found = gather_findings(ctx, drill) if gather else read_drill(ctx, drill)
    if add:
        who = subject_named(found, person).person.id if person else ""
        found = add_drill_finding(ctx, drill, add, who)
    changes = changes_for(ctx, found)
    rows = []
    for number, each in enumerate(found.findings, start=1):
        subject = found.subject(each.person_id)
        state = text(f"records.finding.state.{finding_state(each, changes).value}")
        name = subject.person.name if subject else text("drills.whole")
        rows.append((str(number), name, each.words, state))
    tell(json, "drills.cli.findings", count=len(rows))
    show_rows(json, "drills.paper.column", ("order", "name", "finding", "came_of_it"), rows)
    write_json(json, lambda: _facts(found))


@app.command("propose")
def propose(  # noqa: PLR0913, PLR0917 - options of a command
    drill: DrillArgument,
    finding: FindingOption,
    field: Annotated[str, typer.Option("--field", help="変える項目（様式の項目の名前）")] = "",
    after: Annotated[str, typer.Option("--after", help="変えたあとの内容")] = "",
    supporter: Annotated[str, typer.Option("--supporter", help="加える支援者（番号か名前）")] = "",
    replaces: Annotated[str, typer.Option("--replaces", help="この支援者と入れ替える")] = "",
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """気づきから、計画の変更を提案します（--fieldと--after、または--supporter）。"""
    ctx, ref = open_context(data, name=by), FindingRef(drill, finding)
    if supporter:
        before = one_supporter(ctx, replaces).id if replaces else ""
        change = propose_supporter_for(ctx, ref, one_supporter(ctx, supporter).id, before)
    elif field:
        change = propose_answer_for(ctx, ref, field, after)
    else:
        raise typer.BadParameter("--field / --supporter")
    tell(json, "drills.cli.proposed", id=change.id[:SHOWN_ID])
    write_json(json, lambda: change.model_dump(mode="json"))


@app.command("close")
def close(
    drill: DrillArgument,
    finding: Annotated[str, typer.Option("--finding", help="この気づきだけを閉じる（番号）")] = "",
    words: Annotated[str, typer.Option("--reason", help="計画を変えずに閉じる理由")] = "",
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """気づきを閉じます（--finding）。付けなければ、訓練を終わりにします。"""
    ctx = open_context(data, name=by)
    if finding:
        saved = close_drill_finding(ctx, FindingRef(drill, finding), words)
    else:
        saved = close_drill(ctx, drill)
    out(json).print(text("drills.cli.closed" if finding else "drills.cli.ended"), soft_wrap=True)
    write_json(json, lambda: _facts(saved))
