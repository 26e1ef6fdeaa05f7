"""The guards of these tests can fail: connections, look-ups and requests to the outside are found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.conftest import Served, Visit

pytestmark = pytest.mark.browser
WATCH = Path(__file__).with_name("watch")
# 192.0.2.0/24 and .invalid are reserved (RFC 5737, RFC 2606): nobody answers there.
TRIES = """
import socket
for call in (lambda: socket.create_connection(("192.0.2.1", 9), timeout=0.2),
             lambda: socket.getaddrinfo("example.invalid", 80),
             lambda: socket.getaddrinfo("127.0.0.1", 80)):
    try:
        call()
    except OSError:
        pass
"""


def test_the_server_watch_sees_what_leaves(tmp_path: Path) -> None:
    """The audit hook writes down an outside connection and look-up, and no loopback one."""
    seen = tmp_path / "watch.txt"
    environment = {**os.environ, "BCP_KIT_TEST_WATCH": str(seen), "PYTHONPATH": str(WATCH)}
    subprocess.run([sys.executable, "-c", TRIES], env=environment, check=True)
    lines = set(seen.read_text(encoding="utf-8").splitlines())
    assert {"socket.connect 192.0.2.1", "socket.getaddrinfo example.invalid"} <= lines
    assert not any("127.0.0.1" in line for line in lines)


def test_the_page_watch_sees_what_leaves_and_the_browser_stops_it(served: Served, visit: Visit) -> None:
    """A request of the page to the outside is noted, and the content policy keeps it from being sent."""
    visit.page.goto(served.address)
    visit.page.locator("h1").first.wait_for(timeout=60_000)
    assert visit.outside == []
    outcome = visit.page.evaluate(
        "fetch('http://192.0.2.1/').then(() => 'sent', error => 'stopped: ' + error.name)"
    )
    assert outcome == "stopped: TypeError"
    blocked = visit.page.evaluate(
        "new Promise(done => { document.addEventListener('securitypolicyviolation',"
        " e => done(e.blockedURI), {once: true}); const i = new Image(); i.src = 'http://192.0.2.1/x.png'; })"
    )
    assert blocked.startswith("http://192.0.2.1")


def test_other_files_than_the_fonts_are_not_served(served: Served, visit: Visit) -> None:
    """The font route sends the three faces and nothing else; pages carry the headers that keep them home."""
    for name in ("BIZUDPGothic-Regular.ttf", "NotoSansJP-Regular.ttf"):
        answer = visit.page.request.get(f"{served.address}/fonts/{name}")
        assert answer.ok and answer.headers["content-type"] == "font/ttf"
    for name in ("NotoSansJP-OFL.txt", "..%2f..%2fresources.py", "%2e%2e/resources.py"):
        other = visit.page.request.get(f"{served.address}/fonts/{name}")
        assert not other.ok or "text/html" in other.headers["content-type"], name
    policy = visit.page.request.get(served.address).headers["content-security-policy"]
    assert "default-src 'self'" in policy
