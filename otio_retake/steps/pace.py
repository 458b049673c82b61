"""When to look at a job again: as often as its service likes, and just when jobs like it have ended before."""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

NEAR = 1.0
"""Seconds between looks around the usual end of a job."""

AROUND = 4.0
"""Seconds after the usual end during which it is looked at that often."""

REMEMBERED = 20
"""Jobs of a service whose lengths are remembered."""


class Pace:
    """How long jobs take at each service, as far as this run has seen. Safe for many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began: dict[str, float] = {}
        self._took: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def began(self, job: str) -> None:
        """A job was accepted just now."""
        with self._lock:
            self._began[job] = self._clock()

    def ended(self, service: str, job: str) -> None:
        """A job was seen to have ended just now."""
        with self._lock:
            began = self._began.pop(job, None)
            if began is not None:
                self._took[service].append(self._clock() - began)

    def wait(self, service: str, job: str, usual: float) -> float:
        """Seconds until the next look: ``usual``, unless jobs of the service are known to end before that."""
        with self._lock:
            began, took = self._began.get(job), self._took.get(service)
            if began is None or not took:
                return usual
            left = statistics.median(took) - (self._clock() - began)
        if left > NEAR:
            # A little after the usual end: a look just before it would be one too many.
            return min(usual, left + NEAR / 4) if left < usual else usual
        return min(usual, NEAR) if left > -AROUND else usual
