"""Where an item lies on the timeline and in its media: the getters of frames, and how they mislead."""

from __future__ import annotations

import math
from fractions import Fraction

from ..frames import frames_of
from ..profiles import since
from ..state import Item, Timeline
from .base import Api, Refused

SLIPPED = frozenset({103, 104, 107, 108, 109, 112, 113})
"""Frames from 100 to 114 that were read one too low. fact: source-start-slips."""


def slipped(frame: int) -> int:
    """A source frame as the source getters tell it: beyond what was measured, each fourth one is a frame too low."""
    low = frame in SLIPPED if 100 <= frame <= 114 else frame % 4 == 3
    return frame - 1 if low else frame


def pace(item: Item, timeline: Timeline | None) -> Fraction:
    """How many frames of the media go by in a frame of the timeline. fact: speed-from-source-span."""
    if item.media is None or timeline is None:
        return item.speed
    return item.speed * item.media.rate / timeline.rate


class ReachApi(Api):
    """Every number may be a float, and is a fraction where that is asked for. fact: subframe-precision."""

    it: Item

    @property
    def timeline(self) -> Timeline | None:
        raise NotImplementedError

    def _frame(self, value: float, subframe: object = False) -> int | float:
        if subframe is not False and self.fake.profile.version < (19, 0, 2):
            raise Refused("this version has no fractions of frames")
        return float(value + self.it.subframe) if subframe else self.n(math.floor(value))

    def GetStart(self, subframe_precision=False):
        """fact: timeline-absolute."""
        return self._frame(self.it.start, subframe_precision)

    def GetDuration(self, subframe_precision=False):
        return self._frame(self.it.duration, subframe_precision)

    def GetEnd(self, subframe_precision=False):
        """fact: end-exclusive."""
        return self._frame(self.it.end - self.knobs.end_inclusive, subframe_precision)

    def GetLeftOffset(self, subframe_precision=False):
        """fact: left-offset-exact, speed-warps-left-offset, still-left-offset, audio-left-offset-timeline-rate."""
        return self._frame(left_offset(self.it, self.timeline, self.knobs.left_offset_mixed), subframe_precision)

    def GetRightOffset(self, subframe_precision=False):
        item = self.it
        step = abs(pace(item, self.timeline))
        if item.media is None or not step:
            return self._frame(0, subframe_precision)
        last = item.source + item.duration * pace(item, self.timeline)
        left = item.media.frames - last if item.speed > 0 else last + 1
        return self._frame(max(math.floor(left / step), 0), subframe_precision)

    def _media_frame(self, frame: int) -> int | float:
        media = self.it.media
        if media is None:
            raise Refused("there is no media")
        first = media.first if self.knobs.sequence_bounds == "absolute" else 0
        return self.n((slipped(frame) if self.knobs.source_slip else frame) + first)

    @since(19, 0, 2)
    def GetSourceStartFrame(self):
        """fact: source-start-slips, source-getters-19-0-2."""
        return self._media_frame(self.it.source)

    @since(19, 0, 2)
    def GetSourceEndFrame(self):
        """One past the last frame; the last one where rates differ. fact: source-end-exclusive, source-end-mixed."""
        step = pace(self.it, self.timeline)
        end = self.it.source + math.floor(self.it.duration * step)
        return self._media_frame(end - (step != self.it.speed))

    def _seconds(self, frame: Fraction) -> float:
        media = self.it.media
        if media is None:
            raise Refused("there is no media")
        return float((frames_of(media.start_timecode, media.rate, media.drop) + frame) / media.rate)

    @since(19, 0, 2)
    def GetSourceStartTime(self) -> float:
        """fact: source-times-with-start-timecode."""
        return self._seconds(Fraction(self.it.source))

    @since(19, 0, 2)
    def GetSourceEndTime(self) -> float:
        return self._seconds(self.it.source + self.it.duration * pace(self.it, self.timeline))


def left_offset(item: Item, timeline: Timeline | None, mixed: str) -> int:
    """How far the item could be drawn out to the left, in frames of the timeline. fact: left-offset-mixed-rate."""
    if item.media is None:
        return 0
    if item.media.still:
        return item.start
    step = item.speed if mixed == "media" and item.kind == "video" else pace(item, timeline)
    head = item.source if item.speed >= 0 else item.media.frames - 1 - item.source
    return math.floor(head / abs(step)) if step else head
