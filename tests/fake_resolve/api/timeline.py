"""A timeline."""

from __future__ import annotations

from typing import Any

from ..frames import drops, frames_of, plain, timecode_of
from ..profiles import since
from ..seen import top_item
from ..state import Item, Timeline
from .base import Refused, members, text
from .duplicate import DuplicateApi
from .exporting import ExportApi
from .markers import MarkersApi
from .marks import MarksApi
from .tracks import TracksApi

PAGES_WITH_PLAYHEAD = ("cut", "edit", "color", "fairlight", "deliver")


class TimelineApi(TracksApi, MarkersApi, MarksApi, DuplicateApi, ExportApi):
    """What it is and what lies under its playhead; its tracks are next door."""

    it: Timeline

    def GetName(self) -> str:
        return self.it.name

    def SetName(self, timelineName) -> bool:
        if any(timeline.name == timelineName for timeline in self.project.timelines):
            raise Refused("the name is taken")
        self.it.name = self.it.media.name = text(timelineName)
        return True

    def GetUniqueId(self) -> str:
        return self.it.uid

    @since(19, 1)
    def GetMediaPoolItem(self):
        """fact: mark-in-out-19-1."""
        return self.it.media

    def GetStartFrame(self) -> int:
        """fact: start-frame-nominal."""
        return self.n(self.it.start)

    def GetEndFrame(self) -> int:
        return self.n(self.it.end)

    def GetStartTimecode(self) -> str:
        return self._timecode(self.it.start)

    def SetStartTimecode(self, timecode) -> bool:
        """Everything moves along."""
        moved = self._frame(timecode) - self.it.start
        self.it.start += moved
        self.it.playhead += moved
        for item in self.it.items():
            item.start += moved
        return True

    def _timecode(self, frame: int) -> str:
        return timecode_of(frame, self.it.rate, self.it.drop)

    def _frame(self, timecode: Any) -> int:
        try:
            return frames_of(text(timecode), self.it.rate, self.it.drop)
        except ValueError:
            raise Refused(f"{timecode!r} is not a timecode") from None

    # --- playhead and selection ---------------------------------------------------------------------------------------

    def GetCurrentTimecode(self) -> str:
        if self.world.page not in PAGES_WITH_PLAYHEAD:
            return ""
        return self._timecode(self.it.playhead)

    def SetCurrentTimecode(self, timecode) -> bool:
        if self.world.page not in PAGES_WITH_PLAYHEAD:
            raise Refused("this page has no playhead")
        self.it.playhead = self._frame(timecode)
        return True

    def GetCurrentVideoItem(self):
        return top_item(self.it, self.it.playhead)

    @since(21, 0, 4)
    def GetSelectedClips(self) -> list:
        """fact: selected-clips-21-0-4."""
        return [item for item in self.it.selection if not item.gone]

    # --- settings -----------------------------------------------------------------------------------------------------

    def _settings(self) -> dict[str, Any]:
        """fact: rate-labels, timeline-rate-not-projects, drop-frame-flag."""
        label, style = self.it.label, self.knobs.rate_style
        number = float(plain(label))
        written: Any = label
        if style == "text_float":
            written = f"{number}"
        elif style != "text":
            written = int(number) if style == "int" and number.is_integer() else number
        return {
            **self.project.settings,
            **self.it.settings,
            "timelineFrameRate": written,
            "timelineDropFrameTimecode": "1" if drops(label) else "0",
        }

    def GetSetting(self, settingName=""):
        values = self._settings()
        return values.get(text(settingName), "") if settingName else values

    def SetSetting(self, settingName, settingValue) -> bool:
        """fact: setting-true-not-stuck, rate-fixed-with-timeline."""
        if settingName in ("timelineFrameRate", "timelineDropFrameTimecode"):
            raise Refused("the rate is fixed")
        if self.knobs.settings_stick:
            self.it.settings[text(settingName)] = text(settingValue)
        return True

    @since(21, 1)
    def GetSettings(self) -> dict:
        return self._settings()

    # --- delete -------------------------------------------------------------------------------------------------------

    def DeleteClips(self, timelineItems, Bool=False) -> bool:
        """Linked sound stays. fact: delete-needs-edit-page, delete-leaves-linked, delete-answers-unproven."""
        items = members(timelineItems, Item)
        if self.world.page != "edit":
            raise Refused("not on the Edit page")
        places = [self.it.track_of(item) for item in items]
        if any(place is None or self._locked(place[2]) for place in places):
            raise Refused("not on this timeline, or on a locked track")
        if not self.knobs.deletes_land:
            return True
        for item, place in zip(items, places, strict=True):
            assert place is not None
            place[2].items.remove(item)
            item.gone = True
            if Bool is True:
                for other in self.it.items():
                    if other.start >= item.end:
                        other.start -= item.duration
        return True

    def SetClipsLinked(self, timelineItems, Bool) -> bool:
        link = self.world.uid() if Bool else ""
        for item in members(timelineItems, Item):
            item.link = link
        return True
