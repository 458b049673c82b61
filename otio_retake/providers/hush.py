"""Keeps what libraries would log of our requests out of every log: addresses may be signed, headers hold keys.

Only what is done within `hushed`, and by a `QuietClient`, is left out; what other parts of a program do with the same
libraries is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx

_HUSHED = ContextVar("otio_retake_hushed", default=False)


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _HUSHED.get()


_HTTPCORE = ("connection", "http11", "http2", "proxy", "socks")

for _name in ("httpx", *(f"httpcore.{part}" for part in _HTTPCORE), "botocore.auth"):
    logging.getLogger(_name).addFilter(_Hush())


@contextmanager
def hushed() -> Iterator[None]:
    """Nothing that those libraries do in here is logged."""
    before = _HUSHED.set(True)
    try:
        yield
    finally:
        _HUSHED.reset(before)


class QuietClient(httpx.Client):
    """A client of whose requests nothing is logged."""

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """As ever."""
        with hushed():
            return super().send(request, **how)
