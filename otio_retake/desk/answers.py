"""Answers as JSON. An error has three parts: what is wrong, where, and what to do."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from ..errors import RetakeError


def as_json(value: Any) -> bytes:
    """JSON in ASCII, so that a file name that is no Unicode can be told too. Raises ``ValueError`` for NaN."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode("ascii")


def answer(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON that is already written."""
    return Response(body, status, headers, "application/json")


def problem(status: int, what: str, where: str = "", fix: str = "", headers: dict[str, str] | None = None) -> Response:
    """An error in its three parts."""
    return answer(as_json({"what": what, "where": where, "fix": fix}), status, headers)


def problem_of(error: RetakeError, status: int = 409) -> Response:
    """The same, of an error that a user can meet."""
    return problem(status, error.what, error.where, error.fix)


def unknown() -> Response:
    """Nothing goes by this name or id."""
    return problem(404, "there is no such thing here", fix="load the page again")


def fault(error: BaseException) -> Response:
    """Something that nobody foresaw, by the name of its type alone: its text may hold anything."""
    return problem(
        500,
        f"a fault of the program ({type(error).__name__})",
        fix="try it once more; if it stays, report it with what you did",
    )
