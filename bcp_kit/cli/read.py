"""`bcp-kit read`: say what a file holds; nothing is stored."""

from typing import Annotated

import typer

from bcp_kit.cli.common import Exit
from bcp_kit.cli.sheet_files import (
    FileArgument,
    ReportOption,
    ReportXlsxOption,
    say,
    show_inspection,
    words_beside,
    write_reports,
)
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.services.importing import COMMAND, inspect_file

_GROUPS = {
    "people": "people",
    "supporters": "people",
    "shelters": "shelters",
    "emergency_sites": "shelters",
    "facility_candidates": "shelters",
    "facilities": "staff",
    "staff": "staff",
    "rosters": "staff",
    "help_offers": "staff",
}

AsOption = Annotated[
    SheetKind | None, typer.Option("--as", help="見出しで分からないときに、何の表かを指定する")
]


def read(
    file: FileArgument,
    as_kind: AsOption = None,
    report: ReportOption = None,
    report_xlsx: ReportXlsxOption = None,
) -> None:
    """ファイルの中身と誤りを調べて表示します。保存はしません。"""
    out = words_beside(report)
    inspection = inspect_file(None, file, as_kind=as_kind, limits=COMMAND)
    show_inspection(inspection, out)
    write_reports(inspection, report, report_xlsx, out)
    if inspection.is_refused or not inspection.good_rows:
        say("read.no_command", out)
        raise typer.Exit(int(Exit.INPUT_REFUSED))
    say("read.not_stored", out)
    accept = " --accept-good-rows" if inspection.bad_rows else ""
    for group in sorted({_GROUPS[kind] for kind in inspection.kinds()}):
        out.print(f'   bcp-kit {group} import "{file}"{accept}', soft_wrap=True, markup=False)
