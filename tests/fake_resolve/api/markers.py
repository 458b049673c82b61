"""Markers, of a timeline, an item or an entry of the pool: they differ only in what their frames count from.

Frames of a timeline's markers count from its start. fact: timeline-markers-relative.
Those of an item's count from the head of its media. fact: clip-markers-source-space.
Those of an entry of the pool are its media's. fact: pool-markers-media.
"""

from __future__ import annotations

from typing import Any

from ..state import Marker
from .base import MARKER_COLORS, Api, Refused, color_of, text, whole


class MarkersApi(Api):
    """The calls that all three have."""

    def _one(self, frame: Any) -> Marker:
        marker = self.it.markers.get(whole(frame))
        if marker is None:
            raise Refused(f"no marker at {frame}")
        return marker

    def _shown(self, marker: Marker) -> dict[str, Any]:
        return {
            "color": marker.color, "duration": self.n(marker.duration), "note": marker.note, "name": marker.name,
            "customData": marker.custom,
        }  # fmt: skip

    def _with(self, custom: str) -> int | None:
        found = (f for f, marker in sorted(self.it.markers.items()) if marker.custom == text(custom))
        return next(found, None)

    def AddMarker(self, frameId, color, name, note, duration, customData="") -> bool:
        """One marker a frame, wherever it is. fact: one-marker-per-frame, marker-out-of-range, marker-keywords-lost."""
        frame = whole(frameId)
        if frame in self.it.markers:
            raise Refused(f"there is a marker at {frame}")
        if whole(duration) < 1:
            raise Refused("a marker lasts a frame at least")
        color_of(color, MARKER_COLORS)
        self.it.markers[frame] = Marker(color, text(name), text(note), whole(duration), text(customData))
        return True

    def GetMarkers(self) -> dict:
        return {self.n(frame): self._shown(marker) for frame, marker in sorted(self.it.markers.items())}

    def GetMarkerByCustomData(self, customData) -> dict:
        frame = self._with(customData)
        return {} if frame is None else {self.n(frame): self._shown(self.it.markers[frame])}

    def UpdateMarkerCustomData(self, frameId, customData) -> bool:
        """fact: marker-custom-data-in-place."""
        self._one(frameId).custom = text(customData)
        return True

    def GetMarkerCustomData(self, frameId) -> str:
        return self._one(frameId).custom

    def DeleteMarkersByColor(self, color) -> bool:
        """fact: marker-delete-nothing-false."""
        going = [f for f, marker in self.it.markers.items() if color in ("All", marker.color)]
        for frame in going:
            del self.it.markers[frame]
        return bool(going)

    def DeleteMarkerAtFrame(self, frameNum) -> bool:
        self._one(frameNum)
        del self.it.markers[whole(frameNum)]
        return True

    def DeleteMarkerByCustomData(self, customData) -> bool:
        frame = self._with(customData)
        if frame is None:
            raise Refused("no marker has it")
        del self.it.markers[frame]
        return True
