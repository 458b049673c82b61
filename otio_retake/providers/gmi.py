"""GMI Cloud: https://docs.gmicloud.ai (LTX-2 Pro Retake; video API reference).

A request goes into a queue; the answer to it may wait until it is done. There is no upload, so the pull goes by an
uploader of the user's. What became of a submit without an answer is looked up in the list of own requests: the pull's
address is in there, and the attempt's token is in the address where the uploader can sign it in.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote

import httpx

from ..capabilities import SERVICES
from ..errors import (
    OutcomeUnknown,
    ResultExpired,
    RetakeError,
    ServiceError,
    ServiceRefused,
    ServiceTrouble,
    SettingsError,
)
from ..keys import need_key
from ..orders import OrderSpec
from .absences import Absences
from .addresses import parted
from .answers import MODE_WORDS, before_sending, cannot_read, identity, link_in, moment_of, no_link, said, seconds
from .base import Found, Progress, Report, Submission, Upload
from .parameters import GmiParameters, parameters_for
from .uploader import Uploader, attempt_in, check_uploader, made_at, uploader, uploader_said
from .wire import Wire, base_url, body_of, retry_after, unsent

BASE = "https://console.gmicloud.ai"
REQUESTS = "/api/v1/ie/requestqueue/apikey/requests"

SUBMIT_TIMEOUT = httpx.Timeout(600, connect=15)
"""The page calls the model synchronous: the answer to a submit may come when the result is there."""

STATUSES: Mapping[int, str] = {
    400: "invalid",
    401: "auth",
    402: "funds",
    403: "auth",
    404: "model",
    413: "too_large",
    422: "invalid",
    429: "rate",
}
"""Answers to a submit that, with an error and without a request, say that there is none."""

FIXES = {
    "invalid": "mend what the message names",
    "auth": "check the key for gmi",
    "funds": "top the account up at GMI Cloud",
    "model": "the model may have been retired: see GMI Cloud's list of models, and set model=",
    "too_large": "mark a shorter stretch",
}

WAITING = frozenset({"queued", "created", "dispatched"})
WORKING = frozenset({"processing", "running"})
"""The documented words, and those that have been seen."""

PAGE = 100
"""Own requests that are asked for at a time."""

SHORT_PAGE = 10
"""A list shorter than this is all that there is, however few the service gives at a time."""

MOST_PAGES = 20

LATE = 600.0
"""Seconds after its submit for which a request that is not in the list may still come to be in it.

No page says how fast the list is, and a submit may be at work for minutes before it is answered. Whoever believes the
list too early pays twice; whoever believes it late waits, or runs once more.
"""

CLOCKS_DIFFER = 600
"""Seconds by which a service's clock may differ from ours."""


class Gmi:
    """GMI Cloud's retake of Lightricks' model."""

    capabilities = SERVICES["gmi"]
    can_find = True
    can_cancel = False

    def __init__(self) -> None:
        self._made: Wire | None = None
        self._missing = Absences()

    @property
    def _wire(self) -> Wire:
        if self._made is None:
            self._made = Wire("gmi", base_url("gmi", BASE), _proof)
        return self._made

    def close(self) -> None:
        """Lets go of connections."""
        if self._made is not None:
            self._made.close()
            self._made = None

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError`` for any: there are none."""
        parameters_for("gmi", options)

    def check_ready(self) -> None:
        """Raises ``SettingsError`` where there is no uploader to bring pulls to an address."""
        check_uploader("gmi", local=self._wire.local)

    @property
    def uploads(self) -> str:
        """How pulls get to an address, for people."""
        try:
            return uploader_said("gmi", local=self._wire.local)
        except SettingsError as error:
            return error.what

    # --- upload and submit ------------------------------------------------------------------------------------------

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """The user's uploader takes the pull; what is kept of it is its name there."""
        return Upload(self._uploader().put(pull, progress))

    def _uploader(self) -> Uploader:
        return uploader("gmi", local=self._wire.local)

    def submit(self, submission: Submission) -> str:
        """Sends the request, once, with an address for the pull that is signed now."""
        before_sending(submission.order, GmiParameters)
        with unsent("gmi"):
            link = self._uploader().link(submission.upload, submission.token)
            body = _body(submission, link)
        answer = self._wire.once(REQUESTS, json=body, timeout=SUBMIT_TIMEOUT)
        told = body_of(answer)
        if answer.is_success and (ident := _ident(told)):
            return ident
        kind = STATUSES.get(answer.status_code)
        if kind and (error := _error_of(told)):
            raise ServiceRefused(
                f"gmi refused ({kind}): {said('gmi', error)}",
                kind=kind,
                where="service gmi",
                fix=FIXES.get(kind, ""),
                retry_after=retry_after(answer),
            )
        raise OutcomeUnknown(f"gmi answers {answer.status_code}, which says nothing")

    # --- what became of a submit ------------------------------------------------------------------------------------

    def find(self, submission: Submission) -> Found | None:
        """Looks for the request in the list of own ones."""
        listed, whole = self._list(made_at(submission.upload))
        mine = [record for record in listed if _is_ours(record, submission)]
        if mine:
            self._missing.there(submission.attempt)
            return Found(_ident(max(mine, key=_made_at)))
        # A list without anything in it may be somebody else's, or one that shows less than all.
        if not listed or not whole or any(_may_be_ours(record, submission) for record in listed):
            raise OutcomeUnknown(
                "the requests that gmi lists do not tell whether it has this one",
                where="service gmi",
                fix="look for it in GMI Cloud's console, then `otio-retake ledger resolve`",
            )
        never = self._missing.never_received(submission, local=self._wire.local, late=LATE)
        return Found(None) if never else None

    def _list(self, since: int | None) -> tuple[list[dict[str, Any]], bool]:
        """Own requests, each with what was asked; and whether all that were made after ``since`` are among them."""
        found: dict[str, dict[str, Any]] = {}
        whole = False
        for page in range(1, MOST_PAGES + 1):
            records, total = self._page(page)
            # A service that heeds no page numbers gives the same ones again.
            new = {ident: record for record in records if (ident := _ident(record)) not in found}
            found |= new
            whole = (
                (page == 1 and len(records) < SHORT_PAGE)
                or (total is not None and len(found) >= total)
                or _reaches_back(list(found.values()), since)
            )
            if whole or not new:
                break
        listed = [r if isinstance(r.get("payload"), dict) else self._record(i) or r for i, r in found.items()]
        return listed, whole

    def _page(self, number: int) -> tuple[list[dict[str, Any]], int | None]:
        """One page of the list, and how many requests there are in all where it says so."""
        answer = self._wire.read("GET", REQUESTS, params={"page_size": str(PAGE), "page": str(number)})
        try:
            told = answer.json()
        except (ValueError, RecursionError):
            told = None
        total = told.get("total") if isinstance(told, dict) else None
        if isinstance(told, dict):
            # No page shows the list's shape.
            told = next((told[k] for k in ("requests", "data", "items") if isinstance(told.get(k), list)), None)
        # One that cannot be read might be the one that is looked for.
        if (
            answer.status_code != 200
            or not isinstance(told, list)
            or not all(isinstance(record, dict) and _ident(record) for record in told)
        ):
            raise cannot_read("gmi", answer, "list the requests")
        return told, total if isinstance(total, int) and not isinstance(total, bool) else None

    # --- poll and fetch ---------------------------------------------------------------------------------------------

    def poll(self, remote: str, submission: Submission) -> Report:
        """How the request stands."""
        told = self._record(remote)
        if told is None:
            if self._missing.sure(remote, local=self._wire.local):
                return Report("expired")
            return Report("running")
        self._missing.there(remote)
        state = told.get("status")
        if state in WAITING:
            return Report("queued")
        if state in WORKING:
            return Report("running")
        if state == "success":
            if not _link_of(told):
                raise no_link("gmi")
            return Report("ready")
        if state == "failed":
            why = _error_of(told)
            # A rate limit may come as a failed request. Whether any failed one was charged is not documented.
            kind = "rate" if "rate limit" in why.lower() or "too many requests" in why.lower() else "provider"
            return Report("failed", kind=kind, message=said("gmi", why))
        if state == "cancelled":
            return Report("cancelled")
        raise ServiceTrouble(
            f"gmi says {said('gmi', state)!r} of a request, which is not among its documented words",
            where="service gmi",
            fix="look at the request at GMI Cloud; it is asked again with the next run",
            passing=False,
        )

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Downloads the result; then the pull is no longer needed where the uploader has it."""
        told = self._record(remote)
        if told is None:
            raise ResultExpired(
                "gmi no longer has the result", where="service gmi", fix="ask GMI Cloud; then order again with --again"
            )
        link = _link_of(told)
        if not link:
            raise no_link("gmi")
        self._wire.download(link, into, progress)
        with suppress(RetakeError):
            self._uploader().forget(submission.upload)

    def cancel(self, remote: str) -> None:
        """There is no documented way to. Raises ``ServiceError``."""
        raise ServiceError("gmi has no way to stop a request", where="service gmi", fix="wait for its result")

    def _record(self, remote: str) -> dict[str, Any] | None:
        """What the service says of a request; None where it does not know it."""
        ident = identity(remote)
        if not ident:
            where = "service gmi"
            raise ServiceError("that is no id of a request at gmi", where=where, fix="copy it from GMI Cloud's console")
        answer = self._wire.read("GET", f"{REQUESTS}/{quote(ident, safe='')}")
        told = body_of(answer)
        if answer.status_code == 200 and _ident(told):
            return told
        if answer.status_code in (404, 410):
            return None
        raise cannot_read("gmi", answer, "say how the request stands")


def _proof() -> Mapping[str, str]:
    proof = {"Authorization": f"Bearer {need_key('gmi').reveal()}"}
    # Documented for keys that are good for several organisations.
    if organisation := os.environ.get("GMI_ORG_ID", "").strip():
        proof["X-Organization-ID"] = organisation
    return proof


def _body(submission: Submission, link: str) -> dict[str, Any]:
    order = submission.order
    payload: dict[str, Any] = {
        "video_uri": link,
        "start_time": seconds(order.spans.seconds.start),
        "duration": seconds(order.spans.seconds.duration),
        "mode": MODE_WORDS[order.mode],
    }
    if order.prompt:
        payload["prompt"] = order.prompt
    return {"model": order.model, "payload": payload}


def _ident(told: Mapping[str, Any]) -> str:
    return identity(told.get("request_id"))


def _is_ours(record: Mapping[str, Any], submission: Submission) -> bool:
    """Whether a listed request is this attempt: the same pull, the same window, and the attempt's token if it is there.

    Where an address carries no token, an earlier attempt with the same pull fits as well; the newest is taken then.
    """
    parts = _video_of(record)
    if parts is None or not submission.upload or not parts.path.endswith("/" + quote(submission.upload)):
        return False
    token = attempt_in(parts.query)
    return token in ("", submission.token) and _same_window(record, submission)


def _may_be_ours(record: Mapping[str, Any], submission: Submission) -> bool:
    """Whether a listed request could be this attempt with the pull's address written otherwise than we sent it."""
    parts, anchor = _video_of(record), made_at(submission.upload)
    if parts is not None and made_at(parts.path) is not None:
        return False
    before = anchor is not None and 0 < _made_at(record) < anchor - CLOCKS_DIFFER
    return not before and _same_window(record, submission)


def _video_of(record: Mapping[str, Any]) -> SplitResult | None:
    payload = record.get("payload")
    return parted(str(payload.get("video_uri"))) if isinstance(payload, dict) else None


def _same_window(record: Mapping[str, Any], submission: Submission) -> bool:
    payload, window = record.get("payload"), submission.order.spans.seconds
    return (
        isinstance(payload, dict)
        and _same(payload.get("start_time"), window.start)
        and _same(payload.get("duration"), window.duration)
    )


def _same(number: object, text: str) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        return False
    try:
        return Decimal(str(number)) == Decimal(text)
    except ArithmeticError:
        return False


def _made_at(record: Mapping[str, Any]) -> float:
    return moment_of(record.get("created_at")) or 0.0


def _reaches_back(listed: list[dict[str, Any]], since: int | None) -> bool:
    """Whether a list, the newest first, goes back beyond ``since``."""
    times = [_made_at(record) for record in listed]
    newest_first = all(times) and times == sorted(times, reverse=True)
    return bool(times) and newest_first and since is not None and times[-1] < since - CLOCKS_DIFFER


def _link_of(told: Mapping[str, Any]) -> str:
    outcome = told.get("outcome")
    if not isinstance(outcome, dict):
        return ""
    return link_in(outcome.get("video_url")) or link_in(outcome.get("media_urls"))


def _error_of(told: Mapping[str, Any]) -> str:
    """What a request says that went wrong; it has several places for that."""
    outcome = told.get("outcome")
    places = [told.get("error"), told.get("error_message"), told.get("message")]
    if isinstance(outcome, dict):
        places += [outcome.get(name) for name in ("error", "message", "error_message", "fail_reason")]
    for place in places:
        found = place.get("message") if isinstance(place, dict) else place
        if isinstance(found, str) and found.strip():
            return found
    return ""
