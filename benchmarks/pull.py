"""A pull against the ffmpeg program making the same cut at the same settings."""

from __future__ import annotations

from . import peer
from .material import HD, MINUTE, made
from .measuring import FOLDER, Cost, Figure, Run, Told, child, in_turns

BAR = 1.1


def measure(run: Run) -> list[Figure]:
    """A span from the middle of a minute of camera H.264, decoded, encoded, with its sound."""
    source, ours, theirs = made(MINUTE), FOLDER / "pull.mp4", FOLDER / "pull_peer.mp4"
    region = (700, 748 if run.quick else 844)

    def pulled() -> Told:
        return child("pulling", source=source, out=ours, region=region, most=HD)

    def peered() -> Cost:
        return peer.cut(source, said["first"], said["frames"], said["base"], theirs)

    said = pulled().said
    peered()
    peer.check_alike(ours, theirs)
    mine, other = in_turns(run, lambda: pulled().cost, peered)
    ours.unlink()
    theirs.unlink()
    return [Figure.of("a", f"pull, {said['frames']} frames of 1080p / ffmpeg", mine, other, BAR)]
