"""When a result that is said to be gone is believed to be: it was paid for, and it is given up for good.

A host answers 403 or 404 for a file that it no longer has; but so it does where a link is not live yet, and so does a
proxy on the way.
"""

from __future__ import annotations

from datetime import datetime

from ..errors import RetakeError, ServiceTrouble
from ..orders import Order
from ..providers.absences import PATIENCE

TIMES = 3
"""Times that it must be said to be gone; others of its job wait no longer for it."""

STRETCH = PATIENCE
"""Seconds over which it must be said where nobody knows when the result expires: as long as for a job's record."""


def until(order: Order, told: float | None = None) -> float | None:
    """When the results of ``order`` expire, as far as anybody knows; ``told`` is what its service says just now.

    What it said first counts: some count anew each time that they are asked.
    """
    last = order.attempt
    return last.expires_at if last is not None and last.expires_at is not None else told


def believed(since: float, expires: float | None, now: float) -> bool:
    """Whether what has been said to be gone since ``since`` is gone."""
    return now >= (since + STRETCH if expires is None else expires)


def doubted(why: RetakeError, expires: float | None) -> ServiceTrouble:
    """What to say of a result that is said to be gone and not believed to be.

    Where it should be there for a while yet it is not waited for in this run; else the run soon knows.
    """
    if expires is None:
        return ServiceTrouble(why.what, where=why.where, fix="nothing: it is asked again")
    # Whole minutes, in the time of whoever reads it.
    moment = datetime.fromtimestamp(expires).astimezone().strftime("%Y-%m-%d %H:%M")
    return ServiceTrouble(
        f"{why.what}, though it should be there until {moment}",
        where=why.where,
        fix="run it again: it is fetched anew, and nothing is paid for that",
        passing=False,
    )
