"""Results that are missing beside others of the same job: the others go on, and what is missing is not forgotten.

It stands in the ledger until it has been fetched, or its service says for good that it is gone. Every run of the cut
tries it once more, and says it where it still cannot be had: it was paid for.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from ..capabilities import money
from ..errors import ResultExpired, RetakeError, ServiceError
from ..orders import DONE_WITH_SERVICE, Order, State
from . import fetch, gone
from .heard import fault
from .workshop import Workshop

_KIND = re.compile(r"result (\d+) of (\d+)(?: gone since (\d+))?")

PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Missing:
    """One missing result of ``total``, and since when it has been said to be gone, where that was the last answer."""

    number: int
    total: int
    since: float | None = None

    @property
    def kind(self) -> str:
        """As the ledger keeps it."""
        gone_since = "" if self.since is None else f" gone since {self.since:.0f}"
        return f"result {self.number} of {self.total}{gone_since}"


def note(order: Order, lost: dict[int, RetakeError], total: int, since: float | None, shop: Workshop) -> None:
    """Keeps in mind which results of ``order`` are missing, and says so; what is gone for good is only said.

    ``since`` is when some were first said to be gone, None where that is believed.
    """
    for number, error in lost.items():
        said_gone = isinstance(error, ResultExpired)
        if not said_gone or since is not None:
            with shop.ledger.write("result missing") as db:
                missing = Missing(number, total, since if said_gone else None)
                db.execute("INSERT INTO intents (kind, order_key) VALUES (?, ?)", (missing.kind, order.key))
    tell(order, lost, total, shop, believed=since is None)


def tell(order: Order, lost: dict[int, RetakeError], total: int, shop: Workshop, *, believed: bool) -> None:
    """Has the run say what is missing, why, and what was charged for the job.

    ``believed`` is whether what is said to be gone is.
    """
    last = shop.ledger.order(order.key).attempt
    billed = last.billed if last is not None and last.billed is not None else order.spec.cost
    for_good = believed and all(isinstance(error, ResultExpired) for error in lost.values())
    which = " and ".join(str(number) for number in sorted(lost))
    why = "; ".join(dict.fromkeys(error.what for error in lost.values()))
    shop.lost[order.key] = ServiceError(
        f"result {which} of {total} is missing: {why}; {money(billed, order.spec.currency)} was charged for the job",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix=f"ask {order.spec.service} for it, or buy another with --again"
        if for_good
        else f"the next run tries again, for as long as {order.spec.service} has it; the others go on without it",
    )


def run(shop: Workshop, keys: Collection[str]) -> None:
    """Tries what is missing of the orders ``keys`` once more; an order that got some is to be verified again."""
    shop.lost.clear()
    shop.gone.clear()
    waiting: dict[str, list[Missing]] = {}
    for kind, key in shop.ledger.read("SELECT kind, order_key FROM intents WHERE kind LIKE 'result %' ORDER BY id"):
        if key in keys and (found := _KIND.fullmatch(kind)):
            since = float(found[3]) if found[3] else None
            waiting.setdefault(key, []).append(Missing(int(found[1]), int(found[2]), since))
    for key, missing in waiting.items():
        order = shop.ledger.order(key)
        if order.state in DONE_WITH_SERVICE and not shop.stop.is_set():
            _try(order, missing, shop)


def _try(order: Order, missing: Collection[Missing], shop: Workshop) -> None:
    lost: dict[int, RetakeError] = {}
    expires, now, believed = gone.until(order), shop.clock(), True
    for one in missing:
        since = None
        try:
            _bring(order, one.number, shop)
        except ResultExpired as error:
            lost[one.number] = error
            since = now if one.since is None else one.since
            if gone.believed(since, expires, now):
                _settle(order, one, shop)
                continue
            believed = False
        except RetakeError as error:
            lost[one.number] = error
        except Exception as error:
            lost[one.number] = fault(order, "fetch", error, shop)
        else:
            _settle(order, one, shop, came=True)
            continue
        with shop.ledger.write("result missing") as db:
            kinds = (replace(one, since=since).kind, one.kind, order.key)
            db.execute("UPDATE intents SET kind = ? WHERE kind = ? AND order_key = ?", kinds)
    if lost:
        tell(order, lost, max(one.total for one in missing), shop, believed=believed)


def _settle(order: Order, one: Missing, shop: Workshop, *, came: bool = False) -> None:
    """Writes that a result is no longer waited for; the order of one that ``came`` is to be verified again."""
    with shop.ledger.write("missing result settled") as db:
        db.execute("DELETE FROM intents WHERE kind = ? AND order_key = ?", (one.kind, order.key))
        if came and shop.ledger.state_of(order.key) is not State.FETCHED:
            shop.ledger.move(order.key, State.FETCHED, "a missing result came")


def _bring(order: Order, number: int, shop: Workshop) -> None:
    if fetch.is_here(order, number, shop):
        # It came to a run that was stopped before it could say so.
        return
    for left in reversed(range(gone.TIMES)):
        try:
            fetch.again(order, number, shop)
            return
        except ResultExpired:
            # One answer may be a hiccup of whoever stores the file.
            if not left or shop.stop.wait(PAUSE):
                raise
