"""A view as an OpenTimelineIO timeline, for forms that OpenTimelineIO itself does not read, or not well.

Schema: https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio

from .model import Clip, Exact, Media, Track, View


def timeline_of(view: View) -> Any:
    """The timeline that ``view`` describes: tracks, gaps, clips with their speeds, markers of the cut."""
    rate = float(view.rate)
    made = otio.schema.Timeline(view.name, global_start_time=otio.opentime.RationalTime(float(view.start), rate))
    for track in view.tracks:
        made.tracks.append(_track(track, rate))
    for marker in view.markers:
        made.tracks.markers.append(
            otio.schema.Marker(
                name=marker.name,
                marked_range=_range(Fraction(marker.start.value), Fraction(marker.duration.value), rate),
                color=marker.colour or "RED",
                comment=marker.note,
            )
        )
    return made


def _track(track: Track, rate: float) -> Any:
    made = otio.schema.Track(track.name, kind=track.kind)
    at: Exact = 0
    for clip in track.clips:
        first, end = clip.record
        if first > at:
            made.append(otio.schema.Gap(source_range=_range(Fraction(0), Fraction(first - at), rate)))
        made.append(_clip(clip, rate))
        at = end
    return made


def _clip(clip: Clip, rate: float) -> Any:
    length = Fraction(clip.record[1] - clip.record[0])
    start = otio.opentime.RationalTime(clip.source.value, clip.source.rate)
    made = otio.schema.Clip(
        clip.name,
        media_reference=_reference(clip.media),
        source_range=otio.opentime.TimeRange(start, otio.opentime.RationalTime(float(length), rate)),
    )
    made.enabled = clip.enabled
    if clip.speed.scalar != 1:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(clip.speed.scalar)))
    return made


def _reference(media: Media) -> Any:
    if media.kind == "generator":
        return otio.schema.GeneratorReference(name=media.name)
    if not media.url:
        return otio.schema.MissingReference(name=media.name)
    return otio.schema.ExternalReference(media.url)


def _range(first: Fraction, length: Fraction, rate: float) -> Any:
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(float(first), rate), otio.opentime.RationalTime(float(length), rate)
    )
