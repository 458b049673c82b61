"""Writes down every request as it came, without what is secret in it: for tests that compare clients.

A key is kept as its form alone (``Bearer``, ``Key``, ``x-api-key``), the values of signed queries not at all, and
footage inside JSON as its length and digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_KEPT = 20_000
"""Requests that are remembered: a load test has many."""

_SECRET = re.compile(r"signature|credential|token|secret|api[-_]?key|expires", re.IGNORECASE)
_USER = re.compile(r"://[^/?#\s]*@")
_HIDDEN = "(hidden)"
_LONG = 2000


@dataclass
class Captured:
    """The requests, oldest first."""

    kept: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))

    def clear(self) -> None:
        """Forgets them."""
        self.kept.clear()


class Capture:
    """The layer around the application that writes requests down."""

    def __init__(self, app: ASGIApp, captured: Captured) -> None:
        self._app = app
        self._captured = captured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, and writes it down unless it is to the control address."""
        if scope["type"] != "http" or scope["path"].startswith("/_simulator"):
            await self._app(scope, receive, send)
            return
        record = _head(scope)
        self._captured.kept.append(record)
        if str(record["content_type"]).partition(";")[0].strip().lower() == "application/json":
            # Read before the application does: it may have no use for a body, and a comparison has.
            heard = await _read_json(record, receive)
        else:
            heard = _count_bytes(record, receive)

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                record["status"] = message["status"]
            await send(message)

        await self._app(scope, heard, said)


def _head(scope: Scope) -> dict[str, Any]:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return {
        "service": scope["path"].split("/")[1],
        "method": scope["method"],
        "path": scope["path"],
        "query": {name: _HIDDEN if _SECRET.search(name) else _address(value) for name, value in query},
        "headers": {name: _value(name, value) for name, value in headers.items()},
        "auth": _auth(headers),
        "content_type": headers.get("content-type", ""),
        "bytes": 0,
        "json": None,
        "sha256": None,
        "status": None,
    }


def _auth(headers: dict[str, str]) -> str | None:
    """How a request proves who asks."""
    if "authorization" in headers:
        return headers["authorization"].partition(" ")[0]
    return "x-api-key" if headers.get("x-api-key") else None


def _value(name: str, value: str) -> str:
    if name == "authorization":
        return f"{value.partition(' ')[0]} {_HIDDEN}"
    return _HIDDEN if _SECRET.search(name) or name == "cookie" else _address(value)


def _address(text: str) -> str:
    """Text without what may be secret in an address: who asks, and the query, which may be signed."""
    if "://" not in text:
        return text
    path, asked, _ = _USER.sub(f"://{_HIDDEN}@", text).partition("?")
    return f"{path}?{_HIDDEN}" if asked else path


async def _read_json(record: dict[str, Any], receive: Receive) -> Receive:
    """Writes the body down; the messages come again from what is returned."""
    messages: deque[Message] = deque()
    body = bytearray()
    while True:
        message = await receive()
        messages.append(message)
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    record["bytes"] = len(body)
    record["json"] = await run_in_threadpool(_parsed, body) if len(body) > 1_000_000 else _parsed(body)

    async def again() -> Message:
        return messages.popleft() if messages else await receive()

    return again


def _parsed(body: bytearray) -> Any:
    try:
        return _plain(json.loads(body)) if body else None
    except (ValueError, RecursionError):
        return "(not JSON)"


def _count_bytes(record: dict[str, Any], receive: Receive) -> Receive:
    """Writes length and digest down as the application reads."""
    digest = hashlib.sha256()

    async def heard() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            chunk = message.get("body", b"")
            record["bytes"] += len(chunk)
            digest.update(chunk)
            if not message.get("more_body", False):
                record["sha256"] = digest.hexdigest()
        return message

    return heard


def _plain(value: Any, name: str = "") -> Any:
    """JSON without keys, and with long strings as their digest."""
    if isinstance(value, dict):
        return {key: _plain(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, name) for inner in value]
    if isinstance(value, str):
        if name.lower() in ("apikey", "api_key"):
            return _HIDDEN
        if len(value) > _LONG and (value.startswith("data:") or " " not in value):
            head = value.partition(",")[0] if value.startswith("data:") else "base64"
            return f"{head} ({len(value)} characters, sha256 {hashlib.sha256(value.encode()).hexdigest()})"
        return _address(value)
    return value
