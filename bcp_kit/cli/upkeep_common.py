"""What the commands for keeping plans up share: where words go, tables, who acts."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.common import console, err_console
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text

ByOption = Annotated[str, typer.Option("--by", help="操作する人の名前")]
PersonArgument = Annotated[str, typer.Argument(help="名簿番号", metavar="名簿番号")]
NOBODY = "コマンド操作"


def out(json: str | None) -> Console:
    """Return the console: standard error beside a JSON on standard output."""
    return err_console if json == "-" else console


def tell(json: str | None, key: str, **values: str | int) -> None:
    """Print the sentence of a key."""
    out(json).print(escape(text(key, DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def show_rows(json: str | None, heads: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table; the headings are the messages `heads`.<column>."""
    table = Table()
    for column in columns:
        table.add_column(text(f"{heads}.{column}"), overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    out(json).print(table)
