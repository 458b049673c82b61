"""A frame's number along the top edge of its picture, for programs to read.

32 cells across the picture: light and dark for reference; 16 bits of the number, highest first; the low 12 bits of
the CRC-32 of the number as two big-endian bytes; dark and light again. 32 divides every width in use, so that cell
edges are on pixels. It survives x264 at CRF 20, ProRes, DNxHR, and scaling up and down again.
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELLS = 32
LIGHT, DARK = 225, 32
"""Grey levels of the cells, full range, as they are drawn."""

HEIGHT = 0.08
"""How much of the picture's height the strip takes."""

LEAST_CONTRAST = 0.3
"""Least part by which the dark cells must lie below the light ones. Drawn they lie 70 % below in legal-range luma."""


def _cells(number: int) -> list[int]:
    check = zlib.crc32(number.to_bytes(2, "big")) & 0xFFF
    word = number << 12 | check
    return [1, 0, *((word >> (27 - bit)) & 1 for bit in range(28)), 0, 1]


def draw_number(picture: NDArray[np.uint8], number: int) -> None:
    """Draws ``number``, 0 to 65535, into a picture of (height, width) or (height, width, 3), in place."""
    height, width = picture.shape[:2]
    for cell, bit in enumerate(_cells(number)):
        left, right = cell * width // CELLS, (cell + 1) * width // CELLS
        picture[: round(height * HEIGHT), left:right] = LIGHT if bit else DARK


def read_number(luma: NDArray[Any]) -> int | None:
    """The number in (height, width) luma of any depth; None where there is none, or one that is damaged."""
    height, width = luma.shape
    thick = height * HEIGHT
    row = luma[int(thick / 4) : max(int(thick * 3 / 4), int(thick / 4) + 1)].astype(np.float64).mean(axis=0)
    size = width / CELLS
    values = [row[int((c + 0.25) * size) : max(int((c + 0.75) * size), int((c + 0.25) * size) + 1)].mean()
              for c in range(CELLS)]  # fmt: skip
    light, dark = min(values[0], values[-1]), max(values[1], values[-2])
    if light <= 0 or (light - dark) / light < LEAST_CONTRAST:
        return None
    threshold = (light + dark) / 2
    word = 0
    for value in values[2:-2]:
        word = word << 1 | int(value > threshold)
    number = word >> 12
    return number if _cells(number)[2:-2] == [int(value > threshold) for value in values[2:-2]] else None
