"""fal: https://fal.ai/docs (inference-api, queue, cancel, request-errors, errors, media-expiration).

A request waits in a queue; the addresses at which it is asked after, fetched and cancelled are those that fal gave, of
which the paths are kept. fal keeps no list that could be searched, so a submit without an answer is for a person.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from ..capabilities import SERVICES
from ..errors import OutcomeUnknown, ResultExpired, ServiceError, ServiceTrouble
from ..keys import need_key
from ..orders import OrderSpec
from .absences import Absences
from .answers import (
    MODE_WORDS,
    before_sending,
    cannot_read,
    identity,
    link_in,
    request_note,
    said,
    seconds,
    upload_link,
)
from .base import Found, Progress, Report, Submission, Upload
from .fal_errors import CANCELLED, Fault, fault_of, fault_of_status, refusal
from .hosts import Hosts
from .parameters import FalParameters, option_names
from .troubles import trouble
from .wire import PASSING, READ_SECONDS, READ_TIMEOUT, Wire, body_of, unsent

HOSTS = {"queue": "https://queue.fal.run", "rest": "https://rest.fal.ai", "cdn": "https://v3.fal.media"}

FILE_NAME = "pull.mp4"
"""What an upload is called: its address is public, so it says nothing of the footage."""

LOOK_AGAIN = 3.0
CAREFUL = 600
"""Seconds by which an upload is taken to be gone early."""


class QueueWire(Wire):
    """A wire to the queue."""

    def outcome(self, url: str) -> httpx.Response:
        """What lies at a job's own address: also an error status, where that is how the job ended.

        Raises ``ServiceTrouble`` for every other error that may pass.
        """

        def ask() -> httpx.Response:
            why, answer = "", None
            try:
                own = self._headers()
                request = self._alone.build_request("GET", self._url(url), headers=own, timeout=READ_TIMEOUT)
                answer = self._whole(request, READ_SECONDS)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                why = type(error).__name__
            if answer is None:
                raise trouble(self.service, why, url)
            if answer.status_code in PASSING and fault_of(answer, of_job=True) is None:
                raise trouble(self.service, str(answer.status_code), url, answer)
            return answer

        return self._often(ask)


@dataclass(frozen=True, slots=True)
class Job:
    """A request as fal gave it: its id, the paths of its three addresses, when it was sent, how long things are kept.

    One that a person named has an id alone.
    """

    ident: str
    status: str
    response: str
    cancel: str
    until: float | None = None
    cancelled: bool | None = None
    """None where nobody asked for that; True where it had not left the queue, False where it may have."""

    def pack(self) -> str:
        """As the ledger keeps it."""
        named: dict[str, Any] = {
            "id": self.ident, "s": self.status, "r": self.response, "c": self.cancel, "u": self.until,
        }  # fmt: skip
        if self.cancelled is not None:
            named["x"] = self.cancelled
        return json.dumps(named, separators=(",", ":"))


class Fal:
    """fal's queue."""

    capabilities = replace(SERVICES["fal"], options=option_names("fal"))
    can_find = False
    can_cancel = True

    def __init__(self) -> None:
        self._hosts: Hosts[QueueWire] = Hosts(QueueWire, "fal", _proof, HOSTS)
        self._missing = Absences()

    def close(self) -> None:
        """Lets go of connections."""
        self._hosts.close()

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError`` for what fal does not take."""
        FalParameters.read(options)

    # --- upload -----------------------------------------------------------------------------------------------------

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """Puts the pull where it has a public address, for as long as ``expires`` says and no longer."""
        keep = FalParameters.read(order.options).expires
        rest = self._hosts["rest"]
        lifecycle = _lifecycle(keep)
        began = time.time()
        token = rest.read("POST", "/storage/auth/token", params={"storage_type": "fal-cdn-v3"}, json={})
        if token.status_code == 404:
            link = self._put_elsewhere(rest, pull, lifecycle, progress)
        else:
            told = body_of(token)
            proof, kind = told.get("token"), told.get("token_type")
            if token.status_code != 200 or not isinstance(proof, str) or not isinstance(kind, str):
                raise cannot_read("fal", token, "give leave to upload")
            headers = {"Authorization": f"{kind} {proof}", "X-Fal-File-Name": FILE_NAME, **lifecycle}
            address = f"{self._hosts.address('cdn')}/files/upload"
            put = rest.put(address, pull, method="POST", headers=headers, progress=progress)
            _check_put(put)
            link = upload_link("fal", body_of(put).get("access_url"))
        return Upload(link, began + keep - min(CAREFUL, keep / 10))

    def _put_elsewhere(self, rest: Wire, pull: Path, lifecycle: Mapping[str, str], progress: Progress) -> str:
        """Fal's older way: an address is asked for, and the file put there."""
        asked = {"file_name": FILE_NAME, "content_type": "video/mp4"}
        answer = rest.read(
            "POST", "/storage/upload/initiate", params={"storage_type": "gcs"}, json=asked, headers=lifecycle
        )
        told = body_of(answer)
        if answer.status_code != 200 or not isinstance(told.get("upload_url"), str):
            raise cannot_read("fal", answer, "give an address for an upload")
        link = upload_link("fal", told.get("file_url"))
        _check_put(rest.put(told["upload_url"], pull, progress=progress))
        return link

    # --- submit -----------------------------------------------------------------------------------------------------

    def submit(self, submission: Submission) -> str:
        """Puts the order into the queue, once."""
        with unsent("fal"):
            parameters = before_sending(submission.order, FalParameters)
            body, headers = _body(submission), {"X-Fal-Object-Lifecycle-Preference": _seconds_json(parameters.expires)}
            if parameters.priority:
                headers["X-Fal-Queue-Priority"] = parameters.priority
            if parameters.start_timeout:
                headers["X-Fal-Request-Timeout"] = str(parameters.start_timeout)
            if parameters.runner_hint:
                headers["X-Fal-Runner-Hint"] = parameters.runner_hint
            params = {"fal_webhook": parameters.webhook.get_secret_value()} if parameters.webhook else None
            queue = self._hosts["queue"]
        sent = time.time()
        answer = queue.once(f"/{submission.order.model}", json=body, headers=headers, params=params)
        told = body_of(answer)
        if answer.status_code in (200, 201, 202) and (ident := identity(told.get("request_id"))):
            status, response, cancel = (
                self._hosts.path_of("queue", told.get(f"{name}_url")) for name in ("status", "response", "cancel")
            )
            if not (status and response and cancel):
                raise OutcomeUnknown(f"fal took the order as {ident}, but names another host for it")
            return Job(ident, status, response, cancel, sent + parameters.expires).pack()
        if refused := refusal(answer):
            raise refused
        raise OutcomeUnknown(f"answered {answer.status_code}, which settles nothing{request_note(answer)}")

    def find(self, submission: Submission) -> Found | None:
        """Fal keeps no list of requests that a key could read."""
        return None

    # --- poll, fetch, cancel ----------------------------------------------------------------------------------------

    def poll(self, remote: str, submission: Submission) -> Report:
        """How the job stands. A failed one is `COMPLETED` too: the error is said there, or in place of the result."""
        job = _job(remote, submission.order.model)
        queue = self._hosts["queue"]
        answer = queue.read("GET", job.status, params={"logs": "false"})
        told = body_of(answer)
        state = told.get("status")
        if answer.status_code == 404:
            return self._gone(job)
        if answer.status_code not in (200, 202) or not isinstance(state, str):
            raise cannot_read("fal", answer, "say how the job stands")
        self._missing.there(job.ident)
        if state == "IN_QUEUE":
            return Report("queued", look_again=LOOK_AGAIN)
        if state == "IN_PROGRESS":
            return Report("running", look_again=LOOK_AGAIN)
        if state != "COMPLETED":
            raise ServiceTrouble(
                f"fal says {said('fal', state)!r} of a job, which is not among its documented words",
                where="service fal",
                fix="look at the request in fal's dashboard; it is asked again with the next run",
                passing=False,
            )
        if fault := fault_of_status(told):
            return self._failed(job, fault)
        outcome = queue.outcome(job.response)
        if outcome.status_code >= 500 and not told.get("error"):
            # The job's own status knows of no failure: this is trouble in handing it over.
            raise cannot_read("fal", outcome, "give the result")
        if fault := fault_of(outcome, of_job=True):
            return self._failed(job, fault)
        if outcome.status_code == 404:
            return self._gone(job)
        found = body_of(outcome)
        if outcome.status_code != 200 or not found:
            raise cannot_read("fal", outcome, "give the result")
        if not link_in(found):
            raise cannot_read("fal", outcome, "show where the result is")
        return Report("ready", expires_at=job.until)

    def _failed(self, job: Job, fault: Fault) -> Report:
        if fault.kind == CANCELLED or (job.cancelled is not None and "cancel" in fault.message.lower()):
            return _cancelled(job)
        return Report("failed", kind=fault.kind, message=fault.message, charged=fault.charged)

    def _gone(self, job: Job) -> Report:
        """Fal does not know the request: so it is after cancelling one that waited, or when its time is over."""
        if job.cancelled:
            return _cancelled(job)
        if self._missing.sure(job.ident, local=self._hosts["queue"].local):
            return Report("expired") if job.cancelled is None else _cancelled(job)
        raise ServiceTrouble(
            "fal does not know the job, or not at this moment", where="service fal", fix="nothing: it is asked again"
        )

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Downloads the result."""
        job = _job(remote, submission.order.model)
        queue = self._hosts["queue"]
        outcome = queue.outcome(job.response)
        if outcome.status_code == 404 and self._gone(job).state == "expired":
            raise ResultExpired(
                "fal no longer has the result", where="service fal", fix="ask fal; then order it again with --again"
            )
        link = link_in(body_of(outcome)) if outcome.status_code == 200 else ""
        if not link:
            raise cannot_read("fal", outcome, "give the result")
        queue.download(link, into, progress)

    def cancel(self, remote: str) -> str | None:
        """Takes a request out of the queue, or asks the runner to stop; `poll` says what came of it."""
        job = _job(remote)
        if not job.cancel:
            raise ServiceError(
                "fal's address for cancelling is not known for this job",
                where="service fal",
                fix="cancel the request in fal's dashboard",
            )
        answer = self._hosts["queue"].read("PUT", job.cancel)
        word = body_of(answer).get("status")
        if answer.status_code in (200, 202):
            return replace(job, cancelled=word == "OK").pack()
        if word == "ALREADY_COMPLETED":
            return None
        if answer.status_code == 404 or word == "NOT_FOUND":
            # So it is, too, where it was told before, and the answer did not come.
            return replace(job, cancelled=False).pack()
        raise cannot_read("fal", answer, "cancel the job")


def _cancelled(job: Job) -> Report:
    """What a runner had begun with may be charged; what never left the queue is not."""
    return Report("cancelled", charged=False if job.cancelled else None)


def _proof() -> Mapping[str, str]:
    return {"Authorization": f"Key {need_key('fal').reveal()}"}


def _body(submission: Submission) -> dict[str, Any]:
    order = submission.order
    return {
        "video_url": submission.upload,
        "prompt": order.prompt,
        "start_time": seconds(order.spans.seconds.start),
        "duration": seconds(order.spans.seconds.duration),
        "retake_mode": MODE_WORDS[order.mode],
    }


def _seconds_json(keep: int) -> str:
    return json.dumps({"expiration_duration_seconds": keep})


def _lifecycle(keep: int) -> dict[str, str]:
    """How long an upload is kept. The CDN reads the one header, the older way the other."""
    said_so = _seconds_json(keep)
    return {"X-Fal-Object-Lifecycle": said_so, "X-Fal-Object-Lifecycle-Preference": said_so}


def _check_put(answer: httpx.Response) -> None:
    """Raises where an upload was not taken."""
    if answer.status_code == 413:
        raise ServiceError("the pull is too large for fal", where="service fal", fix="mark a shorter stretch")
    if answer.status_code not in (200, 201, 204):
        # What gave leave to upload may have run out meanwhile; the next try asks for it anew.
        raise ServiceTrouble(
            f"the upload for fal was answered with {answer.status_code}",
            where="service fal",
            fix="nothing: it is tried again; nothing was paid",
        )


def _job(remote: str, model: str = "") -> Job:
    """The job that the ledger keeps. For one that a person named by its id, the addresses are the documented ones.

    Raises ``ServiceError`` for what is no id at all.
    """
    try:
        told = json.loads(remote)
    except ValueError:
        told = None
    if isinstance(told, dict):
        status, response, cancel = (str(told.get(name) or "") for name in ("s", "r", "c"))
        until = told.get("u")
        if (ident := identity(told.get("id"))) and all(path.startswith("/") for path in (status, response, cancel)):
            asked = told.get("x")
            return Job(
                ident,
                status,
                response,
                cancel,
                until if isinstance(until, float | int) else None,
                asked if isinstance(asked, bool) else None,
            )
    elif ident := identity(remote):
        # owner/app, or namespace/owner/app; what follows them in a model's name is left out.
        parts = model.split("/")
        app = "/".join(parts[: 3 if parts[0] in ("workflows", "comfy") else 2])
        root = f"/{app}/requests/{quote(ident, safe='')}"
        return Job(ident, f"{root}/status", root, f"{root}/cancel" if model else "")
    raise ServiceError(
        f"{said('fal', remote)!r} is no id of a request at fal", where="service fal", fix="copy it from fal's dashboard"
    )
