"""A timeline copied: everything under new ids."""

from __future__ import annotations

from dataclasses import replace

from ..state import Item, Timeline, Track
from .base import Api, Refused, text


class DuplicateApi(Api):
    """fact: duplicate-becomes-current, duplicate-copies-markers, duplicate-new-ids."""

    it: Timeline

    def DuplicateTimeline(self, timelineName=None):
        """fact: duplicate-name-taken."""
        taken = {timeline.name for timeline in self.project.timelines}
        name = f"{self.it.name} copy" if timelineName is None else text(timelineName)
        if name in taken:
            raise Refused("the name is taken")
        copy = self._copied(name)
        self.project.timelines.append(copy)
        self.project.folder.clips.append(copy.media)
        self.project.current = copy
        return copy

    def _copied(self, name: str) -> Timeline:
        source = self.it
        media = replace(source.media, uid=self.world.uid(), name=name)
        links: dict[str, str] = {}
        copy = replace(
            source,
            uid=self.world.uid(),
            name=name,
            media=media,
            tracks={kind: [self._track_copied(each, links) for each in own] for kind, own in source.tracks.items()},
            markers={frame: replace(marker) for frame, marker in source.markers.items()},
            marks=dict(source.marks),
            settings=dict(source.settings),
            selection=[],
        )
        media.timeline = copy
        return copy

    def _track_copied(self, track: Track, links: dict[str, str]) -> Track:
        """fact: lock-shared-with-duplicate."""
        lock = track.lock if self.knobs.lock_shared else self.world.uid()
        self.project.locks.setdefault(lock, self.project.locks.get(track.lock, False))
        return replace(track, lock=lock, items=[self._item_copied(item, links) for item in track.items])

    def _item_copied(self, item: Item, links: dict[str, str]) -> Item:
        """fact: duplicate-copies-takes."""
        copy = item.copied(self.world.uid())
        copy.link = links.setdefault(item.link, self.world.uid()) if item.link else ""
        if not self.knobs.takes_copied:
            copy.takes, copy.selected = [], 0
        return copy
