"""Cut files: one module for each form, each giving the same `Cut`."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..durable import sha256_of, write_text
from ..errors import CutError
from .model import Address, View
from .otio_document import Document, read_document
from .otio_reader import read_view
from .otio_return import activate_take, drop_takes
from .otio_writer import Losses, Patched, add_takes
from .paths import is_absolute, outward, spelled_like

if TYPE_CHECKING:
    from ..takes import Placement

__all__ = ["NOT_OURS", "Cut", "Losses", "open_cut"]

NOT_OURS = "there is a file already, and it is not one that otio-retake wrote and nobody changed"
"""Why an output is not replaced."""


@dataclass(frozen=True)
class Cut:
    """A cut file: what it says, and its document, to which takes can be added."""

    view: View
    document: Document
    maps: tuple[tuple[str, Path], ...] = ()

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.document.path

    @cached_property
    def timeline(self) -> Any:
        """The cut as OpenTimelineIO reads it."""
        import opentimelineio

        return opentimelineio.adapters.read_from_string(self.document.text, "otio_json")

    def apply(self, placements: Iterable[Placement], beside: Path) -> Patched:
        """The document with takes added, for a file in the folder ``beside``."""

        def spell(path: Path, written: str) -> str:
            moved = outward(path, self.maps, written)
            if moved is not None:
                return moved
            if written and not is_absolute(written):
                try:
                    return path.absolute().relative_to(beside.absolute()).as_posix()
                except ValueError:
                    return str(path)
            return spelled_like(written, path)

        # Kdenlive reads no `enabled`, neither of clips nor of tracks.
        deaf = self.view.writer == "kdenlive"
        view = self.view
        patched = add_takes(
            self.document, placements, view.written_rate, spell, origin=view.origin, plays_disabled=deaf
        )
        patched.losses.warnings.extend(self.left_behind(beside))
        return patched

    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes."""
        return drop_takes(self.document, idents)

    def activate(self, address: Address, key: str) -> str:
        """The document's text with another media reference active."""
        return activate_take(self.document, address, key)

    def left_behind(self, beside: Path) -> list[str]:
        """A warning where media that the cut names relative to itself would not be found from another folder."""
        if self.path.absolute().parent == beside.absolute():
            return []
        named = {
            clip.media.url
            for clip in self.view.clips()
            if clip.media.kind == "file" and not is_absolute(clip.media.url)
        }
        if not named:
            return []
        what = f"{len(named)} media of the cut are named relative to its folder, and will not be found from {beside}"
        return [f"{what}; write the cut beside {self.path.name}, or relink them"]

    def digest_of(self, text: str) -> str:
        """The SHA-256 of the file that `save` would write."""
        return hashlib.sha256((self.document.mark + text).encode()).hexdigest()

    def save(self, text: str, path: Path, *, may_replace: Collection[str] = (), replace: bool = False) -> None:
        """Writes ``text`` to ``path``, whole or not at all.

        The file that was read is never written to. One that is there is replaced only where its SHA-256 is among
        ``may_replace``, as we wrote it and nobody has touched it since, or where ``replace`` says so.
        """
        if path.exists() and path.samefile(self.path):
            raise CutError(
                "the cut that was read is never written to", where=str(path), fix="give another path with -o"
            )
        if path.is_dir():
            raise CutError("this is a folder", where=str(path), fix="give the path of a file with -o")
        if path.exists() and not replace and sha256_of(path) not in may_replace:
            raise CutError(
                NOT_OURS,
                where=str(path),
                fix="give another path with -o, or --overwrite",
            )
        write_text(path, self.document.mark + text)


def open_cut(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> Cut:
    """Opens the cut at ``path``. Raises ``CutError`` for what is no cut, or of a form that is not read yet."""
    suffix = path.suffix.lower()
    if suffix in _LATER:
        raise CutError(f"{_LATER[suffix]} is not read yet", where=str(path), fix="export the timeline as .otio")
    with _calm():
        document = read_document(path)
        return Cut(read_view(document), document, maps)


_LATER = {
    ".fcpxml": "Final Cut's XML",
    ".fcpxmld": "Final Cut's XML",
    ".xml": "FCP 7 XML",
    ".edl": "EDL",
    ".aaf": "AAF",
    ".otioz": "an .otioz bundle",
    ".otiod": "an .otiod bundle",
}


@contextmanager
def _calm() -> Iterator[None]:
    """No garbage collection while a document's many small objects are made: none of them can be garbage yet."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
