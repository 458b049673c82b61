"""The sound of the clips: a tone with a chime on every second, left; a rush of seeded noise, right.

The noise is never the same twice, so that a place in it is found to the sample by correlation; the chimes are for
people, and show what drifts.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sample_timelines.clips import SAMPLE_RATE

Sound = NDArray[np.float32]

_TONE, _CHIME, _NOISE = 0.06, 0.25, 0.03
"""Peaks, of full scale."""


def sound(file: str, tone: int, first: int, count: int) -> Sound:
    """Samples ``[first, first + count)`` of the sound of ``file``, as float32 (2, count) in [-1, 1]."""
    at = np.arange(first, first + count)
    seconds = at / SAMPLE_RATE
    swell = 0.7 + 0.3 * np.sin(2 * np.pi * 0.4 * seconds)
    since = seconds % 1
    left = _TONE * swell * np.sin(2 * np.pi * tone * seconds)
    left += _CHIME * np.exp(-since * 18) * np.sin(2 * np.pi * tone * 6 * since)
    return np.stack([left, _noise(file, first, count)]).astype(np.float32)


def _noise(file: str, first: int, count: int) -> NDArray[np.float64]:
    """Uniform noise, a block of its own for each second of each file."""
    seed = zlib.crc32(file.encode())
    blocks = range(first // SAMPLE_RATE, (first + count - 1) // SAMPLE_RATE + 1)
    rows = [np.random.default_rng([seed, second]).uniform(-_NOISE, _NOISE, SAMPLE_RATE) for second in blocks]
    begin = first - blocks.start * SAMPLE_RATE
    return np.concatenate(rows)[begin : begin + count]


def blocks(file: str, tone: int, count: int) -> Iterator[Sound]:
    """The first ``count`` samples in blocks of a tenth of a second."""
    size = SAMPLE_RATE // 10
    for second in range(0, count, SAMPLE_RATE):
        whole = sound(file, tone, second, min(SAMPLE_RATE, count - second))
        for at in range(0, whole.shape[1], size):
            yield whole[:, at : at + size]
