"""What a person says of an order whose submit was never answered: the id under which its service has it.

What is typed may be wrong. So it is looked at before it is believed, it can be said anew for as long as nothing came
of it, and a service that does not know it makes the order unknown again: it is no job that has expired.
"""

from __future__ import annotations

import re

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
