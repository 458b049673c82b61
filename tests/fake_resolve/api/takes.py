"""The take selector of an item."""

from __future__ import annotations

import math

from ..state import Item, Media, Take, Timeline
from .base import Api, Refused, whole
from .media import media_of
from .reach import pace


class TakesApi(Api):
    """Ten things are known of takes and as many are not; see the knobs."""

    it: Item

    @property
    def timeline(self) -> Timeline | None:
        raise NotImplementedError

    # --- read ---------------------------------------------------------------------------------------------------------

    def _unread(self) -> bool:
        """fact: getters-need-current."""
        return self.knobs.getters_need_current and not self.current(self.timeline)

    def GetTakesCount(self) -> int:
        return self.n(0 if self._unread() else len(self.it.takes))

    def GetSelectedTakeIndex(self) -> int:
        return self.n(0 if self._unread() else self.it.selected)

    def GetTakeByIndex(self, idx):
        number = whole(idx)
        if self._unread() or not 1 <= number <= len(self.it.takes):
            raise Refused("no such take, or the timeline is not current")
        take = self.it.takes[number - 1]
        return {"startFrame": self.n(take.start), "endFrame": self.n(take.end), "mediaPoolItem": take.media}

    # --- add ----------------------------------------------------------------------------------------------------------

    def _writable(self) -> Timeline:
        """fact: take-writes-need-current."""
        timeline = self.timeline
        if timeline is None or (self.knobs.take_writes_need_current and not self.current(timeline)):
            raise Refused("the timeline is not current")
        return timeline

    def AddTake(self, mediaPoolItem, startFrame=None, endFrame=None) -> bool:
        """fact: take-original-first, take-bounds-end-exclusive, take-selection-after-add, takes-need-media."""
        timeline, media = self._writable(), media_of(mediaPoolItem)
        if self.it.media is None or self.it.kind != "video":  # fact: take-audio
            raise Refused("the item has no media of its own")
        if not self.knobs.takes_land:
            return True
        if startFrame is None and media is self.it.media and self.knobs.same_media_take and self._whole_clip(timeline):
            self._seed(timeline)
            raise Refused("the item shows it already")
        try:
            take = self._take(media, startFrame, endFrame, timeline)
        except Refused:
            if self.knobs.failed_add_leaves_selector:
                self._seed(timeline)
            raise
        self._seed(timeline)
        self.it.takes.append(take)
        if self.knobs.selection_after_add == "new":
            self._show(len(self.it.takes), timeline)
        return True

    def _whole_clip(self, timeline: Timeline) -> bool:
        """fact: take-same-media-no-bounds."""
        item = self.it
        return (
            item.media is not None
            and item.source == 0
            and self._length(item.media.frames, item.media, timeline) == (item.duration)
        )

    def _seed(self, timeline: Timeline) -> None:
        """What is on the timeline becomes the first take. fact: take-original-first."""
        item = self.it
        if item.takes or item.media is None:
            return
        start = item.source + self._first(item.media)
        end = start + math.floor(item.duration * pace(item, timeline))
        item.takes, item.selected = [Take(item.media, start, end, item.source, item.duration)], 1

    def _first(self, media: Media) -> int:
        """fact: sequence-bounds."""
        return media.first if self.knobs.sequence_bounds == "absolute" else 0

    def _length(self, frames: int, media: Media, timeline: Timeline) -> int:
        """Frames of media in frames of the timeline. fact: take-mixed-rate."""
        return math.floor(frames * timeline.rate / media.rate / (abs(self.it.speed) or 1))

    def _take(self, media: Media, start: object, end: object, timeline: Timeline) -> Take:
        """fact: take-full-clip-default, take-other-length."""
        first = self._first(media)
        head = first if start is None else whole(start)
        tail = first + media.frames if end is None else whole(end)
        if not first <= head < tail <= first + media.frames:
            raise Refused(f"{head} to {tail} is not in the media")
        length = self._length(tail - head, media, timeline)
        if length != self.it.duration and self.knobs.take_other_length == "refuse":
            raise Refused(f"{length} frames for {self.it.duration}")
        return Take(media, head, tail, head - first, length)

    # --- choose, delete -----------------------------------------------------------------------------------------------

    def _show(self, number: int, timeline: Timeline) -> None:
        """Another take is seen, at the same place. fact: take-select-in-place, take-other-length."""
        item, take = self.it, self.it.takes[number - 1]
        item.selected, item.media, item.source = number, take.media, take.source
        if self.knobs.take_other_length == "change_item_length" and take.length != item.duration:
            further, moved = item.end, take.length - item.duration
            item.duration = take.length
            for other in timeline.items():
                if other is not item and other.start >= further:
                    other.start += moved

    def _number(self, idx: object) -> int:
        number = whole(idx)
        if not 1 <= number <= len(self.it.takes):
            raise Refused(f"no take {number}")
        return number

    def SelectTakeByIndex(self, idx) -> bool:
        timeline, number = self._writable(), self._number(idx)
        if self.knobs.select_lands:
            self._show(number, timeline)
        return True

    def DeleteTakeByIndex(self, idx) -> bool:
        """fact: take-delete-range, take-delete-selected, take-lone-selector."""
        timeline, number = self._writable(), self._number(idx)
        item = self.it
        if len(item.takes) == 1:
            raise Refused("it is the only take")
        if number == item.selected:
            if self.knobs.delete_selected_take == "refuse":
                raise Refused("it is the take that is seen")
            self._show(1 if number > 1 else 2, timeline)
        del item.takes[number - 1]
        if item.selected > number:
            item.selected -= 1
        if len(item.takes) == 1 and not self.knobs.lone_take_keeps_selector:
            item.takes, item.selected = [], 0
        return True

    def FinalizeTake(self) -> bool:
        """fact: take-finalize-collapses."""
        self._writable()
        if not self.it.takes:
            raise Refused("there is no selector")
        self.it.takes, self.it.selected = [], 0
        return True
