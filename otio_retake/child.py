"""Child processes of this program: they know no keys, take no more memory than they may, and end with a word of why."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

SAID = 3
"""How a child ends that has said why. Whatever else it ends with says nothing of what it was given."""

_MARK = "cell: "

_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "LANG", "LC_ALL")


def environment() -> dict[str, str]:
    """What a child may know: how to start Python, and nothing else; no keys."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def last_words(stderr: bytes) -> str:
    """What a child said of why it stopped; empty where it did not come to that."""
    for line in reversed(stderr.decode(errors="replace").splitlines()):
        if line.startswith(_MARK):
            return line.removeprefix(_MARK)
    return ""


# --- in the child ---------------------------------------------------------------------------------------------------


def limit_memory(bytes_most: int) -> bool:
    """Limits this process's address space; False where it cannot be, or had less already."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (bytes_most, bytes_most))
        return True
    return False


def stop(why: str) -> NoReturn:
    """Ends this process with a word of why."""
    print(f"{_MARK}{why}", file=sys.stderr)
    raise SystemExit(SAID)
