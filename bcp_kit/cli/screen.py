"""`bcp-kit app`: open the pages in a browser on this computer."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from bcp_kit.cli.common import DataOption, Exit

app = typer.Typer(help="画面（ブラウザー）で使う")

PortOption = Annotated[
    int | None, typer.Option("--port", min=1024, max=65535, help="通信口の番号（省略時は空きを探す）")
]
OpenOption = Annotated[bool, typer.Option("--open/--no-open", help="ブラウザーを自動で開く")]


def server_command(port: int | None, open_browser: bool) -> list[str]:
    """Return the command that starts the server of the app with this Python."""
    command = [sys.executable, "-X", "utf8", "-m", "bcp_kit.pages.server"]
    if port is not None:
        command += ["--port", str(port)]
    return [*command, "--open"] if open_browser else command


@app.callback(invoke_without_command=True)
def open_app(data: DataOption = None, port: PortOption = None, open_browser: OpenOption = True) -> None:
    """画面を開きます。このパソコンの中だけで動き、外部とは通信しません。終わるときは Ctrl+C。"""
    settings = {**os.environ, "BCP_KIT_DATA_DIR": str(data)} if data else dict(os.environ)
    command = server_command(port, open_browser)
    try:
        ended = subprocess.run(command, env=settings, check=False)  # noqa: S603 - our own module, no user text
    except KeyboardInterrupt:
        raise typer.Exit(int(Exit.STOPPED)) from None
    raise typer.Exit(ended.returncode)
