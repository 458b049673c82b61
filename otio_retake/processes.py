"""Whether a process still runs, told from a later one with the same number, and from one in another container."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def here() -> str:
    """What tells apart all places in which a process's number means something: a host, since it was started.

    On Linux also a container, which has numbers of its own and may have any name: the id that the kernel makes up at
    random when it starts, and the namespace of the numbers.
    """
    with suppress(OSError):
        return f"{house()} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
    return house()


@lru_cache(maxsize=1)
def house() -> str:
    """The same without the start, so that it outlasts one: for what was left before it."""
    with suppress(OSError):
        return f"{socket.gethostname()} {os.readlink('/proc/self/ns/pid')}"
    return socket.gethostname()


RUNS = "running"
"""All that is known of a process where a system does not say when it began."""


def process_started(pid: int) -> str:
    """Something that tells a process from a later one with the same number; empty where there is no such process.

    `RUNS` where only that can be told.
    """
    try:
        # Field 22 of /proc/PID/stat is the start in clock ticks since boot; the name before it may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        pass
    if os.name == "nt":
        return _started_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return RUNS


def _started_on_windows(pid: int) -> str:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    kernel.CloseHandle(handle)
    return RUNS
