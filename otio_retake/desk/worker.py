"""Carries orders out behind the page, one run at a time, and keeps what it says.

The page may go and come back: what is at a service stands in the ledger. More that is confirmed while a run is at work
joins it: the run comes to rest, and one for all of them begins.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from ..errors import RetakeError
from ..legible import legible
from ..orders import UNSENT, Order, StepName, may_retry
from ..session import Session
from ..steps.run import STEPS, Outcome, carry_out
from ..steps.workshop import Workshop

KEPT = 50
"""Remarks that are kept for the page."""


class Watch:
    """Hears how a run goes, for whoever looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str, tuple[str, int, int | None]] = {}
        self._said: deque[str] = deque(maxlen=KEPT)

    def began(self, order: Order, step: str) -> None:
        """Notes what is done to an order."""
        if step not in ("poll", "find"):
            with self._lock:
                self._steps[order.key] = (step, 0, None)

    def progress(self, order: Order, step: str, done: int, total: int | None) -> None:
        """Notes how far it is."""
        with self._lock:
            self._steps[order.key] = (step, done, total)

    def ended(self, order: Order, step: str) -> None:
        """Forgets it."""
        with self._lock:
            self._steps.pop(order.key, None)

    def say(self, text: str) -> None:
        """Keeps a remark."""
        with self._lock:
            self._said.append(legible(text))

    @property
    def said(self) -> list[str]:
        """The last remarks, the newest last."""
        with self._lock:
            return list(self._said)

    @property
    def steps(self) -> dict[str, tuple[str, int, int | None]]:
        """What is done to which order: step, frames or bytes done, and of how many."""
        with self._lock:
            return dict(self._steps)


class Worker:
    """One thread that carries out what was confirmed."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._keys: set[str] = set()
        self._steps: tuple[StepName, ...] = tuple(STEPS)
        self._shop: Workshop | None = None
        self._thread: threading.Thread | None = None
        self._busy = False
        self._again = False
        self._stopping = False
        self._ended: list[Callable[[Outcome], None]] = []
        self.watch = Watch()

    @property
    def running(self) -> bool:
        """Whether a run of this desk is at work."""
        return self._busy

    def start(self, keys: Collection[str], ended: Callable[[Outcome], None] | None = None) -> None:
        """Carries ``keys`` out, beside whatever is at work already; ``ended`` hears what came of it."""
        with self._lock:
            self._keys |= set(keys)
            if ended is not None:
                self._ended.append(ended)
            self._stopping = False
            if self._busy:
                self._again = True
                if self._shop is not None:
                    self._shop.stop.set()
                return
            self._busy = True
            self._thread = threading.Thread(target=self._run, name="desk-run", daemon=True)
            self._thread.start()

    def stop(self, wait: bool = False) -> None:
        """Sends nothing more. What is on its way comes to its end; what a service has stays in the ledger."""
        with self._lock:
            self._again = False
            self._stopping = True
            self._keys.clear()
            if self._shop is not None:
                self._shop.stop.set()
        thread = self._thread
        if wait and thread is not None:
            thread.join()

    def make(self, keys: Collection[str], watch: Any = None) -> Outcome:
        """Makes takes of results that are here, in the caller's thread. Nothing is sent."""
        session = self._session()
        return carry_out(session.workshop(watch or self.watch, None), keys, steps=(), conforming=True)

    def _run(self) -> None:
        while True:
            try:
                keys, shop = self._begun()
                outcome = carry_out(shop, keys)
                self._tell(outcome)
                for hears in self._heard_by():
                    hears(outcome)
            except RetakeError as error:
                self._say(error)
            except Exception as error:
                self.watch.say(f"the run ended by a fault of the program ({type(error).__name__}); start it again")
            with self._lock:
                self._shop = None
                if not self._again:
                    self._keys.clear()
                    self._busy = False
                    return

    def _begun(self) -> tuple[set[str], Workshop]:
        """What is to be carried out now, and where; stopped already where that was said meanwhile."""
        with self._lock:
            keys = set(self._keys)
            self._again = False
            session = self._session()
            self._shop = session.workshop(self.watch, _price(session, keys))
            if self._stopping:
                self._shop.stop.set()
            return keys, self._shop

    def _heard_by(self) -> list[Callable[[Outcome], None]]:
        """Who waits for the run that has just ended; nobody where another follows it."""
        with self._lock:
            if self._again:
                return []
            waiting, self._ended = self._ended, []
            return waiting

    def _tell(self, outcome: Outcome) -> None:
        for error in outcome.failed.values():
            self._say(error)

    def _say(self, error: RetakeError) -> None:
        parts = (error.what, f"({error.where})" if error.where else "", f"- {error.fix}" if error.fix else "")
        self.watch.say(" ".join(part for part in parts if part))


def _price(session: Session, keys: Collection[str]) -> Decimal:
    """What a run of ``keys`` may spend: just what was confirmed of what is not sent yet."""
    orders = (session.ledger.order(key) for key in keys)
    return sum((order.spec.cost for order in orders if order.state in UNSENT or may_retry(order)), Decimal(0))
