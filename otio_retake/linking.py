"""Clips that a cut names by reel, clip name and timecode alone are linked to files, and counted at the files' rates.

An edit list names no path. A file is the one that a clip means where it has one of its names; where only the beginning
of a name fits, as with reels cut to eight characters, its timecode must hold what the clip plays, and no other file's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Protocol

from .cuts.labels import at_rate, frame_of
from .cuts.model import Clip, Exact, Labels, Track, View
from .cuts.paths import Places
from .errors import MediaError
from .marks import Mark
from .media.facts import MediaFacts
from .rates import BadTimecode, drops, nominal

MOST_LOOKED_AT = 40
"""Files that are opened to find the one that a name means."""

_SAMPLED = 8
"""Clips whose media is asked for the rate of a cut that does not say it."""


class Media(Protocol):
    """Where media is found and looked at: `media.library.Library`."""

    places: Places

    def facts(self, written: str) -> MediaFacts:
        """The facts of the media that a cut's path means, or a ``MediaError``."""


def linked(view: View, spans: Collection[tuple[Exact, Exact]], media: Media) -> View:
    """``view`` with the clips under record frames ``spans`` linked, and their source counted at their media's rate."""
    if not any(clip.labels is not None for clip in view.clips()):
        return view
    wanted = {
        clip.address
        for first, end in spans
        for track in view.tracks
        for clip in track.between(first, max(end, first + 1))
    }
    return replace(view, tracks=tuple(_track(track, wanted, media) for track in view.tracks))


def marked_spans(view: View, marks: Iterable[Mark]) -> list[tuple[Exact, Exact]]:
    """The record frames that marks of the timeline may ask for; between IN and OUT all of them."""
    spans: list[tuple[Exact, Exact]] = []
    edges: list[Exact] = []
    for mark in marks:
        if mark.marker.owner != "record":
            continue
        first = mark.marker.start.at(view.rate)
        if mark.edge:
            edges.append(first)
        spans.append((first, first + mark.marker.duration.at(view.rate)))
    return spans + [(first, end + 1) for first, end in pairwise(sorted(edges))]


def _track(track: Track, wanted: Collection[object], media: Media) -> Track:
    if not any(clip.address in wanted for clip in track.clips):
        return track
    clips = [_linked(clip, media) if clip.address in wanted else clip for clip in track.clips]
    return replace(track, clips=tuple(clips))


def _linked(clip: Clip, media: Media) -> Clip:
    labels = clip.labels
    if labels is None:
        return clip
    if clip.media.start is not None:
        # The original behind a take, which counts as the take does.
        return at_rate(clip, clip.media.start.exact_rate, drop=labels.drop)
    if clip.media.kind != "file":
        return clip
    found = _file(clip, labels, media)
    if found is None:
        return clip
    written, facts = found
    clip = replace(clip, media=replace(clip.media, url=written))
    if facts.picture is None:
        return clip
    rate = facts.picture.rate
    drop = facts.drop if facts.timecode and drops(rate) else labels.drop
    return at_rate(clip, rate, drop=drop)


def _file(clip: Clip, labels: Labels, media: Media) -> tuple[str, MediaFacts] | None:
    """How the file that a clip means is written, and its facts; None where that cannot be told."""
    names = [name for name in (clip.media.url, *clip.media.names) if name]
    for name in names:
        path = media.places.find(name)
        if path is not None and path.is_file() and (facts := _facts(media, name)) is not None:
            return name, facts
    for whole in (True, False):
        for name in names:
            found = media.places.called(name, whole=whole)[:MOST_LOOKED_AT]
            looked = [(path, facts) for path in found if (facts := _facts(media, str(path.absolute()))) is not None]
            if len(looked) > 1 or not whole:
                looked = [(path, facts) for path, facts in looked if _holds(facts, labels)]
            if len(looked) == 1:
                path, facts = looked[0]
                return path.name if media.places.find(path.name) == path else str(path.absolute()), facts
    return None


def _facts(media: Media, written: str) -> MediaFacts | None:
    try:
        return media.facts(written)
    except MediaError:
        return None


def _holds(facts: MediaFacts, labels: Labels) -> bool:
    """Whether a file's own timecode holds what ``labels`` name."""
    if facts.picture is None or not facts.timecode:
        return False
    rate = facts.picture.rate
    try:
        first, end = (frame_of(label, rate, drop=facts.drop) for label in (labels.first, labels.end))
    except BadTimecode:
        return False
    return facts.start_frame <= first < end <= facts.start_frame + facts.picture.frames + 1


def rate_of_media(view: View, media: Media) -> Fraction | None:
    """The rate that the media of a cut agrees on, where it counts as the cut was guessed to; None where it does not."""
    found: set[Fraction] = set()
    for clip in _sampled(view):
        linked_clip = _file(clip, clip.labels, media) if clip.labels is not None else None
        if linked_clip is not None and linked_clip[1].picture is not None:
            found.add(linked_clip[1].picture.rate)
    if len(found) != 1:
        return None
    rate = found.pop()
    return rate if rate != view.rate and nominal(rate) == nominal(view.rate) else None


def _sampled(view: View) -> Iterable[Clip]:
    """The first clips with media of their own, each medium once."""
    seen: dict[str, Clip] = {}
    for clip in view.clips():
        if clip.kind == "Video" and clip.media.kind == "file":
            seen.setdefault(clip.media.url, clip)
        if len(seen) == _SAMPLED:
            break
    return seen.values()
