"""The desk as a server: a free port of 127.0.0.1, a thread, the link to it, and a clean end."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import RetakeError
from ..loopback import bound
from .app import make_app
from .events import Events
from .guard import Guard
from .link import open_link, remove_link, write_link
from .serves import Serves
from .sessions import Sessions

GRACE = 1.0
"""Seconds that answers have to end by themselves when the server stops."""

_LONGEST_HEAD = 256 * 1024
"""Bytes of a request's headers: cookies of all other servers on this machine come with them."""


class Serving:
    """A desk that is served as long as the ``with`` block lasts.

    ``url`` is its address, without what lets anybody in; ``link`` the file that does.
    """

    def __init__(
        self, desk: Serves, *, link_folder: Path, port: int = 0, said: Callable[[str], None] = lambda _: None
    ) -> None:
        """Takes the port; 0 is any free one. ``said`` is told what a person should know. Raises ``SettingsError``."""
        self._said = said
        self._socket = bound(port)
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/"
        self.link = link_folder / f"desk-{self.port}.html"
        self._sessions = Sessions(self._write_link)
        self._events = Events(desk.live)
        app = Guard(make_app(desk, self._sessions, self._events), self.port, self._sessions)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app, http=H11Protocol, ws="none", lifespan="off", interface="asgi3", log_config=None,
                log_level="critical", access_log=False, server_header=False, proxy_headers=False,
                timeout_graceful_shutdown=2, h11_max_incomplete_event_size=_LONGEST_HEAD,
            )
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run, name="otio-retake-desk", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._linked = False
        self._failed: BaseException | None = None

    def __enter__(self) -> Serving:
        """Listens. Raises ``RetakeError`` where it does not come to that, or the link cannot be written."""
        try:
            self._thread.start()
            deadline = time.monotonic() + 20
            while not self._server.started:
                if self._failed or time.monotonic() > deadline:
                    reason = type(self._failed).__name__ if self._failed else "it took too long"
                    raise RetakeError(f"the desk did not start ({reason})", where=self.url, fix="try again")
                time.sleep(0.005)
            self._sessions.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops."""
        self.stop()

    @property
    def running(self) -> bool:
        """Whether it still listens."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Takes the link away, ends every stream and lets go of the port. May be called from any thread, and again."""
        with suppress(RetakeError):
            remove_link(self.link)
        if self._loop is not None:
            with suppress(RuntimeError):  # The loop has ended by itself.
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(15)
        self._socket.close()

    def _write_link(self, token: str) -> None:
        """Writes the link. One that cannot be renewed keeps nobody from working who is in already: that is said."""
        try:
            write_link(self.link, self.port, token)
        except RetakeError as error:
            if not self._linked:
                raise
            self._said(f"the link to the desk could not be renewed: {error}")
        self._linked = True

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failed = error

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        self._events.close()
        self._server.should_exit = True
        await asyncio.wait((serving,), timeout=GRACE)
        # Who does not read what is sent to him holds nobody up.
        for connection in list(self._server.server_state.connections):
            if isinstance(connection, H11Protocol):
                connection.transport.abort()
        await serving


def serve(desk: Serves, *, link_folder: Path, open_browser: bool, port: int = 0, ready: Callable[[str], None]) -> None:
    """Serves a desk until Ctrl-C, or until the process is asked to end.

    ``ready`` is told what a person should know, beginning with where the desk is. Raises ``SettingsError`` for a port
    that cannot be taken, ``RetakeError`` for a link that cannot be written.
    """
    with (
        suppress(KeyboardInterrupt),
        ended_politely(),
        Serving(desk, link_folder=link_folder, port=port, said=ready) as serving,
    ):
        opened = open_browser and open_link(serving.link)
        ready(f"{'the desk is open in the browser; its link is' if opened else 'open the desk with'} {serving.link}")
        while serving.running:
            time.sleep(0.2)


@contextmanager
def ended_politely() -> Iterator[None]:
    """Whoever ends the process, or closes its terminal, interrupts it as Ctrl-C does: the link is taken away."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, signal.default_int_handler) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
