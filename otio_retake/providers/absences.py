"""Whether something that a service does not know is really not there: what was sent just now may yet arrive.

Once is not enough. A thing is missing when the service has said so over a stretch of time, without another answer in
between; a service on this machine is believed at the second time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds over which a service must not know a thing: a submit that was on its way has arrived by then, or never."""

SAME_MACHINE = 0.5


class Absences:
    """What has been missing since when. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}
        self._lock = threading.Lock()

    def sure(self, what: str, *, local: bool) -> bool:
        """Notes that ``what`` is missing; whether it has been for long enough."""
        with self._lock:
            now = self._clock()
            return now - self._since.setdefault(what, now) >= (SAME_MACHINE if local else PATIENCE)

    def there(self, what: str) -> None:
        """It was seen: from now on it counts as missing only after another stretch."""
        with self._lock:
            self._since.pop(what, None)
