"""unknown → submitted or refused: by the service's own means, where it has any."""

from __future__ import annotations

from ..orders import Order, State
from .workshop import Workshop

LOOK_AGAIN = 3.0


def run(order: Order, shop: Workshop) -> None:
    """Asks the service what became of a submit that was never answered."""
    found = shop.provider(order).find(shop.submission(order))
    if found is None:
        shop.ledger.note_attempt(order.key, retry_at=shop.clock() + LOOK_AGAIN)
    elif found.remote is None:
        shop.ledger.end_attempt(
            order.key, State.REFUSED, "never received", kind="overloaded", message="the service never received it"
        )
    else:
        shop.ledger.end_attempt(order.key, State.SUBMITTED, "found again", remote=found.remote, kind="", message="")
