"""What stands before the desk: nobody but a page of its own, in a session of its own, gets past.

Host: a web site may give its own name the address 127.0.0.1. Origin and Sec-Fetch-Site: any page in the same browser
may send requests here, and must be told from ours; see https://www.w3.org/TR/fetch-metadata/ and
https://fetch.spec.whatwg.org/#origin-header. The room and its cookie: any program on this machine may send anything.
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import fault, problem
from .sessions import COOKIE, Sessions

MOST_BODY = 2_000_000
"""Bytes of a body: a picks file of a very long cut is a tenth of that."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_DEVICES = (
    "accelerometer", "bluetooth", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _DEVICES),
}
"""Said with every answer."""


class Refused(Exception):
    """A request that goes no further."""

    def __init__(self, status: int, what: str, fix: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(what)
        self.answer = problem(status, what, "the request", fix, headers)


class Guard:
    """The layer around the application."""

    def __init__(self, app: ASGIApp, port: int, sessions: Sessions) -> None:
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or has it answered. Only HTTP is: anything else is left without an answer."""
        if scope["type"] != "http":
            return
        started = False

        async def told(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _dress(message)
            await send(message)

        try:
            self._check(scope)
            inner = await _bounded(receive) if scope["method"] == "POST" else receive
            await self._app(scope, inner, told)
        except Refused as refused:
            await refused.answer(scope, receive, told)
        except _Gone:
            pass
        except Exception as error:
            # The server would write it to the terminal, with whatever its text holds.
            if not started:
                await fault(error)(scope, receive, told)

    def _check(self, scope: Scope) -> None:
        """Raises ``Refused``."""
        method, path = scope["method"], scope["path"]
        host = _host(scope, self._hosts)
        if list(_values(scope, "upgrade")):
            raise Refused(400, "the desk speaks HTTP only")
        if method not in ("GET", "HEAD", "POST"):
            raise Refused(405, "the desk knows no such method", headers={"Allow": "GET, HEAD, POST"})
        _check_origin(scope, f"http://{host}", required=method == "POST")
        _check_site(scope, shell=method != "POST" and (path == "/" or path.startswith("/static/")))
        _check_body(scope)
        if path.startswith("/d/"):
            room, slash, _ = path.removeprefix("/d/").partition("/")
            if not slash or not self._sessions.knows(room, _cookies(scope)):
                raise Refused(401, "there is no such session", "open the desk again, with the link in the terminal")


class _Gone(Exception):
    """Whoever asked did not wait."""


def _values(scope: Scope, name: str) -> Iterator[str]:
    wanted = name.encode("ascii")
    return (value.decode("latin-1").strip() for key, value in scope["headers"] if key.lower() == wanted)


def _host(scope: Scope, known: frozenset[str]) -> str:
    """The host that was asked for. Raises ``Refused`` for one that is not this server's."""
    said = list(_values(scope, "host"))
    if len(said) != 1 or said[0] not in known:
        raise Refused(421, "this is not the host that was asked for", f"the desk is at {min(known)} only")
    return said[0]


def _check_origin(scope: Scope, own: str, required: bool) -> None:
    """Raises ``Refused`` for what a page of another origin sent, or perhaps sent."""
    said = list(_values(scope, "origin"))
    if (required and not said) or any(origin != own for origin in said):
        raise Refused(403, "only the desk's own page may ask this")


def _check_site(scope: Scope, shell: bool) -> None:
    """The same, by what the browser says of the page. ``shell``: what anybody may see, as nothing stands in it.

    Whoever follows a link to the page, or opens it by its address, comes from another site or from none.
    """
    said = set(_values(scope, "sec-fetch-site"))
    allowed = {"same-origin", "none"} if shell else {"same-origin"}
    if said <= allowed:
        return
    mode, dest = list(_values(scope, "sec-fetch-mode")), list(_values(scope, "sec-fetch-dest"))
    if scope["path"] == "/" and scope["method"] == "GET" and mode == ["navigate"] and dest == ["document"]:
        return
    raise Refused(403, "only the desk's own page may ask this")


def _check_body(scope: Scope) -> None:
    """Raises ``Refused`` for a body that is too long, as far as it is said, or of a kind that a form could send."""
    for said in _values(scope, "content-length"):
        if not said.isdecimal() or int(said[:20]) > MOST_BODY:
            raise _too_long()
    if scope["method"] == "POST":
        types = [said.partition(";")[0].strip().lower() for said in _values(scope, "content-type")]
        if types != ["application/json"]:
            raise Refused(415, "this is not sent as JSON")


def _too_long() -> Refused:
    return Refused(413, "this is too long", f"send at most {MOST_BODY // 1_000_000} MB")


async def _bounded(receive: Receive) -> Receive:
    """The whole body, to be read again from what is returned. Raises ``Refused`` where it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            raise _too_long()
        if not message.get("more_body", False):
            break
    whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return whole.pop() if whole else await receive()

    return again


def _cookies(scope: Scope) -> Iterator[str]:
    """All that go by the name: a page on another port may have planted some."""
    for header in _values(scope, "cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == COOKIE:
                yield value


def _dress(message: Message) -> None:
    """Adds what is said with every answer."""
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
