"""How each editor wants a take above in an .otio file: its path, its ranges, its marker, what it keeps of it.

What stands here was read in files that the editors wrote and in the sources of their importers, where those are open:
Resolve 18.5+, Premiere 25.6+, Hiero and Nuke Studio 13.2+, Kdenlive 25.04+, Flame 2027.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..rates import BadTimecode, drops, exact_rate, nominal, parse_timecode
from .cut import Editor
from .model import Clip, Instant, View
from .otio_editors import Raw, section_of
from .paths import file_name, is_absolute, spellings
from .signature import signature

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile


class Shape:
    """A take as OpenTimelineIO itself describes it; editors differ from it in what they override."""

    editor: Editor = ""
    top_first = False
    """Whether the topmost track stands first in the file."""
    colour = "PURPLE"

    def __init__(self, view: View) -> None:
        self.view = view
        self.rate = view.written_rate

    def written(self, lower: str) -> str:
        """A path that the take's is spelled like, given how the media of the clip below is written."""
        return lower

    def counted(self, placement: Placement) -> Placement:
        """``placement`` with the file's frames counted as the cut counts those of the clip below.

        An editor that did not write the cut goes by the file's own timecode.
        """
        spec = placement.take.spec
        if not self.editor or self.editor == self.view.writer or not spec.timecode:
            return placement
        try:
            label = Fraction(parse_timecode(spec.timecode, spec.rate)[0])
        except BadTimecode:
            return placement
        begins, length = placement.available
        into = (placement.source - begins) * len(spec.span) / length
        return replace(placement, clock=spec.rate, available=(label, Fraction(len(spec.span))), source=label + into)

    def source(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """Where the clip's range begins and how long it is: as long as it plays, counted like the clip below."""
        first, end = placement.record
        start = placement.source * lower.source.exact_rate / placement.clock
        return Instant(float(start), lower.source.rate), Instant(float(end - first), self.rate)

    def available(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """The file's range, at the rate that the range of the file below is written at."""
        written = (lower.media.start.rate, self.rate) if lower.media.start else (self.rate,)
        rate = next((r for r in written if exact_rate(r) == placement.clock), float(placement.clock))
        start, length = placement.available
        return Instant(float(start), rate), Instant(float(length), rate)

    def marker(self, placement: Placement, lower: Clip) -> Raw:
        """The one marker of a take: what it is called, and who it is."""
        start, _ = self.source(placement, lower)
        return self._marker(placement.take, start, comment=signature(placement.take))

    def _marker(
        self,
        take: TakeFile,
        start: Instant,
        length: int = 1,
        *,
        name: str | None = None,
        comment: str = "",
        metadata: Raw | None = None,
    ) -> Raw:
        return {
            "OTIO_SCHEMA": "Marker.2",
            "metadata": metadata or {},
            "name": marker_name(take) if name is None else name,
            "color": self.colour,
            "marked_range": range_of(start, Instant(float(length), self.rate)),
            "comment": comment,
        }

    def _at(self, frames: Fraction) -> Instant:
        """A place in frames of the cut."""
        return Instant(float(frames), self.rate)

    def clip_metadata(self, number: int) -> Raw:
        """The editor's own section about a clip; ``number`` is one that no clip of the cut is linked by."""
        return {}

    def track_metadata(self, kind: str) -> Raw:
        """The editor's own section about a track."""
        return {}

    def media_metadata(self, take: TakeFile, lower: Mapping[str, Any], url: str) -> Raw:
        """What the editor keeps of a file; ``lower`` is what it keeps of the one below."""
        return {}

    def warnings(self, placements: list[Placement]) -> list[str]:
        """What somebody should know who imports the cut there."""
        return []


class Plain(Shape):
    """OpenTimelineIO itself, and what reads it as it is written."""


class Resolve(Shape):
    """Bare absolute paths, ranges in the timeline's rate, the marker's text in a note of its own."""

    editor: Editor = "resolve"

    def written(self, lower: str) -> str:
        """A bare absolute path: it does not find URLs, nor relative paths on Linux."""
        return _bare(lower)

    def marker(self, placement: Placement, lower: Clip) -> Raw:
        """Counted as the clip plays: under a speed it stands elsewhere than the clip's range begins."""
        scale = self.view.rate / placement.clock
        begins = placement.available[0]
        start = begins + (placement.source - begins) / placement.speed
        note = {"Resolve_OTIO": {"Keywords": [], "Note": signature(placement.take)}}
        return self._marker(placement.take, self._at(start * scale), metadata=note)

    def source(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """In the timeline's rate whatever the media's is, perhaps in fractions."""
        first, end = placement.record
        return self._at(placement.source * self.view.rate / placement.clock), self._at(end - first)

    def clip_metadata(self, number: int) -> Raw:
        """A section without a link: a take is on its own."""
        return {"Resolve_OTIO": {}}

    def track_metadata(self, kind: str) -> Raw:
        """Not locked; sound also says its kind."""
        sound = {"Audio Type": "Stereo", "Locked": False, "SoloOn": False}
        return {"Resolve_OTIO": sound if kind == "Audio" else {"Locked": False}}

    def warnings(self, placements: list[Placement]) -> list[str]:
        """Folders whose names it stumbles over."""
        strange = {str(p.take.path.parent) for p in placements if _strange(str(p.take.path.parent))}
        return [
            f"Resolve may not find takes in {folder}: keep # % ? | and letters beyond ASCII out of the folder's name"
            for folder in sorted(strange)
        ]


class Premiere(Shape):
    """File URLs, ranges that count the source, a link that no other clip has."""

    editor: Editor = "premiere"
    colour = "MAGENTA"

    def written(self, lower: str) -> str:
        """A percent-encoded URL."""
        return lower if lower[:5].lower() == "file:" else "file:///"

    def source(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """Frames of the source: a speed makes what is played of them shorter."""
        first, end = placement.record
        start = placement.source * self.view.rate / placement.clock
        return self._at(start), self._at((end - first) * placement.speed)

    def clip_metadata(self, number: int) -> Raw:
        """Clips of one link become one clip: each take has its own."""
        return {"PremierePro_OTIO": {"LinkID": str(number), "OriginalChannelGroupIndex": 0, "SourceClipIndex": 0}}

    def warnings(self, placements: list[Placement]) -> list[str]:
        """Nobody has seen whether it heeds `enabled`."""
        if all(placement.activate for placement in placements):
            return []
        return ["whether Premiere leaves takes switched off is not known: look at their track after importing"]


class Kdenlive(Shape):
    """Plain paths, tracks from the top down, markers from the clip's in point with all text in the comment."""

    editor: Editor = "kdenlive"
    top_first = True

    def counted(self, placement: Placement) -> Placement:
        """Its own ranges count from 0; what it reads is counted from a label, which is put in where it is written."""
        return placement

    def written(self, lower: str) -> str:
        """A plain path, relative to the cut where those of the cut are."""
        return lower if lower and not is_absolute(lower) else _bare(lower)

    def source(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """Its import takes the label of the file's first frame off again, read at the cut's rate."""
        first, end = placement.record
        into = (placement.source - placement.available[0]) * self.view.rate / placement.clock
        return self._at(self._label(placement.take) + into), self._at(end - first)

    def available(self, placement: Placement, lower: Clip) -> tuple[Instant, Instant]:
        """As its ranges are counted: from the label, in frames of the cut."""
        length = placement.available[1] * self.view.rate / placement.clock
        return self._at(Fraction(self._label(placement.take))), self._at(length)

    def _label(self, take: TakeFile) -> int:
        label, rate = take.spec.timecode, self.view.rate
        if ";" in label and not drops(rate):
            return 0
        try:
            return parse_timecode(label, rate)[0]
        except BadTimecode:
            return 0

    def marker(self, placement: Placement, lower: Clip) -> Raw:
        """A marker has no name there."""
        text = f"{marker_name(placement.take)}: {signature(placement.take)}"
        about = {"kdenlive": {"type": 0}}
        return self._marker(placement.take, Instant(0.0, self.rate), name="", comment=text, metadata=about)

    def warnings(self, placements: list[Placement]) -> list[str]:
        """It heeds `enabled` neither of clips nor of tracks."""
        if all(placement.activate for placement in placements):
            return []
        return ["Kdenlive plays what is switched off: hide the tracks called Retakes after importing"]


class Hiero(Shape):
    """Tags for markers, everything that is known of a file with its reference, versions by the file's name."""

    editor: Editor = "hiero"
    colour = "RED"

    def written(self, lower: str) -> str:
        """As the cut spells its own, but absolute."""
        return lower if is_absolute(lower) else "/"

    def marker(self, placement: Placement, lower: Clip) -> Raw:
        """A tag: no length, for the whole of its clip."""
        name = marker_name(placement.take)
        about = {
            "applieswhole": "1", "hiero_source_type": "TrackItem", "label": name, "note": signature(placement.take),
        }  # fmt: skip
        return self._marker(placement.take, Instant(0.0, self.rate), 0, metadata=about)

    def media_metadata(self, take: TakeFile, lower: Mapping[str, Any], url: str) -> Raw:
        """What it keeps of the file below, with what is different in the take."""
        spec = take.spec
        path = next(spellings(url), url)
        start = parse_timecode(spec.timecode, spec.rate)[0] if spec.timecode else 0
        kept = {k: v for k, v in lower.items() if k.startswith(("clip.", "foundry.", "media.input."))}
        dropped = ("foundry.source.umid", "foundry.source.filesize", "media.input.filesize", "media.input.node_hash")
        own = {
            "foundry.source.duration": str(len(spec.span)),
            "foundry.source.filename": file_name(url),
            "foundry.source.framerate": _short(spec.rate),
            "foundry.source.path": path,
            "foundry.source.reelID": take.name,
            "foundry.source.shortfilename": file_name(url),
            "foundry.source.startTC": spec.timecode,
            "foundry.source.starttime": str(start),
            "foundry.source.timecode": str(start),
            "foundry.timeline.duration": str(len(spec.span)),
            "foundry.timeline.framerate": _short(spec.rate),
        }
        if "media.input.timecode" in kept:
            own["media.input.timecode"] = spec.timecode
        if "media.input.filename" in kept:
            own["media.input.filename"] = path
        return {**{k: v for k, v in kept.items() if k not in dropped}, **own}


class Flame(Shape):
    """Plain: it leaves out effects that are not its own, and has its own translation of paths."""

    editor: Editor = "flame"
    colour = "CYAN"

    def written(self, lower: str) -> str:
        """As the cut spells its own, but absolute."""
        return lower if is_absolute(lower) else "/"


SHAPES: Mapping[str, type[Shape]] = {
    shape.editor: shape for shape in (Plain, Resolve, Premiere, Kdenlive, Hiero, Flame)
}


def shape_of(editor: Editor, view: View) -> Shape:
    """The shape that ``editor`` wants; without one, that of the editor that wrote the cut."""
    return SHAPES.get(editor or view.writer, Plain)(view)


def marker_name(take: TakeFile) -> str:
    """What a take is called where a person sees it."""
    return f"retake v{take.version:03}"


def range_of(start: Instant, length: Instant) -> Raw:
    """A TimeRange."""
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": length.rate, "value": length.value},
        "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": start.rate, "value": start.value},
    }


def highest_link(items: list[Any]) -> int:
    """The highest number that Premiere has linked any of ``items`` by."""
    said = (str(section_of(item, "metadata", "PremierePro_OTIO").get("LinkID", "")) for item in items)
    return max((int(link) for link in said if link.isdecimal()), default=0)


def _bare(lower: str) -> str:
    """``lower`` as a path without a scheme: what an absolute one is spelled like, with its own slashes."""
    if "\\" in lower and lower[:5].lower() != "file:":
        return lower
    bare = next(spellings(lower), "/") if is_absolute(lower) else "/"
    return bare if is_absolute(bare) else "/"


def _strange(path: str) -> bool:
    return not path.isascii() or any(mark in path for mark in "#%?|")


def _short(rate: Fraction) -> str:
    """A rate as Hiero writes it in text."""
    return str(nominal(rate)) if rate.denominator == 1 else f"{float(rate):.3f}".rstrip("0")
