"""Segmind's list of an account's requests: what its SDK (1.3.0) calls `generations.history` and `generations.get`.

The list has failed and unfinished requests too, each with the inputs as they were sent. Its rows may come late.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import OutcomeUnknown
from .answers import amount, cannot_read, identity, link_in, moment_of
from .base import Submission
from .wire import Wire, body_of

PATH = "/inference-request/request-history"

LATE, LOCAL_LATE = 600.0, 5.0
"""Seconds after its submit for which a request that is not in the list may still come to be in it.

The list is said to have unfinished requests too, but some of its rows to land late. They count from when the ledger
has it that the submit began, so that the looks of several runs add up.
"""

PAGE, MOST_PAGES = 100, 20
DAYS = 29
"""How far back the list is read, with the day after today: it takes windows of 31 days at most."""


@dataclass(frozen=True, slots=True)
class Row:
    """One request. ``inputs`` is what was sent, as text; empty where the list does not show it."""

    ident: str
    state: str
    inputs: str
    link: str
    error: str
    cost: Decimal | None
    sent: float | None

    @property
    def failed(self) -> bool:
        """Whether it came to nothing."""
        return self.state == "FAILED"

    @property
    def pending(self) -> bool:
        """Whether it goes on."""
        return self.state in ("PENDING", "QUEUED", "PROCESSING")


NOWHERE = Row("", "", "", "", "", None, None)
"""What is found of a request that the service never took."""


class History:
    """The list, read anew each time it is asked. ``wire`` gives the connection when there is need of it."""

    def __init__(self, wire: Callable[[], Wire], clock: Callable[[], float] = time.time) -> None:
        self._wire = wire
        self._clock = clock
        self._looked: dict[str, float] = {}
        """When this run first looked for an attempt: one look alone is not believed, however late it is."""

    def row(self, ident: str) -> Row | None:
        """One request, of whatever age; None where the service does not know it."""
        answer = self._wire().read("GET", f"{PATH}/{quote(ident, safe='')}")
        told = body_of(answer)
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise cannot_read("segmind", answer, "show the request")
        inner = told.get("data")
        row = _row(inner if isinstance(inner, dict) else told)
        return row if row.ident else None

    def find(self, submission: Submission) -> Row | None:
        """The request that was made of an upload; ``NOWHERE`` where there is none, None where it is too early to say.

        Raises ``OutcomeUnknown`` where the list leaves it open.
        """
        rows = list(self._rows(submission.order.model))
        mine = {row.ident: row for row in rows if row.ident and submission.upload and submission.upload in row.inputs}
        alive = [row for row in mine.values() if not row.failed]
        if len(alive) == 1:
            return alive[0]
        if alive:
            raise _open("its list has several requests for the same upload")
        local = self._wire().local
        attempt = submission.attempt
        now, seen = self._clock(), attempt in self._looked
        began = submission.began_at or self._looked.get(attempt, now)
        self._looked.setdefault(attempt, now)
        if not seen or now - began < (LOCAL_LATE if local else LATE):
            return None
        if mine:
            return next(iter(mine.values()))
        if not _recent(submission.pull):
            raise _open("its list may not go back to when it was sent")
        if any("video_uri" not in row.inputs for row in rows):
            raise _open("its list does not show what was sent")
        if not rows and not local:
            # It may be the list of somebody else: a list proves something only where it has anything of ours.
            raise _open("its list has no request at all")
        del self._looked[attempt]
        return NOWHERE

    def _rows(self, model: str) -> Iterator[Row]:
        """The requests of the last weeks for a model, the newest first. Raises ``OutcomeUnknown`` for too many."""
        today = datetime.now(UTC).date()
        window = {
            "from_date": (today - timedelta(days=DAYS)).isoformat(),
            "to_date": (today + timedelta(days=1)).isoformat(),
        }
        for page in range(1, MOST_PAGES + 1):
            params = {"page": str(page), "per_page": str(PAGE), "model_name": model, **window}
            answer = self._wire().read("GET", PATH, params=params)
            listed = body_of(answer).get("data")
            if answer.status_code != 200 or not isinstance(listed, list):
                raise cannot_read("segmind", answer, "show the list of requests")
            yield from (_row(item if isinstance(item, dict) else {}) for item in listed)
            if len(listed) < PAGE:
                return
        raise _open("its list of requests is too long to be read")


def _row(item: dict[str, Any]) -> Row:
    return Row(
        ident=identity(item.get("request_id")),
        state=str(item.get("model_status") or item.get("status") or "").upper(),
        # The inputs are JSON, or a program's own notation of the same; slashes may be escaped.
        inputs=str(item.get("request_body") or "").replace("\\/", "/"),
        link=link_in(item.get("generation_url")),
        error=str(item.get("error") or ""),
        cost=amount(item.get("credits_deduction")),
        sent=moment_of(item.get("model_created") or item.get("created_at")),
    )


def _recent(pull: Path) -> bool:
    """Whether an order was sent within the days that are looked at: not before its pull was made."""
    try:
        return time.time() - pull.stat().st_mtime < (DAYS - 1) * 86_400
    except OSError:
        return False


def _open(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"segmind cannot tell what became of a submit: {why}",
        where="service segmind",
        fix="look it up at Segmind, then `otio-retake ledger resolve`",
    )
