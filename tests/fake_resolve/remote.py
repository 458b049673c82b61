"""The fake for a script in another process, perhaps of another Python: JSON lines over loopback.

A message is one object on a line. The script says ``{"on": handle, "call": name, "args": [...]}`` or
``{"on": handle, "get": name}``, and is told ``{"value": ...}``, ``{"raise": name, "text": ...}`` or ``{"die": code}``.
A handle is ``{"$": number, "kind": "Timeline"}``; a table whose keys are no strings ``{"%": [[key, value], ...]}``.
The other side is ``client36``.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .fake import FakeResolve, calls_of
from .proxy import Method, Proxy

KILLED = 137
"""The status of a script that was killed, as a shell tells it."""


class Served(socketserver.ThreadingTCPServer):
    """A fake on a port of loopback. Calls of several scripts are answered one after the other."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, fake: FakeResolve):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.fake = fake
        self.lock = threading.Lock()
        self.handles: dict[int, Proxy] = {}

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    # --- values -------------------------------------------------------------------------------------------------------

    def packed(self, value: Any) -> Any:
        if isinstance(value, Proxy):
            number = len(self.handles) + 1
            self.handles[number] = value
            return {"$": number, "kind": self.fake.kind(value._it)}
        if isinstance(value, list):
            return [self.packed(each) for each in value]
        if isinstance(value, dict):
            return {"%": [[key, self.packed(each)] for key, each in value.items()]}
        return value

    def unpacked(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.unpacked(each) for each in value]
        if isinstance(value, dict):
            if "$" in value:
                return self.handles[value["$"]]
            return {key: self.unpacked(each) for key, each in value["%"]}
        return value

    # --- answers ------------------------------------------------------------------------------------------------------

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            try:
                return {"value": self.packed(self._answer(asked))}
            except Exception as error:
                return {"raise": type(error).__name__, "text": str(error)}
            except BaseException:
                return {"die": KILLED}

    def _answer(self, asked: dict[str, Any]) -> Any:
        if "hello" in asked:
            return self._globals(asked["hello"])
        proxy = self.handles[asked["on"]["$"]]
        if "get" in asked:
            value = self.fake.attribute(proxy, asked["get"])
            return None if isinstance(value, Method) else value
        return self.fake.call(proxy, asked["call"], tuple(self.unpacked(asked["args"])))

    def _globals(self, way: str) -> Any:
        """What a script has to begin with, and the names of the calls of each kind of handle."""
        kinds = ("Resolve", "ProjectManager", "Fusion", "bmd", "Project", "MediaPool", "Folder", "MediaPoolItem")
        calls = {
            kind: sorted(calls_of(self.fake.profile, kind)) for kind in (*kinds, "Timeline", "TimelineItem", "Graph")
        }
        given = {"resolve": self.fake.external()} if way == "external" else self.fake.menu()
        return {"globals": given, "calls": calls}


class _Talk(socketserver.StreamRequestHandler):
    server: Served

    def handle(self) -> None:
        for line in self.rfile:
            answer = self.server.answer(json.loads(line))
            try:
                self.wfile.write(json.dumps(answer).encode() + b"\n")
            except OSError:
                return


@contextmanager
def served(fake: FakeResolve) -> Iterator[Served]:
    """Serves the fake while the block runs."""
    with Served(fake) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
