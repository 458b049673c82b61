"""The jobs of one service: accepted, waiting for a place, running, and how they end; and what each is charged."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Literal

from .asking import Ask, Refusal, shortened
from .faults import Countdown
from .files import Stored

State = Literal["queued", "running", "ready", "failed", "cancelled"]

PRICE = Decimal("0.10")
"""What a second of input costs, at every service (read from August to October 2026)."""

ENDED = frozenset({"ready", "failed", "cancelled"})


def price(length: Fraction, results: int) -> Decimal:
    """The charge for an input of ``length`` seconds, rounded up to a hundredth of a cent for each result."""
    return Decimal(math.ceil(length * Fraction(PRICE) * 10_000)) / 10_000 * results


@dataclass
class Job:
    """One accepted submit.

    ``number`` says the how-manieth it is of the same request, from 1; ``base`` is the simulator's address as the client
    wrote it, for the links in its answers.
    """

    id: str
    service: str
    ask: Ask
    video: Stored | None
    request: str
    number: int
    amount: Decimal
    faults: dict[str, Countdown]
    base: str = ""
    failure: Refusal | None = None
    charged: bool = True
    state: State = "queued"
    accepted_at: float = field(default_factory=time.time)
    started_at: float = 0.0
    ended_at: float = 0.0
    fetched: int = 0
    secret: str = field(default_factory=lambda: secrets.token_hex(32))
    rendering: Future[list[Path]] | None = None
    results: list[Path] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def has(self, fault: str) -> bool:
        """Whether the job was accepted with that fault."""
        return fault in self.faults

    @property
    def gone(self) -> bool:
        """Whether it ended and its record or file is no longer to be had."""
        return self.state in ENDED and self.has("expired")

    def entry(self) -> dict[str, object]:
        """The job's line on the bill."""
        return {
            "service": self.service,
            "id": self.id,
            "token": self.ask.token,
            "video": shortened(self.ask.video),
            "content": self.video.sha256 if self.video else "",
            "request": self.request,
            "number": self.number,
            "prompt": self.ask.prompt,
            "mode": self.ask.mode,
            "seconds": _decimal(self.video.seconds) if self.video and not self.failure else "0",
            "amount": str(self.amount),
            "charged": self.charged,
            "state": self.state,
            "failure": self.failure.message if self.failure else "",
            "results": self.ask.results,
            "fetched": self.fetched,
        }


def _decimal(value: Fraction) -> str:
    return f"{float(value):.4f}"


@dataclass
class Jobs:
    """The jobs of one service, in the order in which they came. Lives on the event loop alone.

    ``places`` is how many run at once, None for any number; ``begin`` starts the rendering of one that may run.
    """

    service: str
    latency: Callable[[], float]
    places: Callable[[], int | None]
    begin: Callable[[Job], Future[list[Path]]]
    by_id: dict[str, Job] = field(default_factory=dict)

    def add(self, job: Job) -> Job:
        """Takes a job in."""
        self.by_id[job.id] = job
        self.advance()
        return job

    def of(self, request: str) -> int:
        """How often the same was accepted."""
        return sum(job.request == request for job in self.by_id.values())

    def active(self) -> int:
        """Jobs that have not ended."""
        return sum(job.state not in ENDED for job in self.by_id.values())

    def full(self) -> bool:
        """Whether no more can run now."""
        places = self.places()
        return places is not None and self.active() >= places

    def queued_before(self, job: Job) -> int:
        """How many wait in front of a job."""
        waiting = [other for other in self.by_id.values() if other.state == "queued"]
        return waiting.index(job) if job in waiting else 0

    def advance(self) -> None:
        """Ends what is done, and lets run what there is a place for."""
        now = time.time()
        running = 0
        for job in self.by_id.values():
            if job.state == "running":
                self._look(job, now)
                running += job.state == "running"
        places = self.places()
        for job in self.by_id.values():
            if job.state == "queued" and (places is None or running < places):
                job.state, job.started_at = "running", now
                if job.failure is None and not _fails(job):
                    job.rendering = self.begin(job)
                self._look(job, now)
                running += job.state == "running"

    def _look(self, job: Job, now: float) -> None:
        latency = self.latency()
        if job.has("slow"):
            latency = max(2.0, 10 * latency)
        if now - job.started_at < latency:
            return
        if job.failure is None:
            _judge(job)
        if job.failure is not None:
            self.end(job, "failed")
        elif job.has("job-cancelled"):
            job.charged = False
            self.end(job, "cancelled")
        elif job.rendering is not None and job.rendering.done():
            error = job.rendering.exception()
            if error is None:
                job.results = job.rendering.result()
                self.end(job, "ready")
            else:
                job.charged = False
                job.failure = Refusal("server", f"the simulator could not make a result: {error}")
                self.end(job, "failed")

    def cancel(self, job: Job) -> None:
        """Stops a job: one that waits is not charged, one that runs is."""
        if job.state in ENDED:
            return
        job.charged = job.state == "running"
        self.end(job, "cancelled")

    def end(self, job: Job, state: State) -> None:
        """Puts a job into its last state."""
        job.state, job.ended_at = state, time.time()
        job.over.set()


_FAILURES = {
    "job-failed": Refusal("server", "the worker ran out of memory"),
    "job-failed-charged": Refusal("server", "the worker failed after it had begun"),
    "job-filtered": Refusal("filtered", "the content was rejected by the safety filters", "prompt"),
    "job-rate-limited": Refusal("rate", "rate limit exceeded"),
}


def _fails(job: Job) -> bool:
    return any(job.has(name) for name in (*_FAILURES, "job-cancelled"))


def _judge(job: Job) -> None:
    """Fails a job that is to fail."""
    for name, failure in _FAILURES.items():
        if job.has(name):
            job.failure = failure
            job.charged = name == "job-failed-charged"
            return
