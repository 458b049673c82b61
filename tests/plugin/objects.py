"""Timelines as OpenTimelineIO objects, with takes beside and above, for tests of the plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "otio_retake" / "plugin" / "plugin_manifest.json"
SAMPLES = ROOT / "sample_timelines"


def span(start: float, length: float, rate: float = 24.0) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(length, rate))


def movie(name: str, start: float, length: float, rate: float = 24.0, **ours: Any) -> otio.schema.ExternalReference:
    made = otio.schema.ExternalReference(f"/footage/{name}", span(start, length, rate))
    if ours:
        made.metadata["otio_retake"] = ours
    return made


def clip(name: str = "A001", start: float = 86410, length: float = 40, rate: float = 24.0) -> otio.schema.Clip:
    return otio.schema.Clip(name, movie(f"{name}.mov", 86400, 240, rate), span(start, length, rate))


def mark(clip: otio.schema.Clip, text: str, start: float, length: float, note: str = "") -> None:
    made = otio.schema.Marker(text, span(start, length, clip.source_range.start_time.rate))
    made.comment = note
    clip.markers.append(made)


def with_takes(clip: otio.schema.Clip, *versions: int, start: float = 86400, length: float = 120) -> otio.schema.Clip:
    references = dict(clip.media_references())
    for version in versions:
        references[f"retake.v{version:03}"] = movie(
            f"A001_rtk000000{version}_v{version:03}.mov", start, length, take=f"id{version}", version=version,
            beside="DEFAULT_MEDIA",
        )  # fmt: skip
    clip.set_media_references(references, clip.active_media_reference_key)
    return clip


def timeline(*clips: otio.core.Item, name: str = "cut") -> otio.schema.Timeline:
    made = otio.schema.Timeline(name)
    made.global_start_time = otio.opentime.RationalTime(86400, 24)
    track = otio.schema.Track("V1", kind="Video")
    track.extend(clips)
    made.tracks.append(track)
    return made
