"""What a run does before anything else: it takes up what the one before it left in the middle of a submit."""

from __future__ import annotations

from ..answers_kept import Answer, Place, places
from ..errors import JobTaken, OrderError
from ..orders import Order, State
from .workshop import Workshop


def run(shop: Workshop) -> None:
    """Answers that the ledger could not be told are told to it; submits that nobody answered are unknown from now on.

    Raises ``ProjectError`` where the ledger still cannot be written.
    """
    for place in places(shop.project):
        answer = place.read()
        if answer is None:
            # The process was stopped while it waited for the answer: the ledger knows of the submit.
            place.clear()
        elif _told(answer, place, shop):
            place.clear()
    for order in shop.ledger.orders("state = ?", State.SUBMITTING):
        shop.ledger.end_attempt(
            order.key,
            State.UNKNOWN,
            "the process that sent it is gone",
            kind="crash",
            message="the program was stopped",
        )


def _told(answer: Answer, place: Place, shop: Workshop) -> bool:
    """Whether the ledger now has ``answer``. Where it cannot have it, that is said, and the file stays."""
    why = "its order is not in the ledger"
    try:
        order = shop.ledger.order(answer.key)
        if any(attempt.number == answer.number and attempt.remote == answer.remote for attempt in order.attempts):
            return True
        if _waits_for(order, answer):
            shop.ledger.end_attempt(
                order.key, State.SUBMITTED, "answer taken up", remote=answer.remote, attempt=answer.number,
                kind="", message="",
            )  # fmt: skip
            return True
        why = f"its order is {order.state} by now"
    except (JobTaken, OrderError) as error:
        why = error.what
    shop.reporter.say(
        f"{place.path} says that attempt {answer.number} of order {answer.key[:7]} was accepted, but {why};"
        " look it up at the service, and delete the file when that is settled"
    )
    return False


def _waits_for(order: Order, answer: Answer) -> bool:
    last = order.attempt
    return last is not None and last.number == answer.number and order.state in (State.SUBMITTING, State.UNKNOWN)
