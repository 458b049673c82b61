"""What the desk sees at one moment: the plan, the orders and the takes of a cut, found by each other's ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..admission import Admitted, look_up
from ..orders import Order
from ..planned import Plan, PlanItem
from ..requests import RetakeRequest
from ..session import Session
from ..takes import TakeFile, Target, serves
from ..takes_store import reviews, takes
from .timing import typical_seconds


@dataclass(frozen=True)
class Made:
    """A take as a person sees it: picture, sound, or both of one retake, which have one name."""

    picture: TakeFile | None
    sound: TakeFile | None
    item: PlanItem

    @property
    def main(self) -> TakeFile:
        """The picture, else the sound: whose id stands for both."""
        found = self.picture or self.sound
        assert found is not None
        return found

    @property
    def files(self) -> tuple[TakeFile, ...]:
        """What it is made of."""
        return tuple(take for take in (self.picture, self.sound) if take is not None)


@dataclass(frozen=True)
class Sight:
    """Everything of one moment. ``made`` are the takes of each request, oldest first, by the mark's id."""

    session: Session
    plan: Plan
    admitted: Admitted
    requests: Mapping[str, RetakeRequest]
    items: Mapping[str, PlanItem]
    orders: Mapping[str, Order]
    made: Mapping[str, tuple[Made, ...]]
    targets: Mapping[str, tuple[Target, ...]]
    reasons: Mapping[str, str]
    typical: Mapping[tuple[str, str], int]

    def take(self, ident: str) -> Made:
        """The take with an id. Raises ``KeyError``."""
        for found in self.made.values():
            for made in found:
                if ident in (take.ident for take in made.files):
                    return made
        raise KeyError(ident)


def look(session: Session) -> Sight:
    """Looks at everything once."""
    plan, ledger = session.plan(), session.ledger
    admitted = look_up(plan, ledger, session.settings)
    targets: dict[str, list[Target]] = {}
    items: dict[str, PlanItem] = {item.mark_id: item for item in plan.items}
    by_order: dict[str, list[TakeFile]] = {}
    for take in takes(ledger):
        for key in dict.fromkeys(key for key, _ in take.spec.picks):
            by_order.setdefault(key, []).append(take)
    found: dict[str, dict[str, Made]] = {}
    for target, serving in admitted.targets:
        keys = [key for part in target.parts for key in part.orders]
        near = {take.ident: take for key in keys for take in by_order.get(key, ()) if serves(take, target)}
        for item in serving:
            targets.setdefault(item.mark_id, []).append(target)
            mine = found.setdefault(item.mark_id, {})
            for take in sorted(near.values(), key=lambda take: (take.version, take.name)):
                there = mine.get(take.name, Made(None, None, item))
                if target.kind == "sound":
                    mine[take.name] = Made(there.picture, take, item)
                else:
                    mine[take.name] = Made(take, there.sound, item)
    return Sight(
        session=session,
        plan=plan,
        admitted=admitted,
        requests={request.mark_id: request for request in session.requests.requests},
        items=items,
        orders={order.key: order for order in ledger.orders()},
        made={mark: tuple(sorted(m.values(), key=lambda one: one.main.version)) for mark, m in found.items()},
        targets={mark: tuple(mine) for mark, mine in targets.items()},
        reasons=reviews(ledger),
        typical=typical_seconds(ledger),
    )
