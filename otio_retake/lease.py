"""One process at a time carries orders out. The lease says which; everybody may read, and wait for it.

A holder here whose process is gone has lost it at once. One on another host, or in another container, has lost it when
its heart has not beaten for a while, and so has one here where the system does not say when a process began. Nobody is
asked to trust a clock for more than that: money is guarded by the ledger, not by the lease.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

from .errors import RetakeError
from .ledger import Ledger
from .processes import RUNS, here, process_started

BEAT_SECONDS = 5.0
STALE_SECONDS = 60.0
"""A holder that cannot be looked at and has been silent for this long is gone: twelve missed beats."""

NAME = "orders"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lease. ``started`` is where its process runs, and when that began, with a ``/`` between."""

    token: str
    host: str
    pid: int
    started: str
    beat: float

    @property
    def gone(self) -> bool:
        """Whether its process no longer runs."""
        where, _, started = self.started.rpartition("/")
        if where == here():
            now = process_started(self.pid)
            # Where it is not known when a process began, its number may long be another's.
            return now != started or (now == RUNS and self._silent)
        return self._silent

    @property
    def _silent(self) -> bool:
        return time.time() - self.beat > STALE_SECONDS


class Lease:
    """The lease while it is held; its heart beats in a thread."""

    def __init__(self, ledger: Ledger, token: str) -> None:
        self._ledger = ledger
        self._token = token
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="lease")
        self._thread.start()

    @classmethod
    def take(cls, ledger: Ledger) -> Lease | Holder:
        """The lease, or who holds it."""
        token = str(uuid.uuid4())
        with ledger.write("lease") as db:
            row = db.execute("SELECT token, host, pid, started, beat FROM leases WHERE name = ?", (NAME,)).fetchone()
            if row is not None and not (holder := Holder(*row)).gone:
                return holder
            started = f"{here()}/{process_started(os.getpid())}"
            mine = (NAME, token, socket.gethostname(), os.getpid(), started, time.time())
            db.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?, ?, ?)", mine)
        return cls(ledger, token)

    def _beat(self) -> None:
        while not self._end.wait(BEAT_SECONDS):
            # One that fails is made up for by the next: a thread that ended here would lose the lease unseen.
            with suppress(RetakeError), self._ledger.write("heartbeat") as db:
                db.execute("UPDATE leases SET beat = ? WHERE token = ?", (time.time(), self._token))

    def held(self) -> bool:
        """Whether nobody else has taken it meanwhile."""
        rows = self._ledger.read("SELECT token FROM leases WHERE name = ?", NAME)
        return bool(rows) and rows[0][0] == self._token

    def release(self) -> None:
        """Gives it back."""
        self._end.set()
        self._thread.join()
        with self._ledger.write("lease back") as db:
            db.execute("DELETE FROM leases WHERE token = ?", (self._token,))

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def holder_of(ledger: Ledger) -> Holder | None:
    """Who holds the lease now; None where nobody does."""
    rows = ledger.read("SELECT token, host, pid, started, beat FROM leases WHERE name = ?", NAME)
    holder = Holder(*rows[0]) if rows else None
    return None if holder is None or holder.gone else holder
