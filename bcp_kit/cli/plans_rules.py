"""`bcp-kit plans rules …`: the ordinance and the emergency decision that take the place of consent."""

from typing import Annotated, Any

import typer

from bcp_kit.catalogues import load
from bcp_kit.cli.common import DataOption, JsonOption, console, err_console, open_context, write_json
from bcp_kit.domain.consent import Emergency, Ordinance
from bcp_kit.domain.plan_rules import PairRule
from bcp_kit.forms.messages import text
from bcp_kit.services.disclosure_rules import (
    DEFAULTS,
    begin_emergency,
    end_emergency,
    read_rules,
    record_ordinance,
)
from bcp_kit.services.plan_rules import read_plan_rules, set_plan_rules

app = typer.Typer(help="同意に代わるもの：条例の記録、災害時の提供の開始と終了", no_args_is_help=True)

ByOption = Annotated[str, typer.Option("--by", help="決めた人（職と名前）")]


def _say(json: str | None, key: str, **values: str) -> None:
    (err_console if json == "-" else console).print(
        text(f"rules.{key}", **values), soft_wrap=True, markup=False
    )


def _words(emergency: Emergency) -> dict[str, str]:
    return {
        "until": f"{emergency.ends_at:%Y-%m-%d %H:%M}",
        "by": emergency.decided_by,
        "reason": emergency.reason,
    }


@app.command("show")
def show(data: DataOption = None, json: JsonOption = None) -> None:
    """いまの条例と、災害時の提供の決定を出します。"""
    rules = read_rules(open_context(data))
    if rules.emergency is None:
        _say(json, "none")
    else:
        _say(json, "running" if rules.running else "over", **_words(rules.emergency))
    name = rules.ordinance.name if rules.ordinance else ""
    if name:
        (err_console if json == "-" else console).print(name, markup=False)
    else:
        _say(json, "no_ordinance")
    write_json(json, lambda: _facts(rules.ordinance, rules.emergency) | {"running": rules.running})


def _facts(ordinance: Ordinance | None, emergency: Emergency | None) -> dict[str, Any]:
    return {
        "ordinance": ordinance.model_dump(mode="json") if ordinance else None,
        "emergency": emergency.model_dump(mode="json") if emergency else None,
    }


@app.command("ordinance")
def ordinance(
    name: Annotated[str, typer.Argument(help="条例の名前", metavar="条例の名前")],
    register: Annotated[bool, typer.Option("--register", help="名簿は同意がなくても渡せる")] = False,
    plans: Annotated[bool, typer.Option("--plans", help="計画は同意がなくても渡せる")] = False,
    ignore_refusal: Annotated[
        bool, typer.Option("--ignore-refusal", help="渡さないでほしいという申出を定めていない")
    ] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """同意に代わる条例を記録します。"""
    kept = record_ordinance(
        open_context(data),
        Ordinance(
            name=name,
            waives_register_consent=register,
            waives_plan_consent=plans,
            honours_refusal=not ignore_refusal,
        ),
    )
    _say(json, "saved")
    write_json(json, lambda: _facts(kept, None))


@app.command("making")
def making(
    prepare: Annotated[
        bool | None,
        typer.Option("--prepare/--no-prepare", help="同意を尋ねる前に、役所の中だけの下準備を作る／作らない"),
    ] = None,
    imported: Annotated[
        PairRule | None,
        typer.Option(
            "--imported",
            help="取り込んだ支援者の組の承認：always＝いつも、after_setup＝計画ができてから、never＝しない",
        ),
    ] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画づくりの決まりを出します。選択肢を付けると変えます。"""
    ctx = open_context(data)
    rules = read_plan_rules(ctx)
    given = {"prepare_before_consent": prepare, "approve_imported": imported}
    own = {name: value for name, value in given.items() if value is not None}
    if own:
        rules = set_plan_rules(ctx, rules.model_copy(update=own))
    out = err_console if json == "-" else console
    mark = text("rules.yes" if rules.prepare_before_consent else "rules.no")
    out.print(f"{text('plan_before.prepare')}：{mark}", soft_wrap=True, markup=False)
    chosen = text(f"plan_before.imported_rule.{rules.approve_imported.value}")
    out.print(f"{text('plan_before.imported')}：{chosen}", soft_wrap=True, markup=False)
    write_json(json, lambda: rules.model_dump(mode="json"))


@app.command("begin")
def begin(
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="生命・身体を守るために特に必要な理由")],
    hours: Annotated[float, typer.Option("--hours", help="何時間のあいだ")] = load.number(
        DEFAULTS, "emergency_usual"
    ),
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """災害時の提供を始めます（決めた人・理由・期間が記録に残ります）。"""
    begun = begin_emergency(open_context(data, name=by), by, reason, hours)
    _say(json, "running", **_words(begun))
    write_json(json, lambda: _facts(None, begun))


@app.command("end")
def end(by: ByOption = "コマンド操作", data: DataOption = None, json: JsonOption = None) -> None:
    """災害時の提供を終えます。"""
    ended = end_emergency(open_context(data, name=by))
    _say(json, "ended")
    write_json(json, lambda: _facts(None, ended))
