"""Resolve's three clocks of markers, in one place: where each stands in the source of a clip, or in the cut.

Markers of the timeline count from its start (R), those of a media pool clip from the head of its file (M). Those of an
item count its source as its left offset does (S), though the scripting README reads as if they counted from the item's
first frame: files that Resolve exports, and scripts that work, say otherwise; a self-check can settle it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..legible import legible
from .model import Address, Exact, Instant, Marker
from .resolve_snapshot import RawMarker

Clock = Literal["source", "offset"]
"""What the frame of an item's marker counts: its source, as the left offset does, or from its own first frame."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What maps an item's clocks.

    ``source`` is the position of its first frame, ``step`` how many frames of the source one of the timeline is,
    ``offsets`` that first frame as markers may count it, the likeliest first.
    """

    source: Instant
    step: Fraction
    length: int
    offsets: tuple[Exact, ...]
    zero: Fraction
    """The source position of the media file's first frame."""


DOUBT = "a take is seen on the clip: nobody has measured whether its markers count the original then, or the take"
SETTLE = (
    "mark the frames on the timeline instead; or choose the original in the clip's take list, look where the marker"
    " stands then, and run Retake again"
)


def in_source(
    raw: RawMarker, kind: Literal["item", "media"], clip: Counting, clock: Clock = "source"
) -> tuple[Fraction, bool]:
    """The source position, timecode included, that a marker on a clip or on its media names; whether that is certain.

    It is not where both ways to count lay it over what the clip shows, at different frames.
    """
    if kind == "media":
        return clip.zero + raw.frame, True
    if clock == "offset":
        return Fraction(clip.source.value) + raw.frame * clip.step, True
    end = raw.frame + max(raw.duration, 1)
    offsets = [first for first in clip.offsets if raw.frame < first + clip.length and first < end] or [clip.offsets[0]]
    return Fraction(clip.source.value) + (raw.frame - offsets[0]) * clip.step, len(set(offsets)) == 1


@dataclass(frozen=True, slots=True)
class Home:
    """Where a marker was read, for whoever writes its state: an item's id, or none for the timeline."""

    item: str
    raw: RawMarker


class MarkerReader:
    """Reads the markers of a snapshot. ``homes`` are where they stand; a marker's ``at`` is its number there."""

    def __init__(self, rate: Fraction, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self.homes: list[Home] = []

    def on_item(
        self, item: str, raws: Iterable[RawMarker], address: Address, name: str, clip: Counting
    ) -> list[Marker]:
        """The markers of an item."""
        return [self._on_clip(raw, "item", self._home(item, raw), address, name, clip) for raw in raws]

    def on_media(self, raws: Iterable[RawMarker], address: Address, name: str, clip: Counting) -> list[Marker]:
        """The markers of an item's media that lie in what it shows: others belong to other uses of it."""
        first = Fraction(clip.source.value)
        end = first + clip.length * clip.step
        made = [self._on_clip(raw, "media", -1, address, name, clip) for raw in raws]
        return [m for m in made if m.start.value < end and m.start.value + m.duration.value > first]

    def on_timeline(self, raws: Iterable[RawMarker], place: str) -> list[Marker]:
        """The markers of the timeline."""
        return [self._on_timeline(raw, place) for raw in raws]

    def _on_timeline(self, raw: RawMarker, place: str) -> Marker:
        start, length = Fraction(raw.frame), Fraction(max(raw.duration, 1))
        return _marker(raw, start, length, self._rate, None, place, self._home("", raw))

    def _on_clip(
        self, raw: RawMarker, kind: Literal["item", "media"], at: int, address: Address, name: str, clip: Counting
    ) -> Marker:
        start, certain = in_source(raw, kind, clip, self._clock)
        length = max(raw.duration, 1) * (clip.step if kind == "item" else Fraction(1))
        made = _marker(raw, start, length, clip.source.exact_rate, address, name, at)
        return made if certain else replace(made, doubt=DOUBT, fix=SETTLE)

    def _home(self, item: str, raw: RawMarker) -> int:
        self.homes.append(Home(item, raw))
        return len(self.homes) - 1


def _marker(
    raw: RawMarker, start: Fraction, length: Fraction, rate: Fraction, address: Address | None, place: str, at: int
) -> Marker:
    return Marker(
        owner="record" if address is None else "clip",
        name=legible(raw.name),
        note=legible(raw.note),
        colour=raw.color.upper(),
        start=Instant(start, rate),
        duration=Instant(length, rate),
        address=address,
        place=place,
        at=at,
    )
