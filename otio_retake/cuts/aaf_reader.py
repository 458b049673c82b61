"""Reads the outline of an AAF as Media Composer means it: tracks, clips with their exact sources, and markers.

AAF object specification: https://www.amwa.tv/specifications. Avid writes several picture tracks as one slot with a
scope of several sequences, the lowest first, a "scope reference" where a track is empty; or one slot for each track.
Markers are events on slots of their own, with the slot and the track that they belong to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from ..errors import CutError, Problem
from ..legible import one_line
from ..rates import settle
from .aaf_belonging import ORIGINAL, link_recorders, place_takes
from .aaf_effects import Clear, Step, clear
from .aaf_events import LONGEST, Event, Events, Lane
from .aaf_mobs import Lost, Mobs, Source, converted, rate_of, start_of
from .model import NAMESPACE, TAKE_KEY, Address, Clip, Exact, Instant, Media, Speed, Track, View
from .paths import file_name
from .signature import TAKE_FILE, signed

Outline = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip stands in the document: the slot, and the way to its component there.

    ``inner`` leads from the component through its ``effects`` to what it plays, ``muted`` to what mutes it. ``over``
    are the effects of its whole track, ``length`` is the component's own, ``master`` the master clip, if there is one.
    """

    slot: int
    path: tuple[Step, ...]
    inner: tuple[Step, ...]
    effects: tuple[str, ...]
    over: tuple[str, ...]
    warps: int
    length: int
    muted: tuple[Step, ...] | None
    size: tuple[int, int] | None
    master: str
    rate: Fraction
    before: int
    """How far into the component the clip's first frame is: what a transition takes of it."""


@dataclass(frozen=True)
class Reading:
    """A sequence, read, with the way back into the document."""

    view: View
    places: dict[Address, Place]
    events: tuple[Event, ...]
    top: int
    """The number of the highest picture track."""
    lowest_sound: int
    """The number of the last sound track."""
    length: int
    """The sequence's length, in its own edit units."""
    edit_rate: str
    """Its edit rate as written, ``n/d``."""
    free_slot: int
    """The first number of a slot that no slot has, and no marker means."""
    slots: dict[int, int]
    """The slot of each track, by the track's index."""


def read_sequence(path: Path, outline: Outline) -> Reading:
    """The sequence of an outline. Raises ``CutError`` for positions that make no sense."""
    try:
        return _Reader(path, outline).reading()
    except Lost as reason:
        raise CutError(str(reason), where=str(path), fix="export the sequence again as AAF") from None


class _Reader:
    def __init__(self, path: Path, outline: Outline) -> None:
        self._path = path
        self._outline = outline
        self._mobs = Mobs(outline["mobs"])
        self._sequence: Outline = outline["mobs"][outline["sequence"]]
        self._remarks: list[Problem] = []
        self._places: dict[Address, Place] = {}

    def reading(self) -> Reading:
        lanes = list(self._lanes())
        pictures = [lane for lane in lanes if lane.kind == "Video"]
        if not lanes:
            raise CutError(
                "the sequence has no tracks of picture or sound", where=str(self._path), fix="export it again"
            )
        first = (pictures or lanes)[0]
        self._rate = first.rate
        start = start_of(self._sequence)
        shift = converted(start[0], start[1], self._rate) if start else Fraction(0)
        view = View(
            path=self._path,
            form="aaf",
            writer="avid" if self._outline["product"].startswith("Avid") else "aaf",
            name=one_line(self._sequence["name"]),
            rate=self._rate,
            written_rate=float(self._rate),
            start=shift,
            tracks=(),
            markers=(),
            counts_drop=start[2] if start else None,
        )
        self._view = view
        for index, lane in enumerate(lanes):
            self._read(lane, index)
        link_recorders(lanes)
        place_takes(lanes)
        events = Events(self._rate, lanes)
        for slot in self._sequence["slots"]:
            events.read(slot)
        tracks = tuple(self._track(lane, index) for index, lane in enumerate(lanes))
        view = replace(view, tracks=tracks, markers=tuple(events.loose), remarks=tuple(self._remarks))
        sounds = [lane.number for lane in lanes if lane.kind == "Audio"]
        return Reading(
            view=view,
            places=self._places,
            events=tuple(events.all),
            top=max((lane.number for lane in pictures), default=0),
            lowest_sound=max(sounds, default=0),
            length=max(int(settle(Fraction(lane.end))) for lane in pictures or lanes),
            edit_rate=first.slot["rate"],
            free_slot=self._free_slot(),
            slots={index: lane.slot["id"] for index, lane in enumerate(lanes) if not lane.scoped},
        )

    def _free_slot(self) -> int:
        """Avid numbers tracks from 1 and markers from 1000; a track that was deleted may still be meant by a marker."""
        taken = {slot["id"] for slot in self._sequence["slots"]}
        taken |= {ident for slot in self._sequence["slots"] for m in slot.get("markers", ()) for ident in m["slots"]}
        tracks = [slot["id"] for slot in self._sequence["slots"] if slot["is"] == "track"]
        ident = max(tracks, default=0) + 1
        while any(ident + more in taken for more in range(100)):
            ident += 1
        return ident

    def _remark(self, at: Exact, name: str, what: str, fix: str = "") -> None:
        self._remarks.append(Problem(self._view.timecode(at), name, what, fix, "warning"))

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _lanes(self) -> Iterator[Lane]:
        """Picture from the bottom, then sound. What is neither has no clips: timecode, edge code, master tracks."""
        for kind, name in (("Video", "Picture"), ("Audio", "Sound")):
            slots = [slot for slot in self._sequence["slots"] if slot["is"] == "track" and slot["media"].endswith(name)]
            for slot in sorted(slots, key=lambda slot: slot["number"] or 0):
                yield from self._split(slot, "Video" if kind == "Video" else "Audio")

    def _split(self, slot: Outline, kind: Literal["Video", "Audio"]) -> Iterator[Lane]:
        letter, number, rate = kind[0], slot["number"] or 1, rate_of(slot)
        segment, path, effects = _through_effects(slot["segment"])
        if segment["is"] == "scope":
            for index, track in enumerate(segment["tracks"]):
                inner, more, names = _through_effects(track)
                parts = list(_parts(inner, (*path, ("tracks", index), *more)))
                at = number + index
                yield Lane(kind, slot, at, f"{letter}{at}", parts, rate, (*effects, *names), scoped=True)
            return
        name = one_line(slot["name"]) or f"{letter}{number}"
        yield Lane(kind, slot, number, name, list(_parts(segment, path)), rate, effects)

    def _track(self, lane: Lane, index: int) -> Track:
        return Track(index, lane.kind, lane.name, True, tuple(lane.clips), len(lane.parts), lane.end)

    def _read(self, lane: Lane, index: int) -> None:
        """Clips lie one after the other; a transition is where two overlap, with the cut within it."""
        at = -lane.slot["origin"]
        parts = lane.parts
        for item, (segment, path) in enumerate(parts):
            length = segment["length"]
            if length < 0 or abs(at) > LONGEST or length > LONGEST:
                where = f"{self._path}, {lane.name}, item {item + 1}"
                raise CutError(f"a length of {length} frames makes no sense", where=where, fix="export it again")
            if segment["is"] == "transition":
                at -= length
                continue
            before = parts[item - 1][0] if item and parts[item - 1][0]["is"] == "transition" else None
            after = parts[item + 1][0] if item + 1 < len(parts) and parts[item + 1][0]["is"] == "transition" else None
            # A clip's share of a transition ends where the next one's begins: at the cut.
            head = _cut(before) if before else 0
            tail = after["length"] - _cut(after) if after else 0
            first, end = at + head, at + length - tail
            at += length
            if end <= first:
                continue
            found = clear(segment)
            if found.leaf is None and not (found.refused or found.see_through):
                continue
            address = Address(index, item)
            clip, source = self._clip(lane, address, found, first, end, head)
            overlap = (before["length"] - head if before else 0, _cut(after) if after else 0)
            lead = (head, tail)
            clip = replace(
                clip,
                overlap=(self._in_frames(overlap[0], lane), self._in_frames(overlap[1], lane)),
                lead=(self._in_frames(lead[0], lane), self._in_frames(lead[1], lane)),
            )
            lane.clips.append(clip)
            self._places[address] = Place(
                slot=lane.slot["id"],
                path=path,
                inner=found.path,
                effects=found.effects,
                over=lane.effects,
                warps=found.warps,
                length=length,
                muted=found.muted,
                size=source.size if source else None,
                master=source.master if source else "",
                rate=lane.rate,
                before=head,
            )
        lane.end = self._in_frames(at, lane)

    def _in_frames(self, units: Exact, lane: Lane) -> Exact:
        if lane.rate == self._rate:
            return units
        frames = settle(Fraction(units) / lane.rate * self._rate)
        return frames.numerator if frames.denominator == 1 else frames

    # --- clips ------------------------------------------------------------------------------------------------------

    def _clip(
        self, lane: Lane, address: Address, found: Clear, first: int, end: int, into: int
    ) -> tuple[Clip, Source | None]:
        record = (self._in_frames(first, lane), self._in_frames(end, lane))
        source, lost = None, ""
        if found.leaf is not None:
            try:
                source = self._mobs.source(found.leaf, lane.rate, found.into + found.scalar * into)
            except Lost as reason:
                lost = str(reason)
        refused = found.refused or (lost if "nested" in lost or "master clip" in lost else "")
        if lost and not refused:
            self._remark(record[0], lane.name, lost, "relink it, or export with all its clips")
        name = one_line(source.name if source else "") or (found.effects[-1] if found.effects else "") or "unnamed"
        media = self._media(source, name, found)
        clip = Clip(
            address=address,
            kind=lane.kind,
            name=name,
            enabled=found.enabled,
            record=record,
            source=Instant(source.first, source.rate) if source else Instant(0, lane.rate),
            speed=Speed(found.scalar, refused, found.warning),
            rate=self._rate,
            media=media,
            takes=(),
            active=media.key,
            markers=(),
            link=self._link(source, found, record),
            channels=source.channels if source else (),
            see_through=found.see_through,
            track_name=lane.name,
            beside=False,
        )
        return clip, source

    def _media(self, source: Source | None, name: str, found: Clear) -> Media:
        if source is None:
            kind: Literal["missing", "unknown"] = "missing" if found.leaf is not None else "unknown"
            return Media(ORIGINAL, kind, name, "", None, None, {})
        ours = next((said for text in source.comments.values() if (said := signed(text))), None)
        start, length = Instant(source.start, source.rate), Instant(source.length, source.rate)
        about: dict[str, Any] = {"tape": source.tape} if source.tape else {}
        if ours:
            about[NAMESPACE] = dict(ours)
        file = file_name(source.url)
        version = ours["version"] if ours else _version(file)
        key = f"{TAKE_KEY}{version:03}" if version else ORIGINAL
        return Media(key, "file" if source.url else "missing", name, source.url, start, length, about)

    def _link(self, source: Source | None, found: Clear, record: tuple[Exact, Exact]) -> str:
        """Picture and sound of one master clip that play in sync belong together: Avid has no other link."""
        if source is None:
            return ""
        offset = source.since - record[0] / self._rate * found.scalar
        return f"{source.master}|{settle(offset * 1000)}:{found.scalar}"


def _version(file: str) -> int:
    """The version of a take whose name is all that an editor has kept of it; 0 for what is no take."""
    return int(file.rpartition(".")[0].rpartition("_v")[2]) if TAKE_FILE.search(file) else 0


def _through_effects(segment: Outline) -> tuple[Outline, tuple[Step, ...], tuple[str, ...]]:
    """What lies under effects on a whole track, such as its pan: they belong to the track, not to its clips."""
    path: tuple[Step, ...] = ()
    names: tuple[str, ...] = ()
    while segment["is"] == "effect" and len(segment["inputs"]) == 1 and not segment["warp"]:
        inner = segment["inputs"][0]
        if inner["is"] not in ("effect", "sequence", "scope"):
            break
        names = (*names, segment["name"])
        segment, path = inner, (*path, ("inputs", 0))
    return segment, path, names


def _cut(transition: Outline) -> int:
    """Where in a transition the cut is."""
    return min(max(int(transition["cut"]), 0), int(transition["length"]))


def _parts(segment: Outline, path: tuple[Step, ...]) -> Iterator[tuple[Outline, tuple[Step, ...]]]:
    """The components of a track, those of bare sequences within it among them."""
    if segment["is"] != "sequence":
        yield segment, path
        return
    for number, part in enumerate(segment["parts"]):
        yield from _parts(part, (*path, ("parts", number)))
