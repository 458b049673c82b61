"""Hands out result files, and everything that a careful client must refuse in their place."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from .jobs import Job

FILE_URL = "file:///etc/passwd"
PRIVATE_URL = "https://10.0.0.7/results/private.mp4"
OVERSIZED = 5_000_000_000
_CHUNK = 1 << 16
_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"

TYPES = {".mp4": "video/mp4", ".mov": "video/quicktime", ".webm": "video/webm"}


def drop(scope: Scope) -> None:
    """Closes the connection of a request as soon as what was sent is on its way."""
    scope["extensions"]["otio_retake.drop"]()


class NoAnswer(Response):
    """The connection is dropped in place of an answer, or held until the client drops it."""

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__()
        self._hangs = hangs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Drops it, and waits until it is gone."""
        if not self._hangs:
            drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


class CutShort(Response):
    """A file that says its whole length, of which half comes before the connection is dropped."""

    def __init__(self, path: Path, media_type: str) -> None:
        content = path.read_bytes()
        super().__init__(content[: len(content) // 2], media_type=media_type)
        self.headers["content-length"] = str(len(content))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends half, then drops the connection."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


def result_answer(request: Request, job: Job, number: int) -> Response:
    """Result ``number`` of a job that is ready, or what its faults put in its place."""
    path = job.results[number]
    kind = TYPES.get(path.suffix, "video/mp4")
    for name, made in _INSTEAD.items():
        if job.has(name):
            return made(request, path, kind)
    job.fetched += 1
    return FileResponse(path, media_type=kind)


def _truncated(request: Request, path: Path, kind: str) -> Response:
    content = path.read_bytes()
    return Response(content[: len(content) // 2], media_type=kind)


def _empty(request: Request, path: Path, kind: str) -> Response:
    return Response(b"", media_type=kind)


def _page(request: Request, path: Path, kind: str) -> Response:
    return Response(_PAGE, media_type="text/html")


def _oversized(request: Request, path: Path, kind: str) -> Response:
    answer = StreamingResponse(_without_end(path), media_type=kind)
    answer.headers["content-length"] = str(OVERSIZED)
    return answer


def _endless(request: Request, path: Path, kind: str) -> Response:
    return StreamingResponse(_without_end(path), media_type=kind)


def _bomb(request: Request, path: Path, kind: str) -> Response:
    return Response(_packed_zeros(), media_type=kind, headers={"content-encoding": "gzip"})


@lru_cache(maxsize=1)
def _packed_zeros() -> bytes:
    """A thousandth of what it unfolds to: 16 members of 64 MB of zeros are a gigabyte in a megabyte."""
    return gzip.compress(bytes(64 << 20), 9) * 16


def _private(request: Request, path: Path, kind: str) -> Response:
    return RedirectResponse(PRIVATE_URL, 302)


def _loop(request: Request, path: Path, kind: str) -> Response:
    return RedirectResponse(str(request.url), 302)


_INSTEAD = {
    "truncated": _truncated,
    "empty": _empty,
    "wrong-type": _page,
    "oversized": _oversized,
    "endless": _endless,
    "gzip-bomb": _bomb,
    "redirect-private": _private,
    "redirect-loop": _loop,
}


async def _without_end(path: Path) -> AsyncIterator[bytes]:
    """A movie's beginning, then zeros for ever, at some hundred megabytes a second."""
    with path.open("rb") as file:
        yield file.read(_CHUNK)
    nothing = bytes(_CHUNK)
    while True:
        yield nothing
        await asyncio.sleep(0)
