"""The simulator as a server: the application, the connections that can be dropped, the thread that it runs in."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..errors import RetakeError
from ..loopback import bound
from .captured import Capture
from .control import Control
from .fal import Fal
from .gmi import Gmi
from .house import House, Options
from .ltx import Ltx
from .runware import Runware
from .segmind import Segmind
from .service import Service

ALL: tuple[type[Service], ...] = (Ltx, Fal, Segmind, Gmi, Runware)

KEYS = {
    "LTXV_API_KEY": "simulated-ltx-key",
    "FAL_KEY": "simulated-fal-key",
    "SEGMIND_API_KEY": "simulated-segmind-key",
    "GMI_API_KEY": "simulated-gmi-key",
    "RUNWARE_API_KEY": "simulated-runware-key",
}
"""Keys that a simulator takes: it takes any."""

TICK = 0.02
"""Seconds between two looks at the jobs."""


class Droppable(H11Protocol):
    """A connection that an answer may close: ``scope["extensions"]["otio_retake.drop"]()``."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})["otio_retake.drop"] = self.transport.close
            await inner(scope, receive, send)

        self.app = app


def make_app(house: House, started: Callable[[asyncio.AbstractEventLoop], None]) -> ASGIApp:
    """The application: five services, the control address, and a clock for the jobs. ``started`` gets its loop."""

    @asynccontextmanager
    async def clock(_: Starlette) -> AsyncIterator[None]:
        async def tick() -> None:
            while True:
                await asyncio.sleep(TICK)
                house.advance()

        started(asyncio.get_running_loop())
        ticking = asyncio.create_task(tick())
        yield
        ticking.cancel()

    routes = [route for service in ALL for route in service(house).routes()]
    # Control goes first: fal's queue takes any path below its own prefix only, but order should not matter.
    return Capture(Starlette(routes=[*Control(house).routes(), *routes], lifespan=clock), house.captured)


class Server:
    """One simulator on a port of this machine, in a thread of its own."""

    def __init__(self, options: Options, port: int = 0) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="otio-retake-simulator-"))
        try:
            self._house = House(options, self.folder, {service.name: service.places for service in ALL})
            self._socket = bound(port)
        except RetakeError:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.port = int(self._socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        config = uvicorn.Config(
            make_app(self._house, self._started), http=Droppable, ws="none", loop="asyncio", lifespan="on",
            log_level="error", access_log=False, timeout_graceful_shutdown=1, backlog=2048,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="otio-retake-simulator", daemon=True)
        self._failed: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def _started(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except BaseException as error:
            self._failed = error

    def start(self) -> None:
        """Starts to listen, and returns when it does."""
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started:
            if self._failed or time.monotonic() > deadline:
                raise RetakeError(
                    f"the simulator did not start ({self._failed or 'it took too long'})",
                    where=self.url,
                    fix="try again",
                )
            time.sleep(0.005)

    def _drop_all(self) -> None:
        for connection in list(self._server.server_state.connections):
            if isinstance(connection, Droppable):
                connection.transport.abort()
        self._house.reset()

    @property
    def running(self) -> bool:
        """Whether it still listens."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Drops every connection, and lets go of the port and of everything that was kept."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._drop_all)
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(15)
        with suppress(OSError):
            self._socket.close()
        self._house.kiln.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def environment(url: str) -> dict[str, str]:
    """What to set so that every service is the simulator at ``url``."""
    addresses = {f"OTIO_RETAKE_{service.name.upper()}_URL": f"{url}/{service.name}" for service in ALL}
    return {**addresses, **KEYS}
