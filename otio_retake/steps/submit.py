"""uploaded → submitting → submitted: the one step that costs money, done at most once for an attempt.

The ledger knows of it before the service does, and there is a place for the answer before it is asked for. Whatever
the provider raises but a plain refusal leaves the order *unknown*, and an unknown order is never sent again.
"""

from __future__ import annotations

import shlex
import time
from dataclasses import replace

from ..answers_kept import Answer, Place
from ..errors import JobTaken, OrderError, OutcomeUnknown, ProjectError, RetakeError, ServiceRefused
from ..orders import Attempt, Order, State, token_of
from .workshop import Workshop

FIRST_WAIT = 5.0
MOST_WAIT = 300.0
MOST_TOLD_WAIT = 60.0
"""Most seconds that the wait a service asks for grows to, where it asks for less each time."""

WRITE_AGAIN = (0.2, 1.0, 3.0)
"""Seconds between tries to write into a ledger that cannot be written: others' locks pass, and room may be made."""


def wait_after(attempt: int) -> float:
    """Seconds until another attempt may follow: twice as long each time."""
    return min(FIRST_WAIT * 2.0 ** (attempt - 1), MOST_WAIT)


def _wait_after(refusal: ServiceRefused, order: Order, attempt: Attempt) -> float:
    """What the service asks for, and longer each time that it puts the same order off again."""
    if not refusal.retry_after:
        return wait_after(attempt.number)
    before = 0
    for earlier in reversed(order.attempts):
        if earlier.state is not State.REFUSED:
            break
        before += 1
    return max(refusal.retry_after, min(refusal.retry_after * 2.0 ** min(before, 10), MOST_TOLD_WAIT))


def run(order: Order, shop: Workshop) -> None:
    """Sends ``order``. Raises ``BudgetExceeded`` before anything is sent where the budget does not leave it."""
    place = Place.make(shop.project, order.key)
    try:
        with shop.reserving:
            attempt = shop.ledger.begin_attempt(order.key, shop.limits, shop.spent())
            shop.sent(attempt.token)
        remote = _send(order, attempt, shop)
        if remote is not None:
            shop.pace.began(order.key)
            _accepted(order, Answer(order.key, attempt.number, remote), place, shop)
    finally:
        if place.read() is None:
            place.clear()


def _send(order: Order, attempt: Attempt, shop: Workshop) -> str | None:
    """The service's id; None where it refused. Raises ``OutcomeUnknown`` for everything else."""
    submission = replace(shop.submission(order), token=token_of((*order.attempts, attempt)))
    try:
        remote = shop.provider(order).submit(submission)
        if not isinstance(remote, str) or not remote:
            raise OutcomeUnknown(f"{shop.providers.origin(order.spec.service)} returned no id")
        return remote
    except ServiceRefused as refusal:
        wait = _wait_after(refusal, order, attempt)
        shop.ledger.end_attempt(
            order.key,
            State.REFUSED,
            f"refused: {refusal.kind}",
            kind=refusal.kind,
            message="; to do: ".join(part for part in (refusal.what, refusal.fix) if part),
            retry_at=shop.clock() + wait,
            attempt=attempt.number,
        )
        return None
    except BaseException as error:
        # Also when somebody presses Ctrl-C: the request may be on its way.
        why = error.what if isinstance(error, RetakeError) else _unmeant(error, order, shop)
        todo = error.fix if isinstance(error, OutcomeUnknown) else ""
        shop.ledger.end_attempt(
            order.key, State.UNKNOWN, "no answer", kind="no_answer", message=why, attempt=attempt.number
        )
        if isinstance(error, Exception):
            # What a provider knows to do leads to the command, which it cannot name: it does not know the order.
            resolve = f"`otio-retake ledger resolve {order.short}`"
            todo = todo or f"look it up at {order.spec.service}, then"
            raise OutcomeUnknown(
                f"no answer to a submit ({why}): the service may or may not have accepted it",
                where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
                fix=todo if "ledger resolve" in todo else f"{todo} {resolve}",
            ) from None
        raise


def _unmeant(error: BaseException, order: Order, shop: Workshop) -> str:
    name = type(error).__name__
    if not isinstance(error, Exception):
        return name
    return f"{shop.providers.origin(order.spec.service)} failed with {name}"


def _accepted(order: Order, answer: Answer, place: Place, shop: Workshop) -> None:
    """Writes that the order was accepted, and under which id, whatever stands in the way of that."""
    try:
        _write(answer, shop)
        return
    except JobTaken as error:
        shop.ledger.end_attempt(
            order.key, State.UNKNOWN, "another order's job", kind="job_taken", message=error.what, attempt=answer.number
        )
        raise OutcomeUnknown(error.what, where=error.where, fix=error.fix) from None
    except (ProjectError, OrderError) as error:
        why = error
    try:
        place.keep(answer)
    except (RetakeError, OSError):
        raise _not_written(order, answer, why, f"write this id down: {answer.remote}") from None
    for pause in WRITE_AGAIN if isinstance(why, ProjectError) else ():
        time.sleep(pause)
        try:
            _write(answer, shop)
        except (ProjectError, OrderError) as error:
            why = error
        else:
            place.clear()
            return
    raise _not_written(order, answer, why, f"its id is kept in {place.path.name}")


def _write(answer: Answer, shop: Workshop) -> None:
    shop.ledger.end_attempt(answer.key, State.SUBMITTED, remote=answer.remote, attempt=answer.number)


def _not_written(order: Order, answer: Answer, why: RetakeError, kept: str) -> ProjectError:
    how = f"`otio-retake ledger resolve {order.short} --accepted {shlex.quote(answer.remote)}`"
    return ProjectError(
        f"{order.spec.service} accepted the order, and the ledger could not be written: {why.what}; {kept}",
        where=why.where or f"order {order.short}",
        fix=f"{why.fix or 'mend that'}: the next run takes it up; else {how}",
    )
