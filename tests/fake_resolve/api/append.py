"""Clips put on the current timeline: the call that says least truly what it did."""

from __future__ import annotations

import math
from typing import Any

from ..state import Item, Media, Timeline, Track
from .base import Api, BadArguments, Refused, whole

STILL_SECONDS = 5


class AppendApi(Api):
    """The call, in its three forms: clips, a list of clips, a list of descriptions."""

    def AppendToTimeline(self, clips, *args) -> list:
        """fact: append-current-timeline."""
        timeline = self.project.current
        if timeline is None:
            raise Refused("no timeline is current")
        given = clips if isinstance(clips, list) else [clips, *args]
        if not given or not all(isinstance(each, (Media, dict)) for each in given):
            raise BadArguments("neither clips nor descriptions of clips")
        made: list[Item] = []
        for each in given:
            made += self._append(timeline, each if isinstance(each, dict) else {"mediaPoolItem": each})
        return made

    def _append(self, timeline: Timeline, info: dict[str, Any]) -> list[Item]:
        media = info.get("mediaPoolItem")
        if not isinstance(media, Media):
            raise BadArguments("no clip in the description")
        wanted = info.get("mediaType")
        at = info.get("recordFrame")
        start = timeline.end if at is None else whole(at)
        ghost = Item(self.world.uid(), "video", start, 0, media, gone=True)
        if "trackIndex" in info and wanted is None:
            return [ghost]  # fact: append-track-needs-media-type
        first, last = self._bounds(media, info)
        duration = self._duration(timeline, media, first, last)
        kinds = [kind for kind, number in (("video", 1), ("audio", 2)) if wanted in (None, number)]
        link = self.world.uid() if len(kinds) > 1 or media.channels > 1 else ""
        made: list[Item] = []
        for kind in kinds:
            channels = range(media.channels) if kind == "audio" else range(0 if media.sound_only else 1)
            for channel in channels:  # fact: audio-item-per-channel
                track = self._track(timeline, kind, whole(info.get("trackIndex", 1)) + channel)
                if track is None:
                    made.append(ghost)  # fact: append-track-beyond-count
                    continue
                item = Item(self.world.uid(), kind, start, duration, media, first, link=link, channel=channel)
                made += self._place(track, item)
        return made

    def _bounds(self, media: Media, info: dict[str, Any]) -> tuple[int, int]:
        """From the head of the media, the end exclusive. fact: append-end-exclusive, sequence-bounds."""
        head = media.first if self.knobs.sequence_bounds == "absolute" else 0
        first = whole(info.get("startFrame", head)) - head
        last = whole(info.get("endFrame", head + media.frames)) - head
        if media.still:
            return 0, 1
        if not 0 <= first < last <= media.frames:
            raise Refused(f"{first} to {last} is not in the media")
        return first, last

    def _duration(self, timeline: Timeline, media: Media, first: int, last: int) -> int:
        """fact: append-mixed-rate-floors, append-still-ignores-end."""
        if media.still:
            return math.floor(STILL_SECONDS * timeline.rate)
        return math.floor((last - first) * timeline.rate / media.rate)

    def _track(self, timeline: Timeline, kind: str, number: int) -> Track | None:
        """One track more than there are is made. fact: append-track-beyond-count."""
        tracks = timeline.tracks[kind]
        if number == len(tracks) + 1:
            tracks.append(self.fake.setup.track(self.project, kind, number, "mono" if kind == "audio" else ""))
        return tracks[number - 1] if 1 <= number <= len(tracks) else None

    def _place(self, track: Track, item: Item) -> list[Item]:
        """fact: append-locked-track, append-overlap, record-frame-not-clamped."""
        if self.project.locks.get(track.lock):
            item.gone = True
            return [item] if self.knobs.append_locked == "truthy" else []
        if not track.free(item.start, item.end):
            if self.knobs.append_overlap == "ghost":
                item.gone = True
                return [item]
            while not track.free(item.start, item.end):
                item.start = min(other.end for other in track.items if other.end > item.start)
        track.items.append(item)
        self.world.appended.append(item)
        return [item]

    def CreateTimelineFromClips(self, name, clips, *args):
        """A new timeline, current, with the clips on it."""
        timeline = self.CreateEmptyTimeline(name)
        self.project.current = timeline
        self.AppendToTimeline(clips, *args)
        return timeline
