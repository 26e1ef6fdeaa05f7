"""The command line: `bcp-kit`, one module per group."""

import typer

from bcp_kit.cli.common import run

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run the command line and end with the documented exit code."""
    run(app)
