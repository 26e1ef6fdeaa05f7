"""`bcp-kit plans steps | effort | fees | claims | consent | sign | end | minsei`: how plans come about."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, PersonArgument, tell
from bcp_kit.domain.consent import ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import Proxy, Signature, SigningWay
from bcp_kit.domain.plan_steps import EffortKind, PlanFees, StepScope, StepState
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.minsei import read_minsei, set_minsei
from bcp_kit.services.plan_agreement import ConsentCommand, end_plan, record_consent, sign_plan
from bcp_kit.services.plan_efforts import (
    Claim,
    EffortCommand,
    claim_file,
    claims,
    default_fees,
    read_fees,
    record_effort,
    set_fees,
)
from bcp_kit.services.plan_steps import StepCommand, StepView, read_steps, record_step, step_words
from bcp_kit.services.plans import read_plan
from bcp_kit.services.register import person_by_number

DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="日付（省略時は今日）")
]


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _step_facts(view: StepView) -> dict[str, Any]:
    entry = view.entry.model_dump(mode="json") if view.entry else None
    return {"step": view.number, "name": step_words(view.number), "done": view.done, "entry": entry}


def steps(  # noqa: PLR0913, PLR0917 - options of a command
    person: Annotated[str, typer.Option("--person", help="名簿番号")] = "",
    district: Annotated[str, typer.Option("--district", help="この地区の全員について")] = "",
    step: Annotated[int, typer.Option("--step", min=0, max=7, help="記録する手順（1〜7）")] = 0,
    state: Annotated[
        StepState, typer.Option("--state", help="begun＝始めた、done＝済んだ、taken_back＝取り消し")
    ] = StepState.DONE,
    note: Annotated[str, typer.Option("--note", help="メモ（人の名前は書かない）")] = "",
    on: DayOption = None,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画づくりの7つの手順を記録します。--stepなしで、その人の手順の状態を出します。"""
    ctx = open_context(data, name=by)
    person_id = person_by_number(ctx, person).id if person else ""
    if step:
        scope = StepScope.PERSON if person else StepScope.DISTRICT if district else StepScope.TOWN
        ids = (person_id,) if person else (district,) if district else ()
        kept = record_step(ctx, StepCommand(step, scope, ids, state, _day(on), by, note))
        tell(json, "plan_steps.cli.kept", number=step, count=len(kept))
        write_json(json, lambda: {"entries": [entry.model_dump(mode="json") for entry in kept]})
        return
    if not person:
        raise BcpKitError(ErrorCode.WRONG_USE)
    views = read_steps(ctx, person_id)
    for view in views:
        entry = view.entry
        tell(
            json,
            "plan_steps.cli.line",
            number=view.number,
            name=step_words(view.number),
            state=text(f"plan_steps.state.{entry.state.value if entry else 'none'}"),
            on=entry.on.isoformat() if entry else "",
            by=entry.by if entry else "",
            scope=text(f"plan_steps.scope.{entry.scope.value}") if entry else "",
        )
    write_json(json, lambda: {"steps": [_step_facts(view) for view in views]})


def effort(  # noqa: PLR0913, PLR0917 - options of a command
    person: PersonArgument,
    office: Annotated[str, typer.Option("--office", help="事業所の名前")],
    minutes: Annotated[int, typer.Option("--minutes", help="かかった分")],
    kind: Annotated[EffortKind, typer.Option("--kind", help="new_plan・renewal・drill・other")] = (
        EffortKind.NEW_PLAN
    ),
    finished: Annotated[bool, typer.Option("--finished", help="この作業で仕上がった（請求の対象）")] = False,
    on: DayOption = None,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """事業所が1人の計画にかけた作業を記録します。"""
    ctx = open_context(data, name=by)
    person_id = person_by_number(ctx, person).id
    kept = record_effort(ctx, EffortCommand(person_id, office, kind, minutes, _day(on), by, finished))
    tell(json, "plan_efforts.cli.kept", office=kept.office, minutes=kept.minutes)
    write_json(json, lambda: kept.model_dump(mode="json"))


def fees(  # noqa: PLR0913, PLR0917 - options of a command
    new: Annotated[int | None, typer.Option("--new", min=0, help="新しく作る1件の額（円）")] = None,
    renewal: Annotated[int, typer.Option("--renewal", min=0, help="見直し1件の額（円）")] = 0,
    drill: Annotated[int, typer.Option("--drill", min=0, help="訓練1回の額（円）")] = 0,
    other: Annotated[int, typer.Option("--other", min=0, help="そのほかの額（円）")] = 0,
    basis: Annotated[str, typer.Option("--basis", help="額のもと（契約や通知の名前）")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """事業所への1件あたりの額を出します。--newを付けると、市町村の額を入れます。"""
    ctx = open_context(data)
    if new is None:
        found = read_fees(ctx)
    else:
        found = set_fees(ctx, PlanFees(new_plan=new, renewal=renewal, drill=drill, other=other, basis=basis))
    words = {name: getattr(found, name) for name in ("new_plan", "renewal", "drill", "other", "basis")}
    tell(json, "plan_efforts.cli.fees", **words)
    if found == default_fees():
        tell(json, "plan_efforts.cli.unverified")
    write_json(json, lambda: found.model_dump(mode="json"))


def _claim_facts(claim: Claim) -> dict[str, Any]:
    lines = [
        {
            "plan": line.plan_number,
            "register_no": line.register_no,
            "kind": line.kind.value,
            "finished_on": line.finished_on.isoformat(),
            "minutes": line.minutes,
            "fee": line.fee,
        }
        for line in claim.lines
    ]
    return {"office": claim.office, "month": claim.month, "total": claim.total, "lines": lines}


def claims_command(
    month: Annotated[str, typer.Argument(help="月（2026-10のように）", metavar="月")],
    office: Annotated[str, typer.Option("--office", help="この事業所だけ")] = "",
    file: Annotated[
        Path | None, typer.Option("--out", help="保存するファイル（.xlsx か .csv）", metavar="FILE")
    ] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """事業所ごとの1か月の請求の一覧を出します。"""
    found = claims(open_context(data), month, office)
    for claim in found:
        tell(
            json,
            "plan_efforts.cli.claim",
            office=claim.office,
            count=len(claim.lines),
            minutes=sum(line.minutes for line in claim.lines),
            total=claim.total,
            open=claim.minutes_open,
        )
    if not found:
        tell(json, "plan_efforts.cli.none")
    if file:
        file.write_bytes(claim_file(found, as_csv=file.suffix.lower() == ".csv"))
        tell(json, "plan_work.cli.saved", file=str(file))
    write_json(json, lambda: {"claims": [_claim_facts(claim) for claim in found]})


def consent(  # noqa: PLR0913, PLR0917 - options of a command
    person: PersonArgument,
    kind: Annotated[ConsentKind, typer.Argument(help="make_plan・share_register・share_plan・be_named")],
    answer: Annotated[ConsentAnswer, typer.Argument(help="given＝同意、refused＝不同意")],
    supporter: Annotated[str, typer.Option("--supporter", help="be_namedのときの支援者の番号")] = "",
    on: DayOption = None,
    explained: Annotated[
        datetime | None, typer.Option("--explained", formats=["%Y-%m-%d"], help="説明した日")
    ] = None,
    way: Annotated[str, typer.Option("--way", help="どうやって（訪問・紙など）")] = "",
    proxy: Annotated[str, typer.Option("--proxy", help="代わりに答えた人")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """同意・不同意を記録します（災害対策基本法49条の11・14・15）。"""
    ctx = open_context(data)
    person_id = person_by_number(ctx, person).id
    command = ConsentCommand(person_id, kind, answer, supporter, _day(on), _day(explained), way, proxy)
    kept = record_consent(ctx, command)
    tell(json, "plan_fields.cli.consent")
    write_json(json, lambda: kept.model_dump(mode="json"))


def _plan_of(ctx: Context, number: str) -> EvacuationPlan:
    plan = read_plan(ctx, person_by_number(ctx, number).id).plan
    if plan is None:
        raise BcpKitError(ErrorCode.PLAN_MISSING)
    return plan


def sign(  # noqa: PLR0913, PLR0917 - options of a command
    person: PersonArgument,
    name: Annotated[str, typer.Option("--name", help="署名した人")],
    way: Annotated[
        SigningWay, typer.Option("--way", help="own_hand・written_by_other・mark・spoken・electronic")
    ] = SigningWay.OWN_HAND,
    relation: Annotated[str, typer.Option("--relation", help="代理のとき、本人との関係")] = "",
    reason: Annotated[str, typer.Option("--reason", help="代理のとき、その理由")] = "",
    witness: Annotated[str, typer.Option("--witness", help="立ち会った人")] = "",
    on: DayOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画への署名（本人、または代理の人）を記録します。"""
    ctx = open_context(data)
    plan = _plan_of(ctx, person)
    if not name.strip() or bool(relation.strip()) != bool(reason.strip()):
        raise BcpKitError(ErrorCode.SIGNATURE_INCOMPLETE)
    proxy = Proxy(relation=relation, reason=reason) if relation else None
    day = _day(on) or ctx.today()
    signature = Signature(signed_by=name, signed_on=day, way=way, proxy=proxy, witness=witness)
    saved = sign_plan(ctx, plan.id, signature, plan.version)
    tell(json, "plan_fields.cli.signed")
    write_json(json, lambda: signature.model_dump(mode="json") | {"version": saved.version})


def end(
    person: PersonArgument,
    reason: Annotated[str, typer.Argument(help="理由（転出・死亡・施設入所・本人の取下げなど）")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画を終えます。控えの回収は plans ledger で続けます。"""
    ctx = open_context(data)
    plan = _plan_of(ctx, person)
    saved = end_plan(ctx, plan.id, reason, plan.version)
    tell(json, "plan_fields.cli.ended")
    write_json(json, lambda: {"plan": saved.number, "status": saved.status.value})


def minsei(
    district: Annotated[str, typer.Argument(help="地区（省略すると一覧）", metavar="[地区]")] = "",
    name: Annotated[str, typer.Argument(help="民生委員の名前（空にすると消す）", metavar="[名前]")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """地区ごとの民生委員を出します。地区と名前を付けると入れます。"""
    ctx = open_context(data)
    found = set_minsei(ctx, {district: name}) if district else read_minsei(ctx)
    for place, who in found.items():
        tell(json, "plan_fields.cli.minsei", district=place, name=who or text("plan_work.no_name"))
    write_json(json, lambda: {"districts": dict(found)})
