"""submitted or running → cancelling: somebody asked for it, so the service is told.

What was asked for stands in the ledger until the service has been told, or says that it cannot be done.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import OrderError, RetakeError, ServiceTrouble
from ..lease import holder_of
from ..ledger import Ledger
from ..orders import UNSENT, Order, State
from .workshop import Workshop

CAN_BE = frozenset({State.SUBMITTED, State.RUNNING})


def asked(ledger: Ledger) -> list[str]:
    """The orders that somebody wants cancelled."""
    return [row[0] for row in ledger.read("SELECT DISTINCT order_key FROM intents WHERE kind = 'cancel' ORDER BY id")]


def ask(order: Order, ledger: Ledger, can_cancel: Callable[[], bool]) -> str:
    """Cancels an order at once where nothing was sent, else asks whoever carries orders out; says so in words.

    Raises ``OrderError`` where there is nothing to cancel, or its service has no way to.
    """
    if order.state in UNSENT:
        ledger.move(order.key, State.CANCELLED)
        return "is cancelled; nothing was sent"
    if order.state is State.CANCELLING:
        return "is being cancelled: `otio-retake status` shows what comes of it"
    where = f"order {order.short}, {order.spec.clip} at {order.spec.timecode}"
    if order.state is State.READY:
        raise OrderError(
            "the order is ready: its job has ended and was charged, so there is nothing to cancel",
            where=where,
            fix="`otio-retake fetch` brings its result;"
            f" `otio-retake ledger resolve {order.short} --written-off` gives it up",
        )
    if order.state not in CAN_BE:
        raise OrderError(f"an order that is {order.state} cannot be cancelled", where=where, fix="see `status`")
    if not can_cancel():
        raise OrderError(f"{order.spec.service} has no way to cancel", where=where, fix="wait for its result")
    with ledger.write("cancel asked") as db:
        db.execute("INSERT INTO intents (kind, order_key) VALUES ('cancel', ?)", (order.key,))
    who = "the running process does it" if holder_of(ledger) else "the next `run` does it"
    return f"is to be cancelled, unless it has ended by then: {who}"


def forget(order: Order, shop: Workshop) -> None:
    """Takes back what was asked of an order that cannot be cancelled any more, and says so where that is news."""
    _done(order, shop.ledger)
    if order.state not in (State.CANCELLING, State.CANCELLED):
        shop.reporter.say(f"{order.short} is {order.state}: it can no longer be cancelled")


def run(order: Order, shop: Workshop) -> None:
    """Tells the service. Raises ``ServiceTrouble`` where it could not be told; then it is still to be done."""
    last = order.attempt
    assert last is not None
    try:
        kept = shop.provider(order).cancel(last.remote)
    except ServiceTrouble:
        raise
    except RetakeError as error:
        _done(order, shop.ledger)
        shop.reporter.say(f"{order.short} could not be cancelled: {error.what}")
        return
    with shop.ledger.write("order cancelling"):
        shop.ledger.end_attempt(order.key, State.CANCELLING, attempt=last.number, remote=kept or last.remote)
        _done(order, shop.ledger)


def _done(order: Order, ledger: Ledger) -> None:
    with ledger.write("intent done") as db:
        db.execute("DELETE FROM intents WHERE kind = 'cancel' AND order_key = ?", (order.key,))
