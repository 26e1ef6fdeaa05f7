"""`bcp-kit bcp check`: what is wrong in the plans of a facility, as a table or as JSON."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.catalogues.load import source_titles
from bcp_kit.cli.bcp_common import FacilityOption, column, manager_context, one_facility, say
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, write_json
from bcp_kit.forms.check_words import sentences, where
from bcp_kit.forms.checks.case import Severity
from bcp_kit.forms.checks.data import registry
from bcp_kit.forms.checks.run import Finding
from bcp_kit.forms.messages import text
from bcp_kit.services.bcp_check import CheckReport, check_facility, let_stand


def add_to(app: typer.Typer) -> None:
    """Add the command to the group `bcp`."""
    app.command("check")(check)


def check(
    facility: FacilityOption = "",
    set_aside: Annotated[str, typer.Option("--set-aside", help="理由を書いて外す所の番号")] = "",
    reason: Annotated[str, typer.Option("--reason", help="外す理由（--set-aside と一緒に）")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """施設の計画を点検し、食い違い、足りない所、名簿や地図と合わない所を見せます。

    見つかった所があると終了コードは5、なければ0です。--json では、所ごとに code（種類）、severity（重さ）、
    item（項目）、row・column（表の行と列）、title・why・todo（文）、sources（出典）、key（外すときの番号）が出ます。
    """
    ctx = manager_context(data)
    facility_id = one_facility(ctx, facility)
    if set_aside:
        let_stand(ctx, facility_id, set_aside, reason)
        say("checks.cli.set_aside", json)
    report = check_facility(ctx, facility_id)
    write_json(json, lambda: report_facts(report))
    if json != "-":
        _print(report)
    if report.findings:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain values."""
    title, why, todo = sentences(finding)
    check_row = registry()[finding.code]
    return {
        "key": finding.key,
        "code": finding.code,
        "severity": finding.severity.value,
        "plan": finding.kind.value,
        "chapter": finding.chapter_id,
        "item": finding.item_id,
        "item_title": finding.item_title,
        "row": finding.row,
        "row_title": finding.row_title,
        "column": finding.column,
        "column_title": finding.column_title,
        "title": title,
        "why": why,
        "todo": todo,
        "sources": list(source_titles(check_row.sources)),
        "verification": check_row.verification.value,
    }


def report_facts(report: CheckReport) -> dict[str, Any]:
    """Return the report as plain values."""
    return {
        "facility": report.facility.id,
        "plans": {kind.value: plan_id for kind, plan_id in report.plan_ids.items()},
        "checks": report.checks,
        "counts": {severity.value: report.count(severity) for severity in Severity},
        "findings": [finding_facts(one) for one in report.findings],
        "set_aside": [
            {**finding_facts(one.finding), **one.set_aside.model_dump(mode="json", exclude={"code"})}
            for one in report.let_stand
        ],
    }


def _print(report: CheckReport) -> None:
    if not report.findings:
        say("checks.cli.clean")
    else:
        heads = ("head_weight", "head_where", "head_what", "head_todo", "head_key")
        table = Table(*(column(text(f"checks.cli.{head}")) for head in heads))
        for one in report.findings:
            title, _, todo = sentences(one)
            cells = (text(f"checks.severity.{one.severity.value}"), where(one), title, todo, one.key)
            table.add_row(*(escape(cell) for cell in cells))
        console.print(table)
        counts = {severity.value: report.count(severity) for severity in Severity}
        say("checks.cli.found", None, count=len(report.findings), **counts)
    if report.let_stand:
        say("checks.cli.aside", count=len(report.let_stand))
