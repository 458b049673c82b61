"""What became of each mark of a cut, from its requests and the orders that were made for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .cuts.cut import MarkState
from .cuts.model import Marker
from .orders import DEAD, Order, State
from .planned import THERE, PlanItem
from .requests import RetakeRequest


def state_of(orders: Iterable[Order]) -> MarkState:
    """The state of one mark: what nobody knows comes first, then a take that is there, then what is under way."""
    states = {order.state for order in orders}
    if State.UNKNOWN in states:
        return "unknown"
    if states & THERE:
        return "done"
    if states and states <= DEAD | {State.REFUSED}:
        return "failed"
    return "waiting"


def mark_states(
    requests: Iterable[RetakeRequest], items: Iterable[PlanItem], orders: Mapping[str, Order]
) -> dict[str, MarkState]:
    """The state of each request by its mark's id; ``orders`` are all of the project, by key.

    Media that is offline keeps a request out of the plan: then the orders that carry its mark's id are looked at.
    """
    planned = {item.mark_id: [orders[o.key] for o in (*item.earlier, *item.known)] for item in items}
    by_mark: dict[str, list[Order]] = {}
    for order in orders.values():
        by_mark.setdefault(order.spec.mark_id, []).append(order)
    ids = {request.mark_id for request in requests}
    return {ident: state_of(planned[ident] if ident in planned else by_mark.get(ident, ())) for ident in ids}


def marker_states(requests: Iterable[RetakeRequest], states: Mapping[str, MarkState]) -> dict[Marker, MarkState]:
    """The same by marker, for writing. One that asks for several clips is as far as the least of them.

    A mark that is known by its colour alone is left out: another colour would make it none.
    """
    order: tuple[MarkState, ...] = ("unknown", "failed", "waiting", "done")
    found: dict[Marker, MarkState] = {}
    for request in requests:
        if request.mark.by_colour:
            continue
        for marker in (request.mark.marker, *request.also):
            mine = states[request.mark_id]
            found[marker] = min(found.get(marker, mine), mine, key=order.index)
    return found
