"""What a retake service is to this program: a few calls, each of which says plainly what became of it.

The one rule: `submit` is called once for an attempt and never again. It returns the service's id, or raises
``ServiceRefused`` where the service is *known* not to have accepted. Everything else that it raises, of whatever kind,
counts as an outcome that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

from ..capabilities import Capabilities
from ..errors import SettingsError
from ..orders import OrderSpec

GROUP = "otio_retake.providers"
"""The entry points by which a provider is found; a plug-in adds one."""

MOST_RESULT_BYTES = 2_000_000_000
"""A result above this is none: 20 s of 1080p H.264 has some 50 MB."""


@dataclass(frozen=True, slots=True)
class Upload:
    """Where a service finds a pull. ``reference`` goes into the ledger, so it may not hold a signed query."""

    reference: str
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What is sent. ``token`` is made by us for this attempt, for services that take one.

    ``began_at`` is when it was about to be sent, in seconds since 1970; 0 where nobody knows.
    """

    token: str
    key: str
    order: OrderSpec
    upload: str
    pull: Path
    began_at: float = 0.0

    @property
    def attempt(self) -> str:
        """A name of the attempt alone: one that follows an attempt which never arrived has the same token."""
        return f"{self.token} {self.began_at}"


def kept(submission: Submission) -> Path:
    """Where the answer to an attempt lies that came with the result itself: beside its pull."""
    return submission.pull.with_name(f"{submission.key}_{submission.token}.answer")


ReportState = Literal["queued", "running", "ready", "failed", "cancelled", "expired"]


@dataclass(frozen=True, slots=True)
class Report:
    """What a service says of a job. ``results`` is how many files there are, once it is ready.

    ``billed`` is what it says was charged, None where it does not say; ``charged`` whether a failed job was.
    ``remote`` is what should be kept of a job that is ready in place of what `submit` returned; empty for no change.
    """

    state: ReportState
    results: int = 1
    billed: Decimal | None = None
    charged: bool | None = None
    kind: str = ""
    message: str = ""
    look_again: float = 5.0
    expires_at: float | None = None
    remote: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a service knows of a submit that was never answered: accepted under ``remote``, or not at all."""

    remote: str | None


Progress = Callable[[int, int | None], None]
"""Bytes done, and bytes in all where that is known."""


@runtime_checkable
class Provider(Protocol):
    """One retake service. Methods raise ``ServiceTrouble`` for what may be tried again at no cost."""

    capabilities: Capabilities
    can_find: bool
    can_cancel: bool

    def upload(self, pull: Path, order: OrderSpec, progress: Progress) -> Upload:
        """Brings a pull to where the service can read it. It may be called again at no cost."""

    def submit(self, submission: Submission) -> str:
        """Sends an order, once; returns the service's id for it, or raises ``ServiceRefused``.

        Where more has to be kept of a job than its id, that is a JSON object with the id as ``id``.
        """

    def find(self, submission: Submission) -> Found | None:
        """What became of a submit without an answer; None where the service cannot tell yet."""

    def poll(self, remote: str, submission: Submission) -> Report:
        """How a job stands."""

    def fetch(self, remote: str, number: int, into: Path, submission: Submission, progress: Progress) -> None:
        """Writes result ``number`` of a ready job to ``into``. Raises ``ResultExpired`` where it is gone."""

    def cancel(self, remote: str) -> str | None:
        """Asks the service to stop a job; `poll` says what came of it.

        Returns what should be kept of the job from now on in place of ``remote``, where that has changed. Raises
        ``ServiceTrouble`` where the service could not be asked: it is asked again. Any other error is its refusal.
        """

    def close(self) -> None:
        """Lets go of connections."""


class Checks(Protocol):
    """What a provider has besides where it takes options of its own, which stand in its ``capabilities.options``."""

    def check_options(self, options: Iterable[tuple[str, str]]) -> None:
        """Raises ``SettingsError``, with the nearest right word, for what its own model does not take."""


@runtime_checkable
class Readies(Protocol):
    """What a provider has besides where it needs more than a key: an uploader, for one."""

    def check_ready(self) -> None:
        """Raises ``SettingsError`` where nothing could be sent with what is configured. Nobody is asked."""

    @property
    def uploads(self) -> str:
        """How pulls get to where the service reads them, or why they do not; for people."""


@dataclass
class Providers:
    """The providers that are installed, each made when it is first needed."""

    _made: dict[str, Provider] = field(default_factory=dict)

    @staticmethod
    def names() -> list[str]:
        """Every provider that is installed."""
        return sorted({point.name for point in _points()})

    @staticmethod
    def origin(name: str) -> str:
        """What to call the provider of that name in a message: a plug-in with the place that it comes from."""
        point = next((p for p in _points() if p.name == name), None)
        if point is None or point in _OWN:
            return name
        return f"the plug-in for {name} ({point.value.partition(':')[0]})"

    def get(self, name: str) -> Provider:
        """The provider called ``name``. Raises ``SettingsError`` where it is not installed, or cannot be used."""
        if name not in self._made:
            point = next((p for p in _points() if p.name == name), None)
            if point is None:
                raise SettingsError(
                    f"no provider for {name!r} is installed",
                    where=f"service {name}",
                    fix=f"installed are {', '.join(self.names())}; --rehearse {name} plans without sending",
                )
            try:
                made = point.load()()
            except SettingsError:
                raise
            except (Exception, SystemExit) as error:
                raise _unfit(name, type(error).__name__) from error
            if not isinstance(made, Provider) or not isinstance(made.capabilities, Capabilities):
                raise _unfit(name, "it has not all that a provider has")
            self._made[name] = made
        return self._made[name]

    def close(self) -> None:
        """Closes all that were made."""
        for provider in self._made.values():
            provider.close()
        self._made.clear()


def _unfit(name: str, why: str) -> SettingsError:
    return SettingsError(
        f"{Providers.origin(name)} cannot be used ({why})",
        where=f"service {name}",
        fix="install its package again, or take it away; every other service can be used meanwhile",
    )


_OWN = tuple(
    EntryPoint(name, f"otio_retake.providers.{name}:{kind}", GROUP)
    for name, kind in (
        ("rehearsal", "Rehearsal"),
        ("ltx", "Ltx"),
        ("fal", "Fal"),
        ("segmind", "Segmind"),
        ("gmi", "Gmi"),
        ("runware", "Runware"),
    )
)
"""The providers of this package: there without being installed."""


@lru_cache(maxsize=1)
def _points() -> tuple[EntryPoint, ...]:
    """Every provider; looking through what is installed takes milliseconds, and a plan asks for each mark."""
    return (*_OWN, *entry_points(group=GROUP))
