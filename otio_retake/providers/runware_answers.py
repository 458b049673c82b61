"""What Runware's answers say: https://runware.ai/docs/platform/errors and /task-polling.

The service itself says that its error codes are not stable, so they are known by their families, and what no family
knows is not taken for a refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx

from ..errors import ServiceRefused
from .answers import identity, said
from .wire import body_of, retry_after

STATUSES = {401: "auth", 402: "funds", 403: "auth", 429: "rate"}
"""Documented statuses that by themselves say a task was not accepted.

400 and 404 do so only with a code that says what was wrong with the request: a repeated task, too, is answered with
400. 500, 503 and 504 say nothing of the kind.
"""

FAMILIES = (
    (r"credits|quota|balance|payment", "funds"),
    (r"ratelimit|concurren", "rate"),
    (r"contentpolicy|nsfw|sensitive|unsafe|moderation|promptblocked|imageblocked|providercontent", "filtered"),
    (r"^provider|^inference|^thirdparty", "provider"),
    (r"apikey|unauthori[sz]ed|forbidden|permission|authentication|suspended|^token", "auth"),
    (r"modelnotfound|unknownmodel|model(disabled|unavailable|notready)", "model"),
    (r"notfound$|expired$|^invalidtaskuuid", "missing"),
    (r"timeout", "timeout"),
    (
        r"^(invalid|missing|unsupported|unknownparameter|incompatible|mismatch|value|array|max)|validation",
        "invalid",
    ),
)
"""Families of error codes, by what their names hold, in lower case; the first that fits counts."""

FURTHER_ON = re.compile(r"provider|inference|thirdparty", re.IGNORECASE)
"""What codes begin with that come from whoever had the task after Runware."""

REPEATED = re.compile(r"conflict|duplicate|already|exists|inuse|in_use", re.IGNORECASE)
TASK_UUID = re.compile(r"task[_-]?uu?id", re.IGNORECASE)
"""How a task that was sent twice is named: `conflictTaskUUID` is known, the spelling of codes is not promised."""

REFUSALS = frozenset({"invalid", "auth", "funds", "rate", "filtered", "model"})
"""Families that say of a submit that it was not accepted."""

FIXES = {
    "invalid": "mend what the message names",
    "auth": "check the key for runware",
    "funds": "top the account up at Runware",
    "filtered": "word the prompt otherwise, or choose another stretch",
    "model": "the model may have been retired: see Runware's list of models, and set model=",
}

AT_WORK = frozenset({"processing", "pending", "queued", "running"})


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says: items of data and errors, each a JSON object. ``sound`` is whether it had their shape."""

    data: tuple[dict[str, Any], ...] = ()
    errors: tuple[dict[str, Any], ...] = ()
    sound: bool = False

    def of(self, token: str) -> Told:
        """What of the answer to a submit is about its task. An error that names no task is about the only one sent."""
        return Told(
            tuple(item for item in self.data if _task_of(item) == token),
            tuple(error for error in self.errors if _task_of(error) in (token, "")),
            self.sound,
        )

    def about(self, token: str) -> Told:
        """What of the answer to a question is about the task asked for, and not about the question itself."""
        return Told(
            tuple(item for item in self.data if _task_of(item) == token),
            tuple(e for e in self.errors if _task_of(e) == token and kind_of(str(e.get("code"))) != "missing"),
            self.sound,
        )

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its errors."""
        return frozenset(str(error.get("code")) for error in self.errors)

    @property
    def repeated(self) -> bool:
        """Whether an error says that there is a task with this UUID already: in its code, or with the parameter."""
        return any(
            REPEATED.search(code := str(error.get("code"))) and TASK_UUID.search(f"{code} {error.get('parameter')}")
            for error in self.errors
        )

    @property
    def missing(self) -> bool:
        """Whether all that it says is that there is no such task: in an error, or by having nothing to say."""
        return self.sound and not self.data and all(kind_of(code) == "missing" for code in self.codes)

    @property
    def at_work(self) -> bool:
        """Whether some result is still to come."""
        return any(item.get("status") in AT_WORK for item in self.data)

    @property
    def results(self) -> tuple[dict[str, Any], ...]:
        """The items that have a file, each once, in the service's order."""
        found = [item for item in self.data if isinstance(item.get("videoURL"), str) and item.get("status") != "error"]
        done = list({name_of(item) or number: item for number, item in enumerate(found)}.values())
        numbered = all(isinstance(item.get("resultIndex"), int) for item in done)
        return tuple(sorted(done, key=lambda item: item["resultIndex"]) if numbered else done)

    @property
    def failures(self) -> tuple[dict[str, Any], ...]:
        """What failed: errors, and items that are one."""
        items = []
        for item in self.data:
            if item.get("status") == "error":
                error = item.get("error")
                items.append({**item, **(error if isinstance(error, dict) else {})})
        return (*items, *self.errors)


def told_by(answer: httpx.Response) -> Told:
    """What an answer says. An error may also stand alone, without its list."""
    body = body_of(answer)
    errors = body.get("errors", body.get("error"))
    data = body.get("data")
    return Told(_objects(data), _objects(errors), isinstance(data, list) or isinstance(errors, list))


def in_details(told: Told, token: str) -> Told:
    """What an old task was answered with, out of the answer to `getTaskDetails`."""
    for item in told.data:
        response = item.get("response")
        if isinstance(response, dict):
            errors = response.get("errors", response.get("error"))
            return Told(_objects(response.get("data")), _objects(errors), True).of(token)
    return Told()


def kind_of(code: str) -> str:
    """The family of an error code; empty where it is of none."""
    low = code.lower()
    return next((kind for pattern, kind in FAMILIES if re.search(pattern, low)), "")


def refusal(answer: httpx.Response, told: Told) -> ServiceRefused | None:
    """The refusal that an answer to a submit is; None where it does not say, in a documented way, that it is one.

    ``told`` is what of it is about the task. Anything that a task was answered with besides makes it no refusal.
    """
    if told.data or not told.errors:
        return None
    if any(FURTHER_ON.match(code) for code in told.codes):
        return None
    kinds = [kind_of(code) for code in told.codes]
    by_status = STATUSES.get(answer.status_code)
    # Without a status that says it, the codes must; and after a 5xx nothing is certain.
    if by_status is None and (answer.status_code >= 500 or not REFUSALS.issuperset(kinds)):
        return None
    if not REFUSALS.issuperset(kind for kind in kinds if kind) or any(map(REPEATED.search, told.codes)):
        return None
    kind = next((kind for kind in kinds if kind in REFUSALS), by_status)
    assert kind is not None
    return ServiceRefused(
        f"runware refused ({kind}): {said('runware', told.errors[0].get('message'))}",
        kind=kind,
        where="service runware",
        fix=FIXES.get(kind, ""),
        retry_after=retry_after(answer),
    )


def name_of(item: dict[str, Any]) -> str:
    """The service's own name for a result, by which it is the same one wherever it stands; empty where it has none."""
    return identity(item.get("videoUUID"))


def _task_of(item: dict[str, Any]) -> str:
    return str(item.get("taskUUID") or "").lower()


def _objects(found: Any) -> tuple[dict[str, Any], ...]:
    listed = found if isinstance(found, list) else [found]
    return tuple(item for item in listed if isinstance(item, dict))
