"""An .otio file: takes become media references of their clips, or clips on tracks above in an editor's own shape.

Schema: https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from .cut import Cut, Editor, Losses, MarkState, Patched
from .model import Address, Marker, View
from .otio_document import Document, read_document
from .otio_markers import write_states
from .otio_reader import read_view
from .otio_return import activate_take, drop_takes
from .otio_shapes import shape_of
from .otio_writer import add_takes

if TYPE_CHECKING:
    from ..takes import Placement


def open_otio(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> OtioCut:
    """Opens an .otio file. Raises ``CutError``."""
    return OtioCut(read_document(path), maps)


class OtioCut(Cut):
    """A cut in an .otio file."""

    endings: ClassVar[tuple[str, ...]] = (".otio",)

    def __init__(self, document: Document, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(document.path, maps)
        self.document = document
        self._view = read_view(document)

    @property
    def view(self) -> View:
        """What the cut says."""
        return self._view

    @cached_property
    def original(self) -> bytes:
        """The document as it was read."""
        return self.document.content(self.document.text)

    @cached_property
    def timeline(self) -> Any:
        """The cut as OpenTimelineIO reads it."""
        import opentimelineio

        return opentimelineio.adapters.read_from_string(self.document.text, "otio_json")

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The document with takes added, for a file in the folder ``beside``."""
        placements = list(placements)
        view = self._view
        patched = add_takes(
            self.document,
            view,
            placements,
            shape_of(editor, view),
            lambda path, written: self.spell(path, written, beside),
        )
        return self.warned(patched, placements, beside)

    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes."""
        return drop_takes(self.document, self._view, idents)

    def activate(self, address: Address, key: str) -> Patched:
        """The document with another media reference active, or another take above switched on."""
        text = activate_take(self.document, self._view, address, key)
        return Patched(self.document.content(text), (), Losses())

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """The document with the state of each mark in its colour, and in Kdenlive in its category."""
        return write_states(self.document, self._view.writer, states)
