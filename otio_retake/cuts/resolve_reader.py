"""Reads a snapshot of a Resolve timeline as a cut: its items are clips, with their markers and takes.

Positions of items are absolute and count the start timecode; in the cut they count from the timeline's first frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from ..errors import CutError
from ..legible import one_line
from .cut import TRACK_NAME
from .model import Address, Clip, Exact, Instant, Marker, Media, Speed, Track, View
from .otio_editors import see_through
from .resolve_asked import Asked, markers_of
from .resolve_markers import Counting, Home, MarkerReader
from .resolve_origins import Origins
from .resolve_plays import Plays, Pool, plays, pool_of, sound_plays, timeline_rate
from .resolve_snapshot import RawItem, RawMarker, RawTrack, Snapshot

_OURS = re.compile(rf"{TRACK_NAME}( \d+)?")


@dataclass(frozen=True)
class Reading:
    """A snapshot as a cut; which item each clip is, and where each of its markers stands."""

    view: View
    items: dict[Address, RawItem]
    tracks: dict[Address, RawTrack]
    homes: tuple[Home, ...]
    pools: dict[str, Pool]
    originals: dict[Address, tuple[str, int]]
    """The media and the first frame of each clip's original, whatever is seen there; not where nothing says it."""

    @property
    def addresses(self) -> dict[str, Address]:
        """The clips by their items' ids."""
        return {item.id: address for address, item in self.items.items()}


def read_view(path: Path, snapshot: Snapshot, asked: tuple[Asked, ...] = ()) -> Reading:
    """The cut that a snapshot holds, with what was asked on the desk. Raises ``CutError``."""
    return _Reader(path, snapshot).read(asked)


class _Reader:
    def __init__(self, path: Path, snapshot: Snapshot) -> None:
        self._path = path
        self._snapshot = snapshot
        timeline = snapshot.timeline
        try:
            self._rate = timeline_rate(timeline.rate)
        except ValueError:
            raise CutError(
                f"{timeline.rate[:20]!r} is not a frame rate", where=f"{path}, timeline.rate",
                fix="open the timeline in Resolve, and run Retake again",
            ) from None  # fmt: skip
        self._start = timeline.start_frame
        self._markers = MarkerReader(self._rate, snapshot.resolve.clip_markers)
        self._pools = {ident: pool_of(raw) for ident, raw in snapshot.media.items()}
        self._links = _Links(snapshot)
        self._items: dict[Address, RawItem] = {}
        self._tracks: dict[Address, RawTrack] = {}
        self._originals: dict[Address, tuple[str, int]] = {}
        self._origins = Origins(path, snapshot.project.id)

    def read(self, asked: tuple[Asked, ...]) -> Reading:
        snapshot, timeline = self._snapshot, self._snapshot.timeline
        listed = sorted(snapshot.tracks, key=lambda track: (track.kind != "video", track.index))
        tracks = [self._track(raw, index) for index, raw in enumerate(listed)]
        addresses = {item.id: address for address, item in self._items.items()}
        on_clips, of_record = markers_of(asked, addresses, self._rate)
        tracks = [_with_asked(track, on_clips) for track in tracks]
        name = one_line(timeline.name) or "the timeline"
        view = View(
            path=self._path,
            form="rtksnap",
            writer="resolve",
            name=name,
            rate=self._rate,
            written_rate=float(self._rate),
            start=Fraction(self._start),
            tracks=tuple(tracks),
            markers=(*self._markers.on_timeline(snapshot.markers, "the timeline"), *of_record),
            counts_drop=self._drop,
        )
        return Reading(view, self._items, self._tracks, tuple(self._markers.homes), self._pools, self._originals)

    @property
    def _drop(self) -> bool:
        timeline = self._snapshot.timeline
        if timeline.drop is not None:
            return timeline.drop
        return "DF" in timeline.rate.upper().replace("NDF", "") or ";" in timeline.start_timecode

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _track(self, raw: RawTrack, index: int) -> Track:
        kind = "V" if raw.kind == "video" else "A"
        name = one_line(raw.name) or f"{kind}{raw.index}"
        ordered = sorted(raw.items, key=lambda item: (item.start, item.duration))
        fades = {id(item): item for item in ordered if self._is_transition(item, ordered)}
        ends = [(f.start - self._start, f.start + f.duration - self._start) for f in fades.values()]
        clips: list[Clip] = []
        for item in ordered:
            if id(item) in fades or item.duration <= 0:
                continue
            address = Address(index, len(clips))
            self._items[address], self._tracks[address] = item, raw
            make = self._picture if raw.kind == "video" else self._sound
            clips.append(_faded(make(item, raw, address, name), ends))
        end = max((clip.record[1] for clip in clips), default=0)
        return Track(index, "Video" if kind == "V" else "Audio", name, raw.enabled, tuple(clips), len(clips), end)

    def _is_transition(self, item: RawItem, others: list[RawItem]) -> bool:
        """Newer versions list transitions among the items: they say so, or lie over others of their track."""
        if "transition" in item.type.lower():
            return True
        if item.media or item.properties:
            return False
        end = item.start + item.duration
        return any(o is not item and o.media and o.start < end and item.start < o.start + o.duration for o in others)

    # --- clips ------------------------------------------------------------------------------------------------------

    def _picture(self, item: RawItem, track: RawTrack, address: Address, name: str) -> Clip:
        found = plays(item, self._pools, self._rate, self._origins)
        if found.original is not None:
            self._originals[address] = found.original
        called = one_line(item.name) or found.media.name or "unnamed"
        placed = found.placed and _OURS.fullmatch(track.name.strip()) is not None
        media = found.media
        through = self._see_through(item, called, found)
        made = self._clip(item, track, address, name, called, media, found.source, found.speed)
        return replace(
            made,
            takes=found.takes,
            active=found.active,
            markers=() if found.placed else tuple(self._markers_of(item, made, found)),
            see_through=through,
            placed=media.ours if placed else None,
            beside=found.beside and not through,
            laid_by_time=True,
        )

    def _sound(self, item: RawItem, track: RawTrack, address: Address, name: str) -> Clip:
        media, source, speed = sound_plays(item, self._pools, self._rate)
        called = one_line(item.name) or media.name or "unnamed"
        made = self._clip(item, track, address, name, called, media, source, speed)
        placed = media.ours if _OURS.fullmatch(track.name.strip()) else None
        left = item.left_offset or 0
        frame = Counting(source, Fraction(1), item.duration, (left,), source.at(self._rate) - left)
        markers = self._markers.on_item(item.id, item.markers, address, called, frame) if placed is None else []
        return replace(made, markers=tuple(markers), placed=placed, beside=False)

    def _clip(
        self, item: RawItem, track: RawTrack, address: Address, name: str, called: str, media: Media, source: Instant,
        speed: Speed,
    ) -> Clip:  # fmt: skip
        first = item.start - self._start
        return Clip(
            address=address,
            kind="Video" if track.kind == "video" else "Audio",
            name=called,
            enabled=track.enabled and item.enabled,
            record=(first, first + item.duration),
            source=source,
            speed=speed,
            rate=self._rate,
            media=media,
            takes=(),
            active=media.key,
            markers=(),
            link=self._links.of(item.id),
            track_name=name,
        )

    def _markers_of(self, item: RawItem, clip: Clip, found: Plays) -> list[Marker]:
        unit = clip.source.exact_rate
        step = unit / self._rate * clip.speed.scalar
        zero = clip.media.start.at(unit) if clip.media.start else Fraction(0)
        frame = Counting(clip.source, step, item.duration, found.offsets, zero)
        mine = self._markers.on_item(item.id, item.markers, clip.address, clip.name, frame)
        if clip.speed.refused:
            return [
                replace(m, whole=True) if _is_seen(item, raw) else m for m, raw in zip(mine, item.markers, strict=True)
            ]
        pool = self._pools.get(item.media)
        if pool is None or pool.is_take:
            return mine
        there = {(marker.start, marker.name, marker.note) for marker in mine}
        shared = self._markers.on_media(pool.raw.markers, clip.address, clip.name, frame)
        return mine + [marker for marker in shared if (marker.start, marker.name, marker.note) not in there]

    def _see_through(self, item: RawItem, name: str, found: Plays) -> str:
        """What has no picture of its own: titles, generators and adjustment clips have no clip in the media pool."""
        if item.media:
            return ""
        said = see_through(name, replace(found.media, kind="missing"), {})
        return said or "a generator or title"


def _is_seen(item: RawItem, raw: RawMarker) -> bool:
    """Whether a marker lies on what an item shows, where nobody knows how it counts: by any that is told."""
    starts = [first for first in (item.left_offset, item.source_start) if first is not None]
    return not starts or any(first <= raw.frame < first + item.duration for first in starts)


def _faded(clip: Clip, transitions: list[tuple[int, int]]) -> Clip:
    """``clip`` with what lies in transitions of it, and what they need beyond it, at its two ends."""
    overlap: list[Exact] = [0, 0]
    lead: list[Exact] = [0, 0]
    for first, end in transitions:
        if first <= clip.record[0] < end < clip.record[1]:
            overlap[0], lead[0] = end - clip.record[0], clip.record[0] - first
        elif clip.record[0] < first < clip.record[1] <= end:
            overlap[1], lead[1] = clip.record[1] - first, end - clip.record[1]
    return replace(clip, overlap=(overlap[0], overlap[1]), lead=(lead[0], lead[1])) if any(overlap) else clip


def _with_asked(track: Track, on_clips: dict[Address, list[Marker]]) -> Track:
    if not any(clip.address in on_clips for clip in track.clips):
        return track
    clips = (replace(clip, markers=(*clip.markers, *on_clips.get(clip.address, ()))) for clip in track.clips)
    return replace(track, clips=tuple(clips))


class _Links:
    """Which items are linked: each names those that it is linked with."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._parent: dict[str, str] = {}
        for track in snapshot.tracks:
            for item in track.items:
                for other in item.linked:
                    if other != item.id:
                        self._parent[self._root(other)] = self._root(item.id)

    def _root(self, ident: str) -> str:
        while (above := self._parent.setdefault(ident, ident)) != ident:
            self._parent[ident] = self._parent[above]
            ident = above
        return ident

    def of(self, ident: str) -> str:
        """What an item shares with those it is linked with; empty where it is linked with none."""
        return f"link:{self._root(ident)}" if ident in self._parent else ""
