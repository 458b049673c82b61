"""Media by the paths that a cut writes: found, looked at once, and remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..cuts.paths import Places
from ..durable import write_text
from ..errors import MediaError, MediaOffline, MediaUnsupported, RetakeError
from .facts import MediaFacts, read_facts
from .interlace import is_progressive

_FACTS = TypeAdapter(dict[str, MediaFacts])


@dataclass
class Library:
    """Facts of media, each file looked at once. ``cache`` keeps them between runs, where there is a project."""

    places: Places
    cache: Path | None = None
    _known: dict[str, MediaFacts | MediaError] = field(default_factory=dict, repr=False)
    _kept: dict[str, MediaFacts] | None = field(default=None, repr=False)
    _measured: dict[Path, bool] = field(default_factory=dict, repr=False)
    _fresh: bool = field(default=False, repr=False)

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
        if len(similar) > 1:
            return MediaOffline(
                f"{len(similar)} files have the name of the missing media",
                where=written,
                fix="say which with --map FROM=TO",
            )
        return MediaOffline(
            "the media is offline", where=written, fix="find it with --media-root FOLDER or --map FROM=TO"
        )

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
