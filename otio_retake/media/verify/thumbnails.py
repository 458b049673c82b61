"""The small pictures that everything is measured on: 160x90 Y'CbCr 4:4:4, eight bit, one plane after the other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Thumbs = NDArray[np.uint8]
"""Thumbnails as (frames, 3, height, width)."""

Floats = NDArray[np.float32]

LONG, SHORT = 160, 90


def size_for(width: int, height: int) -> tuple[int, int]:
    """Width and height of thumbnails for a landscape or a portrait picture."""
    return (LONG, SHORT) if width >= height else (SHORT, LONG)


def thumbnail(frame: VideoFrame, size: tuple[int, int]) -> Thumbs:
    """One thumbnail as (3, height, width); averaged over area, in the frame's own matrix and legal range."""
    small = frame.reformat(*size, format="yuv444p", interpolation="AREA", dst_color_range=1)
    return np.asarray(small.to_ndarray(format="yuv444p"), dtype=np.uint8).reshape(3, size[1], size[0])


def write_thumbnails(frames: Iterable[VideoFrame], size: tuple[int, int], path: Path, most: int) -> int:
    """Writes thumbnails of at most ``most`` frames to ``path`` as they come; returns how many frames there were.

    The count goes one beyond ``most`` where there are more, so that too many are seen as too many.
    """
    count = 0
    with path.open("wb") as file:
        for frame in frames:
            count += 1
            if count > most:
                break
            file.write(thumbnail(frame, size).tobytes())
    return count


def read_thumbnails(path: Path, size: tuple[int, int], count: int) -> Thumbs:
    """What `write_thumbnails` wrote, mapped into memory."""
    if count == 0:
        return np.zeros((0, 3, size[1], size[0]), np.uint8)
    return np.memmap(path, np.uint8, "r", shape=(count, 3, size[1], size[0]))


def halved(thumbs: Thumbs) -> Floats:
    """Luma in blocks of two by two, as (frames, pixels): 80x45 keeps motion and averages grain away."""
    luma = thumbs[:, 0].astype(np.float32)
    count, height, width = luma.shape
    blocks = luma.reshape(count, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    return np.asarray(blocks.reshape(count, -1), dtype=np.float32)
