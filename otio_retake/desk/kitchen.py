"""Makes what a page looks at, when it is first asked for, and keeps it: each thing once, and few at a time.

A name says what is in a file, so a file of that name is never made twice and never out of date. What was asked for
last is made first: that is what somebody looks at now.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from ..durable import written_beside
from ..errors import RetakeError

ROOM = 8 * 10**9
"""Bytes that a folder may hold before what was read longest ago is taken out."""

_NAME = re.compile(r"[a-z]{1,16}-[0-9a-f]{16,64}\.[a-z0-9]{1,5}")

_JUST_READ = 60
"""Seconds in which a file that was given out is not taken out: its reader may not have opened it yet."""

_LEFT_BEHIND = 24 * 3600
"""Seconds after which a half-made file is nobody's."""

_TIDIED_EVERY = 50
"""Makings between two looks at the folder's size."""


def dish_name(kind: str, ending: str, *content: object) -> str:
    """The name of a file of ``kind`` made of ``content``: anything whose text says all that it depends on."""
    digest = hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()
    return f"{kind}-{digest[:40]}{ending}"


class Kitchen:
    """A folder of made things. At most ``most`` are being made at any time, whatever their kinds.

    A thing is made in the thread of whoever asks for it first; ``make`` must not ask the same kitchen for another.
    """

    def __init__(self, folder: Path, most: int = 2, *, room: int = ROOM) -> None:
        self._folder = folder
        self._most = most
        self._room = room
        self._turn = threading.Condition()
        self._asked: dict[str, Future[Path]] = {}
        self._waiting: list[str] = []
        self._running = 0
        self._made = 0
        self._closed = False
        self._tidying = threading.Lock()
        self.tidy()

    @property
    def waiting(self) -> int:
        """How many things are being made or wait for that."""
        with self._turn:
            return len(self._asked)

    def dish(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file called ``name``, which ``make`` writes to the path it is given where it is not there yet.

        All who ask for it meanwhile wait for that one making, and share its error; an error is not kept.
        Raises ``RetakeError`` when the kitchen closes before it begins.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is not made by dish_name")
        path = self._folder / name
        with self._turn:
            made = self._asked.get(name)
            first = made is None
            if made is None:
                if _read(path):
                    return path
                if self._closed:
                    raise _closed()
                made = self._asked[name] = Future()
                self._waiting.append(name)
            elif name in self._waiting:
                self._waiting.remove(name)
                self._waiting.append(name)
            self._turn.notify_all()
        if first:
            self._make(name, path, make, made)
        return made.result()

    def close(self) -> None:
        """Begins nothing more: whoever waits gets a ``RetakeError``. What is being made is finished."""
        with self._turn:
            self._closed = True
            self._turn.notify_all()

    def _make(self, name: str, path: Path, make: Callable[[Path], None], made: Future[Path]) -> None:
        """Waits for its turn, makes, and tells all who asked."""
        begun = False
        error: BaseException | None = None
        try:
            with self._turn:
                try:
                    self._turn.wait_for(lambda: self._closed or self._is_next(name))
                finally:
                    self._waiting.remove(name)
                    self._turn.notify_all()
                if self._closed:
                    raise _closed()
                self._running += 1
                begun = True
            # Footage: for its owner alone, as the link beside it is.
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with written_beside(path) as part:
                make(part)
                part.chmod(0o600)
        except BaseException as raised:
            error = raised
        with self._turn:
            self._running -= begun
            self._made += begun
            untidy = begun and self._made % _TIDIED_EVERY == 0
            del self._asked[name]
            self._turn.notify_all()
        if error is not None:
            made.set_exception(error)
        else:
            made.set_result(path)
        if untidy:
            self.tidy()

    def _is_next(self, name: str) -> bool:
        return self._running < self._most and self._waiting[-1] == name

    def tidy(self) -> None:
        """Takes out what was read longest ago until the folder is within its room, and what was left half-made."""
        now = time.time()
        with self._tidying:
            files = sorted(self._files())
            held = sum(size for _, size, _ in files)
            for read, size, path in files:
                half_made = path.name.startswith(".")
                old = now - read > (_LEFT_BEHIND if half_made else _JUST_READ)
                if old and (half_made or held > self._room):
                    _take_out(path)
                    held -= size

    def _files(self) -> list[tuple[float, int, Path]]:
        """When each file was last read, its bytes, and where it is; only those that a kitchen makes."""
        found = []
        with contextlib.suppress(OSError):
            for entry in os.scandir(self._folder):
                if not (_NAME.fullmatch(entry.name) or (entry.name.startswith(".") and ".part" in entry.name)):
                    continue
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, Path(entry.path)))
        return found


def _read(path: Path) -> bool:
    """Whether the file is there; if so it counts as read now. Few systems still keep the time of reading."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except OSError:
        # A folder that may only be read from still serves what it holds.
        return path.is_file()
    return True


def _take_out(path: Path) -> None:
    """Removes a file; where somebody reads it, it goes with them (POSIX) or stays for the next time (Windows)."""
    with contextlib.suppress(OSError):
        path.unlink()


def _closed() -> RetakeError:
    return RetakeError("the desk is closing", where="stills, movies and sound for the page", fix="open the desk again")
