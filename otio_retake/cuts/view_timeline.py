"""A cut of any form as an OpenTimelineIO timeline, made from what was read of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .model import Clip, Exact, Instant, Marker, Media, Track, View

if TYPE_CHECKING:
    import opentimelineio as otio


def timeline_of(view: View) -> otio.schema.Timeline:
    """The timeline that ``view`` describes: a new one with each call."""
    import opentimelineio as otio

    timeline = otio.schema.Timeline(view.name)
    rate = view.written_rate
    timeline.global_start_time = otio.opentime.RationalTime(float(view.start), rate)
    for track in view.tracks:
        timeline.tracks.append(_track(view, track))
    for marker in view.markers:
        timeline.tracks.markers.append(_marker(marker))
    return timeline


def _track(view: View, track: Track) -> Any:
    import opentimelineio as otio

    made = otio.schema.Track(track.name, kind=track.kind)
    made.enabled = track.enabled
    at: Exact = 0
    for clip in track.clips:
        if clip.record[0] > at:
            length = otio.opentime.RationalTime(float(clip.record[0] - at), view.written_rate)
            made.append(otio.schema.Gap(duration=length))
        made.append(_clip(clip))
        at = clip.record[1]
    return made


def _clip(clip: Clip) -> Any:
    import opentimelineio as otio

    length = Instant(Fraction(clip.record[1] - clip.record[0]), clip.rate)
    source = otio.opentime.TimeRange(_time(clip.source), _time(length))
    references = {media.key or "DEFAULT_MEDIA": _media(media) for media in (clip.media, *clip.takes)}
    made = otio.schema.Clip(clip.name, source_range=source)
    made.set_media_references(references, clip.active if clip.active in references else next(iter(references)))
    made.enabled = clip.enabled
    if clip.speed.scalar != 1:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(clip.speed.scalar)))
    for marker in clip.markers:
        made.markers.append(_marker(marker))
    return made


def _media(media: Media) -> Any:
    import opentimelineio as otio

    available = None
    if media.start is not None and media.duration is not None:
        available = otio.opentime.TimeRange(_time(media.start), _time(media.duration))
    metadata = {key: dict(value) for key, value in media.metadata.items() if isinstance(value, dict)}
    if media.kind == "file":
        return otio.schema.ExternalReference(media.url, available, metadata)
    return otio.schema.MissingReference(name=media.name, available_range=available, metadata=metadata)


def _marker(marker: Marker) -> Any:
    import opentimelineio as otio

    made = otio.schema.Marker(
        marker.name, otio.opentime.TimeRange(_time(marker.start), _time(marker.duration)), marker.colour or "GREEN"
    )
    made.comment = marker.note
    return made


def _time(instant: Instant) -> Any:
    import opentimelineio as otio

    return otio.opentime.RationalTime(float(instant.value), float(instant.rate))
