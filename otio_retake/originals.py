"""Clips that play a take of ours and nothing else, as some editors export them, mean the media that it was made of.

An editor that keeps one media reference for a clip keeps the one in use, sometimes without our metadata. A take has
its source's timecode and rate, so the same source range means the same frames of the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from .cuts.model import Clip, Instant, Media, Track, View
from .cuts.paths import file_name
from .cuts.signature import TAKE_FILE
from .takes import TakeFile, Target

UNKNOWN = "the clip plays a take whose original is not known here"


def with_originals(view: View, takes: Iterable[TakeFile], target_of: Callable[[str], Target | None]) -> View:
    """``view`` with the original media behind every clip that plays a take alone.

    A take above a clip of the picture is left: it is looked through to what lies below.
    """
    by_ident = {take.ident: take for take in takes}
    by_name = {take.path.name.casefold(): take for take in by_ident.values()}
    if not by_ident:
        return view

    def mended(clip: Clip) -> Clip:
        if not alone(clip) or _covers_picture(view, clip):
            return clip
        ident = str((clip.media.ours or {}).get("take", ""))
        take = by_ident.get(ident) or by_name.get(file_name(clip.media.url).casefold())
        target = target_of(take.target) if take is not None else None
        if target is None or target.kind == "sound":
            return clip
        return replace(clip, media=_original(target), takes=clip.takes or (clip.media,))

    tracks = tuple(_with_clips(track, [mended(clip) for clip in track.clips]) for track in view.tracks)
    return replace(view, tracks=tracks)


def alone(clip: Clip) -> bool:
    """Whether a clip that an editor laid plays a take of ours, and the cut names no other media for it."""
    return plays_take(clip) and clip.placed is None and clip.kind == "Video"


def plays_take(clip: Clip) -> bool:
    """Whether what stands as the original of a clip is a take of ours, by our metadata or by its file's name."""
    return clip.media.ours is not None or TAKE_FILE.search(file_name(clip.media.url)) is not None


def _original(target: Target) -> Media:
    facts = target.media
    rate = float(facts.video.rate)
    return Media(
        key="original",
        kind="file",
        name=facts.path.stem,
        url=target.written,
        start=Instant(float(facts.start_frame), rate),
        duration=Instant(float(facts.video.frames), rate),
        metadata={},
    )


def _covers_picture(view: View, clip: Clip) -> bool:
    """Whether another clip with a picture of its own lies on a track below."""
    first, end = clip.record
    below = (t for t in view.tracks if t.kind == "Video" and t.enabled and is_below(view, t, clip))
    return any(other.enabled and not other.see_through for track in below for other in track.between(first, end))


def is_below(view: View, track: Track, clip: Clip) -> bool:
    """Whether ``track`` lies below ``clip``."""
    return track.index > clip.address.track if view.top_first else track.index < clip.address.track


def _with_clips(track: Track, clips: list[Clip]) -> Track:
    return (
        replace(track, clips=tuple(clips))
        if any(a is not b for a, b in zip(clips, track.clips, strict=True))
        else track
    )
