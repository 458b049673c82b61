"""What can go wrong at any call: a Resolve that is busy, that goes away, a script that is killed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Stop = BaseException | type[BaseException] | Callable[[], Any]


class ClientKilled(BaseException):
    """Stands for ``kill -9`` of the script, where it runs in the test's own process."""


class HangsForEver(TimeoutError):
    """Stands for a call that never returns."""


@dataclass(slots=True)
class Call:
    """One call that a script made."""

    number: int
    on: str
    uid: str
    name: str
    args: tuple[Any, ...]
    answer: Any = None
    fault: str = ""
    why: str = ""
    """Why Resolve refused: scripts are not told."""

    @property
    def full_name(self) -> str:
        return f"{self.on}.{self.name}"

    def __str__(self) -> str:
        said = " ".join(filter(None, [self.fault, self.why]))
        return f"{self.number} {self.full_name}{self.args} -> {self.answer!r}" + (f"  ({said})" if said else "")


@dataclass(slots=True)
class Faults:
    """The faults that are armed. Numbers count calls from the moment of arming."""

    calls: int = 0
    busy_calls: set[int] = field(default_factory=set)
    landing: set[int] = field(default_factory=set)
    gone_from: int | None = None
    gone_error: BaseException | type[BaseException] | None = None
    gone_attributes: bool = False
    kill_at: int | None = None
    kill_before: bool = False
    stop: Stop = ClientKilled

    def busy(self, calls: int, after: int = 0, lands: bool = False) -> None:
        """``calls`` calls, ``after`` others, answer None or False. fact: busy-answers-none, any-call-may-answer-none.

        With ``lands`` each of them does its work all the same.
        """
        numbers = range(self.calls + after + 1, self.calls + after + calls + 1)
        self.busy_calls.update(numbers)
        if lands:
            self.landing.update(numbers)

    def vanish_after(
        self, calls: int, error: BaseException | type[BaseException] | None = None, attributes: bool = False
    ) -> None:
        """Resolve is gone once ``calls`` calls were answered. fact: vanished-resolve.

        Each further call answers ``None`` or raises ``error``; with ``attributes`` its name is ``None`` already.
        """
        self.gone_from, self.gone_error, self.gone_attributes = self.calls + calls, error, attributes

    def kill_after(self, calls: int, stop: Stop = ClientKilled, before: bool = False) -> None:
        """The script dies in the ``calls``-th call: its work is done, its answer never comes.

        With ``before`` the work is not done either. ``stop`` is raised, or called; a script in another process dies
        by itself, so there ``stop`` is left as it is.
        """
        self.kill_at, self.stop, self.kill_before = self.calls + calls, stop, before

    def clear(self) -> None:
        """Nothing is wrong any more."""
        self.busy_calls.clear()
        self.landing.clear()
        self.gone_from = self.gone_error = self.kill_at = None
        self.gone_attributes = False

    @property
    def vanished(self) -> bool:
        return self.gone_from is not None and self.calls >= self.gone_from

    def next(self) -> str:
        """Counts a call and says what happens to it."""
        gone = self.vanished
        self.calls += 1
        if gone:
            return "gone"
        if self.calls == self.kill_at and self.kill_before:
            return "killed before"
        if self.calls in self.busy_calls:
            return "busy, done" if self.calls in self.landing else "busy"
        return ""

    @property
    def dying(self) -> bool:
        """Whether the call that was just made is the script's last."""
        return self.calls == self.kill_at

    def kill(self) -> None:
        """Ends the script."""
        self.kill_at = None
        stop = self.stop
        if isinstance(stop, (BaseException, type)):
            raise stop
        stop()
        raise ClientKilled
