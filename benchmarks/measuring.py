"""Two sides in turns, medians, and work in a child process whose memory is its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "benchmarks"

Unit = Literal["s", "ms", "MB", ""]


class Skipped(Exception):
    """A benchmark cannot be run here; the text says why."""


@dataclass(frozen=True)
class Cost:
    """What a piece of work took: seconds of the wall clock, and of all processors together."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``ratio`` is ours to theirs; without ``theirs`` the bar is on ``ours`` itself."""

    key: str
    what: str
    ours: float
    theirs: float | None = None
    bar: float | None = None
    unit: Unit = "s"
    note: str = ""

    @classmethod
    def of(cls, key: str, what: str, ours: Cost, theirs: Cost, bar: float | None = None, note: str = "") -> Figure:
        """Two sides by the clock. On a busy machine the processors' time is the steadier witness: it is noted."""
        processor = f"processor time {ours.processor:.2f} s / {theirs.processor:.2f} s"
        processor += f" = {ours.processor / theirs.processor:.2f}" if theirs.processor else ""
        return cls(key, what, ours.seconds, theirs.seconds, bar, note="; ".join(n for n in (processor, note) if n))

    @property
    def ratio(self) -> float | None:
        """How many times theirs; None where there is no other side."""
        return self.ours / self.theirs if self.theirs else None

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        if self.bar is None:
            return None
        return (self.ours if self.ratio is None else self.ratio) <= self.bar


@dataclass(frozen=True)
class Run:
    """How a run is made: rounds for each side, and whether it is only a look."""

    rounds: int
    quick: bool


def in_turns(run: Run, ours: Callable[[], Cost], theirs: Callable[[], Cost]) -> tuple[Cost, Cost]:
    """The medians of each side; they take turns, so that what else the machine does meets both alike."""
    mine: list[Cost] = []
    other: list[Cost] = []
    for number in range(run.rounds):
        first, second = ((ours, mine), (theirs, other))[:: 1 if number % 2 == 0 else -1]
        for side, costs in (first, second):
            costs.append(side())
    return _median(mine), _median(other)


def _median(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(c.seconds for c in costs), statistics.median(c.processor for c in costs))


def cost_of(command: Sequence[str | Path]) -> Cost:
    """What a program takes. Raises ``RuntimeError`` with its last words where it fails."""
    began, used = time.perf_counter(), _used_by_children()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=ROOT, check=False)
    cost = Cost(time.perf_counter() - began, _used_by_children() - used)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")
    return cost


def _used_by_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


@dataclass(frozen=True)
class Told:
    """What a child process says of its work: the cost without its start, and its most resident bytes."""

    cost: Cost
    peak: int
    said: dict[str, Any]


def child(job: str, **arguments: Any) -> Told:
    """Does ``job`` of `benchmarks.work` in a process of its own; others' reading is measured without our hook in it."""
    command = [sys.executable, "-m", "benchmarks.work", job, json.dumps(arguments, default=str)]
    environment = {**os.environ, "OTIO_RETAKE_HOOK": "off"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"{job} failed: {done.stderr[-4000:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    return Told(Cost(said.pop("seconds"), said.pop("processor")), said.pop("peak"), said)


def peak_memory() -> int:
    """The most bytes that this process has had resident."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    # getrusage would count the parent's memory at the time of the fork.
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
