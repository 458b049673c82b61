"""The list of the takes of a cut: CMX 3600, one track, to be laid on a track above; the cut's own list is left alone.

The form: https://xmil.biz/EDL-X/CMX3600.pdf. Takes over the same frames cannot lie on one track: one of them is an
event, the others stand below as comments, switched off, and as events in lists of their own beside this one.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ..rates import drops, nominal, timecode
from .cut import TRACK_NAME, Losses, Patched
from .edl_comments import read_below
from .edl_lines import OFF, EditList, Event
from .labels import speeds_of
from .marker_edl import plain
from .model import Address, View
from .rows import track_name
from .signature import signature

if TYPE_CHECKING:
    from ..takes import Placement, TakeFile

Spell = Callable[[Path, str], str]
"""How the path of a take is written, given how its clip's own media is."""

SHORT_REEL = 8
"""Characters of a reel that every program keeps."""

LONG_REEL = 32
"""Characters of a reel in lists whose own reels are longer than that."""

MOST_WIDENED = 24
"""Record frames by which a take may begin earlier, so that it begins on a whole frame of its source."""


@dataclass(frozen=True)
class _Row:
    """One take, worked out: its event without a number."""

    placement: Placement
    first: int
    end: int
    fields: tuple[str, str, tuple[str, str], tuple[str, str]]
    below: tuple[str, ...]


def takes_list(
    document: EditList, view: View, events: dict[Address, Event], placements: Iterable[Placement], spell: Spell
) -> Patched:
    """The list of ``placements``; takes that the cut plays already are left out."""
    return _Writer(document, view, events, spell).run(list(placements))


class _Writer:
    def __init__(self, document: EditList, view: View, events: dict[Address, Event], spell: Spell) -> None:
        self._document = document
        self._view = view
        self._events = events
        self._spell = spell
        self._losses = Losses()
        self._reels: dict[str, str] = {}
        self._taken = {event.reel.upper() for event in document.events}
        self._colons = not any(";" in label for event in document.events[:10] for label in event.record)
        self._long = any(len(event.reel) > SHORT_REEL for event in document.events)

    def run(self, placements: list[Placement]) -> Patched:
        there = {str((clip.media.ours or {}).get("take", "")) for clip in self._view.clips()}
        names = {clip.media.name for clip in self._view.clips()} | {clip.media.url for clip in self._view.clips()}
        fresh = [
            p
            for p in placements
            if p.record[1] > p.record[0] and p.take.ident not in there and p.take.path.name not in names
        ]
        # What is asked for first, then what was picked, then the newest: that is what the list plays.
        fresh.sort(key=lambda p: (not p.activate, p.take.state != "picked", -p.take.version, p.record))
        lanes: list[list[_Row]] = []
        for sound in (False, True):
            for level, lane in enumerate(_lanes([self._row(p) for p in fresh if (p.kind == "sound") is sound])):
                if level == len(lanes):
                    lanes.append([])
                lanes[level] += lane
        if fresh:
            what = "an edit list cannot hold a take that is switched off; lay it on a track above, and switch that off"
            self._losses.left_out.append(what)
        also = tuple((f".{level + 1}.edl", self._content([lane])) for level, lane in enumerate(lanes) if level)
        if also:
            count = sum(len(lane) for lane in lanes[1:])
            what = "takes over the frames of others are switched off here, and events of lists of their own"
            self._losses.warnings.append(f"{what} ({', '.join(ending for ending, _ in also)}): {count} of them")
        added = tuple(
            (row.placement.address, track_name(level + 1), row.placement.take.ident)
            for level, lane in enumerate(lanes)
            for row in lane
        )
        return Patched(self._content(lanes), added, self._losses, also)

    # --- text -------------------------------------------------------------------------------------------------------

    def _content(self, lanes: list[list[_Row]]) -> bytes:
        code = "DROP FRAME" if self._view.drop else "NON-DROP FRAME"
        title = plain(self._document.title or self._document.path.stem)
        lines = [f"TITLE: {title} {TRACK_NAME}".replace("  ", " "), f"FCM: {code}", ""]
        number = 0
        for level, lane in enumerate(lanes):
            for row in sorted(lane, key=lambda r: (r.first, r.placement.kind)):
                number += 1
                reel, channel, source, record = row.fields
                event = f"{number:03}  {reel:<8} {channel:<5} {'C':<8} {source[0]} {source[1]} {record[0]} {record[1]}"
                off = OFF if level else ""
                lines += [f"{off}{line}" for line in (event, *row.below)]
        return (self._document.newline.join(lines) + self._document.newline).encode("ascii", "replace")

    def _row(self, placement: Placement) -> _Row:
        take, clip = placement.take, self._view.clip_at(placement.address)
        first, end = int(placement.record[0]), int(placement.record[1])
        step = placement.clock / self._view.rate * placement.speed
        back, source = self._whole(placement, step, first)
        first -= back
        length = end - first
        drop = ";" in take.spec.timecode if placement.kind != "sound" else self._view.drop
        begins = math.floor(source)
        stops = begins + max(math.ceil(length * step), 1)

        def label(frame: int) -> str:
            return timecode(frame, placement.clock, drop=drop and bool(drops(placement.clock)))

        reel = self._reel(take)
        below = self._event_of(placement.address)
        lines = []
        if clip.labels is not None and clip.labels.speeds:
            speed = self._speed(placement, below)
            # Other readers know no semicolon in this line.
            lines.append(f"M2   {reel:<8}       {speed}                {label(begins).replace(';', ':')}")
        lines.append(f"* FROM CLIP NAME: {take.path.name}")
        lines.append(f"* SOURCE FILE: {self._spell(take.path, placement.written)}")
        lines.append(f"* COMMENT: {signature(take)}")
        if below is not None:
            lines.append(
                f"* COMMENT: over event {below.number}, reel {plain(below.reel) or 'none'}, {plain(clip.name)}"
            )
            lines += self._looks(take.name, below)
        fields = (
            reel,
            "V" if placement.kind != "sound" else "AA",
            (label(begins), label(stops)),
            self._record(first, end),
        )
        return _Row(placement, first, end, fields, tuple(lines))

    def _event_of(self, address: Address) -> Event | None:
        return self._events.get(address)

    def _looks(self, name: str, event: Event) -> list[str]:
        """The colour decisions of the event below, which are the take's too; effects are only named, so lost."""
        below = read_below([event])
        if below.effects:
            effects = ", ".join(plain(effect) for effect in below.effects)
            self._losses.left_out.append(f"{name}: the clip below has {effects}, which a list names but does not hold")
        return [f"* {plain(grade)}" for grade in below.grades]

    def _speed(self, placement: Placement, below: Event | None) -> str:
        """The speed as the list of the cut writes it; else in frames a second, with the zeros of the form."""
        if below is not None and below.speeds:
            return below.speeds[0][1]
        value = placement.speed * nominal(self._view.rate)
        text = f"{float(value):05.1f}"
        return text if placement.speed in speeds_of(text, self._view.rate)[:-2] else f"{float(value):07.3f}"

    def _whole(self, placement: Placement, step: Fraction, first: int) -> tuple[int, Fraction]:
        """How many record frames earlier a take begins so that its source begins on a whole frame, and on which.

        Labels name whole frames: a part of one that is cut off moves every frame that a slowed clip repeats.
        """
        source = placement.source
        least = math.ceil(self._view.clip_at(placement.address).visible[0])
        for back in range(MOST_WIDENED):
            start = source - back * step
            if first - back < least or start < placement.available[0]:
                break
            if start.denominator == 1:
                return back, start
        part = source - math.floor(source)
        what = f"it begins {float(part):.3f} of a frame into its source, and a list holds whole frames"
        self._losses.warnings.append(f"{placement.take.name}: {what}; look at its first frame")
        return 0, source

    # --- names ------------------------------------------------------------------------------------------------------

    def _record(self, first: int, end: int) -> tuple[str, str]:
        one, other = (self._view.timecode(frame) for frame in (first, end))
        return (one.replace(";", ":"), other.replace(";", ":")) if self._colons else (one, other)

    def _reel(self, take: TakeFile) -> str:
        """A take's reel: its name, or where reels are short its order and version. Never the reel of its original.

        A sound of the same name has one of its own: programs find media by reel and timecode.
        """
        name, sound = take.path.name, take.spec.kind == "sound"
        if name in self._reels:
            return self._reels[name]
        safe = re.sub(r"[^A-Za-z0-9_]", "_", take.name).upper() + ("_A" if sound else "")
        found = re.search(r"_RTK([0-9A-F]{7})_V0*(\d+)(?:_A)?$", safe)
        if self._long and len(safe) <= LONG_REEL:
            reel = safe
        elif self._long:
            reel = f"RTK{safe.rpartition('_RTK')[2]}"[:LONG_REEL]
        else:
            tail = f"{'A' if sound else 'V'}{found[2]}" if found else ""
            reel = (f"{found[1]}"[: SHORT_REEL - len(tail)] + tail) if found else safe[-SHORT_REEL:]
        number = 0
        while reel in self._taken:
            number += 1
            reel = f"R{number:07}"
        self._reels[name] = reel
        self._taken.add(reel)
        return reel


def _lanes(rows: list[_Row]) -> list[list[_Row]]:
    """Rows on as few tracks as hold them; those that come first lie lowest."""
    lanes: list[list[_Row]] = []
    spans: list[list[tuple[int, int]]] = []
    for row in rows:
        level = next((k for k, taken in enumerate(spans) if _is_free(taken, row)), len(lanes))
        if level == len(lanes):
            lanes.append([])
            spans.append([])
        lanes[level].append(row)
        insort(spans[level], (row.first, row.end))
    return lanes


def _is_free(taken: list[tuple[int, int]], row: _Row) -> bool:
    at = bisect_right(taken, (row.first, row.end))
    return (at == 0 or taken[at - 1][1] <= row.first) and (at == len(taken) or taken[at][0] >= row.end)


# --- the way back ---------------------------------------------------------------------------------------------------


def without(document: EditList, events: Iterable[Event]) -> bytes:
    """The list without some events and what stands below them."""
    gone = {line for event in events for line in range(event.line, event.end)}
    return document.content([line for number, line in enumerate(document.lines) if number not in gone])


def switched(document: EditList, on: Iterable[Event], off: Iterable[Event]) -> bytes:
    """The list with some events switched on, and others off."""
    on_lines = {line for event in on if event.off for line in range(event.line, event.end)}
    off_lines = {line for event in off if not event.off for line in range(event.line, event.end)}
    lines = []
    for number, line in enumerate(document.lines):
        if number in on_lines:
            line = line.removeprefix(OFF)
        elif number in off_lines and line.strip():
            line = OFF + line
        lines.append(line)
    return document.content(lines)
