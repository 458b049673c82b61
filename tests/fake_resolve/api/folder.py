"""A bin."""

from __future__ import annotations

from .base import Api, numbered


class FolderApi(Api):
    """What lies in it."""

    def GetClipList(self) -> list:
        return list(self.it.clips)

    def GetClips(self) -> dict:
        return numbered(self.it.clips)

    def GetName(self) -> str:
        return self.it.name

    def GetSubFolderList(self) -> list:
        return list(self.it.folders)

    def GetSubFolders(self) -> dict:
        """fact: deprecated-lists-as-dicts."""
        return numbered(self.it.folders)

    def GetIsFolderStale(self) -> bool:
        return False

    def GetUniqueId(self) -> str:
        return self.it.uid
