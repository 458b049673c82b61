"""Results that are missing beside others of the same job: the others go on, and what is missing is not forgotten.

It stands in the ledger until it has been fetched, or its service says for good that it is gone. Every run of the cut
tries it once more, and says it where it still cannot be had: it was paid for.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from ..capabilities import money
from ..errors import ResultExpired, RetakeError, ServiceError
from ..orders import DONE_WITH_SERVICE, Order, State
from . import fetch
from .heard import fault
from .workshop import Workshop

_KIND = re.compile(r"result (\d+) of (\d+)")

TRIES = 3
"""Times that a result must be said to be gone before that is believed."""

PAUSE = 0.5


def note(order: Order, lost: dict[int, RetakeError], total: int, shop: Workshop) -> None:
    """Keeps in mind which results of ``order`` are missing, and says so; what is gone for good is only said."""
    for number, error in lost.items():
        if not isinstance(error, ResultExpired):
            with shop.ledger.write("result missing") as db:
                db.execute(
                    "INSERT INTO intents (kind, order_key) VALUES (?, ?)", (f"result {number} of {total}", order.key)
                )
    tell(order, lost, total, shop)


def tell(order: Order, lost: dict[int, RetakeError], total: int, shop: Workshop) -> None:
    """Has the run say what is missing, why, and what was charged for the job."""
    last = shop.ledger.order(order.key).attempt
    billed = last.billed if last is not None and last.billed is not None else order.spec.cost
    gone = all(isinstance(error, ResultExpired) for error in lost.values())
    which = " and ".join(str(number) for number in sorted(lost))
    why = "; ".join(dict.fromkeys(error.what for error in lost.values()))
    shop.lost[order.key] = ServiceError(
        f"result {which} of {total} is missing: {why}; {money(billed, order.spec.currency)} was charged for the job",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix=f"ask {order.spec.service} for it, or buy another with --again"
        if gone
        else f"the next run tries again, for as long as {order.spec.service} has it; the others go on without it",
    )


def run(shop: Workshop, keys: Collection[str]) -> None:
    """Tries what is missing of the orders ``keys`` once more; an order that got some is to be verified again."""
    shop.lost.clear()
    shop.gone.clear()
    waiting: dict[str, dict[int, int]] = {}
    for kind, key in shop.ledger.read("SELECT kind, order_key FROM intents WHERE kind LIKE 'result %' ORDER BY id"):
        if key in keys and (found := _KIND.fullmatch(kind)):
            waiting.setdefault(key, {})[int(found[1])] = int(found[2])
    for key, numbers in waiting.items():
        order = shop.ledger.order(key)
        if order.state in DONE_WITH_SERVICE and not shop.stop.is_set():
            _try(order, numbers, shop)


def _try(order: Order, numbers: dict[int, int], shop: Workshop) -> None:
    lost: dict[int, RetakeError] = {}
    for number, total in numbers.items():
        try:
            _bring(order, number, shop)
        except ResultExpired as error:
            lost[number] = error
        except RetakeError as error:
            lost[number] = error
            continue
        except Exception as error:
            lost[number] = fault(order, "fetch", error, shop)
            continue
        with shop.ledger.write("missing result settled") as db:
            kind = f"result {number} of {total}"
            db.execute("DELETE FROM intents WHERE kind = ? AND order_key = ?", (kind, order.key))
            if number not in lost and shop.ledger.state_of(order.key) is not State.FETCHED:
                shop.ledger.move(order.key, State.FETCHED, "a missing result came")
    if lost:
        tell(order, lost, max(numbers.values()), shop)


def _bring(order: Order, number: int, shop: Workshop) -> None:
    if fetch.is_here(order, number, shop):
        # It came to a run that was stopped before it could say so.
        return
    for left in reversed(range(TRIES)):
        try:
            fetch.again(order, number, shop)
            return
        except ResultExpired:
            # One answer may be a hiccup of whoever stores the file.
            if not left or shop.stop.wait(PAUSE):
                raise
