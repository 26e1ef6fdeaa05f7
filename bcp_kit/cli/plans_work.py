"""`bcp-kit plans check`: what is left to do on the plans, and whom to ask."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    open_context,
    write_json,
)
from bcp_kit.forms.messages import text
from bcp_kit.services.plans_worklist import WorkBy, WorkGroup, task_words, work_list, work_workbook


def check(
    by: Annotated[
        WorkBy,
        typer.Option(
            "--by", help="town＝分けない、district＝地区、care_office＝事業所、minsei＝民生委員ごと"
        ),
    ] = WorkBy.TOWN,
    excel: Annotated[
        Path | None, typer.Option("--excel", help="一覧をExcelに保存する", metavar="FILE")
    ] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画に残っている仕事と、聞く相手を出します。残っているときの終了コードは5です。"""
    ctx = open_context(data)
    groups = work_list(ctx, by)
    out = err_console if json == "-" else console
    for group in groups:
        if by is not WorkBy.TOWN:
            out.print(group.name or text("plan_work.no_name"), markup=False, soft_wrap=True)
        people = text("plan_work.cli.people", people=group.people, finished=group.finished)
        out.print(people, markup=False, soft_wrap=True)
        for task, count in group.counts.items():
            what, whom = task_words(task)
            out.print(text("plan_work.cli.line", what=what, whom=whom, count=count), markup=False)
    if excel:
        excel.write_bytes(work_workbook(ctx, groups))
        out.print(text("plan_work.cli.saved", file=str(excel)), markup=False, soft_wrap=True)
    write_json(json, lambda: {"groups": [_facts(group) for group in groups]})
    if any(group.lines for group in groups):
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _facts(group: WorkGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "people": group.people,
        "finished": group.finished,
        "counts": dict(group.counts),
        "lines": [
            {"person": line.person.id, "plan": line.plan_number, "tasks": list(line.tasks)}
            for line in group.lines
        ],
    }
