"""A take against the ffmpeg program doing the same with its own ProRes encoder."""

from __future__ import annotations

from . import peer
from .material import MINUTE, PRORES, Kind, made
from .measuring import FOLDER, Cost, Figure, Run, Told, child, in_turns

ENCODED, COPIED = 0.4, 0.1
RESULT = (1280, 720)
"""The result's size, smaller than the source as services' are: it is scaled on the way back."""


def measure(run: Run) -> list[Figure]:
    """Half of an H.264 source replaced, and a tenth of a ProRes source, whose other packets are copied."""
    return [
        _one(run, MINUTE, (700, 764) if run.quick else (672, 864), (720, 744) if run.quick else (720, 816), "encoded"),
        _one(run, PRORES, (120, 200) if run.quick else (120, 360), (156, 164) if run.quick else (228, 252), "copied"),
    ]


def _one(run: Run, kind: Kind, span: tuple[int, int], region: tuple[int, int], how: str) -> Figure:
    source = made(kind)
    result, ours, theirs = (FOLDER / name for name in ("result.mp4", "take.mov", "take_peer.mov"))
    child("pulling", source=source, out=result, region=region, most=RESULT)

    def taken() -> Told:
        return child("conforming", source=source, result=result, out=ours, span=span, region=region, most=RESULT)

    def peered() -> Cost:
        return peer.splice(source, result, span, region, said["in_result"], theirs)

    said = taken().said
    peered()
    peer.check_alike(ours, theirs)
    mine, other = in_turns(run, lambda: taken().cost, peered)
    for path in (result, ours, theirs):
        path.unlink(missing_ok=True)
    frames, copied = span[1] - span[0], said["copied"]
    what = f"take, {frames} frames, {copied} copied / prores_ks" if copied else f"take, {frames} frames / prores_ks"
    assert bool(copied) == (how == "copied")
    return Figure.of("c", what, mine, other, COPIED if copied else ENCODED)
