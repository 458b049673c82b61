"""The tracks of a timeline."""

from __future__ import annotations

from typing import Any

from ..state import TRACK_KINDS, Timeline, Track
from .base import Api, BadArguments, Refused, numbered, text, whole


class TracksApi(Api):
    """Tracks are named by kind and number; putting one below others renumbers those. fact: add-track-renumbers."""

    it: Timeline

    def _kind(self, kind: Any) -> str:
        if kind not in TRACK_KINDS:
            raise Refused(f"no tracks of {kind!r}")
        return text(kind)

    def _track(self, kind: Any, number: Any) -> Track:
        tracks = self.it.tracks[self._kind(kind)]
        if not 1 <= whole(number) <= len(tracks):
            raise Refused(f"no {kind} track {number}")
        return tracks[whole(number) - 1]

    def _untold(self) -> bool:
        """fact: getters-need-current."""
        return self.knobs.getters_need_current and not self.current(self.it)

    def GetTrackCount(self, trackType) -> int:
        return self.n(len(self.it.tracks[self._kind(trackType)]))

    def AddTrack(self, trackType, newTrackOptions=None) -> bool:
        """Options are of 19.0 and later; a kind of sound is a string. fact: item-getters-19-0, add-track-renumbers."""
        kind = self._kind(trackType)
        options = newTrackOptions if isinstance(newTrackOptions, dict) else {"audioType": newTrackOptions}
        place = options.get("index") if self.fake.profile.version >= (19, 0, 0) else None
        tracks = self.it.tracks[kind]
        subtype = (options.get("audioType") or "mono") if kind == "audio" else ""
        track = self.fake.setup.track(self.project, kind, len(tracks) + 1, text(subtype))
        tracks.insert(
            whole(place) - 1 if place is not None and 1 <= whole(place) <= len(tracks) else len(tracks), track
        )
        return True

    def DeleteTrack(self, trackType, trackIndex) -> bool:
        """What lies on it goes as well."""
        track = self._track(trackType, trackIndex)
        if self._locked(track):
            raise Refused("the track is locked")
        for item in track.items:
            item.gone = True
        self.it.tracks[track.kind].remove(track)
        return True

    def GetTrackSubType(self, trackType, trackIndex) -> str:
        return self._track(trackType, trackIndex).subtype

    def GetTrackName(self, trackType, trackIndex) -> str:
        return self._track(trackType, trackIndex).name

    def SetTrackName(self, trackType, trackIndex, name) -> bool:
        self._track(trackType, trackIndex).name = text(name)
        return True

    def SetTrackEnable(self, trackType, trackIndex, Bool) -> bool:
        self._track(trackType, trackIndex).enabled = bool(Bool)
        return True

    def GetIsTrackEnabled(self, trackType, trackIndex) -> bool:
        track = self._track(trackType, trackIndex)
        return False if self._untold() else track.enabled

    def _locked(self, track: Track) -> bool:
        return self.project.locks.get(track.lock, False)

    def SetTrackLock(self, trackType, trackIndex, Bool) -> bool:
        """fact: lock-shared-with-duplicate."""
        if not isinstance(Bool, bool):
            raise BadArguments("not a bool")
        self.project.locks[self._track(trackType, trackIndex).lock] = Bool
        return True

    def GetIsTrackLocked(self, trackType, trackIndex) -> bool:
        track = self._track(trackType, trackIndex)
        return False if self._untold() else self._locked(track)

    def GetItemListInTrack(self, trackType, index) -> list:
        """In their order; generators, titles and transitions too. fact: items-without-media, transitions-listed."""
        items = sorted(self._track(trackType, index).items, key=lambda item: item.start)
        return [item for item in items if self.knobs.list_transitions or item.kind != "transition"]

    def GetItemsInTrack(self, trackType, index) -> dict:
        """fact: deprecated-lists-as-dicts."""
        return numbered(self.GetItemListInTrack(trackType, index))
