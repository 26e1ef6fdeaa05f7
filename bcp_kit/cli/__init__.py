"""The command line: `bcp-kit`, one module per group."""

from typing import Annotated

import typer

from bcp_kit import __version__
from bcp_kit.cli import app as screen
from bcp_kit.cli import (
    bcp,
    cover,
    data,
    demo,
    match_locks,
    people,
    plans,
    read,
    rematch,
    shelters,
    staff,
    stress,
)
from bcp_kit.cli.common import run

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command("demo")(demo.demo)
app.command("read")(read.read)
app.command("rematch")(rematch.rematch)
app.command("stress")(stress.stress)
for _name, _group in {
    "app": screen.app,
    "people": people.app,
    "shelters": shelters.app,
    "staff": staff.app,
    "cover": cover.app,
    "match": match_locks.app,
    "bcp": bcp.app,
    "plans": plans.app,
    "data": data.app,
}.items():
    app.add_typer(_group, name=_name)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bcp_kit {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", help="版を表示する", callback=_show_version, is_eager=True)
]


@app.callback()
def root(version: VersionOption = False) -> None:
    """福祉施設の業務継続計画、職員の応援、福祉避難所とのマッチング、個別避難計画の印刷。"""
    del version


def main() -> None:
    """Run the command line and end with the documented exit code."""
    run(app)
