"""A cut as every form gives it: tracks of clips in exact record frames, markers, and what each clip plays.

The words are OpenTimelineIO's. Positions that a file wrote as floats are kept as `Instant`, a value with the rate as
written, and become fractions of frames where they are used. Record positions count frames of the cut from its start.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ..errors import Problem
from ..rates import drops, exact_rate, parse_timecode, settle, timecode, to_frames

NAMESPACE = "otio_retake"
"""The key under which everything of ours stands in a file's metadata."""

TAKE_KEY = "retake.v"
"""How the key of a media reference of ours begins."""

Exact = Fraction | int

MediaKind = Literal["file", "sequence", "generator", "missing", "unknown"]


class Instant(NamedTuple):
    """A position or a length as a file wrote it: frames, and frames a second; fractions where the file has those."""

    value: float | Fraction
    rate: float | Fraction

    def at(self, rate: Fraction) -> Fraction:
        """The same in frames at the exact ``rate``."""
        return to_frames(self.value, self.rate, rate)

    @property
    def exact_rate(self) -> Fraction:
        """The exact rate that the written one stands for."""
        return exact_rate(self.rate)


class Address(NamedTuple):
    """Where an item stands in its document: track, then item, both from 0."""

    track: int
    item: int


@dataclass(frozen=True, slots=True)
class Media:
    """One media reference of a clip. ``start`` and ``duration`` are its available range, None where not written."""

    key: str
    kind: MediaKind
    name: str
    url: str
    start: Instant | None
    duration: Instant | None
    metadata: Mapping[str, Any] = field(repr=False)
    names: tuple[str, ...] = ()
    """Other names that its file may go by, where a form names media by clip and reel: the likeliest first."""

    @property
    def ours(self) -> Mapping[str, Any] | None:
        """What we wrote into a take of ours; None for anything else."""
        found = self.metadata.get(NAMESPACE)
        return found if isinstance(found, Mapping) else None


@dataclass(frozen=True, slots=True)
class Speed:
    """How a clip runs: source frames a record frame at equal rates. ``refused`` says why it cannot be served."""

    scalar: Fraction = Fraction(1)
    refused: str = ""
    warning: str = ""
    fix: str = ""
    """What to do about what is refused, where it is not the usual."""
    ask: str = ""
    """Why nobody but the editor knows that it runs at normal speed: nothing is ordered until a mark says so."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The source of a clip as a form writes it that knows timecode only: it counts at the rate of the media itself.

    ``speeds`` are what a speed that stands beside it may mean, the likeliest first; without any, lengths must tell.
    """

    first: str
    end: str
    drop: bool = False
    speeds: tuple[Fraction, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """A stretch of a clip's source as its file counts it (timecode included): frames at ``rate``, as written."""

    first: Fraction
    end: Fraction
    rate: float | Fraction

    def at(self, rate: Fraction) -> tuple[Fraction, Fraction]:
        """First and end in frames at the exact ``rate``."""
        if exact_rate(self.rate) == rate:
            return settle(self.first), settle(self.end)
        scale = Fraction(1)
        one = to_frames(1_000_000.0, self.rate, rate)
        scale = one / 1_000_000
        return settle(self.first * scale), settle(self.end * scale)

    def cut(self, other: Reach) -> Reach | None:
        """What both hold; None where that is nothing."""
        first, end = max(self.first, other.first), min(self.end, other.end)
        return Reach(first, end, self.rate) if first < end else None


@dataclass(frozen=True, slots=True)
class Marker:
    """One marker as an editor left it. ``start`` and ``duration`` are in the space that ``owner`` names.

    ``clip``: the clip's source, or from the clip's own first frame where ``relative``; where ``retimed``, a source
    that is counted as the clip plays it. ``record``: frames of the cut.
    """

    owner: Literal["clip", "record"]
    name: str
    note: str
    colour: str
    start: Instant
    duration: Instant
    address: Address | None
    place: str
    relative: bool = False
    retimed: bool = False
    whole: bool = False
    ident: str = ""
    at: int = -1
    """Where the marker stands in its document, as the form counts places; -1 where it cannot be written to."""
    doubt: str = ""
    """Why nobody knows which of two stretches it covers; ``start`` is then the likelier one."""
    fix: str = ""
    """What to do about that."""


@dataclass(frozen=True)
class Clip:
    """One clip on a track. ``record`` is where it lies in the cut, ``overlap`` how much of it is in transitions.

    ``lead`` is how many record frames more its transitions need, before and after; ``opening`` the record frames that
    a trimmed track lets through.
    """

    address: Address
    kind: Literal["Video", "Audio"]
    name: str
    enabled: bool
    record: tuple[Exact, Exact]
    source: Instant
    speed: Speed
    rate: Fraction
    media: Media
    takes: tuple[Media, ...]
    active: str
    markers: tuple[Marker, ...]
    overlap: tuple[Exact, Exact] = (0, 0)
    lead: tuple[Exact, Exact] = (0, 0)
    link: str = ""
    channels: tuple[int, ...] = ()
    see_through: str = ""
    placed: Mapping[str, Any] | None = field(default=None, repr=False)
    track_name: str = ""
    opening: tuple[Exact, Exact] | None = None
    beside: bool = True
    """Whether the form has a place for takes at the clip itself; otherwise they stand on a track above."""
    laid_by_time: bool = False
    """Whether its editor makes the length of a take above it by time, rounded down (see `laying`)."""
    labels: Labels | None = None
    """The source as timecode, where the form gives no more; ``source`` is then what it means at the likeliest rate."""

    def source_of(self, first: Exact, end: Exact) -> Reach:
        """The source that record frames ``[first, end)`` of the cut show."""
        unit = exact_rate(self.source.rate)
        step = unit / self.rate * self.speed.scalar
        start = Fraction(self.source.value)
        zero = self.record[0]
        return Reach(start + (first - zero) * step, start + (end - zero) * step, self.source.rate)

    @property
    def visible(self) -> tuple[Exact, Exact]:
        """Record frames that show nothing but this clip: its range without the overlaps, as its track lets through."""
        first, end = self.record[0] + self.overlap[0], self.record[1] - self.overlap[1]
        if self.opening is None:
            return first, end
        first, end = max(first, self.opening[0]), min(end, self.opening[1])
        return first, max(first, end)

    @property
    def shown(self) -> Reach:
        """The source of what is visible."""
        first, end = self.visible
        return self.source_of(first, max(first, end))

    @property
    def needed(self) -> Reach:
        """The source that the cut needs of this clip: its range and what its transitions take beyond it."""
        return self.source_of(self.record[0] - self.lead[0], self.record[1] + self.lead[1])

    def reach_of(self, marker: Marker) -> Reach:
        """The source that a marker on this clip covers; empty for a point."""
        unit = exact_rate(self.source.rate)
        zero, speed = Fraction(self.source.value), self.speed.scalar
        start, length = marker.start.at(unit), marker.duration.at(unit)
        if marker.whole:
            start, length = zero, Fraction(0)
        elif marker.relative:
            start, length = zero + start * speed, length * speed
        elif marker.retimed and speed != 1:
            # Resolve counts the source of a retimed clip as the clip plays it (seen in one real file).
            begins = self.media.start.at(unit) if self.media.start else Fraction(0)
            start = zero + (start - begins - (zero - begins) / speed) * speed
            length *= speed
        return Reach(start, start + length, self.source.rate)

    def record_of(self, source: Fraction) -> Fraction:
        """The record frame at which a source position, counted as in `Reach`, is shown."""
        unit = exact_rate(self.source.rate)
        step = unit / self.rate * self.speed.scalar
        return self.record[0] + (source - Fraction(self.source.value)) / step


@dataclass(frozen=True)
class Track:
    """One track; ``items`` counts everything on it, gaps and transitions too."""

    index: int
    kind: str
    name: str
    enabled: bool
    clips: tuple[Clip, ...]
    items: int
    end: Exact

    @cached_property
    def _starts(self) -> list[Exact]:
        return [clip.record[0] for clip in self.clips]

    def between(self, first: Exact, end: Exact) -> Iterator[Clip]:
        """The clips that lie under record frames ``[first, end)``."""
        at = max(bisect_right(self._starts, first) - 1, 0)
        for clip in self.clips[at:]:
            if clip.record[0] >= end:
                return
            if clip.record[1] > first:
                yield clip


@dataclass(frozen=True)
class View:
    """A whole cut, read. ``start`` is the record frame that its first frame is labelled with."""

    path: Path
    form: str
    writer: str
    name: str
    rate: Fraction
    written_rate: float
    start: Fraction
    tracks: tuple[Track, ...]
    markers: tuple[Marker, ...]
    remarks: tuple[Problem, ...] = ()
    origin: Exact = 0
    """Where record frame 0 is in the tracks' own time: later than 0 in a cut whose stack is trimmed."""
    top_first: bool = False
    """Whether the file has its topmost track first, as Kdenlive writes them; otherwise last, as OpenTimelineIO says."""
    counts_drop: bool | None = None
    """Whether the file says that its timecode is drop-frame; None where it says nothing."""
    rate_guessed: bool = False
    """Whether the form does not say the rate: its media may know better."""

    @cached_property
    def drop(self) -> bool:
        """Whether timecode is counted drop-frame: as the file or its start label says, else as is usual at the rate."""
        if not drops(self.rate):
            return False
        if self.counts_drop is not None:
            return self.counts_drop
        start = round(self.start)
        rounds = [label[-5:-2] + label[-2:] for label in (timecode(start, self.rate, drop=d) for d in (True, False))]
        dropped, straight = (label.replace(";", ":") for label in rounds)
        if dropped == "00:00":
            return True
        return straight != "00:00" or start == 0

    def timecode(self, record: Exact) -> str:
        """The label of a record frame."""
        return timecode(math.floor(settle(Fraction(self.start + record))), self.rate, drop=self.drop)

    def frame_at(self, label: str) -> int:
        """The record frame that ``label`` names; in a drop-frame cut ``:`` before the frames means ``;``."""
        if self.drop:
            head, _, frames = label.strip().rpartition(":")
            label = f"{head};{frames}" if head.count(":") == 2 else label
        return int(parse_timecode(label, self.rate)[0] - self.start)

    def clips(self) -> Iterator[Clip]:
        """Every clip, track by track from the bottom."""
        for track in self.tracks:
            yield from track.clips

    def clip_at(self, address: Address) -> Clip:
        """The clip at ``address``."""
        return self._by_address[address]

    @cached_property
    def _by_address(self) -> dict[Address, Clip]:
        return {clip.address: clip for clip in self.clips()}

    @cached_property
    def linked(self) -> dict[str, list[Clip]]:
        """Clips by the link that their editor gave them."""
        groups: dict[str, list[Clip]] = {}
        for clip in self.clips():
            if clip.link:
                groups.setdefault(clip.link, []).append(clip)
        return groups
