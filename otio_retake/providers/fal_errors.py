"""What fal's errors mean: https://fal.ai/docs (request-errors, errors, FAQ "Do you charge for failed requests?").

Errors of the platform are ``{"detail": str, "error_type": T}``, errors of a model ``{"detail": [{"type": T, ...}]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ..errors import ServiceRefused
from .answers import request_note, said
from .wire import body_of, retry_after

CANCELLED = "cancelled"

PLATFORM: Mapping[str, tuple[int, str]] = {
    "request_timeout": (504, "timeout"),
    "startup_timeout": (504, "timeout"),
    "runner_scheduling_failure": (503, "provider"),
    "runner_connection_timeout": (503, "provider"),
    "runner_disconnected": (503, "provider"),
    "runner_connection_refused": (503, "provider"),
    "runner_connection_error": (503, "provider"),
    "runner_incomplete_response": (502, "provider"),
    "runner_server_error": (500, "provider"),
    "internal_error": (500, "provider"),
    "client_disconnected": (499, CANCELLED),
    "client_cancelled": (499, CANCELLED),
    "bad_request": (400, "invalid"),
    "concurrent_requests_limit": (429, "concurrency"),
}
"""Every documented error of the platform, with its usual status and what it is to us."""

FILTERED = frozenset({"content_policy_violation"})
"""Errors of a model that are about what was asked for."""

TOO_LARGE = frozenset({"file_too_large", "video_duration_too_long"})

REFUSALS: Mapping[int, str] = {
    400: "invalid", 401: "auth", 402: "funds", 403: "auth", 404: "invalid", 413: "too_large", 422: "invalid",
    429: "rate",
}  # fmt: skip
"""Statuses with which a request is turned away before the queue. Nothing of 499 and above says so."""

FIXES: Mapping[str, str] = {
    "invalid": "mend what the message names",
    "auth": "check the key for fal, and that it may use the model",
    "funds": "top the account up at fal",
    "too_large": "mark a shorter stretch",
    "filtered": "word the prompt otherwise, or choose another stretch",
}

_NO_FUNDS = ("exhausted balance", "top_up", "top up", "insufficient")


@dataclass(frozen=True, slots=True)
class Fault:
    """How a job failed. ``charged`` is False where fal's own word is that it never is, else None: nobody knows."""

    kind: str
    message: str
    charged: bool | None


def fault_of(answer: httpx.Response, *, of_job: bool) -> Fault | None:
    """The failure that an answer tells of, in one of fal's two shapes; None for any other answer.

    ``of_job`` is for the address of a job's result: there a status of 404 is no failure but says that it is not known.
    """
    if answer.status_code < 400 or (of_job and answer.status_code in (401, 403, 404, 408, 425, 429)):
        return None
    told = body_of(answer)
    word = told.get("error_type") or answer.headers.get("X-Fal-Error-Type")
    detail = told.get("detail")
    if isinstance(word, str) and word in PLATFORM:
        return Fault(PLATFORM[word][1], said("fal", detail or word), _charged(answer.status_code))
    if isinstance(detail, list) and detail and all(isinstance(item, dict) for item in detail):
        return Fault(_kind_of(detail), _told(detail), _charged(answer.status_code))
    return None


def fault_of_status(told: dict[str, Any]) -> Fault | None:
    """The failure that a status tells of; None where it tells of none."""
    error, word = told.get("error"), told.get("error_type")
    if not error and not word:
        return None
    status, kind = PLATFORM.get(str(word), (0, "filtered" if str(word) in FILTERED else "provider"))
    message = _told(error) if isinstance(error, list) else said("fal", error or word)
    return Fault(kind, message, _charged(status))


def refusal(answer: httpx.Response) -> ServiceRefused | None:
    """The refusal that an answer to a submit is, where it is one in fal's shapes before the queue."""
    told = body_of(answer)
    kind, detail = REFUSALS.get(answer.status_code, ""), told.get("detail")
    if not kind or not (isinstance(detail, str) or (isinstance(detail, list) and detail)):
        return None
    word = told.get("error_type") or answer.headers.get("X-Fal-Error-Type")
    if isinstance(detail, list):
        kind, message = _kind_of(detail) if kind == "invalid" else kind, _told(detail)
    else:
        message = said("fal", detail)
        if answer.status_code == 403 and any(sign in detail.lower() for sign in _NO_FUNDS):
            kind = "funds"  # fal locks an account without a balance: "User is locked. Reason: Exhausted balance"
        elif word == "concurrent_requests_limit":
            kind = "concurrency"
    return ServiceRefused(
        f"fal refused ({kind}): {message}{request_note(answer)}",
        kind=kind,
        where="service fal",
        fix=FIXES.get(kind, "nothing: it is sent again after a while"),
        retry_after=retry_after(answer),
    )


def _charged(status: int) -> bool | None:
    """Errors of 500 and above are never charged; others may be, where a runner had worked."""
    return False if status >= 500 else None


def _kind_of(detail: list[Any]) -> str:
    words = {str(item.get("type")) for item in detail if isinstance(item, dict)}
    return "filtered" if words & FILTERED else "too_large" if words & TOO_LARGE else "invalid"


def _told(detail: list[Any]) -> str:
    """A model's errors in one line: where in the request, and what. ``input`` is left out: it is what was sent."""
    parts = []
    for item in detail[:3]:
        if isinstance(item, dict):
            steps = item.get("loc")
            place = ".".join(str(s) for s in steps if s != "body") if isinstance(steps, list) else ""
            parts.append(f"{place}: {item.get('msg')}" if place else str(item.get("msg")))
    return said("fal", "; ".join(parts))
