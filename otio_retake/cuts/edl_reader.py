"""Reads a CMX 3600 edit list as a cut: events become clips at the record frames that their timecode names.

The form: https://xmil.biz/EDL-X/CMX3600.pdf. A list is one track of picture and a few of sound; what overlaps goes to
a track above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import Literal

from ..errors import CutError, Problem
from ..rates import BadTimecode
from .edl_comments import BLACK, media_of, read_locator
from .edl_lines import EditList, Event
from .edl_places import Placed, join, place
from .edl_rate import Rate
from .labels import frame_of, likeliest, speeds_of
from .model import Address, Clip, Instant, Labels, Marker, Speed, Track, View

_VARIES = "the clip's speed varies"


@dataclass(frozen=True)
class Reading:
    """A list as a cut, and which event each of its clips is."""

    view: View
    events: dict[Address, Event]


def read_view(document: EditList, rate: Rate) -> Reading:
    """The cut that ``document`` holds. Raises ``CutError`` where there is no event in it."""
    return _Reader(document, rate).read()


class _Reader:
    def __init__(self, document: EditList, rate: Rate) -> None:
        self._document = document
        self._rate = rate
        self._remarks: list[Problem] = []
        self._start = 0
        self._events: dict[Address, Event] = {}

    def read(self) -> Reading:
        document, rate = self._document, self._rate
        name = document.path.name
        what = f"an edit list does not say its rate: counted at {rate.text} frames a second, {rate.why}"
        fix = "say another with --rate 25, for example, or edl_rate in retake.toml" if rate.guessed else ""
        self._remarks.append(Problem("", name, what, fix, "note"))
        if rate.warning:
            self._remarks.append(Problem("", name, rate.warning, "check the rate with --rate", "warning"))
        for line, said, todo in document.remarks:
            where = f"{name}, line {line}" if line else name
            self._remarks.append(Problem("", where, said, todo, "warning"))
        placed, self._start = place(document.events, rate, self._remark)
        placed = join(placed, self._remark)
        if not placed:
            raise CutError("the list has no event that can be read", where=str(document.path), fix="export it again")
        tracks = self._tracks(placed)
        markers = [marker for one in placed for marker in self._markers(one)]
        view = View(
            path=document.path,
            form="edl",
            writer="edl",
            name=document.title,
            rate=rate.rate,
            written_rate=float(rate.rate),
            start=Fraction(self._start),
            tracks=tuple(tracks),
            markers=tuple(sorted(markers, key=lambda marker: marker.start.value)),
            remarks=tuple(self._remarks),
            counts_drop=rate.drop,
            rate_guessed=rate.guessed,
        )
        return Reading(view, self._events)

    def _remark(self, event: Event, what: str, fix: str = "") -> None:
        where = f"{self._document.path.name}, line {event.line + 1}"
        self._remarks.append(Problem(event.record[0], where, what, fix, "warning"))

    def _frame(self, label: str) -> int:
        return frame_of(label, self._rate.rate, drop=self._rate.drop)

    # --- tracks -----------------------------------------------------------------------------------------------------

    def _tracks(self, placed: list[Placed]) -> list[Track]:
        """Picture from the bottom, then sound; each track without overlaps."""
        rows: dict[tuple[str, int, bool], list[Placed]] = {}
        for one in placed:
            if one.end <= one.first:
                if one.event.cuts and one.event.reel.upper() not in BLACK:
                    self._remark(one.event, f"event {one.event.number} has no length; it is left out")
                continue
            for kind, number in _channels(one.event):
                level = number + 1 if one.event.kind in ("K", "KO") else number
                rows.setdefault((kind, level, one.event.off), []).append(one)
        tracks: list[Track] = []
        for key in sorted(rows, key=lambda k: (k[0] != "Video", k[2], k[1])):
            kind, number, off = key
            for level, row in enumerate(self._apart(rows[key], quiet=off)):
                sound = "A1+A2" if number == 0 else f"A{number}"
                name = f"V{number}" if kind == "Video" else sound
                name += f" ({level + 1})" if level else ""
                tracks.append(self._track(len(tracks), "Audio" if kind == "Audio" else "Video", name, row))
        return tracks

    def _apart(self, row: list[Placed], *, quiet: bool) -> list[list[Placed]]:
        """Events in the order of their record frames, on as few tracks as hold them without overlaps."""
        levels: list[list[Placed]] = []
        busy: list[tuple[int, int]] = []
        free: list[int] = []
        for one in sorted(row, key=lambda p: p.first):
            while busy and busy[0][0] <= one.first:
                heappush(free, heappop(busy)[1])
            if free:
                level = heappop(free)
            else:
                level = len(levels)
                levels.append([])
                if level and not quiet:
                    what = f"event {one.event.number} overlaps the one before it; it is read as lying above it"
                    self._remark(one.event, what, "mend the record timecode if that is not meant")
            levels[level].append(one)
            heappush(busy, (one.end, level))
        return levels

    def _track(self, index: int, kind: Literal["Video", "Audio"], name: str, row: list[Placed]) -> Track:
        clips: list[Clip] = []
        for one in row:
            if one.event.reel.upper() in BLACK and not one.said.name:
                continue
            address = Address(index, len(clips))
            clip = self._clip(one, address, kind, name)
            clips.append(clip)
            self._events[address] = one.event
        return Track(index, kind, name, True, tuple(clips), len(clips), max((p.end for p in row), default=0))

    def _clip(self, one: Placed, address: Address, kind: Literal["Video", "Audio"], track: str) -> Clip:
        event, rate = one.event, self._rate.rate
        media = media_of(event.reel, one.said, sound=kind == "Audio")
        varies = len({speed for _, speed, _ in one.speeds}) > 1
        speeds: tuple[Fraction, ...] = (Fraction(0),) if one.said.freeze else ()
        if one.speeds and not varies and not one.said.freeze:
            speeds = speeds_of(one.speeds[0][1], rate)
        drop = self._rate.drop if event.code is None else event.code
        labels = Labels(*event.source, drop=drop, speeds=speeds)
        source, speed = likeliest(labels, one.end - one.first, rate)
        if varies:
            speed = Speed(refused=_VARIES)
        if speed.refused.startswith("its source timecode"):
            self._remark(event, f"event {event.number}: {speed.refused}", "mend its source timecode")
        return Clip(
            address=address,
            kind=kind,
            name=media.name or f"event {event.number}",
            enabled=not event.off,
            record=(one.first, one.end),
            source=source,
            speed=speed,
            rate=rate,
            media=media,
            takes=(),
            active=media.key if not event.off else "",
            markers=(),
            overlap=(one.fades_in, 0),
            lead=(0, one.fades_out),
            channels=_sound_channels(event) if kind == "Audio" else (),
            see_through="a generator or title" if media.kind == "generator" else "",
            track_name=track,
            beside=False,
            labels=None if varies else labels,
        )

    # --- markers ----------------------------------------------------------------------------------------------------

    def _markers(self, one: Placed) -> Iterator[Marker]:
        """The locators below an event: at record timecode, or at source timecode as OpenTimelineIO writes them."""
        for text in one.below.locators:
            found = read_locator(text)
            if found is None:
                self._remark(one.event, f"the locator {text[:40]!r} has no timecode; it is left out", "mend it")
                continue
            label, colour, words = found
            try:
                at = self._frame(label) - self._start
            except BadTimecode as error:
                self._remark(one.event, f"a locator is left out: {error}", "mend its timecode")
                continue
            if not one.first <= at < one.end:
                at = self._from_source(one, label, at)
            yield Marker(
                owner="record",
                name=words,
                note="",
                colour=colour,
                start=Instant(float(at), float(self._rate.rate)),
                duration=Instant(1.0, float(self._rate.rate)),
                address=None,
                place="the timeline",
            )

    def _from_source(self, one: Placed, label: str, at: int) -> int:
        """The record frame of a locator that lies outside its event: it may count the source."""
        try:
            first, end, here = (self._frame(text) for text in (*one.event.source, label))
        except BadTimecode:
            return at
        if not first <= here < end:
            return at
        what = f"the locator at {label} is read as source timecode: it lies in the source of event {one.event.number}"
        self._remark(one.event, what, "locators count record timecode")
        return one.first + here - first


def _channels(event: Event) -> Iterator[tuple[str, int]]:
    """The tracks that an event is on: picture by number, sound by number, 0 for the first two together."""
    channel = event.channel
    sounds = _sound_channels(event)
    if "V" in channel or channel.startswith("B"):
        digits = channel.partition("V")[2][:1]
        yield "Video", int(digits) if digits.isdigit() and int(digits) else 1
    if sounds:
        yield "Audio", 0 if len(sounds) > 1 else sounds[0] + 1


def _sound_channels(event: Event) -> tuple[int, ...]:
    """The channels of its source that an event plays, from 0."""
    found: list[int] = []
    channel = event.channel
    if channel.startswith("B") or "AA" in channel:
        found = [0, 1]
    elif "A" in channel:
        digits = "".join(c for c in channel.partition("A")[2] if c.isdigit())
        found = [int(digits) - 1 if digits and int(digits) else 0]
    return tuple(dict.fromkeys((*found, *event.channels)))
