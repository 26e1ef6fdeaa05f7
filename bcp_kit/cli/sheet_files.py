"""What the groups `read`, `people`, `shelters` and `staff` share: reading, importing, writing, listing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import (
    DataOption,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.services.exporting_sheets import (
    FileFormat,
    Missing,
    Written,
    empty_form,
    export_sheets,
    list_sheet,
)
from bcp_kit.services.importing import (
    COMMAND,
    ImportOutcome,
    Inspection,
    import_inspection,
    inspect_file,
)
from bcp_kit.services.importing_report import ReportLine, report_json, report_lines, report_workbook
from bcp_kit.services.importing_workbook import annotated_report
from bcp_kit.services.mapping_profiles import Profile, read_profile

SHOWN_PER_CODE = 3
SHOWN_REPLACED = 20
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="ファイル（.xlsx .csv .geojson など）")]
TargetArgument = Annotated[Path, typer.Argument(metavar="FILE", help="書き出す先（.xlsx .csv .geojson）")]
FormArgument = Annotated[Path, typer.Argument(metavar="FILE", help="書き出す先（.xlsx）")]
AcceptOption = Annotated[
    bool, typer.Option("--accept-good-rows", help="誤りのある行を除いて、ほかの行だけを取り込む")
]
ReportOption = Annotated[
    str | None, typer.Option("--report", metavar="FILE", help="報告をJSONで書き出す（- で標準出力）")
]
ReportXlsxOption = Annotated[
    Path | None, typer.Option("--report-xlsx", metavar="FILE", help="報告をExcelで書き出す")
]
MapOption = Annotated[
    Path | None, typer.Option("--map", metavar="PROFILE", help="見出しの対応表（.yaml）で読む")
]
Cp932Option = Annotated[bool, typer.Option("--cp932", help="CSVを古いシステム向けの文字（CP932）で書く")]
MissingOption = Annotated[
    Missing,
    typer.Option(
        "--missing",
        help="CP932にない文字を、refuse＝場所を示して書き出さない、similar＝似た字、mark＝〓 にする",
    ),
]
SheetOption = Annotated[SheetKind | None, typer.Option("--sheet", help="書き出す表（省略時は最初か全部）")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="表示する件数")]


def profile_from(file: Path | None) -> Profile | None:
    """Return the mapping in `file`, None without one. Raises: BcpKitError U-002, I-110."""
    if file is None:
        return None
    try:
        return read_profile(file.read_bytes())
    except OSError:
        raise BcpKitError(ErrorCode.NOT_FOUND) from None


def say(key: str, out: Console = console, **values: str | int | float) -> None:
    """Print one sentence; its values are shown as they are."""
    out.print(escape(text(f"intake.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def words_beside(*json_targets: str | None) -> Console:
    """Return where sentences go: never into a JSON on standard output."""
    return err_console if "-" in json_targets else console


def show_inspection(inspection: Inspection, out: Console) -> None:
    """Print what a file holds: its tables, counts, and the first findings with what to do."""
    say("read.file", out, name=inspection.name)
    if not inspection.parts and inspection.is_refused:
        say("read.nothing", out)
    for part in inspection.parts:
        if part.sheet_name:
            say("read.sheet", out, sheet=part.sheet_name)
        kind = text(f"intake.kind.{part.kind}")
        say("read.own" if part.title == kind else "read.part", out, title=part.title, kind=kind)
        say("read.encoding", out, encoding=part.encoding)
        good = 0 if part.is_refused else part.good_rows
        say("read.rows", out, rows=part.rows, good=good, bad=part.rows - good)
        if part.kind in (SheetKind.SHELTERS, "emergency_sites", "facility_candidates"):
            say("read.places", out, **vars(part.place_counts()))
    _show_findings(report_lines(inspection), out)


def _show_findings(lines: Sequence[ReportLine], out: Console) -> None:
    counts = {s: sum(1 for line in lines if line.severity is s) for s in Severity}
    say(
        "read.findings",
        out,
        errors=counts[Severity.ERROR],
        warnings=counts[Severity.WARNING],
        notices=counts[Severity.NOTICE],
    )
    by_code: dict[str, list[ReportLine]] = {}
    for line in sorted(lines, key=lambda line: list(Severity).index(line.severity)):
        by_code.setdefault(line.code, []).append(line)
    for found in by_code.values():
        _show_code(found, out)


def _show_code(found: Sequence[ReportLine], out: Console) -> None:
    """Print the first findings of one code and, once, what to do."""
    for line in found[:SHOWN_PER_CODE]:
        colour, label = _COLOURS[line.severity], text(f"intake.severity.{line.severity.value}")
        sentence = escape(f"{_where(line)}{line.what}")
        out.print(f"[{colour}]{label} {line.code}[/] {sentence}", soft_wrap=True)
    if len(found) > SHOWN_PER_CODE:
        say("read.more", out, count=len(found) - SHOWN_PER_CODE)
    out.print(f"   → {escape(found[0].remedy)}", soft_wrap=True)


def _where(line: ReportLine) -> str:
    row = f"{line.row}行目" if line.row is not None else ""
    shown = "／".join(part for part in (line.sheet, row, line.column) if part)
    value = f"「{line.value}」" if line.value else ""
    return f"{shown}{value}：" if shown or value else ""


def write_reports(
    inspection: Inspection, report: str | None, report_xlsx: Path | None, out: Console, source: Path
) -> None:
    """Write the report as JSON and as Excel (the user's own table with its findings) where asked for."""
    write_json(report, lambda: report_json(inspection))
    if report_xlsx is None:
        return
    if inspection.parts:
        written = annotated_report(inspection, source.read_bytes())
    else:
        written = report_workbook(inspection)
    report_xlsx.write_bytes(written.content)
    say("written.report", out, path=str(report_xlsx))
    say("written.personal", out)


@dataclass(frozen=True)
class SheetGroup:
    """One group of commands: its sheets (the first is the one that is listed), and who acts.

    `also_imports` are further kinds of rows that its import takes; `listed` are the columns of its list.
    """

    help: str
    kinds: tuple[SheetKind, ...]
    role: Role
    listed: tuple[str, ...]
    also_imports: tuple[str, ...] = ()


@dataclass(frozen=True)
class ImportOptions:
    """The options of an import."""

    accept_good_rows: bool = False
    report: str | None = None
    report_xlsx: Path | None = None
    data: Path | None = None
    json_target: str | None = None
    mapping: Path | None = None


def import_file(group: SheetGroup, source: Path, options: ImportOptions) -> None:
    """Read a file, show what is in it, and store it when it may be stored.

    Raises: BcpKitError I-405 when a table is none of the group's, I-401 … I-403 when nothing was stored.
    """
    out = words_beside(options.report, options.json_target)
    ctx = open_context(options.data, group.role)
    told = profile_from(options.mapping) or group.kinds[0]
    inspection = inspect_file(ctx, source, as_kind=told, limits=COMMAND)
    show_inspection(inspection, out)
    write_reports(inspection, options.report, options.report_xlsx, out, source)
    foreign = [p.title for p in inspection.parts if p.kind not in (*group.kinds, *group.also_imports)]
    if foreign:
        raise BcpKitError(ErrorCode.IMPORT_OTHER_KIND, titles="、".join(foreign))
    with progress_bar(text("intake.progress.storing")) as progress:
        outcome = import_inspection(replace(ctx, progress=progress), inspection, options.accept_good_rows)
    _show_outcome(outcome, out)
    write_json(options.json_target, lambda: report_json(outcome.inspection, outcome))


def _show_outcome(outcome: ImportOutcome, out: Console) -> None:
    say("imported.title", out)
    for name, counts in outcome.counts.items():
        say("imported.counts", out, kind=text(f"intake.stored.{name}"), **vars(counts))
        if counts.waiting:
            say("imported.waiting", out, kind=text(f"intake.stored.{name}"), count=counts.waiting)
    if outcome.rows_left_out:
        say("imported.left_out", out, rows=outcome.rows_left_out)
    for name, count in outcome.absent.items():
        if count:
            say("imported.absent", out, kind=text(f"intake.stored.{name}"), count=count)
    if outcome.batch_id:
        say("imported.undo", out)


@dataclass(frozen=True)
class ExportOptions:
    """The options of an export."""

    cp932: bool = False
    missing: Missing = Missing.REFUSE
    sheet: SheetKind | None = None
    data: Path | None = None
    json_target: str | None = None


def export_file(group: SheetGroup, target: Path, options: ExportOptions) -> None:
    """Write what is stored in the form in which it can be read back; the ending of `target` decides how.

    Raises: BcpKitError U-001 for another ending or a sheet of another group, I-404 for missing characters.
    """
    if options.sheet is not None and options.sheet not in group.kinds:
        raise BcpKitError(ErrorCode.WRONG_USE)
    kinds = group.kinds if options.sheet is None else (options.sheet,)
    ctx = open_context(options.data, group.role)
    written, rows = export_sheets(ctx, kinds, _format(target, options.cp932), options.missing)
    save_written(target, written, rows, options.json_target)


def save_written(
    target: Path, written: Written, rows: int, json_target: str | None, *, personal: bool = True
) -> None:
    """Save an export and say what is in it, and which characters were written as others."""
    out = words_beside(json_target)
    target.write_bytes(written.content)
    say("written.export", out, count=rows, path=str(target))
    if personal:
        say("written.personal", out)
    if written.cleaned_cells:
        say("written.shortened", out, count=written.cleaned_cells)
    if written.replaced:
        say("written.replaced", out, count=len(written.replaced))
        for missing in written.replaced[:SHOWN_REPLACED]:
            say("written.replaced_place", out, **vars(missing), code=missing.code_point)
    result = {
        "file": str(target),
        "rows": rows,
        "cleaned_cells": written.cleaned_cells,
        "replaced": [{**vars(missing), "code_point": missing.code_point} for missing in written.replaced],
    }
    write_json(json_target, lambda: result)


_FORMATS = {".xlsx": FileFormat.XLSX, ".csv": FileFormat.CSV, ".geojson": FileFormat.GEOJSON}


def _format(target: Path, cp932: bool) -> FileFormat:
    found = _FORMATS.get(target.suffix.lower())
    if found is None:
        raise BcpKitError(ErrorCode.WRONG_USE)
    return FileFormat.CSV_CP932 if cp932 and found is FileFormat.CSV else found


def form_file(group: SheetGroup, target: Path) -> None:
    """Write the empty form."""
    if target.suffix.lower() != ".xlsx":
        raise BcpKitError(ErrorCode.WRONG_USE)
    target.write_bytes(empty_form(group.kinds).content)
    say("written.form", path=str(target))


def list_records(group: SheetGroup, limit: int, data: Path | None, json_target: str | None) -> None:
    """Print the first records of the group's first sheet."""
    out = words_beside(json_target)
    kind = group.kinds[0]
    rows, total = list_sheet(open_context(data, group.role), kind, limit)
    columns = [column for column in sheet(kind).columns if column.key in group.listed]
    if rows:
        table = Table(*(Column(column.heading, overflow="fold") for column in columns))
        for row in rows:
            table.add_row(*(escape(row.get(column.key, "")) for column in columns))
        out.print(table)
    say("listed.total" if total else "listed.none", out, count=total)
    shown = [{c.key: row.get(c.key, "") for c in columns} for row in rows]
    write_json(json_target, lambda: {"total": total, "rows": shown})


def sheet_app(group: SheetGroup) -> typer.Typer:
    """Return the commands import, list, export and form of one group."""
    app = typer.Typer(help=group.help, no_args_is_help=True)

    @app.command("import")
    def import_(  # noqa: PLR0913 - one argument per option of the command
        file: FileArgument,
        *,
        accept_good_rows: AcceptOption = False,
        report: ReportOption = None,
        report_xlsx: ReportXlsxOption = None,
        mapping: MapOption = None,
        data: DataOption = None,
        json_target: JsonOption = None,
    ) -> None:
        """ファイルを調べて取り込みます。誤りがあれば、何も取り込みません。"""
        options = ImportOptions(accept_good_rows, report, report_xlsx, data, json_target, mapping)
        import_file(group, file, options)

    @app.command("list")
    def list_(limit: LimitOption = 50, data: DataOption = None, json_target: JsonOption = None) -> None:
        """保存されているものを一覧で表示します。"""
        list_records(group, limit, data, json_target)

    @app.command()
    def export(
        file: TargetArgument,
        *,
        cp932: Cp932Option = False,
        missing: MissingOption = Missing.REFUSE,
        only: SheetOption = None,
        data: DataOption = None,
        json_target: JsonOption = None,
    ) -> None:
        """保存されているものを、また取り込める形で書き出します（CSVは1つの表、GeoJSONは場所のある表）。"""
        export_file(group, file, ExportOptions(cp932, missing, only, data, json_target))

    @app.command()
    def form(file: FormArgument) -> None:
        """記入例と選択肢の付いた、空のExcelの様式を書き出します。"""
        form_file(group, file)

    return app
