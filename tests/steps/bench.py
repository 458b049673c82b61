"""A project with orders, and a service that answers as it is told: steps are tried without a process of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from otio_retake.capabilities import SERVICES
from otio_retake.ledger import Ledger
from otio_retake.orders import Order, OrderSpec, State
from otio_retake.project import Project
from otio_retake.providers.base import Found, Progress, Providers, Report, Submission, Upload
from otio_retake.steps.workshop import Quiet, Workshop
from tests.test_orders import spec

Told = Callable[[], Any]
"""What a call answers; it may raise."""


@dataclass
class Service:
    """LTX's limits, and for each call the next of its answers, the last one from then on."""

    submits: list[Any] = field(default_factory=lambda: ["job-1"])
    polls: list[Any] = field(default_factory=lambda: [Report("running", look_again=0.01)])
    cancels: list[Any] = field(default_factory=lambda: [None])
    founds: list[Any] = field(default_factory=lambda: [None])
    fetches: list[Any] = field(default_factory=lambda: [b"movie"])
    uploads: list[Any] = field(default_factory=lambda: [Upload("upload")])
    can_find: bool = False
    can_cancel: bool = True
    asked: list[str] = field(default_factory=list)
    capabilities: Any = SERVICES["ltx"]

    def _next(self, call: str, answers: list[Any]) -> Any:
        self.asked.append(call)
        said = answers[min(self.asked.count(call), len(answers)) - 1]
        if isinstance(said, BaseException):
            raise said
        return said() if callable(said) else said

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        return self._next("upload", self.uploads)

    def submit(self, submission: Submission) -> str:
        return self._next("submit", self.submits)

    def find(self, submission: Submission) -> Found | None:
        return self._next("find", self.founds)

    def poll(self, remote: str, submission: Submission) -> Report:
        return self._next("poll", self.polls)

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        into.write_bytes(self._next("fetch", self.fetches))

    def cancel(self, remote: str) -> Any:
        return self._next("cancel", self.cancels)

    def close(self) -> None:
        pass


class Heard(Quiet):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


class Bench:
    """A workshop in a folder. ``open`` opens it again, as another process would."""

    def __init__(self, folder: Path, service: Service | None = None) -> None:
        self.folder = folder
        self.service = service or Service()
        self.heard = Heard()
        self.open()

    def open(self) -> None:
        self.project = Project(self.folder / "retakes")
        self.ledger = Ledger.open(self.project)
        self.shop = Workshop(self.project, self.ledger, Providers({"ltx": self.service}), reporter=self.heard)  # type: ignore[dict-item]

    def close(self) -> None:
        self.ledger.close()

    def order(self, key: str = "a" * 32, upto: State = State.UPLOADED, **more: Any) -> Order:
        """An accepted order, carried on to ``upto``; ``more`` is of its upload."""
        self.ledger.admit(key, replace(spec(), ordinal=len(self.ledger.orders()) + 1), accepted=True)
        pull = self.project.pull(key)
        pull.parent.mkdir(parents=True, exist_ok=True)
        pull.write_bytes(b"pull")
        self.ledger.move(key, State.PULLED, pull=self.project.store(pull))
        self.ledger.move(key, State.UPLOADED, upload="upload", **more)
        if upto is not State.UPLOADED:
            self.ledger.begin_attempt(key, self.shop.limits, self.shop.spent())
        if upto in (State.SUBMITTED, State.RUNNING, State.READY):
            self.ledger.end_attempt(key, State.SUBMITTED, remote=f"job-of-{key[:4]}")
        if upto is State.READY:
            self.ledger.end_attempt(key, State.READY, billed=spec().cost, charged=True)
        return self.ledger.order(key)

    def state(self, key: str = "a" * 32) -> State:
        return self.ledger.state_of(key)
