"""`bcp-kit plans fields | set | forms …`: one plan field by field, and the form that the town uses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import DataOption, Exit, JsonOption, explain, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, PersonArgument, out, show_rows, tell
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_answers import AnswerOrigin, AnswerSource, AnswerWay, FieldValue
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.plan_form import PlanField, PlanForm
from bcp_kit.forms.schema import InputType
from bcp_kit.services.plan_field_words import value_words
from bcp_kit.services.plan_fields import (
    FieldState,
    PlanSheet,
    field_by_row,
    plan_sheet,
    requirement_words,
    supplier_words,
    write_fields,
)
from bcp_kit.services.plan_forms import check_document, choose_form, list_forms, read_chosen_form
from bcp_kit.services.register import person_by_number

forms_app = typer.Typer(help="個別避難計画の様式：一覧・選ぶ・確かめる", no_args_is_help=True)
_FORM_COLUMNS = ("row", "id", "title", "required", "home", "ask")
_VALUE_COLUMNS = ("row", "title", "value", "ask")


def _asked(field: PlanField) -> str:
    return "、".join(supplier_words(key) for key in field.ask)


def _form_row(field: PlanField) -> tuple[str, ...]:
    required = text(f"forms.required.{field.item.required.value}")
    return (
        str(field.row),
        field.id,
        field.item.title_ja,
        required,
        text(f"plan_fields.home.{field.home.value}"),
        _asked(field),
    )


def _value_row(state: FieldState) -> tuple[str, ...]:
    words = value_words(state.field, state.value)
    return (str(state.field.row), state.field.item.title_ja, words, _asked(state.field) if not words else "")


def _field_facts(field: PlanField) -> dict[str, Any]:
    return {
        "row": field.row,
        "id": field.id,
        "title": field.item.title_ja,
        "required": field.item.required.value,
        "sensitivity": field.item.sensitivity,
        "home": field.home.value,
        "ask": list(field.ask),
        "within": field.within,
    }


def _state_facts(state: FieldState) -> dict[str, Any]:
    return {
        **_field_facts(state.field),
        "value": state.value.model_dump(mode="json"),
        "origin": state.origin.model_dump(mode="json") if state.origin else None,
        "missing": state.missing,
        "writable": state.writable,
    }


def fields(
    person: Annotated[
        str, typer.Argument(help="名簿番号（省略すると、様式の欄の一覧）", metavar="[名簿番号]")
    ] = "",
    missing: Annotated[bool, typer.Option("--missing", help="足りない欄だけを出す")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """様式の欄と番号を出します。名簿番号を付けると、その人の計画の欄の中身と、足りない欄の聞く相手を出します。"""
    ctx = open_context(data)
    if not person:
        form = read_chosen_form(ctx)
        show_rows(json, "plan_fields.column", _FORM_COLUMNS, map(_form_row, form.fields))
        write_json(json, lambda: _form_facts(form) | {"fields": [_field_facts(f) for f in form.fields]})
        return
    sheet = plan_sheet(ctx, person_by_number(ctx, person).id)
    states = sheet.missing if missing else sheet.states
    show_rows(json, "plan_fields.column", _VALUE_COLUMNS, map(_value_row, states))
    _tell_completeness(json, sheet)
    write_json(json, lambda: _sheet_facts(sheet, states))


def _tell_completeness(json: str | None, sheet: PlanSheet) -> None:
    for line in requirement_words(sheet.filled_counts(), DEFAULT_LANGUAGE):
        out(json).print(line, markup=False)
    for key, states in sheet.missing_by_supplier().items():
        names = "、".join(f"{state.field.row} {state.field.item.title_ja}" for state in states)
        tell(json, "plan_fields.cli.ask", whom=supplier_words(key), count=len(states), names=names)


def _sheet_facts(sheet: PlanSheet, states: tuple[FieldState, ...]) -> dict[str, Any]:
    counts = {kind.value: list(pair) for kind, pair in sheet.filled_counts().items()}
    return {
        "person": sheet.person_id,
        "plan": sheet.plan.number,
        "version": sheet.plan.version,
        "form": sheet.form.id,
        "filled": counts,
        "fields": [_state_facts(state) for state in states],
    }


def _form_facts(form: PlanForm) -> dict[str, Any]:
    return {"form": form.id, "title": form.title_ja, "municipality": form.municipality_ja}


def _assigned(form: PlanForm, words: str) -> tuple[str, FieldValue]:
    """Return field and value of 「23=000-1」 or 「tel_home=000-1」; a table is 列:値/列:値;列:値."""
    name, sign, value = words.partition("=")
    if not sign:
        raise BcpKitError(ErrorCode.WRONG_USE)
    found = field_by_row(form, int(name)) if name.isdecimal() else form.find(name)
    if found is None:
        raise BcpKitError(ErrorCode.FORM_ITEM_MISSING, item=name)
    if found.item.input.type is InputType.TABLE and value.strip():
        columns = {column.label_ja: column.key for column in found.item.input.columns}
        return found.id, FieldValue(rows=tuple(_cells(row, columns) for row in value.split(";")))
    return found.id, FieldValue(text=value)


def _cells(row: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Return the cells of one row; a column is named by its key or by its heading."""
    pairs = (cell.partition(":") for cell in row.split("/"))
    return {columns.get(key.strip(), key.strip()): cell.strip() for key, _, cell in pairs}


def set_command(  # noqa: PLR0913, PLR0917 - options of a command
    person: PersonArgument,
    values: Annotated[
        list[str],
        typer.Argument(
            help="番号か欄の名前=内容（いくつでも。内容を空にすると消す。表は 列:値/列:値;列:値 と書く）",
            metavar="番号=内容...",
        ),
    ],
    source: Annotated[
        AnswerSource | None, typer.Option("--source", help="だれから聞いたか（family＝家族など）")
    ] = None,
    way: Annotated[AnswerWay, typer.Option("--way", help="どうやって（paper＝紙など）")] = AnswerWay.SCREEN,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """1人の計画の欄に書きこみます。全部書くか、何も書かないかのどちらかです。"""
    ctx = open_context(data, name=by)
    form = read_chosen_form(ctx)
    changes = dict(_assigned(form, words) for words in values)
    origin = AnswerOrigin(source=source, way=way, on=ctx.today(), by=by) if source else None
    sheet = write_fields(ctx, person_by_number(ctx, person).id, changes, origin)
    tell(json, "plan_fields.cli.written", count=len(changes), version=sheet.plan.version)
    changed = tuple(state for state in sheet.states if state.field.id in changes)
    write_json(json, lambda: _sheet_facts(sheet, changed))


@forms_app.command("list")
def list_command(data: DataOption = None, json: JsonOption = None) -> None:
    """使える様式の一覧を出します。"""
    found = list_forms(open_context(data))
    for choice in found:
        mark = text("plan_fields.cli.chosen") if choice.chosen else ""
        tell(
            json,
            "plan_fields.cli.form",
            id=choice.form.id,
            title=choice.form.title_ja,
            count=len(choice.form.fields),
            mark=mark,
        )
    write_json(json, lambda: {"forms": [_form_facts(c.form) | {"chosen": c.chosen} for c in found]})


@forms_app.command("choose")
def choose(
    name: Annotated[str, typer.Argument(help="様式の名前、または市町村の様式ファイル（YAML）の場所")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """これから使う様式を選びます。前に書いたことは、様式にない欄の分も残ります。"""
    form = choose_form(open_context(data), name)
    tell(json, "plan_fields.cli.now", title=form.title_ja, count=len(form.fields))
    write_json(json, lambda: _form_facts(form))


@forms_app.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="市町村の様式ファイル（YAML）")], json: JsonOption = None
) -> None:
    """市町村の様式を確かめます。まちがいがあるときの終了コードは5です。"""
    faults = check_document(file)
    for fault in faults:
        what, remedy = explain(fault.error())
        out(json).print(f"{fault.code.value} {what}\n→ {remedy}", markup=False, soft_wrap=True)
    if not faults:
        tell(json, "plan_fields.cli.good", file=file.name)
    facts = [{"code": fault.code.value, **fault.values} for fault in faults]
    write_json(json, lambda: {"faults": facts})
    if faults:
        raise typer.Exit(int(Exit.FAULTS_FOUND))
