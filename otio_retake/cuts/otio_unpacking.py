"""The zip file of an .otioz bundle, which somebody else has made: what is in it is looked at before it is unpacked.

https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from ..durable import written_beside
from ..errors import CutError
from .reading import MOST_BYTES

CONTENT = "content.otio"
"""The timeline in a bundle."""

MEDIA = "media"
"""The folder of its media."""

MOST_ENTRIES = 100_000
MOST_TIMES = 20
"""Media are stored as they are: what unpacks to more than this many times the file is a trap."""

SPARE = 64 << 20
"""Bytes that a small bundle may unpack to all the same; a timeline packs well."""

_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, RuntimeError, EOFError)
_DRIVE = re.compile(r"[A-Za-z]:")


class Zipped:
    """A zipped bundle whose entries are safe to unpack. Raises ``CutError`` for one whose are not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as archive:
            entries = archive.infolist()
        self._entries = {entry.filename: entry for entry in entries if not entry.is_dir()}
        self._check(entries)

    @property
    def names(self) -> list[str]:
        """The names of all files in it, in their order."""
        return list(self._entries)

    @property
    def digest(self) -> str:
        """Tells bundles apart by what their media hold, as their checksums say."""
        rows = [f"{e.filename}\0{e.file_size}\0{e.CRC}" for e in self._entries.values() if e.filename != CONTENT]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]

    def read(self, name: str) -> bytes:
        """What one file holds."""
        with self._open() as archive, archive.open(self._entries[name]) as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise self.refusal(f"{name} is too large")
        return data

    def unpack(self, folder: Path, names: Sequence[str]) -> None:
        """Writes files into ``folder``, each whole or not at all; one that is there with its length is left."""
        with self._open() as archive:
            for name in names:
                entry = self._entries[name]
                place = folder / name
                if place.is_file() and place.stat().st_size == entry.file_size:
                    continue
                with written_beside(place) as part, archive.open(entry) as source, part.open("wb") as target:
                    left = entry.file_size
                    while block := source.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            raise self.refusal(f"{name} is longer than it says")
                        target.write(block)

    def write_again(self, part: Path, content: bytes, takes: Mapping[str, Path]) -> None:
        """Writes the bundle with another timeline and with ``takes``; every other file holds what it held."""
        with self._open() as archive, zipfile.ZipFile(part, "w") as out:
            for name, entry in self._entries.items():
                again = zipfile.ZipInfo(name, entry.date_time)
                again.compress_type = entry.compress_type
                again.external_attr, again.comment = entry.external_attr, entry.comment
                if name == CONTENT:
                    out.writestr(again, content)
                else:
                    again.file_size = entry.file_size
                    copy_stream(out, again, archive.open(entry))
            for name, file in takes.items():
                if name not in self._entries:
                    copy_stream(out, zipfile.ZipInfo.from_file(file, name, strict_timestamps=False), file.open("rb"))

    # --- what could be wrong ----------------------------------------------------------------------------------------

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        if CONTENT not in self._entries:
            raise self.refusal(f"it holds no {CONTENT}")
        if len(entries) > MOST_ENTRIES:
            raise self.refusal(f"it holds {len(entries)} files")
        if len({entry.filename for entry in entries}) != len(entries):
            raise self.refusal("it holds two files of one name")
        for entry in entries:
            _check_name(entry, self)
        whole = sum(entry.file_size for entry in entries)
        if whole > MOST_TIMES * self.path.stat().st_size + SPARE or self._entries[CONTENT].file_size > MOST_BYTES:
            raise self.refusal(f"it would unpack to {whole // (1 << 20)} MB, far more than media do")

    def refusal(self, what: str) -> CutError:
        """What is said of a bundle that nobody should unpack."""
        return CutError(f"the bundle is not safe to open: {what}", where=str(self.path), fix="export it again")

    @contextmanager
    def _open(self) -> Iterator[zipfile.ZipFile]:
        try:
            archive = zipfile.ZipFile(self.path)
        except FileNotFoundError:
            raise CutError("the cut is not there", where=str(self.path), fix="give the path of a bundle") from None
        except (*_BROKEN, OSError, ValueError) as error:
            raise self._unreadable(str(getattr(error, "strerror", None) or error)) from None
        try:
            with archive:
                yield archive
        except _BROKEN as error:
            raise self._unreadable(str(error)) from None

    def _unreadable(self, why: str) -> CutError:
        what = f"the bundle cannot be read: {why.lower()}"
        return CutError(what, where=str(self.path), fix="export the timeline again")


def _check_name(entry: zipfile.ZipInfo, zipped: Zipped) -> None:
    name = entry.filename
    path = PurePosixPath(name)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    strange = "\\" in name or "\0" in name or not name.strip() or _DRIVE.match(name)
    if path.is_absolute() or ".." in path.parts or strange or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise zipped.refusal(f"a file in it is called {name[:80]!r}, or is none")
    if entry.flag_bits & 1:
        raise zipped.refusal("it is encrypted")


def copy_stream(out: zipfile.ZipFile, entry: zipfile.ZipInfo, source: IO[bytes]) -> None:
    """Copies a file into a zip file, in blocks."""
    with source, out.open(entry, "w", force_zip64=entry.file_size >= 1 << 31) as target:
        shutil.copyfileobj(source, target, _BLOCK)
