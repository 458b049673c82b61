"""fetched → verified or rejected: what came back is compared with what was sent."""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter

from ..capabilities import SERVICES
from ..errors import ResultUnusable
from ..media.verify.verdict import Verdict, verify
from ..orders import Order, State
from .pull import remake
from .workshop import Workshop

VERDICT = TypeAdapter(Verdict)


def run(order: Order, shop: Workshop) -> None:
    """Judges every result of ``order``; it is verified where at least one may be placed."""
    spec = order.spec
    pull = shop.submission(order).pull
    if not pull.is_file():
        # It can be made again at any time, and costs nothing.
        remake(order, shop)
    known = SERVICES.get(spec.service)
    any_good = False
    for result in order.results:
        path = shop.project.load(result.path)
        try:
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


def unusable(error: ResultUnusable) -> str:
    """What the ledger keeps of a file that could not even be read."""
    return TypeAdapter(dict[str, str]).dump_json({"unusable": error.what}).decode()
