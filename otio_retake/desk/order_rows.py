"""Orders as the page shows them: what a state means to a person, and what can be done about it now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import by_hand
from ..ledger import Ledger
from ..orders import AT_SERVICE, DEAD, UNSENT, Order, State
from ..steps.cancel import CAN_BE
from ..steps.verify import rejections

WORDS: Mapping[State, str] = {
    State.PLANNED: "planned; nothing is sent yet",
    State.PULLED: "the frames are written; nothing is sent yet",
    State.UPLOADED: "the frames are uploaded; the order is not sent yet",
    State.SUBMITTING: "being sent just now",
    State.SUBMITTED: "sent; the service has it",
    State.RUNNING: "the service is at work",
    State.READY: "done at the service; its result is being fetched",
    State.FETCHED: "the result is here; it is being verified",
    State.VERIFIED: "verified",
    State.CONFORMED: "a take is made",
    State.PLACED: "its take is in a cut",
    State.REFUSED: "the service did not accept it; nothing was charged",
    State.UNKNOWN: "nobody knows whether the service accepted it: it is not sent again by itself",
    State.CANCELLING: "being cancelled at the service",
    State.CANCELLED: "cancelled",
    State.FAILED: "the service failed",
    State.EXPIRED: "its result expired before it was fetched",
    State.REJECTED: "the result was rejected: it is no retake of these frames",
    State.WRITTEN_OFF: "given up; it counts as spent",
    State.SUPERSEDED: "replaced by another order; nothing was sent",
}

AT_WORK = AT_SERVICE | {State.SUBMITTING, State.FETCHED}
"""States that pass by themselves."""


def order_row(
    order: Order, ledger: Ledger, ended: Mapping[str, float], typical: Mapping[tuple[str, str], int], cancels: bool
) -> dict[str, Any]:
    """One order for the page; ``cancels`` is whether its service has a way to cancel."""
    last, spec = order.attempt, order.spec
    done = DEAD | {State.VERIFIED, State.CONFORMED, State.PLACED}
    return {
        "id": order.key,
        "short": order.short,
        "ordinal": spec.ordinal,
        "service": spec.service,
        "model": spec.model,
        "state": order.state,
        "words": WORDS[order.state],
        "at_work": order.state in AT_WORK,
        "since": last.began_at if last is not None else None,
        "ended": ended.get(order.key) if last is not None else None,
        "typical": typical.get((spec.service, spec.model)),
        "expires_at": last.expires_at if last is not None and order.state not in done else None,
        "cost": str(spec.cost),
        "billed": None if last is None or last.billed is None else str(last.billed),
        "why": _why(order),
        "prompt": spec.prompt,
        "can_cancel": order.state in UNSENT - {State.REFUSED} or (order.state in CAN_BE and cancels),
        "choices": list(by_hand.answers(ledger, order)),
    }


def _why(order: Order) -> list[str]:
    if order.state is State.REJECTED:
        return rejections(order)
    last = order.attempt
    return [last.message] if last is not None and last.message else []
