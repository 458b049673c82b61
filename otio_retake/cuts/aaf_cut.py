"""An AAF of Media Composer: takes become clips on a new picture track above, their media linked files.

AAF object specification: https://www.amwa.tv/specifications. Reading and changing go through pyaaf2, in a child
process; the file that was read is only ever copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import CutError
from .aaf_belonging import ORIGINAL
from .aaf_cell import need_pyaaf2, outline_of, patched
from .aaf_markers import COLOURS, ENDING, Line, marker_list
from .aaf_reader import read_sequence
from .aaf_writer import Addition
from .cut import TRACK_NAME, Cut, Editor, Losses, MarkState, Patched
from .model import Address, Marker, View
from .reading import read_bytes
from .view_timeline import timeline_of

if TYPE_CHECKING:
    from ..takes import Placement


def open_aaf(path: Path, maps: tuple[tuple[str, Path], ...] = ()) -> AafCut:
    """Opens an AAF file. Raises ``CutError``."""
    need_pyaaf2(path)
    return AafCut(path, read_bytes(path, "AAF file", "export the sequence again as AAF, without embedded media"), maps)


class AafCut(Cut):
    """A sequence in an AAF file."""

    endings: ClassVar[tuple[str, ...]] = (".aaf",)

    def __init__(self, path: Path, content: bytes, maps: tuple[tuple[str, Path], ...] = ()) -> None:
        super().__init__(path, maps)
        self._content = content
        self._reading = read_sequence(path, outline_of(path, content))

    @property
    def view(self) -> View:
        """What the cut says."""
        return self._reading.view

    @property
    def original(self) -> bytes:
        """The document as it was read."""
        return self._content

    @property
    def timeline(self) -> Any:
        """The cut as an OpenTimelineIO timeline."""
        return timeline_of(self.view)

    def apply(self, placements: Iterable[Placement], beside: Path, editor: Editor = "") -> Patched:
        """The document with takes added on new tracks, for a file in the folder ``beside``."""
        placements = list(placements)
        addition = Addition(self._reading, lambda path, written: self.spell(path, written, beside)).add(placements)
        done = self._patched(addition.edits, addition.losses, tuple(addition.added), addition.lines)
        return self.warned(done, placements, beside)

    def drop(self, idents: set[str]) -> Patched:
        """The document without some takes; a track of ours goes with the last of them."""
        places, losses = self._reading.places, Losses()
        remove, removed, masters, empty = [], [], [], []
        for track in self.view.tracks:
            ours = [(c, str((c.media.ours or {}).get("take", ""))) for c in track.clips]
            gone = [clip for clip, ident in ours if ident in idents and clip.placed is not None]
            for clip, ident in ours:
                if ident in idents and clip.placed is not None:
                    removed.append((clip.address, track.name, ident))
                    masters.append(places[clip.address].master)
                elif ident in idents:
                    what = "the take has taken its clip's place; cut the original back in by hand"
                    losses.left_out.append(f"{clip.name}: {what}")
            slot = self._reading.slots.get(track.index)
            if gone and len(gone) == len(track.clips) and slot is not None and track.name.startswith(TRACK_NAME):
                empty.append(slot)
            else:
                remove += [[places[clip.address].slot, list(places[clip.address].path)] for clip in gone]
        return self._patched(
            {"remove": remove, "empty": empty, "forget": list(dict.fromkeys(masters))}, losses, tuple(removed)
        )

    def activate(self, address: Address, key: str) -> Patched:
        """The document with a take in use, or with every take over a clip out of use."""
        clip = self.view.clip_at(address)
        addition = Addition(self._reading, lambda path, _: str(path))
        if key != clip.media.key:
            raise CutError(f"the clip has no media {key!r}", where=str(self.path), fix="`takes list` shows them")
        if key == ORIGINAL:
            addition.rest(clip.record, clip.kind)
        else:
            addition.use(clip)
        return self._patched(addition.edits, addition.losses)

    def write_marks(self, states: Mapping[Marker, MarkState]) -> Patched:
        """The document with the colour of each mark saying its state, and a list of them for Avid's Markers window."""
        colours, lines = [], []
        for marker, state in states.items():
            if not 0 <= marker.at < len(self._reading.events):
                continue
            event = self._reading.events[marker.at]
            colour = COLOURS.get(state, "")
            if colour and colour.upper() != marker.colour:
                colours.append([event.slot, event.number, colour])
            said = (colour or event.colour or "Red").lower()
            text = f"otio-retake {state}: {event.comment}"
            lines.append(Line(event.user, self.view.timecode(event.record), event.track, said, text, event.length))
        return self._patched({"colours": colours}, Losses(), (), lines)

    def _patched(
        self,
        edits: dict[str, Any],
        losses: Losses,
        added: tuple[tuple[Address, str, str], ...] = (),
        lines: Iterable[Line] = (),
    ) -> Patched:
        """Edits done; without any, the document as it is, byte for byte."""
        content = self._content
        if any(edits.values()):
            content, lost = patched(self.path, content, edits)
            losses.left_out.extend(lost)
        listed = marker_list(lines)
        return Patched(content, added, losses, ((ENDING, listed),) if listed else ())
