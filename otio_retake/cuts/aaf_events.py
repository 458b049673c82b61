"""The markers of an AAF sequence, and the clips that they mean.

Media Composer writes a marker as an event on a slot of its own, with the slot that it describes and the number of its
track there; its name is whoever set it, its comment what it says. It lies on a track, not on a clip.
"""

from __future__ import annotations

import colorsys
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from ..legible import legible
from ..rates import settle
from .aaf_effects import Step
from .aaf_mobs import converted, rate_of
from .model import Clip, Exact, Instant, Marker

Outline = dict[str, Any]

LONGEST = 10**9
"""Frames: a position beyond this is no position."""


@dataclass(slots=True)
class Lane:
    """One track: the components of a slot, or of one track of its scope."""

    kind: Literal["Video", "Audio"]
    slot: Outline
    number: int
    name: str
    parts: list[tuple[Outline, tuple[Step, ...]]]
    rate: Fraction
    effects: tuple[str, ...] = ()
    scoped: bool = False
    clips: list[Clip] = field(default_factory=list)
    end: Exact = 0


@dataclass(frozen=True, slots=True)
class Event:
    """A marker of the document: its slot, its number there, and what a list of markers says of it."""

    slot: int
    number: int
    record: Fraction
    length: int
    track: str
    user: str
    colour: str
    comment: str


class Events:
    """Markers: those of a clip go to the clip under them on their own track, the others are the timeline's."""

    def __init__(self, rate: Fraction, lanes: list[Lane]) -> None:
        self._rate = rate
        self._lanes = lanes
        self.loose: list[Marker] = []
        self.all: list[Event] = []

    def read(self, slot: Outline) -> None:
        """Reads the markers of one slot; most slots have none."""
        for raw in slot.get("markers", ()):
            rate = rate_of(slot)
            record = settle(converted(Fraction(raw["position"]), rate, self._rate))
            length = settle(converted(Fraction(max(raw["length"] or 1, 1)), rate, self._rate))
            lane = _lane_of(self._lanes, raw["slots"], slot["number"])
            under = _under(lane, record) if lane else None
            clip = lane.clips[under] if lane and under is not None else None
            marker = self._marker(raw, clip, lane.name if lane else "the timeline", record, length)
            if clip is not None and lane is not None and under is not None:
                lane.clips[under] = replace(clip, markers=(*clip.markers, marker))
            else:
                self.loose.append(marker)
            track = f"{lane.kind[0]}{lane.number}" if lane else "TC1"
            self.all.append(
                Event(
                    slot["id"], raw["at"], record, int(length), track, raw["user"], marker.colour, raw["comment"]
                )
            )  # fmt: skip

    def _marker(self, raw: Outline, clip: Clip | None, place: str, record: Fraction, length: Fraction) -> Marker:
        # Whoever writes the order into the name means it all the same.
        named = raw["user"].strip().upper().startswith("RETAKE")
        name, note = (raw["user"], raw["comment"]) if named else (raw["comment"], "")
        return Marker(
            owner="clip" if clip else "record",
            name=legible(name),
            note=legible(note),
            colour=(raw["colour"] or _near(raw["rgb"])).upper(),
            start=Instant(record - clip.record[0] if clip else record, self._rate),
            duration=Instant(length, self._rate),
            address=clip.address if clip else None,
            place=clip.name if clip else place,
            relative=clip is not None,
            ident=raw["ident"],
            at=len(self.all),
        )


def _under(lane: Lane, record: Fraction) -> int | None:
    """The number of the clip that a marker on a track means; one over a title or a take of ours means what is below."""
    at = bisect_right(lane.clips, record, key=lambda clip: Fraction(clip.record[0])) - 1
    if at < 0 or record >= lane.clips[at].record[1]:
        return None
    found = lane.clips[at]
    return None if found.see_through or found.placed else at


def _lane_of(lanes: list[Lane], slots: list[int], number: int | None) -> Lane | None:
    """The track that a marker says it is on; None for timecode tracks, and for a track that is not there."""
    mine = [lane for lane in lanes if lane.slot["id"] in slots]
    if len(mine) == 1 and number is None:
        return mine[0]
    return next((lane for lane in mine if lane.number == number), None)


def _near(rgb: list[int] | None) -> str:
    """The name of a marker's colour that has none."""
    if rgb is None:
        return ""
    hue, light, strong = colorsys.rgb_to_hls(*(min(max(part, 0), 65535) / 65535 for part in rgb))
    if strong < 0.2:
        return "white" if light > 0.5 else "black"
    names = ("red", "yellow", "green", "cyan", "blue", "magenta")
    return names[round(hue * 6) % 6]
