"""unknown → submitted or refused: by the service's own means, where it has any."""

from __future__ import annotations

from ..errors import JobTaken, OutcomeUnknown
from ..orders import UNREACHABLE, Order, State
from .submit import wait_after
from .workshop import Workshop

LOOK_AGAIN = 3.0


def run(order: Order, shop: Workshop) -> None:
    """Asks the service what became of a submit that was never answered.

    Raises ``OutcomeUnknown`` where it cannot tell, or names a job that is another order's.
    """
    found = shop.provider(order).find(shop.submission(order))
    if found is None:
        shop.ledger.note_attempt(order.key, retry_at=shop.clock() + LOOK_AGAIN)
    elif found.remote is None:
        last = order.attempt
        assert last is not None
        shop.ledger.end_attempt(
            order.key,
            State.REFUSED,
            "never received",
            # Not for ever: what a service never takes in is not sent to it without end.
            kind=UNREACHABLE,
            message="the service never received it",
            retry_at=shop.clock() + wait_after(last.number),
        )
    else:
        try:
            shop.ledger.end_attempt(order.key, State.SUBMITTED, "found again", remote=found.remote, kind="", message="")
        except JobTaken as error:
            raise OutcomeUnknown(error.what, where=error.where, fix=error.fix) from None
