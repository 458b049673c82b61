"""The most memory that a pull and a take of 4K footage need, each in a process that does nothing else."""

from __future__ import annotations

from .material import HD, UHD, UHD_H264, UHD_PRORES, Kind, made
from .measuring import FOLDER, Figure, Run, child

PULL, CONFORM = 600, 1200
REGION, SPAN = (30, 78), (6, 92)
"""Long enough that every queue of decoder and encoder is full."""


def measure(run: Run) -> list[Figure]:
    """Pulls to the usual 1080 lines and to all of 4K, and takes that are encoded and that are copied."""
    return [
        _pull(UHD_H264, HD, "4K H.264 to 1080p", PULL),
        _pull(UHD_PRORES, HD, "4K ProRes to 1080p", PULL),
        _pull(UHD_H264, UHD, "4K H.264 to 4K", None),
        _take(UHD_H264, "4K H.264, all encoded"),
        _take(UHD_PRORES, "4K ProRes, the rest copied"),
    ]


def _pull(kind: Kind, most: tuple[int, int], what: str, bar: int | None) -> Figure:
    out = FOLDER / "pull_uhd.mp4"
    told = child("pulling", source=made(kind), out=out, region=REGION, most=most)
    out.unlink()
    return Figure("d", f"pull, {what}", told.peak / 1e6, bar=bar, unit="MB", note=f"{told.cost.seconds:.1f} s")


def _take(kind: Kind, what: str) -> Figure:
    result, out = FOLDER / "result_uhd.mp4", FOLDER / "take_uhd.mov"
    child("pulling", source=made(kind), out=result, region=REGION, most=HD)
    told = child("conforming", source=made(kind), result=result, out=out, span=SPAN, region=REGION, most=HD)
    result.unlink()
    out.unlink()
    return Figure("d", f"take, {what}", told.peak / 1e6, bar=CONFORM, unit="MB", note=f"{told.cost.seconds:.1f} s")
