"""The media pool: bins, and what is brought into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..profiles import since
from ..state import Folder, Media, Project, Timeline
from .append import AppendApi
from .base import BadArguments, Refused, members, text
from .importing import ImportTimelineApi


@dataclass(frozen=True, slots=True)
class Pool:
    """The media pool of a project."""

    inside: Project


class MediaPoolApi(AppendApi, ImportTimelineApi):
    """What is new lands in the current bin. fact: import-into-current-folder."""

    def _folder(self, value: Any) -> Folder:
        if not isinstance(value, Folder):
            raise BadArguments("not a bin")
        return value

    def GetUniqueId(self) -> str:
        return f"pool-{self.project.uid}"

    def GetRootFolder(self):
        return self.project.root

    def GetCurrentFolder(self):
        return self.project.folder

    def SetCurrentFolder(self, folder) -> bool:
        self.project.folder = self._folder(folder)
        return True

    def AddSubFolder(self, folder, name):
        """fact: subfolder-name-taken, subfolder-becomes-current."""
        parent = self._folder(folder)
        if any(inner.name == text(name) for inner in parent.folders):
            raise Refused("the name is taken")
        made = Folder(self.world.uid(), name)
        parent.folders.append(made)
        if self.knobs.new_folder_current:
            self.project.folder = made
        return made

    def RefreshFolders(self) -> bool:
        return True

    def DeleteFolders(self, subfolders) -> bool:
        going = members(subfolders, Folder)
        for parent in self.project.root.everything():
            parent.folders = [folder for folder in parent.folders if folder not in going]
        for folder in going:
            folder.gone = True
        if self.project.folder.gone:
            self.project.folder = self.project.root
        return True

    def MoveClips(self, clips, targetFolder) -> bool:
        target = self._folder(targetFolder)
        for media in members(clips, Media):
            self._take_out(media)
            target.clips.append(media)
        return True

    def MoveFolders(self, folders, targetFolder) -> bool:
        target = self._folder(targetFolder)
        going = members(folders, Folder)
        for parent in self.project.root.everything():
            parent.folders = [folder for folder in parent.folders if folder not in going]
        target.folders += going
        return True

    def _take_out(self, media: Media) -> None:
        for folder in self.project.root.everything():
            folder.clips = [clip for clip in folder.clips if clip is not media]

    def DeleteClips(self, clips) -> bool:
        """What uses them is left without media. fact: pool-delete-leaves-offline."""
        for media in members(clips, Media):
            self._take_out(media)
            media.gone = True
            for timeline in self.project.timelines:
                for item in timeline.items():
                    if item.media is media:
                        item.media = None
        return True

    def ImportMedia(self, items) -> list:
        """fact: import-offline-empty, import-again-duplicates, sequence-path-label."""
        if not isinstance(items, list):
            raise BadArguments("not a list")
        made = []
        for each in items:
            path = each.get("FilePath") if isinstance(each, dict) else each
            found = self._import(text(path), each if isinstance(each, dict) else {})
            made += [found] if found is not None else []
        return made

    def _import(self, path: str, info: dict[str, Any]) -> Media | None:
        here = self.project.folder
        if self.knobs.reimport == "same":
            for clip in here.clips:
                if clip.path == path:
                    return clip
        media = self.fake.setup.read(path)
        if media is not None:
            if "StartIndex" in info:
                media.first, media.frames = info["StartIndex"], info["EndIndex"] - info["StartIndex"] + 1
            here.clips.append(media)
        return media

    @since(19, 0, 2)
    def GetSelectedClips(self):
        """``None`` where none is. fact: pool-selection-none."""
        return list(self.world.pool_selection) or None

    # --- timelines ----------------------------------------------------------------------------------------------------

    def CreateEmptyTimeline(self, name):
        if any(timeline.name == text(name) for timeline in self.project.timelines):
            raise Refused("the name is taken")
        return self.fake.setup.timeline(name, label=str(self.project.settings["timelineFrameRate"])).state

    def DeleteTimelines(self, timeline) -> bool:
        """fact: delete-timelines-not-current."""
        going = members(timeline, Timeline)
        if self.project.current in going:
            raise Refused("a timeline is current")
        for each in going:
            self.project.timelines.remove(each)
            self._take_out(each.media)
            each.gone = each.media.gone = True
            for item in each.items():
                item.gone = True
        return True
