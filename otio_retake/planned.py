"""A plan as a value: what would be sent, what of it is ordered already, what it costs, and what a person accepts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol, get_args

from .capabilities import Mode
from .cuts.model import Address
from .errors import Problem
from .media.facts import MediaFacts
from .media.fit import Fit
from .media.pull import RECIPE
from .media.sound import SoundSource
from .orders import AT_SERVICE, State, asks
from .spans import PullSpans, Span


@dataclass(frozen=True, slots=True)
class Override:
    """What a person changed about a mark outside of the cut; kept in the ledger under the mark's id."""

    prompt: str | None = None
    mode: Mode | None = None
    takes: int | None = None
    skip: bool = False
    service: str | None = None
    context: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Which frames an order sent, how they were fitted, and what each take of it was to cost."""

    spans: PullSpans
    fit: Fit
    cost: Decimal


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that the ledger has for a mark.

    ``unsent`` ones are still to be paid; ``asks`` is what would be sent or was, and to whom (`orders.asks`).
    """

    key: str
    service: str
    region: Span
    ordinal: int
    state: str
    digest: str
    unsent: bool
    dead: bool
    asks: str = ""
    model: str = ""
    sent: Sent | None = None


UNDECIDED = frozenset({State.SUBMITTING, State.UNKNOWN})
"""States of an order that may have been accepted: another in its place might be paid twice."""


THERE = frozenset({State.VERIFIED, State.CONFORMED, State.PLACED})
"""States of an order whose result can be used."""

_UNDER_WAY = AT_SERVICE | {State.SUBMITTING, State.FETCHED}

Status = Literal[
    "new", "open", "done", "unknown", "at the service", "failed", "rejected", "expired", "given up", "cancelled"
]
"""Of a request: ``new`` orders something, ``open`` sends what was ordered before; nothing is sent for the others."""

_CAME_TO_NOTHING: Mapping[State, Status] = {
    State.FAILED: "failed",
    State.REJECTED: "rejected",
    State.EXPIRED: "expired",
    State.WRITTEN_OFF: "given up",
    State.CANCELLED: "cancelled",
}
"""What a request is of which there is no result, the worst first."""


class KnownOrders(Protocol):
    """The ledger, as far as a plan asks it."""

    def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
        """Orders for the same media, an overlapping stretch and the same text and options, by ordinal."""

    def sent(self, fingerprint: str) -> list[KnownOrder]:
        """All orders for the same media that were sent, whatever they asked for, by ordinal."""

    def earlier(self, fingerprint: str, region: Span, mark_id: str) -> list[KnownOrder]:
        """Orders of the same mark and stretch that were sent, whatever they asked for, oldest first."""


class NoOrders:
    """A project that has ordered nothing yet."""

    def matching(self, fingerprint: str, region: Span, base_digest: str) -> list[KnownOrder]:
        """Nothing."""
        return []

    def sent(self, fingerprint: str) -> list[KnownOrder]:
        """Nothing."""
        return []

    def earlier(self, fingerprint: str, region: Span, mark_id: str) -> list[KnownOrder]:
        """Nothing."""
        return []


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One request, worked out. Spans count frames of the file; ``replaced`` is what a take shows of the result.

    ``new`` are the ordinals to be ordered, ``known`` the orders that exist; ``superseded`` were made for the request,
    never sent, and ask for something else than it now does. Frame f of the file is, for the cut, at
    f / ``scale`` + ``zero`` in frames at ``clock``.
    """

    mark_id: str
    digest: str
    base_digest: str
    timecode: str
    record: tuple[Fraction, Fraction]
    address: Address
    clip: str
    media: MediaFacts
    written: str
    clock: Fraction
    zero: Fraction
    scale: Fraction
    region: Span
    shown: Span
    needed: Span
    replaced: Span
    spans: PullSpans
    fit: Fit
    sound: SoundSource | None
    mode: Mode
    service: str
    model: str
    prompt: str
    takes: int
    options: tuple[tuple[str, str], ...]
    color: str
    seam: str
    size: str
    handles: int
    cost_each: Decimal
    currency: str
    generation: int
    new: tuple[int, ...]
    known: tuple[KnownOrder, ...]
    remarks: tuple[str, ...]
    superseded: tuple[KnownOrder, ...] = ()
    earlier: tuple[KnownOrder, ...] = ()
    """Orders that asked in other words before a person changed them by hand: their takes are still the mark's."""
    context: int = 0
    above: bool = False
    """Whether its takes stand on a track above, as clips of their own."""
    asked_service: str = ""
    """The service that the mark itself names, or a person on the desk; empty where it is left to the settings."""
    asked_model: str = ""
    """The model that the mark names."""
    held: tuple[KnownOrder, ...] = ()
    """Orders that may have been accepted or not: while nobody knows, one more that was asked for is not ordered."""
    rehearses: str = ""
    """The service that is rehearsed; ``would_each`` is what it would take for one take."""
    would_each: Decimal = Decimal(0)

    @property
    def cost(self) -> Decimal:
        """What is still to be spent on this request."""
        return self.cost_each * (len(self.new) + sum(order.unsent for order in self.known))

    @property
    def undecided(self) -> tuple[KnownOrder, ...]:
        """The orders of which nobody knows whether they were accepted."""
        return tuple(order for order in (*self.earlier, *self.known) if order.state in UNDECIDED)

    @property
    def would_cost(self) -> Decimal:
        """What the rehearsed service would take for what was not ordered from any yet."""
        ordered = sum(order.service != REHEARSAL for order in self.known)
        return self.would_each * max(self.takes - ordered, 0)

    @property
    def beyond(self) -> int:
        """Frames of the region that no order covers, of a request for which nothing more is to be ordered."""
        if self.new:
            return 0
        return len(self.region) - max((len(self.region.cut(order.region)) for order in self.known), default=0)

    @property
    def as_sent(self) -> PlanItem:
        """The same with what was really sent, and to whom, where nothing more is: by the last order that lives."""
        known = () if self.to_send else sorted(self.known, key=lambda order: not order.dead)
        order = next((order for order in reversed(known) if order.sent is not None), None)
        if order is None or order.sent is None:
            return self
        sent = order.sent
        replaced = self.replaced if self.seam == "mark" else sent.spans.changed.cut(self.shown.join(self.region))
        return replace(
            self, service=order.service, model=order.model, spans=sent.spans, fit=sent.fit, cost_each=sent.cost,
            replaced=replaced,
        )  # fmt: skip

    @property
    def to_send(self) -> bool:
        """Whether anything would be sent for it."""
        return bool(self.new) or any(order.unsent for order in self.known)

    @property
    def status(self) -> Status:
        """Whether anything is to be sent, and else what became of what was.

        What nobody knows comes first, then what is under way; it is done where there is a result that can be used, and
        else it is what the worst of its orders is.
        """
        if self.to_send:
            return "new" if self.new else "open"
        states = {State(order.state) for order in (*self.earlier, *self.known)}
        if State.UNKNOWN in states:
            return "unknown"
        if states & _UNDER_WAY:
            return "at the service"
        if not states & THERE and (bad := [word for state, word in _CAME_TO_NOTHING.items() if state in states]):
            return bad[0]
        return "done"


@dataclass(frozen=True)
class Plan:
    """The whole plan of a cut."""

    cut: Path
    rate: Fraction
    items: tuple[PlanItem, ...]
    problems: tuple[Problem, ...]
    suspects: tuple[Problem, ...] = ()
    currency: str = "USD"
    cut_sha256: str = ""
    """The digest of the cut's file, in a plan that was saved: places are only good in that file."""

    @property
    def blocking(self) -> list[Problem]:
        """The problems that keep anything from being sent."""
        return [problem for problem in self.problems if problem.blocks]

    @property
    def sent(self) -> list[PlanItem]:
        """The requests that something would be sent for."""
        return [item for item in self.items if item.to_send]

    @property
    def rest(self) -> dict[Status, int]:
        """How many requests nothing would be sent for, by what became of them."""
        counted = Counter(item.status for item in self.items if not item.to_send)
        return {status: counted[status] for status in get_args(Status) if counted[status]}

    @property
    def cost(self) -> Decimal:
        """What everything that would be sent is expected to cost."""
        return sum((item.cost for item in self.items), Decimal(0))

    @property
    def digest(self) -> str:
        """What a person accepts: every frame, prompt, service and price that would be sent."""
        rows = [
            (
                item.mark_id, item.media.fingerprint, str(item.spans.pull), str(item.spans.window), item.spans.base,
                item.sound and (item.sound.facts.fingerprint, item.sound.channels, str(item.sound.offset)),
                item.mode, item.service, item.model, item.prompt, item.options, item.new,
                [order.key for order in item.known if order.unsent], str(item.cost),
            )
            for item in self.sent
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


REHEARSAL = "rehearsal"
"""The service whose orders are not retakes: what was rehearsed is still to be ordered."""

AGAIN = "+again"
"""What the digest of a mark with the word ``again`` ends with."""


def with_orders(
    items: Iterable[PlanItem],
    known: KnownOrders,
    *,
    again: bool | Collection[str] = False,
    overridden: Collection[str] = (),
) -> list[PlanItem]:
    """``items`` with the orders that exist for each, and the ordinals that are still to be ordered.

    An order belongs to the request whose region it was made for, else to the one that it shares most with: two
    clips of one shot may ask for the same in words, of different frames. One that was sent is the request's whatever
    it was asked of, unless the mark names another service; and it is where it is just what would be sent, whatever
    the words. One that was not sent is only where it asks for just what the request now says. ``again`` may name the
    marks of which one more is to be ordered; of those in ``overridden`` what was asked before stays with them.
    """
    items = list(items)
    alike: dict[tuple[str, str], dict[tuple[Span, str, str], PlanItem]] = {}
    for item in items:
        group = alike.setdefault((item.media.fingerprint, item.base_digest), {})
        group[item.region, item.asked_service, item.asked_model] = item
    sent = {media: known.sent(media) for media in dict.fromkeys(item.media.fingerprint for item in items)}
    found = []
    for item in items:
        wanted = asks(item, RECIPE)
        matching = [
            order
            for order in known.matching(item.media.fingerprint, item.region, item.base_digest)
            if _counts(order, item)
        ]
        others = alike[item.media.fingerprint, item.base_digest].values()
        nearest = (o for o in matching if _nearest(o, item, others))
        same = (_in_the_words_of(item, o) for o in sent[item.media.fingerprint] if o.asks == wanted)
        mine = sorted({o.key: o for o in (*nearest, *same)}.values(), key=lambda o: (o.ordinal, o.key))
        stale = [o for o in mine if o.unsent and (o.asks, o.digest) != (wanted, item.digest)]
        more = again if isinstance(again, bool) else item.mark_id in again
        new, orders = ordinals([o for o in mine if o not in stale], item.digest, item.takes, more)
        before = _earlier(item, known, {o.key for o in (*matching, *mine)}) if item.mark_id in overridden else ()
        item = replace(item, new=new, known=orders, superseded=tuple(stale), earlier=before)
        if new and (more or item.digest.endswith(AGAIN)) and item.undecided:
            item = replace(item, new=(), held=item.undecided)
        found.append(item)
    return found


def doubts(items: Iterable[PlanItem]) -> list[Problem]:
    """A warning for each request of which one more was asked for and is held back."""
    return [
        Problem(
            item.timecode,
            item.clip,
            f"one more is not ordered: nobody knows whether order {order.key[:7]} was accepted",
            f"look it up at {order.service}, then `otio-retake ledger resolve {order.key[:7]}`, then ask again",
            "warning",
            item.mark_id,
        )
        for item in items
        for order in item.held
    ]


def _earlier(item: PlanItem, known: KnownOrders, others: Collection[str]) -> tuple[KnownOrder, ...]:
    before = known.earlier(item.media.fingerprint, item.region, item.mark_id)
    return tuple(order for order in before if order.key not in others and _is_a_retake(order, item))


def _is_a_retake(order: KnownOrder, item: PlanItem) -> bool:
    """Whether an order has to do with a request: what is rehearsed is no retake, but what was retaken is done."""
    if order.service == REHEARSAL or (item.service == REHEARSAL and order.unsent):
        return order.service == item.service
    return True


def _counts(order: KnownOrder, item: PlanItem) -> bool:
    """Whether an order in the words of a request is one for it: what was sent is, if to whom the mark names."""
    if order.unsent or order.service == REHEARSAL:
        return _is_a_retake(order, item)
    return item.asked_service in ("", order.service) and item.asked_model in ("", order.model)


def _nearest(order: KnownOrder, item: PlanItem, others: Iterable[PlanItem]) -> bool:
    """Whether no other request that an order may be for shares more with what it was made for."""
    mine = _shared(order.region, item.region)
    return all(mine >= _shared(order.region, other.region) for other in others if _counts(order, other))


def _in_the_words_of(item: PlanItem, order: KnownOrder) -> KnownOrder:
    """An order that is just what a request asks, as if it had been made for it: to buy it again is not possible."""
    again = AGAIN if order.digest.endswith(AGAIN) else ""
    return replace(order, region=item.region, digest=item.base_digest + again)


def _shared(one: Span, other: Span) -> Fraction:
    """How much of two spans is common to them, of what they cover together: 1 where they are the same."""
    return Fraction(len(one.cut(other)), max(len(one.join(other)), 1))


def ordinals(
    matching: list[KnownOrder], digest: str, takes: int, again: bool
) -> tuple[tuple[int, ...], tuple[KnownOrder, ...]]:
    """Which orders are to be made, and which are known: ordinals 1 … N, and one more when asked again.

    The word ``again`` in a mark asks for others than those made without it, which stay the mark's all the same; what
    was bought by that word counts when it is taken out. Where one is still to be sent, asking again means that one.
    """
    known = tuple(order for order in matching if order.digest == digest or not digest.endswith(AGAIN))
    highest = max((order.ordinal for order in matching), default=0)
    missing = max(takes - len(known), 0)
    if again and known and not missing and not any(order.unsent for order in known):
        missing = 1
    return tuple(range(highest + 1, highest + 1 + missing)), tuple(matching)
