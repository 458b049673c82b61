"""A CMX 3600 edit list: takes become a list of their own, and the state of each mark a list of markers beside it.

The form: https://xmil.biz/EDL-X/CMX3600.pdf. The list that was read is never written anew: it has no place for a take.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import CutError
from .cut import Cut, Editor, Losses, MarkState, Patched
from .edl_lines import EditList, Event, read_list
from .edl_rate import find_rate
from .edl_reader import Reading, read_view
from .edl_writer import switched, takes_list, without
from .marker_edl import is_marker_list, own_view, write_list
from .model import Address, Marker, View
from .signature import signed

if TYPE_CHECKING:
    from ..takes import Placement


def open_edl(path: Path, maps: tuple[tuple[str, Path], ...] = (), edl_rate: str = "", edl_rate_why: str = "") -> EdlCut:
    """Opens an .edl file, counted at ``edl_rate``, or at the likeliest rate. Raises ``CutError``."""
    document = read_list(path)
    rate = find_rate(document.events, document.code, edl_rate, path, edl_rate_why or "as --rate or edl_rate says")
    return EdlCut(document, read_view(document, rate), maps)


class EdlCut(Cut):
    """A cut in an edit list."""

    endings: ClassVar[tuple[str, ...]] = (".edl",)
    marks_apart: ClassVar[bool] = True

    def __init__(self, document: EditList, reading: Reading, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(document.path, maps)
        self.document = document
        self._events = reading.events
        self._view = own_view(reading.view, document) if is_marker_list(document) else reading.view

    @property
    def view(self) -> View:
        """What the cut says."""
        return self._view

    @property
    def original(self) -> bytes:
        """The document as it was read."""
        return self.document.data

    @cached_property
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""
        from .view_timeline import timeline_of

        return timeline_of(self._view)

    @property
    def holds_takes(self) -> bool:
        """Whether this is a list of takes, as we write them: every event of it says that it is one."""
        events = self.document.events
        return bool(events) and all(_signed(event) is not None for event in events)

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The list of the takes. A list of takes stays as it is: it holds no clip that more could belong to."""
        if self.holds_takes:
            return Patched(self.original, (), Losses())
        return takes_list(
            self.document,
            self._view,
            self._events,
            placements,
            lambda path, written: self.spell(path, written, beside),
        )

    def drop(self, idents: set[str]) -> Patched:
        """The list without some takes; in a cut that plays them they are all that their clips have, and stay."""
        if not self.holds_takes:
            return Patched(self.original, (), Losses())
        gone = {address: take for address, event in self._events.items() if (take := _take_of(event)) in idents}
        events = [self._events[address] for address in gone]
        removed = tuple((address, self._view.clip_at(address).media.key, take) for address, take in gone.items())
        return Patched(without(self.document, events), removed, Losses())

    def activate(self, address: Address, key: str) -> Patched:
        """The list with one take played, and no other take over the same frames; in a list of takes alone."""
        clip = self._view.clip_at(address)
        if not self.holds_takes or clip.media.key != key:
            raise CutError(
                "an edit list holds one picture for each frame, so there is nothing to pick from",
                where=f"{self.path}, {clip.name}",
                fix="pick in the list of takes that `otio-retake place` writes, or in your editor",
            )
        event = self._events[address]
        first, end = clip.record
        others = [
            self._events[other.address]
            for other in self._view.clips()
            if other.address != address
            and other.kind == clip.kind
            and other.record[0] < end
            and other.record[1] > first
        ]
        return Patched(switched(self.document, [event], others), (), Losses())

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """A list of markers with the state of each mark, by colour and text, for Resolve to import."""
        losses = Losses()
        title = f"{self.document.title or self.path.stem} marks"
        content, left = write_list(title, states.items(), self._view, self.document.newline)
        if left:
            losses.left_out.append(f"{left} marks: a marker list holds 999")
        return Patched(content, (), losses)

    def left_behind(self, beside: Path) -> list[str]:
        """Nothing: a list names its media by name and reel, not by place."""
        return []


def _signed(event: Event) -> Mapping[str, Any] | None:
    return next((found for text in event.comments if (found := signed(text)) is not None), None)


def _take_of(event: Event) -> str:
    return str((_signed(event) or {}).get("take", ""))
