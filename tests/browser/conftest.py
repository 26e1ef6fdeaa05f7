"""A watched server on a free port, headless Chromium, a guard that collects requests to the outside."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

from bcp_kit.access.policy import Actor, Role
from bcp_kit.services.base import Context
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store
from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
SETTLE_SECONDS = 60
QUIET_LOOKS = 5
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",  # no page draws with WebGL: maps and charts are SVG and canvas
)
SMALL_OFFICE_SCREEN = {"width": 1366, "height": 768}
expect.set_options(timeout=20_000)


@dataclass
class Served:
    """A running server: its address, its data folder, and what its processes tried to reach."""

    address: str
    data: Path
    watch: Path
    log: Path

    def reached(self) -> list[str]:
        """Connections and look-ups to the outside, as written by the audit hook."""
        return self.watch.read_text(encoding="utf-8").splitlines() if self.watch.exists() else []


@dataclass
class Visit:
    """One browser window, the addresses it showed, and its requests that would have left the machine."""

    page: Page
    outside: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Collect a request that is neither to this computer nor to data in the page."""
        if not request.url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            self.outside.append(request.url)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_up(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the server did not start:\n" + log.read_text(encoding="utf-8", errors="replace")[-2000:])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Start the app as `bcp-kit app` does, in a folder that is not the checkout, over an empty store."""
    port, log = _free_port(), tmp_path / "server.log"
    place = Served(
        address=f"http://127.0.0.1:{port}", data=tmp_path / "data", watch=tmp_path / "watch.txt", log=log
    )
    away = tmp_path / "away"
    away.mkdir()
    environment = {
        **os.environ,
        "BCP_KIT_DATA_DIR": str(place.data),
        "BCP_KIT_PLAIN": "true",
        "BCP_KIT_TEST_WATCH": str(place.watch),
        "PYTHONPATH": os.pathsep.join((str(Path(__file__).with_name("watch")), str(ROOT))),
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bcp_kit.pages.server", "--port", str(port)],
            env=environment,
            cwd=away,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_up(process, port, log)
        yield place
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def town(served: Served) -> Served:
    """The server over a store that holds the invented town."""
    handle = open_store(StoreSettings(data_dir=served.data, plain=True))
    actor = Actor(name="試験", role=Role.DISASTER_OFFICER)
    load_world(Context(actor=actor, open_store=handle.open), "town", work_dir=served.data)
    handle.close()
    return served


def settle(page: Page) -> None:
    """Wait until the page stands and, for a while, the server has nothing more to say."""
    page.locator("h1").first.wait_for(timeout=60_000)
    quiet, end = 0, time.monotonic() + SETTLE_SECONDS
    while quiet < QUIET_LOOKS and time.monotonic() < end:
        page.wait_for_timeout(150)
        resting = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').count()
        stale = page.locator('[data-stale="true"]').count()
        quiet = quiet + 1 if resting and not stale else 0


def press(page: Page, name: str, nth: int = 0) -> None:
    """Press a button and wait until the page has settled."""
    page.get_by_role("button", name=name, exact=True).nth(nth).click()
    settle(page)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The Chromium of the system, headless."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        skip_or_fail("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """A fresh window of the size of a small office screen."""
    window = chromium.new_context(viewport=SMALL_OFFICE_SCREEN, locale="ja-JP", accept_downloads=True)
    opened = Visit(window.new_page())
    opened.page.on("framenavigated", lambda frame: opened.addresses.append(frame.url))
    opened.page.on("request", opened.note)
    yield opened
    window.close()
