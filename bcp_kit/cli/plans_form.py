"""`bcp-kit plans form`: the form of a plan to fill in by hand, empty or with what is known of one person."""

from pathlib import Path
from typing import Annotated

import typer

from bcp_kit.cli.common import DataOption, JsonOption, console, err_console, open_context, write_json
from bcp_kit.forms.messages import text
from bcp_kit.services.plan_form_print import blank_form, filled_form
from bcp_kit.services.plans_print import Variant


def form(
    out: Annotated[Path, typer.Option("-o", "--out", help="用紙（PDF）の置き場所")] = Path("form.pdf"),
    person: Annotated[
        str, typer.Option("--person", help="この人の、分かっていることを書いた用紙にする（番号）")
    ] = "",
    large: Annotated[bool, typer.Option("--large", help="大きな字（16ポイント以上）")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """手で書く用紙を作ります。行の番号は、入力の画面と同じです。"""
    ctx, variant = open_context(data), Variant.LARGE if large else Variant.STANDARD
    made = filled_form(ctx, person, variant) if person else blank_form(ctx, variant)
    out.write_bytes(made.pdf_bytes)
    told = text("plan_form_paper.made", file=str(out), pages=made.pages)
    (err_console if json == "-" else console).print(told, markup=False, soft_wrap=True)
    write_json(json, lambda: {"file": str(out), "pages": made.pages, "missing": list(made.missing_glyphs)})
