"""`bcp-kit plans`: draft individual evacuation plans, print them, look at one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bcp_kit.catalogues.load import catalogue
from bcp_kit.cli import (
    plans_changes,
    plans_drill,
    plans_enter,
    plans_erase,
    plans_fields,
    plans_form,
    plans_ledger,
    plans_lists,
    plans_making,
    plans_rules,
    plans_work,
)
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
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.plan_preparations import COVERAGE_COUNTS, read_coverage
from bcp_kit.services.plans import (
    DRAFT_COUNTS,
    DraftOutcome,
    PlanView,
    draft_plans,
    find_plans,
    latest_run_ids,
    read_plan,
)
from bcp_kit.services.plans_preparation_words import preparation_words
from bcp_kit.services.plans_print import (
    USUAL_BATCH,
    Edition,
    PrintOrder,
    PrintOutcome,
    Variant,
    Wording,
    print_plans,
    resume_print,
)
from bcp_kit.services.plans_worklist import task_words

app = typer.Typer(help="個別避難計画を作る・印刷する・見る・控えを追う", no_args_is_help=True)
app.add_typer(plans_ledger.app, name="ledger")
app.add_typer(plans_rules.app, name="rules")
app.add_typer(plans_changes.app, name="changes")
app.add_typer(plans_drill.app, name="drill")
app.add_typer(plans_fields.forms_app, name="forms")
app.add_typer(plans_erase.app, name="erase")
app.command("enter")(plans_enter.enter)
app.command("entries")(plans_enter.entries)
app.command("resolve")(plans_enter.resolve)
app.command("check")(plans_work.check)
app.command("fields")(plans_fields.fields)
app.command("set")(plans_fields.set_command)
app.command("steps")(plans_making.steps)
app.command("effort")(plans_making.effort)
app.command("fees")(plans_making.fees)
app.command("claims")(plans_making.claims_command)
app.command("consent")(plans_making.consent)
app.command("sign")(plans_making.sign)
app.command("end")(plans_making.end)
app.command("minsei")(plans_making.minsei)
app.command("lists")(plans_lists.lists)
app.command("form")(plans_form.form)

RunOption = Annotated[
    list[str] | None,
    typer.Option("--run", help="元にするマッチング結果の番号（省略時は災害ごとに一番新しいもの）"),
]
OutOption = Annotated[Path, typer.Option("--out", help="印刷用ファイルの置き場所", metavar="DIR")]
EditionOption = Annotated[
    Edition, typer.Option("--edition", help="person＝本人・家族用、supporter＝支援者用")
]
PersonOption = Annotated[
    list[str] | None, typer.Option("--person", help="この人だけを印刷する（番号。何度でも指定できる）")
]
BatchOption = Annotated[
    int,
    typer.Option(
        "--batch", min=1, max=2000, help="1つのファイルにまとめる人数（1にすると1人ずつ別のファイル）"
    ),
]


def _say(key: str, json_target: str | None = None, **values: str | int | float) -> None:
    """Print a sentence; beside a JSON on standard output, never into it."""
    out = err_console if json_target == "-" else console
    out.print(escape(text(f"plans.cli.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


@app.command("draft")
def draft(run: RunOption = None, data: DataOption = None, json: JsonOption = None) -> None:
    """名簿の全員について、計画の下書き、同意待ちの下準備、作らない理由のどれかを決めます。前の書きこみは残ります。"""
    with progress_bar(text("plans.progress.draft")) as progress:
        ctx = open_context(data, progress=progress)
        outcome = draft_plans(ctx, run or latest_run_ids(ctx))
    for key in DRAFT_COUNTS:
        _say(f"draft.{key}", json, count=getattr(outcome, key))
    _tell_reasons(outcome.reasons, json)
    _say("draft.accounted", json, count=outcome.accounted, listed=outcome.listed)
    contents = catalogue("law_minimum").rows
    for key, count in outcome.missing.items():
        whom = task_words(key)[1]
        _say("draft.missing", json, name=contents[key].label_ja, count=count, whom=whom)
    write_json(json, lambda: _draft_facts(outcome))


def _tell_reasons(reasons: Mapping[str, int], json: str | None) -> None:
    for reason, count in reasons.items():
        _say("draft.reason", json, count=count, reason=text(reason))


def _draft_facts(outcome: DraftOutcome) -> dict[str, Any]:
    found = {name: getattr(outcome, name) for name in (*DRAFT_COUNTS, "accounted")}
    return {**found, "missing": dict(outcome.missing), "reasons": dict(outcome.reasons)}


@app.command("coverage")
def coverage(data: DataOption = None, json: JsonOption = None) -> None:
    """名簿の全員について、下書き・同意待ち・作らない理由の人数を出します。まだの人がいるときの終了コードは5です。"""
    found = read_coverage(open_context(data))
    for key in COVERAGE_COUNTS:
        _say(f"draft.{key}", json, count=getattr(found, key))
    _tell_reasons(found.reasons, json)
    if found.not_drafted:
        _say("draft.not_drafted", json, count=found.not_drafted)
    _say("draft.accounted", json, count=found.accounted, listed=found.listed)
    write_json(json, lambda: {**asdict(found), "accounted": found.accounted})
    if found.not_drafted:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


@app.command("print")
def print_command(  # noqa: PLR0913, PLR0917 - options of a command
    out: OutOption = Path("plans"),
    edition: EditionOption = Edition.PERSON,
    person: PersonOption = None,
    batch: BatchOption = USUAL_BATCH,
    size: Annotated[
        Variant,
        typer.Option(
            "--size",
            help="standard＝ふつうの字、large＝大きな字（16ポイント以上）、a3＝A3二つ折り、"
            "a3_large＝A3の大きな字（18ポイント以上）、text＝読み上げ・点字用のテキスト",
        ),
    ] = Variant.STANDARD,
    wording: Annotated[
        Wording,
        typer.Option(
            "--words",
            help="plain＝ふつう、easy＝やさしい日本語、furigana＝ふりがなつき、english＝英語",
        ),
    ] = Wording.PLAIN,
    envelope: Annotated[
        str,
        typer.Option("--envelope", help="窓付き封筒の送付票を付ける：chou3＝長形3号、kaku2＝角形2号"),
    ] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="何のための印刷か（台帳に残る）")] = "",
    resume: Annotated[
        str, typer.Option("--resume", help="途中で止まった印刷の続き（番号は plans ledger runs で見られる）")
    ] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画を印刷用のPDFにします。支援者用は、同意がそろった人の分だけを作ります。"""
    people = tuple(person) if person else None
    order = PrintOrder(out, edition, people, batch, batch == 1, purpose, size, wording, envelope)
    with progress_bar(text("plans.progress.print")) as progress:
        ctx = open_context(data, progress=progress)
        outcome = resume_print(ctx, resume) if resume else print_plans(ctx, order)
    _tell_printed(outcome, json)
    write_json(json, lambda: _print_facts(outcome))
    if outcome.stopped:
        raise typer.Exit(int(Exit.STOPPED))


def _tell_printed(outcome: PrintOutcome, json: str | None) -> None:
    _say("print.people", json, people=outcome.people, pages=outcome.pages, files=len(outcome.files))
    if outcome.people:
        _say("print.numbers", json, first=outcome.first_number, last=outcome.last_number)
    if outcome.stopped:
        _say("print.stopped", json, run=outcome.run_id)
    for name in outcome.lost_files:
        _say("print.lost", json, file=name)
    for reason, count in Counter(skipped.reason for skipped in outcome.skipped).items():
        _say("print.skipped", json, count=count, reason=text(reason))
    if outcome.missing_glyphs:
        lost = "".join(dict.fromkeys("".join("".join(found) for found in outcome.missing_glyphs.values())))
        _say("print.missing", json, plans=len(outcome.missing_glyphs), characters=lost)
    if outcome.files:
        _say("print.where", json, folder=str(outcome.files[0].parent))


def _print_facts(outcome: PrintOutcome) -> dict[str, Any]:
    return {
        "edition": outcome.edition.value,
        "run": outcome.run_id,
        "first_number": outcome.first_number,
        "last_number": outcome.last_number,
        "lost_files": list(outcome.lost_files),
        "people": outcome.people,
        "pages": outcome.pages,
        "files": [str(path) for path in outcome.files],
        "index_files": [str(path) for path in outcome.index_files],
        "skipped": [
            {"plan": skipped.plan_number, "article": skipped.article, "reason": skipped.reason}
            for skipped in outcome.skipped
        ],
        "missing_glyphs": {number: list(found) for number, found in outcome.missing_glyphs.items()},
        "stopped": outcome.stopped,
    }


@app.command("show")
def show(
    person: Annotated[str, typer.Argument(help="氏名・読み・名簿番号の一部")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """1人の計画のあらましを表示します。"""
    ctx = open_context(data)
    found = find_plans(ctx, person, limit=20)
    if not found:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    if len(found) > 1:
        _say("show.several", json, count=len(found))
        for line in found:
            number = line.plan.number if line.plan else text("plans.cli.show.no_plan")
            _say("show.line", json, register_no=line.person.register_no, name=line.person.name, plan=number)
        raise typer.Exit(int(Exit.WRONG_USE))
    view = read_plan(ctx, found[0].person.id)
    for words in _plan_words(view):
        (err_console if json == "-" else console).print(escape(words), soft_wrap=True)
    write_json(json, lambda: _plan_facts(view))


def _plan_words(view: PlanView) -> Sequence[str]:
    plan = view.plan
    words = [view.person.name]
    if plan is None:
        words += [text("plans.cli.show.no_plan"), text(view.may_have_plan.reason)]
        return [*words, *preparation_words(view)]
    words.append(text("plans.cli.show.number", number=plan.number, version=plan.version))
    if view.stale:
        words.append(text("plans.paper.unverified"))
    words += [task_words(f"touched_{part}")[0] for part in view.touched]
    for stage in plan.stages:
        shelter = view.shelters.get(stage.shelter_id)
        other = "plans.paper.to_hospital" if stage.hospital else "plans.paper.stays_home"
        place = shelter.name if shelter else text(other)
        hazard = text(f"plans.paper.hazard.{stage.hazard.value}")
        words.append(text("plans.cli.show.stage", hazard=hazard, stage=stage.stage, place=place))
    words += [
        text(
            "plans.cli.show.unplaced",
            hazard=text(f"plans.paper.hazard.{hazard.value}"),
        )
        for hazard in plan.unplaced
    ]
    words += [
        text("plans.cli.show.supporter", name=named.supporter.name, phone=named.supporter.phone)
        for named in view.supporters
    ]
    contents = catalogue("law_minimum").rows
    words += [text("plans.cli.show.missing", name=contents[key].label_ja) for key in plan.missing]
    return [*words, text(view.may_share.reason)]


def _plan_facts(view: PlanView) -> dict[str, Any]:
    return {
        "person": view.person.id,
        "plan": view.plan.model_dump(mode="json") if view.plan else None,
        "supporters": [named.supporter.id for named in view.supporters],
        "may_have_plan": view.may_have_plan.model_dump(),
        "may_share": view.may_share.model_dump(),
        "stale": view.stale,
        "touched": list(view.touched),
        "preparation": view.preparation.model_dump(mode="json") if view.preparation else None,
    }
