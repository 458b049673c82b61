"""What the desk sees at one moment: the plan, the orders and the takes of a cut, found by each other's ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..admission import Admitted, look_up
from ..choices import Choices, choices_of, chosen_take
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
    choices: Choices
    reasons: Mapping[str, str]
    typical: Mapping[tuple[str, str], int]

    def picked(self, mark: str) -> Made | None:
        """The take of a request that holds what was chosen for it, and for the other marks of its clip."""
        made = self.made.get(mark, ())
        files = [take for one in made for take in one.files if take.state != "dropped"]
        for target, items in self.admitted.targets:
            if self.choices.get(mark) is not None and mark in {item.mark_id for item in items}:
                take = chosen_take(target, items, self.choices, files)
                found = next((one for one in made if take in one.files), None) if take is not None else None
                if found is not None:
                    return found
        return None

    def order_in(self, take: TakeFile, key: str) -> Order:
        """An order of a take as it is asked for of the take's own file."""
        order, fingerprint = self.orders[key], take.spec.fingerprint
        return order if order.spec.media.fingerprint == fingerprint else self.session.ledger.order_in(key, fingerprint)

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
    pictures: dict[str, list[TakeFile]] = {}
    sounds: dict[str, list[TakeFile]] = {}
    for target, serving in admitted.targets:
        keys = [key for part in target.parts for key in part.orders]
        near = {take.ident: take for key in keys for take in by_order.get(key, ()) if serves(take, target)}
        for item in serving:
            targets.setdefault(item.mark_id, []).append(target)
            mine = sounds if target.kind == "sound" else pictures
            # A take of the clip that has nothing for this mark belongs to the clip's other marks.
            own = {order.key for order in (*item.earlier, *item.known)}
            holding = [take for take in near.values() if any(key in own for key, _ in take.spec.picks)]
            mine.setdefault(item.mark_id, []).extend(sorted(holding, key=lambda take: (take.version, take.name)))
    return Sight(
        session=session,
        plan=plan,
        admitted=admitted,
        requests={request.mark_id: request for request in session.requests.requests},
        items=items,
        orders={order.key: order for order in ledger.orders()},
        made={mark: _joined(pictures.get(mark, []), sounds.get(mark, []), items[mark]) for mark in targets},
        targets={mark: tuple(mine) for mark, mine in targets.items()},
        choices=choices_of(plan.items, ledger),
        reasons=reviews(ledger),
        typical=typical_seconds(ledger),
    )


def _joined(pictures: Iterable[TakeFile], sounds: Sequence[TakeFile], item: PlanItem) -> tuple[Made, ...]:
    """Takes of a request, oldest first: each picture with the sound of the same result, and sounds that have none.

    They mostly have one name. Where a clip has several marks, or its takes are clips of their own too, they do not.
    """
    rows, heard = [], set()
    for picture in pictures:
        fitting = [sound for sound in sounds if set(sound.spec.picks) <= set(picture.spec.picks)]
        mine = max(fitting, key=lambda sound: (sound.name == picture.name, sound.version), default=None)
        heard |= {mine.ident} if mine is not None else set()
        rows.append(Made(picture, mine, item))
    rows += [Made(None, sound, item) for sound in sounds if sound.ident not in heard]
    return tuple(sorted(rows, key=lambda one: one.main.version))
