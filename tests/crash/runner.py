"""Runs the command line, and kills it dead at its n-th lasting write.

    python runner.py N LOG arguments...

Every moment is written to LOG as it comes; at the N-th (from 1) the process ends by SIGKILL. With N = 0 it only logs.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from otio_retake import durable
from otio_retake.cli import main
from tests.hasty import hurry

_lock = threading.Lock()
_count = 0


def watch(name: str) -> None:
    global _count
    if "heartbeat" in name:
        return
    with _lock:
        _count += 1
        with trace.open("a") as log:
            log.write(name + "\n")
        if _count == at:
            os.kill(os.getpid(), signal.SIGKILL)


at, trace = int(sys.argv[1]), Path(sys.argv[2])
durable.moments.append(watch)
hurry()
sys.argv = ["otio-retake", *sys.argv[3:]]
main()
