"""Tells fields from whole pictures that are merely flagged as fields (PsF), by measuring."""

from __future__ import annotations

from av.video.frame import VideoFrame

from ..spans import Span
from .facts import MediaFacts
from .filters import Chain
from .frames import read_frames

SAMPLED = 48
"""Frames looked at, from the middle of the file: two seconds, enough to hold some motion."""

FEW = 0.05
"""More combed frames than this part of those decided on mean fields: idet misjudges a few of any footage."""


def is_progressive(facts: MediaFacts) -> bool:
    """Whether FFmpeg's ``idet`` sees whole pictures in a file that is flagged as fields.

    A picture that does not move looks whole either way; where idet decides on nothing the flag is believed.
    """
    picture = facts.video
    first = max(picture.frames // 2 - SAMPLED // 2, 0)
    detect = Chain(["idet"])
    combed = whole = 0
    for _, frame in read_frames(facts, Span(first, min(first + SAMPLED, picture.frames))):
        seen = detect.feed(frame)
        verdict = _verdict(seen) if seen else ""
        combed += verdict in ("tff", "bff")
        whole += verdict == "progressive"
    return whole > 0 and combed <= FEW * (combed + whole)


def _verdict(frame: VideoFrame) -> str:
    return str(frame.metadata.get("lavfi.idet.multiple.current_frame", "undetermined"))
