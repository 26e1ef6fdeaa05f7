"""`bcp-kit read`: say what files hold; nothing is stored."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bcp_kit.cli.common import Exit, JsonOption, write_json
from bcp_kit.cli.data_maps import show_road_file
from bcp_kit.cli.sheet_files import (
    MapOption,
    ReportOption,
    ReportXlsxOption,
    profile_from,
    say,
    show_inspection,
    words_beside,
    write_reports,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.sheets import SheetKind, other_tables, sheet
from bcp_kit.services.importing import COMMAND, Inspection, inspect_file
from bcp_kit.services.importing_report import report_json
from bcp_kit.services.mapping_profiles import UnknownTable, propose_mapping

_GROUPS = {
    "people": "people",
    "certificates": "people",
    "supporters": "people",
    "shelters": "shelters",
    "emergency_sites": "shelters",
    "facility_candidates": "shelters",
    "facilities": "staff",
    "staff": "staff",
    "rosters": "staff",
    "help_offers": "staff",
}
_SHOWN_HEADINGS = 12
ROAD_ENDINGS = (".osm.pbf", ".pbf", ".osm", ".graphml")

FilesArgument = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="ファイル（.xlsx .xls .csv .geojson .zip）"),
]
AsOption = Annotated[
    SheetKind | None, typer.Option("--as", help="見出しで分からないときに、何の表かを指定する")
]


def read(
    files: FilesArgument,
    as_kind: AsOption = None,
    mapping: MapOption = None,
    report: ReportOption = None,
    report_xlsx: ReportXlsxOption = None,
    json_target: JsonOption = None,
) -> None:
    """ファイルの中身と誤りを調べて表示します。保存はしません。"""
    if len(files) > 1 and (report or report_xlsx):
        raise BcpKitError(ErrorCode.WRONG_USE)
    out = words_beside(report, json_target)
    told = profile_from(mapping) or as_kind
    unread, facts = False, []
    for place, file in enumerate(files):
        if place:
            out.print()
        if file.name.lower().endswith(ROAD_ENDINGS):
            facts.append({"file": file.name, "roads": show_road_file(file, out)})
            continue
        inspection = inspect_file(None, file, as_kind=told, limits=COMMAND)
        show_inspection(inspection, out)
        write_reports(inspection, report, report_xlsx, out, file)
        unread |= not _advise(inspection, file, mapping, out)
        facts.append(report_json(inspection))
    write_json(json_target, lambda: {"files": facts})
    if unread:
        raise typer.Exit(int(Exit.INPUT_REFUSED))


def _advise(inspection: Inspection, file: Path, mapping: Path | None, out: Console) -> bool:
    """Say what to do next; False for a file of which nothing can be used."""
    for table in inspection.unmapped:
        _show_unknown(table, file, out)
    if inspection.is_refused or not inspection.good_rows:
        tables = inspection.unmapped
        known = bool(tables) and not inspection.is_refused and all(t.known_as or t.areas for t in tables)
        if not known:
            say("read.no_command", out)
        return known
    say("read.not_stored", out)
    accept = " --accept-good-rows" if inspection.bad_rows else ""
    mapped = f' --map "{mapping}"' if mapping else ""
    for group in sorted({_GROUPS[kind] for kind in inspection.kinds()}):
        verb = "certificates" if SheetKind.CERTIFICATES in inspection.kinds() else "import"
        out.print(f'   bcp-kit {group} {verb} "{file}"{accept}{mapped}', soft_wrap=True, markup=False)
    return True


def _show_unknown(table: UnknownTable, file: Path, out: Console) -> None:
    """Print what a table holds that is none of ours, and which command takes it, or how it may be mapped."""
    shown = "、".join(table.headings[:_SHOWN_HEADINGS])
    more = "…" if len(table.headings) > _SHOWN_HEADINGS else ""
    say("read.unknown", out, rows=table.rows, columns=len(table.headings), headings=shown + more)
    if table.areas:
        say("read.areas", out, count=table.areas)
    known: dict[str, Any] = other_tables().get(table.known_as, {})
    if known.get("command") or (table.areas and not known):
        command = known.get("command", "data hazards add")
        out.print(f'   bcp-kit {command} "{file}"', soft_wrap=True, markup=False)
    elif not known:
        _show_proposal(table, file, out)


def _show_proposal(table: UnknownTable, file: Path, out: Console) -> None:
    proposal = propose_mapping(None, table)
    fields = [h for h in proposal.headings if h.key]
    if not fields:
        return
    say("read.proposal", out, sheet=sheet(proposal.kind).title, count=len(fields))
    out.print(
        f'   bcp-kit data profiles propose "{file}" --as {proposal.kind.value} -o profile.yaml',
        soft_wrap=True,
        markup=False,
    )
