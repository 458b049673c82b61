"""A timeline read from a file. Only OTIO is; what does not look like Resolve's own comes in without its media."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..frames import RATES, label_of
from ..state import Item, Media, Timeline
from .base import Api, BadArguments, Refused, text


class ImportTimelineApi(Api):
    """The one call."""

    def ImportTimelineFromFile(self, filePath, importOptions=None):
        """fact: import-timeline-name-taken, import-timeline-shape."""
        options = importOptions or {}
        if not isinstance(options, dict):
            raise BadArguments("the options are no dict")
        try:
            document = json.loads(Path(text(filePath)).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Refused("the file cannot be read") from None
        if document.get("OTIO_SCHEMA") != "Timeline.1":
            raise Refused("not a timeline")
        name = options.get("timelineName") or document["name"]
        if any(timeline.name == name for timeline in self.project.timelines):
            raise Refused("the name is taken")
        return self._read(document, name, options.get("importSourceClips", True))

    def _read(self, document: dict[str, Any], name: str, with_media: bool) -> Timeline:
        begin = document.get("global_start_time") or {"value": 0.0, "rate": 24.0}
        rate = nearest(begin["rate"])
        setup = self.fake.setup.timeline(name, label=label_of(rate), video=0, audio=0)
        timeline: Timeline = setup.state
        timeline.start = timeline.playhead = round(begin["value"])
        for child in document["tracks"]["children"]:
            kind = "audio" if child["kind"] == "Audio" else "video"
            tracks = timeline.tracks[kind]
            track = self.fake.setup.track(self.project, kind, len(tracks) + 1, "")
            track.name, track.enabled = child["name"], child.get("enabled", True)
            tracks.append(track)
            at = timeline.start
            for each in child["children"]:
                if each["OTIO_SCHEMA"].startswith("Transition"):
                    continue
                duration = round(Fraction(each["source_range"]["duration"]["value"]))
                if each["OTIO_SCHEMA"].startswith("Clip"):
                    track.items.append(self._item(each, kind, at, duration, rate, with_media))
                at += duration
        self.project.current = timeline
        return timeline

    def _item(self, clip: dict[str, Any], kind: str, at: int, duration: int, rate: Fraction, with_media: bool) -> Item:
        media, source = None, 0
        reference = clip.get("media_references", {}).get(clip.get("active_media_reference_key", ""), {})
        if with_media and resolve_shaped(clip, reference):
            media = self._media(reference["target_url"])
            first = reference["available_range"]["start_time"]
            begin = clip["source_range"]["start_time"]
            own = nearest(first["rate"])
            source = round(Fraction(begin["value"]) / rate * own - Fraction(first["value"]))
        item = Item(self.world.uid(), kind, at, duration, media, source, name=clip["name"])
        item.enabled = clip.get("enabled", True)
        return item

    def _media(self, path: str) -> Media | None:
        for folder in self.project.root.everything():
            for clip in folder.clips:
                if clip.path == path:
                    return clip
        media = self.fake.setup.read(path)
        if media is not None:
            self.project.folder.clips.append(media)
        return media


def nearest(rate: float) -> Fraction:
    """The exact rate of a written one."""
    return min(RATES.values(), key=lambda exact: abs(exact - Fraction(rate)))


def resolve_shaped(clip: dict[str, Any], reference: dict[str, Any]) -> bool:
    """A ``Clip.2`` that names a bare path and lies, by timecode, in what its media has. fact: import-timeline-shape."""
    available, source = reference.get("available_range"), clip.get("source_range")
    path = str(reference.get("target_url", ""))
    if clip["OTIO_SCHEMA"] != "Clip.2" or not available or not source or "://" in path or not path:
        return False
    at = source["start_time"]["value"] / source["start_time"]["rate"]
    first = available["start_time"]["value"] / available["start_time"]["rate"]
    last = first + available["duration"]["value"] / available["duration"]["rate"]
    return bool(first - 0.01 <= at < last)
