"""An accepted plan becomes orders in the ledger, and targets for their takes. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .ledger import Ledger
from .media.packets import content_of
from .media.pull import RECIPE
from .orders import OrderSpec, order_key
from .planned import Plan, PlanItem
from .settings import Settings
from .spans import Span
from .takes import Target
from .takes_store import add_target, close_target, open_targets
from .targets import Ordered, targets_for


@dataclass(frozen=True)
class Admitted:
    """The orders of a plan's marks, new and old, and the targets that takes are made for."""

    keys: tuple[str, ...]
    ordered: dict[str, Ordered]
    targets: tuple[tuple[Target, list[PlanItem]], ...]
    remarks: tuple[str, ...] = ()


def admit(plan: Plan, ledger: Ledger, settings: Settings, *, accepted: bool, rehearses: str = "") -> Admitted:
    """Writes the orders of a plan; an order that exists is reused, never made twice.

    ``accepted`` is whether somebody has agreed to what they cost: without it they can be pulled, but not sent. Whatever
    was not sent yet goes on as the plan says, at its price; what the plan says otherwise of is superseded. Raises
    ``NotConfirmed`` where that was sent meanwhile.
    """
    keys: dict[str, list[tuple[int, str]]] = {}
    orders: dict[tuple[str, str], OrderSpec] = {}
    stale: dict[str, None] = {}
    for item in plan.items:
        mine = keys.setdefault(item.mark_id, [])
        # What was asked in other words came first.
        mine += [(0, order.key) for order in item.earlier]
        mine += [(order.ordinal, order.key) for order in item.known if not order.unsent]
        content = content_of(item.media, item.spans.pull, item.sound) if item.new else ""
        for order in (order for order in item.known if order.unsent):
            orders[order.key, item.media.fingerprint] = spec_of(item, order.ordinal, rehearses)
            mine.append((order.ordinal, order.key))
        for ordinal in item.new:
            spec = spec_of(item, ordinal, rehearses)
            key = _key_of(spec, content, orders, ledger)
            orders[key, item.media.fingerprint] = spec
            mine.append((ordinal, key))
        stale.update(dict.fromkeys(order.key for order in item.superseded))
    with ledger.write("plan admitted"):
        if accepted:
            going = {key for key, _ in orders}
            ledger.supersede(key for key in stale if key not in going)
        for (key, _), spec in orders.items():
            ledger.admit(key, spec, accepted=accepted)
    listed = {
        mark: tuple(dict.fromkeys(key for _, key in sorted(pairs, key=lambda pair: pair[0])))
        for mark, pairs in keys.items()
    }
    return gather(plan.items, listed, ledger, settings, add=True)


def _key_of(spec: OrderSpec, content: str, orders: Mapping[tuple[str, str], OrderSpec], ledger: Ledger) -> str:
    """The key of an order, which has one place in each file: of two places that look alike each has its own order."""
    key = order_key(spec, content)
    here = orders.get((key, spec.media.fingerprint))
    taken = here is not None and here.spans.pull.first != spec.spans.pull.first
    return order_key(spec, content, placed=True) if taken or ledger.is_of_others(key, spec) else key


def look_up(plan: Plan, ledger: Ledger, settings: Settings) -> Admitted:
    """The same for what is known already; nothing is written."""
    keys = {
        item.mark_id: tuple(order.key for order in (*item.earlier, *item.known))
        for item in plan.items
        if item.earlier or item.known
    }
    return gather(plan.items, keys, ledger, settings, add=False)


def gather(
    items: Iterable[PlanItem], keys: dict[str, tuple[str, ...]], ledger: Ledger, settings: Settings, *, add: bool
) -> Admitted:
    """The orders and targets of ``items``."""
    ordered: dict[str, Ordered] = {}
    remarks: list[str] = []
    for item in items:
        if not keys.get(item.mark_id):
            continue
        changed = _changed(item, keys[item.mark_id], ledger)
        ordered[item.mark_id] = Ordered(keys[item.mark_id], changed)
        missing = len(item.region) - len(item.region.cut(changed))
        if missing and not item.new:
            remarks.append(
                f"{item.timecode} {item.clip}: the mark now asks for {missing} frames that its retake does not replace;"
                f" ask again with --again --at {item.timecode}"
            )
    targets = targets_for(items, ordered, settings)
    if add:
        wanted = [target for target, _ in targets]
        for target in wanted:
            add_target(ledger, target)
        for old in open_targets(ledger):
            if any(_more_than(new, old) for new in wanted):
                close_target(ledger, old.ident)
    every = tuple(dict.fromkeys(key for part in ordered.values() for key in part.keys))
    return Admitted(every, ordered, tuple(targets), tuple(remarks))


def _more_than(new: Target, old: Target) -> bool:
    """Whether a target is for the same stretch as an older one, with more marks or orders: takes of that would lack."""
    mine, other = ({key for part in target.parts for key in part.orders} for target in (new, old))
    alike = (new.kind, new.media.fingerprint, new.needed) == (old.kind, old.media.fingerprint, old.needed)
    return alike and mine > other


def _changed(item: PlanItem, keys: tuple[str, ...], ledger: Ledger) -> Span:
    """All that the orders of a mark change, in frames of its own file."""
    spans = [ledger.order_in(key, item.media.fingerprint).spec.spans.changed for key in keys]
    changed = spans[0]
    for span in spans[1:]:
        changed = changed.join(span)
    return changed


def spec_of(item: PlanItem, ordinal: int, rehearses: str = "") -> OrderSpec:
    """The order for one take of a request."""
    return OrderSpec(
        service=item.service,
        model=item.model,
        mode=item.mode,
        prompt=item.prompt,
        options=item.options,
        ordinal=ordinal,
        recipe=RECIPE,
        media=item.media,
        written=item.written,
        spans=item.spans,
        fit=item.fit,
        sound=item.sound,
        region=item.region,
        color=item.color,
        clip=item.clip,
        timecode=item.timecode,
        mark_id=item.mark_id,
        digest=item.digest,
        base_digest=item.base_digest,
        cost=item.cost_each,
        currency=item.currency,
        generation=item.generation,
        rehearses=rehearses,
    )
