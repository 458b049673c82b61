"""What ``--help`` loads and how long it takes, against Python's own start."""

from __future__ import annotations

import subprocess
import sys

from .measuring import ROOT, Figure, Run, cost_of, in_turns

HEAVY = ("av", "numpy", "opentimelineio")
COMMAND = [sys.executable, "-m", "otio_retake", "--help"]


def measure(run: Run) -> list[Figure]:
    """How many of the heavy libraries are imported, which must be none, and the time."""
    loaded = imported()
    heavy = [name for name in HEAVY if name in loaded]
    help_, bare = in_turns(
        Run(max(run.rounds, 5), run.quick), lambda: cost_of(COMMAND), lambda: cost_of([sys.executable, "-c", ""])
    )
    slow = ", ".join(sorted(loaded, key=loaded.__getitem__, reverse=True)[:6])
    return [
        Figure("f", f"of {', '.join(HEAVY)}: imported by --help", len(heavy), bar=0, unit="", note=", ".join(heavy)),
        Figure(
            "f",
            "--help / python -c ''",
            help_.seconds * 1000,
            bare.seconds * 1000,
            unit="ms",
            note=f"slowest imports: {slow}",
        ),
    ]


def imported() -> dict[str, int]:
    """Every package that ``--help`` imports from outside, with the microseconds that its modules took themselves."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:]], capture_output=True, text=True, cwd=ROOT, check=True
    )
    took: dict[str, int] = {}
    for line in done.stderr.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[0].strip().isdigit():
            name = parts[2].strip().partition(".")[0]
            took[name] = took.get(name, 0) + int(parts[0])
    return took
