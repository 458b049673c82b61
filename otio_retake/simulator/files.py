"""The files that a service holds: what was uploaded to it, and what it fetched from a link.

A link is followed on this machine only: footage sent to a simulator goes nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import re
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from ..errors import RetakeError
from ..media.facts import MediaFacts, read_facts
from .asking import Refusal, Refused

MOST_BYTES = 1_000_000_000
"""More than any service takes."""

_DATA_URI = re.compile(r"data:([a-z0-9.+/-]*)(?:;[a-z0-9=.+-]+)*;base64,", re.IGNORECASE)
_KINDS = {b"ftyp": ".mp4", b"\x1a\x45\xdf\xa3": ".mkv"}


@dataclass(slots=True)
class Stored:
    """One file. ``source`` is how it came: ``upload``, ``link`` or ``data``."""

    path: Path
    size: int
    sha256: str
    source: str
    _facts: MediaFacts | None = None

    def facts(self) -> MediaFacts:
        """What the file is. Raises ``Refused`` where it is no movie with a picture. Reads the file: not for a loop."""
        if self._facts is None:
            try:
                facts = read_facts(self.path)
            except RetakeError as error:
                raise Refused(Refusal("invalid", f"the video cannot be read: {error.what}", "video")) from None
            if facts.picture is None:
                raise Refused(Refusal("invalid", "the file has no picture", "video"))
            self._facts = facts
        return self._facts

    @property
    def frames(self) -> int:
        """Pictures in it."""
        return self.facts().video.frames

    @property
    def seconds(self) -> Fraction:
        """How long it is."""
        return self.frames / self.facts().video.rate


@dataclass
class Files:
    """Every file of every service, in one folder, known by what they are called there: an id, or a link's path."""

    folder: Path
    _known: dict[str, Stored] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def room(self) -> Path:
        """A path for a new file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{uuid.uuid4().hex}.bin"

    def keep(self, name: str, path: Path, source: str = "upload") -> Stored:
        """Files what lies at ``path`` under ``name``; the same name again replaces it."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            start = file.read(16)
        # A demuxer is chosen by the first bytes; the ending is for people who look into the folder.
        ending = next((e for mark, e in _KINDS.items() if mark in start), ".bin")
        kept = path.with_suffix(ending)
        path.replace(kept)
        stored = Stored(kept, kept.stat().st_size, digest, source)
        with self._lock:
            self._known[name] = stored
        return stored

    def keep_bytes(self, name: str, content: bytes, source: str = "upload") -> Stored:
        """Files ``content``."""
        path = self.room()
        path.write_bytes(content)
        return self.keep(name, path, source)

    def named(self, name: str) -> Stored | None:
        """The file of that name."""
        with self._lock:
            return self._known.get(name)

    def also(self, name: str, stored: Stored) -> None:
        """Files what is here under another name too."""
        with self._lock:
            self._known[name] = stored

    def forget(self, name: str) -> bool:
        """Takes a file away; False where there was none."""
        with self._lock:
            return self._known.pop(name, None) is not None

    def clear(self) -> None:
        """Takes all files away; what is being read stays on the disk until the folder goes."""
        with self._lock:
            self._known.clear()

    def find(self, reference: str, most: Mapping[str, int]) -> Stored:
        """The file that a request names: one of ours, a data URI, or a link. Raises ``Refused``.

        ``most`` are the bytes that the service takes, by source.
        """
        parts = urlsplit(reference)
        found = self.named(reference) or (self.named(parts.path) if is_here(parts.hostname or "") else None)
        if found is None and reference.startswith("data:"):
            found = self.keep_bytes(f"data-{uuid.uuid4()}", decode(reference), "data")
        elif found is None and parts.scheme in ("http", "https"):
            found = self._fetch(reference)
        if found is None:
            raise Refused(Refusal("not-uploaded", "the video was not found, or is no longer there", "video"))
        limit = most.get(found.source, MOST_BYTES)
        if found.size > limit:
            message = f"the video has {found.size} bytes; at most {limit} are taken in this way"
            raise Refused(Refusal("too-large", message, "video"))
        return found

    def _fetch(self, url: str) -> Stored:
        host = urlsplit(url).hostname or ""
        if not is_here(host):
            raise Refused(
                Refusal("unfetched", f"the simulator follows links on this machine only, not to {host}", "video")
            )
        path, done = self.room(), 0
        try:
            with (
                httpx.Client(trust_env=False, timeout=30, follow_redirects=False) as client,
                client.stream("GET", url) as answer,
                path.open("wb") as file,
            ):
                if answer.status_code != 200:
                    raise Refused(Refusal("unfetched", f"the link answers {answer.status_code}", "video"))
                for chunk in answer.iter_bytes(1 << 16):
                    done += len(chunk)
                    if done > MOST_BYTES:
                        raise Refused(Refusal("too-large", "the link does not end", "video"))
                    file.write(chunk)
        except httpx.HTTPError as error:
            raise Refused(Refusal("unfetched", f"the link fails ({type(error).__name__})", "video")) from None
        return self.keep(f"link-{uuid.uuid4()}", path, "link")


def decode(text: str) -> bytes:
    """The bytes of a data URI, or of plain base64. Raises ``Refused``."""
    head = _DATA_URI.match(text)
    try:
        return base64.b64decode(text[head.end() :] if head else text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(Refusal("invalid", "this is neither a data URI nor base64", "video")) from None


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
