"""Keeps what the HTTP library would log of our requests out of every log: addresses may be signed, headers hold keys.

Only requests of a `QuietClient` are left out; what other parts of a program do with the same library is logged.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Any

import httpx

_HUSHED = ContextVar("otio_retake_hushed", default=False)


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _HUSHED.get()


for _name in ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks"))):
    logging.getLogger(_name).addFilter(_Hush())


class QuietClient(httpx.Client):
    """A client of whose requests nothing is logged."""

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """As ever."""
        before = _HUSHED.set(True)
        try:
            return super().send(request, **how)
        finally:
            _HUSHED.reset(before)
