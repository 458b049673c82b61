"""submitted or running → cancelling: somebody asked for it, so the service is told.

What was asked for stands in the ledger until the service has been told, or says that it cannot be done.
"""

from __future__ import annotations

from ..errors import RetakeError, ServiceTrouble
from ..ledger import Ledger
from ..orders import Order, State
from .workshop import Workshop

CAN_BE = frozenset({State.SUBMITTED, State.RUNNING})


def asked(ledger: Ledger) -> list[str]:
    """The orders that somebody wants cancelled."""
    return [row[0] for row in ledger.read("SELECT DISTINCT order_key FROM intents WHERE kind = 'cancel' ORDER BY id")]


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
