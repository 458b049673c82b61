"""What goes over the wire and what comes back, piece by piece: a pull inside JSON, and answers that are packed."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .base import Progress

CHUNK = 1 << 16

_TRIPLES = 3 * (1 << 14)
"""Base64 can be joined where each piece but the last has a multiple of three bytes."""


def file_chunks(file: Path, progress: Progress | None = None) -> Iterator[bytes]:
    """A file's bytes; ``progress`` hears of each piece when it has been taken."""
    size, done = file.stat().st_size, 0
    with file.open("rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk
            done += len(chunk)
            if progress:
                progress(done, size)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as base64 between two pieces of JSON. No more than a piece of it is in memory at a time."""

    file: Path
    before: str
    after: str

    @property
    def size(self) -> int:
        """The bytes of the whole text."""
        return len(self.before.encode()) + (self.file.stat().st_size + 2) // 3 * 4 + len(self.after.encode())

    def chunks(self, progress: Progress | None = None) -> Iterator[bytes]:
        """The text; ``progress`` hears of the file's bytes that are in it."""
        size, done = self.file.stat().st_size, 0
        yield self.before.encode()
        with self.file.open("rb") as source:
            while chunk := source.read(_TRIPLES):
                yield base64.b64encode(chunk)
                done += len(chunk)
                if progress:
                    progress(done, size)
        yield self.after.encode()


class Endless(Exception):
    """An answer has more bytes than any answer has."""


class Unpacker:
    """Unpacks an answer that came packed though it was asked for plain, and never beyond ``most`` bytes."""

    def __init__(self, encoding: str, most: int) -> None:
        """Raises ``ValueError`` for an ``encoding`` other than none, gzip or deflate: one that nobody asked for."""
        encoding = encoding.strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ValueError("an answer in an encoding that was not asked for")
        # 32 + 15: the header says whether it is gzip or zlib.
        self._unzip = zlib.decompressobj(47) if encoding not in ("", "identity") else None
        self._most = most
        self.body = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Takes the next piece. Raises ``Endless``, or ``ValueError`` for damaged bytes."""
        room = self._most - len(self.body)
        if self._unzip is not None:
            try:
                chunk = self._unzip.decompress(chunk, room + 1)
            except zlib.error:
                raise ValueError("a damaged answer") from None
        if len(chunk) > room:
            raise Endless
        self.body += chunk
