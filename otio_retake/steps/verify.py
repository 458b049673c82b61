"""fetched → verified or rejected: what came back is compared with what was sent.

A result was paid for. It is rejected for what is in it alone: where this machine cannot look at it, the order stays
as it is, and where the file is not here as it came, it is fetched again for as long as its service has it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from ..capabilities import SERVICES
from ..durable import sha256_of
from ..errors import ResultExpired, ResultUnread, ResultUnusable
from ..media.cell import unread
from ..media.verify.verdict import Verdict, verify
from ..orders import Order, Result, State
from . import fetch
from .pull import remake
from .workshop import Workshop

VERDICT = TypeAdapter(Verdict)


def run(order: Order, shop: Workshop) -> None:
    """Judges every result of ``order``; it is verified where at least one may be placed.

    Raises ``ResultUnread`` where one could not be looked at: then the order waits.
    """
    spec = order.spec
    pull = shop.submission(order).pull
    if not pull.is_file():
        # It can be made again at any time, and costs nothing.
        remake(order, shop)
    known = SERVICES.get(spec.service)
    any_good = False
    for result in order.results:
        if result.state != "fetched":
            # Judged before: another result, which was missing then, has come since.
            any_good = any_good or result.state == "verified"
            continue
        path = _brought_back(order, result, shop)
        try:
            with unread(path):
                verdict = verify(
                    pull,
                    path,
                    spec.spans,
                    spec.mode,
                    margin=known.doubt if known else 12,
                    slate=spec.service == "rehearsal",
                )
        except ResultUnusable as error:
            shop.ledger.judge_result(order.key, result.number, "rejected", unusable(error))
            continue
        held = verdict.rejected or (shop.strict and verdict.certainty == "ambiguous")
        state: Literal["verified", "rejected"] = "rejected" if held else "verified"
        shop.ledger.judge_result(order.key, result.number, state, VERDICT.dump_json(verdict).decode())
        any_good = any_good or not held
    shop.ledger.move(order.key, State.VERIFIED if any_good else State.REJECTED)


def _brought_back(order: Order, result: Result, shop: Workshop) -> Path:
    """The file of a result as it came, fetched again where it is away or another. Raises ``ResultUnread``."""
    path = shop.project.load(result.path)
    with unread(path):
        as_it_came = path.is_file() and path.stat().st_size == result.size and sha256_of(path) == result.sha256
    if not as_it_came:
        try:
            fetch.again(order, result.number, shop)
        except ResultExpired as error:
            raise ResultUnread(
                f"the result is not here as it came, and cannot be fetched again: {error.what}",
                where=str(path),
                fix="bring the file back, from the drive or a copy; the order waits for it. Else --again buys another",
            ) from None
        return shop.project.result(order.key, result.number)
    return path


def unusable(error: ResultUnusable) -> str:
    """What the ledger keeps of a file that could not even be read."""
    return TypeAdapter(dict[str, str]).dump_json({"unusable": error.what}).decode()


def rejections(order: Order) -> list[str]:
    """Why the results of an order were rejected, with the numbers."""
    found = []
    for result in order.results:
        if result.state != "rejected" or not result.verdict:
            continue
        try:
            verdict = VERDICT.validate_json(result.verdict)
        except ValueError:
            found.append("it cannot be read as a movie")
            continue
        found += [f"{check.name} {check.value} ({check.reason})" for check in verdict.checks if check.level == "reject"]
        if verdict.certainty == "contradicted":
            found.append(verdict.why)
        if not verdict.rejected:
            found.append(f"{verdict.why} (held by --strict)")
    return list(dict.fromkeys(found))
