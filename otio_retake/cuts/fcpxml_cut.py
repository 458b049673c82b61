"""An .fcpxml file, or an .fcpxmld bundle with one in it: takes become alternatives of auditions, or stand above.

https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..durable import folder_beside
from ..errors import CutError
from .cut import Cut, Editor, MarkState, Patched, Tell
from .fcpxml_marks import marked
from .fcpxml_reader import AGAIN, Reading, read_fcpxml
from .fcpxml_return import activate_take, drop_takes
from .fcpxml_writer import add_takes
from .model import Address, Marker, View
from .view_timeline import timeline_of
from .xml_document import read_xml

if TYPE_CHECKING:
    from ..takes import Placement

INFO = "Info.fcpxml"
"""The document within a bundle."""


def open_fcpxml(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> FcpxmlCut:
    """Opens an .fcpxml file or an .fcpxmld bundle. Raises ``CutError``."""
    inner = path
    if path.suffix.lower() == ".fcpxmld" and path.is_dir():
        inner = path / INFO
        if not inner.is_file():
            raise CutError(f"the bundle holds no {INFO}", where=str(path), fix=AGAIN)
    document = read_xml(inner, "Final Cut Pro XML", AGAIN)
    return FcpxmlCut(path, read_fcpxml(document), maps)


class FcpxmlCut(Cut):
    """A cut in a Final Cut Pro XML."""

    endings: ClassVar[tuple[str, ...]] = (".fcpxml", ".fcpxmld")

    def __init__(self, path: Path, reading: Reading, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(path, maps)
        self.reading = reading

    @property
    def view(self) -> View:
        """What the cut says."""
        return self.reading.view

    @property
    def original(self) -> bytes:
        """The document as it was read; in a bundle its Info.fcpxml."""
        return self.reading.document.data

    @cached_property
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""
        return timeline_of(self.view)

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The document with takes added, for a file in the folder ``beside``."""
        placements = list(placements)
        patched = add_takes(self.reading, placements, lambda path, written: self.spell(path, written, beside))
        return self.warned(patched, placements, beside)

    def spell(self, path: Path, written: str, beside: Path) -> str:
        """A file URL, as Final Cut takes no other."""
        return super().spell(path, written if written[:5].lower() == "file:" else "file:///", beside)

    @property
    def media_folder(self) -> Path:
        """Where media lie that the cut names relative to itself: a bundle may hold them."""
        return self.path.absolute() if self.path.is_dir() else super().media_folder

    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes."""
        return drop_takes(self.reading, idents)

    def activate(self, address: Address, key: str) -> Patched:
        """The document with another alternative picked, or another take above switched on."""
        return activate_take(self.reading, address, key)

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """The document with to-dos completed where their takes are there."""
        splices, losses = marked(self.reading.document, states)
        return Patched(self.reading.document.spliced(splices), (), losses)

    # --- bundles ----------------------------------------------------------------------------------------------------

    def save(
        self,
        patched: Patched,
        path: Path,
        *,
        may_replace: Collection[str] = (),
        replace: bool = False,
        tell: Tell | None = None,
    ) -> None:
        """Writes ``patched`` to ``path``: a bundle where that ends in .fcpxmld, whole or not at all."""
        if path.suffix.lower() != ".fcpxmld":
            super().save(patched, path, may_replace=may_replace, replace=replace, tell=tell)
            return
        self.check_place(path, may_replace, replace=replace)
        if tell is not None:
            tell(path, hashlib.sha256(patched.content).hexdigest())
        with folder_beside(path) as part:
            if self.path.is_dir():
                # What else is in the bundle, such as tracking data, is named in the document by its place there.
                shutil.copytree(self.path, part, dirs_exist_ok=True, symlinks=True)
            (part / INFO).write_bytes(patched.content)

    def document_in(self, path: Path) -> Path:
        """The document within a bundle."""
        return path / INFO if path.suffix.lower() == ".fcpxmld" else path

    def check_place(self, path: Path, may_replace: Collection[str], *, replace: bool) -> None:
        """Refuses a place where something else is, or that is inside of the bundle that was read."""
        inside = path.parent
        if self.path.is_dir() and inside.exists() and inside.samefile(self.path):
            raise CutError(
                "the cut that was read is never written to", where=str(path), fix="give another path with -o"
            )
        super().check_place(path, may_replace, replace=replace)
