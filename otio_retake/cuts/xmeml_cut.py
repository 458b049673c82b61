"""FCP 7 XML, as Premiere, Resolve and Hiero write it: takes become clips on new tracks above.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import CutError
from .cut import Cut, Editor, MarkState, Patched
from .model import Address, Marker, View
from .view_timeline import timeline_of
from .xmeml_reader import read_sequence
from .xmeml_return import activate_take, drop_takes, write_states
from .xmeml_writer import add_takes
from .xml_document import XmlDocument, read_xml

if TYPE_CHECKING:
    from ..takes import Placement

_AGAIN = "export the sequence again as Final Cut Pro XML (FCP 7)"


def open_xml(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> Cut:
    """Opens an .xml file: FCP 7 XML, or Final Cut's own XML under that name. Raises ``CutError``."""
    document = read_xml(path, "FCP 7 XML", _AGAIN)
    name = document.root.name
    if name == "xmeml":
        return XmemlCut(document, maps)
    if name == "fcpxml":
        return _final_cut(path, maps)
    raise CutError(f"this .xml is no cut: its outermost element is <{name[:40]}>", where=str(path), fix=_AGAIN)


def _final_cut(path: Path, maps: tuple[tuple[str, Path], ...]) -> Cut:
    from . import FORMS

    if ".fcpxml" not in FORMS:
        raise CutError("Final Cut's own XML is not read yet", where=str(path), fix=_AGAIN)
    module, function = FORMS[".fcpxml"]
    opened: Cut = getattr(import_module(f".{module}", __package__), function)(path, maps)
    return opened


class XmemlCut(Cut):
    """A cut in FCP 7 XML."""

    endings: ClassVar[tuple[str, ...]] = (".xml",)

    def __init__(self, document: XmlDocument, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(document.path, maps)
        self.document = document
        self._read = read_sequence(document)

    @property
    def view(self) -> View:
        """What the cut says."""
        return self._read.view

    @property
    def original(self) -> bytes:
        """The document as it was read."""
        return self.document.data

    @cached_property
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""
        return timeline_of(self.view)

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The document with takes added on new tracks, for a file in the folder ``beside``."""
        placements = list(placements)
        patched = add_takes(
            self.document, self._read, placements, lambda path, written: self.spell(path, written, beside)
        )
        return self.warned(patched, placements, beside)

    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes."""
        return drop_takes(self.document, self._read, idents)

    def activate(self, address: Address, key: str) -> Patched:
        """The document with a take enabled and its siblings disabled; or all of them, for the original's own key."""
        return activate_take(self.document, self._read, address, key)

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """The document with the colour that each mark's state has."""
        return write_states(self.document, self._read, states)
