"""Submits that are answered by the result itself: the body is the only copy, so it lies on disk before they return.

LTX and Segmind call this v1. One request holds for minutes; what goes wrong after it was sent leaves an order whose
outcome nobody knows.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import httpx

from ..durable import check_writable, written_beside
from ..errors import OutcomeUnknown, ResultUnusable, ServiceError, ServiceRefused
from ..orders import KEPT, UNREACHABLE
from .addresses import Guard
from .answers import link_in
from .base import MOST_RESULT_BYTES, Progress, Submission, kept
from .bodies import CHUNK, Endless, Unpacker
from .wire import MOST_ANSWER_BYTES, SUBMIT_SECONDS, Wire, unsent

DIRECT_TIMEOUT = httpx.Timeout(SUBMIT_SECONDS, connect=15, write=120)


class DirectWire(Wire):
    """A wire over which a submit may bring its result back at once."""

    def once_kept(self, path: str, *, json: Any, into: Path) -> httpx.Response:
        """Posts ``json``, once. The body of a 200 is in ``into``, whole and flushed, before this returns.

        Raises ``ServiceRefused`` where nothing was sent; whatever else it raises means that nobody knows.
        """
        with Guard(self.service, False, SUBMIT_SECONDS) as guard:
            with unsent(self.service):
                check_writable(into)
                request = self._alone.build_request(
                    "POST", self._url(path), json=json, headers=self._headers(), timeout=DIRECT_TIMEOUT,
                    extensions={"trace": guard.trace},
                )  # fmt: skip
            why = lost = ""
            try:
                answer = self._alone.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
                why = type(error).__name__
            except httpx.HTTPError as error:
                lost = type(error).__name__
            if lost:
                raise OutcomeUnknown(f"{self.service} did not answer ({lost})", where=self._host())
            if why:
                raise ServiceRefused(
                    f"{self.service} cannot be reached ({why})",
                    kind=UNREACHABLE,
                    where=self._host(),
                    fix="check the network; the order is sent when it is run again",
                )
            try:
                if answer.status_code == 200:
                    self._keep(answer, into, guard)
                    return httpx.Response(200, headers=_labels(answer))
                return httpx.Response(answer.status_code, headers=_labels(answer), content=_short(answer))
            finally:
                answer.close()

    def _keep(self, answer: httpx.Response, into: Path, guard: Guard) -> None:
        why = ""
        try:
            with written_beside(into) as part:
                self._stream(answer, part, lambda _done, _total: None, MOST_RESULT_BYTES)
                if guard.late or not part.stat().st_size:
                    # A body without a length would otherwise seem to have ended well.
                    raise ResultUnusable("it did not end in time" if guard.late else "it is empty")
                if _link(part) == "":
                    raise ResultUnusable("it is neither a movie nor a link to one")
        except ServiceError as error:
            why = error.what
        if why:
            raise OutcomeUnknown(
                f"{self.service} took the order, but its result did not come whole: {why}",
                where=self._host(),
                fix=f"look it up at {self.service}, where it was probably charged, then",
            )


def is_kept(remote: str, submission: Submission) -> bool:
    """Whether a job's result came with its answer.

    That is so too where the program was stopped before the ledger knew, and a person named the job by the service's id.
    """
    return remote == KEPT or remote.startswith(f"{KEPT} ") or kept(submission).is_file()


def need_kept(submission: Submission) -> Path:
    """The answer, where it is still there. Raises ``ServiceError``."""
    path = kept(submission)
    if not path.is_file():
        raise ServiceError(
            "the answer that held the result is no longer there; the service keeps no second copy",
            where=str(path),
            fix="bring the file back; the order waits for it",
        )
    return path


def deliver(submission: Submission, into: Path, wire: Wire, progress: Progress) -> None:
    """Copies a kept answer to ``into``; where it is JSON with a link, what lies there. The copy beside the pull stays.

    Raises as ``Wire.download`` does.
    """
    path = need_kept(submission)
    link = _link(path)
    if link is not None:
        wire.download(link, into, progress)
        return
    shutil.copyfile(path, into)
    size = path.stat().st_size
    progress(size, size)


def _link(answer: Path) -> str | None:
    """The link in an answer of JSON, empty where it has none; None for an answer of another kind: a movie."""
    with answer.open("rb") as file:
        begins = file.read(64).lstrip()[:1]
    if begins not in (b"{", b"[") or answer.stat().st_size > MOST_ANSWER_BYTES:
        return None
    try:
        return link_in(json.loads(answer.read_bytes()))
    except (ValueError, RecursionError):
        return ""


def _labels(answer: httpx.Response) -> list[tuple[str, str]]:
    """The headers that a service says something with: its ids, what it costs, when to come again."""
    told = ("x-", "retry-after", "content-type")
    return [(name, value) for name, value in answer.headers.multi_items() if name.lower().startswith(told)]


def _short(answer: httpx.Response) -> bytes:
    """The body of an answer that is no result, which is short."""
    try:
        unpacker = Unpacker(answer.headers.get("Content-Encoding", ""), MOST_ANSWER_BYTES)
        for chunk in answer.iter_raw(CHUNK):
            unpacker.feed(chunk)
    except (Endless, ValueError):
        raise httpx.DecodingError("an answer without end, or one that cannot be unpacked") from None
    return bytes(unpacker.body)
