"""An entry of the media pool."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any

from ..frames import frames_of, label_of, timecode_of
from ..profiles import since
from ..state import Media
from .base import BadArguments, Refused, text
from .colors import ColorsApi
from .markers import MarkersApi
from .marks import MarksApi


class MediaPoolItemApi(MarkersApi, ColorsApi, MarksApi):
    """Its properties are strings, but for the rate."""

    it: Media

    def GetName(self) -> str:
        return self.it.name

    @since(20, 2)
    def SetName(self, name) -> bool:
        self.it.name = text(name)
        return True

    def GetUniqueId(self) -> str:
        return self.it.uid

    def GetMediaId(self) -> str:
        return f"media-{self.it.uid}"

    def GetMetadata(self, metadataType=None):
        return dict(self.it.metadata) if metadataType is None else self.it.metadata.get(text(metadataType), "")

    def SetMetadata(self, metadataType, metadataValue=None) -> bool:
        values = metadataType if isinstance(metadataType, dict) else {text(metadataType): text(metadataValue)}
        self.it.metadata.update(values)
        return True

    def GetClipProperty(self, propertyName=None):
        values = self._properties()
        return values if propertyName is None else values.get(text(propertyName), "")

    def SetClipProperty(self, propertyName, propertyValue) -> bool:
        """Some can be set: colour space, levels, names. fact: clip-property-set."""
        if propertyName not in ("IDT", "Input Color Space", "Data Level", "Clip Name", "Comments", "Reel Name", "PAR"):
            raise Refused(f"{propertyName!r} cannot be set")
        if propertyName == "Clip Name":
            self.it.name = text(propertyValue)
        else:
            self.it.extra[propertyName] = text(propertyValue)
        return True

    @since(19)
    def GetAudioMapping(self) -> str:
        return json.dumps({"embedded_audio_channels": self.it.channels})

    @since(21, 0, 4)
    def GetTimeline(self):
        """fact: selected-clips-21-0-4."""
        return self.it.timeline

    def ReplaceClip(self, filePath) -> bool:
        """Every use of the entry shows the other file from now on. fact: replace-clip-everywhere."""
        other = self.fake.setup.read(text(filePath))
        if other is None:
            raise Refused("no such file")
        self.it.path, self.it.frames, self.it.rate = other.path, other.frames, other.rate
        return True

    @since(20)
    def ReplaceClipPreserveSubClip(self, filePath) -> bool:
        """fact: replace-preserve-subclip-20."""
        return self.ReplaceClip(filePath)

    def _properties(self) -> dict[str, Any]:
        """fact: clip-properties-strings, sequence-start, wav-frames-empty, offline-flag-untrusted."""
        media = self.it
        drop = media.drop

        def label(frame: int) -> str:
            return timecode_of(frame, media.rate, drop)

        start = frames_of(media.start_timecode, media.rate, drop)
        used = sum(item.media is media for timeline in self.project.timelines for item in timeline.items())
        values: dict[str, Any] = {
            "File Path": media.path,
            "File Name": PurePath(media.path).name,
            "Clip Name": media.name,
            "Type": media.kind,
            "FPS": float(label_of(media.rate)),
            "Frames": str(media.frames),
            "Start": str(media.first),
            "End": str(media.first + media.frames - 1),
            "Start TC": label(start),
            "End TC": label(start + media.frames),
            "Duration": label(media.frames),
            "Drop frame": "1" if drop else "0",
            "Resolution": f"{media.size[0]}x{media.size[1]}",
            "Video Codec": media.codec,
            "Audio Ch": str(media.channels),
            "PAR": "Square",
            "Input Color Space": "",
            "IDT": "",
            "Data Level": "Auto",
            "Alpha mode": "None",
            "Online Status": "Online",
            "Proxy": "None",
            "Proxy Media Path": "",
            "Reel Name": media.reel,
            "Usage": str(used),
            "Comments": "",
        }
        if media.sound_only:
            values.update({"FPS": float(label_of(self.fake.setup.project_rate(self.project))), "Frames": ""})
            values.update({"Resolution": "", "Video Codec": ""})
        return values | media.extra


def media_of(value: Any) -> Media:
    """An argument that is an entry of the pool."""
    if not isinstance(value, Media):
        raise BadArguments("not an entry of the media pool")
    return value
