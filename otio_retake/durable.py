"""Files that are either whole or not there.

Every file that outlives the program is written beside its place, flushed to the disk and renamed. ``moments`` names
each such write before and after it happens: a trace for people who debug, and a place to stand for tests that stop
the program dead at every one of them.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import RetakeError
from .processes import house, process_started

_CLOSED = (
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ENOENT, errno.EINVAL,
    errno.EEXIST,
)  # fmt: skip

_OLD = "before"
"""What the name of a folder that steps aside ends with."""

moments: list[Callable[[str], None]] = []
"""Who is told of each lasting write. A name is ``before`` or ``after``, a colon, and what is written."""


def moment(name: str) -> None:
    """Tells whoever listens that a lasting write is about to happen, or has happened."""
    for listener in moments:
        listener(name)


@contextmanager
def lasting(name: str) -> Iterator[None]:
    """Marks the write inside as a lasting one called ``name``."""
    moment(f"before:{name}")
    yield
    moment(f"after:{name}")


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside ``path``; when the block ends well it is flushed and becomes ``path``.

    Where the block fails nothing is left. A full disk or a folder that may not be written becomes a ``RetakeError``.
    The temporary name ends as ``path`` does, so that a writer that goes by names is not misled.
    """
    part = path.with_name(f".{path.stem}.{_here()}-{os.getpid()}.part{path.suffix}")
    try:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path)
            yield part
            flush(part)
            with lasting(f"rename {path.suffix or path.name}"):
                os.replace(part, path)
            flush_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Gives a temporary folder beside ``path``; when the block ends well all in it is flushed and it becomes ``path``.

    Where the block fails, or the new folder cannot be put in its place, what was at ``path`` is there again. A process
    that is stopped dead in between leaves the old one under another name: the next write puts it back first.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    old = path.with_name(f".{path.stem}.{_OLD}{path.suffix}")
    try:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if old.exists():
                os.replace(old, path) if not path.exists() else shutil.rmtree(old)
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            yield part
            for file in part.rglob("*"):
                if file.is_file():
                    flush(file)
            with lasting(f"rename {path.suffix or path.name}"):
                _put_in_place(part, path, old)
            flush_folder(path.parent)
            shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, path: Path, old: Path) -> None:
    """A folder cannot be put over another in one go: the old one steps aside, and back where that fails."""
    if path.exists():
        os.replace(path, old)
    try:
        os.replace(part, path)
    except BaseException:
        if old.exists():
            os.replace(old, path)
        raise


def _here() -> str:
    """The machine or container, as part of a file name."""
    return hashlib.sha256(house().encode()).hexdigest()[:12]


def _sweep(path: Path) -> None:
    """Removes what a process of this machine left of ``path`` when it was stopped dead."""
    for left in path.parent.glob(f".{glob.escape(path.stem)}.{_here()}-*.part{path.suffix}"):
        pid = left.name.rpartition(".part")[0].rpartition("-")[2]
        if pid.isdigit() and int(pid) != os.getpid() and not process_started(int(pid)):
            left.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Writes ``text`` as UTF-8, whole or not at all."""
    with written_beside(path) as part:
        part.write_bytes(text.encode())


def check_writable(path: Path) -> None:
    """Raises a ``RetakeError`` where ``path`` could not be written, before anything is done for it."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass


def check_room(folder: Path, size: int, reserve: int) -> None:
    """Raises a ``RetakeError`` where ``size`` bytes more would leave less than ``reserve`` on a folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < size + reserve:
        raise RetakeError(
            f"the disk has too little room: {free / 1e6:.0f} MB are free, and"
            f" {(size + reserve) / 1e6:.0f} MB are needed ({reserve / 1e6:.0f} MB are always left)",
            where=str(folder),
            fix="make room, then run the same command again",
        )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns an operating system's refusal to write into a message with what, where and what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise RetakeError(
                "the disk is full", where=str(path.parent), fix="make room, then run the same command again"
            ) from None
        if error.errno in _CLOSED:
            raise RetakeError(
                f"this place cannot be written to ({(error.strerror or 'refused').lower()})",
                where=str(path),
                fix="choose another place, or change its permissions",
            ) from None
        raise


def flush(path: Path) -> None:
    """Waits until what was written to ``path`` is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Waits until a rename in ``folder`` is on the disk, where the system can do that."""
    with contextlib.suppress(OSError, PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
