"""Reads FCP 7 XML as Premiere, Resolve and Hiero write it: sequence, tracks, clips, their files, speeds and markers.

https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..errors import CutError, Level, Problem
from ..legible import one_line
from .model import NAMESPACE, TAKE_KEY, Address, Clip, Exact, Instant, Marker, Media, MediaKind, Speed, Track, View
from .otio_editors import see_through
from .xmeml_counting import (
    TICKS,
    Absurd,
    Counting,
    count_of,
    counts_drop,
    frames,
    label_of,
    number,
    rate_of,
    retime_of,
)
from .xmeml_markers import clip_marker, markers_of, record_marker, signed_clip
from .xmeml_sequence import Definitions, Lie, items_of, lies, name_of, sequences_of, tracks_of, whole
from .xml_document import Element, XmlDocument

Kind = Literal["video", "audio"]

_KINDS: tuple[Kind, Kind] = ("video", "audio")

_STILLS = re.compile(r"\.(exr|dpx|cin|tiff?|png|jpe?g|tga|ari|psd|bmp)$", re.IGNORECASE)
_MOVIE = re.compile(r"\.[a-z0-9]{2,4}$", re.IGNORECASE)
_ADJUSTMENT = re.compile(r"adjustment (clip|layer)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Laid:
    """A clip of the view and where it stands: its element, the file's, how it counts, its in and out."""

    element: Element
    file: Element | None
    counting: Counting
    span: tuple[Exact, Exact]


@dataclass(frozen=True, slots=True)
class Source:
    """The file that a clip plays: ``zero`` is what the first of its frames, ``rate`` a second, is labelled with."""

    element: Element | None
    rate: Fraction
    zero: Exact
    media: Media


@dataclass(frozen=True)
class Read:
    """A document that was read: its view, and the elements that it came from."""

    view: View
    sequence: Element
    definitions: Definitions
    laid: dict[Address, Laid]
    markers: dict[int, Element]


def read_sequence(document: XmlDocument) -> Read:
    """The sequence in ``document``. Raises ``CutError``."""
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._remarks: list[tuple[Exact | None, str, str, str, Level]] = []
        found = sequences_of(document.root)
        if not found:
            raise CutError(
                "there is no sequence in the file", where=str(document.path), fix="select the sequence and export it"
            )
        filled = [s for s in found if tracks_of(s, "video") or tracks_of(s, "audio")]
        self._sequence = filled[0] if filled else found[0]
        self._definitions = Definitions(document.root)
        self._writer = _writer_of(document.root, self._sequence)
        self._rate = self._find_rate()
        self._links = _Links(self._sequence)
        self._laid: dict[Address, Laid] = {}
        self._markers: dict[int, Element] = {}
        self._nested: set[int] = set()
        self._sources: dict[tuple[int, Fraction], Source] = {}
        for other in found:
            if other is not self._sequence:
                name = one_line(other.said("name")) or "a sequence without a name"
                what = f"the file holds another sequence, {name}; it is not read"
                self._remark(None, name, what, "export it by itself", "note")

    def read(self) -> Read:
        sequence, rate = self._sequence, self._rate
        listed = [(kind, k, t) for kind in _KINDS for k, t in enumerate(tracks_of(sequence, kind))]
        tracks = [self._track(element, kind, k, index) for index, (kind, k, element) in enumerate(listed)]
        name = one_line(sequence.said("name")) or "the sequence"
        with self._bounded(sequence):
            start = label_of(sequence, rate)
            markers = [
                self._kept(raw, record_marker(raw, rate, name, premiere=self._premiere)) for raw in markers_of(sequence)
            ]
        view = View(
            path=self._document.path,
            form="xmeml",
            writer=self._writer,
            name=name,
            rate=rate,
            written_rate=float(rate),
            start=Fraction(start),
            tracks=tuple(tracks),
            markers=tuple(markers),
            counts_drop=counts_drop(sequence),
        )
        remarks = tuple(
            Problem("" if at is None else view.timecode(at), clip, what, fix, level)
            for at, clip, what, fix, level in self._remarks
        )
        return Read(replace(view, remarks=remarks), sequence, self._definitions, self._laid, self._markers)

    @property
    def _premiere(self) -> bool:
        return self._writer == "premiere"

    def _find_rate(self) -> Fraction:
        """The sequence's rate: what it says, else what its timecode, its picture or its first clip says."""
        sequence = self._sequence
        holders = [
            sequence,
            sequence.first("timecode"),
            sequence.first("media", "video", "format", "samplecharacteristics"),
        ]
        holders += [item for track in tracks_of(sequence, "video") for item in items_of(track)[:1]]
        for holder in holders:
            found = rate_of(holder)
            if found is not None:
                return found
        raise CutError("the sequence does not say its frame rate", where=self._place(sequence), fix="export it again")

    # --- what is wrong ----------------------------------------------------------------------------------------------

    def _place(self, element: Element) -> str:
        return f"{self._document.path}, line {self._document.line_of(element)}"

    def _remark(self, at: Exact | None, clip: str, what: str, fix: str, level: Level = "warning") -> None:
        self._remarks.append((at, clip, what, fix, level))

    @contextmanager
    def _bounded(self, element: Element) -> Iterator[None]:
        """Raises ``CutError`` where a number in an element is out of all bounds."""
        try:
            yield
        except Absurd as error:
            fix = "mend it in the editor and export it again"
            raise CutError(str(error), where=self._place(element), fix=fix) from None

    def _kept(self, raw: Element, marker: Marker) -> Marker:
        self._markers[raw.start] = raw
        return marker

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _track(self, element: Element, kind: Kind, number: int, index: int) -> Track:
        name = name_of(element, kind, number)
        enabled = element.said("enabled").upper() != "FALSE"
        items = items_of(element)
        clips: list[Clip] = []
        with self._bounded(element):
            lengths = {k: length for k, item in enumerate(items) if (length := self._by_span(item)) is not None}
            for k, lie in lies(items, self._rate, lengths):
                if lie is not None:
                    clips.append(self._clip(items[k], Address(index, k), kind, lie, name, enabled))
                    continue
                what = "it does not say where it lies in the cut; it is left alone"
                self._remark(None, one_line(items[k].said("name")) or name, what, "export the sequence again")
        clips.sort(key=lambda clip: clip.record)
        end = max((clip.record[1] for clip in clips), default=0)
        return Track(index, "Video" if kind == "video" else "Audio", name, enabled, tuple(clips), len(items), end)

    def _by_span(self, item: Element) -> Exact | None:
        """How long an item plays by its in and out, where its start or end is not said."""
        if frames(item, "start") is not None and frames(item, "end") is not None:
            return None
        begins, ends = frames(item, "in"), frames(item, "out")
        if begins is None or ends is None:
            return None
        return whole((ends - begins) * self._rate / (rate_of(item) or self._rate))

    # --- clips ------------------------------------------------------------------------------------------------------

    def _clip(self, item: Element, address: Address, kind: Kind, lie: Lie, track: str, enabled: bool) -> Clip:
        unit = rate_of(item) or self._rate
        source = self._source(item.first("file"), unit)
        name = one_line(item.said("name")) or source.media.name or "unnamed"
        begins, ends = frames(item, "in"), frames(item, "out")
        retime = retime_of(item, begins)
        speed = retime.speed
        inside = self._refused(item)
        if inside:
            speed = Speed(refused=inside)
        elif begins is None and item.name == "clipitem":
            speed = Speed(refused="the cut does not say which frames of its media the clip plays")
        span = (whole(begins or 0), whole(ends if ends is not None else (begins or 0)))
        length = lie.full[1] - lie.full[0] if lie.said else None
        counting, doubt = count_of(replace(retime, speed=speed), unit, source.rate, self._rate, length, span)
        if doubt and not speed.refused and item.name == "clipitem":
            self._remark(lie.record[0], name, doubt, "check that its first frame is right")
        counting = self._settled(item, counting, span, name, lie.record[0])
        first = source.zero + counting.source(span[0])
        if lie.record[0] != lie.full[0]:
            first += (lie.record[0] - lie.full[0]) * source.rate / self._rate * counting.scalar
        placed, media = signed_clip(item), source.media
        if placed is not None:
            media = replace(media, key=f"{TAKE_KEY}{placed['version']:03}", metadata={NAMESPACE: placed})
        laid = Laid(item, source.element, counting, span)
        self._laid[address] = laid
        window = span if ends is not None and not inside else None
        markers = self._clip_markers(item, laid, source.zero, window, address, name, lie.record[0])
        if inside:
            markers += self._markers_inside(item, laid, address, name)
        return Clip(
            address=address,
            kind="Video" if kind == "video" else "Audio",
            name=name,
            enabled=enabled and item.said("enabled").upper() != "FALSE",
            record=lie.record,
            source=Instant(first, source.rate),
            speed=speed,
            rate=self._rate,
            media=media,
            takes=(),
            active=media.key,
            markers=tuple(markers),
            overlap=lie.overlap,
            lead=lie.lead,
            link=self._links.of(item.get("id")),
            channels=_channels(item) if kind == "audio" else (),
            see_through=_see_through(item, source.element, name, media),
            placed=placed,
            track_name=track,
            beside=False,
        )

    def _refused(self, item: Element) -> str:
        """Why a clip that plays no file of its own cannot be served."""
        if item.first("sequence") is not None:
            return "this is a nested sequence"
        if item.first("multiclip") is not None:
            return "the clip is a multicam clip"
        return ""

    def _settled(
        self, item: Element, counting: Counting, span: tuple[Exact, Exact], name: str, record: Exact
    ) -> Counting:
        """``counting`` with what else says where the in point is: a subclip's offset, Premiere's exact position."""
        sub = item.first("subclipinfo")
        offset = frames(sub, "startoffset") if sub is not None else None
        if offset:
            what = f"the clip is a subclip: its frames count from frame {float(offset):g} of the media"
            self._remark(record, name, what, "check that its first frame is right")
            counting = replace(counting, shift=counting.shift + offset * counting.file / counting.unit)
        ticks = number(item.said("pproTicksIn"))
        if ticks is not None and not offset and counting.scalar == 1 and counting.unit != counting.file:
            beside = ticks * counting.file / TICKS - counting.source(span[0])
            # In and out are whole frames of the clip; Premiere's own position is exact.
            if abs(beside) < counting.file / counting.unit:
                counting = replace(counting, shift=counting.shift + beside)
        return counting

    def _source(self, reference: Element | None, unit: Fraction) -> Source:
        """The file that an element names; one without a rate counts as its clip does."""
        if reference is None:
            return Source(None, unit, 0, Media("", "unknown", "", "", None, None, {}))
        file = self._definitions.of(reference)
        found = self._sources.get((file.start, unit))
        if found is None:
            rate = rate_of(file) or unit
            zero = label_of(file, rate)
            found = self._sources[file.start, unit] = Source(file, rate, zero, _media(file, rate, zero))
        return found

    def _clip_markers(
        self,
        item: Element,
        laid: Laid,
        zero: Exact,
        window: tuple[Exact, Exact] | None,
        address: Address,
        name: str,
        record: Exact,
    ) -> list[Marker]:
        found = []
        for raw in markers_of(item):
            marker, straight = clip_marker(raw, laid.counting, zero, window, address, name, premiere=self._premiere)
            if straight:
                what = "a marker lies outside the clip as it plays, but within its source: taken for the source's"
                self._remark(record, name, what, "check that it asks for the right frames")
            found.append(self._kept(raw, marker))
        return found

    def _markers_inside(self, item: Element, laid: Laid, address: Address, name: str) -> list[Marker]:
        """The markers inside a nested sequence, once for each such sequence: they are said to be out of reach."""
        reference = item.first("sequence")
        inner = self._definitions.of(reference) if reference is not None else None
        if inner is None or inner.start in self._nested:
            return []
        self._nested.add(inner.start)
        return [
            self._kept(
                raw, clip_marker(raw, laid.counting, Fraction(0), None, address, name, premiere=self._premiere)[0]
            )
            for raw in inner.every("marker")
        ]


class _Links:
    """Which clips are linked: each names all that it is linked with, itself too."""

    def __init__(self, sequence: Element) -> None:
        self._parent: dict[str, str] = {}
        for kind in ("video", "audio"):
            for track in tracks_of(sequence, kind):
                for item in track.all("clipitem"):
                    own = item.get("id")
                    for link in item.all("link"):
                        other = link.said("linkclipref")
                        if own and other and other != own:
                            self._parent[self._root(other)] = self._root(own)

    def _root(self, ident: str) -> str:
        while (above := self._parent.setdefault(ident, ident)) != ident:
            self._parent[ident] = self._parent[above]
            ident = above
        return ident

    def of(self, ident: str) -> str:
        """What a clip shares with those it is linked with; empty where it is linked with none."""
        return f"link:{self._root(ident)}" if ident in self._parent else ""


def _writer_of(root: Element, sequence: Element) -> str:
    if any(name.startswith(("TL.", "MZ.")) for name in sequence.attributes):
        return "premiere"
    if sequence.said("name").endswith("(Resolve)"):
        return "resolve"
    first = next((item for track in tracks_of(sequence, "video") for item in items_of(track)), None)
    if first is not None and first.first("pproTicksIn") is not None:
        return "premiere"
    if first is not None and "." in first.said("duration") and not first.get("id"):
        return "hiero"
    return "xmeml"


def _media(file: Element, rate: Fraction, zero: Exact) -> Media:
    url = file.said("pathurl")
    kind: MediaKind = "file" if url else "missing"
    if not url and file.first("mediaSource") is not None and not _is_offline(file):
        kind = "generator"
    length = frames(file, "duration")
    if kind == "file" and _STILLS.search(url) and length is not None and length > 1:
        kind = "sequence"
    duration = Instant(length, rate) if length is not None else None
    return Media(file.get("id") or "file", kind, one_line(file.said("name")), url, Instant(zero, rate), duration, {})


def _channels(item: Element) -> tuple[int, ...]:
    """The channels of its file that a sound clip plays, from 0."""
    found = []
    for track in item.all("sourcetrack"):
        index = number(track.said("trackindex"))
        if index is not None and 1 <= index <= 64:
            found.append(int(index) - 1)
    return tuple(found)


def _is_offline(file: Element) -> bool:
    """Whether a file is Resolve's stand-in for media that it has lost."""
    return file.said("name") == "Slug"


def _see_through(item: Element, file: Element | None, name: str, media: Media) -> str:
    if item.name == "generatoritem":
        return "a generator or title"
    if item.first("sequence") is not None or item.first("multiclip") is not None or media.kind in ("file", "sequence"):
        return ""
    if _ADJUSTMENT.search(name):
        return "an adjustment layer"
    effects = {holder.said("effect", "effectid") for holder in item.all("filter")}
    if "GraphicAndType" in effects or media.kind == "generator":
        return "a generator or title"
    if file is not None and _is_offline(file):
        return "" if _MOVIE.search(name) else "a generator or title"
    return see_through(name, media, {})
