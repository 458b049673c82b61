"""What services say, made fit for a ledger and a screen; and how what we say is written for them.

Text from a service is cut, freed of addresses and of our key, and put on one line: it may repeat a prompt, a signed
link or the key itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

import httpx

from ..capabilities import Mode
from ..errors import ResultUnusable, ServiceError, ServiceRefused, ServiceTrouble, SettingsError
from ..keys import find_key, need_key
from ..legible import one_line
from ..orders import OrderSpec
from .addresses import is_secure, parted
from .parameters import Parameters, check_model
from .redacted import redacted

MODE_WORDS: Mapping[Mode, str] = {
    "video": "replace_video",
    "audio": "replace_audio",
    "both": "replace_audio_and_video",
}
"""What every service calls the modes. They are always sent: the services' defaults differ."""

MOST_SAID = 200
"""Characters of a service's message that are kept."""

MOST_READ = 2000
"""Characters of it that are read for that."""

_IDENT = re.compile(r"[!-~]{1,200}")
_REQUEST = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|[&;])[^=&;]*(?:sign|sig|token|expires|credential|secret|policy|key)[^=&;]*=", re.IGNORECASE)

P = TypeVar("P", bound=Parameters)


def before_sending(order: OrderSpec, parameters: type[P]) -> P:
    """The options of an order, with all that can be wrong before a request leaves found out now.

    Raises ``ServiceRefused``: nothing was sent, so nobody has to wonder what became of it.
    """
    try:
        need_key(order.service)
    except SettingsError as error:
        raise ServiceRefused(error.what, kind="auth", where=error.where, fix=error.fix) from None
    try:
        check_model(order.service, order.model)
        return parameters.read(order.options)
    except SettingsError as error:
        raise ServiceRefused(error.what, kind="invalid", where=error.where, fix=error.fix) from None


def seconds(text: str) -> float:
    """A decimal number of seconds for JSON, which writes the same digits again: up to 15 of them survive a float."""
    return float(text)


def said(service: str, text: object) -> str:
    """A service's own words, as far as they can be shown."""
    words = one_line(" ".join(str(text).split())) if text not in (None, "", [], {}) else ""
    if len(words) > MOST_READ:
        # Whole words: half a secret would not be known for one.
        words = words[:MOST_READ].rpartition(" ")[0]
    words = redacted(words, _secrets(service))
    return words if len(words) <= MOST_SAID else words[: MOST_SAID - 1] + "…"


def no_link(service: str) -> ServiceTrouble:
    """What to raise where a job is done and shows no link that we know: a result that was paid for is not given up."""
    return ServiceTrouble(
        f"{service} says that the job is done, but not where its result is",
        where=f"service {service}",
        fix="look at the job in its console; it is asked again with the next run",
        passing=False,
    )


def _secrets(service: str) -> list[str]:
    """The key, and the halves of one that has two."""
    with suppress(SettingsError):
        if key := find_key(service):
            whole = key.reveal()
            return [whole, *(part for part in whole.split(":") if len(part) >= 8)]
    return []


def request_note(answer: httpx.Response) -> str:
    """The id by which a service can look a request up, for the end of a message; empty where it gave none."""
    ident = answer.headers.get("x-request-id", "") or answer.headers.get("x-fal-request-id", "")
    return f" (request {ident})" if _REQUEST.fullmatch(ident) else ""


def cannot_read(service: str, answer: httpx.Response, what: str) -> ServiceError:
    """The error for an answer that makes no sense of a question that costs nothing.

    One that says all is well, but not what was asked, was cut short on its way: it may come whole the next time.
    """
    where = f"service {service}"
    if answer.status_code < 400:
        said_nothing = f"{service} does not {what}: its answer is not whole{request_note(answer)}"
        fix = "nothing: it is asked again; nothing was paid"
        return ServiceTrouble(said_nothing, where=where, fix=fix, passing=False)
    return ServiceError(
        f"{service} does not {what}: it answers {answer.status_code}{request_note(answer)}",
        where=where,
        fix=f"check the key for {service}"
        if answer.status_code in (401, 403)
        else f"ask {service}; nothing was paid for asking",
    )


def identity(value: object) -> str:
    """An id that a service gave, or that a person typed, where it can stand in an address, quoted; else empty."""
    return value if isinstance(value, str) and _IDENT.fullmatch(value) and value.strip(".") else ""


def moment_of(value: object) -> float | None:
    """An ISO 8601 time as seconds since 1970; None where it is none. A time without a zone is UTC."""
    with suppress(ValueError, OverflowError):
        if isinstance(value, str):
            found = datetime.fromisoformat(value.strip().replace(" UTC", "+00:00"))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    return None


def amount(value: object) -> Decimal | None:
    """A sum of money from an answer; None for anything that cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 10_000 else None


def link_in(value: Any, depth: int = 4) -> str:
    """The link to a file in an answer: services nest it in ways that are not all documented. Nothing is checked."""
    if isinstance(value, str):
        return value if _SCHEME.match(value) else ""
    if depth and isinstance(value, list):
        return next((link for item in value if (link := link_in(item, depth - 1))), "")
    if depth and isinstance(value, dict):
        names = ("video_url", "url", "generation_url", "video", "output", "result", "data")
        return next((link for name in names if (link := link_in(value.get(name), depth - 1))), "")
    return ""


def upload_link(service: str, value: object) -> str:
    """The address of an upload, which goes into the ledger: it may hold no secret. Raises ``ResultUnusable``.

    Nobody here follows it: it goes back to the service that gave it.
    """
    link = link_in(value)
    parts = parted(link)
    proper = parts is not None and is_secure(link) and parts.username is None and parts.password is None
    if parts is None or not proper or _SIGNED.search(parts.query):
        raise ResultUnusable(
            f"{service} names {'a signed' if proper else 'no proper'} address for an upload",
            where=f"service {service}",
            fix=f"ask {service}; nothing was ordered and nothing paid",
        )
    return link
