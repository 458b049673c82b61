"""One take of a clip with several marks, from the results that somebody chose."""

from __future__ import annotations

from collections.abc import Sequence

from ..admission import Admitted
from ..cuts.model import Address
from ..errors import OrderError
from ..lease import Lease
from ..takes import Pick, TakeFile, Target, TargetPart, made_as, serves
from ..takes_store import add_target, close_target, takes
from .conform import make, make_again, orders_of, picks_of
from .workshop import Workshop


def compose(admitted: Admitted, address: Address, numbers: Sequence[int], shop: Workshop) -> TakeFile:
    """Makes a take of the clip at ``address``: for each of its marks the result of that number, 0 for the original.

    Raises ``OrderError`` where there is no such result, or another process is at work.
    """
    target = _target(admitted, address)
    orders = orders_of(target, shop.ledger)
    if len(numbers) != len(target.parts):
        raise OrderError(
            f"the clip has {len(target.parts)} marks, but {len(numbers)} numbers were given",
            where=target.media.path.name,
            fix="give one number for each mark, in the order of the cut",
        )
    picks: list[Pick] = []
    parts: list[TargetPart] = []
    for place, (part, number) in enumerate(zip(target.parts, numbers, strict=True), 1):
        found = picks_of(part, orders)
        if number == 0:
            continue
        if not 1 <= number <= len(found):
            raise OrderError(
                f"mark {place} of the clip has {len(found)} results; there is no number {number}",
                where=target.media.path.name,
                fix="choose one of them, or ask for more with --again",
            )
        picks.append(found[number - 1])
        parts.append(part)
    if not picks:
        raise OrderError(
            "a take of nothing but the original is the original",
            where=target.media.path.name,
            fix="`otio-retake takes pick CUT original` puts it back",
        )
    held = Lease.take(shop.ledger)
    if not isinstance(held, Lease):
        raise OrderError(
            "another process is carrying orders out", where=f"process {held.pid} on {held.host}", fix="wait for it"
        )
    with held:
        alike = [t for t in takes(shop.ledger) if serves(t, target) and t.spec.made_as == made_as(target)]
        there = [t for t in alike if t.spec.picks == tuple(picks) and (t.is_gone or t.path.is_file())]
        if there and there[-1].is_gone:
            return make_again(there[-1], shop)
        if there:
            shop.reporter.say(f"{there[-1].name} holds just that already")
            return there[-1]
        add_target(shop.ledger, target)
        take = make(target, parts, tuple(picks), orders, shop)
        close_target(shop.ledger, target.ident)
    return take


def _target(admitted: Admitted, address: Address) -> Target:
    for target, items in admitted.targets:
        if target.kind == "clip" and items[0].address == address:
            return target
    raise OrderError("the clip has no retakes yet", where=str(tuple(address)), fix="`otio-retake run` makes them")
