"""The command line: `bcp-kit`, one module per group.

A group's module is imported when its word is typed: a command does not wait for what others need.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from bcp_kit import __version__

COMMANDS = {
    "demo": "demo",
    "read": "read",
    "recover": "cover_recover",
    "rematch": "rematch",
    "stress": "stress",
    "waves": "waves",
}  # word: module
GROUPS = {
    "app": "screen",
    "people": "people",
    "shelters": "shelters",
    "staff": "staff",
    "cover": "cover_sheets",
    "attendance": "attendance",
    "match": "match_more",
    "bcp": "bcp",
    "plans": "plans",
    "data": "data",
}


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bcp_kit {__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", help="版を表示する", callback=_show_version, is_eager=True)
]


def _root(version: VersionOption = False) -> None:
    """福祉施設の業務継続計画、職員の応援、福祉避難所とのマッチング、個別避難計画の印刷。"""
    del version


def build(words: Sequence[str] = ()) -> typer.Typer:
    """Return the command line for the words typed: one group where the first word names it, else all."""
    first = words[0] if words else ""
    known = first in COMMANDS or first in GROUPS
    built = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    built.callback()(_root)
    for word, module in COMMANDS.items():
        if not known or word == first:
            built.command(word)(getattr(import_module(f"bcp_kit.cli.{module}"), word))
    for word, module in GROUPS.items():
        if not known or word == first:
            built.add_typer(import_module(f"bcp_kit.cli.{module}").app, name=word)
    return built


def __getattr__(name: str) -> Any:
    """Return `app`, the whole command line, built when it is asked for."""
    if name == "app":
        return build()
    raise AttributeError(name)


def main() -> None:
    """Run the command line and end with the documented exit code."""
    import_module("bcp_kit.cli.common").run(build(sys.argv[1:]))
