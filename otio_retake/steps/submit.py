"""uploaded → submitting → submitted: the one step that costs money, done at most once for an attempt.

The ledger knows of it before the service does. Whatever the provider raises but a plain refusal leaves the order
*unknown*, and an unknown order is never sent again by this program.
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import OutcomeUnknown, RetakeError, ServiceRefused
from ..orders import Order, State, token_of
from .workshop import Workshop

FIRST_WAIT = 5.0
MOST_WAIT = 300.0


def wait_after(attempt: int) -> float:
    """Seconds until another attempt may follow: twice as long each time."""
    return min(FIRST_WAIT * 2.0 ** (attempt - 1), MOST_WAIT)


def run(order: Order, shop: Workshop) -> None:
    """Sends ``order``. Raises ``BudgetExceeded`` before anything is sent where the budget does not leave it."""
    with shop.reserving:
        attempt = shop.ledger.begin_attempt(order.key, shop.limits, shop.spent())
        shop.spend(attempt.token, attempt.reserved)
    submission = replace(shop.submission(order), token=token_of((*order.attempts, attempt)))
    try:
        remote = shop.provider(order).submit(submission)
    except ServiceRefused as refusal:
        shop.give_back(attempt.token)
        wait = refusal.retry_after or wait_after(attempt.number)
        shop.ledger.end_attempt(
            order.key,
            State.REFUSED,
            f"refused: {refusal.kind}",
            kind=refusal.kind,
            message="; to do: ".join(part for part in (refusal.what, refusal.fix) if part),
            retry_at=shop.clock() + wait,
            attempt=attempt.number,
        )
        return
    except BaseException as error:
        # Also when somebody presses Ctrl-C: the request may be on its way.
        why = error.what if isinstance(error, RetakeError) else type(error).__name__
        shop.ledger.end_attempt(
            order.key, State.UNKNOWN, "no answer", kind="no_answer", message=why, attempt=attempt.number
        )
        if isinstance(error, Exception):
            raise OutcomeUnknown(
                f"no answer to a submit ({why}): the service may or may not have accepted it",
                where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                fix=f"look it up at {order.spec.service}, then `otio-retake ledger resolve {order.short}`",
            ) from None
        raise
    shop.pace.began(order.key)
    shop.ledger.end_attempt(order.key, State.SUBMITTED, remote=remote, attempt=attempt.number)
