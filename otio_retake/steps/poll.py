"""submitted, running or cancelling → ready, failed, cancelled or expired: what the service says of its job."""

from __future__ import annotations

from typing import Any

from ..by_hand import said
from ..orders import Order, State, job_of
from ..providers.base import Report
from .heard import report_of
from .workshop import Workshop


def run(order: Order, shop: Workshop) -> None:
    """Asks how the job of ``order`` stands, and settles what it was charged once that is known."""
    apply(order, report_of(order, shop), shop)


def apply(order: Order, report: Report, shop: Workshop) -> None:
    """Writes what the service said."""
    ledger, key = shop.ledger, order.key
    pause = shop.pace.wait(order.spec.service, key, report.look_again)
    again: dict[str, Any] = {"retry_at": shop.clock() + pause, "expires_at": report.expires_at}
    if report.state not in ("queued", "running"):
        shop.pace.ended(order.spec.service, key)
    if report.state == "ready":
        cost = order.spec.cost if report.billed is None else report.billed
        named: dict[str, Any] = {"remote": report.remote} if report.remote else {}
        ledger.end_attempt(
            key, State.READY, billed=cost, charged=True, expires_at=report.expires_at, retry_at=0, **named
        )
    elif report.state == "failed":
        # Perhaps charged: a reservation stays until somebody knows.
        billed = report.billed if report.billed is not None else order.spec.cost if report.charged else None
        ledger.end_attempt(
            key,
            State.FAILED,
            f"failed: {report.kind}",
            kind=report.kind,
            message=report.message,
            charged=report.charged,
            billed=billed,
        )
    elif report.state == "cancelled":
        if order.state is not State.CANCELLING:
            ledger.end_attempt(key, State.CANCELLING)
        ledger.end_attempt(key, State.CANCELLED, charged=report.charged, billed=report.billed)
    elif report.state == "expired" and order.state in (State.SUBMITTED, State.RUNNING) and said(ledger, order):
        last = order.attempt
        assert last is not None
        ledger.end_attempt(
            key,
            State.UNKNOWN,
            "no such job",
            kind="by_hand",
            message=f"{order.spec.service} knows no job {job_of(last.remote)!r}, which was given by hand",
        )
    elif report.state == "expired":
        ledger.end_attempt(key, State.EXPIRED, billed=order.spec.cost, charged=True, kind="expired")
    elif report.state == "running" and order.state is State.SUBMITTED:
        ledger.end_attempt(key, State.RUNNING, **again)
    else:
        ledger.note_attempt(key, **again)
