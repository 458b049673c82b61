"""A project."""

from __future__ import annotations

from pathlib import Path

from ..profiles import since
from ..state import Project, Timeline
from .base import BadArguments, Refused, text, whole
from .pool import Pool
from .render import RenderApi


class ProjectApi(RenderApi):
    """Its timelines and settings; rendering is next door."""

    it: Project

    def GetMediaPool(self):
        return Pool(self.it)

    def GetName(self) -> str:
        return self.it.name

    def SetName(self, projectName) -> bool:
        if any(project.name == text(projectName) for project in self.world.projects):
            raise Refused("the name is taken")
        self.it.name = projectName
        return True

    def GetUniqueId(self) -> str:
        return self.it.uid

    def GetGallery(self):
        """Not modelled."""
        return None

    def GetTimelineCount(self) -> int:
        return self.n(len(self.it.timelines))

    def GetTimelineByIndex(self, idx):
        if not 1 <= whole(idx) <= len(self.it.timelines):
            raise Refused("no such timeline")
        return self.it.timelines[whole(idx) - 1]

    def GetCurrentTimeline(self):
        return self.it.current

    def SetCurrentTimeline(self, timeline) -> bool:
        """fact: set-current-nudges-playhead."""
        if not isinstance(timeline, Timeline) or timeline not in self.it.timelines:
            raise BadArguments("not a timeline of this project")
        if self.knobs.current_lands and self.it.current is not timeline:
            self.it.current = timeline
            timeline.playhead -= self.knobs.playhead_nudge
        return True

    def GetSetting(self, settingName=""):
        return self.it.settings.get(text(settingName), "") if settingName else dict(self.it.settings)

    def SetSetting(self, settingName, settingValue) -> bool:
        """fact: rate-fixed-with-timeline, setting-true-not-stuck."""
        if settingName == "timelineFrameRate" and self.it.timelines:
            raise Refused("the rate is fixed")
        if self.knobs.settings_stick:
            self.it.settings[text(settingName)] = text(settingValue)
        return True

    @since(21, 1)
    def GetSettings(self) -> dict:
        return dict(self.it.settings)

    def ExportCurrentFrameAsStill(self, filePath) -> bool:
        """A file that is no picture."""
        path = Path(text(filePath))
        if self.it.current is None or not path.parent.is_dir():
            raise Refused("nothing to export, or nowhere to")
        path.write_bytes(b"a still of the fake Resolve")
        return True
