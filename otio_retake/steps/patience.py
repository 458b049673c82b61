"""How long a run goes on with a service that does not answer, or not sensibly.

An upload costs nothing and is given up after a while. A job at a service is paid for: as long as its service may just
be out of reach it is asked on, for as long as the run lasts, later and later but at least once a minute. What a
service answers wrongly time and again is left for the next run.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from ..errors import ServiceTrouble
from ..orders import AT_SERVICE, Order, State, StepName

MOST_TRIES = 6
"""Uploads, and reads that are answered wrongly, are tried so often: with the waits between them about a minute."""

FIRST_WAIT, MOST_WAIT = 2.0, 60.0

WORKED_ON = AT_SERVICE - {State.READY}
"""States of a job that should come to an end some time."""

LONG = 20.0
"""Seconds of waiting that a service asks for, from which on it is said."""

MOST_HELD = 600.0
"""Seconds of waiting that a service may ask for: longer is left to a later run."""

MOST_REFUSED = 12
"""Times that an order is refused "for now" in one run, with growing pauses, while its service takes nothing else."""

SAY_AGAIN = 600.0
"""Seconds after which a service that is still out of reach is spoken of again."""


class Patience:
    """What has failed how often, by a name for what was tried."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.time) -> None:
        self._say = say
        self._clock = clock
        self._tries: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._not_before: dict[str, float] = {}
        self._said: dict[str, float] = {}
        self._held: dict[str, float] = {}

    def not_before(self, what: str) -> float:
        """From when ``what`` may be tried again; 0 where it has not failed."""
        return self._not_before.get(what, 0.0)

    def went_well(self, what: str) -> None:
        """Forgets that ``what`` ever failed."""
        self._tries.pop(what, None)
        self._wrong.pop(what, None)

    def again(self, what: str, order: Order, step: StepName, error: ServiceTrouble) -> bool:
        """Whether ``what`` is tried again in this run after ``error``; later each time.

        There is some chance in the waits, so that many do not come at once.
        """
        self._tries[what] += 1
        paid = order.state in AT_SERVICE and step in ("poll", "fetch", "cancel")
        if not (paid and error.passing):
            self._wrong[what] += 1
        if self._wrong[what] >= MOST_TRIES:
            return False
        tries = self._tries[what]
        pause = min(FIRST_WAIT * 2 ** min(tries - 1, 10), MOST_WAIT) * random.uniform(0.75, 1.0)
        self._not_before[what] = self._clock() + max(error.retry_after or 0, pause)
        if error.retry_after:
            self.hold(order, error.retry_after, error.what)
        if paid and tries >= MOST_TRIES:
            self._tell(order.spec.service, error)
        return True

    def hold(self, order: Order, seconds: float, why: str) -> None:
        """Says that ``order`` waits because its service asks for it, where that is long enough to wonder at."""
        service, now = order.spec.service, self._clock()
        if not LONG <= seconds <= MOST_HELD or now < self._held.get(service, 0.0):
            return
        self._held[service] = now + seconds
        self._say(
            f"{order.short}: {why}; {service} asks to wait {length(seconds)}, so this run waits; Ctrl-C stops it, and"
            " the next run goes on"
        )

    def _tell(self, service: str, error: ServiceTrouble) -> None:
        now = self._clock()
        if now - self._said.get(service, -SAY_AGAIN) < SAY_AGAIN:
            return
        self._said[service] = now
        self._say(
            f"{error.what}; {service} has orders of ours, so it is asked on until it answers;"
            " Ctrl-C stops, and the next run goes on"
        )


def overdue(order: Order, most_seconds: float, now: float) -> ServiceTrouble | None:
    """What to say of a job that its service has had for longer than any should take; None where it has not.

    Nothing is given up by it: the order stays as it is in the ledger, and every run asks after it once more.
    """
    last = order.attempt
    if order.state not in WORKED_ON or last is None or not last.began_at or now - last.began_at <= most_seconds:
        return None
    return ServiceTrouble(
        f"{order.spec.service} has had the job for {(now - last.began_at) / 3600:.0f} h, and it has not come to an end;"
        " this run no longer waits for it",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix=f"look at it in {order.spec.service}'s console; the order is kept, and the next run asks again",
    )


def held_too_long(order: Order, seconds: float, why: str) -> ServiceTrouble | None:
    """What to say of an order whose service wants to be left alone for longer than a run waits; else None."""
    if seconds <= MOST_HELD:
        return None
    return ServiceTrouble(
        f"{order.spec.service} asks to wait {length(seconds)}{f' ({why})' if why else ''}; this run does not wait",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix=f"run it again in {length(seconds)}; the order is kept as it is",
    )


def refused_too_often(order: Order, times: int) -> ServiceTrouble | None:
    """What to say of an order that its service has put off time and again in this run; else None."""
    if times < MOST_REFUSED:
        return None
    last = order.attempt
    return ServiceTrouble(
        f"{order.spec.service} has put the order off {times} times ({last.message if last else ''}); this run does not"
        " try again",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix="run it again later; nothing was paid for it",
    )


def length(seconds: float) -> str:
    """A stretch of time, as people say it."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
