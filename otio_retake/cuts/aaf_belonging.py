"""What belongs together in an AAF sequence: a take and the clip that it lies over, a picture and a recorder's sound."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from fractions import Fraction

from .aaf_events import Lane
from .model import Clip

ORIGINAL = "original"
"""The key of the media that a clip of the sequence plays."""


def place_takes(lanes: list[Lane]) -> None:
    """Tells takes that lie over what they stand in for from one that has taken its place, which then means it."""
    below: list[Lane] = []
    for lane in lanes:
        for at, clip in enumerate(lane.clips):
            if clip.media.key == ORIGINAL:
                continue
            if lane.kind == "Audio" or any(_covers(other, clip) for other in below):
                lane.clips[at] = replace(clip, placed=clip.media.ours or {})
        if lane.kind == "Video":
            below.append(lane)


def _covers(lane: Lane, clip: Clip) -> bool:
    """Whether a track has a picture of its own under the frames of a clip."""
    at = bisect_right(lane.clips, Fraction(clip.record[0]), key=lambda other: Fraction(other.record[1]))
    for other in lane.clips[at:]:
        if other.record[0] >= clip.record[1]:
            return False
        if other.enabled and not other.see_through and other.media.key == ORIGINAL:
            return True
    return False


def link_recorders(lanes: list[Lane]) -> None:
    """Links the sound of a recorder's file to the picture that it was cut with: Avid says nothing of the two.

    It has the same first and last frame in the cut, its master has no picture there, and the picture no sound.
    """
    pictures = [clip for lane in lanes if lane.kind == "Video" for clip in lane.clips if clip.link]
    sounds = [clip for lane in lanes if lane.kind == "Audio" for clip in lane.clips if clip.link]
    seen = {_master(clip) for clip in pictures}
    heard = {clip.link for clip in sounds}
    silent = {clip.record: clip.link for clip in pictures if clip.link not in heard}
    for lane in lanes:
        if lane.kind == "Audio":
            lane.clips = [
                replace(clip, link=silent[clip.record])
                if clip.link and clip.record in silent and _master(clip) not in seen
                else clip
                for clip in lane.clips
            ]


def _master(clip: Clip) -> str:
    return clip.link.rpartition("|")[0]
