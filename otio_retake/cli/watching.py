"""How a run looks: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ..orders import Order
from ..steps.workshop import Quiet, Reporter

_DOING = {
    "pull": "pulling", "upload": "uploading", "submit": "sending", "find": "asking after", "poll": "waiting for",
    "cancel": "cancelling", "fetch": "fetching", "verify": "verifying", "conform": "conforming",
}  # fmt: skip
_SILENT = {"poll", "find", "upload", "submit", "cancel"}
"""Steps that are too short, or too often repeated, for a line of their own."""


def _name(order: Order) -> str:
    return f"{order.spec.timecode} {order.spec.clip[:24]}"


class Lines:
    """One line for each step that ends; what is asked of a service only when the state changes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._states: dict[str, str] = {}
        self._began: dict[tuple[str, str], float] = {}

    def began(self, order: Order, step: str) -> None:
        """Notes when."""
        with self._lock:
            self._began[order.key, step] = time.monotonic()

    def progress(self, order: Order, step: str, done: int, total: int | None) -> None:
        """Nothing: a log is no place for bars."""

    def ended(self, order: Order, step: str) -> None:
        """Says what state the order is in now, once."""
        with self._lock:
            if self._states.get(order.key) == order.state and step in _SILENT:
                return
            self._states[order.key] = order.state
            seconds = time.monotonic() - self._began.get((order.key, step), time.monotonic())
        took = f" ({seconds:.1f} s)" if step not in _SILENT else ""
        word = "conformed" if step == "conform" else str(order.state)
        self.say(f"{order.short} {_name(order)}: {word}{took}")

    def say(self, text: str) -> None:
        """Prints a line."""
        with self._lock:
            self._console.print(text, soft_wrap=True, markup=False)


class Bars:
    """A bar for each step under way, and one for all orders."""

    def __init__(self, console: Console, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", justify="left", markup=False),
            BarColumn(bar_width=20),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._lock = threading.Lock()
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._over: set[str] = set()
        self._all = self._progress.add_task("orders", total=total, count=f"0/{total}")
        self._total = total

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def began(self, order: Order, step: str) -> None:
        """Adds a bar."""
        with self._lock:
            if step not in ("poll", "find") and (order.key, step) not in self._tasks:
                text = f"{_DOING[step]} {_name(order)}"
                self._tasks[order.key, step] = self._progress.add_task(text, total=None, count="")

    def progress(self, order: Order, step: str, done: int, total: int | None) -> None:
        """Moves a bar."""
        with self._lock:
            task = self._tasks.get((order.key, step))
            if task is not None:
                count = f"{done}/{total}" if total else str(done)
                self._progress.update(task, completed=done, total=total, count=count)

    def ended(self, order: Order, step: str) -> None:
        """Takes a bar away, and counts the order where it is over."""
        with self._lock:
            task = self._tasks.pop((order.key, step), None)
            if task is not None:
                self._progress.remove_task(task)
            if order.settled:
                self._over.add(order.key)
            done = min(len(self._over), self._total)
            self._progress.update(self._all, completed=done, count=f"{done}/{self._total}")

    def say(self, text: str) -> None:
        """Prints a line above the bars."""
        self._progress.console.print(text, markup=False)


@contextmanager
def watching(total: int, *, quiet: bool = False) -> Iterator[Reporter]:
    """A reporter for a run of ``total`` orders."""
    if quiet:
        yield Quiet()
        return
    console = Console(stderr=True, highlight=False)
    if sys.stderr.isatty():
        with Bars(console, total) as bars:
            yield bars
    else:
        yield Lines(Console(file=sys.stderr, width=1000, highlight=False))
