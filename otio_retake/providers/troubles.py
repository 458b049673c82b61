"""The errors of a wire, each of which names a service and a host, and never a path, a query or a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from ..errors import ResultUnusable, RetakeError, ServiceRefused, ServiceTrouble
from ..orders import UNREACHABLE
from .addresses import parted


class Passing(ServiceTrouble):
    """Trouble that is worth a second try at once."""


def trouble(
    service: str, why: str, url: str, answer: httpx.Response | None = None, *, passing: bool = True
) -> ServiceTrouble:
    """What to raise where a read, an upload or a download came to nothing."""
    wait = retry_after(answer) if answer is not None else None
    # A service that says when to come back is not asked before.
    kind = ServiceTrouble if wait else Passing
    return kind(
        f"{service} has trouble ({why})",
        where=host_of(service, url),
        fix="nothing: it is asked again; nothing was paid",
        retry_after=wait,
        passing=passing,
    )


def unusable(service: str, what: str) -> ResultUnusable:
    """What to raise where something came back that cannot be a result."""
    return ResultUnusable(what, where=service, fix="ask the service what it sent; nothing of it was kept")


def host_of(service: str, url: str) -> str:
    """The host alone: paths and queries of links may be secrets."""
    parts = parted(url)
    return f"{service}, {parts.hostname}" if parts else service


@contextmanager
def unsent(service: str) -> Iterator[None]:
    """What goes wrong in here goes wrong before anything is sent. Raises ``ServiceRefused`` for all of it."""
    try:
        yield
    except ServiceRefused:
        raise
    except RetakeError as error:
        passes = isinstance(error, ServiceTrouble)
        refusal = ServiceRefused(
            error.what,
            kind=UNREACHABLE if passes else "unsent",
            where=error.where,
            fix=error.fix,
            retry_after=error.retry_after if isinstance(error, ServiceTrouble) else None,
        )
    except Exception as error:
        # Its text may hold what was to be sent.
        what = f"the request to {service} could not be made ({type(error).__name__})"
        refusal = ServiceRefused(what, kind="unsent", where=service, fix="report this; nothing was sent")
    else:
        return
    raise refusal


def retry_after(answer: httpx.Response) -> int | None:
    """The seconds of a ``Retry-After`` header; None where there is none. Dates are not used by these services."""
    said = answer.headers.get("Retry-After", "").strip()
    return min(max(int(said), 1), 3600) if is_number(said) else None


def is_number(text: str) -> bool:
    """Whether a header's text is a plain whole number."""
    return text.isascii() and text.isdigit() and len(text) < 20
