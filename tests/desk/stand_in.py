"""A desk without a cut behind it: it answers something of the right shape, and remembers what was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILES = {
    ("strip", "mark-1", ""): b"\xff\xd8strip",
    ("still", "mark-1", "0"): b"\xff\xd8still",
    ("pair", "take-1", ""): bytes(range(256)) * 40,
    ("sound", "take-1", "a"): b"RIFForiginal",
    ("sound", "take-1", "b"): b"RIFFtake",
}
"""What it knows, by kind, id and part."""

SECRET = "the-prompt-of-the-director"
"""Stands in the board, so that a test can look for it where it must not be."""


class StandIn:
    """What the server needs of a desk."""

    def __init__(self, folder: Path) -> None:
        self._paths: dict[tuple[str, str, str], Path] = {}
        for number, (key, content) in enumerate(FILES.items()):
            self._paths[key] = folder / f"{number}.bin"
            self._paths[key].write_bytes(content)
        self.held = threading.Event()
        self.reset()

    def reset(self) -> None:
        """Forgets what was asked, and what was to go wrong."""
        self.did: list[tuple[str, dict[str, Any]]] = []
        self.asked: list[tuple[str, ...]] = []
        self.looks = 0
        self.state: dict[str, Any] = {"stamp": "1", "said": []}
        self.failing: Exception | None = None
        self.export_failing: tuple[int, Exception] | None = None
        self.held.set()

    def _begin(self, *what: str) -> None:
        self.asked.append(what)
        if self.failing is not None:
            raise self.failing

    def board(self) -> dict[str, Any]:
        self._begin("board")
        return {"stamp": "1", "cut": {"name": "Épisode 1"}, "said": [SECRET, "clip_\udc80.mov"]}

    def live(self) -> dict[str, Any]:
        self.looks += 1
        if self.failing is not None:
            raise self.failing
        return dict(self.state)

    def do(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.did.append((name, body))
        if self.failing is not None:
            raise self.failing
        if body.get("request", "mark-1") != "mark-1":
            raise KeyError(body["request"])
        return {"stamp": "2"}

    def picks(self) -> dict[str, Any]:
        self._begin("picks")
        return {"otio_retake_picks": 1, "cut": "Épisode 1.otio", "picks": [], "rejected": []}

    def file(self, kind: str, ident: str, part: str) -> Path:
        self._begin("file", kind, ident, part)
        self.held.wait(30)
        return self._paths[kind, ident, part]

    def numbers(self, take: str) -> dict[str, Any]:
        self._begin("numbers", take)
        return {"take-1": {"differences": [None, 0.5]}}[take]

    def export(self) -> Iterator[bytes]:
        self._begin("export")
        for number in range(3):
            if self.export_failing is not None and number == self.export_failing[0]:
                raise self.export_failing[1]
            yield b"<p>%d</p>" % number * 10_000

    def export_name(self) -> str:
        return 'Épisode "1"/../desk.html'
