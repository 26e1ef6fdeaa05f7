"""Loaded by every process of a watched server: writes down what tries to leave the machine."""

import os
import sys
from pathlib import Path

LOOPBACK = ("127.", "::1", "localhost")
WATCHED = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.gethostbyaddr",
    "socket.sendto",
)


def _host(event: str, arguments: tuple[object, ...]) -> str:
    """The host that an event is about; empty for local sockets."""
    target = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments[0]
    if isinstance(target, tuple):
        target = target[0]
    elif event in ("socket.connect", "socket.sendto"):
        return ""
    return target.decode("ascii", "replace") if isinstance(target, bytes) else str(target or "")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event not in WATCHED:
        return
    host = _host(event, arguments)
    if host and not host.startswith(LOOPBACK):
        with Path(os.environ["BCP_KIT_TEST_WATCH"]).open("a", encoding="utf-8") as out:
            out.write(f"{event} {host}\n")


if "BCP_KIT_TEST_WATCH" in os.environ:
    sys.addaudithook(_watch)
