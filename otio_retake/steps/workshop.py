"""What every step works with: the project, its ledger, the providers, and whoever wants to know how it goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from ..budget import Limits
from ..errors import MediaUnsupported, RetakeError
from ..ledger import Ledger
from ..media.facts import MediaFacts, fingerprint, read_facts
from ..orders import Order, token_of
from ..project import Project
from ..providers.base import Provider, Providers, Submission, kept
from .pace import Pace


class Reporter(Protocol):
    """Hears how things go. Calls come from several threads."""

    def began(self, order: Order, step: str) -> None:
        """A step of an order begins."""

    def progress(self, order: Order, step: str, done: int, total: int | None) -> None:
        """So much of it is done: frames or bytes."""

    def ended(self, order: Order, step: str) -> None:
        """It ended; ``order`` is as it now is."""

    def say(self, text: str) -> None:
        """Something that should be read."""


class Quiet:
    """Nobody listens."""

    def began(self, order: Order, step: str) -> None:
        """Nothing."""

    def progress(self, order: Order, step: str, done: int, total: int | None) -> None:
        """Nothing."""

    def ended(self, order: Order, step: str) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""


@dataclass
class Workshop:
    """The place where orders are carried out."""

    project: Project
    ledger: Ledger
    providers: Providers
    limits: Limits = field(default_factory=Limits)
    find: Callable[[str], Path | None] = lambda _written: None
    reporter: Reporter = field(default_factory=Quiet)
    strict: bool = False
    concurrency: int | None = None
    pace: Pace = field(default_factory=Pace)
    stop: threading.Event = field(default_factory=threading.Event)
    clock: Callable[[], float] = time.time
    _sent: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    reserving: threading.Lock = field(default_factory=threading.Lock)
    """Held from looking at what this run has spent until that is more: many orders are sent at once."""
    gone: dict[str, list[float]] = field(default_factory=dict)
    """When a service has said that a result is gone, by order."""
    lost: dict[str, RetakeError] = field(default_factory=dict)
    """What this run could not bring of results whose others are here, by order: said at its end."""

    def provider(self, order: Order) -> Provider:
        """The provider of an order."""
        with self._lock:
            return self.providers.get(order.spec.service)

    def spent(self) -> Decimal:
        """What the attempts of this run have cost as far as that is known, and reserved where it is not."""
        with self._lock:
            sent = tuple(self._sent)
        return self.ledger.spent_on(sent)

    def sent(self, token: str) -> None:
        """Counts an attempt to what this run has spent, for as long as its charge stands in the ledger."""
        with self._lock:
            self._sent.add(token)

    def facts(self, order: Order) -> MediaFacts:
        """The source of an order, found again and still the same. Raises a ``MediaError``."""
        return self.same(order.spec.media, order.spec.written)

    def same(self, planned: MediaFacts, written: str) -> MediaFacts:
        """The file that was planned with, where it now lies. Raises ``MediaUnsupported`` where it has changed."""
        path = planned.path
        if not path.exists():
            path = self.find(written) or path
        now = read_facts(path) if path.exists() else planned
        if path.exists() and fingerprint(path) != planned.fingerprint:
            raise MediaUnsupported(
                "the media has changed since it was planned", where=str(path), fix="plan and run again"
            )
        if not path.exists():
            return read_facts(path)
        rate = planned.video.rate if planned.picture else None
        return now.at_rate(rate) if rate else now

    def can_find(self, order: Order) -> bool:
        """Whether it can be told what became of a submit without an answer: by its service, or by what lies here."""
        return self.provider(order).can_find or kept(self.submission(order)).is_file()

    def submission(self, order: Order) -> Submission:
        """What an order's last attempt sends, or has sent."""
        return Submission(
            token=token_of(order.attempts),
            key=order.key,
            order=order.spec,
            upload=order.upload,
            pull=self.project.load(order.pull) if order.pull else self.project.pull(order.key),
            began_at=order.attempt.began_at if order.attempt else 0.0,
        )

    def progress(self, order: Order, step: str) -> Callable[[int, int | None], None]:
        """A function to tell progress with; raises ``KeyboardInterrupt`` no earlier than a step can stand it."""

        def tell(done: int, total: int | None) -> None:
            self.reporter.progress(order, step, done, total)

        return tell
