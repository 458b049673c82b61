"""One process at a time in a folder: the system lets go of the hold when the process ends, however that happens."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..durable import explained
from ..errors import ProjectBusy


@contextmanager
def alone(folder: Path, name: str = "session.lock") -> Iterator[None]:
    """Holds ``folder``. Raises ``ProjectBusy`` where another process does."""
    path = folder / name
    with explained(path):
        file = path.open("a+b")
    with file:
        try:
            _hold(file)
        except OSError:
            raise ProjectBusy(
                "the desk for this timeline is open already", where=str(folder), fix="go on in its browser window"
            ) from None
        yield


def _hold(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
