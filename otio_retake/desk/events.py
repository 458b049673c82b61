"""Server-sent events: what is live, told to every page that listens.

The format is https://html.spec.whatwg.org/multipage/server-sent-events.html. One look at the desk serves all pages,
and a page is only ever told the newest state: one that reads slowly misses what is past, and holds nobody up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import anyio
import anyio.to_thread
from starlette.types import Receive, Scope, Send

from .answers import as_json

EVERY = 0.5
"""Seconds between two looks."""

STILL_HERE = 15.0
"""Seconds of silence after which a comment is sent, so that nobody in between takes the stream for dead."""


class Events:
    """The streams of one server. All of it belongs to the server's loop."""

    def __init__(self, live: Callable[[], object], every: float = EVERY, still_here: float = STILL_HERE) -> None:
        """``live`` gives what is told, and may block. Times are in seconds."""
        self._live = live
        self._every = every
        self._still_here = still_here
        self._newest = b""
        self._pages: set[asyncio.Event] = set()
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One stream: an ASGI answer. It ends when the page goes away, or with ``close``."""
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        telling = asyncio.ensure_future(self._tell(send))
        leaving = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            leaving.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)

    def close(self) -> None:
        """Ends all streams, and looks no more."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
        for news in self._pages:
            news.set()

    @property
    def pages(self) -> int:
        """How many listen."""
        return len(self._pages)

    async def _tell(self, send: Send) -> None:
        news = asyncio.Event()
        self._pages.add(news)
        self._look_from_now_on()
        told = b""
        try:
            while not self._closed:
                if self._newest not in (b"", told):
                    told = self._newest
                    await _say(send, b"event: live\ndata: " + told + b"\n\n")
                try:
                    await asyncio.wait_for(news.wait(), self._still_here)
                except TimeoutError:
                    await _say(send, b": still here\n\n")
                news.clear()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._pages.discard(news)

    def _look_from_now_on(self) -> None:
        if (self._looking is None or self._looking.done()) and not self._closed:
            self._newest = b""
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Looks as long as somebody listens. A look that fails is none: the next one may not."""
        own = anyio.CapacityLimiter(1)
        while self._pages:
            with suppress(Exception):
                seen = await anyio.to_thread.run_sync(
                    lambda: as_json(self._live()), abandon_on_cancel=True, limiter=own
                )
                if seen != self._newest:
                    self._newest = seen
                    for news in self._pages:
                        news.set()
            await asyncio.sleep(self._every)


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
