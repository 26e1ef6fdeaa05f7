"""The server of the app: Streamlit on loopback, our font, and headers that keep every page at home.

`python -m bcp_kit.pages.server [--port N] [--open]` starts it; `bcp-kit app` does just that.
"""

import argparse
import tomllib
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from streamlit import config as streamlit_config

from bcp_kit.forms.messages import text
from bcp_kit.resources import font_path, locate

FONT_FILES = ("BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf", "NotoSansJP-Regular.ttf")

# What a browser may load: only what this server sends. The browser itself stops a page that tries more.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob: ws://127.0.0.1:* ws://localhost:*",
        "worker-src 'self' blob:",
        "frame-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def settings_file() -> Path:
    """Return the file of server settings: of the wheel, else of the checkout.

    Raises: FileNotFoundError when neither is there.
    """
    try:
        return locate("streamlit_config.toml")
    except FileNotFoundError:
        return locate(".streamlit/config.toml")


def settings(port: int | None = None) -> dict[str, Any]:
    """Return the settings by dotted name, so that they hold in whatever folder the server starts."""
    tree: Mapping[str, Mapping[str, Any]] = tomllib.loads(settings_file().read_text(encoding="utf-8"))
    flat = {f"{section}.{name}": value for section, part in tree.items() for name, value in part.items()}
    return flat if port is None else {**flat, "server.port": port}


def send_font(request: Request) -> Response:
    """Send one of the faces of the app's fonts; any other name is not found."""
    name = request.path_params["name"]
    if name not in FONT_FILES:
        return Response(status_code=404)
    return FileResponse(font_path(name), media_type="font/ttf", headers={"Cache-Control": "max-age=604800"})


class HomeHeaders(BaseHTTPMiddleware):
    """Adds the headers above to every answer; files with personal data (PDF, images) are never cached."""

    async def dispatch(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Pass the request on and complete the headers of its answer."""
        answer = await call_next(request)
        answer.headers.update(HEADERS)
        if request.url.path.startswith("/media/"):
            answer.headers["Cache-Control"] = "no-store"
        return answer


def address() -> str:
    """Return the address at which the app can be opened on this computer."""
    return f"http://127.0.0.1:{streamlit_config.get_option('server.port')}"


def _lifespan(open_browser: bool) -> Callable[[Any], Any]:
    @asynccontextmanager
    async def tell(_: Any) -> AsyncIterator[dict[str, Any] | None]:
        print(text("pages.server.ready", address=address()), flush=True)  # noqa: T201 - the one line a user waits for
        if open_browser:
            webbrowser.open(address())
        yield None

    return tell


def make_app(*, open_browser: bool = False) -> st.App:
    """Return the app: Streamlit's own routes, the font, the headers."""
    return st.App(
        locate("app.py"),
        routes=[Route("/fonts/{name}", send_font)],
        middleware=[Middleware(HomeHeaders)],
        lifespan=_lifespan(open_browser),
    )


def main() -> None:
    """Start the server and stay until it is stopped (Ctrl+C)."""
    parser = argparse.ArgumentParser(prog="bcp-kit app")
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--open", action="store_true")
    chosen = parser.parse_args()
    make_app(open_browser=chosen.open).run(config=settings(chosen.port))


if __name__ == "__main__":
    main()
