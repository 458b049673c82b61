"""LTX, the makers of the model: https://docs.ltx.io (retake, submit-retake, get-job-status, create-upload, errors).

v2 takes a job and is asked for it every few seconds; v1 (``api=v1``) answers with the movie itself. There is no list of
jobs, no cancelling and no idempotency key: a submit without an answer is for a person to look up.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
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
    before_sending,
    cannot_read,
    identity,
    link_in,
    moment_of,
    no_link,
    request_note,
    said,
    seconds,
)
from .base import Found, Progress, Report, Submission, Upload, kept
from .direct import DirectWire, deliver, is_kept, need_kept
from .hosts import Hosts
from .parameters import LtxParameters, option_names
from .wire import body_of, retry_after, unsent

HOSTS = {"api": "https://api.ltx.video"}

KINDS: Mapping[tuple[int, str], str] = {
    (400, "invalid_request_error"): "invalid",
    (401, "authentication_error"): "auth",
    (402, "insufficient_funds_error"): "funds",
    (402, "payment_declined_error"): "funds",
    (403, "permission_error"): "auth",
    (404, "not_found_error"): "invalid",
    (413, "request_too_large"): "too_large",
    (422, "content_filtered_error"): "filtered",
    (429, "rate_limit_error"): "rate",
    (429, "concurrency_limit_error"): "concurrency",
    (529, "overloaded_error"): "overloaded",
}
"""Answers to a submit that say it was not accepted; two of them are known from programs, not from the documents.

500, 503 and 504 are not here: they say nothing of the kind.
"""

FIXES: Mapping[str, str] = {
    "invalid": "mend what the message names",
    "auth": "check the key for ltx",
    "funds": "top the account up at LTX",
    "too_large": "mark a shorter stretch",
    "filtered": "word the prompt otherwise, or choose another stretch",
}

WAITING = frozenset({"pending", "queued"})
WORKING = frozenset({"processing", "running", "in_progress", "starting", "started"})
"""The documented words, and those that LTX's own desktop program takes for them."""

LOOK_AGAIN = 5.0
LIFE = 24 * 3600
"""Seconds that a job and its result are kept after its end, and a file after its upload."""

SIGNED_LIFE = 3600
"""Seconds that the address for an upload is good for: what ``expires_at`` of an upload counts to."""

CAREFUL = 900
"""Seconds by which an upload is taken to be gone early, so that a submit never names one that is."""

LOST = (
    "the answer of v1 is the only copy of its result, and there is no job to ask after: look at the usage that LTX"
    " shows for that time; say --written-off where it was charged, --refused where it was not, to"
)
"""What can be done about an answer of v1 that did not come; `otio-retake ledger resolve` follows."""

_REFERENCE = re.compile(r"[a-z][a-z0-9+.-]*://[A-Za-z0-9._~/:%-]{1,900}")


class Ltx:
    """LTX itself."""

    capabilities = replace(SERVICES["ltx"], options=option_names("ltx"))
    can_find = False
    can_cancel = False

    def __init__(self) -> None:
        self._hosts: Hosts[DirectWire] = Hosts(DirectWire, "ltx", _proof, HOSTS)
        self._missing = Absences()

    @property
    def _wire(self) -> DirectWire:
        return self._hosts["api"]

    def close(self) -> None:
        """Lets go of connections."""
        self._hosts.close()

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError`` for what LTX does not take."""
        LtxParameters.read(options)

    # --- upload -----------------------------------------------------------------------------------------------------

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """An address is asked for, the file put there. The key does not go along: it is another company's host."""
        answer = self._wire.read("POST", "/v1/upload")
        told = body_of(answer)
        address, reference = told.get("upload_url"), _reference(told.get("storage_uri"))
        if answer.status_code not in (200, 201) or not isinstance(address, str) or not reference:
            raise cannot_read("ltx", answer, "give an address for an upload")
        put = self._wire.put(address, pull, headers=_required(told), progress=progress)
        if put.status_code == 413:
            raise ServiceError("the pull is too large for ltx", where="service ltx", fix="mark a shorter stretch")
        if put.status_code not in (200, 201, 204):
            # A signed address may have run out meanwhile; the next try gets a new one.
            raise ServiceTrouble(
                f"the upload for ltx was answered with {put.status_code}",
                where="service ltx",
                fix="nothing: it is tried again; nothing was paid",
            )
        signed_until = moment_of(told.get("expires_at")) or time.time() + SIGNED_LIFE
        return Upload(reference, signed_until - SIGNED_LIFE + LIFE - CAREFUL)

    # --- submit -----------------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> str:
        """Sends the order, once."""
        with unsent("ltx"):
            parameters = before_sending(submission.order, LtxParameters)
            body, wire = _body(submission, parameters), self._wire
        if parameters.api == "v1":
            try:
                answer = wire.once_kept("/v1/retake", json=body, into=kept(submission))
            except OutcomeUnknown as error:
                raise OutcomeUnknown(error.what, where=error.where, fix=LOST) from None
            if answer.status_code == 200:
                return KEPT
        else:
            answer = wire.once("/v2/retake", json=body)
            if answer.status_code == 202 and (ident := identity(body_of(answer).get("id"))):
                return ident
        if refusal := _refusal(answer):
            raise refusal
        fix = LOST if parameters.api == "v1" else ""
        raise OutcomeUnknown(f"answered {answer.status_code}, which settles nothing{request_note(answer)}", fix=fix)

    def find(self, submission: Submission) -> Found | None:
        """LTX keeps no list of jobs; only an answer that lies here already tells."""
        return Found(KEPT) if kept(submission).is_file() else None

    # --- poll and fetch ---------------------------------------------------------------------------------------------

    def poll(self, remote: str, submission: Submission) -> Report:
        """How the job stands."""
        if is_kept(remote, submission):
            need_kept(submission)
            return Report("ready")
        told = self._job(remote)
        if told is None:
            return Report("expired")
        state = told.get("status")
        if state in WAITING:
            return Report("queued", look_again=LOOK_AGAIN)
        if state in WORKING:
            return Report("running", look_again=LOOK_AGAIN)
        if state == "failed":
            raised = told.get("error")
            error: dict[str, Any] = raised if isinstance(raised, dict) else {}
            kind = next((k for (_, word), k in KINDS.items() if word == error.get("type")), "provider")
            # Whether a failed job was charged is not documented.
            return Report("failed", kind=kind, message=said("ltx", error.get("message")), charged=None)
        if state == "completed":
            ended = moment_of(told.get("completed_at"))
            if not link_in(told.get("result")):
                raise no_link("ltx")
            return Report("ready", expires_at=ended + LIFE if ended is not None else None)
        # A word that nobody knows is neither an end nor a reason to wait for ever.
        raise ServiceTrouble(
            f"ltx says {said('ltx', state)!r} of a job, which is not among its documented words",
            where="service ltx",
            fix="look at the job at LTX; it is asked again with the next run",
            passing=False,
        )

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Downloads the result, or takes the one that came at once."""
        if is_kept(remote, submission):
            deliver(submission, into, self._wire, progress)
            return
        told = self._job(remote)
        if told is None:
            raise ResultExpired(
                "ltx no longer has the job", where="service ltx", fix="ask LTX; then order it again with --again"
            )
        link = link_in(told.get("result"))
        if not link:
            raise ServiceTrouble(
                "ltx does not show the result", where="service ltx", fix="nothing: it is asked again", passing=False
            )
        self._wire.download(link, into, progress)

    def cancel(self, remote: str) -> None:
        """There is no way to. Raises ``ServiceError``."""
        raise ServiceError("ltx has no way to stop a job", where="service ltx", fix="wait for its result")

    def _job(self, remote: str) -> dict[str, Any] | None:
        """What LTX says of a job; None where it no longer knows it."""
        ident = identity(remote)
        if not ident:
            raise ServiceError(
                f"{said('ltx', remote)!r} is no id of a job at ltx",
                where="service ltx",
                fix="copy it from LTX's console",
            )
        answer = self._wire.read("GET", f"/v2/retake/{quote(ident, safe='')}")
        told = body_of(answer)
        if answer.status_code == 200 and isinstance(told.get("status"), str):
            self._missing.there(ident)
            return told
        if answer.status_code == 404 and _error_of(told).get("type") == "not_found_error":
            if self._missing.sure(ident, local=self._wire.local):
                return None
            raise ServiceTrouble(
                "ltx does not know the job, or not at this moment",
                where="service ltx",
                fix="nothing: it is asked again",
            )
        raise cannot_read("ltx", answer, "say how the job stands")


def _proof() -> Mapping[str, str]:
    return {"Authorization": f"Bearer {need_key('ltx').reveal()}"}


def _body(submission: Submission, parameters: LtxParameters) -> dict[str, Any]:
    order = submission.order
    body: dict[str, Any] = {
        "video_uri": submission.upload,
        "start_time": seconds(order.spans.seconds.start),
        "duration": seconds(order.spans.seconds.duration),
        "mode": MODE_WORDS[order.mode],
        "model": order.model,
        **parameters.body(),
    }
    if order.prompt:
        body["prompt"] = order.prompt
    return body


def _error_of(told: dict[str, Any]) -> dict[str, Any]:
    """The error in LTX's envelope; empty for any other shape."""
    error = told.get("error")
    return error if told.get("type") == "error" and isinstance(error, dict) else {}


def _refusal(answer: httpx.Response) -> ServiceRefused | None:
    """The refusal that an answer to a submit is, where it is one that LTX documents, in its documented shape."""
    error = _error_of(body_of(answer))
    kind = KINDS.get((answer.status_code, str(error.get("type"))))
    if kind is None:
        return None
    return ServiceRefused(
        f"ltx refused ({kind}): {said('ltx', error.get('message'))}{request_note(answer)}",
        kind=kind,
        where="service ltx",
        fix=FIXES.get(kind, "nothing: it is sent again after a while"),
        retry_after=retry_after(answer),
    )


def _required(told: dict[str, Any]) -> dict[str, str]:
    """The headers that the host of the upload wants, every one, but none that would change what is sent, or where."""
    ours = {"host", "content-length", "transfer-encoding", "connection", "authorization", "cookie"}
    wanted = told.get("required_headers")
    found: dict[str, str] = {}
    for name, value in wanted.items() if isinstance(wanted, dict) else ():
        if isinstance(value, str) and name.lower() not in ours:
            found["Content-Type" if name.lower() == "content-type" else name] = value
    return found


def _reference(value: object) -> str:
    """LTX's own name for an uploaded file, ``ltx://uploads/...``; empty for what is none, or holds a query."""
    return value if isinstance(value, str) and _REFERENCE.fullmatch(value) else ""
