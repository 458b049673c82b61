"""Clips whose pictures say their number, of any shape, for tests of what a page is shown."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from sample_timelines.strip import draw_number, read_number
from tests.media.truth import coded

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Numbered:
    """What to make. ``size`` is as a person sees it, but for the pixel aspect; ``first`` is the first number.

    ``stamps`` are times in 600ths of a second, for uneven frames; ``late`` frames pass before the first picture.
    """

    size: tuple[int, int] = (320, 180)
    rate: Fraction = Fraction(24000, 1001)
    frames: int = 40
    first: int = 0
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    container: str = "mov"
    options: tuple[tuple[str, str], ...] = (("preset", "veryfast"),)
    muxer: tuple[tuple[str, str], ...] = ()
    rotation: int = 0
    pixel_aspect: Fraction = Fraction(1)
    timecode: str = ""
    stamps: tuple[int, ...] = ()
    late: int = 0
    grain: float = 0.0


def make_numbered(path: Path, kind: Numbered) -> Path:
    """Writes a clip of ``kind`` to ``path``."""
    turned = kind.rotation % 180 != 0
    clock = Fraction(1, 600) if kind.stamps else 1 / kind.rate
    with av.open(str(path), "w", format=kind.container, options=dict(kind.muxer)) as out:
        if kind.timecode:
            out.metadata["timecode"] = kind.timecode
        video = out.add_stream(kind.codec, rate=30 if kind.stamps else kind.rate)
        video.width, video.height = kind.size[::-1] if turned else kind.size
        video.pix_fmt = kind.pixel_format
        context = video.codec_context
        context.options, context.time_base = _options(kind), clock
        context.color_primaries = context.color_trc = context.colorspace = 1
        context.color_range = 1
        if kind.pixel_aspect != 1:
            context.sample_aspect_ratio = kind.pixel_aspect
        if kind.rotation:
            video.set_display_rotation(kind.rotation)
        for index in range(len(kind.stamps) or kind.frames):
            frame = grey(coded(_picture(kind, kind.first + index), kind.rotation)).reformat(format=kind.pixel_format)
            frame.pts, frame.time_base = (kind.stamps[index] if kind.stamps else index + kind.late), clock
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    return path


def _options(kind: Numbered) -> dict[str, str]:
    """The encoder's options. x265 sometimes fails on two pictures that it may put into another order."""
    options = dict(kind.options)
    if kind.codec == "libx265" and kind.frames < 3:
        options["x265-params"] += ":bframes=0"
    return options


def grey(luma: Luma) -> VideoFrame:
    """A colourless frame of (height, width) legal-range luma, as 4:4:4."""
    return VideoFrame.from_ndarray(np.stack([luma, *[np.full_like(luma, 128)] * 2]), format="yuv444p")


def _picture(kind: Numbered, number: int) -> Luma:
    width, height = kind.size
    level = 110 + 50 * np.outer(np.cos(np.arange(height) / 15), np.sin((np.arange(width) + 4 * number) / 20))
    if kind.grain:
        level = level + np.random.default_rng(number).normal(0, kind.grain, (height, width))
    picture = np.asarray(level.clip(16, 235), dtype=np.uint8)
    draw_number(picture, number)
    return picture


def number_in(luma: NDArray[np.uint8]) -> int | None:
    """The number in an upright picture."""
    return read_number(luma)
