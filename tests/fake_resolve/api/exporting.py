"""A timeline written to a file: OTIO in Resolve's shape, and other forms as a line of text.

Resolve's OTIO has the start timecode as its global start, source ranges that count from the media's own timecode,
bare paths, and clip markers in the same space. fact: export-otio-shape, takes-not-exported.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..constants import export_named
from ..frames import frames_of
from ..state import Item, Media, Timeline, Track
from .base import Api, Refused, text
from .reach import left_offset, pace

EXTENSIONS = {"EXPORT_OTIO": ".otio", "EXPORT_DRT": ".drt", "EXPORT_EDL": ".edl", "EXPORT_AAF": ".aaf"}


class ExportApi(Api):
    """The one call."""

    it: Timeline

    def Export(self, fileName, exportType, exportSubtype=None) -> bool:
        """fact: export-constants-from-handle, export-string-refused, export-fcpxml-1-10-poisons."""
        form = export_named(exportType)
        if form is None:
            raise Refused(f"{exportType!r} is no form of export")
        path = Path(text(fileName))
        if str(path) in self.world.poisoned or not path.parent.is_dir():
            raise Refused("the file cannot be written")
        if form == "EXPORT_FCPXML_1_10":
            self.world.poisoned.add(str(path))
            path.write_bytes(b"")
            return True
        if form == "EXPORT_OTIO":
            path.write_text(json.dumps(otio(self.it, self.knobs.clip_marker_space, self.knobs.left_offset_mixed)))
        else:
            path.write_text(f"{form} {self.it.name}\n")
        return True


def _time(value: float | Fraction, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate), "value": float(value)}


def _range(start: float | Fraction, duration: float | Fraction, rate: Fraction) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": _time(start, rate), "duration": _time(duration, rate)}


def otio(timeline: Timeline, marker_space: str = "source", mixed: str = "timeline") -> dict[str, Any]:
    """The whole document."""
    tracks = [
        _track(timeline, track, number, marker_space, mixed)
        for kind in ("video", "audio")
        for number, track in enumerate(timeline.tracks[kind], 1)
    ]
    return {
        "OTIO_SCHEMA": "Timeline.1", "metadata": {"Resolve_OTIO": {"Resolve OTIO Meta Version": "1.0"}},
        "name": timeline.name, "global_start_time": _time(timeline.start, timeline.rate),
        "tracks": {
            "OTIO_SCHEMA": "Stack.1", "metadata": {}, "name": "", "source_range": None, "effects": [], "markers": [],
            "enabled": True, "children": tracks,
        },
    }  # fmt: skip


def _track(timeline: Timeline, track: Track, number: int, marker_space: str, mixed: str) -> dict[str, Any]:
    children: list[dict[str, Any]] = []
    at = timeline.start
    for item in sorted(track.items, key=lambda item: item.start):
        if item.kind == "transition":
            continue
        if item.start > at:
            children.append(_gap(item.start - at, timeline.rate))
        children.append(_clip(timeline, item, marker_space, mixed))
        at = item.end
    if track.kind == "video" and number == 1 and timeline.end > at:
        children.append(_gap(timeline.end - at, timeline.rate))
    name = track.name or f"{track.kind.title()} {number}"
    return {
        "OTIO_SCHEMA": "Track.1", "metadata": {"Resolve_OTIO": {"Locked": False}}, "name": name, "source_range": None,
        "effects": [], "markers": [], "enabled": track.enabled, "kind": track.kind.title(), "children": children,
    }  # fmt: skip


def _gap(duration: int, rate: Fraction) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Gap.1", "metadata": {}, "name": "", "source_range": _range(0, duration, rate), "effects": [],
        "markers": [], "enabled": True,
    }  # fmt: skip


def media_start(media: Media) -> int:
    """The frame that the media's timecode counts as its first."""
    return frames_of(media.start_timecode, media.rate, media.drop)


def _clip(timeline: Timeline, item: Item, marker_space: str, mixed: str) -> dict[str, Any]:
    rate, media = timeline.rate, item.media
    offset = left_offset(item, timeline, mixed)
    first = math.floor(media_start(media) * rate / media.rate) if media else 0
    step = pace(item, timeline)
    effects = []
    if item.speed != 1 and step:
        effects.append(
            {"OTIO_SCHEMA": "LinearTimeWarp.1", "metadata": {}, "name": "", "effect_name": "", "enabled": True,
             "time_scalar": float(item.speed)}
        )  # fmt: skip
    markers = [
        {
            "OTIO_SCHEMA": "Marker.2", "metadata": {"Resolve_OTIO": {"Keywords": [], "Note": marker.note}},
            "name": marker.name, "color": marker.color.upper(), "comment": "",
            "marked_range": _range(first + frame + (offset if marker_space == "item" else 0), marker.duration, rate),
        }
        for frame, marker in sorted(item.markers.items())
    ]  # fmt: skip
    return {
        "OTIO_SCHEMA": "Clip.2", "metadata": {"Resolve_OTIO": {"Link Group ID": 1}}, "name": item.shown_name,
        "source_range": _range(first + offset, item.duration, rate), "effects": effects, "markers": markers,
        "enabled": item.enabled, "media_references": {"DEFAULT_MEDIA": _reference(media)},
        "active_media_reference_key": "DEFAULT_MEDIA",
    }  # fmt: skip


def _reference(media: Media | None) -> dict[str, Any]:
    if media is None or not media.path:
        return {"OTIO_SCHEMA": "MissingReference.1", "metadata": {}, "name": "", "available_range": None,
                "available_image_bounds": None}  # fmt: skip
    return {
        "OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "name": media.name, "target_url": media.path,
        "available_range": _range(media_start(media), media.frames, media.rate), "available_image_bounds": None,
    }  # fmt: skip
