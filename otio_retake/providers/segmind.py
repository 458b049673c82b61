"""Segmind: https://docs.segmind.com (serverless-api, async-inference, storage) and its SDK's `generations`.

v2 takes a job and is asked after it; v1 (``api=v1``) answers with the movie. A submit without an answer is looked for
in the list of the account's requests, by the address of its upload, which no other order has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ..capabilities import SERVICES
from ..errors import OutcomeUnknown, ResultExpired, ServiceError, ServiceRefused, ServiceTrouble
from ..keys import need_key
from ..orders import KEPT, OrderSpec
from .absences import Absences
from .answers import (
    MODE_WORDS,
    amount,
    before_sending,
    cannot_read,
    identity,
    link_in,
    moment_of,
    no_link,
    request_note,
    said,
    seconds,
    upload_link,
)
from .base import Found, Progress, Report, Submission, Upload, kept
from .direct import DirectWire, deliver, is_kept, need_kept
from .hosts import Hosts
from .parameters import SegmindParameters, option_names
from .segmind_history import History, Row
from .wire import Enclosed, body_of, retry_after, unsent

HOSTS = {
    "api": "https://api.segmind.com",
    "workflows": "https://workflows-api.segmind.com",
    "history": "https://api.spotprod.segmind.com",
}

LOOK_AGAIN = 3.0
LIFE = 3600
"""Seconds after its submit for which a job and its result are known; after that the list of requests has its link."""

REFUSALS: Mapping[int, str] = {
    400: "invalid", 401: "auth", 402: "funds", 403: "auth", 404: "invalid", 406: "invalid", 410: "invalid",
    413: "too_large", 422: "invalid", 429: "rate",
}  # fmt: skip
"""Statuses that say a request was turned away: listed as not billed, but for 402 and 413, which can mean nothing else.

Those of 500 and above are listed as not billed too, but not as not accepted.
"""

FIXES: Mapping[str, str] = {
    "invalid": "mend what the message names",
    "auth": "check the key for segmind, and that it may use the model",
    "funds": "top the account up at Segmind",
    "too_large": "mark a shorter stretch",
    "filtered": "word the prompt otherwise, or choose another stretch",
}

_NO_FUNDS = ("credit", "spend limit", "balance")
_FILTERED = ("safety", "moderation", "nsfw", "content policy", "filtered")


@dataclass(frozen=True, slots=True)
class Job:
    """A request: its id, the paths at which it is asked after and fetched, and when it was sent if that is known."""

    ident: str
    status: str
    response: str
    sent: float | None = None

    def pack(self) -> str:
        """As the ledger keeps it."""
        named = {"id": self.ident, "s": self.status, "r": self.response, "t": self.sent}
        return json.dumps(named, separators=(",", ":"))


class Segmind:
    """Segmind's gateway."""

    capabilities = replace(SERVICES["segmind"], options=option_names("segmind"))
    can_find = True
    can_cancel = False

    def __init__(self) -> None:
        self._hosts: Hosts[DirectWire] = Hosts(DirectWire, "segmind", _proof, HOSTS)
        self._history = History(lambda: self._hosts["history"])
        self._missing = Absences()

    def close(self) -> None:
        """Lets go of connections."""
        self._hosts.close()

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError`` for what Segmind does not take."""
        SegmindParameters.read(options)

    # --- upload -----------------------------------------------------------------------------------------------------

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """The whole file goes into one piece of JSON; the SDK and the documents differ on what the answer is called."""
        wire = self._hosts["workflows"]
        answer = wire.embed(
            "/upload-asset",
            lambda: Enclosed(pull, '{"data_urls":["data:video/mp4;base64,', '"]}'),
            progress=progress,
        )
        if answer.status_code == 413:
            raise ServiceError(
                "the pull is too large for segmind", where="service segmind", fix="mark a shorter stretch"
            )
        told = body_of(answer)
        links = told.get("file_urls") or told.get("urls")
        if answer.status_code not in (200, 201) or not isinstance(links, list) or len(links) != 1:
            raise cannot_read("segmind", answer, "take the upload")
        return Upload(upload_link("segmind", links))

    # --- submit -----------------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> str:
        """Sends the order, once."""
        with unsent("segmind"):
            parameters = before_sending(submission.order, SegmindParameters)
            body, model = _body(submission), submission.order.model
            api = self._hosts["api"]
        sent = time.time()
        if parameters.api == "v1":
            answer = api.once_kept(f"/v1/{model}", json=body, into=kept(submission))
            if answer.status_code == 200:
                cost = amount(answer.headers.get("x-cost"))
                return KEPT if cost is None else f"{KEPT} {cost}"
        else:
            answer = api.once(f"/v2/{model}", json=body)
            told = body_of(answer)
            if answer.status_code in (200, 201, 202) and (ident := identity(told.get("request_id"))):
                usual = _named(ident)
                status = self._hosts.path_of("api", told.get("status_url")) or usual.status
                response = self._hosts.path_of("api", told.get("response_url")) or usual.response
                return Job(ident, status, response, sent).pack()
        if refusal := _refusal(answer):
            raise refusal
        raise OutcomeUnknown(f"answered {answer.status_code}, which settles nothing{request_note(answer)}")

    def find(self, submission: Submission) -> Found | None:
        """Looks the order up in the list of requests. Raises ``OutcomeUnknown`` where the list leaves it open."""
        if kept(submission).is_file():
            return Found(KEPT)
        row = self._history.find(submission)
        if row is None:
            return None
        return Found(replace(_named(row.ident), sent=row.sent).pack() if row.ident else None)

    # --- poll and fetch ---------------------------------------------------------------------------------------------

    def poll(self, remote: str, submission: Submission) -> Report:
        """How the job stands, and what it cost."""
        if is_kept(remote, submission):
            need_kept(submission)
            return Report("ready", billed=amount(remote.removeprefix(KEPT).strip() or None))
        job = _job(remote)
        told = self._ask(job, job.status)
        if told is None:
            return self._from_history(job)
        state = told.get("status")
        until = job.sent + LIFE if job.sent is not None else None
        if state == "QUEUED":
            return Report("queued", look_again=LOOK_AGAIN, expires_at=until)
        if state == "PROCESSING":
            return Report("running", look_again=LOOK_AGAIN, expires_at=until)
        if state == "COMPLETED":
            whole = self._ask(job, job.response)
            if whole is None:
                return self._from_history(job)
            if whole.get("status") != "FAILED":
                if not link_in(whole):
                    raise no_link("segmind")
                return Report("ready", billed=_cost(whole) or _cost(told), expires_at=until)
            told = whole
        elif state != "FAILED":
            raise ServiceTrouble(
                f"segmind says {said('segmind', state)!r} of a job, which is not among its documented words",
                where="service segmind",
                fix="look at the request at Segmind; it is asked again with the next run",
                passing=False,
            )
        row = None
        with suppress(ServiceError):
            row = self._history.row(job.ident)
        return _failed(told.get("error"), row)

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Downloads the result, or takes the one that came at once."""
        api = self._hosts["api"]
        if is_kept(remote, submission):
            deliver(submission, into, api, progress)
            return
        job = _job(remote)
        told = self._ask(job, job.response)
        link = link_in(told) if told is not None else ""
        if told is None and (row := self._history.row(job.ident)) is not None:
            link = row.link
        if link:
            api.download(link, into, progress)
            return
        if told is None and self._unknown(job):
            raise ResultExpired(
                "segmind no longer has the result",
                where="service segmind",
                fix="look at the request at Segmind; then order it again with --again",
            )
        raise ServiceTrouble(
            "segmind does not show the result",
            where="service segmind",
            fix="nothing: it is asked again",
            passing=False,
        )

    def cancel(self, remote: str) -> None:
        """There is no way to. Raises ``ServiceError``."""
        raise ServiceError("segmind has no way to stop a job", where="service segmind", fix="wait for its result")

    def _ask(self, job: Job, path: str) -> dict[str, Any] | None:
        """What Segmind says of a job; None where it does not know it. A failed one comes as HTTP 422."""
        answer = self._hosts["api"].read("GET", path)
        told = body_of(answer)
        if isinstance(told.get("status"), str) and (answer.status_code in (200, 202) or told["status"] == "FAILED"):
            self._missing.there(job.ident)
            return told
        if answer.status_code == 404 and "error" in told:
            return None
        raise cannot_read("segmind", answer, "say how the job stands")

    def _from_history(self, job: Job) -> Report:
        """A job whose record is gone is in the list of requests yet, with its cost and its link."""
        row = self._history.row(job.ident)
        if row is not None and row.failed:
            return _failed(row.error, row)
        if row is not None and row.link:
            return Report("ready", billed=row.cost)
        if row is not None and row.pending:
            return Report("running", look_again=LOOK_AGAIN)
        if self._unknown(job):
            return Report("expired")
        raise ServiceTrouble(
            "segmind does not know the job, or not at this moment",
            where="service segmind",
            fix="nothing: it is asked again",
        )

    def _unknown(self, job: Job) -> bool:
        return self._missing.sure(job.ident, local=self._hosts["api"].local)


def _proof() -> Mapping[str, str]:
    return {"x-api-key": need_key("segmind").reveal()}


def _body(submission: Submission) -> dict[str, Any]:
    order = submission.order
    body: dict[str, Any] = {
        "video_uri": submission.upload,
        "start_time": seconds(order.spans.seconds.start),
        "duration": seconds(order.spans.seconds.duration),
        "mode": MODE_WORDS[order.mode],
    }
    if order.prompt:
        body["prompt"] = order.prompt
    return body


def _refusal(answer: httpx.Response) -> ServiceRefused | None:
    """The refusal that an answer to a submit is, where it is a listed one with Segmind's ``{"error": ...}``."""
    kind, told = REFUSALS.get(answer.status_code, ""), body_of(answer)
    error = told.get("error_description") or told.get("error")
    if not kind or not isinstance(error, str) or "request_id" in told or told.get("status") == "FAILED":
        # A job that failed was accepted before, and perhaps charged.
        return None
    if answer.status_code in (400, 422) and _is_filtered(error):
        kind = "filtered"
    if answer.status_code in (403, 406) and any(word in error.lower() for word in _NO_FUNDS):
        kind = "funds"
    return ServiceRefused(
        f"segmind refused ({kind}): {said('segmind', error)}{request_note(answer)}",
        kind=kind,
        where="service segmind",
        fix=FIXES.get(kind, "nothing: it is sent again after a while"),
        retry_after=retry_after(answer) or _until_reset(answer),
    )


def _until_reset(answer: httpx.Response) -> int | None:
    """Seconds until the service counts requests anew: it says when, in place of a ``Retry-After``."""
    reset = moment_of(answer.headers.get("x-rate-limit-reset-at-utc"))
    wait = reset - datetime.now(UTC).timestamp() if reset is not None else 0
    return min(int(wait) + 1, 3600) if wait > 0 else None


def _is_filtered(error: str) -> bool:
    return any(word in error.lower() for word in _FILTERED)


def _failed(error: object, row: Row | None) -> Report:
    """A failed job. Whether it was charged is what the list of requests says; nothing, where it says nothing."""
    kind = "filtered" if _is_filtered(str(error)) else "provider"
    cost = row.cost if row is not None else None
    charged = bool(cost) if cost is not None else None
    return Report("failed", kind=kind, message=said("segmind", error), billed=cost or None, charged=charged)


def _cost(told: dict[str, Any]) -> Decimal | None:
    metrics = told.get("metrics")
    return amount(metrics.get("cost")) if isinstance(metrics, dict) else None


def _named(ident: str) -> Job:
    """A job of which the id alone is known, at its documented paths."""
    root = f"/v2/requests/{quote(ident, safe='')}"
    return Job(ident, f"{root}/status", root)


def _job(remote: str) -> Job:
    """The job that the ledger keeps, or that a person named by its id. Raises ``ServiceError``."""
    try:
        told = json.loads(remote)
    except ValueError:
        told = None
    if isinstance(told, dict):
        status, response, sent = str(told.get("s") or ""), str(told.get("r") or ""), told.get("t")
        if (ident := identity(told.get("id"))) and status.startswith("/") and response.startswith("/"):
            return Job(ident, status, response, sent if isinstance(sent, float | int) else None)
    elif ident := identity(remote):
        return _named(ident)
    raise ServiceError(
        f"{said('segmind', remote)!r} is no id of a request at segmind",
        where="service segmind",
        fix="copy it from Segmind's list of generations",
    )
