"""What a provider says of a job, looked at before anything is done with it; and what it raises, told as its fault.

A provider may be a plug-in that somebody else has written: one that errs keeps no other order from going on, and no
nonsense of it gets into the ledger.
"""

from __future__ import annotations

import math
import traceback
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from ..budget import sound
from ..errors import ServiceError, ServiceTrouble
from ..orders import Order
from ..providers.base import Report, ReportState, Upload
from .workshop import Workshop

MOST_RESULTS = 100
LOOK_AGAIN = (0.01, 3600.0)
"""Least and most seconds until a job may be looked at again: a provider that says nothing sensible is heeded so far."""


def report_of(order: Order, shop: Workshop) -> Report:
    """How the job of ``order`` stands. Raises ``ServiceTrouble`` for what no provider may answer.

    A bill that cannot be one counts as none told, and that is said.
    """
    last = order.attempt
    assert last is not None
    said = shop.provider(order).poll(last.remote, shop.submission(order))
    if (wrong := _wrong(said)) is not None:
        raise ServiceTrouble(
            f"{shop.providers.origin(order.spec.service)} makes no sense of a job: {wrong}",
            where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
            fix="report it to whoever wrote it; the order is kept as it is, and the next run asks again",
            passing=False,
        )
    billed = None if said.billed is None else sound(said.billed)
    if said.billed is not None and billed is None:
        shop.reporter.say(
            f"{order.short}: {shop.providers.origin(order.spec.service)} tells a bill that cannot be one; the plan's"
            " price is counted: look the charge up at the service"
        )
    least, most = LOOK_AGAIN
    return replace(said, billed=billed, look_again=min(max(float(said.look_again), least), most))


def check_upload(order: Order, upload: Any, shop: Workshop) -> None:
    """Raises ``ServiceError`` where what came of an upload is none."""
    good = isinstance(upload, Upload) and isinstance(upload.reference, str) and bool(upload.reference)
    if not good or not (upload.expires_at is None or _number(upload.expires_at)):
        raise ServiceError(
            f"{shop.providers.origin(order.spec.service)} does not say where the pull lies",
            where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
            fix="report it to whoever wrote it; nothing was ordered and nothing paid",
        )


def _wrong(said: Any) -> str | None:
    """The first thing in a report that cannot be; None where all is as it should."""
    if not isinstance(said, Report):
        return f"it answers with {_kind(said)}"
    checks = {
        "state": isinstance(said.state, str) and said.state in get_args(ReportState),
        "results": _number(said.results) and isinstance(said.results, int) and 0 <= said.results <= MOST_RESULTS,
        "charged": said.charged is None or isinstance(said.charged, bool),
        "kind": isinstance(said.kind, str),
        "message": isinstance(said.message, str),
        "look_again": _number(said.look_again),
        "expires_at": said.expires_at is None or _number(said.expires_at),
        "remote": isinstance(said.remote, str),
    }
    name = next((name for name, good in checks.items() if not good), None)
    return None if name is None else f"{name} is {_kind(getattr(said, name))}"


def _number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value)


def _kind(value: object) -> str:
    """A value, as far as it can be shown: what a service said may hold a secret."""
    return repr(value) if isinstance(value, int | float | bool | None) else f"a {type(value).__name__}"


def fault(order: Order, step: str, error: Exception, shop: Workshop) -> ServiceError:
    """What to say of an error that no part of this program means to raise. Its own text is not shown."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    reason = getattr(error, "strerror", None)
    why = f"{type(error).__name__}{f', {str(reason).lower()}' if reason else ''}{at}"
    who = shop.providers.origin(order.spec.service)
    return ServiceError(
        f"the step `{step}` failed with what nobody expected ({why}), while at work for {who}",
        where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
        fix=f"report it to whoever wrote {who}; the order is kept as `otio-retake status` shows it, and the next run"
        " goes on with it",
    )
