"""What a person says of an order that nobody else can tell about: whether it was accepted, and what was charged.

An id that is typed may be wrong. So it is looked at before it is believed, it can be said anew for as long as nothing
came of it, and a service that does not know it makes the order unknown again: it is no job that has expired.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from . import budget
from .errors import OrderError
from .lease import holder_of
from .ledger import Ledger
from .orders import Order, State, job_of
from .providers.answers import identity

SAID = "resolved by hand"
"""What stands among the events of an order whose id a person has given."""

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FORMS = {"fal": _UUID, "runware": _UUID}
"""Services whose ids have a form that is known."""

_CORRECTED = frozenset(
    {State.SUBMITTED, State.RUNNING, State.CANCELLING, State.READY, State.EXPIRED, State.FAILED, State.CANCELLED}
)
"""States in which an id that was given by hand may turn out to be wrong."""


Answer = Literal["accepted", "refused", "written-off", "charged", "not-charged", "there"]
"""What can be said: the service has it under an id; never accepted it; it is lost; what a failed one was charged; that
an expired result is there yet."""


def answers(ledger: Ledger, order: Order) -> tuple[Answer, ...]:
    """What can be said of an order in the state that it is in; nothing of most."""
    last = order.attempt
    found: list[Answer] = []
    if order.state is State.UNKNOWN:
        found += ["accepted", "refused", "written-off"]
    elif order.state in _CORRECTED and not order.results and said(ledger, order) and holder_of(ledger) is None:
        found.append("accepted")
    if order.state is State.READY:
        found.append("written-off")
    if order.state is State.EXPIRED:
        found.append("there")
    if order.state in (State.FAILED, State.CANCELLED) and last is not None and last.charged is None:
        found += ["charged", "not-charged"]
    return tuple(found)


def say(ledger: Ledger, order: Order, answer: Answer, *, ident: str = "", amount: Decimal | None = None) -> str:
    """Writes what a person says of an order; returns what became of it, in words.

    ``ident`` goes with ``accepted``, ``amount`` with ``charged``. Raises ``OrderError`` where that cannot be said now.
    """
    if answer in ("charged", "not-charged"):
        ledger.settle(order.key, amount if answer == "charged" else None)
        return "charged" if answer == "charged" else "nothing was charged"
    if answer == "there" and order.state is State.EXPIRED:
        ledger.end_attempt(order.key, State.READY, "said to be there", kind="", message="")
        return "it is ready: the next run fetches it"
    if answer == "accepted":
        accept(ledger, order, ident)
    elif answer == "written-off" and order.state is State.READY:
        # Its charge is known and stays: what is given up is the result.
        ledger.end_attempt(order.key, State.WRITTEN_OFF, SAID)
        return "it is written_off: its result is not fetched any more"
    elif answer == "there" or order.state is not State.UNKNOWN:
        raise OrderError(
            f"the order is {order.state}: what became of it is known, or not to be said yet",
            where=f"order {order.short}",
            fix="`otio-retake status` shows what each order waits for",
        )
    elif answer == "refused":
        ledger.end_attempt(order.key, State.REFUSED, SAID, kind="by_hand", message="not accepted")
    else:
        ledger.end_attempt(order.key, State.WRITTEN_OFF, SAID, billed=order.spec.cost, charged=True)
    return f"it is {ledger.order(order.key).state}"


def said(ledger: Ledger, order: Order) -> bool:
    """Whether the id of the order's last attempt was given by hand."""
    last = order.attempt
    began = last.began_at if last is not None else 0.0
    rows = ledger.read("SELECT 1 FROM events WHERE order_key = ? AND what = ? AND at >= ?", order.key, SAID, began)
    return bool(rows)


def checked(order: Order, typed: str) -> str:
    """The id that was typed. Raises ``OrderError`` for what cannot be one at the order's service."""
    service, remote = order.spec.service, typed.strip()
    job = identity(job_of(remote))
    form = _FORMS.get(service)
    if not job or (form is not None and not form.fullmatch(job)):
        like = "; it is a UUID, such as 0f8fad5b-d9cb-469f-a165-70867728950e" if form is not None else ""
        raise OrderError(
            f"{typed!r} is no id of a job at {service}",
            where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
            fix=f"copy it from {service}'s console or history{like}",
        )
    return remote


def accept(ledger: Ledger, order: Order, typed: str) -> None:
    """Writes that the service has the order under an id, or under another than was said before.

    Raises ``OrderError`` where what became of the order is known from its service, or somebody is at work with it.
    """
    remote = checked(order, typed)
    if order.state is State.UNKNOWN:
        ledger.end_attempt(order.key, State.SUBMITTED, SAID, remote=remote, kind="", message="")
        return
    if order.state not in _CORRECTED or order.results or not said(ledger, order):
        raise OrderError(
            f"the order is {order.state}: what became of it is known, or not to be said yet",
            where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
            fix="`otio-retake status` shows what each order waits for",
        )
    if (holder := holder_of(ledger)) is not None:
        raise OrderError(
            f"process {holder.pid} on {holder.host} is carrying orders out, with the id that was said before",
            where=f"order {order.short}",
            fix="stop it with Ctrl-C, or let it end; then say it again",
        )
    _correct(ledger, order, remote)


def _correct(ledger: Ledger, order: Order, remote: str) -> None:
    """Begins again with another id: what was learned of the first was of another job, or of none."""
    last = order.attempt
    assert last is not None
    with ledger.write("order corrected") as db:
        ledger.check_job(order, last.number, job_of(remote))
        budget.reopen(db, last.token, last.reserved)
        db.execute(
            "UPDATE attempts SET state = ?, remote = ?, kind = '', message = '', billed = NULL, charged = NULL,"
            " retry_at = 0, expires_at = NULL WHERE order_key = ? AND number = ?",
            (State.SUBMITTED, remote, order.key, last.number),
        )
        db.execute("UPDATE orders SET state = ? WHERE key = ?", (State.SUBMITTED, order.key))
        ledger.event(order.key, SAID)
