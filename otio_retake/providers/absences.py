"""Whether something that a service does not know is really not there: what was sent just now may yet arrive.

Once is not enough. A thing is missing when the service has said so over a stretch of time, without another answer in
between; a service on this machine is believed at the second time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from .base import Submission

PATIENCE = 60.0
"""Seconds over which a service must not know a thing: a submit that was on its way has arrived by then, or never."""

SAME_MACHINE = 0.5


class Absences:
    """What has been missing since when. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._calendar = calendar
        self._since: dict[str, float] = {}
        self._lock = threading.Lock()

    def sure(self, what: str, *, local: bool, stretch: float = PATIENCE) -> bool:
        """Notes that ``what`` is missing; whether it has been for long enough, which is ``stretch`` seconds."""
        return self._for(what) >= (SAME_MACHINE if local else stretch)

    def never_received(self, sent: Submission, *, local: bool, late: float = PATIENCE) -> bool:
        """Notes that an attempt is not known; whether it never was received, so that another may follow.

        ``late`` is for how many seconds after it was sent it may come to be known yet. What is said of one attempt
        says nothing of the next, which begins anew.
        """
        missing = self._for(sent.attempt)
        if local:
            sure = missing >= SAME_MACHINE
        else:
            sure = missing >= PATIENCE and (self._calendar() - sent.began_at if sent.began_at else missing) >= late
        if sure:
            self.there(sent.attempt)
        return sure

    def _for(self, what: str) -> float:
        """Seconds for which ``what`` has been missing."""
        with self._lock:
            now = self._clock()
            return now - self._since.setdefault(what, now)

    def there(self, what: str) -> None:
        """It was seen: from now on it counts as missing only after another stretch."""
        with self._lock:
            self._since.pop(what, None)
