"""Media by the paths that a cut writes: found, looked at once, and remembered."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..cuts.paths import Places, likeliest
from ..durable import write_text
from ..errors import MediaError, MediaOffline, MediaUnsupported, RetakeError
from .facts import MediaFacts, read_facts
from .interlace import is_progressive

_FACTS = TypeAdapter(dict[str, MediaFacts])

MOST_LOOKED_AT = 40
"""Files of one name that are opened to find the one that a cut means."""

MOST_SHOWN = 12
"""Paths that are shown of where media was looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found for a cut's path. ``by_name``: not at that path, but by its name in a search folder.

    ``passed_over`` are files of the same name that speak against being it.
    """

    facts: MediaFacts
    by_name: bool = False
    passed_over: tuple[Path, ...] = ()


@dataclass
class Library:
    """Facts of media, each file looked at once. ``cache`` keeps them between runs, where there is a project."""

    places: Places
    cache: Path | None = None
    _known: dict[str, MediaFacts | MediaError] = field(default_factory=dict, repr=False)
    _kept: dict[str, MediaFacts] | None = field(default=None, repr=False)
    _measured: dict[Path, bool] = field(default_factory=dict, repr=False)
    _fresh: bool = field(default=False, repr=False)
    _passed: dict[str, tuple[Path, ...]] = field(default_factory=dict, repr=False)

    def found(self, written: str, fits: Callable[[MediaFacts], bool]) -> Found:
        """The media that ``written`` means; among files of its name the one that ``fits``. Raises a ``MediaError``.

        A file that does not fit is found all the same where there is no better one: whoever asks must look.
        """
        by_name = self.places.named(written) is None
        if by_name and written not in self._passed:
            self._passed[written] = self._choose(written, fits)
        return Found(self.facts(written), by_name, self._passed.get(written, ()))

    def _choose(self, written: str, fits: Callable[[MediaFacts], bool]) -> tuple[Path, ...]:
        """Settles which file of a name is meant, where several have it; returns those that do not fit."""
        candidates = self.places.candidates(written)[:MOST_LOOKED_AT]
        if len(candidates) < 2:
            return ()
        fitting = [(agreeing, path) for agreeing, path in candidates if self._fits(path, fits)]
        best = likeliest(fitting)
        if best is None:
            return ()
        self.places.choose(written, best)
        self._known.pop(written, None)
        return tuple(path for agreeing, path in candidates if (agreeing, path) not in fitting)

    def _fits(self, path: Path, fits: Callable[[MediaFacts], bool]) -> bool:
        try:
            return fits(self._read(path))
        except MediaError:
            return False

    def facts(self, written: str) -> MediaFacts:
        """The facts of the media that ``written`` means. Raises a ``MediaError`` that names it."""
        known = self._known.get(written)
        if known is None:
            try:
                known = self._look(written)
            except MediaError as error:
                known = error
            self._known[written] = known
        if isinstance(known, MediaError):
            raise known
        return known

    def _look(self, written: str) -> MediaFacts:
        path = self.places.find(written)
        if path is None:
            raise self._offline(written)
        return self._read(path)

    def _read(self, path: Path) -> MediaFacts:
        status = path.stat()
        kept = self._remembered().get(str(path))
        if kept and (kept.size, kept.modified) == (status.st_size, status.st_mtime_ns):
            return kept
        facts = read_facts(path)
        self._remembered()[str(path)] = facts
        self._fresh = True
        return facts

    def progressive(self, facts: MediaFacts) -> bool:
        """Whether the pictures of a file that is flagged as fields are whole ones all the same; measured once."""
        if facts.path not in self._measured:
            self._measured[facts.path] = is_progressive(facts)
        return self._measured[facts.path]

    def _offline(self, written: str) -> MediaError:
        if "://" in written and not written.lower().startswith("file:"):
            return MediaUnsupported(
                "the media is on the network, not in a file", where=written[:60], fix="copy it here and relink the clip"
            )
        similar = self.places.candidates(written)
        if similar:
            return MediaOffline(
                f"{len(similar)} files have the name of the missing media",
                where=written,
                fix="say which with --map FROM=TO",
                places=self._looked(written, [f"one of the name: {path}" for _, path in similar]),
            )
        roots = []
        for root in self.places.roots:
            there = "" if root.is_dir() else ", which is not there"
            roots.append(f"searched by name: {os.path.abspath(root)}{there}")
        return MediaOffline(
            "the media is offline",
            where=written,
            fix="find it with --media-root FOLDER or --map FROM=TO",
            places=self._looked(written, roots),
        )

    def _looked(self, written: str, rest: list[str]) -> str:
        """How the cut names the media, and where it was looked for."""
        looked = dict.fromkeys(unicodedata.normalize("NFC", str(path)) for path in self.places.looked_at(written))
        rows = [f"the cut names {written}", *(f"looked for: {os.path.abspath(path)}" for path in looked), *rest]
        more = len(rows) - MOST_SHOWN
        return "\n".join([*rows[:MOST_SHOWN], f"and {more} more"] if more > 0 else rows)

    def _remembered(self) -> dict[str, MediaFacts]:
        if self._kept is None:
            self._kept = {}
            if self.cache is not None and self.cache.is_file():
                try:
                    self._kept = _FACTS.validate_json(self.cache.read_bytes())
                except (ValidationError, OSError, ValueError):
                    self._kept = {}
        return self._kept

    def remember(self) -> None:
        """Writes what was learned to the cache; a cache that cannot be written is no error."""
        if self.cache is not None and self._fresh and self.cache.parent.is_dir():
            try:
                write_text(self.cache, _FACTS.dump_json(self._remembered()).decode())
                self._fresh = False
            except RetakeError:
                pass
