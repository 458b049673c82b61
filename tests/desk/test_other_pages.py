"""A web site that is open in the same browser, while the desk is: it reads nothing, and nothing happens."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from otio_retake.desk.serving import Serving

from .browser import opened
from .conftest import token_in
from .stand_in import SECRET, StandIn

ATTACK = (Path(__file__).parent / "attack.js").read_text()

SENT = {
    "fetch-cors", "fetch-blind", "fetch-file", "post-text", "post-form", "beacon", "img", "video", "script", "style",
    "live", "socket", "frame", "frame-room", "form-text/plain", "form-application/x-www-form-urlencoded",
    "form-multipart/form-data", "window", "window-room", "window-export",
}  # fmt: skip
"""What the attack sends for certain. One more, with a preflight, is stopped by the browser where that is refused."""

ENTER = """async (token) => {
  const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ token }) };
  const { room } = await (await fetch("/enter", asked)).json();
  const board = await fetch(`/d/${room}/board`);
  return { room, status: board.status, text: await board.text() };
}"""


class Site(http.server.ThreadingHTTPServer):
    """A web server that takes whatever comes; ``asked`` are the queries."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Careless)


class _Careless(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path.rpartition("?")[2])
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>a web site</title><body>anything")

    do_POST = do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def _site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.example"])
def test_a_web_site_in_the_same_browser_can_do_nothing(
    name: str, chromium: str, serving: Serving, stand_in: StandIn
) -> None:
    with (
        _site() as site,
        _site() as careless,
        opened(chromium, "--host-resolver-rules=MAP evil.example 127.0.0.1") as browser,
    ):
        context = browser.new_context()
        desk = context.new_page()
        # An address of the desk without a page, so that what is asked is asked by this test alone.
        desk.goto(f"{serving.url}static/none")
        mine = desk.evaluate(ENTER, token_in(serving.link))
        assert (mine["status"], SECRET in mine["text"]) == (200, True)
        stand_in.reset()
        stand_in.looks = 0

        other = context.new_page()
        other.goto(f"http://{name}:{site.server_port}/?start")
        got = other.evaluate(ATTACK, [serving.url.rstrip("/"), mine["room"]])
        assert stand_in.did == stand_in.asked == []
        assert stand_in.looks == 0
        assert got == []
        assert not [page for page in context.pages if page is not desk and SECRET in page.content()]
        assert [frame.url for frame in other.frames[1:]] != []
        assert all(frame.url.startswith(("chrome-error:", "about:")) for frame in other.frames[1:])
        assert desk.evaluate("room => fetch(`/d/${room}/board`).then(answer => answer.status)", mine["room"]) == 200

        # The same at a server that takes what comes: so it is the desk's doing that nothing came of it.
        other.evaluate(ATTACK, [f"http://127.0.0.1:{careless.server_port}", mine["room"]])
        assert set(careless.asked) >= SENT


@pytest.mark.slow
def test_a_site_that_takes_the_address_of_this_machine_is_not_the_desk(
    chromium: str, serving: Serving, stand_in: StandIn
) -> None:
    with opened(chromium, "--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
        page = browser.new_context().new_page()
        answer = page.goto(f"http://evil.example:{serving.port}/")
        assert answer is not None
        assert answer.status == 421
        refused = page.evaluate("fetch('/static/link.js').then(answer => answer.status)")
        assert refused == 421
    assert stand_in.asked == []


@pytest.mark.slow
def test_the_link_opens_the_page_in_a_browser(chromium: str, serving: Serving) -> None:
    token = token_in(serving.link)
    with opened(chromium) as browser:
        without_scripts = browser.new_context(java_script_enabled=False).new_page()
        without_scripts.goto(serving.link.as_uri())
        without_scripts.wait_for_url(f"{serving.url}*")
        assert without_scripts.url == f"{serving.url}#t={token}"

        page = browser.new_context().new_page()
        page.goto(serving.link.as_uri())
        page.wait_for_url(serving.url)
        page.wait_for_function("() => Object.values(sessionStorage).some(value => value.length > 40)")
        assert token not in page.content()
    assert token_in(serving.link) != token
