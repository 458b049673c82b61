"""What is asked of a service, and how it says no, before it is put into any service's own words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ..capabilities import Mode

MODES: Mapping[str, Mode] = {
    "replace_video": "video",
    "replace_audio": "audio",
    "replace_audio_and_video": "both",
}
"""The services' words for our modes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no. ``kind`` is one of those that every service has a status and a shape for; ``field`` what it is about."""

    kind: str
    message: str
    field: str = ""
    retry_after: int | None = None


class Refused(Exception):
    """A request is answered with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Unanswered(Exception):
    """The connection is dropped without an answer, or, where it ``hangs``, held until the client lets go."""

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__("no answer")
        self.hangs = hangs


class Raw(Exception):
    """A request is answered with bytes that are in no service's shape."""

    def __init__(self, status: int, body: bytes, content_type: str = "text/html") -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body
        self.content_type = content_type


@dataclass(frozen=True, slots=True)
class Ask:
    """One retake, as a service understood it. Seconds are exact: the number as it was written.

    ``problem`` is what keeps it from being done: some services say so at once, others in the failed job.
    """

    video: str
    start: Fraction
    duration: Fraction
    prompt: str
    mode: Mode
    body: Any
    model: str = ""
    token: str = ""
    results: int = 1
    format: str = "MP4"
    wants: Mapping[str, Any] = field(default_factory=dict)
    webhook: str = ""
    put_to: str = ""
    problem: Refusal | None = None

    def digest(self, content: str) -> str:
        """What tells this request from another: everything but ids and addresses. ``content`` is the video's digest."""
        parts = [content, str(self.start), str(self.duration), self.prompt, self.mode, self.model, self.results]
        return hashlib.sha256(json.dumps([*parts, dict(self.wants)], sort_keys=True).encode()).hexdigest()[:16]


Form = TypeVar("Form", bound=BaseModel)


def read_form(form: type[Form], body: Any) -> tuple[Form | None, Refusal | None, list[dict[str, Any]]]:
    """``body`` as a ``form``, or the first thing that is wrong with it, and all of them as pydantic lists them."""
    try:
        return form.model_validate(body), None, []
    except ValidationError as error:
        found: list[dict[str, Any]] = [{**row} for row in error.errors(include_url=False, include_context=False)]
        first = found[0]
        place = ".".join(str(part) for part in first["loc"])
        return None, Refusal("invalid", f"{place}: {first['msg']}" if place else first["msg"], place), found


def seconds(value: float | int) -> Fraction:
    """A JSON number of seconds, exactly as it was written."""
    return Fraction(str(value))


def shortened(reference: str) -> str:
    """A reference to a video as it may be shown: without the video in it, and without a signed query."""
    if reference.startswith("data:") or len(reference) > 1000:
        digest = hashlib.sha256(reference.encode()).hexdigest()[:12]
        return f"{reference.partition(',')[0][:40]} ({len(reference)} characters, sha256 {digest})"
    return reference.partition("?")[0]
