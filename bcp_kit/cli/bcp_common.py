"""What the commands on plans share: which plan or facility is meant, sentences, tables, files written."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import console, err_console, open_context, write_json
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import list_facilities, list_plans

PlanOption = Annotated[str, typer.Option("--plan", help="計画の番号（計画が一つなら省略できる）")]
FacilityOption = Annotated[str, typer.Option("--facility", help="施設の番号（施設が一つなら省略できる）")]
OutOption = Annotated[Path, typer.Option("--out", help="書き出すフォルダー", file_okay=False)]


def manager_context(data: Path | None) -> Context:
    """Return the context of a facility's manager over the store in `data`."""
    return open_context(data, role=Role.FACILITY_MANAGER)


def say(key: str, json_target: str | None = None, **values: str | int | float) -> None:
    """Print a sentence; beside a JSON on standard output, never into it."""
    out = err_console if json_target == "-" else console
    out.print(escape(text(key, DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def column(head: str) -> Column:
    """Return a column whose long words run on in the next line: Japanese has no blanks to break at."""
    return Column(head, overflow="fold")


def one_facility(ctx: Context, facility_id: str) -> str:
    """Return the facility named, or the only one there is.

    Raises: BcpKitError when there are none or several.
    """
    if facility_id:
        return facility_id
    found = list_facilities(ctx)
    if len(found) != 1:
        raise BcpKitError(ErrorCode.WHICH_FACILITY, count=len(found))
    return found[0].id


def one_plan(ctx: Context, plan_id: str) -> str:
    """Return the plan named, or the only one there is.

    Raises: BcpKitError when there are none or several.
    """
    if plan_id:
        return plan_id
    found = list_plans(ctx)
    if len(found) != 1:
        raise BcpKitError(ErrorCode.WHICH_PLAN, count=len(found))
    return found[0].plan.id


def write_file(out: Path, name: str, content: bytes) -> Path:
    """Write a file into the folder `out`, made where it lacks, and return its path."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / name
    target.write_bytes(content)
    return target


def write_printed(printed: PrintedDocument, out: Path, json: str | None, **facts: Any) -> None:
    """Write a printed document into `out`, and say where it is and which characters could not be drawn."""
    target = write_file(out, printed.file_name, printed.pdf_bytes)
    if printed.missing_glyphs:
        say("bcp.cli.glyphs_missing", json, count=len(printed.missing_glyphs))
    write_json(
        json,
        lambda: {
            "file": str(target),
            "bytes": len(printed.pdf_bytes),
            "pages": printed.pages,
            "missing_glyphs": printed.missing_glyphs,
            **facts,
        },
    )
    if json != "-":
        console.print(escape(str(target)), soft_wrap=True)
