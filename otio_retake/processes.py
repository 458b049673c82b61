"""Whether a process still runs, told from a later one with the same number."""

from __future__ import annotations

import os
from pathlib import Path


def process_started(pid: int) -> str:
    """Something that tells a process from a later one with the same number; empty where there is no such process."""
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
    return "running"


def _started_on_windows(pid: int) -> str:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined]
    handle = kernel.OpenProcess(0x1000, False, pid)
    if not handle:
        return ""
    kernel.CloseHandle(handle)
    return "running"
