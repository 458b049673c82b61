"""The desk's addresses, each of which calls the desk behind it. Nothing here decides anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import RetakeError
from .answers import answer, as_json, fault, problem, problem_of, unknown
from .calls import CALLS, Call, Enter, Misread, read_call
from .events import Events
from .serves import Kind, Serves
from .sessions import Sessions
from .shell import SHELL, ShellFile

_FILES: Mapping[Kind, tuple[str, tuple[str, ...]]] = {
    "strip": ("image/jpeg", ("",)),
    "still": ("image/jpeg", ("0", "1", "2", "3", "4")),
    "pair": ("video/mp4", ("",)),
    "sound": ("audio/wav", ("a", "b")),
}
"""What is sent as a file: its media type, and the parts that there are of it."""

LONGEST_ID = 200
"""Characters of an id, as in a call's body."""

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(desk: Serves, sessions: Sessions, events: Events, shell: Mapping[str, ShellFile] = SHELL) -> ASGIApp:
    """The application, to be put behind a ``Guard``: it trusts that a request below ``/d/`` has a session."""
    pages = _Pages(desk, sessions, shell)
    room = "/d/{room}/"
    routes = [
        Route("/", pages.index),
        Route("/static/{name}", pages.static),
        Route("/enter", pages.enter, methods=["POST"]),
        Route(f"{room}board", pages.board),
        Route(f"{room}events", _Ours(events)),
        Route(f"{room}numbers/{{ident}}", pages.numbers),
        Route(f"{room}picks", pages.picks),
        Route(f"{room}export", pages.export),
        *(
            Route(f"{room}{kind}/{{ident}}" + ("/{part}" if parts != ("",) else ""), pages.file(kind))
            for kind, (_, parts) in _FILES.items()
        ),
        *(Route(f"{room}{name}", pages.call(name, model), methods=["POST"]) for name, model in CALLS.items()),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={RetakeError: _trouble, HTTPException: _no_such, Exception: _fault},
    )
    # A redirect would repeat what was asked for; there are no two ways to write an address of the desk.
    app.router.redirect_slashes = False
    return app


class _Ours:
    """An ASGI answer as a class: a route takes a plain object for an application of its own, for every method."""

    def __init__(self, events: Events) -> None:
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await self._events(scope, receive, send)


class _Pages:
    """The answers. The desk blocks, so it is asked in threads; those that wait for a file keep nobody else waiting."""

    def __init__(self, desk: Serves, sessions: Sessions, shell: Mapping[str, ShellFile]) -> None:
        self._desk = desk
        self._sessions = sessions
        self._shell = shell
        self._quick = anyio.CapacityLimiter(12)
        self._slow = anyio.CapacityLimiter(32)

    async def index(self, request: Request) -> Response:
        """The page, without anything in it."""
        return self._from_shell("index.html")

    async def static(self, request: Request) -> Response:
        """A file of the page."""
        return self._from_shell(request.path_params["name"])

    def _from_shell(self, name: str) -> Response:
        found = self._shell.get(name)
        return unknown() if found is None else Response(found.content, media_type=found.media_type)

    async def enter(self, request: Request) -> Response:
        """A session for a token."""
        token = read_call(Enter, await request.body())["token"]
        session = await self._ask(lambda: self._sessions.enter(token))
        if session is None:
            return problem(
                403, "this link was used before, or is not the desk's", fix="open the desk again, with its newest link"
            )
        return answer(as_json({"room": session.room}), headers={"Set-Cookie": session.set_cookie})

    async def board(self, request: Request) -> Response:
        """Everything that the page shows."""
        return answer(await self._ask(lambda: as_json(self._desk.board())))

    async def numbers(self, request: Request) -> Response:
        """What was measured of a take."""
        ident = _ident(request)
        try:
            return answer(await self._ask(lambda: as_json(self._desk.numbers(ident))))
        except KeyError:
            return unknown()

    async def picks(self, request: Request) -> Response:
        """The picks file, to be saved."""
        found = await self._ask(self._desk.picks)
        name = f"{Path(str(found.get('cut') or 'cut')).stem}-picks.json"
        return answer(as_json(found), headers=_saved_as(name))

    async def export(self, request: Request) -> Response:
        """The page as one file, to be saved."""
        headers = _saved_as(await self._ask(self._desk.export_name))
        if request.method == "HEAD":
            return Response(headers=headers, media_type="text/html")
        pieces = await self._ask(self._desk.export)
        # What goes wrong before the first piece can still be told.
        first = await self._ask(lambda: next(pieces, b""))
        return StreamingResponse(self._streamed(first, pieces), headers=headers, media_type="text/html")

    async def _streamed(self, first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        try:
            piece: bytes | None = first
            while piece is not None:
                yield piece
                piece = await anyio.to_thread.run_sync(lambda: next(pieces, None), limiter=self._slow)
        finally:
            if (close := getattr(pieces, "close", None)) is not None:
                close()

    def file(self, kind: Kind) -> Endpoint:
        """The answer with files of a kind; ranges are served."""
        media_type, parts = _FILES[kind]

        async def sent(request: Request) -> Response:
            ident, part = _ident(request), request.path_params.get("part", "")
            if part not in parts:
                return unknown()
            try:
                path = await anyio.to_thread.run_sync(
                    lambda: self._desk.file(kind, ident, part), abandon_on_cancel=True, limiter=self._slow
                )
            except KeyError:
                return unknown()
            return FileResponse(path, media_type=media_type, headers={"Cache-Control": "private, no-store"})

        return sent

    def call(self, name: str, model: type[Call]) -> Endpoint:
        """The answer to one of ``CALLS``. It is done to its end, also where nobody waits for it."""

        async def done(request: Request) -> Response:
            body = read_call(model, await request.body())
            try:
                said = await anyio.to_thread.run_sync(lambda: as_json(self._desk.do(name, body)), limiter=self._quick)
            except KeyError:
                return unknown()
            return answer(said)

        return done

    async def _ask(self, question: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(question, abandon_on_cancel=True, limiter=self._quick)


def _ident(request: Request) -> str:
    """The id that was asked for, as it came. Raises 404 for what can be none."""
    ident: str = request.path_params["ident"]
    if len(ident) > LONGEST_ID or not ident.isprintable():
        raise HTTPException(404)
    return ident


def _saved_as(name: str) -> dict[str, str]:
    """The header by which a browser saves an answer under ``name``; https://www.rfc-editor.org/rfc/rfc6266."""
    plain = "".join(sign if sign.isprintable() and sign not in '/\\:"' else "-" for sign in name)
    ascii_only = plain.encode("ascii", "replace").decode().replace("?", "-")
    encoded = quote(plain.encode("utf-8", "replace"), safe="")
    return {"Content-Disposition": f"attachment; filename=\"{ascii_only}\"; filename*=UTF-8''{encoded}"}


async def _trouble(request: Request, error: Any) -> Response:
    return problem_of(error, 400 if isinstance(error, Misread) else 409)


async def _no_such(request: Request, error: Any) -> Response:
    if error.status_code == 404:
        return unknown()
    return problem(error.status_code, "this cannot be asked in this way", headers=dict(error.headers or {}))


async def _fault(request: Request, error: Exception) -> Response:
    return fault(error)
