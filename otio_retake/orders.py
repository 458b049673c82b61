"""The life of an order: its states, what may follow what, and what it needs next. Pure: nothing here acts.

::

    planned → pulled → uploaded → submitting → submitted → running → ready → fetched → verified → conformed → placed

    submitting → refused      known not accepted: a new attempt may follow
    submitting → unknown      anything else; → submitted | refused | written_off, by the service or by a person
    submitted, running → cancelling → cancelled | ready;  → failed, perhaps charged
    submitted, running → unknown    where the service does not know the id that a person gave
    ready → expired, or written_off by a person;  uploaded → pulled when the upload expired;  fetched → rejected
    planned … uploaded, refused → superseded: a later plan says otherwise, so it is not sent; → planned, pulled again
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from .capabilities import Mode
from .errors import OrderError
from .media.facts import MediaFacts
from .media.fit import Fit
from .media.sound import SoundSource
from .spans import PullSpans, Span

if TYPE_CHECKING:
    from .planned import PlanItem


class State(StrEnum):
    """Where an order is in its life."""

    PLANNED = "planned"
    PULLED = "pulled"
    UPLOADED = "uploaded"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    RUNNING = "running"
    READY = "ready"
    FETCHED = "fetched"
    VERIFIED = "verified"
    CONFORMED = "conformed"
    PLACED = "placed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WRITTEN_OFF = "written_off"
    SUPERSEDED = "superseded"


S = State
MOVES: Mapping[State, frozenset[State]] = {
    S.PLANNED: frozenset({S.PULLED, S.CANCELLED, S.SUPERSEDED}),
    S.PULLED: frozenset({S.UPLOADED, S.PLANNED, S.CANCELLED, S.SUPERSEDED}),
    S.UPLOADED: frozenset({S.SUBMITTING, S.PULLED, S.CANCELLED, S.SUPERSEDED}),
    S.SUBMITTING: frozenset({S.SUBMITTED, S.REFUSED, S.UNKNOWN}),
    S.UNKNOWN: frozenset({S.SUBMITTED, S.REFUSED, S.WRITTEN_OFF}),
    S.REFUSED: frozenset({S.SUBMITTING, S.PULLED, S.PLANNED, S.CANCELLED, S.SUPERSEDED}),
    S.SUBMITTED: frozenset({S.RUNNING, S.READY, S.FAILED, S.CANCELLING, S.EXPIRED, S.UNKNOWN}),
    S.RUNNING: frozenset({S.READY, S.FAILED, S.CANCELLING, S.EXPIRED, S.UNKNOWN}),
    S.CANCELLING: frozenset({S.CANCELLED, S.READY, S.FAILED, S.EXPIRED}),
    S.READY: frozenset({S.FETCHED, S.EXPIRED, S.FAILED, S.WRITTEN_OFF}),
    S.FETCHED: frozenset({S.VERIFIED, S.REJECTED}),
    S.VERIFIED: frozenset({S.CONFORMED, S.FETCHED}),
    S.CONFORMED: frozenset({S.PLACED, S.FETCHED}),
    S.PLACED: frozenset({S.FETCHED}),
    S.FAILED: frozenset({S.SUBMITTING, S.PULLED, S.PLANNED}),
    S.CANCELLED: frozenset(),
    S.EXPIRED: frozenset({S.READY}),
    S.REJECTED: frozenset({S.VERIFIED, S.FETCHED}),
    S.WRITTEN_OFF: frozenset(),
    S.SUPERSEDED: frozenset({S.PULLED, S.PLANNED}),
}
"""What may follow each state. A failed order may be tried again only where it is known not to have been charged.

What is done with becomes fetched again where one of several results, which was missing, has come after all.
"""

UNSENT = frozenset({S.PLANNED, S.PULLED, S.UPLOADED, S.REFUSED})
"""States in which nothing has been accepted by a service: going on costs money."""

DONE_WITH_SERVICE = frozenset({S.FETCHED, S.VERIFIED, S.CONFORMED, S.PLACED, S.REJECTED})
"""The service has done its part and the result lies here."""

DEAD = frozenset({S.FAILED, S.CANCELLED, S.EXPIRED, S.REJECTED, S.WRITTEN_OFF, S.SUPERSEDED})
"""Nothing more comes of these unless a person says so, or a plan asks for a superseded one again."""

AT_SERVICE = frozenset({S.SUBMITTED, S.RUNNING, S.READY, S.CANCELLING})
"""A job of ours is at the service."""

PASSING = frozenset({"rate", "concurrency", "overloaded"})
"""Kinds of refusal that pass by themselves; every other one waits for a person."""

UNREACHABLE = "unreachable"
"""The kind of refusal where nothing reached the service: it passes too, but not for ever."""

MOST_UNREACHABLE = 4
"""Attempts that reach nobody after which a person should look: with the waits between them, more than half a minute."""

StepName = Literal["pull", "upload", "submit", "find", "poll", "cancel", "fetch", "verify"]

STEPS: Mapping[State, StepName] = {
    S.PLANNED: "pull",
    S.PULLED: "upload",
    S.UPLOADED: "submit",
    S.UNKNOWN: "find",
    S.SUBMITTED: "poll",
    S.RUNNING: "poll",
    S.CANCELLING: "poll",
    S.READY: "fetch",
    S.FETCHED: "verify",
}
"""The step that each state calls for. Conforming is the business of a target, placing that of a cut."""


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """What is ordered. Its content is what the order's key is made of; the rest is as the last plan before it was sent.

    Once it was sent nothing in it changes.
    """

    service: str
    model: str
    mode: Mode
    prompt: str
    options: tuple[tuple[str, str], ...]
    ordinal: int
    recipe: int
    media: MediaFacts
    written: str
    spans: PullSpans
    fit: Fit
    sound: SoundSource | None
    region: Span
    color: str
    clip: str
    timecode: str
    mark_id: str
    digest: str
    base_digest: str
    cost: Decimal
    currency: str
    generation: int
    rehearses: str = ""

    @property
    def rate(self) -> Fraction:
        """The source's exact rate."""
        return self.media.video.rate

    @property
    def stem(self) -> str:
        """The media's name without its extension, in plain ASCII."""
        return ascii_stem(PurePath(self.media.path.name).stem)


def ascii_stem(name: str) -> str:
    """``name`` as part of a file name that every editor and system takes: ASCII letters, digits, ``-`` and ``_``."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = "".join(c if c.isalnum() or c in "-_" else "_" for c in plain).strip("_")
    return kept[:80] or "clip"


def _asked_parts(asked: OrderSpec | PlanItem) -> dict[str, Any]:
    """What is asked of whom, but for the frames' own content."""
    spans, fit = asked.spans, asked.fit
    return {
        "pull": [spans.pad_head, len(spans.pull), spans.pad_tail, spans.base],
        "window": [spans.head, spans.body],
        "fit": [fit.width, fit.height, fit.box.x, fit.box.y, fit.box.width, fit.box.height],
        "color": asked.color,
        "service": [asked.service, asked.model, asked.mode],
        "prompt": asked.prompt,
        "options": sorted(asked.options),
    }


def asks(asked: OrderSpec | PlanItem, recipe: int) -> str:
    """A digest of what is asked of whom, for which frames of which file: of two takes of one request it is the same.

    Unlike the order's key it is made without reading the frames. ``recipe`` is the version of how pulls are made.
    """
    sound = asked.sound and [asked.sound.facts.fingerprint, asked.sound.channels, str(asked.sound.offset)]
    frames = [asked.media.fingerprint, asked.spans.pull.first, sound]
    parts = json.dumps([frames, recipe, _asked_parts(asked)], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def order_key(spec: OrderSpec, content: str, *, placed: bool = False) -> str:
    """What makes an order identical with another: the frames themselves, what is asked of whom, and which take it is.

    ``content`` is the digest of the source's coded packets over the pull, of picture and sound. Path, date and the
    cut's name are not in it: the same request from another export, or of a trimmed copy, is the same order. With
    ``placed`` it is one of these frames alone, for a file in which others look just like them: black, or a card.
    """
    parts = _asked_parts(spec)
    if placed:
        parts["first"] = spec.spans.pull.first
    parts["content"] = content
    parts["recipe"] = spec.recipe
    parts["service"].append(spec.rehearses)
    parts["ordinal"] = spec.ordinal
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that an order was, or may have been, sent. ``token`` is ours, ``remote`` the service's id."""

    number: int
    token: str
    state: State
    remote: str = ""
    kind: str = ""
    message: str = ""
    reserved: Decimal = Decimal(0)
    billed: Decimal | None = None
    charged: bool | None = None
    retry_at: float = 0.0
    expires_at: float | None = None
    began_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One file that came back."""

    number: int
    path: str
    sha256: str
    size: int
    state: Literal["fetched", "verified", "rejected"]
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the ledger has it."""

    key: str
    spec: OrderSpec
    state: State
    accepted: bool
    attempts: tuple[Attempt, ...] = ()
    results: tuple[Result, ...] = ()
    pull: str = ""
    upload: str = ""
    upload_expires: float | None = None

    @property
    def short(self) -> str:
        """The few letters that stand in file names."""
        return self.key[:7]

    @property
    def attempt(self) -> Attempt | None:
        """The last attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def settled(self) -> bool:
        """Whether nothing more happens to it by itself: its results are in, or it came to nothing."""
        if self.state is S.REFUSED:
            return not passes(self)
        return self.state in DEAD or self.state in {S.VERIFIED, S.CONFORMED, S.PLACED, S.UNKNOWN}


def passes(order: Order) -> bool:
    """Whether the refusal of an order is one that passes by itself."""
    last = order.attempt
    if last is None:
        return False
    return last.kind in PASSING or (last.kind == UNREACHABLE and len(order.attempts) < MOST_UNREACHABLE)


def token_of(attempts: Sequence[Attempt]) -> str:
    """Our name for what the last of ``attempts`` asks for.

    An attempt that follows one which never reached the service keeps its name: should that have arrived after all, a
    service that knows names refuses the second, and a list of requests shows the first.
    """
    token = ""
    for attempt in reversed(attempts):
        if token and not (attempt.state is S.REFUSED and attempt.kind == UNREACHABLE):
            break
        token = attempt.token
    return token


KEPT = "kept"
"""What stands for the service's id where the result came with the answer to the submit: it lies here."""


def job_of(remote: str) -> str:
    """The service's own id in what is kept of a job: all of it, or the ``id`` of a JSON object; empty for none."""
    if remote == KEPT or remote.startswith(f"{KEPT} "):
        return ""
    try:
        told = json.loads(remote)
    except ValueError:
        return remote
    return str(told.get("id") or "") if isinstance(told, dict) else remote


def may_retry(order: Order) -> bool:
    """Whether a new attempt could not charge a second time."""
    last = order.attempt
    if order.state in UNSENT:
        return True
    return order.state is S.FAILED and last is not None and last.charged is False


def check_move(order: Order, to: State) -> None:
    """Raises ``OrderError`` where ``order`` may not go to ``to``."""
    if to not in MOVES[order.state] or (order.state is S.FAILED and not may_retry(order)):
        raise OrderError(
            f"an order that is {order.state} cannot become {to}",
            where=f"order {order.short}, {order.spec.clip} at {order.spec.timecode}",
            fix="`otio-retake status` shows what each order waits for",
        )


def moved(order: Order, to: State) -> Order:
    """The order in its new state."""
    check_move(order, to)
    return replace(order, state=to)


def _upload_gone(order: Order, now: float) -> bool:
    """Whether the service can no longer read what was uploaded."""
    return order.upload_expires is not None and order.upload_expires <= now


def next_step(order: Order, now: float, *, can_find: bool = True) -> tuple[StepName, float] | None:
    """The step that ``order`` needs next, and the time from which it may be done; None where it needs nothing.

    ``can_find`` is whether its service can tell what became of a submit without an answer.
    """
    last = order.attempt
    if order.state is S.REFUSED:
        if last is None or not passes(order):
            return None
        return ("submit" if order.upload and not _upload_gone(order, now) else "upload"), last.retry_at
    if order.state is S.UPLOADED and _upload_gone(order, now):
        return "upload", now
    if order.state is S.UNKNOWN and not can_find:
        return None
    step = STEPS.get(order.state)
    if step is None:
        return None
    wait = last.retry_at if last is not None and step in ("poll", "find", "fetch") else 0.0
    return step, wait
