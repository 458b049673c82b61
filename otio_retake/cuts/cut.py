"""A cut file of whatever form: what it says, and how takes get into it, out of it, and into use.

Every form patches its own document; what is not touched stays as it was. Each module of a form gives one `Cut`.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ..durable import sha256_of, written_beside
from ..errors import CutError
from .model import Address, Marker, View
from .paths import is_absolute, outward, spelled_like

if TYPE_CHECKING:
    from ..takes import Placement

NOT_OURS = "there is a file already, and it is not one that otio-retake wrote and nobody changed"
"""Why an output is not replaced."""

TRACK_NAME = "Retakes"
"""What a track of takes is called; a second one is ``Retakes 2``."""

Editor = Literal["", "resolve", "premiere", "kdenlive", "hiero", "flame"]
"""An editor whose own shape a cut is written in; empty for the form's usual one."""

MarkState = Literal["waiting", "done", "failed", "unknown"]
"""What became of a mark: nothing yet, a take is there, no take came of it, nobody knows what the service did."""

Tell = Callable[[Path, str], None]
"""Told of each file that is about to be written, with the SHA-256 that it will have."""


@dataclass
class Losses:
    """What should be known of what was written, and what the form could not carry; both always said, with places."""

    warnings: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Patched:
    """A changed document: its bytes, what was added under which key, and the losses.

    ``also`` are files that belong beside it, each by what follows the stem of its name: ``.markers.edl``.
    """

    content: bytes = field(repr=False)
    added: tuple[tuple[Address, str, str], ...]
    losses: Losses
    also: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The document as text, without a byte order mark."""
        return self.content.decode("utf-8-sig")


class Cut(ABC):
    """A cut file: what it says, and its document, to which takes can be added."""

    endings: ClassVar[tuple[str, ...]]
    """How the name of an output of this form may end."""

    marks_apart: ClassVar[bool] = False
    """Whether the state of marks is written with the takes, because the cut that was read has no place for it."""

    placed_elsewhere: ClassVar[bool] = False
    """Whether what is written is a plan: its takes are in the cut once an editor's program has carried it out."""

    def __init__(self, path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        self.path = path
        self.maps = maps

    @property
    @abstractmethod
    def view(self) -> View:
        """What the cut says."""

    @property
    @abstractmethod
    def original(self) -> bytes:
        """The document as it was read."""

    @property
    @abstractmethod
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""

    @abstractmethod
    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The document with takes added, for a file in the folder ``beside``; those that are in it are left.

        ``editor`` asks for takes on tracks above in that editor's own shape, where the form has several.
        """

    @abstractmethod
    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes."""

    @abstractmethod
    def activate(self, address: Address, key: str) -> Patched:
        """The document with the media ``key`` of the clip at ``address`` in use, and no other take of it.

        The clip may be a take on a track above; the original's own key puts every take of it out of use.
        """

    @abstractmethod
    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """The document with the state of each mark in the editor's own way: a colour, a to-do that is completed."""

    # --- what most forms have in common -----------------------------------------------------------------------------

    def keep_in(self, folder: Path) -> None:  # noqa: B027
        """Names the project's folder, where a form that carries media inside itself may unpack it."""

    @property
    def companions(self) -> tuple[Path, ...]:
        """Other files that the cut is read from: where one of them changes, the cut has."""
        return ()

    def with_marks(self, patched: Patched, states: Mapping[Marker, MarkState]) -> Patched:
        """``patched`` with the state of each mark as well, of a form with marks apart: a list beside the cut."""
        marks = self.write_marks(states)
        patched.losses.left_out.extend(marks.losses.left_out)
        return replace(patched, also=(*patched.also, (".markers" + self.endings[0], marks.content)))

    @property
    def media_folder(self) -> Path:
        """Where media lie that the cut names relative to itself."""
        return self.path.absolute().parent

    # --- the same for every form ------------------------------------------------------------------------------------

    @cached_property
    def sha256(self) -> str:
        """What the file's content is known by."""
        return hashlib.sha256(self.original).hexdigest()

    def spell(self, path: Path, written: str, beside: Path) -> str:
        """How the path of a take is written, given how its clip's own media is, for a file in ``beside``."""
        moved = outward(path, self.maps, written)
        if moved is not None:
            return moved
        if written and not is_absolute(written):
            try:
                return path.absolute().relative_to(beside.absolute()).as_posix()
            except ValueError:
                return str(path)
        return spelled_like(written, path)

    def warned(self, patched: Patched, placements: Iterable[Placement], beside: Path) -> Patched:
        """``patched`` with the warnings that are the same for every form."""
        added = {ident for *_, ident in patched.added}
        fresh = [p for p in placements if p.kind == "above" and p.take.ident in added]
        patched.losses.warnings.extend([*self.covered(fresh), *self.left_behind(beside)])
        return patched

    def covered(self, above: Iterable[Placement]) -> list[str]:
        """A warning for each title or picture that a take, on its track at the top, hides where it is switched on."""
        view, found = self.view, []
        for placement in above:
            below = placement.address.track
            names = [
                clip.name
                for track in view.tracks
                if track.kind == "Video" and (track.index < below if view.top_first else track.index > below)
                for clip in track.between(*placement.record)
                if clip.enabled and clip.placed is None
            ]
            if names:
                where, listed = view.timecode(placement.record[0]), ", ".join(dict.fromkeys(names))
                found.append(f"{where} {placement.take.name} lies over {listed}: move its track down before it is used")
        return found

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

    def check_output(self, path: Path) -> None:
        """Refuses a name that this form does not have. Raises ``CutError``."""
        if path.suffix.lower() not in self.endings:
            known = " or ".join(self.endings)
            raise CutError(f"takes of this cut are written as {known}", where=str(path), fix=f"end the path in {known}")

    def save(
        self,
        patched: Patched,
        path: Path,
        *,
        may_replace: Collection[str] = (),
        replace: bool = False,
        tell: Tell | None = None,
    ) -> None:
        """Writes ``patched`` to ``path``, whole or not at all, and the files that belong beside it before that.

        The file that was read is never written to. One that is there is replaced only where its SHA-256 is among
        ``may_replace``, as we wrote it and nobody has touched it since, or where ``replace`` says so.
        """
        files = [(path.with_name(path.stem + ending), content) for ending, content in patched.also]
        files.append((path, patched.content))
        for place, _ in files:
            self.check_place(place, may_replace, replace=replace)
        for place, content in files:
            if tell is not None:
                tell(place, hashlib.sha256(content).hexdigest())
            with written_beside(place) as part:
                part.write_bytes(content)

    def document_in(self, path: Path) -> Path:
        """The file that an output is known by: itself, or the document within a bundle."""
        return path

    def check_place(self, path: Path, may_replace: Collection[str], *, replace: bool) -> None:
        """Refuses a place where something else is; a bundle is known by its document. Raises ``CutError``."""
        if path.exists() and path.samefile(self.path):
            raise CutError(
                "the cut that was read is never written to", where=str(path), fix="give another path with -o"
            )
        known = self.document_in(path)
        if path.is_dir() and known == path:
            raise CutError("this is a folder", where=str(path), fix="give the path of a file with -o")
        if path.is_dir() and not known.is_file():
            raise CutError("this folder is no bundle", where=str(path), fix="give another path with -o")
        if path.exists() and not replace and sha256_of(known) not in may_replace:
            raise CutError(NOT_OURS, where=str(path), fix="give another path with -o, or --overwrite")
